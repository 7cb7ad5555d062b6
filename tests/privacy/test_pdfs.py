"""All that a PDF says is read: pages, properties, notes, attachments, and what nothing refers to."""

from __future__ import annotations

import pytest

from planner.errors import PrivacyError
from planner.privacy.pdfs import pdf_texts
from tests.privacy.hiding import NAME, PHONE, pdf


def text_of(data: bytes) -> str:
    """Give everything that a PDF says."""
    return "\n".join(text for _, text in pdf_texts(data))


@pytest.mark.parametrize(
    "data",
    [
        pdf(PHONE),
        pdf("x", meta=PHONE),
        pdf("x", note=PHONE),
        pdf("x", attached=PHONE.encode()),
        pdf("x") + b"\n" + PHONE.encode(),
    ],
    ids=["page", "title", "note", "attachment", "after the end"],
)
def test_everything_is_read(data: bytes) -> None:
    """What is packed into a stream, too."""
    assert PHONE in text_of(data)


def test_chinese_in_properties_and_notes() -> None:
    """Strings in UTF-16 are read as what they say."""
    assert NAME in text_of(pdf("x", meta=NAME))
    assert NAME in text_of(pdf("x", note=NAME))
    assert NAME in text_of(pdf("x", attached=NAME.encode()))


@pytest.mark.parametrize("cut", [20, 300])
def test_a_damaged_file_is_refused(cut: int) -> None:
    """Half a file is not half read."""
    with pytest.raises(PrivacyError, match="damaged"):
        text_of(pdf("x")[:cut])


def test_an_encrypted_file_is_refused() -> None:
    """What cannot be read is not released."""
    with pytest.raises(PrivacyError, match="encrypted"):
        text_of(b"%PDF-1.4\ntrailer << /Encrypt 3 0 R >>")

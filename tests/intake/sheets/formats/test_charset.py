"""The encoding of a text is decided by its bytes and by what is likely, and refused where that is not sure."""

# ruff: noqa: E501 - markup and cases are easier read on one line

from __future__ import annotations

import pytest

from planner.errors import SheetError
from planner.intake.sheets.formats.charset import decode, likely_encoding, repaired

SIMPLE = [
    "编号,地址,社区\nH0001,幸福路12号3栋,甲社区",
    "东社区\n西社区",
    "淮南市谢家集区",
    "合成𠮷,㐂祥路1号",
    "编号,姓名\n1,欧阳娜娜\n2,龚琳娜\n3,鑫淼",
]
TRADITIONAL = ["編號,地址\nA1,中正路12號", "臺北市信義區松仁路", "香港九龍深水埗青山道", "東社區"]
WESTERN = ["Straße 12", "Mannerheimintie älä Töölö", "Champs-Élysées, Genève"]


@pytest.mark.parametrize("text", SIMPLE)
def test_simplified_text(text: str) -> None:
    """A few words are enough."""
    assert likely_encoding([text.encode("gb18030")]) == "gb18030"


@pytest.mark.parametrize("text", TRADITIONAL)
def test_traditional_text(text: str) -> None:
    """In Big5 it is not taken for rare characters of GB18030; in GB18030 it is not taken for Big5."""
    assert likely_encoding([text.encode("big5hkscs")]) == "big5hkscs"
    assert likely_encoding([text.encode("gb18030")]) == "gb18030"


@pytest.mark.parametrize("text", WESTERN)
def test_western_text(text: str) -> None:
    """An accented letter among plain ones is no Chinese character, though the bytes would make one."""
    assert likely_encoding([text.encode("cp1252")]) == "cp1252"
    assert decode(f"id,address\n1,{text}\n".encode("cp1252"), "a.csv") == (
        f"id,address\n1,{text}\n",
        "cp1252",
    )


@pytest.mark.parametrize(
    "data", ["垃圾".encode("gb18030"), bytes(range(0x81, 0xFE)), "деревня улица".encode("cp1251")]
)
def test_what_is_not_clear_is_refused(data: bytes) -> None:
    """Two readings as likely, or none: never text that is nearly right."""
    assert likely_encoding([data]) is None
    with pytest.raises(SheetError):
        decode(b"id,x\n1," + data + b"\n", "a.csv")


def test_a_csv_in_big5() -> None:
    """Read as what it is."""
    text = "編號,地址\nA1,中正路12號\nA2,民權東路3號\n"
    assert decode(text.encode("big5"), "a.csv") == (text, "big5hkscs")


def test_plain_text_has_no_encoding_to_be_found() -> None:
    """Any will do."""
    assert likely_encoding([b"abc", b"1"]) == "utf-8"


def test_what_was_taken_for_western_text() -> None:
    """Chinese bytes, saved again as accents; real accents are left alone."""
    for own in ("gb18030", "utf-8"):
        assert repaired(["东社区".encode(own).decode("latin-1"), "x"]) == own
    for text in ("Töölö", "äää", "东社区", "plain", "Ångström Öäå"):
        assert repaired([text]) is None

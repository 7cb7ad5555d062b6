"""What a PDF says: the text of its pages, and every string and stream of its other objects."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from planner.errors import PrivacyError

if TYPE_CHECKING:
    from pypdf import PdfReader

__all__ = ["pdf_texts"]


def pdf_texts(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the text of a PDF.

    Gives: the part and its text. What a reader of PDFs would not show (properties, notes, attachments,
    objects that nothing refers to, bytes after the end) is among the parts.
    Raises `PrivacyError`: it is encrypted, or cannot be read.
    """
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it repeats pieces of what it reads
    if b"/Encrypt" in data:
        raise PrivacyError.of("gate-pdf-encrypted")
    try:
        reader = PdfReader(io.BytesIO(data))
        for page in reader.pages:
            yield "text", page.extract_text()
        yield "objects", "\n".join(_said(reader))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PrivacyError.of("gate-pdf-damaged") from None
    # what lies behind the end mark, or in an older revision of the file
    yield "bytes", data.decode("utf-8", "replace")


def _said(reader: PdfReader) -> Iterator[str]:
    """Give the strings and the streams of all objects, also of those that no page refers to."""
    from pypdf.generic import IndirectObject

    known = {n for table in reader.xref.values() for n in table} | {*reader.xref_objStm}
    for n in sorted(known):
        yield from _strings(reader.get_object(IndirectObject(n, 0, reader)))


def _strings(value: Any) -> Iterator[str]:
    """Give the strings of one object; references lead to objects that are read by themselves."""
    from pypdf.generic import ByteStringObject, StreamObject, TextStringObject

    if isinstance(value, TextStringObject):
        yield str(value)
    elif isinstance(value, ByteStringObject):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    if (
        isinstance(value, StreamObject)
        and "/FontFile2" not in value
        and value.get("/Subtype") != "/Image"
    ):
        yield value.get_data().decode("utf-8", "replace")

"""dBASE tables, as they lie beside shapefiles: every digit and every byte of text as it stands."""

from __future__ import annotations

import datetime
import struct
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["LONGEST_NAME", "Dbase", "read_dbf"]

LONGEST_NAME: Final = 10
"""Bytes of a heading; what is longer was cut by whoever wrote the file, at times within a character."""
CODE_PAGES: Final = {
    0x4D: "gb18030",
    0x7A: "gb18030",
    0x4F: "big5hkscs",
    0x78: "big5hkscs",
    0x57: "cp1252",
    0x03: "cp1252",
}


@dataclass(frozen=True, eq=False)
class Dbase:
    """A table whose text is still bytes.

    Parameters
    ----------
    names : tuple of bytes
        Headings.
    rows : list of list
        Bytes for text, int, float, date, bool, or None where there is nothing.
    widths : tuple of int
        Bytes that each column gives its text.
    code_page : str
        Encoding that the header states; "" if none that is known.
    count : int
        Rows in the file, those marked as deleted among them.
    """

    names: tuple[bytes, ...]
    rows: list[list[Any]]
    widths: tuple[int, ...]
    code_page: str
    count: int


def read_dbf(data: bytes) -> Dbase:
    """Read a table; rows marked as deleted are left out.

    Parameters
    ----------
    data : bytes

    Raises
    ------
    ValueError
        It is damaged.
    """
    try:
        count, head, width = struct.unpack_from("<IHH", data, 4)
    except struct.error:
        raise ValueError("no header") from None
    fields: list[tuple[bytes, str, int]] = []
    at = 32
    while at + 32 <= min(head, len(data)) and data[at : at + 1] not in (b"\r", b""):
        name = data[at : at + 11].split(b"\0", 1)[0]
        fields.append((name, chr(data[at + 11]), data[at + 16]))
        at += 32
    if not fields or width != 1 + sum(size for _, _, size in fields):
        raise ValueError("fields and rows differ in width")
    if len(data) < head + count * width:
        raise ValueError("cut short")
    rows: list[list[Any]] = []
    for n in range(count):
        at = head + n * width
        if data[at : at + 1] == b"*":
            continue
        at += 1
        row: list[Any] = []
        for _, kind, size in fields:
            row.append(_value(kind, data[at : at + size]))
            at += size
        rows.append(row)
    names = tuple(name for name, _, _ in fields)
    return Dbase(names, rows, tuple(f[2] for f in fields), CODE_PAGES.get(data[29], ""), count)


def _value(kind: str, raw: bytes) -> Any:
    if kind in "NF":
        return _number(raw)
    if kind == "C":
        return raw.rstrip(b" \0") or None
    if kind == "D":
        return _day(raw)
    if kind == "L":
        return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(raw.strip().upper())
    if kind in "I+" and len(raw) == 4:
        return struct.unpack("<i", raw)[0]
    if kind in "BO" and len(raw) == 8:
        return struct.unpack("<d", raw)[0]
    return None  # memos and pictures lie in another file


def _number(raw: bytes) -> int | float | None:
    """Read a number as it is written: a whole one keeps every digit."""
    text = raw.decode("ascii", "replace").strip(" \0")
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:  # blanks, or the stars of a number that did not fit
        return None


def _day(raw: bytes) -> datetime.date | None:
    try:
        return datetime.datetime.strptime(raw.decode("ascii"), "%Y%m%d").date()
    except ValueError:
        return None

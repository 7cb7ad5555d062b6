"""What the records of a binary workbook (``.xlsb``) tell and its reader hides."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from planner.intake.sheets.formats.books.legacy import Marks
from planner.intake.sheets.formats.books.package import BROKEN, Package
from planner.intake.sheets.formats.books.sparse import WorkbookError

__all__ = ["marks_of_xlsb"]

# Numbers of the records, as [MS-XLSB] lists them.
ROW, ERROR, ERROR_OF_FORMULA = 0, 3, 11
COLUMNS, SHEET, MERGED = 60, 156, 176
_LONGEST: Final = 1 << 28


def marks_of_xlsb(package: Package) -> list[Marks]:
    """Read the marks of each worksheet, in the order of the book.

    Parameters
    ----------
    package : Package

    Returns
    -------
    list of Marks
        Of worksheets only; empty where the parts cannot be followed: their reader will refuse them.
    """
    try:
        main = package.main()
        related = package.related(main)
        keys = [_key(body) for number, body in _records(package.read(main)) if number == SHEET]
        kinds = [related.get(key, ("", "")) for key in keys]
        return [_marks(package.read(part)) for kind, part in kinds if kind == "worksheet"]
    except (*BROKEN, WorkbookError, struct.error, IndexError):
        return []


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data):
        number, place = _number(data, place, 2)
        size, place = _number(data, place, 4)
        yield number, data[place : place + size]
        place += size


def _number(data: bytes, place: int, most: int) -> tuple[int, int]:
    """Read seven bits a byte, the lowest first, while the eighth says that more follow."""
    value = 0
    for k in range(most):
        byte = data[place + k]
        value |= (byte & 0x7F) << (7 * k)
        if byte < 0x80:
            return value, place + k + 1
    return value, place + most


def _key(body: bytes) -> str:
    """Take the reference of a sheet to its part; it stands behind its state and its number."""
    (length,) = struct.unpack_from("<I", body, 8)
    if length > _LONGEST:
        raise ValueError("a text past its record")
    return body[12 : 12 + 2 * length].decode("utf-16-le")


def _marks(data: bytes) -> Marks:
    marks = Marks()
    row = 0
    for number, body in _records(data):
        if number == ROW:
            (row,) = struct.unpack_from("<I", body)
            if body[11] & 0x10:  # of no height
                marks.hidden_rows.add(row)
        elif number in (ERROR, ERROR_OF_FORMULA):
            marks.errors.add((row, struct.unpack_from("<I", body)[0]))
        elif number == COLUMNS:
            first, last, _, _, options = struct.unpack_from("<4IH", body)
            if options & 1:
                marks.hidden_columns.append((first, last))
        elif number == MERGED:
            r1, r2, c1, c2 = struct.unpack_from("<4I", body)
            marks.merges.append((r1, c1, r2, c2))
    return marks

"""Look at a file before anything reads it: what it is by its content, and whether it is safe to open.

A workbook of a few kilobytes can hold one cell at XFD1048576 or inflate to gigabytes; spreadsheet
readers lay out the whole rectangle and take the process down with them.  So the zip directory is
measured first, the cell addresses are scanned, and cells that stray far from the others are left
out of the copy that is read.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from planner.errors import SheetError

__all__ = ["LONG_DIGITS", "Book", "SheetMarks", "kind_of", "open_book", "read_bytes"]

MOST_BYTES: Final = 1_500_000_000
RATIO_FLOOR: Final = 60_000_000
MOST_RATIO: Final = 100
FILE_BYTES: Final = 600_000_000
MOST_CELLS: Final = 60_000_000
EMPTY_ROWS: Final = 10_000
EMPTY_COLUMNS: Final = 200
STRAYS: Final = 50
LONG_DIGITS: Final = 15

_CELL = re.compile(
    rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"([^>]*)>'
    rb"(?:<(?:\w+:)?f[\s>/][^<]*(?:</(?:\w+:)?f>)?(</(?:\w+:)?c>|<(?:\w+:)?v\s?/>|<(?:\w+:)?v></)?)?"
)
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*\bhidden="(?:1|true)"')
_ROW = re.compile(rb'<(?:\w+:)?row\s(?:[^>]*?\s)?r="(\d+)"')
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class SheetMarks:
    """What the raw XML of a sheet tells and a spreadsheet reader hides.

    Parameters
    ----------
    faults : mapping of (int, int) to str
        Row and column, from 0 -> ``error`` (an error cell) or ``formula`` (no stored value).
    strays : tuple of str
        Addresses of cells that were left out, such as ``XFD1048576``.
    hidden_rows : int
        Rows that a filter or a hand has hidden; they are read all the same.
    """

    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    hidden_rows: int = 0


@dataclass(frozen=True, eq=False)
class Book:
    """A workbook that is safe to open.

    Parameters
    ----------
    data : bytes
        The file, without stray cells.
    kind : str
        ``xlsx``, ``xlsb``, ``ods`` or ``xls``.
    marks : mapping of str to SheetMarks
        By sheet name; xlsx only.
    """

    data: bytes
    kind: str
    marks: Mapping[str, SheetMarks] = field(default_factory=dict)


def read_bytes(path: Path) -> bytes:
    """Read a file that a person handed in.

    Raises
    ------
    SheetError
        Missing, a folder, a lock file, empty, too large or unreadable; says which.
    """
    if path.name.startswith("~$"):
        raise SheetError(
            f"{path.name} is the lock file of an open workbook, not the workbook",
            remedy="close the workbook in the other program and name the file without ~$",
        )
    if path.is_dir():
        raise SheetError(f"{path.absolute()} is a folder, not a file", remedy="name one file in it")
    if not path.exists():
        raise SheetError(
            f"there is no file {path.absolute()}", remedy="check the name and the folder"
        )
    try:
        size = path.stat().st_size
        data = b"" if size > FILE_BYTES else path.read_bytes()
    except OSError as error:
        raise SheetError(
            f"{path.absolute()} cannot be read ({error.strerror})",
            remedy="it may be open in another program, or you may lack the right to read it",
        ) from None
    if size > FILE_BYTES:
        raise SheetError(
            f"{path.name} holds {size:,} bytes, more than the limit of {FILE_BYTES:,}",
            remedy="hand in the residents' sheet alone",
        )
    if not data.strip(b"\x00\r\n\t ,;"):
        raise SheetError(
            f"{path.name} holds no data rows: the file is empty", remedy="export it again"
        )
    return data


def kind_of(data: bytes, name: str) -> str:
    """Tell what a file is by its content, whatever its ending.

    Returns
    -------
    str
        ``zip``, ``xls``, ``gpkg``, ``geojson`` or ``text``.

    Raises
    ------
    SheetError
        Encrypted, HTML or XML in a spreadsheet's clothes, or a picture, a PDF...
    """
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise SheetError(f"{name} is encrypted", remedy="remove its password and save it again")
        return "xls"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if data.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    lower = head[:512].lower()
    if lower.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise SheetError(
            f"{name} is an HTML page in a workbook's name", remedy="open it and save it as .xlsx"
        )
    if lower.startswith((b"<?xml", b"<workbook")):
        raise SheetError(
            f"{name} is an XML file, not a workbook", remedy="open it and save it as .xlsx"
        )
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise SheetError(
            f"{name} is not a table (PDF, picture or archive)", remedy="hand in .xlsx or .csv"
        )
    return "geojson" if head[:1] == b"{" else "text"


def open_book(data: bytes, kind: str, name: str) -> Book:
    """Check a workbook's container and leave stray cells out.

    Parameters
    ----------
    data : bytes
    kind : {"zip", "xls"}
        From `kind_of`.
    name : str
        For messages.

    Raises
    ------
    SheetError
        Damaged, too large when unpacked, not a workbook, or a rectangle past the limit.
    """
    if kind == "xls":
        return Book(data, "xls")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = _members(archive, data, name)
        if "xl/workbook.xml" in members:
            return _xlsx(archive, data, name)
        _verify(archive, members)
    except SheetError:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        KeyError,
    ) as error:
        raise _damaged(data, name) from error
    except NotImplementedError as error:
        raise SheetError(
            f"{name} is packed in a way that cannot be read", remedy="save it again"
        ) from error
    except RuntimeError as error:
        raise SheetError(
            f"{name} is encrypted", remedy="remove its password and save it again"
        ) from error
    if "xl/workbook.bin" in members:
        return Book(data, "xlsb")
    if "content.xml" in members:
        return Book(data, "ods")
    raise SheetError(
        f"{name} is a zip archive, not a workbook", remedy="unpack it and hand in the table"
    )


def _damaged(data: bytes, name: str) -> SheetError:
    return SheetError(
        f"{name} is damaged or incomplete ({len(data):,} bytes)",
        remedy="copy it again from where it came, or open and save it in Excel or WPS",
    )


def _members(archive: zipfile.ZipFile, data: bytes, name: str) -> set[str]:
    """Measure the zip directory before a single byte is unpacked."""
    infos = archive.infolist()
    inflated = sum(info.file_size for info in infos)
    ratio = inflated / max(1, len(data))
    if (
        inflated > MOST_BYTES
        or (inflated > RATIO_FLOOR and ratio > MOST_RATIO)
        or len(infos) > 20_000
    ):
        raise SheetError(
            f"{name} would unpack from {len(data):,} to {inflated:,} bytes ({ratio:.0f} to 1)",
            remedy="no resident sheet does that: copy the cells into a new workbook",
        )
    return {info.filename for info in infos}


def _verify(archive: zipfile.ZipFile, members: set[str]) -> None:
    for member in sorted(members):
        if member.endswith((".xml", ".bin", ".rels")):
            archive.read(member)


def _xlsx(archive: zipfile.ZipFile, data: bytes, name: str) -> Book:
    titles = _sheet_titles(archive)
    marks: dict[str, SheetMarks] = {}
    patched: dict[str, bytes] = {}
    for info in archive.infolist():
        if not info.filename.endswith((".xml", ".rels")):
            continue
        content = archive.read(info)  # also checks size and sum, which the directory may misstate
        if info.filename.startswith("xl/worksheets/") and info.filename.count("/") == 2:
            mark, bad = _scan(content, name)
            if bad:
                patched[info.filename] = _without(content, bad)
            marks[titles.get(info.filename, info.filename)] = mark
    return Book(_repacked(archive, patched) if patched else data, "xlsx", marks)


_REL = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def _sheet_titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Map members of the archive to the titles of their sheets."""
    import html

    try:
        rels = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return {}
    target: dict[bytes, str] = {}
    for tag in _REL.findall(rels):
        found = dict(_ATTRIBUTE.findall(tag))
        path = found.get(b"Target", b"").decode("utf-8", "replace").lstrip("/")
        target[found.get(b"Id", b"")] = path if path.startswith("xl/") else f"xl/{path}"
    titles: dict[str, str] = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        found = dict(_ATTRIBUTE.findall(tag))
        link = next((v for k, v in found.items() if k.endswith(b":id")), b"")
        if link in target:
            titles[target[link]] = html.unescape(found.get(b"name", b"").decode("utf-8", "replace"))
    return titles


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _scan(xml: bytes, name: str) -> tuple[SheetMarks, set[bytes]]:
    """Read every cell address of a sheet: faults, strays, hidden rows."""
    rows: list[int] = []
    columns: list[int] = []
    faults: dict[tuple[int, int], str] = {}
    number: dict[bytes, int] = {}
    for letters, row, attributes, unstored in _CELL.findall(xml):
        if attributes[-1:] == b"/":
            continue
        if letters not in number:
            number[letters] = _column(letters)
        column = number[letters]
        rows.append(int(row) - 1)
        columns.append(column)
        if unstored or b't="e"' in attributes:
            faults[rows[-1], column] = "formula" if unstored else "error"
    hidden = len(_HIDDEN_ROW.findall(xml)) if b"hidden=" in xml else 0
    if not rows:
        last = max((int(r) for r in _ROW.findall(xml)), default=0)
        if last * 64 > MOST_CELLS:
            raise _too_wide(name, last, 64)
        return SheetMarks(faults, (), hidden), set()
    row_a, column_a = np.array(rows), np.array(columns)
    inside = (row_a <= _reach(row_a, EMPTY_ROWS)) & (column_a <= _reach(column_a, EMPTY_COLUMNS))
    height = int(row_a[inside].max()) + 1
    width = int(column_a[inside].max()) + 1
    if height * width > MOST_CELLS:
        raise _too_wide(name, height, width)
    bad = [_name(r, c) for r, c in zip(row_a[~inside], column_a[~inside], strict=True)]
    return SheetMarks(faults, tuple(bad), hidden), {b.encode() for b in bad}


def _too_wide(name: str, height: int, width: int) -> SheetError:
    return SheetError(
        f"{name} has a sheet of {height:,} rows by {width:,} columns, more than the limit",
        remedy="copy the rows that are meant into a new workbook",
    )


def _reach(positions: np.ndarray, gap: int) -> int:
    """Last used row or column before a wide empty stretch behind which only few cells lie."""
    used, count = np.unique(positions, return_counts=True)
    breaks = np.flatnonzero(np.diff(used) > gap)
    for i in breaks:
        if count[i + 1 :].sum() <= STRAYS:
            return int(used[i])
    return int(used[-1])


def _name(row: int, column: int) -> str:
    letters, column = "", int(column) + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{int(row) + 1}"


def _without(xml: bytes, bad: set[bytes]) -> bytes:
    """Take cells out of a sheet's XML, and its stated extent with them."""
    for address in sorted(bad):
        cell = rb'<((?:\w+:)?c)\s(?:[^>]*?\s)?r="' + address + rb'"[^>]*?(?:/>|>.*?</\1>)'
        xml = re.sub(cell, b"", xml, count=1, flags=re.DOTALL)
    return re.sub(rb"<(?:\w+:)?dimension\s[^>]*/>", b"", xml, count=1)


def _repacked(archive: zipfile.ZipFile, patched: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for info in archive.infolist():
            out.writestr(info.filename, patched.get(info.filename) or archive.read(info))
    return buffer.getvalue()

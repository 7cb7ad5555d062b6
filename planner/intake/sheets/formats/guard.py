"""Look at a file before anything reads it: what it is by its content, and whether it is safe to open."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Final

from planner.errors import SheetError
from planner.intake.sheets.formats.books.package import BROKEN, Package, plain_name
from planner.intake.sheets.formats.books.sparse import WorkbookError

__all__ = ["damaged", "encrypted", "kind_of", "kind_of_zip", "read_bytes"]

# What an archive unpacks to: a bomb of a few kilobytes would fill the memory.
MOST_BYTES: Final = 1_500_000_000
# Sheets of equal rows pack well too, so the ratio counts only past this size.
RATIO_FLOOR: Final = 60_000_000
MOST_RATIO: Final = 100
MOST_MEMBERS: Final = 20_000
FILE_BYTES: Final = 600_000_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# Excel wraps an encrypted workbook into an OLE container, under this name.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DBASE: Final = frozenset((0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8E, 0xCB, 0xF5))
_MAGIC: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"SQLite format 3\x00", "gpkg"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"fgb\x03fgb", "fgb"),
    (b"PAR1", "parquet"),
)
_FOREIGN: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def read_bytes(path: Path) -> bytes:
    """Read a file that a person handed in.

    Raises
    ------
    SheetError
        Missing, a folder, a lock file, empty, too large or unreadable; says which.
    """
    if path.name.startswith("~$"):
        raise SheetError.of("is-lock-file", name=path.name)
    if path.is_dir():
        raise SheetError.of("is-folder", path=path.absolute())
    if not path.exists():
        raise SheetError.of("no-file", path=path.absolute())
    try:
        size = path.stat().st_size
        data = b"" if size > FILE_BYTES else path.read_bytes()
    except OSError as error:
        raise SheetError.of(
            "file-unreadable", path=path.absolute(), reason=error.strerror
        ) from None
    if size > FILE_BYTES:
        raise SheetError.of("file-too-large", name=path.name, size=size, file_bytes=FILE_BYTES)
    # An export without rows still has its separators.
    if not data.strip(b"\x00\r\n\t ,;"):
        raise SheetError.of("file-empty", name=path.name)
    return data


def kind_of(data: bytes, name: str) -> str:
    """Tell what a file is by its content, whatever its ending.

    Returns
    -------
    str
        ``zip``, ``xls``, ``gpkg``, ``shp``, ``dbf``, ``fgb``, ``parquet``, ``geojson``, ``kml`` or ``text``.

    Raises
    ------
    SheetError
        Encrypted, HTML or XML in a spreadsheet's clothes, or a picture, a PDF...
    """
    # A byte order mark or blank lines may stand before the first tag.
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise SheetError.of("encrypted", name=name)
        return "xls"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    # After all other marks: its own is one byte, with which a text may begin as well.
    if _is_dbase(data):
        return "dbf"
    lower = head[:512].lower()
    if lower.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise SheetError.of("is-html", name=name)
    if lower.startswith((b"<?xml", b"<kml")) and b"<kml" in head:
        return "kml"
    if lower.startswith((b"<?xml", b"<workbook")):
        raise SheetError.of("is-xml", name=name)
    if data.startswith(_FOREIGN):
        raise SheetError.of("is-no-table", name=name)
    return "geojson" if head[:1] == b"{" else "text"


def _is_dbase(data: bytes) -> bool:
    """Tell a dBASE table by its header: a day, and sizes that fit one another."""
    if len(data) < 33 or data[0] not in _DBASE:
        return False
    rows, head, row = struct.unpack_from("<IHH", data, 4)
    fits = 33 <= head <= len(data) and 1 < row <= 1 << 16 and head + rows * row <= len(data) + row
    return fits and 1 <= data[2] <= 12 and 1 <= data[3] <= 31 and 0x0D in data[head - 2 : head]


def kind_of_zip(data: bytes, name: str) -> str:
    """Tell what a zip archive is, by the names in it, after measuring what it would unpack to.

    Parameters
    ----------
    data : bytes
    name : str
        For messages.

    Returns
    -------
    str
        ``xlsx``, ``xlsb``, ``ods``, ``kmz`` or ``shp.zip``.

    Raises
    ------
    SheetError
        Damaged, too large when unpacked, or neither a workbook nor a map layer.
    """
    try:
        package = Package(data)
        names = _measured(package.archive, data, name)
        main = package.main()
    except SheetError:
        raise
    except BROKEN:
        raise damaged(data, name) from None
    except NotImplementedError:  # a compression that zipfile does not know
        raise SheetError.of("unknown-packing", name=name) from None
    except WorkbookError as fault:
        locked = str(fault) == "password"
        raise (encrypted(name) if locked else damaged(data, name)) from None
    if main:
        return "xlsb" if main.endswith(".bin") else "xlsx"
    if "content.xml" in names:
        return "ods"
    endings = {member.rsplit(".", 1)[-1] for member in names if not _is_shadow(member)}
    if "shp" in endings:
        return "shp.zip"
    if "kml" in endings:
        return "kmz"
    if any(member.startswith(("word/", "ppt/")) for member in names):
        raise SheetError.of("is-document", name=name)
    raise SheetError.of("is-archive", name=name)


def _is_shadow(member: str) -> bool:
    """Tell what another system put beside each file it packed."""
    return member.startswith("__macosx/") or member.rsplit("/", 1)[-1].startswith("._")


def damaged(data: bytes, name: str) -> SheetError:
    """Make the refusal of a file whose bytes are not whole."""
    return SheetError.of("damaged", name=name, n=len(data))


def encrypted(name: str) -> SheetError:
    """Make the refusal of a file with a password."""
    return SheetError.of("encrypted", name=name)


def _measured(archive: zipfile.ZipFile, data: bytes, name: str) -> set[str]:
    """Measure the zip directory before a single byte is unpacked; give the names in it."""
    infos = archive.infolist()
    inflated = sum(info.file_size for info in infos)
    ratio = inflated / max(1, len(data))
    if (
        inflated > MOST_BYTES
        or (inflated > RATIO_FLOOR and ratio > MOST_RATIO)
        or len(infos) > MOST_MEMBERS
    ):
        raise SheetError.of(
            "unpacks-too-large", name=name, n=len(data), inflated=inflated, ratio=ratio
        )
    return {plain_name(info.filename) for info in infos}

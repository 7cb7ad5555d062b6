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

MOST_BYTES: Final = 1_500_000_000
RATIO_FLOOR: Final = 60_000_000
MOST_RATIO: Final = 100
MOST_MEMBERS: Final = 20_000
FILE_BYTES: Final = 600_000_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DBASE: Final = frozenset((0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8E, 0xCB, 0xF5))
_MAGIC: Final = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"SQLite format 3\x00", "gpkg"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"fgb\x03fgb", "fgb"), (b"PAR1", "parquet"),
)  # fmt: skip
_FOREIGN: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


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
        ``zip``, ``xls``, ``gpkg``, ``shp``, ``dbf``, ``fgb``, ``parquet``, ``geojson``, ``kml`` or ``text``.

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
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if _is_dbase(data):
        return "dbf"
    lower = head[:512].lower()
    if lower.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise SheetError(
            f"{name} is an HTML page in a workbook's name", remedy="open it and save it as .xlsx"
        )
    if lower.startswith((b"<?xml", b"<kml")) and b"<kml" in head:
        return "kml"
    if lower.startswith((b"<?xml", b"<workbook")):
        raise SheetError(
            f"{name} is an XML file, not a workbook", remedy="open it and save it as .xlsx"
        )
    if data.startswith(_FOREIGN):
        raise SheetError(
            f"{name} is not a table (PDF, picture or archive)", remedy="hand in .xlsx or .csv"
        )
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
    except NotImplementedError:
        raise SheetError(
            f"{name} is packed in a way that cannot be read", remedy="save it again"
        ) from None
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
    raise SheetError(
        f"{name} is a zip archive, not a workbook", remedy="unpack it and hand in the table"
    )


def _is_shadow(member: str) -> bool:
    """Tell what another system put beside each file it packed."""
    return member.startswith("__macosx/") or member.rsplit("/", 1)[-1].startswith("._")


def damaged(data: bytes, name: str) -> SheetError:
    """Make the refusal of a file whose bytes are not whole."""
    return SheetError(
        f"{name} is damaged or incomplete ({len(data):,} bytes)",
        remedy="copy it again from where it came, or open and save it in Excel or WPS",
    )


def encrypted(name: str) -> SheetError:
    """Make the refusal of a file with a password."""
    return SheetError(f"{name} is encrypted", remedy="remove its password and save it again")


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
        raise SheetError(
            f"{name} would unpack from {len(data):,} to {inflated:,} bytes ({ratio:.0f} to 1)",
            remedy="no resident sheet does that: copy the cells into a new workbook",
        )
    return {plain_name(info.filename) for info in infos}

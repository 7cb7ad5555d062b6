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
        raise SheetError(
            f"{path.name} is the lock file of an open workbook, not the workbook",
            remedy="close the workbook in the other program and name the file without ~$",
            zh=f"{path.name} 是工作簿打开时产生的锁定文件，不是工作簿本身",
            remedy_zh="请关闭正在打开的工作簿，并填写不带 ~$ 的文件名",
        )
    if path.is_dir():
        raise SheetError(
            f"{path.absolute()} is a folder, not a file",
            remedy="name one file in it",
            zh=f"{path.absolute()} 是文件夹，不是文件",
            remedy_zh="请写出其中的一个文件",
        )
    if not path.exists():
        raise SheetError(
            f"there is no file {path.absolute()}",
            remedy="check the name and the folder",
            zh=f"找不到文件 {path.absolute()}",
            remedy_zh="请检查文件名和文件夹",
        )
    try:
        size = path.stat().st_size
        data = b"" if size > FILE_BYTES else path.read_bytes()
    except OSError as error:
        raise SheetError(
            f"{path.absolute()} cannot be read ({error.strerror})",
            remedy="it may be open in another program, or you may lack the right to read it",
            zh=f"无法读取 {path.absolute()}（{error.strerror}）",
            remedy_zh="可能正被其他程序打开，或没有读取权限",
        ) from None
    if size > FILE_BYTES:
        raise SheetError(
            f"{path.name} holds {size:,} bytes, more than the limit of {FILE_BYTES:,}",
            remedy="hand in the residents' sheet alone",
            zh=f"{path.name} 有 {size:,} 字节，超过上限 {FILE_BYTES:,}",
            remedy_zh="请只提供居民表",
        )
    # An export without rows still has its separators.
    if not data.strip(b"\x00\r\n\t ,;"):
        raise SheetError(
            f"{path.name} holds no data rows: the file is empty",
            remedy="export it again",
            zh=f"{path.name} 是空文件，没有数据行",
            remedy_zh="请重新导出",
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
    # A byte order mark or blank lines may stand before the first tag.
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise encrypted(name)
        return "xls"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    # After all other marks: its own is one byte, with which a text may begin as well.
    if _is_dbase(data):
        return "dbf"
    lower = head[:512].lower()
    if lower.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise SheetError(
            f"{name} is an HTML page in a workbook's name",
            remedy="open it and save it as .xlsx",
            zh=f"{name} 其实是网页（HTML），只是用了工作簿的扩展名",
            remedy_zh="请用 Excel 或 WPS 打开后另存为 .xlsx",
        )
    if lower.startswith((b"<?xml", b"<kml")) and b"<kml" in head:
        return "kml"
    if lower.startswith((b"<?xml", b"<workbook")):
        raise SheetError(
            f"{name} is an XML file, not a workbook",
            remedy="open it and save it as .xlsx",
            zh=f"{name} 是 XML 文件，不是工作簿",
            remedy_zh="请用 Excel 或 WPS 打开后另存为 .xlsx",
        )
    if data.startswith(_FOREIGN):
        raise SheetError(
            f"{name} is not a table (PDF, picture or archive)",
            remedy="hand in .xlsx or .csv",
            zh=f"{name} 不是表格（PDF、图片或压缩包）",
            remedy_zh="请提供 .xlsx 或 .csv",
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
    except NotImplementedError:  # a compression that zipfile does not know
        raise SheetError(
            f"{name} is packed in a way that cannot be read",
            remedy="save it again",
            zh=f"{name} 的压缩方式无法读取",
            remedy_zh="请重新保存",
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
    if any(member.startswith(("word/", "ppt/")) for member in names):
        raise SheetError(
            f"{name} is a document, not a workbook",
            remedy="copy its table into Excel or WPS and save it as .xlsx",
            zh=f"{name} 是文档（Word、PPT），不是表格",
            remedy_zh="请将其中的表格复制到 Excel 或 WPS，另存为 .xlsx",
        )
    raise SheetError(
        f"{name} is a zip archive, not a workbook",
        remedy="unpack it and hand in the table",
        zh=f"{name} 是压缩包，不是工作簿",
        remedy_zh="请解压后提供其中的表格",
    )


def _is_shadow(member: str) -> bool:
    """Tell what another system put beside each file it packed."""
    return member.startswith("__macosx/") or member.rsplit("/", 1)[-1].startswith("._")


def damaged(data: bytes, name: str) -> SheetError:
    """Make the refusal of a file whose bytes are not whole."""
    return SheetError(
        f"{name} is damaged or incomplete ({len(data):,} bytes)",
        remedy="copy it again from where it came, or open and save it in Excel or WPS",
        zh=f"{name} 已损坏或不完整（{len(data):,} 字节）",
        remedy_zh="请重新复制，或在 Excel、WPS 中打开并保存",
    )


def encrypted(name: str) -> SheetError:
    """Make the refusal of a file with a password."""
    return SheetError(
        f"{name} is encrypted",
        remedy="remove its password and save it again",
        zh=f"{name} 已加密",
        remedy_zh="请取消密码后重新保存",
    )


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
            zh=f"{name} 解压后将由 {len(data):,} 变为 {inflated:,} 字节（{ratio:.0f} 倍）",
            remedy_zh="正常的居民表不会如此：请将单元格复制到新的工作簿",
        )
    return {plain_name(info.filename) for info in infos}

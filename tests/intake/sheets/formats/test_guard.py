"""A file is known by its content, and a workbook that would take the process down is never opened."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from planner.errors import SheetError
from planner.intake.sheets.formats.guard import kind_of, kind_of_zip, read_bytes


def book(*cells: tuple[str, object]) -> bytes:
    """Write a workbook with these cells."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for address, value in cells:
        sheet[address] = value
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"PK\x03\x04...", "zip"), (bytes.fromhex("d0cf11e0a1b11ae1") + b"x", "xls"),
     (b"SQLite format 3\x00", "gpkg"), (b'  {"type":1}', "geojson"), (b"\xef\xbb\xbfid,x\n", "text")],
)  # fmt: skip
def test_kinds(data: bytes, kind: str) -> None:
    """By the first bytes, never by the ending."""
    assert kind_of(data, "a.csv") == kind


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"<!DOCTYPE html>", "HTML page"), (b"<table>", "HTML page"), (b"%PDF-1.4", "not a table"),
     (b"\x89PNG\r\n", "not a table"), (b"Rar!\x1a", "not a table"),
     (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "is encrypted")],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_name(data: bytes, said: str) -> None:
    """Each with what to do."""
    with pytest.raises(SheetError, match=said) as caught:
        kind_of(data, "a.xlsx")
    assert caught.value.remedy


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A lock file, a folder, a missing and an empty file."""
    (tmp_path / "e.csv").write_bytes(b"\x00\x00\r\n ,;")
    for name, said in (
        ("~$a.xlsx", "lock file"),
        ("", "is a folder"),
        ("no.csv", "no file"),
        ("e.csv", "empty"),
    ):
        with pytest.raises(SheetError, match=said):
            read_bytes(tmp_path / name)


def test_damaged_and_foreign_archives() -> None:
    """A cut archive is damaged; an archive without a workbook is called what it is."""
    whole = book(("A1", "x"))
    with pytest.raises(SheetError, match="damaged or incomplete"):
        kind_of_zip(whole[: len(whole) // 2], "a.xlsx")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(SheetError, match="zip archive, not a workbook"):
        kind_of_zip(buffer.getvalue(), "a.xlsx")


def test_a_bomb_is_measured_before_it_is_opened() -> None:
    """Eighty megabytes of one letter pack into eighty kilobytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 80_000_000)
    with pytest.raises(SheetError, match="would unpack from"):
        kind_of_zip(buffer.getvalue(), "a.xlsx")

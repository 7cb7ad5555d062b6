"""dBASE tables: bytes of text, exact digits, deleted rows."""

from __future__ import annotations

import datetime
import struct

import pytest

from planner.intake.sheets.formats.layers.dbf import read_dbf
from tests.layouts.layers import write_dbf


def table(kind: str, size: int, *cells: bytes, deleted: int = -1) -> bytes:
    """Write a table of one column."""
    field = b"X".ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([size, 0]) + bytes(14)
    start = struct.pack("<BBBBIHH", 3, 126, 3, 2, len(cells), 65, 1 + size)
    rows = b"".join((b"*" if i == deleted else b" ") + c.ljust(size) for i, c in enumerate(cells))
    return start + bytes(20) + field + b"\r" + rows


@pytest.mark.parametrize(
    ("kind", "size", "cell", "value"),
    [
        ("N", 20, b"  340405199001011234", 340405199001011234),
        ("N", 20, b"12345678901234567890", 12345678901234567890),
        ("N", 8, b"   12.50", 12.5),
        ("F", 20, b"3.404050000000000e+17", 3.40405e17),
        ("N", 5, b"*****", None),
        ("N", 5, b"", None),
        ("C", 9, "甲".encode(), "甲".encode()),
        ("C", 9, b"", None),
        ("D", 8, b"20260302", datetime.date(2026, 3, 2)),
        ("D", 8, b"00000000", None),
        ("L", 1, b"T", True),
        ("L", 1, b"n", False),
        ("L", 1, b"?", None),
        ("I", 4, struct.pack("<i", -7), -7),
        ("M", 10, b"5", None),
    ],
)
def test_values(kind: str, size: int, cell: bytes, value: object) -> None:
    """Whole numbers of any length keep every digit; what overflowed is nothing."""
    made = read_dbf(table(kind, max(size, len(cell)), cell))
    assert made.rows == [[value]]
    assert type(made.rows[0][0]) is type(value)


def test_deleted_rows_are_no_rows() -> None:
    """They stay in the file until it is packed."""
    assert read_dbf(table("N", 3, b"1", b"2", b"3", deleted=1)).rows == [[1], [3]]


def test_names_widths_and_the_stated_page() -> None:
    """Ten bytes of a heading, whatever they cut."""
    made = read_dbf(write_dbf([["社区名称", "a"], ["甲", "b"]], "utf-8", page=0x4D))
    assert made.names == ("社区名称".encode()[:10], b"a")
    assert made.rows == [["甲".encode(), b"b"]]
    assert (made.widths, made.code_page) == ((60, 60), "gb18030")


@pytest.mark.parametrize("cut", [0, 5, 31, 40, 70])
def test_damage(cut: int) -> None:
    """A table cut short is none."""
    with pytest.raises(ValueError, match=r"header|width|cut"):
        read_dbf(table("N", 20, b"1", b"2")[:cut])

"""Cells become a rectangle; those that went astray are named and left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.sheets.formats.books.sparse import (
    Sheet,
    WorkbookError,
    address_of,
    laid_out,
    place_of,
    range_of,
)


@given(st.integers(0, 1_048_575), st.integers(0, 16_383))
def test_addresses_go_both_ways(row: int, column: int) -> None:
    """What is written is read again, with dollars and in small letters too."""
    address = address_of(row, column)
    assert place_of(address) == place_of(address.lower()) == (row, column)
    letters = address.rstrip("0123456789")
    assert place_of(f"${letters}${row + 1}") == (row, column)


@pytest.mark.parametrize(
    "address", ["", "A", "7", "A0", "7A", "A-1", "啊1", "A99999999", "AAAAAA1"]
)
def test_what_is_no_address(address: str) -> None:
    """Is damage."""
    with pytest.raises(WorkbookError, match="damaged"):
        place_of(address)


def test_ranges() -> None:
    """One cell, or two corners in any order."""
    assert range_of("B2") == (1, 1, 1, 1)
    assert range_of("C4:A2") == range_of("A2:C4") == (1, 0, 3, 2)


def filled(*cells: tuple[int, int, object]) -> Sheet:
    """Give a sheet with these cells."""
    sheet = Sheet("居民")
    for cell in cells:
        sheet.put(*cell)
    return sheet


def test_the_rectangle_begins_at_the_first_cell() -> None:
    """Faults count as cells; empty texts do not."""
    sheet = filled((2, 1, "a"), (4, 3, 7.0), (0, 0, ""), (0, 0, None))
    sheet.blame(3, 2, "error")
    sheet.merges.append((2, 1, 3, 1))
    sheet.hidden_rows |= {0, 3}
    sheet.hidden_columns += [(0, 1), (9, 12)]
    cells = laid_out(sheet)
    assert cells.grid == [["a", "", ""], ["", "", ""], ["", "", 7.0]]
    assert cells.start == (2, 1)
    assert dict(cells.faults) == {(3, 2): "error"}
    assert cells.merges == ((2, 1, 3, 1),)
    assert (cells.hidden_rows, cells.hidden_columns) == (1, 1)
    assert laid_out(Sheet("x")).grid == []


def test_strays_are_left_out() -> None:
    """Below a wide gap, right of one, and both; a fault among them too."""
    sheet = filled(
        (0, 0, "a"), (1, 1, "b"), (500_000, 0, "c"), (1, 900, "d"), (1_048_575, 16_383, "e")
    )
    sheet.blame(500_001, 0, "error")
    cells = laid_out(sheet)
    assert cells.grid == [["a", ""], ["", "b"]]
    assert cells.strays == ("AHQ2", "A500001", "A500002", "XFD1048576")
    assert not cells.faults


def test_many_cells_behind_a_gap_are_no_strays() -> None:
    """Two tables below one another, far apart, are both read."""
    sheet = filled((0, 0, "a"), *((20_000 + i, 0, "b") for i in range(60)))
    assert len(laid_out(sheet).grid) == 20_060


def test_too_wide_a_rectangle_is_refused() -> None:
    """Rather than laid out."""
    sheet = filled(*((i * 9_000, (i * 150) % 15_000, "x") for i in range(100)))
    with pytest.raises(WorkbookError, match="wide:"):
        laid_out(sheet)

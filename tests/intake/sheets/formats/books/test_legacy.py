"""The records of old workbooks tell of errors, hidden parts and merges."""

from __future__ import annotations

import numpy as np
import pytest

from planner.intake.sheets.formats.books.legacy import marks_of_xls
from planner.intake.sheets.formats.workbooks import cells_here
from tests.acceptance.corpus_old import OLD_WORKBOOK
from tests.layouts.books import Error, Sheet, write_xls

ROWS = [["编号", "楼栋"], ["1", Error()], ["2", 3.0], ["3", Error()]]


@pytest.mark.parametrize("seed", range(8))
def test_marks(seed: int) -> None:
    """An error may be a cell of its own or the result of a formula."""
    data = write_xls(Sheet(ROWS, [(1, 0, 2, 0)], [2], [1]), np.random.default_rng(seed))
    (marks,) = marks_of_xls(data)
    assert marks.errors == {(1, 1), (3, 1)}
    assert (marks.hidden_rows, marks.hidden_columns, marks.merges) == (
        {2},
        [(1, 1)],
        [(1, 0, 2, 0)],
    )


def test_they_join_the_values() -> None:
    """Values come from one reader and marks from another; the sheet has both."""
    (cells,) = cells_here(
        write_xls(Sheet(ROWS, [(1, 0, 2, 0)], [2]), np.random.default_rng(0)), "xls", None
    )
    assert cells.grid == [["编号", "楼栋"], ["1", ""], ["2", 3.0], ["3", ""]]
    assert dict(cells.faults) == {(1, 1): "error", (3, 1): "error"}
    assert (cells.merges, cells.hidden_rows) == (((1, 0, 2, 0),), 1)


def test_a_genuine_workbook_and_damaged_ones() -> None:
    """Damage gives no marks, and no end without end."""
    (marks,) = marks_of_xls(OLD_WORKBOOK)
    assert not marks.errors
    rng = np.random.default_rng(1)
    for _ in range(60):
        data = bytearray(OLD_WORKBOOK)
        for at in rng.integers(0, len(data), 12):
            data[at] = int(rng.integers(256))
        assert isinstance(marks_of_xls(bytes(data)), list)
    assert marks_of_xls(b"") == marks_of_xls(OLD_WORKBOOK[:600]) == []


def test_rows_that_are_struck_through() -> None:
    """By the font of their cells, counted as the records count fonts: there is no fourth one."""
    sheet = Sheet(ROWS, struck_rows=[2])
    (marks,) = marks_of_xls(write_xls(sheet, np.random.default_rng(0)))
    assert +marks.struck == {2: 2}
    (cells,) = cells_here(write_xls(sheet, np.random.default_rng(0)), "xls", None)
    assert cells.struck == (2,)
    assert cells_here(write_xls(Sheet(ROWS), np.random.default_rng(0)), "xls", None)[0].struck == ()

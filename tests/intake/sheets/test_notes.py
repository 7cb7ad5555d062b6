"""Findings about rows: each where few, together where many, never without a place."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.errors import Finding, Severity
from planner.intake.sheets.notes import LISTED, at_row, each, file_of, once

TOLD = Finding("x", Severity.FIX, "was mended", "已更正", "do", "做", column="地址")


def rows(n: int, files: int = 1) -> pd.DataFrame:
    """Give n rows of one or several files."""
    names = [f"{i % files}.csv" for i in range(n)]
    return pd.DataFrame({"file": names, "sheet": "表", "row": range(2, n + 2)})


def test_a_row_is_named_as_the_spreadsheet_shows_it() -> None:
    """File, sheet and row are added; what is told stays."""
    said = at_row(rows(3), 2, TOLD)
    assert (said.file, said.sheet, said.row, said.column) == ("0.csv", "表", 4, "地址")
    assert (said.code, said.what, said.what_zh, said.remedy) == ("x", "was mended", "已更正", "do")
    assert type(said.row) is int


@pytest.mark.parametrize("count", [0, 1, LISTED, LISTED + 1, LISTED + 30])
def test_many_are_told_in_part(count: int) -> None:
    """All up to the limit one by one; those past it in one finding with their number."""
    said = each(rows(100), list(range(count)), TOLD)
    assert [f.row for f in said[:LISTED]] == [i + 2 for i in range(min(count, LISTED))]
    assert len(said) == min(count, LISTED + 1)
    if count > LISTED:
        assert said[-1].row is None
        assert said[-1].what == f"{count - LISTED} cell(s): further ones: was mended"
        assert said[-1].what_zh == f"{count - LISTED}处：已更正"


def test_nothing_is_said_of_nothing() -> None:
    """No cell, no finding; of several files none is named."""
    assert once(rows(3), 0, TOLD) == []
    (said,) = once(rows(3, files=2), 2, TOLD)
    assert (said.file, said.what) == ("", "2 cell(s): was mended")
    assert file_of(rows(3)) == "0.csv"
    assert file_of(rows(3, files=2)) == ""

"""Findings about rows: one for each row while they are few, one for all where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding

__all__ = ["LISTED", "at_row", "each", "file_of", "once"]

LISTED: Final = 50


def file_of(rows: pd.DataFrame) -> str:
    """Name the file that all rows come from; "" where they come from several."""
    files = pd.unique(rows["file"])
    return str(files[0]) if len(files) == 1 else ""


def at_row(rows: pd.DataFrame, i: int | np.intp, told: Finding) -> Finding:
    """Say of row `i` of a frame with ``file, sheet, row`` what a finding without a place tells."""
    at = rows.iloc[int(i)]
    return replace(told, file=at["file"], sheet=at["sheet"], row=int(at["row"]))


def once(rows: pd.DataFrame, count: int, told: Finding) -> list[Finding]:
    """Say once what holds for `count` cells of a column; nothing for none."""
    if not count:
        return []
    what, zh = f"{count} cell(s): {told.what}", f"{count}处：{told.what_zh}"
    return [replace(told, what=what, what_zh=zh, file=file_of(rows))]


def each(
    rows: pd.DataFrame, which: Sequence[int] | NDArray[np.intp], told: Finding
) -> list[Finding]:
    """Say something of cells one by one; past `LISTED` of them, of the rest together.

    Parameters
    ----------
    rows : DataFrame
        With ``file, sheet, row``.
    which : sequence of int
        Positions in `rows`.
    told : Finding
        Without a place.
    """
    rest = replace(told, what=f"further ones: {told.what}")
    return [
        *(at_row(rows, int(i), told) for i in which[:LISTED]),
        *once(rows, max(0, len(which) - LISTED), rest),
    ]

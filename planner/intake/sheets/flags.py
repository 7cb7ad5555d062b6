"""Yes and no as clerks mark them: one list for every column that is ticked."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding, SchemaError
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.notes import at_row
from planner.model.characters import simplified

__all__ = ["is_marked", "marked", "read_flags"]

# A letter x is how a box is ticked on paper; the sign × says no.  NFKC keeps the two apart.
_YES: Final = frozenset(
    {"是", "yes", "y", "1", "true", "t", "√", "✓", "✔", "☑", "对", "有", "x", "中心户", "1.0"}
)
_NO: Final = frozenset(
    {"", "否", "no", "n", "0", "0.0", "false", "f", *"×✗✘☐-/非无", "不是", "没有"}
)


def is_marked(text: str) -> bool | None:
    """Read one cell: True for yes, False for no and for an empty cell, None for anything else.

    Parameters
    ----------
    text : str
        As written.
    """
    word = simplified(half_width(text)).strip().casefold()
    return True if word in _YES else False if word in _NO else None


def marked(texts: pd.Series | list[str]) -> NDArray[np.bool_]:
    """Take every mark but a no for a mark: where a column asks who, a name or a date says yes too."""
    return np.array([is_marked(str(text)) is not False for text in texts], bool)


def read_flags(values: pd.Series, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Read a column in which each cell must say yes or no.

    Parameters
    ----------
    values : Series of str, n rows
    rows : DataFrame, n rows
        With ``file, sheet, row``.

    Raises
    ------
    SchemaError
        A cell says neither; every such row is named.
    """
    said = [is_marked(str(v)) for v in values]
    unclear = [i for i, flag in enumerate(said) if flag is None]
    if unclear:
        told = Finding.of("unclear-flag", {"column": "是否中心户"})
        files = ", ".join(dict.fromkeys(rows["file"].iloc[unclear]))
        raise SchemaError.of(
            "unclear-flags",
            {"findings": [at_row(rows, i, told) for i in unclear]},
            files=files,
            n=len(unclear),
        )
    return np.array(said, bool)

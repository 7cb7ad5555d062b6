"""Yes and no as clerks mark them: one list for every column that is ticked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding, SchemaError
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.notes import at_row
from planner.model.characters import simplified

__all__ = ["care_said", "is_marked", "marked", "read_flags"]

# A letter x is how a box is ticked on paper; the sign × says no.  NFKC keeps the two apart.
_YES: Final = frozenset(
    {
        "是",
        "yes",
        "y",
        "1",
        "true",
        "t",
        "√",
        "✓",
        "✔",
        "☑",
        "对",
        "有",
        "x",
        "中心户",
        "1.0",
        *"★●■✅",
    }
)
_NO: Final = frozenset(
    {
        "",
        "否",
        "no",
        "n",
        "0",
        "0.0",
        "false",
        "f",
        "n/a",
        "none",
        "null",
        "不是",
        "没有",
        "暂无",
        "——",
    }
    | {*"×✗✘☐-—/非无不"}
)
_PARTS: Final = re.compile("[,，、;；。/]+|(?<=[㐀-鿿])\\s+")
_NOT: Final = re.compile("^(?:否|非|不是|不属于?|未|没有?|无|并非|not |no )")
_DENIED: Final = re.compile(
    "^(?:否(?![认则])|非|不是|不属|并非|(?:无|没有?|未)(?:以上|此|该|上述|相关|情况|$)|not? |no$)"
)
# Nobody lives there any more, or not in that way: whoever keeps the sheet has to say.
_PAST: Final = re.compile(
    "^(?:曾|原|已?(?:死亡|去世|病故|亡故|销户|搬[走离]|迁出|脱贫|退出))|^已故"
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


def care_said(header: str, cell: str, words: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """Read one cell under a heading of care.

    Parameters
    ----------
    header, cell : str
        As written.
    words : iterable of str
        Of care: a cell that holds one says what it is.

    Returns
    -------
    tuple of str
        What is said of the household: the heading where it is ticked, the words of the cell, or both;
        nothing where it says no, part by part (``低保，非独居`` is 低保 alone).
    bool
        Whether somebody has to look: it says neither yes, no, nor a word of care, or tells of the past.

    Examples
    --------
    >>> care_said("独居老人", "78岁", ["独居"]), care_said("独居老人", "非独居", ["独居"])
    ((('独居老人：78岁',), True), ((), False))
    """
    mark = is_marked(cell)
    if mark is not None:
        return ((header,) if mark else ()), False
    known = tuple(words)
    parts = [part for part in _PARTS.split(simplified(half_width(cell)).strip()) if part]
    past = any(_PAST.match(part) for part in parts)
    left = [part for part in parts if not (_denied(part, known) or _PAST.match(part))]
    if not left:
        return (), past
    said = "、".join(left)
    if any(word in said.casefold() for word in known):
        return (said,), past
    return (f"{header}：{said}",), True


def _denied(part: str, words: tuple[str, ...]) -> bool:
    """Tell a no with more words (``非独居``) from what only begins so (``不能自理``, ``无人照料``)."""
    if _DENIED.match(part):
        return True
    said = _NOT.match(part)
    return said is not None and part[said.end() :].startswith(words)


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

"""Remarks that somebody is gone: no column is made of them, but nobody is planned for without a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from planner.errors import Finding
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.flags import is_marked
from planner.intake.sheets.formats.grids import row_numbers
from planner.model.characters import simplified

__all__ = ["absences", "noted", "says_gone"]

_HEADINGS: Final = re.compile(
    r"备注|说明|情况|状态|状况|现状|居住|入住|空置|空挂|人户|注销|迁出|搬离|remark|note|status|occup|vacan",
    re.I,
)
_ASKS: Final = re.compile(r"空置|空挂|人户分离|注销|迁出|搬离|vacan|empty", re.I)
"""Headings under which a yes says it."""
# Whoever lost a husband still lives there; what is denied is not so.
_GONE: Final = re.compile(
    r"(?<![未不非没无])(?:空置|空房|空关|闲置|空挂|人户分离|搬走|搬离|搬迁|迁出|迁走|查无此人|拆迁(?!安置|户|还|补)|拆除|已拆|注销|转出|除名|开除|停止党籍|失联)"
    r"|无人居住|无人住|没人住|没有人住|(?:不在|未在)(?:此|本处|本址)?居?住"
    r"|(?<![夫妻偶伴父母亲子女儿孙])(?:已?于?[\d年月日.]*)?(?:已故|去世|过世|死亡|病故|亡故)"
    r"|\b(?:vacant|unoccupied|moved (?:out|away)|deceased|died|demolished)\b",
    re.I,
)
_KIN: Final = re.compile(
    r"[夫妻偶伴父母亲子女儿孙](?:已|于|在)?[\d年月日.]*(?:已故|去世|过世|死亡|病故|亡故)"
)


_NAMES: Final = re.compile("姓名|户主(?!关系)|^name|householder", re.I)
_NOBODY: Final = re.compile("空|空户|空房|空置房?|无人|无人住|无人居住|vacant|empty", re.I)
"""What stands in the place of a name where nobody lives."""
_BRACKETS: Final = re.compile(r"[（(【\[]([^）)】\]]*)[）)】\]]?")


def says_gone(header: str, cell: str) -> bool:
    """Tell whether a remark says that nobody lives there any more.

    Parameters
    ----------
    header, cell : str
        As written.

    Examples
    --------
    >>> says_gone("备注", "2024年已搬走"), says_gone("备注", "老伴去世"), says_gone("是否空置", "否")
    (True, False, False)
    """
    text = simplified(half_width(cell)).strip()
    if _ASKS.search(simplified(header)) and is_marked(text) is not None:
        return is_marked(text) is True
    return _GONE.search(_KIN.sub("", text)) is not None


def absences(
    headers: Sequence[str],
    unread: Sequence[int],
    body: Sequence[tuple[int, Sequence[Any]]],
    first: int,
    addresses: Sequence[int] = (),
) -> list[Finding]:
    """Find the rows that say so in a column of remarks, one finding a column; its text is never told.

    Names say it too (``空户``, ``某某（已故）``), and brackets behind an address.

    Parameters
    ----------
    headers : sequence of str
        Of all columns.
    unread : sequence of int
        Positions of the columns that have no other meaning.
    body : sequence of (int, sequence)
        Position of each row below the first of the grid, and its cells.
    first : int
        Row of the sheet, from 0, at which the grid begins.
    addresses : sequence of int
        Positions of the columns of addresses.
    """
    said: list[Finding] = []
    for at in (*unread, *addresses):
        header = headers[at]
        plain = simplified(header)
        judge = says_gone
        if at in addresses or _NAMES.search(plain):
            judge = _behind
        elif not _HEADINGS.search(plain):
            continue
        known: dict[str, bool] = {}
        rows: list[int] = []
        for i, row in body:
            cell = row[at] if at < len(row) else ""
            if not isinstance(cell, str) or not cell:
                continue
            if cell not in known:
                known[cell] = judge(header, cell)
            if known[cell]:
                rows.append(i + first + 1)
        if rows:
            place = {"row": rows[0], "column": header}
            told = {"n": len(rows), "rows": row_numbers(rows, "、")}
            said.append(Finding.of("absent-remark", place, **told))
    return said


def _behind(header: str, cell: str) -> bool:
    """Tell whether what stands in brackets says it, or in the place of a name."""
    if _NOBODY.fullmatch(simplified(half_width(cell)).strip()):
        return True
    return any(says_gone(header, text) for text in _BRACKETS.findall(cell))


def noted(notes: Sequence[tuple[int, str]], rows: Sequence[int]) -> list[Finding]:
    """Find the rows of which a note that is pinned to a cell says it; what it says is never told.

    Parameters
    ----------
    notes : sequence of (int, str)
        Row of the sheet, from 0, and text of each.
    rows : sequence of int
        Rows of the sheet, from 0, that are read.
    """
    there = set(rows)
    gone = sorted({row + 1 for row, text in notes if row in there and says_gone("", text)})
    if not gone:
        return []
    told = {"n": len(gone), "rows": row_numbers(gone, "、")}
    return [Finding.of("absent-remark", {"row": gone[0]}, **told)]

"""What stands below a table and is no row of it: notes, signatures, who counted when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.headers import is_total_row
from planner.model.characters import simplified

__all__ = ["is_subtotal", "notes_below"]

SEARCHED: Final = 40
"""Rows from the end among which notes are looked for."""
FEW: Final = 2
_WORDS = (
    "注|附|备注|说明|填表|填报|填写|制表|制作|审核|审批|复核|经办|统计|汇总|打印|导出|数据|资料|来源|截至|截止|更新"
    "|本表|此表|以上|上述|单位|负责|联系|签字|签名|盖章|日期|时间|notes?|remarks?|source|exported|printed"
    "|as of|prepared|signed"
)
_OPENING = re.compile(
    rf"^[（(\[【]?(?:{_WORDS})[^A-Za-z0-9:：]{{0,12}}[\])】）]?\s*[:：]"
    r"|^[（(\[【]?(?:注|附注|备注)\s*\d*\s*[、.．，)）\]】]"
    r"|^(?:总共|合计|总计|共计|共)\s*\d+\s*(?:户|人|条|行|页|项|家|名|个|套|栋)"
    r"|^[*※★△▲]+\s*\S|^(?:注意事项|特此|本表|此表|以上)",
    re.I,
)
_SENTENCE = re.compile(r"[。；！？]|[:：].{4,}|[，,].*[，,]")
_DAY = re.compile(r"(?:19|20)\d\d\s*[年./-]\s*\d{1,2}(?:\s*[月./-]\s*(?:\d{1,2}\s*日?)?)?")
_NAME = re.compile(r"[A-Za-z0-9_\-/#.]+")
_SUBTOTAL: Final = re.compile(
    r"(?:.{0,20}?[^\W\d].{0,20})?(?:合计|小计|总计|共计|累计|subtotal|total)[:：]?(?:\d+(?:户|人|条|家|栋)?)?",
    re.I,
)
"""A cell that is a sum, or the sum of something: 3栋小计."""
_REMARK: Final = re.compile("备注|说明|情况|remark|note", re.I)
_PLACE: Final = frozenset({"address", "compound", "road", "community", "building"})


def notes_below(
    body: Sequence[tuple[int, Sequence[Any]]], roles: Sequence[str], wide: Sequence[int]
) -> set[int]:
    """Find the rows at the end of a table that are notes.

    Parameters
    ----------
    body : sequence of (int, row)
        Rows below the header that hold something, with their places in the grid.
    roles : sequence of str
        What each column of the grid is, "" if nothing known.
    wide : sequence of int
        Rows of the grid with a cell that is merged over several columns.

    Returns
    -------
    set of int
        Places in the grid.  A lone cell is a note by how it begins or is written; what follows a note
        alone in its row is one too, unless it looks like an id or stands where addresses do.
    """
    filled = [[c for c, v in enumerate(row) if v is not None and v != ""] for _, row in body]
    usual = sorted(map(len, filled))[len(filled) // 2] if filled else 0
    begin = len(body)
    while begin and len(body) - begin < SEARCHED:
        if len(filled[begin - 1]) >= max(FEW, usual) and not is_total_row(body[begin - 1][1]):
            break
        begin -= 1
    found: set[int] = set()
    for (place, row), columns in zip(body[begin:], filled[begin:], strict=True):
        texts = [simplified(str(row[c])).strip() for c in columns]
        if is_total_row(row):
            found.add(place)
        elif len(columns) == 1:
            role = roles[columns[0]] if columns[0] < len(roles) else ""
            if _is_note(texts[0], role, usual, place in wide, bool(found)):
                found.add(place)
        elif len(columns) < usual and all(_OPENING.match(t) or _DAY.fullmatch(t) for t in texts):
            found.add(place)
    return found


def is_subtotal(row: Sequence[Any], names: Sequence[str], roles: Sequence[str]) -> bool:
    """Tell whether a row is a sum whose word stands in any of its cells, as ``3栋小计`` below an address.

    Parameters
    ----------
    row : sequence
    names, roles : sequence of str
        Heading of each column, and what it is, "" if nothing known.  A row with an id of its own is a
        home, whatever its remarks say.
    """
    found = False
    for value, name, role in zip(row, names, roles, strict=False):
        if value is None or value == "":
            continue
        text = "".join(half_width(simplified(str(value))).split())
        summed = bool(_SUBTOTAL.fullmatch(text)) and not _REMARK.search(simplified(name))
        if role == "id" and not summed:
            return False
        found = found or summed
    return found


def _is_note(text: str, role: str, usual: int, wide: bool, after: bool) -> bool:
    """Tell whether the only cell of a row is a note."""
    if _NAME.fullmatch(text):
        return False
    if _OPENING.match(text) or _DAY.fullmatch(text):
        return True
    if usual < FEW:  # in a table of one column every cell is alone
        return False
    if wide:
        return True
    # An address may hold commas; nobody ends one with a full stop.
    if role in _PLACE:
        return bool(_SENTENCE.search(text)) and text.endswith("。")
    return after or bool(_SENTENCE.search(text))

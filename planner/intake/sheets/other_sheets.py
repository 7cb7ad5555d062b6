"""Sheets of a workbook that are of others than who is asked for: members among homes, sums, who has left."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from planner.errors import Finding
from planner.intake.sheets.headings import role_of
from planner.intake.sheets.read import SheetTable
from planner.model.characters import simplified
from planner.model.schema import HOUSEHOLDS, MEMBERS, Table, header_key, is_personal

__all__ = ["without_others"]

_SUMS: Final = re.compile(r"汇总|统计|合计|总计|summary|totals?\b", re.I)
_PAST: Final = re.compile(
    r"(?:\d{2,4}年?(?:\d{1,2}月)?)?(?:已|拟)?(?:搬走|搬离|迁出|迁走|转出|注销|销户|死亡|去世|亡故|故|空挂|空置|空房|作废|删除|失效|除名)"
    r"(?:户|人员|人口|居民|住户|党员|家庭|名单|名册|花名册|表|的|\d|[()（）\s])*"
    r"|.*(?:作废|备份|旧表|旧版|历史数据|历史资料|历史名单)|.*\b(?:backup|obsolete|archived?)",
    re.I,
)
"""The whole name: an estate of people who were resettled (搬迁安置) is one like any other."""
_OF_MEMBERS: Final = re.compile(
    r"党员(?!户|家庭)|中心户(?:花?名[单册]|一览|台账|登记)|\b(?:party )?members?\b", re.I
)
_OF_HOMES: Final = re.compile(
    "居民|住户|家庭|户籍|人口|households?\\b|residents?\\b|homes?\\b", re.I
)
_MEMBER_HEADS: Final = re.compile("党员编号|入党|党龄|转正|所属支部|党支部")
_HOME_HEADS: Final = re.compile("户编号|户主|户号|住户|household", re.I)
_COUNTS: Final = re.compile("(?:住|总|居民)?户数|households|number of households", re.I)


def without_others(
    found: Sequence[SheetTable], table: Table
) -> tuple[list[SheetTable], list[Finding]]:
    """Leave out the sheets of a workbook that are lists of something else, where others are left.

    Parameters
    ----------
    found : sequence of SheetTable
        Of one file.
    table : Table
        What is asked for; where the project names the sheets, all of those are meant.

    Returns
    -------
    list of SheetTable
    list of Finding
        One for each sheet that was left out, with its rows.
    """
    left, said = list(found), list[Finding]()
    if table.sheets or table.name not in (HOUSEHOLDS.name, MEMBERS.name):
        return left, said
    rules: tuple[tuple[str, Callable[[SheetTable, Sequence[SheetTable]], bool]], ...] = (
        ("other-sheet/gone", _is_past),
        ("other-sheet/sums", _is_sum),
        ("other-sheet/members", _is_of_members)
        if table.name == HOUSEHOLDS.name
        else ("other-sheet/homes", _is_of_homes),
    )
    for key, judge in rules:
        away = [t for t in left if judge(t, left)]
        if len(away) < len(left):
            left = [t for t in left if t not in away]
            said += [Finding.of(key, t.at(), n=len(t.row), name=t.sheet) for t in away]
    return left, said


def _heads(t: SheetTable) -> list[str]:
    return [*t.headers, *t.unread]


def _is_past(t: SheetTable, _: Sequence[SheetTable]) -> bool:
    return bool(_PAST.fullmatch(simplified(t.sheet).strip()))


def _is_sum(t: SheetTable, among: Sequence[SheetTable]) -> bool:
    """Tell a sheet of numbers: no id and nobody's name, while other sheets have them."""
    if _lists(t) or not any(_lists(other) for other in among):
        return False
    counts = any(_COUNTS.fullmatch(header_key(h)) for h in _heads(t))
    return counts or bool(_SUMS.search(simplified(t.sheet)))


def _lists(t: SheetTable) -> bool:
    return any(role_of(h) == "id" or is_personal(h) for h in _heads(t))


def _is_of_members(t: SheetTable, _: Sequence[SheetTable]) -> bool:
    name, heads = simplified(t.sheet), [simplified(h) for h in _heads(t)]
    if _OF_HOMES.search(name) or any(_HOME_HEADS.search(h) for h in heads):
        return False
    marked = any(role_of(h, MEMBERS) == "is_centre" or _MEMBER_HEADS.search(h) for h in heads)
    return marked or bool(_OF_MEMBERS.search(name))


def _is_of_homes(t: SheetTable, among: Sequence[SheetTable]) -> bool:
    """Tell a sheet of homes beside one of members; a sheet that marks centres is of members."""
    if _signed(t) or not any(_signed(other) for other in among):
        return False
    name, heads = simplified(t.sheet), [simplified(h) for h in _heads(t)]
    return bool(_OF_HOMES.search(name)) or any(_HOME_HEADS.search(h) for h in heads)


def _signed(t: SheetTable) -> bool:
    heads = [simplified(h) for h in _heads(t)]
    centre = any(role_of(h, MEMBERS) == "is_centre" or _MEMBER_HEADS.search(h) for h in heads)
    return centre or bool(_OF_MEMBERS.search(simplified(t.sheet)))

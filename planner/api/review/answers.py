"""The answers in a review workbook that a person has filled in: read whole, or refused with every fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from planner.errors import Finding, SchemaError
from planner.files import mark_as_read
from planner.intake.coordinates.datum import Datum, convert
from planner.intake.gazetteer.accepted import PRECISIONS, Accepted
from planner.intake.sheets.formats.grids import RawSheet, read_grids
from planner.model.rewrites import Rewrite
from planner.render.books.review_book import (
    CANDIDATES,
    CHOICE,
    KEY,
    NONE_WORDS,
    RULE_HEADS,
    RULES_SHEET,
    candidate_headers,
)

__all__ = ["read_choices", "read_rules"]

_LON_LAT: Final = re.compile(
    r"\D*?(-?\d{1,3}(?:\.\d+)?)°?\s*[,，;；\s]\s*(-?\d{1,3}(?:\.\d+)?)°?\s*"
)
_DATUMS: Final = {
    Datum.GCJ02: re.compile(r"gcj-?_?02|火星|高德|腾讯|amap|tencent", re.I),
    Datum.BD09: re.compile(r"bd-?_?09|百度|baidu", re.I),
    Datum.WGS84: re.compile(r"wgs-?_?84|gps|天地图|tianditu", re.I),
}
"""What people write beside a pair of coordinates to say which map it comes from."""
_YES: Final = frozenset({"是", "yes", "y", "1", "√", "✓", "对"})
# Spreadsheets make 2.0 of a 2.
_COUNTED: Final = re.compile(r"\s*([1-9])(?:\.0+)?\s*")


def read_choices(
    path: Path, area: tuple[float, float, float, float] | None
) -> tuple[list[Accepted], int]:
    """Read the choices of a workbook; every fault is told at once.

    `area`: west, south, east, north, degrees: where places may lie.
    Raises `SheetError`: the workbook cannot be read.
    Raises `SchemaError`: it is not a review workbook, or choices are wrong.
    """
    sheet, head = _review_sheet(path)
    faults: list[Finding] = []
    chosen: list[Accepted] = []
    left = 0
    for nth, row in enumerate(sheet.grid[1:], sheet.first + 2):
        cells = {n: row[k] if k < len(row) else None for n, k in head.items()}
        choice, key = _text(cells[CHOICE]), _text(cells[KEY])
        if not choice or not key:
            left += bool(key)
            if choice:
                faults.append(
                    _fault(path, sheet, nth, KEY, "the key of the line is missing", "缺少标识")
                )
            continue
        answer = _answer(choice, key, cells)
        if isinstance(answer, str):
            faults.append(
                _fault(path, sheet, nth, CHOICE, answer, "“选择”应为候选序号、无，或 经度,纬度")
            )
        elif answer.placed and area is not None and not _within(answer, area):
            what = "the place lies outside the area of the streets"
            faults.append(_fault(path, sheet, nth, CHOICE, what, "位置在路网范围之外"))
        else:
            chosen.append(answer)
    if faults:
        raise SchemaError.of("bad-choices", {"findings": faults}, name=path.name, n=len(faults))
    return chosen, left


def _review_sheet(path: Path) -> tuple[RawSheet, dict[str, int]]:
    needed = {"地址 address", "社区 community", CHOICE, KEY}
    # what the map page of a review gives has no candidates: its places are written out
    more = {name for k in range(1, CANDIDATES + 1) for name in candidate_headers(k)}
    mark_as_read(path)
    for sheet in read_grids(path):
        names = [_text(c) for c in sheet.grid[0]] if sheet.grid else []
        if needed <= set(names):
            there = sorted((needed | more) & set(names))
            return sheet, {name: names.index(name) for name in there}
    raise SchemaError.of("not-review-workbook", name=path.name, choice=CHOICE)


def _answer(choice: str, key: str, cells: dict[str, Any]) -> Accepted | str:
    """Turn one choice into an answer, or say what is wrong with it."""
    text, community = _text(cells["地址 address"]), _text(cells["社区 community"])
    if choice.casefold() in NONE_WORDS:
        return Accepted(key, text, community, precision="none")
    number = _COUNTED.fullmatch(choice)
    if number is not None:
        if int(number[1]) > CANDIDATES:
            return f"there is no candidate {number[1]}"
        label, precision, _, lon, lat = (cells.get(n) for n in candidate_headers(int(number[1])))
        try:
            place = float(_text(lon)), float(_text(lat))
        except ValueError:
            return f"there is no candidate {number[1]}"
        level = _text(precision)
        # an office may have typed over the cell: a chosen place is one of a building
        level = level if level in PRECISIONS else "building"
        return Accepted(key, text, community, *place, level, _text(label))
    place = _typed(choice)
    return (
        place
        if isinstance(place, str)
        else Accepted(key, text, community, *place, "building", text)
    )


def _typed(choice: str) -> tuple[float, float] | str:
    """Read a pair of coordinates, with the map that it comes from, or say what is wrong with it."""
    datum, bare = Datum.WGS84, choice
    for named, words in _DATUMS.items():
        if words.search(bare):
            datum, bare = named, words.sub(" ", bare)
    typed = _LON_LAT.fullmatch(bare)
    # Other words before the pair may name a map that is not known here.
    if typed is None or re.search(r"\w", bare[: typed.start(1)]):
        return "the choice is neither a candidate, nor 无/none, nor lon,lat"
    lon, lat = float(typed[1]), float(typed[2])
    if abs(lon) > 180 or abs(lat) > 90:
        return "lon and lat are out of range, or swapped"
    ((lon, lat),) = convert(lon, lat, datum, Datum.WGS84).tolist()
    return lon, lat


def read_rules(path: Path) -> tuple[Rewrite, ...]:
    """Read the rules for whole estates that a person has said yes to.

    Raises
    ------
    SchemaError
        One of them cannot be used; all such lines.
    """
    # What the map page gives: answers, never rules.
    if path.suffix.lower() == ".csv":
        return ()
    made: list[Rewrite] = []
    faults: list[Finding] = []
    for sheet in read_grids(path):
        if sheet.sheet != RULES_SHEET or not sheet.grid:
            continue
        head = {_text(c): k for k, c in enumerate(sheet.grid[0])}
        if not set(RULE_HEADS) <= set(head):
            continue
        for nth, row in enumerate(sheet.grid[1:], sheet.first + 2):
            use, *cells = (_text(row[head[h]]) if head[h] < len(row) else "" for h in RULE_HEADS)
            rule = Rewrite(*cells)
            if use.casefold() in _YES and rule.sound:
                made.append(rule)
            elif use.casefold() in _YES:
                place = {
                    "file": path.name,
                    "sheet": sheet.sheet,
                    "row": nth,
                    "column": RULE_HEADS[2],
                }
                faults.append(Finding.of("bad-rule", place))
    if faults:
        raise SchemaError.of("bad-rules", {"findings": faults}, name=path.name, n=len(faults))
    return tuple(made)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _within(answer: Accepted, area: tuple[float, float, float, float]) -> bool:
    west, south, east, north = area
    return west <= answer.lon <= east and south <= answer.lat <= north


def _fault(path: Path, sheet: RawSheet, row: int, column: str, what: str, zh: str) -> Finding:
    place = {"file": path.name, "sheet": sheet.sheet, "row": row, "column": column}
    return Finding.of("bad-choice", place, fault=what, fault_zh=zh)

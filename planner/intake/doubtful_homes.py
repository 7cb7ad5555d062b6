"""Rows that may not be one home each: several at one door, and several rooms in one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.errors import Finding
from planner.intake.address.parse import parse_address
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.formats.grids import row_numbers
from planner.intake.sheets.notes import at_row, file_of
from planner.model.characters import simplified
from planner.model.schema import HOUSEHOLDS, Table

__all__ = ["doubtful_homes"]

_DOOR: Final = ("address", "building", "stairwell", "floor", "room")
_LIST: Final = re.compile(
    r"(?<!\d)\d{2,5}(?:室|号|房)?(?:[、,，/;；\n+和及与]\s*\d{2,5}(?:室|号|房)?)+$"
)
_RANGE: Final = re.compile(r"(?<!\d)(\d{3,5})(?:室|号|房)?(?:-|~|—|–|至|到)(\d{3,5})(?:室|号|房)?$")
_BUILDINGS: Final = re.compile(
    r"\d(?:号楼|[栋幢座]|单元)?[、,，;；和及与至到~]\d{1,3}(?:号楼|[栋幢座]|单元)|\d(?:号楼|[栋幢座])\d{1,3}(?:号楼|[栋幢座])"
)
"""1、2栋 and 1栋、2栋 are two buildings; 1-3号楼 may be the third of the first part."""
_INSIDE: Final = re.compile(r"[栋幢座]|楼|单元|室|\d[-#]")
"""Before a room stands a building; 幸福路12、14号 is one plot with two numbers."""
_WHOLE: Final = re.compile(
    r"(?:各户|全楼|整栋|整楼|整幢|所有住户|全部住户|全体住户|等\d*户|共\d+户)[)）]?$"
)


def doubtful_homes(frame: pd.DataFrame, table: Table) -> list[Finding]:
    """Tell of rows that are counted as one home each, and may be fewer or more.

    Parameters
    ----------
    frame : DataFrame
        Typed rows of residents, with ``code`` of those that cannot be used.
    table : Table
        Of homes; members may well share one.

    Returns
    -------
    list of Finding
        At most one of either kind; rooms are never told.
    """
    if table.name != HOUSEHOLDS.name or not len(frame):
        return []
    used = (frame["code"] == "").to_numpy()
    written = [frame[name].tolist() for name in _DOOR]
    plain = {text: _plain(text) for text in set().union(*written)}
    doors = list(zip(*([plain[text] for text in column] for column in written), strict=True))
    said = _told(frame, "same-door", [i for i in _shared(doors) if used[i]])
    several = [i for i, parts in enumerate(doors) if used[i] and _names_several(parts)]
    return [*said, *_told(frame, "several-homes", several)]


def _plain(text: str) -> str:
    return simplified(half_width(text)).strip()


def _shared(doors: Sequence[tuple[str, ...]]) -> list[int]:
    """Find the rows that say the very same, down to the room."""
    there: dict[tuple[str, ...], list[int]] = {}
    for i, parts in enumerate(doors):
        there.setdefault(tuple("".join(part.split()) if part else "" for part in parts), []).append(
            i
        )
    found: list[int] = []
    for parts, rows in there.items():
        # what several rows say is parsed alone: of most there is one
        if len(rows) > 1 and (parts[-1] or (parts[0] and parse_address(parts[0]).room)):
            found += rows
    return sorted(found)


def _names_several(parts: tuple[str, ...]) -> bool:
    """Tell whether an address, or the room, names more than one home."""
    for text, inside in ((parts[0], False), (parts[-1], True)):
        if _WHOLE.search(text) or _BUILDINGS.search(text):
            return True
        found, span = _LIST.search(text), _RANGE.search(text)
        # 3-501 is building and room; a range goes up along one floor or one line of rooms
        if span and (len(span[1]) != len(span[2]) or int(span[1]) >= int(span[2])):
            span = None
        if (found := found or span) and (inside or _INSIDE.search(text[: found.start()])):
            return True
    return False


def _told(frame: pd.DataFrame, code: str, rows: Sequence[int]) -> list[Finding]:
    if not rows:
        return []
    numbers = frame["row"].to_numpy()[list(rows)].astype(np.int64).tolist()
    told = Finding.of(
        code,
        {"column": "address"},
        n=len(rows),
        rows=row_numbers(numbers, "、"),
        file=file_of(frame),
    )
    return [at_row(frame, rows[0], told)]

"""Two addresses in one cell: neither may be taken for the home without asking."""

from __future__ import annotations

import re

from planner.intake.address import parse_address

__all__ = ["is_twofold"]

_BREAK = re.compile(r"[;；|/／\n]|\s+(?:或|or)\s+|(?<=[号栋幢室楼])[、和或及]")
_DIGIT = re.compile(r"[0-9０-９一二三四五六七八九十]")


def is_twofold(text: str) -> bool:
    """Tell whether a cell names two homes that differ, such as ``幸福路1号;解放路2号``.

    Parameters
    ----------
    text : str
        Address as written.

    Returns
    -------
    bool
        True only if two parts each name a road or a compound of their own, with a number, and are
        different places; ``3栋/2单元`` is one.
    """
    if not _BREAK.search(text):
        return False
    named: set[tuple[str, str, str, str]] = set()
    for part in _BREAK.split(text):
        if not _DIGIT.search(part):
            continue
        found = parse_address(part)
        name = found.compound or found.road
        if name and (found.road_number or found.building):
            named.add(
                (found.canonical("road"), found.canonical("road_number"),
                 found.canonical("compound"), found.canonical("building"))
            )  # fmt: skip
    return len(named) > 1

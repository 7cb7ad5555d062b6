"""Names that may leave the machine: of places that somebody else has written down as such.

A grammar cannot tell 王建国幸福小区 (a name glued to an estate) from an estate.  So a name is sent only
if the map, the office's table of buildings, the sheet's own column of estates or the country's list of
divisions has it; of everything else only numbers are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from planner.intake.address.divisions import divisions, short_name
from planner.intake.gazetteer.estates import bare_name, index_of
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.gazetteer.western.streets import fold_text, street_key

__all__ = ["Knows", "names_known"]

Knows = Callable[[str, str], bool]
"""(part of an address, its value) -> whether it may be sent."""

_DIGITS: Final = "0-9A-Za-z一二三四五六七八九十百零〇甲乙丙丁#~/、,.() \\-－—"
_SIDES: Final = "东西南北中前后内外新老上下左右附之号至和"
_NUMBERS: Final = _DIGITS + _SIDES  # what numbers of doors and buildings are made of; no name is
_NUMBER: Final = re.compile(f"[{_NUMBERS}]*(?:栋|幢|号楼|楼|座|排|院|组|队|户|单元|弄)?[A-Za-z]?")
_SECTION: Final = re.compile(f"[{_NUMBERS}]{{1,4}}(?:期|区|院|组团|苑区|标段)")
_LANE: Final = re.compile("[0-9一二三四五六七八九十百]+(?:弄|支弄|巷|条|路|街)")
_ADMINISTRATIVE: Final = ("province", "city", "district", "dev_zone", "town")


@lru_cache(maxsize=1)
def _divisions() -> frozenset[str]:
    """Names of provinces, cities, counties and towns, official and short."""
    told = divisions()
    above = {name for names in told.counties.values() for name in names}
    towns = {name for table in told.towns.values() for names in table.values() for name in names}
    return frozenset(above | set(told.counties) | towns)


def names_known(gazetteer: Gazetteer | None, estates: Iterable[str] = ()) -> Knows:
    """Make the test that every part of an address must pass before it is sent.

    Parameters
    ----------
    gazetteer : Gazetteer or None
        Of the map and the office's table of buildings.
    estates : iterable of str
        The sheet's own column of estates (小区).
    """
    own = frozenset(bare_name(fold_text(name)) for name in estates if str(name).strip())
    if gazetteer is None:
        streets, compounds, places = frozenset(), own, frozenset()
    else:
        index = index_of(gazetteer)
        streets = frozenset({*gazetteer.streets, *map(street_key, index.roads)})
        compounds = own | {*index.compounds, *index.estates}
        places = frozenset({*gazetteer.districts, *gazetteer.names})

    def knows(part: str, value: str) -> bool:
        folded = fold_text(value)
        # Only what no name can hide in.
        if part in ("road_number", "building"):
            return _NUMBER.fullmatch(value) is not None
        if part in _ADMINISTRATIVE:
            short = short_name(value)
            return bool({folded, value, short} & (places | _divisions()))
        if part in ("road", "branch_road"):
            return street_key(value) in streets or _LANE.fullmatch(value) is not None
        if part == "sub_compound" and _SECTION.fullmatch(value):
            return True
        return folded in places or bare_name(folded) in compounds

    return knows

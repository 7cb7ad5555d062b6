"""An address that stands in several columns becomes the one line that it would be if written out."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from planner.errors import Finding
from planner.model.characters import simplified
from planner.model.rewrites import rewritten
from planner.model.schema import Table

__all__ = ["PARTS", "addresses_of", "as_meant", "is_inside", "on_road"]

PARTS: Final = ("compound", "road", "road_number")
"""Columns that offices split an address into, beside those of community, building and room."""
_CHINESE: Final = "[\u3400-\u9fff]"
_BARE: Final = r"[0-9０-９A-Za-z]{1,5}"
_ONLY_BUILDING: Final = (
    r"(?:[A-Za-z]?\d{1,4}|[一二三四五六七八九十]{1,3}|[A-Za-z])\s*(?:栋|幢|座|号楼|#|单元|-|－).*"
)
"""An address that begins with its building says nothing of where that stands."""
_WHOLE_DOOR: Final = r"\d{1,3}(?:栋|幢|座|号楼|#)?[-－—]\d{1,2}(?:单元)?[-－—]\d{3,4}室?"
_INSIDE: Final = re.compile(
    r"(?:[A-Za-z]?\d{1,2}|[一二三四五六七八九十]{1,3})\s*单元.*|\d{3,4}\s*(?:室|房|号房?)?"
)
_SHORT_BUILDING: Final = (
    r"^(第?[甲乙丙丁]?(?:[0-9０-９]{1,4}|[一二三四五六七八九十]{1,3}))\s*[楼樓]$"
)
"""In a column of buildings 3楼 is building 3; behind an estate, in one line, it may be the third floor."""


def addresses_of(frame: pd.DataFrame) -> pd.Series:
    """Give the address of each row, put together where it stands in several columns.

    Parameters
    ----------
    frame : DataFrame
        Clean text: ``address, compound, road, road_number, building, community, room``.

    Returns
    -------
    Series of str
        The address as it is where it names a place.  One that begins with the building has the compound, or
        road and number, set before it; an empty one is put together from what the row has, ``""`` where
        that is too little: neither compound nor road, nor community with building or number.
    """
    whole = frame["address"]
    compound, community = frame["compound"], frame["community"]
    road = on_road(frame["road"], frame["road_number"])
    named = (compound != "") | (frame["road"] != "")
    # the houses of a village are numbered, not those of its roads
    village = (compound != "") & (frame["road"] == "") & (frame["road_number"] != "")
    place = (road + compound).where(named, "")
    place = place.mask(village, on_road(compound, frame["road_number"]))
    building = frame["building"]
    bare = building.str.fullmatch(_BARE) & (place + community).str.contains(_CHINESE)
    building = building.where(~bare, building + "栋").str.replace(
        _SHORT_BUILDING, r"\1号楼", regex=True
    )
    inside = place.where(place != "", (community + road).where((road + building) != "", ""))
    known = named | (community != "")
    western = ~(place + community).str.contains(_CHINESE) & (building != "") & (inside != "")
    joined = inside.where(~western, inside + " ") + building
    made = whole.mask((whole == "") & known & (inside != ""), joined)
    plain = whole.map(simplified)
    short = (place != "") & plain.str.fullmatch(_ONLY_BUILDING)
    made = made.mask(short, place + whole)
    # 3-2-501 in the column of rooms is building, stairwell and room
    bare = (building == "") & (place + whole != "") & ~(place + whole).str.contains(r"\d")
    whole_door = bare & frame["room"].str.fullmatch(_WHOLE_DOOR)
    made = made.mask(whole_door, made + frame["room"])
    # 2单元501 says nothing of the building, which stands in a column of its own
    within = (place != "") & (building != "") & plain.map(is_inside)
    return made.mask(within, place + building + whole)


def is_inside(text: str) -> bool:
    """Tell whether an address names stairwell or room alone, and not the building."""
    return bool(_INSIDE.fullmatch(simplified(text).strip()))


def on_road(road: pd.Series, number: pd.Series) -> pd.Series:
    """Set numbers behind their roads, ``幸福路`` and ``12`` as ``幸福路12号``.

    Parameters
    ----------
    road, number : Series of str
        Clean text; where the road holds the number already it is not said twice.
    """
    chinese = road.str.contains(_CHINESE) | number.str.contains(_CHINESE)
    bare = number.str.fullmatch(r"[0-9０-９]{1,5}(?:[-－][0-9０-９]{1,4})?")
    spoken = number.where(~(chinese & bare), number + "号")
    spoken = spoken.where(chinese | (road == "") | (number == ""), " " + spoken)
    # Some offices repeat the number in the column of the road.
    twice = [n != "" and r.endswith(n) for r, n in zip(road, spoken, strict=True)]
    return road + spoken.mask(pd.Series(twice, index=road.index, dtype=bool), "")


def as_meant(
    addresses: pd.Series, files: pd.Series, table: Table
) -> tuple[pd.Series, list[Finding]]:
    """Read addresses as the office's own rules say they are meant; told once a file."""
    made = pd.Series(rewritten(addresses.tolist(), table.rewrites), addresses.index, dtype=object)
    changed = files[made != addresses].value_counts().sort_index()
    return made, [
        Finding.of("rewritten", {"file": str(file), "column": "address"}, n=int(n))
        for file, n in changed.items()
    ]

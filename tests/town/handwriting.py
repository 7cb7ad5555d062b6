"""Addresses as people write them, and the damage that people do.

Most hands write clearly, each in its own way; some slip: another unit word, full-width digits or Chinese
numerals, dashes, a dropped or doubled part, parts out of order, a typing error, another community.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

__all__ = ["Place", "write_address"]

DISTRICT, OFFICE = "八公山区", "新庄孜街道"
PREFIXES = (
    ("", 30),
    (DISTRICT, 12),
    (OFFICE, 14),
    (DISTRICT + OFFICE, 14),
    ("淮南市" + DISTRICT + OFFICE, 18),
    ("安徽省淮南市" + DISTRICT + OFFICE, 10),
    ("安徽淮南" + DISTRICT + OFFICE, 2),
)
REPEATED = ("淮南市八公山区八公山区新庄孜街道", "安徽省淮南市安徽省淮南市八公山区")
NUMERALS = "零一二三四五六七八九十"
TYPING_ERRORS = (("园", "圆"), ("苑", "院"), ("新", "心"), ("里", "理"), ("民", "明"), ("向", "象"))
ROAD_ERRORS = (("设", "没"), ("环", "坏"), ("化", "华"), ("胜", "盛"), ("铁", "跌"))
WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-#"}


@dataclass(frozen=True, slots=True)
class Place:
    """What an address means.

    Parameters
    ----------
    community, compound, road : str
        The compound is "" for a house in a lane.
    number : int
        Of the compound, or of the house, on its road.
    building, stairwell : int
    room : str
        "" for a house.
    """

    community: str
    compound: str
    road: str
    number: int
    building: int = 0
    stairwell: int = 0
    room: str = ""


def write_address(place: Place, rng: random.Random) -> str:
    """Write one address as one of the many hands would.

    Parameters
    ----------
    place : Place
        What is meant.
    rng : Random
        Chooses the hand and its slips.

    Returns
    -------
    str
        One person in a hundred or so writes what nobody can read for certain.
    """
    slip = rng.random()
    before = _before(place, rng, slip)
    inside = _house(place, rng) if not place.compound else _flat(place, rng, slip)
    if 0.033 <= slip < 0.038 and place.compound:
        return _misspelt(place.compound, TYPING_ERRORS) + _tail(place, rng)
    text = before + inside
    if rng.random() < 0.05:
        text = text.translate(WIDE)
    return text if rng.random() > 0.03 else f" {text} "


def _before(place: Place, rng: random.Random, slip: float) -> str:
    """Write what stands before the compound or lane."""
    if slip < 0.006:
        prefix = REPEATED[rng.randrange(len(REPEATED))]
    else:
        prefix = rng.choices([p for p, _ in PREFIXES], [w for _, w in PREFIXES])[0]
    if rng.random() < 0.25:
        prefix += place.community
    if not place.compound:
        return prefix
    if 0.006 <= slip < 0.018:
        return f"{prefix}{_misspelt(place.road, ROAD_ERRORS)}{place.number}号"
    return prefix + (f"{place.road}{place.number}号" if rng.random() < 0.33 else "")


def _house(place: Place, rng: random.Random) -> str:
    return f"{place.road}{_numeral(place.number, rng)}号"


def _flat(place: Place, rng: random.Random, slip: float) -> str:
    if 0.018 <= slip < 0.023:  # the home before the compound
        return f"{_tail(place, rng)} {place.compound}" if rng.random() < 0.3 else (
            f"{place.compound}{place.building}栋{place.room}室{place.stairwell}单元"
        )  # fmt: skip
    if 0.023 <= slip < 0.029:  # no stairwell
        return f"{place.compound}{place.building}栋{place.room}"
    return place.compound + _tail(place, rng)


def _tail(place: Place, rng: random.Random) -> str:
    hand = rng.random()
    if hand < 0.12:
        return f"{place.building}-{place.stairwell}-{place.room}"
    if hand < 0.14:
        return f"{place.building}栋{place.stairwell}-{place.room}"
    word = rng.choices(("栋", "幢", "号楼", "#"), (50, 15, 30, 5))[0]
    room = place.room + ("室" if rng.random() < 0.6 else "")
    gap = "," if rng.random() < 0.02 else ""
    building, stairwell = _numeral(place.building, rng), _numeral(place.stairwell, rng)
    return f"{building}{word}{gap}{stairwell}单元{gap}{room}"


def _numeral(number: int, rng: random.Random) -> str:
    return NUMERALS[number] if 0 < number <= 10 and rng.random() < 0.06 else str(number)


def _misspelt(name: str, errors: tuple[tuple[str, str], ...]) -> str:
    """Write a name with its first likely typing error; as it is if none is likely."""
    for right, wrong in errors:
        if right in name:
            return name.replace(right, wrong, 1)
    return name

"""One door, one key: estate or street and number, building, stairwell and floor from whatever wording.

Sheets say where a home is in columns, in one line, or in both; a building table and a plan say it
again.  All of them mean the same door if their keys are equal, whatever they write for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from planner.intake.address.canonical import canonical_field
from planner.intake.address.fold import CJK, fold
from planner.intake.address.parse import Address, parse_address
from planner.intake.gazetteer.western.streets import fold_text, street_key

__all__ = ["Door", "door_of"]

# What people leave out when they speak of an estate: 阳光小区 is 阳光.
_ESTATE: Final = re.compile("(?:住宅小区|小区|住宅区|生活区)$")
_PLACES: Final = ("community", "road", "branch_road", "road_number", "compound", "sub_compound")
_ADMIN: Final = (
    "省",
    "市",
    "区",
    "县",
    "镇",
    "乡",
    "街道",
    "办事处",
    "社区",
    "村",
    "村委会",
    "居委会",
)
_GROUP: Final = ("组", "队", "社")
# A building or stairwell that is nothing but its number, in a column of its own.
_NUMBER: Final = re.compile(
    "第?[甲乙丙丁戊东西南北]?第?(?:[A-Za-z]{1,2}|[A-Za-z]?[0-9]{1,5}[A-Za-z甲乙丙丁]?|[零一二三四五六七八九十百廿]{1,5}|[甲乙丙丁戊己庚辛壬癸])"
    "(?:号?院?楼|[栋幢座排]|#楼?|号|单元|[单门梯])?"
)
_STEMS: Final = {stem: str(i) for i, stem in enumerate("甲乙丙丁戊己庚辛壬癸", start=1)}
_BELOW: Final = re.compile("^(?:负|地下|[Bb](?=[0-9])|-)")
# Room 501 lies on floor 5, room 1203 on floor 12.
_FLOOR_OF_ROOM: Final = re.compile("([0-9]{1,2})[0-9]{2}[^0-9]*")
# 12, 12-14 or 12,14 as a number on a road; a lane has its word already.
_DOOR_NUMBER: Final = re.compile("^[A-Z]?[0-9]+(?:[-,][0-9]+)*(?!.*[弄号])")
_TELLING: Final = re.compile("[0-9A-Za-z甲乙丙丁戊]")
# What a building or stairwell is called in a label: a number, letters, a side; anything else may be a name.
_SPOKEN: Final = re.compile("[0-9A-Za-z甲乙丙丁戊己庚辛壬癸东西南北中前后~,#-]{1,12}")
_AND: Final = re.compile("[、,;/&和及 ]+")


@dataclass(frozen=True, order=True)
class Door:
    """A door that people go in by: what is known of it, in one spelling.

    Two doors are equal if they are one, whatever their wording; `written` and `conflict` do not count.

    Parameters
    ----------
    place : str
        Estate and its part (``阳光3期``), or street and number (``幸福路#12``), or else the village;
        ``""`` where nothing tells it.
    building, stairwell : str
        ``3``, ``甲329``, ``A``; ``1``, ``B``, ``东``; ``""`` where unknown.
    floor : str
        ``5``, or ``-1`` below the ground; ``""`` where unknown.
    written : str
        The place as people read it: ``阳光小区三期``, ``幸福路12号``.
    conflict : bool
        Whether the columns and the address tell of two doors; the columns are believed.
    """

    place: str = ""
    building: str = ""
    stairwell: str = ""
    floor: str = ""
    written: str = field(default="", compare=False)
    conflict: bool = field(default=False, compare=False)

    @property
    def building_key(self) -> str:
        """Identity of the building inside its community; ``""`` where nothing is known of it."""
        return f"{self.place}|{self.building}" if self.place or self.building else ""

    @property
    def key(self) -> str:
        """Identity of the stairwell: floors of one stairwell share it; ``""`` where nothing is known."""
        return f"{self.building_key}|{self.stairwell}" if self.building_key else ""

    @property
    def building_label(self) -> str:
        """The building in words: ``阳光小区3号楼``, ``Main Street 12``."""
        spoken = self.building if _SPOKEN.fullmatch(self.building) else ""
        if spoken and (not self.written or CJK.search(self.written)):
            spoken += "号" if self.written.endswith("弄") else "座" if spoken.isalpha() else "号楼"
            return self.written + (spoken if self.building[-1:].isascii() else self.building)
        return f"{self.written} {spoken}".strip()

    @property
    def label(self) -> str:
        """The stairwell in words: ``阳光小区3号楼1单元``, ``Main Street 12 B``."""
        if not _SPOKEN.fullmatch(self.stairwell):
            return self.building_label
        if not self.building_label or CJK.search(self.building_label):
            return f"{self.building_label}{self.stairwell}单元"
        return f"{self.building_label} {self.stairwell}"


def door_of(
    address: Address | None,
    *,
    estate: str = "",
    building: str = "",
    stairwell: str = "",
    floor: str = "",
) -> Door:
    """Make one door of a parsed address and of what columns say.

    Parameters
    ----------
    address : Address or None
        From `planner.intake.address.parse.parse_address`.
    estate, building, stairwell, floor : str, optional
        As columns state them, in any wording; a building may bring its estate and stairwell along
        (``阳光小区3号楼2单元``).  They win over the address.

    Returns
    -------
    Door
        `Door.conflict` is set where a column and the address contradict each other; a name that is
        part of the other (``西园三区`` and ``望京西园三区``) is no contradiction, and the fuller one is
        taken.

    Examples
    --------
    >>> spoken = door_of(parse_address("甲苑3号楼一单元502室"))
    >>> spoken.label, spoken.floor
    ('甲苑3号楼1单元', '5')
    >>> door_of(None, estate="甲苑", building="3栋", stairwell="1").key == spoken.key
    True
    """
    spoken = _of_address(address) if address is not None else Door()
    inside = _of_building(building)
    told = _of_estate(estate)
    place, apart = _place(told, inside)
    place, clash = _place(place, spoken)
    stated = {
        "building": inside.building,
        "stairwell": _stairwell(stairwell) or inside.stairwell,
        "floor": _floor(floor) or inside.floor,
    }
    clash |= apart or any(
        said and getattr(spoken, name) not in ("", said) for name, said in stated.items()
    )
    return Door(
        place.place,
        **{name: said or getattr(spoken, name) for name, said in stated.items()},
        written=place.written,
        conflict=clash,
    )


def _place(first: Door, other: Door) -> tuple[Door, bool]:
    """Give the place that counts, and whether the other one contradicts it."""
    if not first.place or not other.place:
        return (first if first.place else other), False
    if other.place.endswith(first.place) or other.place.startswith(first.place):
        return other, False
    # An estate and a street number may both be right: the estate lies at that number.
    apart = ("#" in first.place) == ("#" in other.place)
    return first, apart and not first.place.endswith(other.place)


def _of_address(address: Address) -> Door:
    place, written = _place_of(address)
    room = _FLOOR_OF_ROOM.fullmatch(address.canonical("room"))
    return Door(
        place,
        address.canonical("building"),
        _stairwell(address.stairwell),
        _floor(address.floor) or (room[1].lstrip("0") if room else ""),
        written,
    )


def _place_of(address: Address) -> tuple[str, str]:
    """Key and wording of the place in which the building stands."""
    part = address.canonical("sub_compound")
    on_road = bool(address.road or address.road_number) and not address.compound
    if (address.compound or part) and not on_road:
        name = _ESTATE.sub("", address.canonical("compound")) or address.canonical("compound")
        return name + part, _plain(address.compound + address.sub_compound)
    road, number = address.branch_road or address.road, address.canonical("road_number")
    if road and not CJK.search(road):
        key = street_key(fold_text(road)) or road
        return f"{key}#{number}", f"{_western(road)} {number}".strip()
    key = address.street
    if address.branch_road.endswith("段"):
        road = address.road + address.branch_road
    if not key or key.endswith(_GROUP):
        key, road = address.canonical("community") + key, address.community + road
    place, written = key, _plain(road)
    if key and number:
        place, written = f"{key}#{number}", written + _DOOR_NUMBER.sub(r"\g<0>号", number, count=1)
    return place + part, written + part


def _plain(text: str) -> str:
    return fold(text).replace(
        " ", ""
    )  # Chinese has no blanks, so those that were typed mean nothing


def _western(text: str) -> str:
    return " ".join(fold(text).split())


@lru_cache(maxsize=16384)
def _of_estate(text: str) -> Door:
    """Read a column that names an estate, or the street and number in its place."""
    text = text.strip()
    if not text:
        return Door()
    found = parse_address(text)
    place, written = _place_of(found)
    bare = _plain(text) if CJK.search(text) else _western(text)
    before = text[: min((found.spans[n][0] for n in _PLACES if n in found.spans), default=0)]
    # A town that is read off the front of an estate (`望京|西园三区`) may be a part of its name.
    if place and not found.remainder and (not before or before.rstrip(" ,").endswith(_ADMIN)):
        return Door(place, written=written)
    key = canonical_field("compound", text)
    return Door(_ESTATE.sub("", key) or key, written=bare)


@lru_cache(maxsize=16384)
def _of_building(text: str) -> Door:
    """Read a column that names a building, with its estate before or its stairwell behind it."""
    text = text.strip()
    folded = _plain(text)
    if not folded:
        return Door()
    numbered = all(map(_NUMBER.fullmatch, _AND.split(folded)))
    if not numbered:
        address = parse_address(text)
        found = _of_address(address)
        known = found.building or (found.place and not CJK.search(text))
        if known and not _TELLING.search(address.remainder):
            return found
    # Two buildings that share a door keep both numbers: 12、14号 is 12,14 and never 1214.
    parts = _AND.split(folded) if numbered else [folded]
    return Door(building=",".join(canonical_field("building", part) for part in parts))


@lru_cache(maxsize=16384)
def _stairwell(text: str) -> str:
    text = text.strip()
    if text and not _NUMBER.fullmatch(_plain(text)):
        text = parse_address(text).stairwell or text
    key = canonical_field("stairwell", text) if text else ""
    return _STEMS.get(key, key)


@lru_cache(maxsize=16384)
def _floor(text: str) -> str:
    folded = _plain(text)
    below = _BELOW.match(folded)
    number = canonical_field("floor", folded[below.end() if below else 0 :])
    return f"-{number}" if below and number else number

"""Names that a gazetteer knows, taken apart: buildings, stairwells, estates and whose they are.

Two estates may bear one name, each in its own community; `namesakes` tells them from one estate that
lies across a border, whose buildings are numbered through.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from planner.intake.address.canonical import canonical_field
from planner.intake.address.fold import CJK
from planner.intake.address.parse import Address, parse_address
from planner.intake.gazetteer.found import NOT_FOUND, Candidate, Cause, Match
from planner.intake.gazetteer.index import SAME_SPOT_M, Gazetteer
from planner.intake.gazetteer.match import candidate_at
from planner.intake.gazetteer.western.streets import fold_text, street_key

__all__ = ["Index", "bare_name", "index_of", "likely", "namesakes", "placed_keys"]

# Share of characters in common, percent, from which a known name is told as a likely one.
LIKE: Final = 65.0
TOLD: Final = 3  # more are no help to whoever has to choose
_PARTED: Final = re.compile("^(.+?)(?:第?[0-9]+[期区]|[东西南北中][区苑园])$")
_SUFFIX = re.compile(r"(小区|住宅区|生活区|家属区|家属院|宿舍区|社区|大院|园区)$")


@dataclass(frozen=True, eq=False)
class Index:
    """Names of a gazetteer, taken apart.

    Parameters
    ----------
    keys : mapping
        Building key -> positions of points.
    stairwells : mapping
        Building key and stairwell -> positions.
    compounds : mapping
        Bare compound name -> positions of the compound itself.
    parted : frozenset of str
        Bare names of compounds of which the map names parts (``阳光花园三期``).
    numbered : mapping
        Number of a building whose name says no compound -> positions.
    estates : mapping
        Bare compound name -> number of a building -> positions.
    parts : mapping
        Bare compound name -> its part -> number of a building -> positions.
    roads : mapping
        Road that only the names of buildings tell of -> positions.
    spelt : mapping
        Road in its comparable spelling (``胜利1街``) -> key of the street (``胜利一街``).
    """

    keys: Mapping[str, tuple[int, ...]]
    stairwells: Mapping[str, tuple[int, ...]]
    compounds: Mapping[str, tuple[int, ...]]
    parted: frozenset[str]
    numbered: Mapping[str, tuple[int, ...]]
    estates: Mapping[str, Mapping[str, tuple[int, ...]]]
    parts: Mapping[str, Mapping[str, Mapping[str, tuple[int, ...]]]]
    roads: Mapping[str, tuple[int, ...]]
    spelt: Mapping[str, str]


@lru_cache(maxsize=4)
def index_of(gazetteer: Gazetteer) -> Index:
    """Take the Chinese names of a gazetteer apart."""
    keys: dict[str, list[int]] = defaultdict(list)
    stairwells: dict[str, list[int]] = defaultdict(list)
    compounds: dict[str, list[int]] = defaultdict(list)
    numbered: dict[str, list[int]] = defaultdict(list)
    estates: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    parts: dict[str, dict[str, dict[str, list[int]]]] = defaultdict(dict)
    roads: dict[str, list[int]] = defaultdict(list)
    for name, places in gazetteer.names.items():
        if not CJK.search(name):
            continue
        found = parse_address(name, gazetteer.names_known)
        for key in placed_keys(found):
            keys[key] += places
            if found.stairwell:
                stairwells[f"{key}|{found.canonical('stairwell')}"] += places
        estate = bare_name(found.canonical("compound"))
        if estate and not found.building and not found.road:
            compounds[estate] += places
        if estate and found.building:
            estates[estate][found.canonical("building")] += places
            part = parts[estate].setdefault(found.canonical("sub_compound"), defaultdict(list))
            part[found.canonical("building")] += places
        if found.building and not (estate or found.road or found.community):
            numbered[found.canonical("building")] += places
        if found.road and found.road_number:
            roads[found.canonical("road")] += places
    for number, places in gazetteer.bare_numbers.items():
        numbered[number] += places
    return Index(
        keys=_fixed(keys),
        stairwells=_fixed(stairwells),
        compounds=_fixed(compounds),
        parted=frozenset(m[1] for name in compounds if (m := _PARTED.match(name))),
        numbered=_fixed(numbered),
        estates={name: _fixed(estates[name]) for name in sorted(estates)},
        parts={
            name: {part: _fixed(parts[name][part]) for part in sorted(parts[name])}
            for name in sorted(parts)
        },
        roads=_fixed(roads),
        spelt={canonical_field("road", key): key for key in gazetteer.streets if CJK.search(key)},
    )


def _fixed(found: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(sorted(set(places))) for key, places in sorted(found.items())}


def placed_keys(address: Address) -> tuple[str, ...]:
    """Give the building keys of an address that name a place: ``3栋`` alone is any third building."""
    return tuple(key for key in address.building_keys if not key.startswith("||||"))


def bare_name(compound: str) -> str:
    """Drop what all estates are called by (``小区``), unless nothing would be left."""
    return _SUFFIX.sub("", compound) or compound


def namesakes(
    name: str, index: Index, gazetteer: Gazetteer, context: Iterable[str]
) -> dict[str, tuple[int, ...]]:
    """Give the estates of one name that an address could mean.

    Parameters
    ----------
    context : iterable of str
        What the address or the sheet says besides, such as a community.

    Returns
    -------
    dict of str to tuple of int
        Community -> positions.  Several only where the sources put buildings of one number into
        different communities and the context names none of them; one estate that lies across a
        border, numbered through, has no namesakes.
    """
    by_place: dict[str, set[int]] = defaultdict(set)
    twice = False
    for places in index.estates.get(name, {}).values():
        said = {str(gazetteer.points.place[i]) for i in places} - {""}
        twice |= len(said) > 1
        for i in places:
            if gazetteer.points.place[i]:
                by_place[str(gazetteer.points.place[i])].add(i)
    told = fold_text(" ".join(context))
    named = [place for place in sorted(by_place) if fold_text(place) in told]
    if not twice and not named:
        return {}
    return {place: tuple(sorted(by_place[place])) for place in (named or sorted(by_place))}


def likely(address: Address, index: Index, gazetteer: Gazetteer) -> Match:
    """Tell which known estates or roads a name resembles; none of them is taken.

    Parameters
    ----------
    address : Address
        A misspelt estate may read as a village (``光明心村``), so its community counts too.

    Returns
    -------
    Match
        Without a place; its options are those of the building where the address names one.
    """
    names = {**index.compounds}
    for name, numbers in index.estates.items():
        names.setdefault(name, tuple(sorted({i for places in numbers.values() for i in places})))
    asked = bare_name(address.canonical("compound") or address.canonical("community"))
    found = _near(asked, names)
    number = address.canonical("building")
    places = [index.estates.get(known, {}).get(number) or names[known] for known, _ in found]
    road = address.street
    if road and street_key(road) not in gazetteer.streets and road not in index.roads:
        found_roads = _near(road, index.roads)
        number = address.canonical("road_number")
        for known, score in found_roads:
            found.append((known, score))
            places.append(index.keys.get(f"{known}|{number}|||") or index.roads[known])
    if not found:
        return NOT_FOUND
    told = tuple(f"{known} ({score / 100:.2f})" for known, score in found)
    like = replace(NOT_FOUND, code=Cause.LIKE, told=", ".join(told), runners=told)
    return like.offering(
        _option(known, one, gazetteer)
        for (known, _), at in zip(found, places, strict=True)
        for one in _apart(at, gazetteer)
    )


def _option(known: str, places: Sequence[int], gazetteer: Gazetteer) -> Candidate:
    """Make a candidate of a building, or of an estate or lane where it is more than one spot."""
    found = candidate_at(places, gazetteer)
    if gazetteer.apart_m(places) <= SAME_SPOT_M:
        return found
    place = str(gazetteer.points.place[places[0]])
    return replace(found, label=f"{known} ({place})" if place else known, precision="compound")


def _near(asked: str, names: Mapping[str, Sequence[int]]) -> list[tuple[str, float]]:
    from rapidfuzz import fuzz, process

    if not asked or asked in names:
        return []
    near = process.extract(asked, list(names), scorer=fuzz.ratio, limit=TOLD, score_cutoff=LIKE)
    return [(known, score) for known, score, _ in near]


def _apart(places: Sequence[int], gazetteer: Gazetteer) -> list[tuple[int, ...]]:
    """Part points by the community that their source states; what states none adds nothing."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i in places:
        groups[str(gazetteer.points.place[i])].append(i)
    return [tuple(groups[place]) for place in sorted(groups) if place or len(groups) == 1]

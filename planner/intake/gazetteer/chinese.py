"""Chinese addresses: compound and building, or road and number, among what the gazetteer knows.

A map of a Chinese town holds few house numbers, some compounds by name, and buildings that are called
``12号楼`` or carry a bare number.  A building is found by its full key, else by its number near its
compound; what only resembles a known compound is never taken, but told as a likely one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from planner.intake.address.canonical import canonical_field
from planner.intake.address.fold import CJK
from planner.intake.address.grammar.lexicon import words
from planner.intake.address.parse import Address
from planner.intake.gazetteer.estates import (
    Index,
    bare_name,
    index_of,
    likely,
    namesakes,
    placed_keys,
)
from planner.intake.gazetteer.found import NOT_FOUND, Cause, Match, ambiguous
from planner.intake.gazetteer.index import SAME_SPOT_M, Gazetteer
from planner.intake.gazetteer.match import (
    at_level,
    candidate_at,
    find_district,
    find_name,
    find_reading,
    pick_place,
)
from planner.intake.gazetteer.western.lines import Reading
from planner.intake.gazetteer.western.streets import fold_text, number_key, street_key

__all__ = ["find_chinese"]

NEAR_COMPOUND_M: Final = (
    400.0  # from the point that a map gives a large estate to its last building
)
CAMPUS_M: Final = 1500.0  # and of a university or a works with its housing
SURE_ENOUGH: Final = 0.8
# A building must be this much nearer to its compound than the next one of its number.
CLEARLY: Final = 0.5
LONGEST_NAME: Final = 24
SHORTEST_PART: Final = 3
# Confidence where only a part of the name of an estate is written, or 院 for 楼.
SHORT_NAME: Final = 0.75
# What all estates are called by says nothing of which is meant.
_ANY_ESTATE: Final = frozenset(
    words("花园 家园 小区 公寓 新村 宿舍 大院 新苑 南苑 北苑 东苑 西苑 名苑")
)
_PART: Final = re.compile("(?:第?[0-9]+[期区]|[东西南北中][区苑园])?")
_YARD: Final = re.compile("号院?$")
_ANOTHER: Final = re.compile(
    "(?<![原旧曾])(?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})(?:号楼|[栋幢座])"
)
_NUMBER_ONLY = re.compile(r"第?[a-z]?\d+[a-z]?(号楼|号院|号|楼|栋|幢|座)?")
_HOME_ONLY = re.compile(
    r"^[\s\-,\uff0c#a-z\d]*((单元|室|层|楼|号|户|门|房|栋|幢|梯|座)[\s\-#a-z\d]*)*$"
)


def find_chinese(
    asked: Sequence[tuple[str, str]], gazetteer: Gazetteer, parsed: Mapping[str, Address]
) -> list[Match]:
    """Find the place of Chinese addresses.

    Parameters
    ----------
    asked : sequence of (str, str)
        Address and community.
    parsed : mapping of str to Address
        Each address taken apart, with the names that the gazetteer knows.

    Returns
    -------
    list of Match
        ``building`` where the building is known, ``address point`` where road and number are all that
        is asked, ``compound`` where only the compound or plot is known (confidence at most 0.7).
    """
    if not asked:
        return []
    index = index_of(gazetteer)
    return [_find(text, parsed[text], beside, index, gazetteer) for text, beside in asked]


def _find(text: str, address: Address, beside: str, index: Index, gazetteer: Gazetteer) -> Match:
    above = (address.city, address.district, address.town, address.community)
    context = (*above, beside, address.compound)
    # From the finest to the vaguest: the first that is sure is taken, and the others are not tried.
    ways = (
        lambda: _by_stairwell(address, index, gazetteer, context),
        lambda: find_name(text, gazetteer, context),
        lambda: _by_key(address, index, gazetteer, context),
        lambda: _by_road(address, index, gazetteer, context),
        lambda: _by_compound(address, index, gazetteer, context),
        lambda: _by_part(address, index, gazetteer, context),
        lambda: _by_name(text, address, index, gazetteer, context),
    )
    tried: list[Match] = []
    for way in ways:
        tried.append(way())
        if tried[-1].confidence >= SURE_ENOUGH:
            return tried[-1]
    unsure = [m for m in tried if m.code is Cause.AMBIGUOUS]
    # A home that fits two estates is not settled by what is near one of them; its road may.
    placed = [m for m in (tried[3:4] if unsure else tried) if m.xy is not None]
    if placed:
        return _with_options(max(placed, key=lambda m: m.confidence), tried)
    told = [m for m in tried if m.precision == "street"]
    like, within = likely(address, index, gazetteer), _community(text, address, beside, gazetteer)
    told += [m for m in (like, within) if m is not NOT_FOUND]
    first, *more = (*unsure, *told, NOT_FOUND)
    return _with_options(first, more)


def _with_options(match: Match, others: Sequence[Match]) -> Match:
    """Add what the other ways found, for whoever has to choose."""
    known = {c.xy for c in match.candidates}
    more = [c for m in others for c in m.candidates if c.xy not in known]
    return match.offering((*match.options, *more))


def _community(text: str, address: Address, beside: str, gazetteer: Gazetteer) -> Match:
    """Tell that no more than the community is known: it is shown, and nobody is placed in its middle."""
    for said in (text, address.community, beside):
        match = find_district(said, gazetteer)
        if match is not NOT_FOUND:
            return match
    return NOT_FOUND


def _by_stairwell(
    address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]
) -> Match:
    """Look the stairwell up: an office's table may know where each door is."""
    if not address.stairwell:
        return NOT_FOUND
    for key in placed_keys(address):
        places = index.stairwells.get(f"{key}|{address.canonical('stairwell')}")
        if places:
            return at_level(pick_place(places, gazetteer, context), "stairwell")
    return NOT_FOUND


def _by_key(address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look the whole building up."""
    if not (address.building or address.sub_compound):
        return NOT_FOUND
    for key in placed_keys(address):
        if key in index.keys:
            known = {key: index.keys[key]}
        else:
            # Two buildings that share a door: whichever of them is known.
            known = _each(key.rpartition("|")[2].split(","), key, index)
        if known:
            known |= _each(_others(address), key, index)
            if gazetteer.apart_m([places[0] for places in known.values()]) > SAME_SPOT_M:
                options = [candidate_at(places, gazetteer) for places in known.values()]
                return ambiguous(tuple(option.label for option in options), options)
            return at_level(pick_place(next(iter(known.values())), gazetteer, context), "building")
    return NOT_FOUND


def _each(numbers: Iterable[str], key: str, index: Index) -> dict[str, tuple[int, ...]]:
    """Look up buildings that stand where a key says."""
    place = key.rpartition("|")[0]
    keys = [f"{place}|{number}" for number in numbers if number]
    return {key: index.keys[key] for key in keys if key in index.keys}


def _others(address: Address) -> list[str]:
    """Name the buildings that a line goes on to: ``5号楼/11号楼``; ``原11号楼`` is an old name."""
    return [canonical_field("building", said) for said in _ANOTHER.findall(address.remainder)]


def _by_road(address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look road and number up; the building of a plot is not known by them."""
    numbers = _numbers(address)
    number = numbers[0] if numbers else ""
    named = _streets(address)
    keys = [key for key in map(street_key, named) if key in gazetteer.streets]
    keys = keys or [index.spelt[said] for said in map(_road, named) if said in index.spelt]
    match = NOT_FOUND
    if keys:
        reading = Reading(keys[0], tuple(numbers), tuple(context))
        match = find_reading(reading, keys[0], gazetteer, "")
    # Groups are numbered in every village anew: 李家庄村1组1号 before 1组1号.
    plots = () if address.building else placed_keys(address)
    plots = (*plots, f"{address.street}|{address.canonical('road_number')}|||")
    plot = next((key for key in plots if key in index.keys), "")
    if number and match.xy is None and plot:
        # The office's table may name the door that the map does not number.
        match = at_level(pick_place(index.keys[plot], gazetteer, context), "building")
    # A door of a lane has its number behind that of the lane: 358弄5号.
    inner = "弄" in number and bool(keys) and number in gazetteer.streets[keys[0]].numbers
    if address.building and not inner and match.precision in ("address point", "building"):
        return at_level(match, "compound", 0.7)
    return match


def _streets(address: Address) -> list[str]:
    """Name what the number may stand on: a road, a group of a village, the village or estate itself."""
    road = address.branch_road or address.road
    if road.endswith("段"):
        road = address.road + address.branch_road
    found = [road, address.community + road] if road else []
    if not road and (address.road_number or address.building):
        found += [address.community, address.compound + address.sub_compound, address.compound]
    return [name for name in found if name]


def _road(name: str) -> str:
    return canonical_field("road", name)


def _numbers(address: Address) -> list[str]:
    """Keys of the number, the likeliest first: with its lane, as a range, each of several."""
    said = address.canonical("road_number")
    inner = [address.canonical(name) for name in ("sub_compound", "building", "stairwell")]
    found: list[str] = []
    if said.endswith("弄"):
        found += [said + inner[0] + inner[1], said + inner[1]]
    if not said and not address.road:
        said = inner[1]
        found += [f"{said}-{inner[2]}"] if said and inner[2] else []
    found += [said, *re.split("[,-]", said)]
    return list(dict.fromkeys(key for key in map(number_key, found) if key))


def _by_part(address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look a building up in the one estate whose name the asked one is a part of, or goes on from."""
    number, part = address.canonical("building"), address.canonical("sub_compound")
    # `梨园北街1号楼` leaves 小区 out: a road has numbers, not buildings.
    written = address.canonical("compound") or address.canonical("dev_zone")
    written = written or ("" if address.road_number else address.street)
    name = bare_name(written)
    exact = part in index.parts.get(name, ())
    if not number or not name or name in index.compounds:
        return NOT_FOUND
    short = len(name + part) >= SHORTEST_PART and name not in _ANY_ESTATE
    found: dict[str, tuple[int, ...]] = {}
    for known, parts in index.parts.items():
        goes_on = known.startswith(name) and _PART.fullmatch(known, len(name))
        shortened = name == written and known.startswith(name) and known[len(name) :] in _ANY_ESTATE
        if exact and known != name:
            continue
        if not (goes_on or shortened or (short and known.endswith(name))):
            continue
        for other, numbers in parts.items():
            at = numbers.get(number) or numbers.get(_YARD.sub("", number))
            if at and (other == part or not part):
                found[known + other] = at
    if len(found) == 1:
        [places] = found.values()
        return at_level(pick_place(places, gazetteer, context), "building", SHORT_NAME)
    return _which(address.building, found, gazetteer) if found else NOT_FOUND


def _by_compound(
    address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]
) -> Match:
    """Look a building up by its number near its compound, else the compound alone."""
    whole, part = address.canonical("compound"), address.canonical("sub_compound")
    name = bare_name(whole + part)
    if name not in index.compounds:
        name = bare_name(whole)
        if (
            part and name in index.parted
        ):  # the map tells parts apart: one that it lacks is no other
            return NOT_FOUND
    places = index.compounds.get(name, ()) if name else ()
    same = namesakes(name, index, gazetteer, context) if name else {}
    if len(same) > 1:
        return _which(address.compound, same, gazetteer)
    places = _beside(places, same, gazetteer)
    if not places:
        return NOT_FOUND
    near = index.numbered.get(address.canonical("building"), ()) if address.building else ()
    if near:
        away = gazetteer.away_m(near, places)
        order = np.argsort(away, kind="stable")
        first, second = away[order[0]], away[order[1]] if len(order) > 1 else np.inf
        if first <= NEAR_COMPOUND_M:
            sure = 0.75 if first < CLEARLY * second else 0.55
            found = at_level(pick_place([near[order[0]]], gazetteer, ()), "building", sure)
            said = (address.compound, address.sub_compound, address.building)
            return replace(found, matched="".join(said))
    match = pick_place(places, gazetteer, (address.town, address.community))
    return at_level(match, "compound", 0.4 if address.building else 0.5)


def _beside(
    places: Sequence[int], same: Mapping[str, tuple[int, ...]], gazetteer: Gazetteer
) -> tuple[int, ...]:
    """Keep the places of a name that lie by the one estate of that name which is meant."""
    for homes in same.values():
        away = gazetteer.away_m(places, homes)
        places = [p for p, d in zip(places, away, strict=True) if d <= NEAR_COMPOUND_M]
    return tuple(places)


def _which(compound: str, same: Mapping[str, tuple[int, ...]], gazetteer: Gazetteer) -> Match:
    """Hold an estate of a name that two communities have."""
    labels = tuple(f"{compound} ({place})" for place in same)
    options = [
        replace(candidate_at(homes, gazetteer), label=label, precision="compound")
        for label, homes in zip(labels, same.values(), strict=True)
    ]
    return ambiguous(labels[:3], options)


def _by_name(
    text: str, address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]
) -> Match:
    """Find the last known name in the text; what comes before it must not lie elsewhere."""
    folded = fold_text(text).replace(" ", "")
    # From the end, longest first: an address goes from the large to the small.
    for end in range(len(folded), 1, -1):
        for start in range(max(0, end - LONGEST_NAME), end - 1):
            name = folded[start:end]
            if name not in gazetteer.names or not CJK.search(name):
                continue
            if not _HOME_ONLY.match(folded[end:]) or _NUMBER_ONLY.fullmatch(name):
                return NOT_FOUND
            same = namesakes(bare_name(name), index, gazetteer, context)
            places = _beside(gazetteer.names[name], same, gazetteer)
            if not places:
                return NOT_FOUND
            match = pick_place(places, gazetteer, (*context, folded[:start]))
            whole = bool(re.search(r"\d", name)) or not folded[end:]
            sure = 0.85 if whole and len(name) > 2 else 0.5
            match = at_level(match, "building" if whole else "compound", sure)
            compound = bare_name(address.canonical("compound"))
            return _not_elsewhere(match, compound, name, index, gazetteer)
    return NOT_FOUND


def _not_elsewhere(
    match: Match, compound: str, name: str, index: Index, gazetteer: Gazetteer
) -> Match:
    """Doubt a name whose compound is not known, and drop it if the compound lies elsewhere."""
    if match.xy is None or not compound or compound in name:
        return match
    places = index.compounds.get(compound, ())
    if not places:
        known = any(
            compound.startswith(other) or other.startswith(compound) for other in index.compounds
        )
        return match if known else at_level(match, match.precision, 0.6)
    away = np.hypot(*(gazetteer.points.xy[list(places)] - match.xy).T).min()
    return match if away <= CAMPUS_M else NOT_FOUND

"""Chinese addresses: compound and building, or road and number, among what the gazetteer knows.

A map of a Chinese town holds few house numbers, some compounds by name, and buildings that are called
``12号楼`` or carry a bare number.  A building is found by its full key, else by its number near its
compound; what only resembles a known compound is never taken, but told as a likely one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from planner.intake.address.parse import Address, parse_address, parse_each
from planner.intake.gazetteer.estates import (
    CJK,
    Index,
    bare_name,
    index_of,
    likely,
    namesakes,
    placed_keys,
)
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.gazetteer.match import (
    NOT_FOUND,
    OPTIONS,
    Cause,
    Match,
    candidate_at,
    find_reading,
    pick_place,
)
from planner.intake.gazetteer.streets import fold_text, number_key, street_key
from planner.intake.gazetteer.western import Reading

__all__ = ["find_chinese"]

NEAR_COMPOUND_M: Final = 400.0
CAMPUS_M: Final = 1500.0
SURE_ENOUGH: Final = 0.8
CLEARLY: Final = 0.5
"""A building must be this much nearer to its compound than the next one of its number."""
LONGEST_NAME: Final = 24
_NUMBER_ONLY = re.compile(r"第?[a-z]?\d+[a-z]?(号楼|号院|号|楼|栋|幢|座)?")
_HOME_ONLY = re.compile(
    r"^[\s\-,\uff0c#a-z\d]*((单元|室|层|楼|号|户|门|房|栋|幢|梯|座)[\s\-#a-z\d]*)*$"
)


def find_chinese(asked: Sequence[tuple[str, str]], gazetteer: Gazetteer) -> list[Match]:
    """Find the place of Chinese addresses.

    Parameters
    ----------
    asked : sequence of (str, str)
        Address and community.

    Returns
    -------
    list of Match
        ``building`` where the building is known, ``address point`` where road and number are all that
        is asked, ``compound`` where only the compound or plot is known (confidence at most 0.7).
    """
    if not asked:
        return []
    index = index_of(gazetteer)
    parsed = parse_each(text for text, _ in asked)
    return [_find(text, parsed[text], beside, index, gazetteer) for text, beside in asked]


def _find(text: str, address: Address, beside: str, index: Index, gazetteer: Gazetteer) -> Match:
    context = (
        address.city,
        address.district,
        address.town,
        address.community,
        beside,
        address.compound,
    )
    ways = (
        lambda: _by_stairwell(address, index, gazetteer, context),
        lambda: _whole(text, gazetteer, context),
        lambda: _by_key(address, index, gazetteer, context),
        lambda: _by_road(address, index, gazetteer, context),
        lambda: _by_compound(address, index, gazetteer, context),
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
    like, within = likely(address, index, gazetteer), _community(address, beside, gazetteer)
    told += [m for m in (like, within) if m is not NOT_FOUND]
    first, *more = (*unsure, *told, NOT_FOUND)
    return _with_options(first, more)


def _with_options(match: Match, others: Sequence[Match]) -> Match:
    """Add what the other ways found, for whoever has to choose."""
    known = {c.xy for c in match.candidates}
    more = [c for m in others for c in m.candidates if c.xy not in known]
    return replace(match, options=(*match.options, *dict.fromkeys(more))[:OPTIONS])


def _community(address: Address, beside: str, gazetteer: Gazetteer) -> Match:
    """Tell that no more than the community is known: it is shown, and nobody is placed in its middle."""
    for said in (address.community, beside):
        name = fold_text(said).strip()
        for places in (gazetteer.districts.get(name, ()), gazetteer.names.get(name, ())):
            if name and places:
                at = replace(candidate_at(places[:1], gazetteer), precision="community")
                return Match(
                    None, "community", 0.1, at.label, at.source, Cause.COMMUNITY,
                    runners=(at.label,), options=(at,),
                )  # fmt: skip
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
            return _as(pick_place(places, gazetteer, context), "stairwell")
    return NOT_FOUND


def _whole(text: str, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look the text up as it stands: it may be a name on the map."""
    places = gazetteer.names.get(fold_text(text).strip(), ())
    if not places:
        return NOT_FOUND
    return _as(pick_place(places, gazetteer, context), "building")


def _by_key(address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look the whole building up."""
    if not (address.building or address.sub_compound):
        return NOT_FOUND
    for key in placed_keys(address):
        if key in index.keys:
            return _as(pick_place(index.keys[key], gazetteer, context), "building")
    return NOT_FOUND


def _as(match: Match, precision: str, most: float = 1.0) -> Match:
    if match.xy is None:
        return match
    if match.source == "place":  # a point somewhere in a compound, not a building
        precision, most = "compound", min(most, 0.5)
    said = match.matched
    if match.source == "table":  # the stairwell is said elsewhere
        said = said[: parse_address(said).spans.get("stairwell", (len(said),))[0]]
    return replace(match, precision=precision, confidence=min(match.confidence, most), matched=said)


def _by_road(address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look road and number up; the building of a plot is not known by them."""
    road = address.branch_road or address.road
    key = street_key(road)
    number = number_key(address.canonical("road_number"))
    match = NOT_FOUND
    if key and key in gazetteer.streets:
        match = find_reading(
            Reading(key, (number,) if number else (), tuple(context)), key, gazetteer, ""
        )
    plot = f"{address.canonical('branch_road') or address.canonical('road')}|"
    plot += f"{address.canonical('road_number')}|||"
    if number and match.xy is None and plot in index.keys:
        # The office's table may name the door that the map does not number.
        match = _as(pick_place(index.keys[plot], gazetteer, context), "building")
    if address.building and match.precision in ("address point", "building"):
        return _as(match, "compound", 0.7)
    return match


def _by_compound(
    address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]
) -> Match:
    """Look a building up by its number near its compound, else the compound alone."""
    name = bare_name(address.canonical("compound"))
    places = index.compounds.get(name, ()) if name else ()
    same = namesakes(name, index, gazetteer, context) if name else {}
    if len(same) > 1:
        return _which(address.compound, same, gazetteer)
    places = _beside(places, same, gazetteer)
    if not places:
        return NOT_FOUND
    xy = gazetteer.points.xy
    near = index.numbered.get(address.canonical("building"), ()) if address.building else ()
    if near:
        away = np.hypot(*(xy[list(near)][:, None] - xy[list(places)][None]).transpose(2, 0, 1)).min(
            axis=1
        )
        order = np.argsort(away, kind="stable")
        first, second = away[order[0]], away[order[1]] if len(order) > 1 else np.inf
        if first <= NEAR_COMPOUND_M:
            sure = 0.75 if first < CLEARLY * second else 0.55
            found = pick_place([near[order[0]]], gazetteer, ())
            return replace(
                _as(found, "building", sure), matched=f"{address.compound}{address.building}"
            )
    match = pick_place(places, gazetteer, (address.town, address.community))
    return _as(match, "compound", 0.4 if address.building else 0.5)


def _beside(
    places: Sequence[int], same: Mapping[str, tuple[int, ...]], gazetteer: Gazetteer
) -> tuple[int, ...]:
    """Keep the places of a name that lie by the one estate of that name which is meant."""
    xy = gazetteer.points.xy
    for homes in same.values():
        away = np.hypot(*(xy[list(places)][:, None] - xy[list(homes)][None]).transpose(2, 0, 1))
        places = [p for p, d in zip(places, away, strict=True) if d.min() <= NEAR_COMPOUND_M]
    return tuple(places)


def _which(compound: str, same: Mapping[str, tuple[int, ...]], gazetteer: Gazetteer) -> Match:
    """Hold an estate of a name that two communities have."""
    labels = tuple(f"{compound} ({place})" for place in same)
    options = tuple(
        replace(candidate_at(homes, gazetteer), label=label, precision="compound")
        for label, homes in zip(labels, same.values(), strict=True)
    )
    first = labels[:3]
    return Match(
        None, code=Cause.AMBIGUOUS, told="; ".join(first), runners=first, options=options[:OPTIONS]
    )


def _by_name(
    text: str, address: Address, index: Index, gazetteer: Gazetteer, context: Sequence[str]
) -> Match:
    """Find the last known name in the text; what comes before it must not lie elsewhere."""
    folded = fold_text(text).replace(" ", "")
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
            match = _as(match, "building" if whole else "compound", sure)
            return _not_elsewhere(
                match, bare_name(address.canonical("compound")), name, index, gazetteer
            )
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
        return match if known else _as(match, match.precision, 0.6)
    away = np.hypot(*(gazetteer.points.xy[list(places)] - match.xy).T).min()
    return match if away <= CAMPUS_M else NOT_FOUND

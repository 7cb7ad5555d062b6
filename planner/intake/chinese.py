"""Chinese addresses: compound and building, or road and number, among what the gazetteer knows.

A map of a Chinese town holds few house numbers, some compounds by name, and buildings that are called
``12号楼`` or carry a bare number.  A building is found by its full key, else by its number near its
compound; what only resembles a known compound is never taken, but told as a likely one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from planner.intake.address import Address, parse_address
from planner.intake.gazetteer import Gazetteer
from planner.intake.lookup import (
    NOT_FOUND,
    OPTIONS,
    Match,
    candidate_at,
    find_reading,
    pick_place,
)
from planner.intake.streets import fold_text, number_key, street_key
from planner.intake.western import Reading

__all__ = ["find_chinese"]

NEAR_COMPOUND_M: Final = 400.0
CAMPUS_M: Final = 1500.0
SURE_ENOUGH: Final = 0.8
CLEARLY: Final = 0.5
"""A building must be this much nearer to its compound than the next one of its number."""
LIKE: Final = 65.0
LONGEST_NAME: Final = 24
ONLY_COMMUNITY: Final = "only the community is known"
_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_NUMBER_ONLY = re.compile(r"第?[a-z]?\d+[a-z]?(号楼|号院|号|楼|栋|幢|座)?")
_SUFFIX = re.compile(r"(小区|住宅区|生活区|家属区|家属院|宿舍区|社区|大院|园区)$")
_HOME_ONLY = re.compile(
    r"^[\s\-,\uff0c#a-z\d]*((单元|室|层|楼|号|户|门|房|栋|幢|梯|座)[\s\-#a-z\d]*)*$"
)


@dataclass(frozen=True, eq=False)
class _Index:
    """Names of a gazetteer, taken apart.

    Parameters
    ----------
    keys : mapping
        Building key -> positions of points.
    stairwells : mapping
        Building key and stairwell -> positions.
    compounds : mapping
        Bare compound name -> positions.
    numbered : mapping
        Number of a building whose name says no compound -> positions.
    """

    keys: Mapping[str, tuple[int, ...]]
    stairwells: Mapping[str, tuple[int, ...]]
    compounds: Mapping[str, tuple[int, ...]]
    numbered: Mapping[str, tuple[int, ...]]


@lru_cache(maxsize=4)
def _index(gazetteer: Gazetteer) -> _Index:
    keys: dict[str, list[int]] = defaultdict(list)
    stairwells: dict[str, list[int]] = defaultdict(list)
    compounds: dict[str, list[int]] = defaultdict(list)
    numbered: dict[str, list[int]] = defaultdict(list)
    for name, places in gazetteer.names.items():
        if not _CJK.search(name):
            continue
        found = parse_address(name)
        for key in found.building_keys:
            keys[key] += places
            if found.stairwell:
                stairwells[f"{key}|{found.canonical('stairwell')}"] += places
        if found.compound and not found.building and not found.road:
            compounds[_bare(found.canonical("compound"))] += places
        if found.building and not (found.compound or found.road or found.community):
            numbered[found.canonical("building")] += places
    for number, places in gazetteer.bare_numbers.items():
        numbered[number] += places
    return _Index(_fixed(keys), _fixed(stairwells), _fixed(compounds), _fixed(numbered))


def _fixed(found: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(sorted(set(places))) for key, places in sorted(found.items())}


def _bare(compound: str) -> str:
    return _SUFFIX.sub("", compound) or compound


def find_chinese(asked: Sequence[tuple[str, str]], gazetteer: Gazetteer) -> list[Match]:
    """Find the place of Chinese addresses.

    Parameters
    ----------
    asked : sequence of (str, str)
        Address and community.
    gazetteer : Gazetteer

    Returns
    -------
    list of Match
        ``building`` where the building is known, ``address point`` where road and number are all that
        is asked, ``compound`` where only the compound or plot is known (confidence at most 0.7).
    """
    if not asked:
        return []
    index = _index(gazetteer)
    return [_find(text, beside, index, gazetteer) for text, beside in asked]


def _find(text: str, beside: str, index: _Index, gazetteer: Gazetteer) -> Match:
    address = parse_address(text)
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
        lambda: _by_road(address, gazetteer, context),
        lambda: _by_compound(address, index, gazetteer),
        lambda: _by_name(text, address, index, gazetteer, context),
    )
    tried: list[Match] = []
    for way in ways:
        tried.append(way())
        if tried[-1].confidence >= SURE_ENOUGH:
            return tried[-1]
    placed = [m for m in tried if m.xy is not None]
    if placed:
        return _with_options(max(placed, key=lambda m: m.confidence), tried)
    unsure = [m for m in tried if m.cause.startswith("ambiguous")]
    told = [m for m in tried if m.precision == "street"]
    like, within = _likely(address, index, gazetteer), _community(address, beside, gazetteer)
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
                    None, "community", 0.1, at.label, at.source, f"{NOT_FOUND.cause}: {ONLY_COMMUNITY}",
                    (at.label,), (at,),
                )  # fmt: skip
    return NOT_FOUND


def _by_stairwell(
    address: Address, index: _Index, gazetteer: Gazetteer, context: Sequence[str]
) -> Match:
    """Look the stairwell up: an office's table may know where each door is."""
    if not address.stairwell:
        return NOT_FOUND
    for key in address.building_keys:
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


def _by_key(address: Address, index: _Index, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look the whole building up."""
    if not (address.building or address.sub_compound):
        return NOT_FOUND
    for key in address.building_keys:
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


def _by_road(address: Address, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look road and number up; the building of a plot is not known by them."""
    road = address.branch_road or address.road
    key = street_key(road)
    if not road or key not in gazetteer.streets:
        return NOT_FOUND
    number = number_key(address.canonical("road_number"))
    match = find_reading(
        Reading(key, (number,) if number else (), tuple(context)), key, gazetteer, ""
    )
    if address.building and match.precision in ("address point", "building"):
        return _as(match, "compound", 0.7)
    return match


def _by_compound(address: Address, index: _Index, gazetteer: Gazetteer) -> Match:
    """Look a building up by its number near its compound, else the compound alone."""
    name = _bare(address.canonical("compound"))
    places = index.compounds.get(name, ()) if name else ()
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


def _by_name(
    text: str, address: Address, index: _Index, gazetteer: Gazetteer, context: Sequence[str]
) -> Match:
    """Find the last known name in the text; what comes before it must not lie elsewhere."""
    folded = fold_text(text).replace(" ", "")
    for end in range(len(folded), 1, -1):
        for start in range(max(0, end - LONGEST_NAME), end - 1):
            name = folded[start:end]
            if name not in gazetteer.names or not _CJK.search(name):
                continue
            if not _HOME_ONLY.match(folded[end:]) or _NUMBER_ONLY.fullmatch(name):
                return NOT_FOUND
            match = pick_place(gazetteer.names[name], gazetteer, (*context, folded[:start]))
            whole = bool(re.search(r"\d", name)) or not folded[end:]
            sure = 0.85 if whole and len(name) > 2 else 0.5
            match = _as(match, "building" if whole else "compound", sure)
            return _not_elsewhere(
                match, _bare(address.canonical("compound")), name, index, gazetteer
            )
    return NOT_FOUND


def _not_elsewhere(
    match: Match, compound: str, name: str, index: _Index, gazetteer: Gazetteer
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


def _likely(address: Address, index: _Index, gazetteer: Gazetteer) -> Match:
    """Tell which known compounds the name resembles; none of them is taken."""
    from rapidfuzz import fuzz, process

    name = _bare(address.canonical("compound"))
    if not name:
        return NOT_FOUND
    like = process.extract(
        name, list(index.compounds), scorer=fuzz.ratio, limit=3, score_cutoff=LIKE
    )
    if not like:
        return NOT_FOUND
    told = tuple(f"{known} ({score / 100:.2f})" for known, score, _ in like)
    options = tuple(candidate_at(index.compounds[known], gazetteer) for known, _, _ in like)
    return replace(
        NOT_FOUND, cause=f"{NOT_FOUND.cause}: like {', '.join(told)}", runners=told, options=options
    )

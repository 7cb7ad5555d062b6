"""Look one reading up: the numbered point, a spot between two known numbers, or the street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np

from planner.intake.address.parse import parse_address
from planner.intake.gazetteer.found import NOT_FOUND, OPTIONS, Candidate, Cause, Match, ambiguous
from planner.intake.gazetteer.index import SAME_SPOT_M, Gazetteer, Street
from planner.intake.gazetteer.western.lines import Reading
from planner.intake.gazetteer.western.streets import fold_text, number_span

__all__ = [
    "at_level",
    "best_of",
    "candidate_at",
    "find_district",
    "find_name",
    "find_reading",
    "pick_place",
]

SURE: Final = 0.97  # never 1: only a person may be certain
BETWEEN_M: Final = 250.0  # between two known doors further apart a street may bend
# Doors of one number this far apart belong to one large block: placed, but not with confidence.
ONE_BLOCK_M: Final = 150.0
# A street no longer than this is placed at its middle: nowhere on it is far from there.
STREET_M: Final = 150.0


def find_reading(reading: Reading, key: str, gazetteer: Gazetteer, community: str) -> Match:
    """Look up a street, by its key, and the numbers that a reading offers.

    Parameters
    ----------
    reading : Reading
        Whose street name was found to be `key`.
    community : str
        What the sheet says beside the address; helps to tell places of one name apart.
    """
    street = gazetteer.streets[key]
    for nth, number in enumerate(reading.numbers):
        places = street.numbers.get(number)
        if places:
            # A stairwell or a block less is the house that was asked for; another number may not be.
            same = _same_house(number, reading.numbers[0], street)
            lost = 0.0 if nth == 0 else 0.03 if same else 0.2
            return pick_place(places, gazetteer, (*reading.rest, community)).less(lost)
    fitting = [n for n in reading.numbers if ("-" in n) == street.block]
    for number in (*fitting, *reading.numbers)[:1]:
        between = _between(street, number, gazetteer)
        if between is not None:
            return between
    return _street_level(street, bool(reading.numbers))


def _same_house(number: str, asked: str, street: Street) -> bool:
    """Tell whether a spelling names the house that was asked for: its stairwell, or block and house."""
    if street.block and number_span(asked) != number_span(number):
        return "".join(map(str, number_span(asked))) == "".join(
            f"{n:02d}" for n in number_span(number)
        )
    return number_span(asked)[:1] == number_span(number)[:1]


def pick_place(places: Sequence[int], gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Choose among points of one address; never between two spots that nothing tells apart.

    Parameters
    ----------
    context : sequence of str
        Further words of the address: a town, a quarter, a community.
    """
    groups = _spots(places, gazetteer) if len(places) > 1 else [list(places)]
    if len(groups) == 1:
        return _at(groups[0], gazetteer, SURE)
    chosen = _by_context(groups, gazetteer, " ".join(context))
    if chosen is not None:
        return _at(chosen, gazetteer, 0.88)
    points = gazetteer.points
    labels = tuple(
        _label(points.label[g[0]], points.place[g[0]], points.lon_lat[g[0]]) for g in groups[:3]
    )
    near = gazetteer.apart_m([i for g in groups for i in g]) <= ONE_BLOCK_M
    if near and not _two_homes(groups, gazetteer):
        others = tuple(candidate_at(g, gazetteer) for g in groups[1:OPTIONS])
        return replace(_at(groups[0], gazetteer, 0.6), runners=labels[1:], options=others)
    return ambiguous(labels, (candidate_at(g, gazetteer) for g in groups[:OPTIONS]))


def find_name(text: str, gazetteer: Gazetteer, context: Sequence[str]) -> Match:
    """Look a text up as it stands: a building, an estate, or an amenity may be called so.

    Parameters
    ----------
    context : sequence of str
        As for `pick_place`.
    """
    places = gazetteer.names.get(fold_text(text).strip(), ())
    return at_level(pick_place(places, gazetteer, context), "building") if places else NOT_FOUND


def find_district(text: str, gazetteer: Gazetteer) -> Match:
    """Tell that a text names a town, a quarter or a community: nobody is placed in its middle."""
    name = fold_text(text).strip()
    for places in (gazetteer.districts.get(name, ()), gazetteer.names.get(name, ())):
        if name and places:
            groups = _spots(places, gazetteer)
            options = [
                replace(candidate_at(g, gazetteer), precision="community") for g in groups[:OPTIONS]
            ]
            at = options[0]
            told = Match(None, "community", 0.1, at.label, at.source, Cause.COMMUNITY)
            return replace(told, runners=(at.label,)).offering(options)
    return NOT_FOUND


def at_level(match: Match, precision: str, most: float = 1.0) -> Match:
    """Give a match the precision of what was asked, and confidence `most` at most."""
    if match.xy is None:
        return match
    if match.source == "place":  # a point somewhere in a compound, not a building
        precision, most = "compound", min(most, 0.5)
    said = match.matched
    if match.source == "table":  # the stairwell is said elsewhere
        said = said[: parse_address(said).spans.get("stairwell", (len(said),))[0]]
    return replace(match, precision=precision, confidence=min(match.confidence, most), matched=said)


def _two_homes(groups: Sequence[Sequence[int]], gazetteer: Gazetteer) -> bool:
    """Tell whether the office's own table puts the points into different communities."""
    points = gazetteer.points
    said = {points.place[i] for g in groups for i in g if points.source[i] == "table"}
    return len(said - {""}) > 1


def candidate_at(group: Sequence[int], gazetteer: Gazetteer) -> Candidate:
    """Make a candidate of points that are one place."""
    found = _at(group, gazetteer, 0.0)
    assert found.xy is not None
    place = str(gazetteer.points.place[group[0]])
    label = f"{found.matched} ({place})" if place else found.matched
    precision = "compound" if found.source == "place" else found.precision
    return Candidate(label, found.xy, precision, found.source)


def _label(label: str, place: str, lon_lat: np.ndarray) -> str:
    where = place or f"{lon_lat[0]:.4f} {lon_lat[1]:.4f}"
    return f"{label} ({where})"


def _spots(places: Sequence[int], gazetteer: Gazetteer) -> list[list[int]]:
    """Group points that share a building, or lie within `SAME_SPOT_M` of one of their group."""
    groups: list[list[int]] = []
    xy, building = gazetteer.points.xy, gazetteer.points.building
    for place in places:
        near = [
            g
            for g in groups
            if any(
                building[place] == building[i] != ""
                or np.hypot(*(xy[place] - xy[i])) <= SAME_SPOT_M
                for i in g
            )
        ]
        groups = [g for g in groups if g not in near]
        groups.append(sorted([place, *(i for g in near for i in g)]))
    return sorted(groups, key=lambda g: (-len(g), g[0]))


def _by_context(groups: list[list[int]], gazetteer: Gazetteer, context: str) -> list[int] | None:
    """Choose the spot in the town that the address names."""
    said = f" {fold_text(context)} ".replace(",", " ")
    points = gazetteer.points
    told = [
        any(f" {fold_text(p)} " in said for p in {points.place[i] for i in g} if p) for g in groups
    ]
    if sum(told) == 1:
        return groups[told.index(True)]
    at = [i for name, where in _districts(gazetteer) if _says(said, name) for i in where]
    if not at:
        return None
    away = gazetteer.away_m([g[0] for g in groups], at)
    order = np.argsort(away, kind="stable")
    # Clearly nearer to the town that is named; half-way between two it tells nothing.
    return groups[order[0]] if away[order[0]] < 0.6 * away[order[1]] else None


def _says(said: str, name: str) -> bool:
    """Tell whether a text names a place: as a whole word, or anywhere if it is Chinese."""
    return (name if name[-1:] >= "\u3400" else f" {name} ") in said


@lru_cache(maxsize=4)
def _districts(gazetteer: Gazetteer) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple(gazetteer.districts.items())


def _at(group: Sequence[int], gazetteer: Gazetteer, confidence: float) -> Match:
    points = gazetteer.points
    if len(group) == 1:  # most groups are: a median of one costs more than all the rest of a match
        return _on(group[0], gazetteer, confidence)
    middle = np.median(points.xy[list(group)], axis=0)

    def rank(i: int) -> tuple[bool, float, int]:
        # To the centimetre: of spots equally far from the middle the first, whatever the rounding.
        away = float(np.hypot(*(points.xy[i] - middle)))
        return points.source[i] != "building", round(away, 2), i

    return _on(min(group, key=rank), gazetteer, confidence)


def _on(best: int, gazetteer: Gazetteer, confidence: float) -> Match:
    points = gazetteer.points
    source = str(points.source[best])
    precision = source if source in ("building", "address point") else "building"
    x, y = points.xy[best]
    return Match((float(x), float(y)), precision, confidence, str(points.label[best]), source)


def _between(street: Street, number: str, gazetteer: Gazetteer) -> Match | None:
    """Place a number between its known neighbours on the same side of the street."""
    block, house = street.side(number)
    known = street.series.get((block, house % 2))
    if known is None:
        return None
    numbers, places = known
    right = int(np.searchsorted(numbers, house))
    xy = gazetteer.points.xy
    said = f"{street.name} {number}"
    if 0 < right < len(numbers):
        a, b = xy[places[right - 1]], xy[places[right]]
        gap = float(np.hypot(*(b - a)))
        if gap > BETWEEN_M:
            return None
        share = (house - numbers[right - 1]) / (numbers[right] - numbers[right - 1])
        x, y = a + share * (b - a)
        sure = max(0.55, 0.79 - gap / 1000)
        return Match((float(x), float(y)), "interpolated", sure, said, "interpolated")
    end = 0 if right == 0 else -1
    # Beyond the last known number no more than two houses of one side: the street may end, or turn.
    if abs(int(numbers[end]) - house) <= 4:
        x, y = xy[places[end]]
        return Match((float(x), float(y)), "interpolated", 0.5, said, "interpolated")
    return None


def _street_level(street: Street, numbered: bool) -> Match:
    if street.length_m <= STREET_M:
        return Match(street.middle, "street", 0.4, street.name, "street")
    middle = Candidate(street.name, street.middle, "street", "street")
    code = Cause.NUMBER if numbered else Cause.NUMBERLESS
    told = Match(None, "street", 0.2, street.name, "street", code, runners=(street.name,))
    return told.offering([middle])


def best_of(found: Sequence[tuple[float, Match]]) -> Match:
    """Choose the cheapest of several matches if it is clearly better than any other spot.

    Parameters
    ----------
    found : sequence of (float, Match)
        Cost (spelling mistakes and what is missing) and match.

    Returns
    -------
    Match
        With lower confidence, or none at all, where another spot is nearly as good.
    """
    ranked = sorted(found, key=lambda item: (item[0], -item[1].confidence, item[1].matched))
    if not ranked:
        return NOT_FOUND
    cost, best = ranked[0]
    others = [(c, m) for c, m in ranked[1:] if m.xy is not None and not _same_spot(m, best)]
    if best.xy is None or not others:
        if best.xy is None and others and not best.options:
            return best.offering(m.candidates[0] for _, m in others)
        return best
    margin = others[0][0] - cost
    names = tuple(dict.fromkeys(m.matched for _, m in others))[:3]
    options = tuple(dict.fromkeys(m.candidates[0] for _, m in others))[: OPTIONS - 1]
    # Costs are edits: less than one apart is one slip of a finger, which proves nothing.
    if margin < 0.75:
        return ambiguous((best.matched, *names[:2]), (best.candidates[0], *options))
    kept = min(best.confidence, 0.79) if margin < 1.25 else best.confidence
    return replace(best, confidence=kept, runners=names, options=options)


def _same_spot(one: Match, other: Match) -> bool:
    if one.xy is None or other.xy is None:
        return False
    return float(np.hypot(one.xy[0] - other.xy[0], one.xy[1] - other.xy[1])) <= SAME_SPOT_M

"""Addresses find their place in a gazetteer: exact first, then misspelt, then between known numbers.

Nothing is guessed silently: each answer carries its precision and confidence, and an address that
fits two spots more than 50 m apart about equally well gets none, with both as its cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.intake.address.fold import CJK
from planner.intake.address.parse import Address, parse_each
from planner.intake.gazetteer.accepted import identify
from planner.intake.gazetteer.elsewhere import doubt_elsewhere
from planner.intake.gazetteer.found import NOT_FOUND, Cause, Match
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.gazetteer.match import best_of, find_district, find_name, find_reading
from planner.intake.gazetteer.western.lines import (
    Reading,
    exact_readings,
    loose_readings,
    read_line,
)
from planner.intake.gazetteer.western.spelling import StreetSpeller
from planner.model.arrays import Floats

__all__ = ["COLUMNS", "find_places", "geocode"]

COLUMNS: Final = (
    "lon",
    "lat",
    "precision",
    "confidence",
    "matched",
    "source",
    "runners_up",
    "cause",
    "code",
    "told",
)
EDIT_LOSS: Final = 0.05  # of confidence for each slip
# In edits, beside those of the spelling: a known number outweighs one slip, not two.
MISSING_NUMBER: Final = 1.5
DANGLING: Final = 2.0
SURE_ENOUGH: Final = 0.8


def geocode(
    addresses: pd.Series | Iterable[str],
    gazetteer: Gazetteer,
    *,
    community: pd.Series | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Find the place of each address.

    Parameters
    ----------
    addresses : Series or iterable of str, length n
        As written, Chinese or western.
    community : Series or sequence of str, length n, optional
        Community of each address; tells streets of one name apart.

    Returns
    -------
    DataFrame, n rows
        ``lon, lat`` (degrees WGS-84, NaN where there is no place), ``precision`` (``stairwell, address
        point, building, interpolated, compound, street, community`` or ``none``; a community, and a
        street of any length, is told but nobody is placed there), ``confidence`` (0 to 1; from
        0.8 on it means it), ``matched`` (the place in words, building level), ``source``,
        ``runners_up`` (other places, ``; `` between them), ``cause`` (in words), ``code`` (a
        `planner.intake.gazetteer.found.Cause`) and ``told`` (what it fits or resembles).  The index
        is that of the series, or 0..n-1.
    """
    column: pd.Series = (
        addresses if isinstance(addresses, pd.Series) else pd.Series(list(addresses), dtype=object)
    )
    texts = ["" if pd.isna(a) else str(a) for a in column]
    said = [""] * len(texts) if community is None else community
    beside = ["" if pd.isna(c) else str(c) for c in said]
    return _table(find_places(texts, beside, gazetteer), gazetteer, column.index)


def find_places(
    addresses: Sequence[str], communities: Sequence[str], gazetteer: Gazetteer
) -> list[Match]:
    """Find the place of each address, with the candidates that a person could choose from.

    Parameters
    ----------
    addresses, communities : sequence of str, length n
        As written; ``""`` where there is none.
    gazetteer : Gazetteer
        Where to look; its accepted answers come first.
    """
    rows = list(zip(addresses, communities, strict=True))
    asked = list(dict.fromkeys(rows))
    known = _accepted(asked, gazetteer)
    left = [pair for pair in asked if pair not in known]
    columns = (gazetteer.aliases.renamed(part) for part in zip(*left, strict=True))
    today = list(zip(*columns, strict=True))
    # Taken apart once for all who ask: that is half of a look-up.
    parsed = parse_each((t for t, _ in today if CJK.search(t)), gazetteer.names_known)
    matched = _find(today, gazetteer, parsed)
    found = doubt_elsewhere([text for text, _ in today], matched, gazetteer, parsed)
    known.update(zip(left, found, strict=True))
    return [known[pair] for pair in rows]


def _accepted(
    asked: Sequence[tuple[str, str]], gazetteer: Gazetteer
) -> dict[tuple[str, str], Match]:
    """Answer what was reviewed before."""
    if not gazetteer.accepted:
        return {}
    known: dict[tuple[str, str], Match] = {}
    for pair, identity in zip(asked, identify(asked), strict=True):
        answer = gazetteer.accepted.get(identity.key)
        if answer is None or not identity.key:
            continue
        if not answer.placed:
            known[pair] = Match(None, source="review", code=Cause.REJECTED)
            continue
        x, y = gazetteer.projection.to_xy([answer.lon], [answer.lat])[0]
        said = answer.label or answer.text
        known[pair] = Match((float(x), float(y)), answer.precision, 1.0, said, "review")
    return known


def _find(
    asked: Sequence[tuple[str, str]], gazetteer: Gazetteer, parsed: Mapping[str, Address]
) -> list[Match]:
    from planner.intake.gazetteer.chinese import find_chinese

    found: list[Match | None] = [None] * len(asked)
    chinese = [i for i, (text, _) in enumerate(asked) if CJK.search(text)]
    ours = find_chinese([asked[i] for i in chinese], gazetteer, parsed)
    for i, match in zip(chinese, ours, strict=True):
        found[i] = match
    loose: list[int] = []
    for i, (text, beside) in enumerate(asked):
        if found[i] is None:
            found[i] = _exact(text, beside, gazetteer)
            if found[i].confidence < 0.8 and found[i].code is not Cause.AMBIGUOUS:  # type: ignore[union-attr]
                loose.append(i)
    for i, match in zip(loose, _misspelt([asked[i] for i in loose], gazetteer), strict=True):
        found[i] = _better(found[i] or NOT_FOUND, match)
    return [
        match
        if match and CJK.search(text)
        else _or_named(match or NOT_FOUND, text, beside, gazetteer)
        for match, (text, beside) in zip(found, asked, strict=True)
    ]


def _or_named(match: Match, text: str, beside: str, gazetteer: Gazetteer) -> Match:
    """Prefer the place that is called as the whole text; add a town or quarter of that name."""
    named = find_name(text, gazetteer, (beside,))
    district = find_district(text, gazetteer)
    if named is NOT_FOUND and match.xy is None and match.code is not Cause.AMBIGUOUS:
        named = district
    if named is NOT_FOUND or (named.xy is None and match.confidence >= SURE_ENOUGH):
        named, match = match, named
    told = (*district.candidates, *named.options, *match.candidates)
    return named.offering(told) if told else named


def _exact(text: str, beside: str, gazetteer: Gazetteer) -> Match:
    """Read the address with street names exactly as known."""
    readings = exact_readings(read_line(text), gazetteer.streets)
    found = [(r, find_reading(r, r.street, gazetteer, beside)) for r in readings]
    unsure = [m for _, m in found if m.code is Cause.AMBIGUOUS]
    ranked = best_of([(_lack(m) + 2 * (not r.numbers), m) for r, m in found])
    return unsure[0] if unsure and ranked.confidence < 0.8 else ranked


def _lack(match: Match) -> float:
    """Price what a match leaves open: the number in the end, or all but the street."""
    if match.precision in ("address point", "building"):
        return 0.97 - match.confidence
    return MISSING_NUMBER if match.precision == "interpolated" else 2 * MISSING_NUMBER


def _misspelt(asked: Sequence[tuple[str, str]], gazetteer: Gazetteer) -> list[Match]:
    """Read addresses whose street is not known as it is written."""
    if not asked:
        return []
    readings = [loose_readings(read_line(text)) for text, _ in asked]
    names = dict.fromkeys(r.street for of_one in readings for r in of_one)
    near = StreetSpeller.of(gazetteer.streets).near(list(names))
    return [
        _choose(of_one, beside, near, gazetteer)
        for of_one, (_, beside) in zip(readings, asked, strict=True)
    ]


def _choose(
    readings: Sequence[Reading],
    beside: str,
    near: dict[str, list[tuple[str, float]]],
    gazetteer: Gazetteer,
) -> Match:
    found: list[tuple[float, Match]] = []
    unsure: list[tuple[float, Match]] = []
    for reading in readings:
        for key, cost in near.get(reading.street, ()):
            match = find_reading(reading, key, gazetteer, beside).less(EDIT_LOSS * cost)
            into = unsure if match.code is Cause.AMBIGUOUS else found
            into.append((cost + _lack(match) + DANGLING * reading.dangling, match))
    best = best_of(found)
    if unsure and min(c for c, _ in unsure) <= min((c for c, _ in found), default=9.0):
        return min(unsure, key=lambda item: item[0])[1]
    if best.xy is None:
        ranked = sorted((*unsure, *found), key=lambda item: (item[0], item[1].matched))
        return best.offering(c for _, m in ranked for c in m.candidates)
    return best


_RANK = {"none": 0, "street": 1, "interpolated": 2}  # all else is 3: a door


def _better(exact: Match, loose: Match) -> Match:
    """Take the reading with mistakes only where it says more than the exact one."""
    taken = _fuller(exact, loose)
    if taken.xy is None:
        return taken.offering((*taken.options, *exact.candidates, *loose.candidates))
    return taken


def _fuller(exact: Match, loose: Match) -> Match:
    ranks = [_RANK.get(m.precision, 3) + 0.5 * (m.code is Cause.NUMBER) for m in (exact, loose)]
    if ranks[1] > ranks[0] or (ranks[1] == ranks[0] and loose.confidence > exact.confidence):
        return loose
    if exact.xy is None and loose.code is Cause.AMBIGUOUS and exact.code is not Cause.NUMBER:
        return loose
    return exact


def _table(matches: Sequence[Match], gazetteer: Gazetteer, index: pd.Index) -> pd.DataFrame:
    xy: Floats = np.array([m.xy or (np.nan, np.nan) for m in matches], float).reshape(-1, 2)
    lon_lat = np.full((len(matches), 2), np.nan)
    placed = np.isfinite(xy[:, 0])
    if placed.any():
        lon_lat[placed] = gazetteer.projection.to_lon_lat(xy[placed])
    columns = {
        "lon": lon_lat[:, 0],
        "lat": lon_lat[:, 1],
        "precision": [m.precision for m in matches],
        "confidence": np.array([round(m.confidence, 3) for m in matches], float),
        "matched": [m.matched for m in matches],
        "source": [m.source for m in matches],
        "runners_up": ["; ".join(m.runners) for m in matches],
        "cause": [m.cause for m in matches],
        "code": [m.code.value for m in matches],
        "told": [m.told for m in matches],
    }
    return pd.DataFrame(columns, index=index, columns=list(COLUMNS))

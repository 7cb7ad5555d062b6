"""Addresses that name another place than the ground's: found here by street and number, but not of here.

What is held against an address is only what the ground knows: the towns, districts and quarters that
the map or the office's building table names, and the names that a good part of the sheet shares.
Where nothing is known at a level, nothing is held against an address at that level.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from planner.intake.address.canonical import canonical_field
from planner.intake.address.fold import CJK
from planner.intake.address.parse import Address, parse_address
from planner.intake.gazetteer.found import Cause, Match
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.gazetteer.western.streets import UNIT_WORDS, fold_text, words

__all__ = ["doubt_elsewhere"]

LEVELS: Final = ("province", "city", "district", "town")
SHARED: Final = 0.05
# A name that this many of the addresses carry, and this share of them, is a name of here.
SHARED_LEAST: Final = 5
LIKE: Final = 80.0  # percent of letters in common: a slip in the name of one's own town
UNKNOWN_TOWN: Final = 0.6  # below what counts as sure, so that a person looks at it
_ENDING: Final = re.compile(
    "(特别行政区|自治区|自治州|自治县|地区|街道办事处|街道|省|市|区|县|镇|乡|旗)$"
)
_NO_PLACE: Final = UNIT_WORDS | {
    *("bldg", "building", "rear", "front", "upper", "lower", "basement", "stairwell", "entrance"),
    *("stairs", "house", "block", "usa", "us", "finland", "suomi", "china"),
}


def doubt_elsewhere(
    texts: Sequence[str],
    matches: Sequence[Match],
    gazetteer: Gazetteer,
    parsed: Mapping[str, Address],
) -> list[Match]:
    """Take the place from addresses that name another town than the ground's.

    Parameters
    ----------
    gazetteer : Gazetteer
        Whose place names are those of here.
    parsed : mapping of str to Address
        Each Chinese address taken apart, with the names that the gazetteer knows.

    Returns
    -------
    list of Match, length n
        With the code ``Cause.ELSEWHERE`` and the spot that was found
        among the candidates, where an address says that it is not of here.
    """
    levels, western = _names_of(gazetteer)
    said = [parsed[t] if CJK.search(t) else _tails(t) for t in texts]
    read = [s for s in said if isinstance(s, Address)]
    shared = {
        level: known | _common(_bare(level, a) for a in read) for level, known in levels.items()
    }
    # Where the map names no place in western letters nothing can be held against a line of them.
    tails = _common(t for s in said if isinstance(s, tuple) for t in s) if western else frozenset()
    tails |= western
    out: list[Match] = []
    for match, told in zip(matches, said, strict=True):
        if match.xy is None:
            out.append(match)
            continue
        if isinstance(told, Address):
            doubt = _doubt(told, shared)
        else:
            known = [_known(t, tails) for t in told] if western else []
            doubt = float(bool(known) and not any(known))
        out.append(_doubted(match) if doubt == 1 else _less(match) if doubt else match)
    return out


def _less(match: Match) -> Match:
    return replace(match, confidence=min(match.confidence, UNKNOWN_TOWN))


def _doubted(match: Match) -> Match:
    told = Match(None, code=Cause.ELSEWHERE, told=match.matched, runners=(match.matched,))
    return told.offering(match.candidates)


def _bare(level: str, address: Address) -> str:
    return _ENDING.sub("", canonical_field(level, getattr(address, level)))


def _doubt(address: Address, known: dict[str, frozenset[str]]) -> float:
    """Give 1 where an address is not of here, a half where only its town is not known, else 0.

    A district of here outweighs a city that is not known: the city above it is rarely on the map.
    """
    said = {level: _bare(level, address) for level in LEVELS}
    strange = {
        level: bool(said[level] and known[level]) and said[level] not in known[level]
        for level in LEVELS
    }
    if said["district"] and known["district"]:
        return 1.0 if strange["district"] else 0.5 * strange["town"]
    return float(any(strange.values()))


def _common(names: Iterable[str]) -> frozenset[str]:
    count = Counter(n for n in names if n)
    least = max(SHARED_LEAST, SHARED * sum(count.values()))
    return frozenset(name for name, n in count.items() if n >= least)


@lru_cache(maxsize=4)
def _names_of(gazetteer: Gazetteer) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Give the names of here: Chinese by level, and all others."""
    points = gazetteer.points
    table = {str(p) for p, s in zip(points.label, points.source, strict=True) if s == "table"}
    names = {*gazetteer.districts, *map(str, set(points.place)), *table}
    levels: dict[str, set[str]] = {level: set() for level in LEVELS}
    for name in sorted(names):
        if CJK.search(name):
            read = parse_address(name)
            for level in LEVELS:
                levels[level].add(_bare(level, read))
    western = {" ".join(_words(fold_text(n))) for n in names if not CJK.search(n)} - {""}
    # a county's towns are called 市 by some and 区 or 县 by others: one name is enough
    near = levels["city"] | levels["district"]
    for level in ("city", "district"):
        levels[level] |= near if levels[level] else set()
    fixed = {level: frozenset(found - {""}) for level, found in levels.items()}
    return fixed, frozenset(western)


def _words(folded: str) -> tuple[str, ...]:
    return tuple(w for w in words(folded) if w[0].isalpha() and len(w) > 2 and w not in _NO_PLACE)


@lru_cache(maxsize=65536)
def _tails(text: str) -> tuple[str, ...]:
    """Give what follows street and number: ``tampere`` of ``Bulevardi 5, 33100 Tampere``."""
    parts: list[list[str]] = [[]]
    for word in words(fold_text(text)):
        if word == ",":
            parts.append([])
        else:
            parts[-1].append(word)
    numbered = next((k for k, part in enumerate(parts) if any(w[0].isdigit() for w in part)), None)
    if numbered is None:
        return ()
    if not any(w[0].isalpha() and len(w) > 2 for w in parts[numbered]):
        numbered += 1  # 12, Main Street, Hollis
    found = []
    for part in parts[numbered + 1 :]:
        if any(w in _NO_PLACE for w in part):
            continue
        name = " ".join(w for w in part if w[0].isalpha() and len(w) > 2)
        if name:
            found.append(name)
    return tuple(found)


@lru_cache(maxsize=65536)
def _known(name: str, names: frozenset[str]) -> bool:
    """Tell whether a name is one of here, slips and short forms allowed."""
    from rapidfuzz import fuzz, process

    if name in names or any(f" {n} " in f" {name} " or n.startswith(name) for n in names):
        return True
    return process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=LIKE) is not None

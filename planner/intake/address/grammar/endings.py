"""Name endings: where they stand in a line, and what a name that ends so is worth as what."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import Final

from planner.intake.address.grammar.labels import Kind
from planner.intake.address.grammar.lexicon import (
    BARE_CITIES,
    BARE_COUNTIES,
    NEITHER_SUFFIXES,
    SUFFIXES,
    TRADE_SUFFIXES,
    WORTH,
    words,
)
from planner.intake.address.grammar.numerals import CHINESE_DIGITS

__all__ = [
    "LONGEST_ADMIN",
    "NO_ENDING",
    "Endings",
    "admin_options",
    "crossing_cost",
    "find_endings",
    "is_torn",
    "place_class",
    "place_options",
]

Endings = dict[int, dict[str, str]]
"""Position after an ending -> kind of place -> the ending, the longest of its kind."""

LONGEST_ADMIN: Final = 12
"""Longest name of an administrative place or a road, in characters."""

NO_ENDING: Final = (Kind.OTHER, 0)
"""What `place_class` gives where no named place ends."""

# Length of the whole name -> score, per family of endings.
_LENGTHS: Final[dict[str, tuple[float, ...]]] = {
    "city": (-9, -9, -4, 1.0, 0.5, -0.5, -1.5, -2, -2, -2, -2, -2, -2),
    "dist": (-9, -9, -3, 2.5, 2.2, 0.8, 0.0, -0.5, -1, -1, -1.5, -2, -2),
    "dev": (-9, -9, -9, 0.8, 0.8, 1.2, 1.2, 1.2, 1.0, 0.8, 0.5, 0, 0),
    "town": (-9, -9, -1.5, 2.5, 2.3, 1.2, 0.2, -0.5, -1, -2, -2.5, -3, -3),
    "street": (-9, -9, -9, 1.5, 2.8, 2.8, 1.6, 0.6, 0.0, -0.5, -1, -2, -2),
    "comm": (-9, -9, 0.0, 2.0, 2.0, 1.3, 0.5, 0.0, -0.5, -1, -1.5, -2, -2),
    "block": (-9, -9, -9, -1.0, 2.0, 2.0, 1.2, 0.5, -0.3, -1, -1.5, -2, -2),
    "road": (-9, -9, -0.8, 2.3, 2.6, 2.2, 1.2, 0.0, -1, -2, -2.5, -3, -3),
}
# An ending that reads otherwise because of what stands before it, or after it.
_NOT_AFTER: Final = {
    "区": re.compile("[小社园发业校厂街片库监宅务贸技住政治属活]区$"),
    "市": re.compile("[超城门都夜菜闹]市$"),  # unless it is that of a known city
    "道": re.compile("[街人]道$"),
    "路": re.compile("铁路$"),
    "队": re.compile("[中大支部]队$"),
    "大队": re.compile("[警侦防工察]大队$"),
    "街": re.compile("商业街$"),
}
_NAMED_AFTER_ROAD: Final = "社区|小区|街道|新村|小学|中学|幼儿园|派出所|菜市场|农贸市场|办事处"
_NOT_BEFORE: Final = {
    "市": re.compile("[场民政委心府]"),
    "区": re.compile("政府|委"),
    "街": re.compile("道|村(?!口)|" + _NAMED_AFTER_ROAD),
    "路": re.compile("由|灯|村(?!口)|" + _NAMED_AFTER_ROAD),
    "巷": re.compile(_NAMED_AFTER_ROAD),
    "大道": re.compile(_NAMED_AFTER_ROAD),
    "马路": re.compile(_NAMED_AFTER_ROAD),
    "大街": re.compile(_NAMED_AFTER_ROAD),
    "村": re.compile("委|民[小委]|民组|镇"),
    "镇": re.compile("政府|[海江]区|海市|江市"),
    "乡": re.compile("政府|[市县]"),
    "县": re.compile("政府|委"),
    "线": re.compile("[材缆路]"),
    "道": re.compile("[口里]|" + _NAMED_AFTER_ROAD),
    "村委": re.compile("会"),
    "社区": re.compile("居委|居民委|服务"),
    "社": re.compile("[区会]"),
    "工业园": re.compile("区"),
    "产业园": re.compile("区"),
    "科技园": re.compile("区"),
    "园": re.compile("区"),
    "州": re.compile("市"),
}
_KIND: Final = {
    "city": Kind.CITY,
    "dist": Kind.DIST,
    "dev": Kind.DEV,
    "town": Kind.TOWN,
    "comm": Kind.COMM,
    "road": Kind.ROAD,
    "sroad": Kind.SROAD,
}
_KNOWN: Final = BARE_CITIES | BARE_COUNTIES
_TEARABLE: Final = frozenset({"city", "dist", "town"})
# What it costs a longer name to run over an ending inside it.
_CROSSING: Final = {
    "poi": 0.2,
    "city": 0.8,
    "dist": 1.0,
    "town": 1.6,
    "comm": 0.9,
    "road": 1.3,
    "dev": 0.6,
}
_COMPASS: Final = frozenset("东西南北中")


def _by_last_character() -> dict[str, list[tuple[str, str]]]:
    table: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, endings in SUFFIXES.items():
        for word in words(endings):
            table[word[-1]].append((word, kind))
    for pairs in table.values():
        pairs.sort(key=lambda pair: -len(pair[0]))
    return dict(table)


_BY_LAST: Final = _by_last_character()
_TRADE: Final = words(TRADE_SUFFIXES)
_NEITHER: Final = words(NEITHER_SUFFIXES)


def _reads_otherwise(text: str, word: str, at: int) -> bool:
    """Tell whether the characters around make the ending part of another word."""
    before, after = _NOT_AFTER.get(word), _NOT_BEFORE.get(word)
    if before is not None and before.search(text, max(0, at - 3), at):
        city = text[max(0, at - 3) : at - 1] in _KNOWN or text[max(0, at - 4) : at - 1] in _KNOWN
        return word != "市" or not city
    return after is not None and after.match(text, at) is not None


def find_endings(text: str) -> Endings:
    """Find every name ending in a folded line."""
    hits: Endings = {}
    for at, char in enumerate(text, start=1):
        for word, kind in _BY_LAST.get(char, ()):
            if kind in hits.get(at, ()) or not text.endswith(word, 0, at):
                continue
            if not _reads_otherwise(text, word, at):
                hits.setdefault(at, {})[kind] = word
    return hits


def crossing_cost(kinds: dict[str, str]) -> float:
    """Give what a longer name pays for running over these endings.

    Parameters
    ----------
    kinds : dict of str to str
        One entry of `Endings`.
    """
    return max(
        0.8 if kind == "poi" and len(word) > 1 else _CROSSING.get(kind, 0.0)
        for kind, word in kinds.items()
    )


def is_torn(endings: Endings, start: int) -> bool:
    """Tell whether a name from here would begin with the ending of the name before."""
    kinds = endings.get(start + 1)
    return start > 0 and kinds is not None and not _TEARABLE.isdisjoint(kinds)


@lru_cache(maxsize=65536)
def _admin_score(stem: str, kind: str, word: str) -> float | None:
    length = len(stem) + len(word)
    if kind == "city" and word == "州" and stem not in BARE_CITIES:
        return None
    if kind == "dev" and not stem:
        return 0.3 if len(word) >= 3 else None
    if not stem and len(word) < 4:
        return None
    family = kind.removeprefix("s")
    if word.startswith(("街道", "办事处")):
        family = "street"
    elif word == "社区":
        family = "block"
    score = _LENGTHS[family][min(length, LONGEST_ADMIN)] + WORTH.get(word, 0.0)
    if word == "市":
        known = stem in BARE_CITIES
        score += (2.0 if known else -0.8) if kind == "city" else (-2.5 if known else 0.0)
    return score


def admin_options(name: str, kinds: dict[str, str], *, inside: bool) -> list[tuple[Kind, float]]:
    """Score a name as each administrative place or road that its ending allows.

    Parameters
    ----------
    inside : bool
        Whether other words stand directly before it: a road of a bare direction (``南大街``) or
        a village of a bare number is then part of a longer name.
    """
    options: list[tuple[Kind, float]] = []
    for kind, word in kinds.items():
        if kind not in _KIND:
            continue
        score = _admin_score(name[: -len(word)], kind, word)
        if score is None:
            continue
        if kind == "road":
            options.append((Kind.SROAD, score))
            if inside and name[0] in _COMPASS and len(name) <= len(word) + 1:
                score -= 4.0
        elif inside and word == "村" and len(name) == 2 and name[0] in CHINESE_DIGITS:
            # `大陈二村` is one name; `二村` alone is not.
            score -= 4.0
        options.append((_KIND[kind], score))
    return options


def place_class(text: str, ending: str | None, end: int) -> tuple[Kind, int]:
    """Tell what sort of named place ends here, and how long its ending is.

    Parameters
    ----------
    ending : str or None
        The ending there, where it is one of a named place.
    """
    if ending is None:
        return NO_ENDING
    if text.endswith(_TRADE, 0, end):
        return Kind.TRADE, len(ending)
    return Kind.PLACE if text.endswith(_NEITHER, 0, end) else Kind.HOME, len(ending)


@lru_cache(maxsize=4096)
def place_options(
    length: int, sort: tuple[Kind, int], closed: bool
) -> tuple[tuple[Kind, float], ...]:
    """Score a stretch of text as a place with a name of its own.

    Parameters
    ----------
    sort : tuple of Kind and int
        What its ending says (see `place_class`).
    closed : bool
        Whether the line ends after it, or a number, a separator or a word of position follows.
    """
    if length == 1:
        return ((Kind.OTHER, -1.5),)
    kind, ending = sort
    short = -0.4 if length == 2 else 0.0
    if not ending:
        if not closed:
            return ((Kind.HAMLET, short - 2.7), (Kind.OTHER, short * 0.5 - 2.7))
        base = short - 0.7
        return (
            (Kind.PLACE, base),
            (Kind.HAMLET, base),
            (Kind.OTHER, base - short * 0.5),
            (Kind.SUB, base - 0.6),
            (Kind.WING, base - 0.6),
        )
    worth = (0.6 if ending == 1 else 1.0) - 0.8 * (length == ending)
    if not closed:
        worth -= 0.3 if ending > 1 else 1.0
    part = short + worth - 0.5
    return ((kind, short + worth), (Kind.SUB, part), (Kind.WING, part), (Kind.OTHER, short - 0.3))

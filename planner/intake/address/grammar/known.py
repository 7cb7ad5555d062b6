"""Names that are known, or that betray themselves by what follows, without an ending."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from planner.intake.address.divisions import Divisions, divisions
from planner.intake.address.grammar.endings import Endings
from planner.intake.address.grammar.labels import Kind
from planner.intake.address.grammar.lexicon import BARE_CITIES, BARE_COUNTIES, PROVINCES, SEPARATORS

__all__ = ["Span", "bare_names", "known_names"]

Span = tuple[int, Kind, float]
"""End, kind and score of a candidate."""

_CONTINUES: Final = re.compile(
    "[路街道巷桥]|大道|大厦|大学|银行|公司|学院|商城|[东南西北中][路街大]"
)
# `余杭|经济开发区` is one name, and so are `星桥|老市场` and `坎墩|中学`.
_TOWN_CONTINUES: Final = re.compile(
    "(?:经济|技术|科技|高新|旅游|物流|生态|新|老|[东西南北]){0,2}"
    "(?:开发区|工业区|工业园|产业园|科技园|物流园|创业园|园区|度假区)"
    "|老?(?:大?市场|汽车站|车站|火车站|中学|小学|医院|卫生院|派出所|政府)"
    "|(?:工业集中区|工业基地|小区|花园|公寓|新村|家苑|新苑|花苑|家园|大厦|广场|宾馆|大?酒店|公园|商城)"
    "|[一二三四五六七八九十](?:苑|园|村|区|小区|坊)|[门湖寺]|[内外]大?街"
)
_FEW: Final = 6  # cities and provinces that counties of one name may belong to
_SHORT: Final = {name: short for short, names in PROVINCES.items() for name in names}
_ADMIN_ENDS: Final = frozenset("市州区县旗")
_TOWN_ENDS: Final = frozenset("镇乡道木")
_NAME: Final = re.compile("[一-龥]+")
_PLAIN_ROADS: Final = frozenset({"路", "街", "大街", "大道"})
# Roads with such names are named after what stands before: `科技|园区中路` is one name.
_PLAIN_NAMES: Final = re.compile("步行街|商业街|工业路|市场路|新村路|园区|[一二三四五六七八九]号")
_NUMBERED: Final = frozenset("经纬")  # roads of a grid
_DIRECTIONS: Final = frozenset("东西南北中新一二三四五六七八九十支")


def _first_names() -> dict[str, list[tuple[str, Kind, float]]]:
    table: dict[str, list[tuple[str, Kind, float]]] = defaultdict(list)
    for short, spellings in PROVINCES.items():
        for name in spellings:
            table[name[0]].append((name, Kind.PROV, 1.6 if name == short else 4.0))
    for name in sorted(BARE_CITIES):
        table[name[0]].append((name, Kind.CITY, 1.4))
    return dict(table)


_FIRST: Final = _first_names()


def _goes_on(text: str, at: int, endings: Endings) -> bool:
    """Tell whether a name without its ending is the head of a longer one (``杭州|大厦``)."""
    if _CONTINUES.match(text, at):
        return True
    return any(
        len(word) == length for length in (1, 2) for word in endings.get(at + length, {}).values()
    )


def known_names(text: str, cuts: set[int], endings: Endings) -> dict[int, list[Span]]:
    """Find names from the list of divisions, with or without their ending.

    A county or town counts when the line names the city above it, so that the thousands of names
    that double as common words do no harm; a few counties count anywhere.

    Parameters
    ----------
    cuts : set of int
        Where a name may begin; ends of names found are cuts too.
    """
    found: dict[int, list[Span]] = {}
    above: set[str] = set()
    open_at = set(cuts)
    after_admin: set[int] = set()
    known = divisions()
    for at, char in enumerate(text):
        if at not in open_at:
            continue
        if at in after_admin and char in SEPARATORS:
            after_admin.add(at + 1)
        spans: list[Span] = []
        for name, kind, score in _FIRST.get(char, ()):
            if text.startswith(name, at):
                spans.append((at + len(name), kind, score))
                after = at + len(name)
                if text[after : after + 1] == "市" or not _goes_on(text, after, endings):
                    above.add(_SHORT.get(name, name))
        spans += _counties(text, at, above, known)
        if at in after_admin or "dist" in endings.get(at, ()):
            spans += _towns(text, at, above, known)
        for end, kind, score in spans:
            cost = 2.5 if score < 3 and _goes_on(text, end, endings) else 0.0
            found.setdefault(at, []).append((end, kind, score - cost))
            open_at.add(end)
            if kind is not Kind.TOWN:
                after_admin.add(end)
                if text[end : end + 1] in _ADMIN_ENDS:
                    after_admin.add(end + 1)
    return found


def _counties(text: str, at: int, above: set[str], known: Divisions) -> list[Span]:
    """Counties that begin here; their cities join `above`."""
    spans: list[Span] = []
    for length in known.county_lengths.get(text[at : at + 2], ()):
        name = text[at : at + length]
        cities = known.counties.get(name)
        if cities is None or at + length > len(text):
            continue
        full = name in known.official
        if cities & above:
            score = 4.0 if full else 1.5
        elif full and len(cities) == 2:
            score = 3.2  # one county of that name in the country: city and province
        elif name in BARE_COUNTIES:
            score = 1.2
        elif not full and _town_at(text, at + length, cities, known):
            score = 1.5  # `浦江|黄宅镇`: the county of a town that follows
        else:
            if full and len(cities) <= _FEW:
                above |= cities
            continue
        above |= cities
        spans.append((at + length, Kind.DIST, score))
    return spans


def _town_at(text: str, at: int, cities: frozenset[str], known: Divisions) -> bool:
    """Tell whether a town of these cities begins here, written with its ending."""
    head = text[at : at + 2]
    return any(
        len(form) > len("街道") and form[-1] in _TOWN_ENDS and text.startswith(form, at)
        for city in cities
        for form in known.towns.get(city, {}).get(head, ())
    )


def _towns(text: str, at: int, above: set[str], known: Divisions) -> list[Span]:
    """Towns of the cities named so far that begin here."""
    head = text[at : at + 2]
    forms = {form for city in above for form in known.towns.get(city, {}).get(head, ())}
    spans: list[Span] = []
    for form in sorted(forms):
        if text.startswith(form, at):
            end = at + len(form)
            if form[-1] in _TOWN_ENDS:
                spans.append((end, Kind.TOWN, 4.2))
            elif not _TOWN_CONTINUES.match(text, end):
                spans.append((end, Kind.TOWN, 1.5))
    return spans


def _before_road(text: str, end: int, size: int) -> list[tuple[int, int]]:
    """Where a road that ends here may begin, and how long a name before it may be.

    ``幸福街`` and ``纬三路`` begin three characters before, ``幸福东街`` four; before ``指山路`` a
    direction or numeral is part of the road when three characters stand there (``毛店|五指山路``).
    """
    middle = end - size - 2
    if text[end - size - 1 : end - size] in _DIRECTIONS:
        return [(middle - (text[middle : middle + 1] not in _NUMBERED), 3)]
    if text[middle - 1 : middle] in _DIRECTIONS:
        return [(middle, 2), (middle - 1, 2)]
    return [(middle, 3)]


def bare_names(text: str, cuts: set[int], endings: Endings) -> dict[int, list[Span]]:
    """Find a town or village without its ending before a road (``山王|幸福街``).

    Roads mostly have three characters, four when a direction or a long ending is in the name;
    two or three characters more than that, from a cut on, are likely a place of their own.
    """
    found: dict[int, list[Span]] = {}
    open_at = set(cuts)
    for end, kinds in endings.items():
        word = kinds.get("road", "")
        village = kinds.get("comm") == "村"
        if word not in _PLAIN_ROADS and not village:
            continue
        for middle, longest in _before_road(text, end, len(word or "村")):
            if middle < 2 or middle in endings or middle + 1 in endings:
                continue
            if not SEPARATORS.isdisjoint(text[middle:end]) or _PLAIN_NAMES.match(text, middle):
                continue
            for start, score in ((middle - 2, -0.3), (middle - 3, -0.6)):
                if (
                    middle - start <= longest
                    and start in open_at
                    and _NAME.fullmatch(text, start, middle)
                ):
                    into = found.setdefault(start, [])
                    into.append((middle, Kind.TOWN, score))
                    if not village:
                        into.append((middle, Kind.COMM, score))
                    open_at.add(middle)
    return found

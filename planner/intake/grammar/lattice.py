"""From a folded address to its lattice: every span that could be something, with a score."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final, NamedTuple

from planner.intake.grammar.divisions import Divisions, divisions
from planner.intake.grammar.labels import Kind
from planner.intake.grammar.lexicon import (
    ASSIST,
    BARE_CITIES,
    BARE_COUNTIES,
    NOISE,
    PROVINCES,
    SUFFIXES,
    TRADE_SUFFIXES,
)
from planner.intake.grammar.numbers import Number, find_numbers

__all__ = ["SEPARATORS", "Lattice", "build_lattice"]

SEPARATORS: Final = frozenset(" -_/\\,.;:()[]{}<>、。，；：（）【】《》“”‘’…?*!\"'|^~`+=&@$%·•#")

_LONGEST_PLACE = 26
_LONGEST_ADMIN = 12

Span = tuple[int, Kind, float]


class Lattice(NamedTuple):
    """All candidate spans of a line, by start."""

    cuts: list[int]
    numbers: dict[int, list[Number]]
    names: dict[int, list[Span]]
    skips: dict[int, int]
    """start -> end of separators and of words that place nothing"""


# Length of the whole name -> score, per family of endings.
_LENGTHS: Final[dict[str, tuple[float, ...]]] = {
    "city": (-9, -9, -4, 1.0, 0.5, -0.5, -1.5, -2, -2, -2, -2, -2, -2),
    "dist": (-9, -9, -3, 2.5, 2.2, 0.8, 0.0, -0.5, -1, -1, -1.5, -2, -2),
    "dev": (-9, -9, -9, 0.8, 0.8, 1.2, 1.2, 1.2, 1.0, 0.8, 0.5, 0, 0),
    "town": (-9, -9, -1.5, 2.5, 2.3, 1.2, 0.2, -0.5, -1, -2, -2.5, -3, -3),
    "street": (-9, -9, -9, 1.5, 2.8, 2.8, 1.6, 0.6, 0.0, -0.5, -1, -2, -2),
    "comm": (-9, -9, 0.0, 2.0, 2.0, 1.3, 0.5, 0.0, -0.5, -1, -1.5, -2, -2),
    "road": (-9, -9, -0.8, 2.3, 2.6, 2.2, 1.2, 0.0, -1, -2, -2.5, -3, -3),
}
_SUFFIX_SCORE: Final[dict[str, float]] = {
    "街": -0.3, "道": -1.5, "巷": -0.3, "弄": -0.8, "线": -1.5, "组": -1.0, "队": -2, "社": -4,
    "里弄": -0.5, "村": 0.0, "新村": -2.0, "屯": -0.8, "大队": -0.5, "办事处": -1.5, "乡": -0.3,
    "新区": -0.5, "工业区": -2.0, "工业园": -2.2, "工业园区": -2.0, "产业园区": -2.0, "旗": -1.0,
}  # fmt: skip
# An ending that reads otherwise because of what stands before it, or after it.
_NOT_AFTER: Final = {
    "区": re.compile("[小社园发业校厂街片库监宅务贸技住政治]区$"),
    "市": re.compile("[超城门都夜菜闹]市$"),  # unless it is that of a city: see _KNOWN
    "道": re.compile("[街人]道$"),
    "路": re.compile("[铁]路$"),
    "队": re.compile("[中大支部]队$"),
    "街": re.compile("[商]业街$"),
}
_NOT_BEFORE: Final = {
    "市": re.compile("场|民|政|委|心|府"),
    "区": re.compile("政府|委"),
    "街": re.compile("道"),
    "路": re.compile("由|灯"),
    "村": re.compile("委|民[小委]|民组|镇"),
    "镇": re.compile("政府|[海江]区|海市|江市"),
    "乡": re.compile("政府|[市县]"),
    "县": re.compile("政府|委"),
    "线": re.compile("[材缆路]"),
    "道": re.compile("口|里"),
    "社区": re.compile("居委|居民委|服务"),
    "工业园": re.compile("区"),
    "产业园": re.compile("区"),
    "科技园": re.compile("区"),
    "园": re.compile("区"),
    "州": re.compile("市"),
}
_KNOWN: Final = BARE_CITIES | BARE_COUNTIES
_TEARABLE: Final = frozenset("city dist town".split())
_INNER: Final = {
    "poi": 0.2,
    "city": 0.8,
    "dist": 1.0,
    "town": 1.6,
    "comm": 0.9,
    "road": 1.3,
    "dev": 0.6,
}
_BARE_STOP: Final = re.compile(
    "[路街道巷桥]|大道|大厦|大学|银行|公司|学院|商城|[东南西北中][路街大]"
)
_BY_LAST: Final[dict[str, list[tuple[str, str]]]] = defaultdict(list)
for _kind, _words in SUFFIXES.items():
    for _word in _words:
        _BY_LAST[_word[-1]].append((_word, _kind))
for _words_of_char in _BY_LAST.values():
    _words_of_char.sort(key=lambda pair: -len(pair[0]))
_BY_LAST = dict(_BY_LAST)
_HEADS: Final[dict[str, list[tuple[str, Kind, float]]]] = defaultdict(list)
for _short, _spellings in PROVINCES.items():
    for _name in _spellings:
        _HEADS[_name[0]].append((_name, Kind.PROV, 4.0 if _name != _short else 1.6))
for _name in sorted(BARE_CITIES):
    _HEADS[_name[0]].append((_name, Kind.CITY, 1.4))
_SHORT: Final = {name: short for short, names in PROVINCES.items() for name in names}
_ADMIN_ENDS: Final = frozenset("市州区县旗")
_HEADS = dict(_HEADS)
_ASSIST: Final = re.compile(
    "|".join(ASSIST)
    + "|(?:(?<=[路街线巷])|(?<=[^街]道))(?:[与和及跟](?=[一-龥]{1,7}[路街道巷线])|路?口)"
)
_AIMLESS: Final = re.compile(
    "(?<=[号幢栋座楼层])(?:[东南西北](?=[0-9]|$)|[内外](?=[0-9]))"
    "|(?<=[路街道线组])(?:[东南西北][侧边面]?|后|内)(?=[0-9])|" + "|".join(NOISE)
)
_TRADE: Final = tuple(TRADE_SUFFIXES)
_NEITHER: Final = tuple("厂 公司 站 基地 山庄 大队".split())


def _endings(text: str) -> dict[int, dict[str, str]]:
    """Position after an ending -> kind -> the ending (the longest of each kind)."""
    hits: dict[int, dict[str, str]] = {}
    for at, char in enumerate(text, start=1):
        for word, kind in _BY_LAST.get(char, ()):
            if kind in hits.get(at, ()) or not text.endswith(word, 0, at):
                continue
            before, after = _NOT_AFTER.get(word), _NOT_BEFORE.get(word)
            if before is not None and before.search(text, max(0, at - 3), at):
                known = text[max(0, at - 3) : at - 1] in _KNOWN or text[at - 4 : at - 1] in _KNOWN
                if word != "市" or not known:
                    continue
            if after is not None and after.match(text, at):
                continue
            hits.setdefault(at, {})[kind] = word
    return hits


def _admin_score(stem: str, kind: str, word: str, length: int) -> float | None:
    """Score a name by its ending and its length; None where it cannot be of that kind."""
    if kind == "city" and word == "州" and stem not in BARE_CITIES:
        return None
    family = "street" if word.startswith(("街道", "办事处")) else kind
    family = "road" if kind == "sroad" else family
    score = _LENGTHS[family][min(length, _LONGEST_ADMIN)] + _SUFFIX_SCORE.get(word, 0.0)
    if word == "市":
        known = stem in BARE_CITIES
        score += (2.0 if known else -0.8) if kind == "city" else (-2.5 if known else 0.0)
    if kind == "dev" and not stem:
        return 0.3 if len(word) >= 3 else None
    return score if stem or len(word) >= 4 else None


_NAME: Final = re.compile("[一-龥]+")
_PLAIN_ROADS: Final = frozenset("路 街 大街 大道".split())
_COMPASS: Final = frozenset("东西南北中")
_DIRECTIONS: Final = frozenset("东西南北中一二三四五六七八九十支")


_ADMIN: Final = {
    "city": Kind.CITY,
    "dist": Kind.DIST,
    "dev": Kind.DEV,
    "town": Kind.TOWN,
    "comm": Kind.COMM,
    "road": Kind.ROAD,
    "sroad": Kind.SROAD,
}


def _place_options(name: str, ending: str | None, closed: bool) -> list[tuple[Kind, float]]:
    """Score a stretch as a place with a name of its own."""
    length = len(name)
    if length == 1:
        return [(Kind.OTHER, -1.5)]
    short = (-9, -3.0, -0.4)[length] if length < 3 else 0.0
    if ending is None:
        open_end = 0.0 if closed else -2.0
        if not closed:
            return [
                (Kind.PLACE, short - 2.7),
                (Kind.HAMLET, short - 2.7),
                (Kind.OTHER, short * 0.5 - 2.7),
            ]
        return [
            (Kind.PLACE, short - 0.7 + open_end),
            (Kind.HAMLET, short - 0.7 + open_end),
            (Kind.SUB, short - 1.3 + open_end),
            (Kind.OTHER, short * 0.5 - 0.7 + open_end),
        ]
    worth = 0.6 if len(ending) == 1 else 1.0
    if length == len(ending):
        worth -= 0.8
    if not closed:
        worth -= 0.3 if len(ending) > 1 else 1.0
    if name.endswith(_TRADE):
        kind = Kind.TRADE
    else:
        kind = Kind.PLACE if name.endswith(_NEITHER) else Kind.HOME
    return [(kind, short + worth), (Kind.SUB, short + worth - 0.5), (Kind.OTHER, short - 0.3)]


def build_lattice(text: str) -> Lattice:
    """Collect the candidate spans of a folded line.

    Parameters
    ----------
    text : str
        Folded.

    Returns
    -------
    Lattice
        Cuts lie only after endings, around numbers, separators and known words, so their number
        grows with the number of such marks and names are bounded in length: linear in the line.
    """
    endings = _endings(text)
    numbers: dict[int, list[Number]] = defaultdict(list)
    cuts = {0, len(text)} | endings.keys()
    inner: dict[int, float] = {
        at: max(
            0.8 if kind == "poi" and len(word) > 1 else _INNER.get(kind, 0.0)
            for kind, word in kinds.items()
        )
        for at, kinds in endings.items()
    }
    for number in find_numbers(text):
        cuts.add(number.start)
        if number.unit in {"way", "site"}:
            continue
        numbers[number.start].append(number)
        cuts.add(number.end)
    skips = {at: at + 1 for at, char in enumerate(text) if char in SEPARATORS}
    names: dict[int, list[Span]] = defaultdict(list)
    assists: set[int] = set()
    for match in _AIMLESS.finditer(text):
        skips[match.start()] = match.end()
    for match in _ASSIST.finditer(text):
        names[match.start()].append((match.end(), Kind.ASSIST, 0.8))
        assists.add(match.start())
        cuts.update(match.span())
    cuts.update(skips)
    cuts.update(skips.values())
    for at, found in _heads(text, cuts, endings):
        names[at].extend(found)
        cuts.update(end for end, _, _ in found)
    _split_bare(text, endings, cuts, names)
    starts = sorted(cuts)
    closed = {
        at for at in starts if at == len(text) or at in numbers or at in skips or at in assists
    }
    groups = {at for at, found in numbers.items() if found[0].unit == "group"}
    _add_names(text, starts, endings, inner, closed, skips, names, numbers, groups)
    return Lattice(starts, dict(numbers), dict(names), skips)


def _split_bare(
    text: str, endings: dict[int, dict[str, str]], cuts: set[int], names: dict[int, list[Span]]
) -> None:
    """Offer a town or village without its ending before a road (``下沙|围垦街``).

    Roads mostly have three characters, four when a direction or a long ending is in the name;
    two or three characters more than that, from a cut on, are likely a place of their own.
    """
    for end, kinds in list(endings.items()):
        word = kinds.get("road", "")
        village = kinds.get("comm") == "村"
        if word not in _PLAIN_ROADS and not village:
            continue
        word = word or "村"
        core = 2 + len(word) + (text[end - len(word) - 1 : end - len(word)] in _DIRECTIONS)
        middle = end - core
        if (
            middle < 2
            or middle in endings
            or middle + 1 in endings
            or any(char in SEPARATORS for char in text[middle:end])
        ):
            continue
        for start in (middle - 2, middle - 3):
            if start in cuts and _NAME.fullmatch(text, max(start, 0), middle):
                score = -0.3 if start == middle - 2 else -0.6
                names[start].append((middle, Kind.TOWN, score))
                if not village:
                    names[start].append((middle, Kind.COMM, score))
                cuts.add(middle)


def _heads(
    text: str, cuts: set[int], endings: dict[int, dict[str, str]]
) -> list[tuple[int, list[Span]]]:
    """Names known from the list of divisions, with or without their ending.

    A county or town counts when the line names the city above it, so that the thousands of names
    that double as common words do no harm; a few counties count anywhere.
    """
    found: list[tuple[int, list[Span]]] = []
    above: set[str] = set()
    open_at = set(cuts)
    after_admin: set[int] = set()
    known = divisions()
    for at in range(len(text)):
        if at not in open_at:
            continue
        if at in after_admin and text[at] in SEPARATORS:
            after_admin.add(at + 1)
        spans: list[Span] = []
        for name, kind, score in _HEADS.get(text[at], ()):
            if text.startswith(name, at):
                spans.append((at + len(name), kind, score))
                if not _goes_on(text, at + len(name), endings):
                    above.add(_SHORT.get(name, name))
        spans += _known_counties(text, at, above, known)
        if at in after_admin:
            spans += _known_towns(text, at, above, known)
        checked = [
            (end, kind, score - 2.5 * (score < 3 and _goes_on(text, end, endings)))
            for end, kind, score in spans
        ]
        if checked:
            found.append((at, checked))
        for end, kind, _ in checked:
            open_at.add(end)
            if kind is not Kind.TOWN:
                after_admin.update((end, end + 1) if text[end : end + 1] in _ADMIN_ENDS else (end,))
    return found


def _goes_on(text: str, at: int, endings: dict[int, dict[str, str]]) -> bool:
    """Tell whether a name without its ending is the head of a longer one (``杭州|大厦``)."""
    if _BARE_STOP.match(text, at):
        return True
    return any(
        len(word) == length for length in (1, 2) for word in endings.get(at + length, {}).values()
    )


def _known_counties(text: str, at: int, above: set[str], known: Divisions) -> list[Span]:
    spans: list[Span] = []
    for length in range(2, 12):
        name = text[at : at + length]
        cities = known.counties.get(name)
        if cities is None or len(name) < length:
            continue
        full = name in known.official
        if cities & above:
            above |= cities
            spans.append((at + length, Kind.DIST, 4.0 if full else 1.5))
        elif full and len(cities) == 2:
            # Unmistakable by itself: one county of that name in the country.
            above |= cities
            spans.append((at + length, Kind.DIST, 3.2))
        elif name in BARE_COUNTIES:
            above |= cities
            spans.append((at + length, Kind.DIST, 1.2))
    return spans


def _known_towns(text: str, at: int, above: set[str], known: Divisions) -> list[Span]:
    head = text[at : at + 2]
    forms = {form for city in above for form in known.towns.get(city, {}).get(head, ())}
    return [
        (at + len(form), Kind.TOWN, 4.2 if form[-1] in "镇乡道木" else 1.5)
        for form in sorted(forms)
        if text.startswith(form, at)
    ]


def _add_names(
    text: str,
    starts: list[int],
    endings: dict[int, dict[str, str]],
    inner: dict[int, float],
    closed: set[int],
    skips: dict[int, int],
    names: dict[int, list[Span]],
    numbers: dict[int, list[Number]],
    groups: set[int],
) -> None:
    """Add every stretch between two cuts that holds no separator, with what it could be."""
    inside = {at for at in starts if at and at - 1 not in skips}
    for i, start in enumerate(starts):
        if start in skips:
            continue
        crossed = 0.0
        if start in numbers:
            crossed = 1.5 if numbers[start][0].unit == "bare" else 3.5
        if start and (torn := endings.get(start + 1)) and not _TEARABLE.isdisjoint(torn):
            crossed += 1.5
        for end in starts[i + 1 :]:
            length = end - start
            if length > _LONGEST_PLACE:
                if end == starts[i + 1]:
                    names[start].append((end, Kind.OTHER, -6.0))
                break
            name = text[start:end]
            kinds = endings.get(end, {})
            into = names[start]
            if length <= _LONGEST_ADMIN:
                for kind, word in kinds.items():
                    if kind not in _ADMIN:
                        continue
                    score = _admin_score(name[: -len(word)], kind, word, length)
                    if score is not None:
                        torn_off = kind == "road" and start in inside and name[0] in _COMPASS
                        aside = 4.0 * (torn_off and length <= len(word) + 1)
                        into.append((end, _ADMIN[kind], score - crossed - aside))
                        if kind == "road":
                            into.append((end, Kind.SROAD, score - crossed))
            if end in groups and 2 <= length <= 4 and "comm" not in kinds:
                into.append((end, Kind.COMM, 0.6 - crossed))
            ending = kinds.get("poi")
            for place, score in _place_options(name, ending, end in closed):
                into.append((end, place, score - crossed))
            if ending is None and "spoi" in kinds:
                into.append((end, Kind.SUB, 0.4 - crossed))
            if end in skips:
                break
            if length >= 2:
                crossed += inner.get(end, 0.0)
            if end in closed:
                crossed += 1.8

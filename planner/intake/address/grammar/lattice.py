"""From a folded address to its lattice: every span that could be something, with a score."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from planner.intake.address.grammar.endings import (
    LONGEST_ADMIN,
    NO_ENDING,
    Endings,
    admin_options,
    crossing_cost,
    find_endings,
    is_torn,
    place_class,
    place_options,
)
from planner.intake.address.grammar.known import Span, bare_names, known_names
from planner.intake.address.grammar.labels import Kind
from planner.intake.address.grammar.lexicon import ASSIST, NOISE, SEPARATORS, words
from planner.intake.address.grammar.numbers import Number, find_numbers
from planner.intake.address.grammar.readings import Options

__all__ = ["Lattice", "build_lattice"]

_LONGEST_PLACE: Final = 20
_CROSS_NUMBER: Final = 1.8
_HOPELESS: Final = 3.8
_WORST: Final = -3.5
_LAST_RESORT: Final = -6.0
# `某镇|南大街`, `某村|西路`, but `中关村南大街`.
_CLOSED: Final = re.compile("(?<=[镇乡])|(?<=村).(?!大)")
# A name that is known outweighs whatever its characters could be taken apart into.
_KNOWN: Final = 4.0
_KNOWN_CHARACTER: Final = 0.8
_UNOFFICIAL: Final = {"poi", "spoi"}
_ASSIST: Final = re.compile(
    "|".join(words(ASSIST))
    + "|(?:(?<=[路街线巷])|(?<=[^街]道))(?:[与和及跟](?=[一-龥]{1,7}[路街道巷线])|路?口)"
)
_AIMLESS: Final = re.compile(
    "(?<=[号幢栋座楼层])(?:[东南西北](?=[0-9]|$)|[内外](?=[0-9]))"
    "|(?<=[路街道线组])(?:[东南西北][侧边面]?|后|内)(?=[0-9])|" + "|".join(words(NOISE))
)


@dataclass(eq=False)
class Lattice:
    """All candidate spans of a line, by start.

    Parameters
    ----------
    text : str
        The folded line.
    cuts : list of int
        Where spans may begin and end, ascending.
    numbers : dict of int to list of Number
        Numeric elements.
    names : dict of int to list of Span
        Names and words.
    skips : dict of int to int
        Start -> end of separators and of words that place nothing.
    """

    text: str
    cuts: list[int] = field(default_factory=list)
    numbers: dict[int, list[Number]] = field(default_factory=lambda: defaultdict(list))
    names: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    skips: dict[int, int] = field(default_factory=dict)


def build_lattice(text: str, known: Sequence[tuple[int, int, Kind]] = ()) -> Lattice:
    """Collect the candidate spans of a folded line.

    Parameters
    ----------
    known : sequence of (int, int, Kind), optional
        Names that are known to stand in it: start, end and kind.

    Returns
    -------
    Lattice
        Cuts lie only after endings, around numbers, separators and known words, so their number
        grows with the number of such marks and names are bounded in length: linear in the line.
    """
    lattice = Lattice(text)
    endings = find_endings(text)
    cuts = {0, len(text), *endings}
    for number in find_numbers(text):
        cuts.add(number.start)
        side = number.start - 1
        if number.unit == "bld" and side > 0 and text[side] in "东西南北中":
            # `阳光小区西3栋`: the west part of the estate.
            cuts.add(side)
            lattice.names[side] += [(side + 1, Kind.SUB, 1.5), (side + 1, Kind.WING, 1.5)]
        if number.unit == "site" and "road" in endings.get(number.start, ()):
            # `南环路29号矿东新村`: right behind a road the number is that on the road.
            end = text.index("号", number.start) + 1
            number = number._replace(end=end, unit="hao", tail="hao")
        if number.unit not in {"way", "site"}:
            lattice.numbers[number.start].append(number)
            cuts.add(number.end)
    lattice.skips = {at: at + 1 for at, char in enumerate(text) if char in SEPARATORS}
    lattice.skips.update(match.span() for match in _AIMLESS.finditer(text))
    closed = {len(text), *lattice.numbers, *lattice.skips}
    for match in _ASSIST.finditer(text):
        lattice.names[match.start()].append((match.end(), Kind.ASSIST, 0.8))
        closed.add(match.start())
        cuts.update(match.span())
    cuts.update(lattice.skips, lattice.skips.values())
    for search in (known_names, bare_names):
        for start, spans in search(text, cuts, endings).items():
            lattice.names[start] += spans
            cuts.update(end for end, _, _ in spans)
    for start, end, kind in known:
        lattice.names[start].append((end, kind, _KNOWN + _KNOWN_CHARACTER * (end - start)))
        cuts.update((start, end))
    lattice.cuts = sorted(cuts)
    _add_names(lattice, endings, closed)
    return lattice


class _End(NamedTuple):
    """What a name that ends at a cut needs to know about that cut."""

    at: int
    places: tuple[Options, ...]
    """What a named place is worth that ends here, by its length."""
    official: bool
    """Whether more can end here: an administrative place, a road, a part, a village."""
    admin: dict[str, str] | None
    """Endings of administrative places and roads."""
    group: bool
    """Whether a numbered group follows (``王庄|3组``) and no village ends here."""
    part: bool
    """Whether only the part of a place ends so (``东区``)."""
    closed: bool
    crossing: float
    last: bool
    """Whether no name runs on from here."""


@lru_cache(maxsize=1024)
def _by_length(sort: tuple[Kind, int], closed: bool) -> tuple[Options, ...]:
    return ((), *(place_options(n, sort, closed) for n in range(1, _LONGEST_PLACE + 1)))


def _ends(lattice: Lattice, endings: Endings, closed: set[int]) -> list[_End]:
    groups = {at for at, found in lattice.numbers.items() if found[0].unit == "group"}
    text, skips = lattice.text, lattice.skips
    ends: list[_End] = []
    for at in lattice.cuts:
        kinds = endings.get(at)
        shut = at in closed
        crossing = _CROSS_NUMBER if shut else 0.0
        sort, admin, part, group = NO_ENDING, None, False, at in groups
        if kinds is not None:
            ending = kinds.get("poi")
            sort = place_class(text, ending, at)
            admin = kinds if not kinds.keys() <= _UNOFFICIAL else None
            part = ending is None and "spoi" in kinds
            group = group and "comm" not in kinds
            crossing += crossing_cost(kinds)
        official = admin is not None or group or part
        places = _by_length(sort, shut)
        ends.append(_End(at, places, official, admin, group, part, shut, crossing, at in skips))
    return ends


def _start_cost(lattice: Lattice, endings: Endings, start: int) -> float:
    """Give what a name pays for beginning with a number or with a torn-off ending."""
    cost = 1.5 if is_torn(endings, start) else 0.0
    numbers = lattice.numbers.get(start)
    if numbers:
        cost += 1.5 if numbers[0].unit == "bare" else 3.5
    return cost


def _add_names(lattice: Lattice, endings: Endings, closed: set[int]) -> None:
    """Add every stretch between two cuts that holds no separator, with what it could be."""
    text, skips = lattice.text, lattice.skips
    ends = _ends(lattice, endings, closed)
    for i, start in enumerate(lattice.cuts[:-1], start=1):
        if start in skips:
            continue
        crossed = _start_cost(lattice, endings, start)
        inside = start > 0 and start - 1 not in skips and not _CLOSED.match(text, start)
        into = lattice.names[start]
        # So that every cut can be reached: a line of nonsense has a reading too.
        into.append((ends[i].at, Kind.OTHER, _LAST_RESORT))
        for end in ends[i:]:
            at, places, official, _, _, _, shut, crossing, last = end
            length = at - start
            if length > _LONGEST_PLACE or crossed > _HOPELESS:
                break
            worst = _WORST + crossed
            for kind, score in places[length]:
                if score > worst:
                    into.append((at, kind, score - crossed))
            if official:
                for kind, score in _official(text, start, end, inside):
                    if score > worst:
                        into.append((at, kind, score - crossed))
            if last:
                break
            if length >= 2:
                crossed += crossing
            elif shut:
                crossed += _CROSS_NUMBER


def _official(text: str, start: int, end: _End, inside: bool) -> list[tuple[Kind, float]]:
    """List what the stretch from `start` to `end` could be besides a named place."""
    length = end.at - start
    options: list[tuple[Kind, float]] = []
    if end.admin is not None and length <= LONGEST_ADMIN:
        options = admin_options(text[start : end.at], end.admin, inside=inside)
    if end.group and 2 <= length <= 4:
        options.append((Kind.COMM, 0.6))
    if end.part:
        options += [(Kind.SUB, 0.4), (Kind.WING, 0.4)]
    return options

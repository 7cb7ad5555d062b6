"""From a folded address to its lattice: every span that could be something, with a score."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from planner.intake.grammar.endings import (
    LONGEST_ADMIN,
    Endings,
    admin_options,
    crossing_cost,
    find_endings,
    is_torn,
    place_options,
)
from planner.intake.grammar.known import Span, bare_names, known_names
from planner.intake.grammar.labels import Kind
from planner.intake.grammar.lexicon import ASSIST, NOISE, SEPARATORS, words
from planner.intake.grammar.numbers import Number, find_numbers

__all__ = ["Lattice", "build_lattice"]

_LONGEST_PLACE: Final = 26
_CROSS_NUMBER: Final = 1.8
_HOPELESS: Final = 5.1
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
    lattice = Lattice(text)
    endings = find_endings(text)
    cuts = {0, len(text), *endings}
    for number in find_numbers(text):
        cuts.add(number.start)
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
    lattice.cuts = sorted(cuts)
    _add_names(lattice, endings, closed)
    return lattice


def _start_cost(lattice: Lattice, endings: Endings, start: int) -> float:
    """Give what a name pays for beginning with a number or with a torn-off ending."""
    cost = 1.5 if is_torn(endings, start) else 0.0
    numbers = lattice.numbers.get(start)
    if numbers:
        cost += 1.5 if numbers[0].unit == "bare" else 3.5
    return cost


def _add_names(lattice: Lattice, endings: Endings, closed: set[int]) -> None:
    """Add every stretch between two cuts that holds no separator, with what it could be."""
    text, cuts, skips = lattice.text, lattice.cuts, lattice.skips
    groups = {at for at, found in lattice.numbers.items() if found[0].unit == "group"}
    costs = {at: crossing_cost(kinds) for at, kinds in endings.items()}
    nothing: dict[str, str] = {}
    for i, start in enumerate(cuts):
        if start in skips:
            continue
        crossed = _start_cost(lattice, endings, start)
        inside = start > 0 and start - 1 not in skips
        into = lattice.names[start]
        for end in cuts[i + 1 :]:
            length = end - start
            if length > _LONGEST_PLACE or crossed > _HOPELESS:
                if end == cuts[i + 1]:
                    into.append((end, Kind.OTHER, -6.0))
                break
            name = text[start:end]
            kinds = endings.get(end, nothing)
            if kinds and length <= LONGEST_ADMIN:
                for kind, score in admin_options(name, kinds, inside=inside):
                    into.append((end, kind, score - crossed))
            if end in groups and 2 <= length <= 4 and "comm" not in kinds:
                into.append((end, Kind.COMM, 0.6 - crossed))
            ending = kinds.get("poi")
            for kind, score in place_options(name, ending, end in closed):
                into.append((end, kind, score - crossed))
            if ending is None and "spoi" in kinds:
                into += [(end, Kind.SUB, 0.4 - crossed), (end, Kind.WING, 0.4 - crossed)]
            if end in skips:
                break
            if length >= 2:
                crossed += costs.get(end, 0.0)
            if end in closed:
                crossed += _CROSS_NUMBER

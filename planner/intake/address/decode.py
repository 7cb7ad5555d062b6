"""The best reading of a lattice: one pass of dynamic programming over its cuts."""

from __future__ import annotations

from typing import Final, NamedTuple

from planner.intake.address.grammar.labels import IMPOSSIBLE, PRECEDES, Kind
from planner.intake.address.grammar.lattice import Lattice
from planner.intake.address.grammar.numbers import Number
from planner.intake.address.grammar.readings import readings

__all__ = ["Piece", "best_path"]


class Piece(NamedTuple):
    """One labelled span of the best reading."""

    start: int
    end: int
    kind: Kind


# Score so far, cut it came from, kind it came from, whether a piece lies between.
State = tuple[float, int, Kind, bool]

_BEAM: Final = 4.5


def best_path(lattice: Lattice) -> list[Piece]:
    """Find the best reading of a lattice (Viterbi's algorithm on a semi-Markov chain).

    Readings that trail the best one at the same cut by more than any later transition can win
    back are dropped on the way.

    Returns
    -------
    list of Piece
        From left to right, disjoint; separators and noise words are in none.
    """
    table: dict[int, dict[Kind, State]] = {cut: {} for cut in lattice.cuts}
    table[0][Kind.START] = (0.0, -1, Kind.START, False)
    end_of_text = lattice.cuts[-1]
    names, numbers, skips = lattice.names, lattice.numbers, lattice.skips
    for start in lattice.cuts:
        row = table[start]
        if not row or start == end_of_text:
            continue
        floor = max([state[0] for state in row.values()]) - _BEAM
        worst = floor - _BEAM
        live = [(kind, state[0]) for kind, state in row.items() if state[0] >= floor]
        if start in skips:
            _carry(table[skips[start]], live, start)
        for number in numbers.get(start, ()):
            _add_number(table[number.end], live, number, start)
        # The best way to arrive at a name of each kind does not depend on where the name ends.
        arrivals: dict[Kind, tuple[float, Kind]] = {}
        for end, kind, worth in names.get(start, ()):
            if kind in arrivals:
                score, came = arrivals[kind]
            else:
                score, came = arrivals[kind] = _arrival(live, PRECEDES[kind])
            score += worth
            if score > worst:
                ahead = table[end]
                if kind not in ahead or score > ahead[kind][0]:
                    ahead[kind] = (score, start, came, True)
    return _trace(table, end_of_text)


def _arrival(live: list[tuple[Kind, float]], column: list[float]) -> tuple[float, Kind]:
    """Find the kind before from which a kind is best reached: the score there, and that kind."""
    best, came = IMPOSSIBLE, Kind.START
    for before, score in live:
        score += column[before]
        if score > best:
            best, came = score, before
    return best, came


def _carry(ahead: dict[Kind, State], live: list[tuple[Kind, float]], start: int) -> None:
    for kind, score in live:
        old = ahead.get(kind)
        if old is None or score > old[0]:
            ahead[kind] = (score, start, kind, False)


def _add_number(
    ahead: dict[Kind, State], live: list[tuple[Kind, float]], number: Number, start: int
) -> None:
    for before, score in live:
        for kind, worth in readings(before, number):
            old = ahead.get(kind)
            if old is None or score + worth > old[0]:
                ahead[kind] = (score + worth, start, before, True)


def _trace(table: dict[int, dict[Kind, State]], end: int) -> list[Piece]:
    row = table.get(end)
    if not row:
        return []
    kind = max(row, key=lambda k: (row[k][0], -k))
    pieces: list[Piece] = []
    while end > 0:
        _, start, before, piece = table[end][kind]
        if piece:
            pieces.append(Piece(start, end, kind))
        end, kind = start, before
    pieces.reverse()
    return pieces

"""The best reading of a lattice: one pass of dynamic programming over its cuts."""

from __future__ import annotations

from typing import Final, NamedTuple

from planner.intake.grammar.labels import FOLLOWS, IMPOSSIBLE, Kind
from planner.intake.grammar.lattice import Lattice
from planner.intake.grammar.numbers import Number

__all__ = ["Piece", "best_path"]


class Piece(NamedTuple):
    """One labelled span of the best reading."""

    start: int
    end: int
    kind: Kind


_K = Kind
_UNITED: Final[dict[str, tuple[tuple[Kind, float], ...]]] = {
    "bld": ((_K.BLD, 2.0),),
    "cell": ((_K.CELL, 2.5),),
    "flr": ((_K.FLR, 2.0), (_K.BLD, -0.3)),
    "room": ((_K.ROOM, 2.0),),
    "nong": ((_K.RNO, 2.0),),
    "zone": ((_K.SUB, 1.5),),
    "gate": ((_K.SUB, 0.5),),
    "group": ((_K.ROAD, 1.2),),
    "far": ((_K.ASSIST, 1.0),),
}

Options = tuple[tuple[Kind, float], ...]


# Kind before -> readings of a bare number: dashed on, up to two characters, three and more.
_BARE: Final[dict[Kind, tuple[Options, Options, Options]]] = {
    _K.ROAD: (((_K.RNO, 2.0),), ((_K.RNO, 2.0),), ((_K.RNO, 2.0),)),
    _K.SROAD: (((_K.RNO, 2.0),), ((_K.RNO, 2.0),), ((_K.RNO, 2.0),)),
    _K.RNO: (((_K.BLD, 1.0),), ((_K.BLD, 1.0),), ((_K.ROOM, 1.0), (_K.BLD, 0.0))),
    _K.HOME: (((_K.BLD, 2.0),), ((_K.BLD, 1.5),), ((_K.ROOM, 1.0), (_K.BLD, 0.3))),
    _K.TRADE: (((_K.BLD, 1.2),), ((_K.BLD, 0.8),), ((_K.ROOM, 1.5),)),
    _K.PLACE: (((_K.BLD, 1.2),), ((_K.BLD, 0.8), (_K.RNO, 0.3)), ((_K.ROOM, 0.6), (_K.RNO, 0.3))),
    _K.HAMLET: (((_K.BLD, 0.8), (_K.RNO, 0.8)), ((_K.RNO, 1.0),), ((_K.RNO, 1.2),)),
    _K.SUB: (((_K.BLD, 1.8),), ((_K.BLD, 1.3),), ((_K.ROOM, 1.2),)),
    _K.BLD: (((_K.CELL, 1.5),), ((_K.CELL, 0.8), (_K.ROOM, 0.5)), ((_K.ROOM, 1.8),)),
    _K.CELL: (((_K.FLR, 0.0), (_K.ROOM, 0.5)), ((_K.ROOM, 1.5),), ((_K.ROOM, 1.8),)),
    _K.FLR: (((_K.ROOM, 0.5),), ((_K.ROOM, 1.5),), ((_K.ROOM, 1.8),)),
    _K.ROOM: (((_K.OTHER, -1.0),), ((_K.OTHER, -1.0),), ((_K.OTHER, -1.0),)),
    _K.COMM: (((_K.RNO, 1.0),), ((_K.RNO, 1.0),), ((_K.RNO, 1.0),)),
    _K.OTHER: (((_K.BLD, 0.0),), ((_K.BLD, 0.0),), ((_K.ROOM, 0.5),)),
    _K.DEV: (((_K.RNO, 0.0),), ((_K.RNO, 0.0),), ((_K.RNO, 0.0),)),
    _K.TOWN: (((_K.RNO, 0.0),), ((_K.RNO, 0.0),), ((_K.RNO, 0.0),)),
    _K.ASSIST: (((_K.RNO, -0.5),), ((_K.RNO, -0.5),), ((_K.ROOM, -0.5), (_K.RNO, -0.5))),
}
_BARE_ELSE: Final[Options] = ((_K.BLD, -2.0), (_K.RNO, -2.0), (_K.OTHER, -2.0))
# Kind before -> readings of `N号`: up to two characters, three and more.
_HAO: Final[dict[Kind, tuple[Options, Options]]] = {
    _K.ROAD: (((_K.RNO, 2.5),), ((_K.RNO, 2.5),)),
    _K.SROAD: (((_K.RNO, 2.5),), ((_K.RNO, 2.5),)),
    _K.COMM: (((_K.RNO, 1.5),), ((_K.RNO, 1.5),)),
    _K.DEV: (((_K.RNO, 1.0),), ((_K.RNO, 1.0),)),
    _K.TOWN: (((_K.RNO, 1.0),), ((_K.RNO, 1.0),)),
    _K.DIST: (((_K.RNO, 0.0),), ((_K.RNO, 0.0),)),
    _K.RNO: (((_K.BLD, 1.2),), ((_K.BLD, 1.0),)),
    _K.HOME: (((_K.BLD, 1.0),), ((_K.BLD, 0.9), (_K.RNO, 0.4))),
    _K.TRADE: (((_K.ROOM, 0.6), (_K.RNO, 0.4)), ((_K.ROOM, 0.7), (_K.RNO, 0.5))),
    _K.PLACE: (((_K.RNO, 0.8), (_K.BLD, 0.5)), ((_K.RNO, 1.0), (_K.BLD, 0.4))),
    _K.HAMLET: (((_K.RNO, 1.2),), ((_K.RNO, 1.4),)),
    _K.SUB: (((_K.BLD, 0.8),), ((_K.ROOM, 0.8), (_K.BLD, 0.5))),
    _K.BLD: (((_K.CELL, 0.8), (_K.ROOM, 0.6)), ((_K.ROOM, 1.0), (_K.CELL, 0.4))),
    _K.CELL: (((_K.ROOM, 1.2),), ((_K.ROOM, 1.5),)),
    _K.FLR: (((_K.ROOM, 1.5),), ((_K.ROOM, 1.5),)),
    _K.ROOM: (((_K.OTHER, -1.0),), ((_K.OTHER, -1.0),)),
    _K.OTHER: (((_K.ROOM, 0.3), (_K.RNO, 0.0)), ((_K.ROOM, 0.5), (_K.RNO, 0.2))),
    _K.ASSIST: (((_K.RNO, 0.8),), ((_K.RNO, 0.8),)),
}
_HAO_ELSE: Final[Options] = ((_K.RNO, -1.5), (_K.OTHER, -2.0))
# Kind before -> readings of a whole dashed chain without unit.
_WHOLE: Final[dict[Kind, Options]] = {
    _K.ROAD: ((_K.RNO, 0.5),),
    _K.SROAD: ((_K.RNO, 0.5),),
    _K.FLR: ((_K.ROOM, 2.5),),
    _K.CELL: ((_K.ROOM, 1.0),),
    _K.TRADE: ((_K.ROOM, 0.8),),
}


def _readings(before: Kind, number: Number) -> Options:
    """List what a number may be after a span of kind `before`, with scores."""
    if number.unit == "lane":
        return ((_K.CELL, 1.5),) if before in (_K.FLR, _K.BLD, _K.SUB, _K.OTHER) else ()
    if number.digits >= 7 and number.unit == "bare" and not number.whole:
        return ((_K.OTHER, 0.0),)
    if number.unit in _UNITED:
        follows = FOLLOWS[before]
        return tuple((kind, score + follows[kind]) for kind, score in _UNITED[number.unit])
    if number.unit == "hao":
        if number.whole:
            if before in (_K.ROAD, _K.SROAD, _K.COMM, _K.TOWN, _K.DEV):
                return ((_K.RNO, 3.5 if number.even or number.tail != "hao" else 1.5),)
            paired = number.even and number.digits >= 7 and before in (_K.BLD, _K.CELL, _K.RNO)
            return ((_K.ROOM, 5.0 if paired else 0.3),)
        options = _HAO.get(before)
        found = _HAO_ELSE if options is None else options[number.digits >= 3]
        if before is _K.BLD and number.dashed:
            return ((_K.CELL, 1.5),)
        return found
    if number.whole:
        if number.even and before in (_K.ROAD, _K.SROAD):
            return ((_K.RNO, 3.5),)
        if number.even and number.digits >= 7 and before in (_K.BLD, _K.CELL):
            return ((_K.ROOM, 5.0),)
        return _WHOLE.get(before, ())
    options3 = _BARE.get(before)
    if options3 is None:
        return _BARE_ELSE
    if number.dashed:
        return options3[0]
    return options3[1 if number.digits <= 2 else 2]


State = tuple[float, int, Kind, bool]


def best_path(lattice: Lattice) -> list[Piece]:
    """Find the best reading of a lattice (Viterbi's algorithm on a semi-Markov chain).

    Parameters
    ----------
    lattice : Lattice
        Candidate spans of one line.

    Returns
    -------
    list of Piece
        From left to right, disjoint; separators and noise words are in none.
    """
    table: dict[int, dict[Kind, State]] = {0: {_K.START: (0.0, -1, _K.START, False)}}
    end_of_text = lattice.cuts[-1]

    def offer(at: int, kind: Kind, state: State) -> None:
        row = table.setdefault(at, {})
        old = row.get(kind)
        if old is None or state[0] > old[0]:
            row[kind] = state

    for start in lattice.cuts:
        row = table.get(start)
        if not row or start == end_of_text:
            continue
        skip = lattice.skips.get(start)
        names = lattice.names.get(start, ())
        numbers = lattice.numbers.get(start, ())
        for before, (score, *_rest) in list(row.items()):
            if skip is not None:
                offer(skip, before, (score, start, before, False))
            follows = FOLLOWS[before]
            for number in numbers:
                for kind, worth in _readings(before, number):
                    offer(number.end, kind, (score + worth, start, before, True))
            for end, kind, worth in names:
                step = follows[kind]
                if step > IMPOSSIBLE:
                    offer(end, kind, (score + worth + step, start, before, True))
    return _trace(table, end_of_text)


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

"""The best reading of a lattice: one pass of dynamic programming over its cuts."""

from __future__ import annotations

from typing import Final, NamedTuple

from planner.intake.grammar.labels import FOLLOWS, IMPOSSIBLE, PRECEDES, Kind
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
    "zone": ((_K.SUB, 1.5), (_K.WING, 1.5)),
    "gate": ((_K.SUB, 0.5), (_K.WING, 0.5)),
    "group": ((_K.ROAD, 1.2),),
    "far": ((_K.ASSIST, 1.0),),
}

Options = tuple[tuple[Kind, float], ...]


# Kind before -> readings of a bare number: dashed on, up to two characters, three and more.
_BARE: Final[dict[Kind, tuple[Options, Options, Options]]] = {
    _K.START: (((_K.BLD, 0.0),), ((_K.OTHER, -1.0),), ((_K.OTHER, -1.0),)),
    _K.ROAD: (((_K.RNO, 2.0),), ((_K.RNO, 2.0),), ((_K.RNO, 2.0),)),
    _K.SROAD: (((_K.RNO, 2.0),), ((_K.RNO, 2.0),), ((_K.RNO, 2.0),)),
    _K.RNO: (((_K.BLD, 1.0),), ((_K.BLD, 1.0),), ((_K.ROOM, 1.0), (_K.BLD, 0.0))),
    _K.HOME: (((_K.BLD, 2.0),), ((_K.BLD, 1.5),), ((_K.ROOM, 1.0), (_K.BLD, 0.3))),
    _K.TRADE: (((_K.BLD, 1.2),), ((_K.BLD, 0.8),), ((_K.ROOM, 1.5),)),
    _K.PLACE: (((_K.BLD, 1.2),), ((_K.BLD, 0.8), (_K.RNO, 0.3)), ((_K.ROOM, 0.6), (_K.RNO, 0.3))),
    _K.HAMLET: (((_K.BLD, 0.8), (_K.RNO, 0.8)), ((_K.RNO, 1.0),), ((_K.RNO, 1.2),)),
    _K.SUB: (((_K.BLD, 1.8),), ((_K.BLD, 1.3),), ((_K.ROOM, 1.2),)),
    _K.WING: (((_K.BLD, 1.8),), ((_K.BLD, 1.0),), ((_K.ROOM, 1.4),)),
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
    _K.SUB: (((_K.BLD, 0.8),), ((_K.BLD, 0.8), (_K.ROOM, 0.5))),
    _K.WING: (((_K.BLD, 0.8),), ((_K.ROOM, 0.9),)),
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


_ON_ROAD: Final = frozenset({_K.ROAD, _K.SROAD, _K.COMM, _K.TOWN, _K.DEV})
_INSIDE: Final = frozenset({_K.BLD, _K.CELL, _K.FLR, _K.RNO})
_NAMED: Final = frozenset({_K.HAMLET, _K.PLACE, _K.TRADE, _K.HOME, _K.SUB, _K.WING})
_MARKET: Final = frozenset({_K.TRADE, _K.SUB, _K.WING})
_LANES: Final = frozenset({_K.FLR, _K.BLD, _K.SUB, _K.WING, _K.TRADE, _K.OTHER})


def _whole_chain(before: Kind, number: Number) -> Options:
    """Read two dashed elements as one number: a range on a road, a pair of rooms inside."""
    if number.unit == "hao" and before in _ON_ROAD:
        return ((_K.RNO, 3.5 if number.even or number.tail != "hao" else 1.5),)
    if number.even and before in (_K.ROAD, _K.SROAD):
        return ((_K.RNO, 3.5),)
    rooms = number.even and number.digits >= 7
    if rooms and (before in _INSIDE or (before in _MARKET and number.unit != "bare")):
        return ((_K.ROOM, 6.0),)
    if number.unit == "hao":
        return ((_K.ROOM, 2.8 if number.even and before in _MARKET else 0.3),)
    if number.unit == "bare":
        return _WHOLE.get(before, ())
    return _united(before, number.unit)


def _united(before: Kind, unit: str) -> Options:
    follows = FOLLOWS[before]
    return tuple((kind, score + follows[kind]) for kind, score in _UNITED.get(unit, ()))


def _readings(before: Kind, number: Number) -> Options:
    """List what a number may be after a span of kind `before`, with scores."""
    unit = number.unit
    if number.whole:
        return _whole_chain(before, number)
    if unit == "lane":
        return ((_K.CELL, 1.5),) if before in _LANES else ()
    if unit == "hao":
        return _numbered(before, number)
    if unit != "bare":
        return _united(before, unit)
    if number.digits >= 7:
        return ((_K.OTHER, 0.0),)
    if number.deep and number.dashed and number.tail != "hao" and before in (_K.COMM, _K.HAMLET):
        return ((_K.BLD, 1.5),)
    if number.lettered and before in (_K.HAMLET, _K.PLACE):
        before = _K.HOME
    options = _BARE.get(before)
    if options is None:
        return _BARE_ELSE
    return options[0 if number.dashed else 1 if number.digits <= 2 else 2]


def _numbered(before: Kind, number: Number) -> Options:
    """Read `N号`, the unit that means most things."""
    if before is _K.BLD and number.dashed:
        return ((_K.CELL, 1.5),)
    if number.fronts and before in _NAMED:
        return ((_K.RNO, 1.2),)
    if number.leads and before in _NAMED:
        return ((_K.BLD, 1.2),)
    options = _HAO.get(before)
    return _HAO_ELSE if options is None else options[number.digits >= 3]


State = tuple[float, int, Kind, bool]
"""Score so far, cut it came from, kind it came from, whether a piece lies between."""

_BEAM: Final = 4.5


def best_path(lattice: Lattice) -> list[Piece]:
    """Find the best reading of a lattice (Viterbi's algorithm on a semi-Markov chain).

    Readings that trail the best one at the same cut by more than any later transition can win
    back are dropped on the way.

    Parameters
    ----------
    lattice : Lattice
        Candidate spans of one line.

    Returns
    -------
    list of Piece
        From left to right, disjoint; separators and noise words are in none.
    """
    table: dict[int, dict[Kind, State]] = {cut: {} for cut in lattice.cuts}
    table[0][_K.START] = (0.0, -1, _K.START, False)
    end_of_text = lattice.cuts[-1]
    for start in lattice.cuts:
        row = table[start]
        if not row or start == end_of_text:
            continue
        floor = max(state[0] for state in row.values()) - _BEAM
        worst = floor - _BEAM
        live = [(kind, state[0]) for kind, state in row.items() if state[0] >= floor]
        skip = lattice.skips.get(start)
        if skip is not None:
            _carry(table[skip], live, start)
        for number in lattice.numbers.get(start, ()):
            _add_number(table[number.end], live, number, start)
        # The best way to arrive at a name of each kind does not depend on where the name ends.
        arrivals: dict[Kind, tuple[float, Kind]] = {}
        for end, kind, worth in lattice.names.get(start, ()):
            arrival = arrivals.get(kind)
            if arrival is None:
                arrival = arrivals[kind] = _arrival(live, PRECEDES[kind])
            best = arrival[0] + worth
            if best > worst:
                ahead = table[end]
                old = ahead.get(kind)
                if old is None or best > old[0]:
                    ahead[kind] = (best, start, arrival[1], True)
    return _trace(table, end_of_text)


def _arrival(live: list[tuple[Kind, float]], column: list[float]) -> tuple[float, Kind]:
    """Find the kind before from which a kind is best reached: the score there, and that kind."""
    best, came = IMPOSSIBLE, Kind.START
    for before, score in live:
        total = score + column[before]
        if total > best:
            best, came = total, before
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
        for kind, worth in _readings(before, number):
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

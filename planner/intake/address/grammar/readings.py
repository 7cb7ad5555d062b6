"""What a number may be, after what stands before it: hand-set tables of log-odds."""

from __future__ import annotations

from typing import Final

from planner.intake.address.grammar.labels import FOLLOWS, Kind
from planner.intake.address.grammar.numbers import Number

__all__ = ["Options", "readings"]

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
"""Kinds with their scores."""

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
    _K.SUB: (((_K.BLD, 0.8),), ((_K.BLD, 0.8), (_K.ROOM, 0.0))),
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


_POSTCODE: Final = 6
_ANNEX: Final = 4  # characters of `57-1`
_ROOMS: Final = 4  # figures of a number that is rather a room than a building
_LET: Final = frozenset({_K.HOME, _K.SUB, _K.WING})
_ON_ROAD: Final = frozenset({_K.ROAD, _K.SROAD, _K.COMM, _K.TOWN, _K.DEV})
_UNNUMBERED: Final = frozenset({_K.TOWN, _K.COMM, _K.HAMLET})
_INSIDE: Final = frozenset({_K.BLD, _K.CELL, _K.FLR, _K.RNO})
_NAMED: Final = frozenset({_K.HAMLET, _K.PLACE, _K.TRADE, _K.HOME, _K.SUB, _K.WING})
_MARKET: Final = frozenset({_K.TRADE, _K.SUB, _K.WING})
_LANES: Final = frozenset({_K.FLR, _K.BLD, _K.SUB, _K.WING, _K.TRADE, _K.OTHER})


def _is_annex(number: Number) -> bool:
    """Tell a number and its annex (``57-1``) from a number and a building."""
    return number.unit == "bare" and number.figures == 1 and number.digits <= _ANNEX


def _whole_chain(before: Kind, number: Number) -> Options:
    """Read two dashed elements as one number: a range on a road, a pair of rooms inside."""
    if number.unit == "hao" and before is _K.COMM:
        return ()
    if number.unit == "hao" and before in _ON_ROAD:
        return ((_K.RNO, 3.5 if number.even or number.tail != "hao" else 1.5),)
    if before in (_K.ROAD, _K.SROAD) and (number.even or _is_annex(number)):
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


def readings(before: Kind, number: Number) -> Options:
    """List what a number may be after a span of kind `before`, with scores.

    Parameters
    ----------
    number : Number
        The number, with what is known of its surroundings.

    Returns
    -------
    tuple of (Kind, float)
        Empty where it can be nothing.
    """
    unit = number.unit
    if number.whole:
        return _whole_chain(before, number)
    if unit == "sublane":
        return ((_K.SUB, 6.0),) if before is _K.RNO else _united(before, "nong")
    if unit == "lane":
        return ((_K.CELL, 1.5),) if before in _LANES else ()
    if unit == "hao":
        return _numbered(before, number)
    if unit != "bare":
        return _united(before, unit)
    if number.figures == _POSTCODE or number.digits >= 7:
        return ((_K.OTHER, 0.0),)
    if number.deep and number.dashed and number.tail != "hao" and before in _UNNUMBERED:
        return ((_K.BLD, 1.5),)
    if number.lettered and before in (_K.HAMLET, _K.PLACE):
        before = _K.HOME
    if number.stall and before is _K.BLD:
        return ((_K.ROOM, 1.5),)
    options = _BARE.get(before)
    if options is None:
        return _BARE_ELSE
    short = number.digits <= 2 or (number.lettered and 0 < number.figures <= 2)
    return options[0 if number.dashed else 1 if short else 2]


def _numbered(before: Kind, number: Number) -> Options:
    """Read `N号`, the unit that means most things."""
    if before is _K.BLD and number.dashed:
        return ((_K.CELL, 1.5),)
    if number.fronts and before in _NAMED:
        return ((_K.RNO, 1.2),)
    if number.leads and before in _NAMED:
        return ((_K.BLD, 1.2),)
    if number.figures >= _ROOMS and before in _LET:
        return ((_K.ROOM, 0.9), (_K.BLD, 0.4))
    options = _HAO.get(before)
    return _HAO_ELSE if options is None else options[number.digits >= 3]

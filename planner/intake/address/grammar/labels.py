"""The kinds of span that the grammar tells apart, and how likely one follows another.

The figures are hand-set log-odds, in the spirit of a semi-Markov chain whose order is that of a
Chinese address: province > city > district > town > community > road > number > place >
building > stairwell > floor > room.
"""

from __future__ import annotations

import tomllib
from enum import IntEnum
from importlib import resources
from typing import Final

__all__ = ["FIELD", "FOLLOWS", "IMPOSSIBLE", "PRECEDES", "Kind"]

IMPOSSIBLE: Final = -1e6


class Kind(IntEnum):
    """The kind of one span, in the order in which kinds stand in an address."""

    START = 0
    PROV = 1
    CITY = 2
    DIST = 3
    DEV = 4
    TOWN = 5
    COMM = 6
    ROAD = 7
    SROAD = 8
    RNO = 9
    HOME = 10  # a named place where people live
    TRADE = 11  # a named place of shops or offices
    PLACE = 12  # a named place of no known sort
    SUB = 13
    BLD = 14
    CELL = 15
    FLR = 16
    ROOM = 17
    OTHER = 18  # a shop or firm inside, anything else with a name
    ASSIST = 19
    HAMLET = 20  # a place without ending right after a town or village
    WING = 21  # a named part of a place of shops or offices


FIELD: Final[dict[Kind, str]] = {
    Kind.PROV: "province",
    Kind.CITY: "city",
    Kind.DIST: "district",
    Kind.DEV: "dev_zone",
    Kind.TOWN: "town",
    Kind.COMM: "community",
    Kind.ROAD: "road",
    Kind.SROAD: "branch_road",
    Kind.RNO: "road_number",
    Kind.HOME: "compound",
    Kind.TRADE: "compound",
    Kind.PLACE: "compound",
    Kind.HAMLET: "compound",
    Kind.SUB: "sub_compound",
    Kind.WING: "sub_compound",
    Kind.BLD: "building",
    Kind.CELL: "stairwell",
    Kind.FLR: "floor",
    Kind.ROOM: "room",
}
"""Field of `Address` that each kind fills; kinds that are absent here go to the remainder."""

_K = Kind
_PLACES = (_K.HOME, _K.TRADE, _K.PLACE, _K.HAMLET)
_INNER = (_K.BLD, _K.CELL, _K.FLR, _K.ROOM)
_ADMIN = (_K.PROV, _K.CITY, _K.DIST, _K.TOWN)


_TOLD: Final = tomllib.loads(
    resources.files("planner.intake.address.grammar").joinpath("follows.toml").read_text("utf-8")
)


def _kinds(told: str) -> tuple[Kind, ...]:
    """Read one name of `follows.toml`: kinds, or one of the two groups."""
    groups = {"PLACES": _PLACES, "INNER": _INNER}
    return groups.get(told) or tuple(Kind[name] for name in told.split())


def _plain(a: Kind, b: Kind) -> float:
    """Give the odds where nothing special is known: forward is free, backward is dear."""
    if b is _K.START:
        return IMPOSSIBLE
    if a is b or (a in _PLACES and b in _PLACES):
        return -4.0
    backward = b < a or a is _K.HAMLET
    return -4.5 if backward and b is not _K.ASSIST else 0.0


def _followed_by() -> list[list[float]]:
    table = [[_plain(a, b) for b in Kind] for a in Kind]
    for befores, afters in _TOLD.items():
        for a in _kinds(befores):
            for after, value in afters.items():
                for b in _kinds(after):
                    table[a][b] = value
    # Units name themselves, so the small may stand before the large (501室2单元3栋).
    for a in _INNER:
        for b in _INNER:
            if b < a:
                table[a][b] = -2.0 if a is not _K.FLR else -2.5
    for a in Kind:
        table[a][_K.HAMLET] = {_K.TOWN: 0.3, _K.COMM: 0.4, _K.DIST: -0.2}.get(a, IMPOSSIBLE)
    for a in Kind:
        table[_K.WING][a] = table[_K.SUB][a]
        table[a][_K.WING] = IMPOSSIBLE
    table[_K.TRADE][_K.WING] = table[_K.TRADE][_K.SUB]
    table[_K.TRADE][_K.SUB] = IMPOSSIBLE
    # A line may start over ("浙江省杭州市 浙江省杭州市西湖区..."): the earlier copy is dropped.
    for a in (*_ADMIN, _K.COMM):
        for b in _ADMIN:
            if b <= a:
                table[a][b] = -2.5 if b is not _K.TOWN else -3.0
    return table


FOLLOWS: Final = _followed_by()
"""FOLLOWS[a][b]: log-odds that a span of kind b comes next after one of kind a."""

PRECEDES: Final = [[FOLLOWS[a][b] for a in Kind] for b in Kind]
"""The same, the other way round: PRECEDES[b][a]."""

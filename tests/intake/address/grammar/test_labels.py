"""The table of what follows what."""

from __future__ import annotations

import itertools

from planner.intake.address.grammar.labels import FIELD, FOLLOWS, IMPOSSIBLE, PRECEDES, Kind
from planner.intake.address.parse import FIELDS


def test_both_tables_say_the_same() -> None:
    """What follows and what precedes are one table, read in two directions."""
    assert all(FOLLOWS[a][b] == PRECEDES[b][a] for a in Kind for b in Kind)


def test_nothing_comes_before_the_start() -> None:
    """The start is not entered again."""
    assert all(FOLLOWS[a][Kind.START] == IMPOSSIBLE for a in Kind)


def test_the_order_of_an_address_is_the_likeliest() -> None:
    """From large to small costs nothing, the other way round it is dear."""
    order = (Kind.PROV, Kind.CITY, Kind.DIST, Kind.TOWN, Kind.ROAD, Kind.RNO)
    for large, small in itertools.pairwise(order):
        assert FOLLOWS[large][small] > FOLLOWS[small][large]


def test_small_before_large_is_possible_inside() -> None:
    """501室2单元3栋 is read: units name themselves."""
    inner = (Kind.BLD, Kind.CELL, Kind.FLR, Kind.ROOM)
    assert all(FOLLOWS[a][b] >= -3.0 for a in inner for b in inner if b < a)


def test_parts_belong_to_their_kind_of_place() -> None:
    """Shops have wings, estates have parts; a hamlet stands only behind a place above it."""
    assert FOLLOWS[Kind.TRADE][Kind.SUB] == IMPOSSIBLE
    assert FOLLOWS[Kind.HOME][Kind.WING] == IMPOSSIBLE
    assert {a for a in Kind if FOLLOWS[a][Kind.HAMLET] > IMPOSSIBLE} == {
        Kind.TOWN, Kind.COMM, Kind.DIST,
    }  # fmt: skip


def test_each_kind_has_a_field_or_is_remainder() -> None:
    """Fields are those of an address."""
    assert set(FIELD.values()) == set(FIELDS) - {"remainder"}
    assert set(Kind) - set(FIELD) == {Kind.START, Kind.OTHER, Kind.ASSIST}

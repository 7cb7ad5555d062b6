"""What a number may be depends on what stands before it."""

from __future__ import annotations

import pytest

from planner.intake.address.grammar.labels import Kind
from planner.intake.address.grammar.numbers import find_numbers
from planner.intake.address.grammar.readings import readings


def best(before: Kind, text: str, *, whole: bool = False) -> Kind | None:
    """Give the likeliest reading of the first number of a text."""
    number = next(n for n in find_numbers(text) if n.whole == whole)
    options = readings(before, number)
    return max(options, key=lambda option: option[1])[0] if options else None


@pytest.mark.parametrize(
    ("before", "text", "kind"),
    [
        (Kind.ROAD, "12", Kind.RNO),
        (Kind.ROAD, "12号", Kind.RNO),
        (Kind.HOME, "12", Kind.BLD),
        (Kind.HOME, "12号", Kind.BLD),
        (Kind.HOME, "501", Kind.ROOM),
        (Kind.BLD, "501", Kind.ROOM),
        (Kind.BLD, "2", Kind.CELL),
        (Kind.CELL, "501", Kind.ROOM),
        (Kind.COMM, "5组", Kind.ROAD),
        (Kind.COMM, "12号", Kind.RNO),
        (Kind.RNO, "3号", Kind.BLD),
        (Kind.RNO, "12支弄", Kind.SUB),
        (Kind.ROAD, "12支弄", Kind.RNO),
        (Kind.ROAD, "669弄", Kind.RNO),
        (Kind.HOME, "二期", Kind.SUB),
        (Kind.TRADE, "5楼", Kind.FLR),
        (Kind.FLR, "7街", Kind.CELL),
        (Kind.ROAD, "60米", Kind.ASSIST),
        (Kind.HOME, "3栋", Kind.BLD),
        (Kind.HOME, "230031", Kind.OTHER),
        (Kind.HOME, "1203号", Kind.ROOM),
    ],
)
def test_the_likeliest_reading(before: Kind, text: str, kind: Kind) -> None:
    """A bare number is a house number behind a road, a building behind an estate, a room behind a stair."""
    assert best(before, text) is kind


def test_ranges_stand_on_roads() -> None:
    """17-19号 is one number behind a road; behind a community the grammar has to take it apart."""
    assert best(Kind.ROAD, "17-19号", whole=True) is Kind.RNO
    assert best(Kind.COMM, "17-19号", whole=True) is None
    assert best(Kind.BLD, "1105-1106室", whole=True) is Kind.ROOM


def test_a_lane_of_a_market_is_no_lane_of_a_road() -> None:
    """`7街` counts only inside of a building."""
    assert best(Kind.ROAD, "7街") is None


def test_every_kind_reads_every_number() -> None:
    """No combination fails, and scores are finite."""
    for text in (
        "3",
        "12号",
        "3栋",
        "2单元",
        "5楼",
        "501室",
        "3-2-501",
        "17-19号",
        "二期",
        "5组",
        "A",
    ):
        for number in find_numbers(text):
            for before in Kind:
                assert all(abs(score) < 1e7 for _, score in readings(before, number))

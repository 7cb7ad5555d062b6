"""One reading, looked up: the door, a spot between two doors, the street, or more than one place."""

from __future__ import annotations

import pytest

from planner.intake.gazetteer.found import NOT_FOUND, Candidate, Cause, Match
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.gazetteer.match import (
    at_level,
    best_of,
    candidate_at,
    find_district,
    find_name,
    find_reading,
    pick_place,
)
from planner.intake.gazetteer.western.lines import Reading
from tests.intake.gazetteer.test_geocode import town


def street() -> Gazetteer:
    """Make a long street with doors 2, 6 and 40 on one side."""
    doors = [("Main Street", "2", 0, 0), ("Main Street", "6", 40, 0), ("Main Street", "40", 900, 0)]
    places = [("Hollis", "suburb", 0, 0), ("Oak Court", "residential", 500, 500)]
    return town(doors, places=places)


def asked(*numbers: str) -> Match:
    """Look numbers of that street up."""
    return find_reading(Reading("main st", numbers, ()), "main st", street(), "")


def test_the_door_itself() -> None:
    """A known number is its door, and sure; the second spelling tried is less so."""
    found = asked("6")
    assert (found.precision, found.confidence) == ("address point", pytest.approx(0.97))
    assert asked("6b", "6").confidence == pytest.approx(0.94)
    assert asked("7", "6").confidence == pytest.approx(0.77)


def test_between_two_doors() -> None:
    """A number between two near neighbours of its side lies between them; far ones tell nothing."""
    found = asked("4")
    low, high = asked("2").xy, asked("6").xy
    assert low is not None
    assert high is not None
    assert found.xy == pytest.approx(((low[0] + high[0]) / 2, (low[1] + high[1]) / 2))
    assert found.precision == "interpolated"
    assert 0.5 < found.confidence < 0.8
    assert asked("20").code is Cause.NUMBER, "its neighbours are 860 m apart"
    assert asked("3").code is Cause.NUMBER, "no number of that side is known"
    assert asked("44").confidence == 0.5, "two houses beyond the last"
    assert asked("46").code is Cause.NUMBER


def test_a_long_street_is_no_place() -> None:
    """It is told, with its middle to choose from; whether a number was written is said."""
    assert asked().code is Cause.NUMBERLESS
    assert [c.precision for c in asked().options] == ["street"]
    short = town([("Main Street", "2", 1990, 1990)])
    assert find_reading(Reading("main st", ("9",), ()), "main st", short, "").precision == "street"


def test_a_district_is_told_and_not_a_place() -> None:
    """Nobody is placed in the middle of a quarter."""
    found = find_district("HOLLIS", street())
    assert (found.xy, found.code, found.precision) == (None, Cause.COMMUNITY, "community")
    assert find_district("Nowhere", street()) is NOT_FOUND
    assert find_name("Oak Court", street(), ()).precision == "compound"
    assert find_name("Elm Court", street(), ()) is NOT_FOUND


def test_two_spots_of_one_name() -> None:
    """Far apart they are a tie that the context may settle; in one block the first is taken, unsure."""

    def twice(apart: float) -> Gazetteer:
        return town([("Main Street", "2", 0, 0), ("Main Street", "2", apart, 0)])

    tie = pick_place((0, 1), twice(1000), ())
    assert (tie.xy, tie.code, len(tie.options)) == (None, Cause.AMBIGUOUS, 2)
    assert pick_place((0, 1), twice(100), ()).confidence == pytest.approx(0.6)
    assert pick_place((0, 1), twice(30), ()).confidence == pytest.approx(0.97)


def test_a_place_of_the_map_is_no_building() -> None:
    """A point somewhere in an estate makes nobody sure of a building."""
    made = street()
    oak = made.names["oak court"]
    assert candidate_at(oak, made).precision == "compound"
    told = at_level(pick_place(oak, made, ()), "building")
    assert (told.precision, told.confidence) == ("compound", 0.5)
    assert at_level(NOT_FOUND, "building") is NOT_FOUND


def found_at(x: float, confidence: float = 0.9) -> Match:
    """Make a match at a spot."""
    return Match((x, 0.0), "building", confidence, f"at {x:.0f}", "building")


def test_the_cheapest_wins_by_a_margin() -> None:
    """Clearly cheaper: taken as it is; a little: less sure; hardly: a tie; on one spot: no matter."""
    assert best_of([]) is NOT_FOUND
    assert best_of([(2.0, found_at(900)), (0.0, found_at(0))]).confidence == 0.9
    near = best_of([(1.0, found_at(900)), (0.0, found_at(0))])
    assert (near.confidence, near.runners) == (0.79, ("at 900",))
    tie = best_of([(0.5, found_at(900)), (0.0, found_at(0))])
    assert (tie.xy, tie.code, tie.told) == (None, Cause.AMBIGUOUS, "at 0; at 900")
    assert best_of([(0.5, found_at(50)), (0.0, found_at(0))]).xy == (0.0, 0.0)


def test_what_has_no_place_offers_what_has() -> None:
    """The best may be a street without the number: the doors that were tried are its options."""
    none = Match(None, "street", 0.2, "Main Street", "street", Cause.NUMBER)
    told = best_of([(0.0, none), (3.0, found_at(7))])
    assert told.options == (Candidate("at 7", (7.0, 0.0), "building", "building"),)

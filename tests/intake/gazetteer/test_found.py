"""What was found: a cause in words, candidates, and never more of them than are kept."""

from __future__ import annotations

import pytest

from planner.intake.gazetteer.found import NOT_FOUND, OPTIONS, Candidate, Cause, Match, ambiguous


def spot(n: int) -> Candidate:
    """Make a place of its own."""
    return Candidate(f"{n} Main Street", (float(n), 0.0), "building", "table")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (Cause.NONE, ""),
        (Cause.ABSENT, "address not found"),
        (Cause.LIKE, "address not found: like here"),
        (Cause.AMBIGUOUS, "ambiguous: here"),
        (Cause.ELSEWHERE, "ambiguous: here is known here, but the address names another place"),
    ],
)
def test_each_cause_has_its_words(code: Cause, says: str) -> None:
    """The words are made of the code, and of what the address resembles."""
    assert Match(None, code=code, told="here").cause == says
    assert NOT_FOUND.code is Cause.ABSENT


def test_the_place_itself_comes_first() -> None:
    """Where there is a place it is the first candidate; where there is none only the options are."""
    placed = Match((1.0, 2.0), "building", 0.9, "1 Main Street", "table", options=(spot(2),))
    assert [c.xy for c in placed.candidates] == [(1.0, 2.0), (2.0, 0.0)]
    assert placed.candidates[0] == Candidate("1 Main Street", (1.0, 2.0), "building", "table")
    assert Match(None, options=(spot(2),)).candidates == (spot(2),)


def test_options_are_few_and_each_once() -> None:
    """The likeliest stay, in their order."""
    many = [spot(n // 2) for n in range(20)]
    assert NOT_FOUND.offering(many).options == tuple(spot(n) for n in range(OPTIONS))
    told = ambiguous(("a", "b"), many)
    assert (told.xy, told.code, told.told, told.runners) == (
        None,
        Cause.AMBIGUOUS,
        "a; b",
        ("a", "b"),
    )
    assert len(told.options) == OPTIONS


def test_confidence_ends_at_nothing() -> None:
    """What is taken from it never makes it negative."""
    match = Match((0.0, 0.0), confidence=0.5)
    assert match.less(0.2).confidence == pytest.approx(0.3)
    assert match.less(0.7).confidence == 0.0

"""What a finished plan comes to: its value, its two gaps, and the worst of each rule."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError

import pytest

from planner.model.certificate import Certificate, RuleOutcome, TieOutcome, Violation


def made(**changes: float) -> Certificate:
    """Make a certificate of 1,000 m of walks, 200 of penalties and 50 of changes, proven to 1,100."""
    figures = {"cost_m": 1000.0, "penalty_m": 200.0, "change_m": 50.0, "bound_m": 1100.0} | changes
    return Certificate(**figures, rules=(), violations=(), disconnected=(), unserved=0)


def with_ties(broken_m: float) -> Certificate:
    """Make the same, with ties of which some are broken."""
    told = TieOutcome(1, 2, 0, 0, 0, 0, broken_m)
    return Certificate(1000.0, 200.0, 50.0, 1100.0, (), (), (), 0, told)


def test_the_value_is_all_that_is_minimised() -> None:
    """Walks, penalties, changes, and broken ties where there are ties."""
    assert made().value_m == 1250.0
    assert with_ties(7.0).value_m == 1257.0
    assert with_ties(0.0).value_m == 1250.0


def test_the_optimality_gap_is_of_the_walks_alone() -> None:
    """So that penalties cannot flatter it; the other gap is of all that is minimised."""
    assert made().optimality_gap == pytest.approx(150 / 1000)
    assert made().gap_objective == pytest.approx(150 / 1250)
    assert with_ties(50.0).optimality_gap == pytest.approx(200 / 1000)
    assert with_ties(50.0).gap_objective == pytest.approx(200 / 1300)


def test_a_bound_above_the_value_is_no_negative_gap() -> None:
    """Rounding may put it a hair above."""
    found = made(bound_m=1250.0 + 1e-9)
    assert (found.optimality_gap, found.gap_objective) == (0.0, 0.0)


def test_a_plan_without_walks() -> None:
    """Everybody at home: proven or not at all."""
    home = made(cost_m=0.0)
    assert home.optimality_gap == 0.0, "the bound lies above 250"
    assert made(cost_m=0.0, bound_m=0.0).optimality_gap == math.inf
    nothing = made(cost_m=0.0, penalty_m=0.0, change_m=0.0, bound_m=0.0)
    assert (nothing.optimality_gap, nothing.gap_objective) == (0.0, 0.0)
    step = made(cost_m=0.5, penalty_m=0.0, change_m=0.0, bound_m=0.0)
    assert (step.optimality_gap, step.gap_objective) == (1.0, 1.0)


def test_connection_is_told_by_its_exceptions() -> None:
    """No centre whose zone falls apart: all hang together."""
    assert made().zones_connected
    assert not Certificate(1, 0, 0, 0, (), (), (3,), 0).zones_connected


@pytest.mark.parametrize(
    ("low", "high", "lowest", "highest", "worst"),
    [
        (5, 10, 3, 11, 3),
        (5, 10, 4, 12, 12),
        (5, 10, 6, 10, 10),
        (5, 10, 5, 9, 5),
        (5, 10, 4, 11, 11),
        (None, 10, 6, 9, 9),
        (5, None, 6, 99, 6),
        (None, None, 6, 9, 6),
    ],
)
def test_the_worst_is_the_side_that_breaks_more(
    low: float | None, high: float | None, lowest: float, highest: float, worst: float
) -> None:
    """Whichever limit is broken more, or is nearer; of two alike the upper one."""
    assert RuleOutcome("r", low, high, lowest, highest, 0).worst == worst


def test_a_certificate_is_not_changed_afterwards() -> None:
    """Nobody betters a figure of a finished plan, nor of one of its rules."""
    rule = RuleOutcome("r", None, 10, 6, 9, 0)
    breach = Violation("r", 0, 12.0, 10.0, 2.0)
    told = TieOutcome(1, 2, 0, 0, 0, 0, 7.0)
    for value in (made(), rule, breach, told):
        with pytest.raises(FrozenInstanceError):
            setattr(value, next(iter(value.__annotations__)), 0)
    assert made() != made(), "two plans are never one because their figures are"

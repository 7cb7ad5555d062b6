"""The audit recomputes every figure, and notices each way in which a plan can be broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from planner.errors import PlannerError
from planner.model.audit import audit, check
from planner.model.certificate import TieOutcome
from planner.model.problem import Problem, Result, ZoneRule
from planner.model.ties import Ties
from tests.strategies import best_plan, problems


def row() -> Problem:
    """Make six units in a row; centres live in units 0 and 5."""
    walk = np.array([[abs(u - h) * 10.0 for h in (0, 5)] for u in range(6)])
    keep = np.ones((6, 2), bool)
    keep[0, 1] = keep[5, 0] = False
    unit, centre = np.nonzero(keep)
    households = np.array([1, 2, 3, 4, 5, 6])
    members = np.array([1, 0, 1, 0, 0, 2])
    return Problem(
        load=households,
        households=households,
        home=[0, 5],
        pair_start=np.searchsorted(unit, np.arange(7)),
        pair_centre=centre,
        walk_m=walk[unit, centre],
        adjacency=[[u, u + 1] for u in range(5)],
        rules=(
            ZoneRule("households_per_zone", households, 5, 12, price_m=100.0),
            ZoneRule("households_per_member", households, None, 4, members, price_m=10.0),
        ),
        penalty_m=np.arange(10.0),
        change_m=np.where(centre == 1, 2.0, 0.0),
    )


GOOD = np.array([0, 0, 0, 1, 1, 1])


def test_every_figure_by_hand() -> None:
    """Cost, penalty, change and each rule's extremes are those worked out on paper."""
    found = audit(row(), GOOD, 0.0)
    assert found.cost_m == 2 * 10 + 3 * 20 + 4 * 20 + 5 * 10
    # Zone 1 holds 15 households, 3 over; and 15 for 2 members, 7 over 4 each.
    assert found.penalty_m == (0 + 1 + 3 + 6 + 8 + 9) + 3 * 100 + 7 * 10
    assert found.change_m == 6.0
    zone, member = found.rules
    assert (zone.lowest, zone.highest, zone.broken) == (6, 15, 1)
    assert (member.lowest, member.highest, member.broken) == (3.0, 7.5, 1)
    assert [(v.rule, v.centre, v.amount, v.limit, v.excess) for v in found.violations] == [
        ("households_per_zone", 1, 15, 12, 3),
        ("households_per_member", 1, 15, 8, 7),
    ]
    assert found.zones_connected
    assert found.unserved == 0


@settings(max_examples=30, deadline=None, derandomize=True)
@given(problems(most_units=6))
def test_agrees_with_a_second_reckoning(problem: Problem) -> None:
    """The value of the best plan is the same by the audit and by counting unit by unit."""
    best, plan = best_plan(problem)
    assert plan is not None
    assert audit(problem, plan, 0.0).value_m == pytest.approx(best)


def test_a_ratio_to_nobody_is_infinite() -> None:
    """A zone with homes and no member has infinitely many homes a member."""
    problem = row()
    nobody = ZoneRule("households_per_member", problem.load, None, 4, np.array([0, 0, 0, 0, 0, 2]))
    found = audit(problem.replace(rules=(nobody,)), GOOD, 0.0)
    assert found.rules[0].highest == np.inf
    assert found.rules[0].broken == 2


def test_a_sound_plan_passes() -> None:
    """Nothing is found wrong with a plan that holds."""
    assert check(row(), Result(GOOD, 10.0)).bound_m == 10.0


@pytest.mark.parametrize(
    ("plan", "bound", "says"),
    [
        ([0, 0, 0, 1, 1], 0.0, "does not fit"),
        ([0, 0, 0, 1, 1, 0], 0.0, "may not serve"),
        ([0, 0, 0, 7, 1, 1], 0.0, "may not serve"),
        ([-1, 0, 0, 1, 1, 1], 0.0, "home of centre 0"),
        ([0, 0, 1, 0, 1, 1], 0.0, "not connected"),
        ([0, 0, -1, 0, 1, 1], 0.0, "centre 0 is not connected"),
        ([0, 0, 0, 1, 1, 1], 1e9, "above the value"),
        ([0, 0, 0, 1, 1, 1], float("nan"), "above the value"),
    ],
)
def test_each_kind_of_broken_plan_is_noticed(plan: list[int], bound: float, says: str) -> None:
    """Wrong length, forbidden or unknown centre, stray home, torn zone, false bound: all refused."""
    with pytest.raises(PlannerError, match=says):
        check(row(), Result(plan, bound))


def test_units_left_out_are_counted_and_charged() -> None:
    """A unit without a centre is charged for its load, one without load as if it had 1."""
    problem = row().replace(rules=(), unserved_m=1000.0, penalty_m=np.zeros(10))
    assert audit(problem, [0, 0, -1, 1, 1, 1], 0.0).penalty_m == 3000.0
    empty = problem.replace(load=[1, 2, 0, 4, 5, 6])
    found = audit(empty, [0, 0, -1, 1, 1, 1], 0.0)
    assert (found.penalty_m, found.unserved) == (1000.0, 1)


def test_half_a_load_is_charged_as_half() -> None:
    """Only a unit without any load counts as if it had 1."""
    light = row().replace(load=[1, 2, 0.5, 4, 5, 6], rules=(), unserved_m=1000.0)
    light = light.replace(penalty_m=np.zeros(10))
    assert audit(light, [0, 0, -1, 1, 1, 1], 0.0).penalty_m == 500.0


def test_a_plan_of_another_length_is_none() -> None:
    """It is told before anything is read from it."""
    with pytest.raises(ValueError, match="5 units are assigned, but the problem has 6"):
        audit(row(), [0, 0, 0, 1, 1], 0.0)


TIED = Ties(
    # tie kept, tie broken, apart broken, apart kept, compound kept, compound broken, apart of nobody
    a=[0, 0, 1, 2, 3, 2, 4],
    b=[1, 3, 2, 3, 4, 3, 5],
    price_m=[10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 0.5],
    apart=[False, False, True, True, False, False, True],
    people=[2, 3, 4, 5, 0, 0, 0],
)


def test_ties_are_counted_again() -> None:
    """People by the pairs that a row stands for, neighbours by rows, and what is broken at its price."""
    found = audit(row().replace(ties=TIED), GOOD, 0.0)
    assert found.ties == TieOutcome(2, 5, 5, 9, 1, 2, 20 + 30 + 60 + 0.5)
    assert found.value_m == audit(row(), GOOD, 0.0).value_m + 110.5
    assert audit(row(), GOOD, 0.0).ties is None


def test_a_unit_left_out_is_with_nobody() -> None:
    """Two units without a centre are not together for that."""
    found = audit(row().replace(ties=TIED), [0, 0, -1, -1, 1, 1], 0.0)
    assert found.ties == TieOutcome(2, 5, 9, 9, 0, 2, 20 + 50 + 60 + 0.5)


def rule(low: float | None, high: float | None, amount: float, *, hard: bool = False) -> Problem:
    """Make the row with one rule, which zone 0 adds up to `amount` by."""
    each = np.array([amount, 0, 0, 0, 0, 0])
    return row().replace(rules=(ZoneRule("r", each, low, high, None, hard, 1.0),))


@pytest.mark.parametrize(
    ("low", "high", "amount", "broken"),
    [
        (None, 1e7, 1e7 + 5, 0),
        (None, 1e7, 1e7 + 15, 1),
        (None, 0.1, 0.1 + 5e-7, 0),
        (None, 0.1, 0.1 + 1.5e-6, 1),
        (1e7, None, 1e7 - 5, 1),
        (5.0, None, 4.0, 2),
    ],
)
def test_rounding_breaks_no_rule(
    low: float | None, high: float | None, amount: float, broken: int
) -> None:
    """A millionth of the limit, and of 1 where that is less; the other zone has nothing of it."""
    found = audit(rule(low, high, amount), GOOD, 0.0)
    assert (found.rules[0].broken, len(found.violations)) == (broken, broken)


def test_nothing_to_nobody_is_no_zone() -> None:
    """Where no zone has either, the extremes are 0."""
    none = ZoneRule("r", np.zeros(6), None, 4, np.zeros(6))
    found = audit(row().replace(rules=(none,)), GOOD, 0.0).rules[0]
    assert (found.lowest, found.highest, found.broken) == (0.0, 0.0, 0)


def test_a_bound_is_of_plans_that_keep_hard_rules() -> None:
    """Of a plan that breaks one it may lie above the value; of one that breaks an elastic rule never."""
    assert check(rule(None, 3, 4.0, hard=True), Result(GOOD, 1e9)).bound_m == 1e9
    with pytest.raises(PlannerError, match="above the value"):
        check(rule(None, 3, 4.0), Result(GOOD, 1e9))
    with pytest.raises(PlannerError, match="above the value"):
        check(rule(None, 3, 2.0, hard=True), Result(GOOD, 1e9))


def test_rounding_puts_no_bound_above_the_value() -> None:
    """A millionth of the value, and of a metre where all are at home, counts as rounding."""
    value = audit(row(), GOOD, 0.0).value_m
    assert check(row(), Result(GOOD, value + 1e-6 * value)).bound_m > value
    with pytest.raises(PlannerError, match="above the value"):
        check(row(), Result(GOOD, value + 3e-6 * value))
    home = row().replace(
        rules=(), walk_m=np.zeros(10), penalty_m=np.zeros(10), change_m=np.zeros(10)
    )
    assert check(home, Result(GOOD, 0.9e-6)).value_m == 0.0
    with pytest.raises(PlannerError, match="above the value"):
        check(home, Result(GOOD, 1.5e-6))

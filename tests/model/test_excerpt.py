"""Zones cut out of a problem, and variants of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from planner.model.audit import audit
from planner.model.excerpt import excerpt, places_of, with_centre, with_limit, without_centre
from planner.model.problem import Problem, ZoneRule
from planner.solve.zones.search import Stop, solve
from tests.solve.towns import town
from tests.strategies import problems


def solved(problem: Problem) -> np.ndarray:
    """Solve to the optimum."""
    return np.asarray(solve(problem, stop=Stop(0.0, 20.0)).assignment, np.int64)


@settings(max_examples=15, deadline=None)
@given(problems(most_units=9))
def test_an_excerpt_is_the_plan_it_was_cut_from(problem: Problem) -> None:
    """All zones cut out together cost and break what the whole does."""
    plan = solved(problem)
    part = excerpt(problem, plan, np.arange(problem.n_centres))
    served = plan >= 0
    whole, cut = audit(problem, plan, -np.inf), audit(part.problem, part.assignment, -np.inf)
    assert np.array_equal(part.units, np.flatnonzero(served))
    assert cut.cost_m == pytest.approx(whole.cost_m)
    assert cut.violations == whole.violations


@settings(max_examples=15, deadline=None)
@given(problems(most_units=9))
def test_a_centre_added_and_dropped_again_changes_nothing(problem: Problem) -> None:
    """Adding a centre and dropping it gives the same problem."""
    free = np.setdiff1d(np.arange(problem.n_units), problem.home)
    walk = np.linspace(0, 100, problem.n_units)
    more = with_centre(problem, int(free[0]), walk, np.zeros(problem.n_units))
    assert more.n_centres == problem.n_centres + 1
    assert without_centre(more, problem.n_centres).fingerprint() == problem.fingerprint()


@settings(max_examples=15, deadline=None)
@given(problems(most_units=9))
def test_one_zone_alone_keeps_its_own_pairs(problem: Problem) -> None:
    """A single zone cut out has its units, its walks to its centre, and no others."""
    plan = solved(problem)
    part = excerpt(problem, plan, np.array([0]))
    assert part.centres.tolist() == [0]
    assert part.units.tolist() == np.flatnonzero(plan == 0).tolist()
    assert (part.assignment == 0).all()
    own = problem.pairs_of(plan)[plan == 0]
    assert part.problem.walk_m.tolist() == problem.walk_m[own].tolist()
    assert part.units[part.problem.home[0]] == problem.home[0]


@settings(max_examples=15, deadline=None)
@given(problems(most_units=9))
def test_a_limit_moves_alone(problem: Problem) -> None:
    """One side of one rule is another, all else is the same."""
    if not problem.rules:
        return
    name = problem.rules[0].name
    made = with_limit(problem, name, "high", 99.0)
    assert made.rules[0].high == 99.0
    assert made.rules[0].low == problem.rules[0].low
    assert (
        with_limit(made, name, "high", problem.rules[0].high).fingerprint() == problem.fingerprint()
    )  # type: ignore[arg-type]


def test_places_among_the_chosen() -> None:
    """What is not chosen, and what is nothing, has none."""
    places = places_of(np.array([1, 3]), 5)
    assert places[[0, 1, 2, 3, 4, -1]].tolist() == [-1, 0, -1, 1, -1, -1]


def test_a_limit_of_its_own_stays() -> None:
    """A centre with a ceiling of its own has the same one when that of all moves."""
    problem = town(3, 2)
    n = problem.n_units
    own = np.zeros((2, n))
    own[:, problem.home[0]] = (-5.0, -20.0)
    rule = ZoneRule("households_per_zone", np.ones(n), 10.0, 50.0, own=own)
    (moved,) = with_limit(problem.replace(rules=(rule,)), rule.name, "high", 60.0).rules
    assert moved.own is not None
    assert moved.high == 60.0
    assert moved.high + moved.own[1, problem.home[0]] == 30.0
    assert (np.delete(moved.own[1], problem.home[0]) == 0).all()
    assert (moved.own[0] == own[0]).all()

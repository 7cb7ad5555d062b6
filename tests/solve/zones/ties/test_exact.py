"""The whole model with ties: the best of all plans, proven, and columns that say what ties cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.audit import check
from planner.model.problem import Problem, Ties
from planner.solve.stop import Clock
from planner.solve.zones.parts import split
from planner.solve.zones.search import Stop, solve
from planner.solve.zones.start import nearest_plan, repaired
from planner.solve.zones.ties import exact as room
from planner.solve.zones.ties.exact import TiedModel, solve_tied
from planner.solve.zones.ties.part import TiedPart
from tests.solve.towns import SLOW, only_part, town
from tests.strategies import best_plan, problems


def some_ties(n: int, seed: int, count: int = 6) -> Ties:
    """Draw pairs of units, some of them twice or of one unit, a third to be kept apart."""
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, n, (count, 2)), axis=1)
    price = rng.integers(0, 8, count) * 40.0
    return Ties(ends[:, 0], ends[:, 1], price, rng.random(count) < 0.33, np.ones(count, int))


@SLOW
@given(st.booleans().flatmap(lambda b: problems(all_pairs=b, most_units=7)), st.integers(0, 2**31))
def test_small_problems_with_ties_are_proven(problem: Problem, seed: int) -> None:
    """The plan is the best of all, the bound says so, and time is left."""
    tied = problem.replace(ties=some_ties(problem.n_units, seed))
    best, _ = best_plan(tied)
    result = solve(tied, stop=Stop(0.0, 300.0))
    assert result.stopped == "gap"
    assert check(tied, result).value_m == pytest.approx(best, rel=1e-6, abs=1e-3)
    assert result.bound_m == pytest.approx(best, rel=1e-6, abs=1e-3)


@SLOW
@given(problems(all_pairs=False), st.integers(0, 2**31))
def test_columns_cost_what_the_plan_costs(problem: Problem, seed: int) -> None:
    """Any plan stated as values of the columns costs its value, ties that none can keep aside."""
    ties = some_ties(problem.n_units, seed, 9)
    rng = np.random.default_rng(seed)
    for one in split(problem).instances:
        part = TiedPart.of(one, ties)
        model = TiedModel(part)
        cost = np.array(model.lp().col_cost_)
        for pair in (
            nearest_plan(one),
            repaired(one, rng.integers(-1, one.n_centres, one.n_units)),
        ):
            values = model.point(pair)
            assert len(values) == len(cost)
            assert cost @ values == pytest.approx(part.value(pair) - part.lost_m)
            assert (model.pairs(values) == pair).all()


def test_one_left_out_breaks_its_ties_and_keeps_its_distance() -> None:
    """Whoever has no centre is together with nobody: a tie is broken on either side, once."""
    (one,) = split(town(3, 2).replace(unserved_m=1.0)).instances
    free = np.setdiff1d(np.arange(9), one.unit[one.home_pair])[:2]
    for apart, broken in ((False, 70.0), (True, 0.0)):
        part = TiedPart.of(one, Ties(free[:1], free[1:], [70.0], [apart], [1]))
        model = TiedModel(part)
        cost = np.array(model.lp().col_cost_)
        for left in ([0], [1], [0, 1]):
            pair = nearest_plan(one).copy()
            pair[free[left]] = -1
            extra = cost @ model.point(pair) - one.value(pair)
            assert extra == pytest.approx(broken)
            assert part.value(pair) - one.value(pair) == pytest.approx(broken)


def test_large_parts_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is proven and nothing changed."""
    monkeypatch.setattr(room, "MOST_COLUMNS", 10)
    one = only_part(town())
    pair = nearest_plan(one)
    part = TiedPart.of(one, some_ties(one.n_units, 1))
    found = solve_tied(part, pair, gap=0.0, clock=Clock(300.0), seed=0)
    assert found[0] == -np.inf
    assert found[1] is pair


def test_the_plan_never_becomes_worse_and_the_bound_never_false() -> None:
    """With hardly any time too."""
    one = only_part(town())
    pair = nearest_plan(one)
    part = TiedPart.of(one, some_ties(one.n_units, 3, 40))
    full, best = solve_tied(part, pair, gap=0.0, clock=Clock(300.0), seed=0)
    assert full == pytest.approx(part.value(best), rel=1e-6)
    hasty, found = solve_tied(part, pair, gap=0.0, clock=Clock(0.0), seed=0)
    assert hasty <= part.value(best) + 1e-6
    assert part.value(best) - 1e-6 <= part.value(found) <= part.value(pair)

"""The whole model for HiGHS: the best plan on few units, a true bound always, and its columns."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given

from planner.model.problem import Problem
from planner.solve.zones.exact import Model, solve_exactly
from planner.solve.zones.parts import split
from planner.solve.zones.start import must_serve, nearest_plan
from tests.solve.towns import SLOW, only_part, street, town, value_of
from tests.strategies import best_plan, problems


@SLOW
@given(problems(all_pairs=False))
def test_the_best_of_all_plans_is_found_and_proven(problem: Problem) -> None:
    """All parts together cost what trying every plan gives, and the bound says the same."""
    best, _ = best_plan(problem)
    parts = split(problem)
    value = bound = parts.lost_m
    for one in parts.instances:
        found = solve_exactly(one, seconds=30.0)
        assert found.pair is not None
        assert one.connected(found.pair).all()
        value, bound = value + one.value(found.pair), bound + found.bound_m
    assert value == pytest.approx(best, rel=1e-6, abs=1e-3)
    assert bound == pytest.approx(best, rel=1e-6, abs=1e-3)


@SLOW
@given(problems(hard=True))
def test_an_infinite_bound_says_that_hard_rules_clash(problem: Problem) -> None:
    """Exactly where no plan that serves all keeps them."""
    best, plan = best_plan(problem)
    full = plan is not None and (plan >= 0).all()
    results = [solve_exactly(must_serve(one), seconds=30.0) for one in split(problem).instances]
    assert full == all(found.bound_m < np.inf for found in results)
    if full:
        assert sum(found.bound_m for found in results) == pytest.approx(best, rel=1e-6, abs=1e-3)
    assert all((found.pair is None) == (found.bound_m == np.inf) for found in results)


@SLOW
@given(problems(all_pairs=False))
def test_a_plan_and_its_columns_are_the_same(problem: Problem) -> None:
    """A plan stated as values is read back, and costs what it costs."""
    for one in split(problem).instances:
        model, pair = Model(one), nearest_plan(one)
        values = model.point(pair)
        assert (model.pairs(values) == pair).all()
        lp = model.lp()
        cost = np.array(lp.col_cost_)
        assert cost @ values == pytest.approx(value_of(one, pair))
        assert (values >= np.array(lp.col_lower_)).all()
        assert (values <= np.array(lp.col_upper_)).all()


def rows_hold(model: Model, values: np.ndarray, *, zone: bool = False) -> bool:
    """Tell whether values keep every row of the model."""
    lp = model.zone_lp() if zone else model.lp()
    a = lp.a_matrix_
    total = np.zeros(lp.num_row_)
    for r in range(lp.num_row_):
        span = slice(a.start_[r], a.start_[r + 1])
        total[r] = np.array(a.value_[span]) @ values[np.array(a.index_[span], int)]
    low, high = np.array(lp.row_lower_), np.array(lp.row_upper_)
    return bool((total >= low - 1e-9).all() and (total <= high + 1e-9).all())


def test_rows_hold_for_plans_and_not_for_what_is_none() -> None:
    """A unit in two zones, in none, or without a hold breaks a row."""
    one = only_part(town(4, 2))
    model, pair = Model(one), nearest_plan(one)
    values = model.point(pair)
    assert rows_hold(model, values)
    twice, never = values.copy(), values.copy()
    # The unit farthest from its centre, and its pair with the other one.
    unit = int(one.walk_m[pair].argmax())
    other = int(one.start[unit] + 1 - (pair[unit] - one.start[unit]))
    twice[other] = 1.0
    never[pair[unit]] = 0.0
    assert not rows_hold(model, twice)
    assert not rows_hold(model, never)
    hanging = model.point(np.where(np.arange(one.n_units) == unit, other, pair))
    held = one.support.pair[one.support.start[other] : one.support.start[other + 1]]
    assert rows_hold(model, hanging) == bool(np.isin(held, pair).any())
    short = values.copy()
    short[one.n_pairs :] = 0.0
    assert rows_hold(model, short) == (one.excess(pair).sum() == 0)


def test_one_zone_need_not_serve_everybody() -> None:
    """In the choice of one zone there is no row that asks for all units."""
    one = only_part(street(12, 2))
    model, home = Model(one), np.zeros(Model(one).n)
    home[one.home_pair] = 1.0
    home[one.n_pairs :] = 1e3
    assert rows_hold(model, home, zone=True)
    assert not rows_hold(model, home)


def test_a_relaxed_model_asks_for_no_whole_numbers() -> None:
    """The same rows and costs, nothing whole."""
    model = Model(only_part(street(12, 2)))
    whole, relaxed = model.lp(), model.lp(relaxed=True)
    assert len(whole.integrality_) == model.n
    assert len(relaxed.integrality_) == 0
    assert list(whole.col_cost_) == list(relaxed.col_cost_)


def test_a_known_plan_is_never_lost() -> None:
    """With a start and hardly any work the plan is no worse than the start."""
    one = only_part(town())
    start = nearest_plan(one)
    found = solve_exactly(one, start=start, nodes=0, seconds=30.0)
    assert found.pair is not None
    assert one.value(found.pair) <= one.value(start) + 1e-6
    assert found.bound_m <= one.value(found.pair) + 1e-6


def test_a_start_that_breaks_hard_rules_does_no_harm() -> None:
    """It is left aside; the answer is that without it."""
    one = only_part(street(12, 2, hard=True, high=34.0))
    start = nearest_plan(one)
    assert one.value(start) == np.inf
    with_start, without = solve_exactly(one, start=start), solve_exactly(one)
    assert with_start.bound_m == pytest.approx(without.bound_m)


def test_no_time_is_not_a_proof_of_anything() -> None:
    """However short the time, the bound is true, and never infinite where plans exist."""
    one = only_part(town())
    best = solve_exactly(one, gap=0.0, seconds=60.0)
    assert best.pair is not None
    hasty = solve_exactly(one, seconds=0.0)
    assert hasty.bound_m <= one.value(best.pair) + 1e-6


def test_it_can_be_stopped_from_outside() -> None:
    """A search that is halted gives what it has."""
    halt = threading.Event()
    halt.set()
    one = only_part(town())
    found = solve_exactly(one, start=nearest_plan(one), halt=halt, seconds=60.0)
    assert found.bound_m < np.inf

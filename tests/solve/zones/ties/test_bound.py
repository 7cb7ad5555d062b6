"""A bound that knows of ties: true whatever the ties, and higher than without where they bind."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem, Ties
from planner.solve.stop import Clock
from planner.solve.zones.parts import split
from planner.solve.zones.start import must_serve, nearest_plan
from planner.solve.zones.ties.bound import _off, _shared, raise_bound
from planner.solve.zones.ties.part import TiedPart
from tests.solve.towns import SLOW, only_part, row, town
from tests.strategies import best_plan, problems

NAN = np.nan


def some_ties(n: int, seed: int, count: int = 6) -> Ties:
    """Draw pairs of units, a third of them to be kept apart."""
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, n, (count, 2)), axis=1)
    price = rng.integers(1, 8, count) * 40.0
    return Ties(ends[:, 0], ends[:, 1], price, rng.random(count) < 0.33, np.ones(count, int))


@SLOW
@given(problems(most_units=6), st.integers(0, 2**31))
def test_the_bound_is_true_and_the_plan_no_worse(problem: Problem, seed: int) -> None:
    """From nothing proven and the nearest plan."""
    parts = split(problem).instances
    if len(parts) > 1 or parts[0].n_units < problem.n_units:
        return
    ties = some_ties(problem.n_units, seed)
    best, _ = best_plan(problem.replace(ties=ties))
    part = TiedPart.of(must_serve(parts[0]), ties)
    start = nearest_plan(part.instance)
    bound, pair = raise_bound(part, start, 0.0, gap=0.0, clock=Clock(300.0), seed=0)
    assert bound <= best + 1e-6 * max(best, 1.0)
    assert best - 1e-6 <= part.value(pair) <= part.value(start) + 1e-6
    assert part.instance.connected(pair).all()


def test_a_tie_that_costs_something_either_way_raises_the_bound() -> None:
    """Each of two has its own near centre: kept, one walks farther; torn, the tie costs. Proven in full."""
    walks = [[0.0, NAN], [10.0, 200.0], [200.0, 10.0], [NAN, 0.0]]
    problem = row(walks, [0, 3])
    part = TiedPart.of(only_part(problem), Ties([1], [2], [150.0], [False], [1]))
    start = nearest_plan(part.instance)
    bound, pair = raise_bound(part, start, 20.0, gap=0.0, clock=Clock(300.0), seed=0)
    best, _ = best_plan(problem.replace(ties=Ties([1], [2], [150.0], [False], [1])))
    assert best == pytest.approx(170.0)
    assert bound == pytest.approx(170.0)
    assert part.value(pair) == pytest.approx(170.0)


@SLOW
@given(st.integers(0, 2**31))
def test_marks_never_charge_a_plan_more_than_its_ties(seed: int) -> None:
    """For any numbers within their limits, each plan costs at most what it costs with ties."""
    rng = np.random.default_rng(seed)
    problem = row([[0.0, NAN], [10.0, 30.0], [30.0, 10.0], [NAN, 0.0]], [0, 3])
    part = TiedPart.of(only_part(problem), some_ties(4, seed, 5))
    live = np.flatnonzero(~part.lost & (part.price_m > 0))
    if not len(live):
        return
    price, apart = part.price_m[live][:, None], part.apart[live][:, None]
    low, high = np.where(apart, 0.0, -0.5 * price), np.where(apart, price, 0.5 * price)
    mark = rng.uniform(0, 1, (len(live), 2)) * (high - low) + low
    shared, off_m = _shared(part, live, mark)
    assert (shared.cost >= -1e-9).all()
    one = part.instance
    for choice in itertools.product([0, 1], repeat=2):
        pair = np.array([0, one.start[1] + choice[0], one.start[2] + choice[1], one.n_pairs - 1])
        assert shared.value(pair) - off_m + part.lost_m <= part.value(pair) + 1e-6


def test_numbers_follow_where_the_two_are() -> None:
    """Up where the first is, down where the second is; for two to be kept apart, up where they meet."""
    one = only_part(row([[0.0, NAN], [10.0, 20.0], [20.0, 10.0], [NAN, 0.0]], [0, 3]))
    part = TiedPart.of(one, Ties([1, 0], [2, 1], [5.0, 5.0], [False, True], [1, 1]))
    move = _off(part, np.arange(2), nearest_plan(one))
    assert move.tolist() == [[1.0, -1.0], [1.0, -1.0]]


def test_nothing_is_done_where_nothing_can_be() -> None:
    """No ties that bind, units that may be left out, a gap that is enough, no time."""
    problem = town(5, 3)
    one = only_part(problem)
    (loose,) = split(problem).instances
    pair = nearest_plan(one)
    tie = Ties([1], [2], [500.0], [False], [1])
    free = TiedPart.of(one, Ties([1], [2], [0.0], [False], [1]))
    bound = TiedPart.of(one, tie)
    cases = [
        (free, 0.0, 9.0),
        (TiedPart.of(loose, tie), 0.0, 9.0),
        (bound, 1e9, 9.0),
        (bound, 0.0, 0.0),
    ]
    for part, gap, seconds in cases:
        found = raise_bound(part, pair, 7.0, gap=gap, clock=Clock(seconds), seed=0)
        assert found[0] == 7.0
        assert found[1] is pair

"""Prizes on units: their bound is true, rises, and meets the programme over whole zones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem
from planner.solve.stop import Clock
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.proof.bound import Ascent
from planner.solve.zones.proof.dual import climb
from planner.solve.zones.proof.generation import Pool
from planner.solve.zones.start import must_serve, nearest_plan
from planner.solve.zones.track import Track
from tests.benchmarks.zoning_arrays import CLASH, Town, make
from tests.solve.towns import SLOW, only_part, street, town
from tests.strategies import best_plan, problems


def ascent_of(one: Instance, *, prize: np.ndarray | None = None, seconds: float = 60.0) -> Ascent:
    """Begin with the nearest centres, and with the prizes that prices on rules give."""
    track = Track(one, nearest_plan(one), 0.0, Clock(seconds))
    pool = Pool(one)
    pool.add_plan(track.pair)
    return Ascent(track, pool, climb(one, track.aim_m, steps=50).prize if prize is None else prize)


@SLOW
@given(problems(), st.integers(0, 1000))
def test_any_prizes_prove_something_true(problem: Problem, seed: int) -> None:
    """Good or bad, their bound lies below the best plan."""
    best, _ = best_plan(problem)
    parts = split(problem)
    total = parts.lost_m
    rng = np.random.default_rng(seed)
    for one in map(must_serve, parts.instances):
        ascent = ascent_of(one)
        total += ascent.evaluate(rng.uniform(-100, 3000, one.n_units))[0]
    assert total <= best + 1e-6 * max(best, 1.0)


@SLOW
@given(problems())
def test_climbing_and_generating_never_lie(problem: Problem) -> None:
    """After all the work the bound is below the best plan, and where nobody is torn apart it meets it."""
    best, _ = best_plan(problem)
    parts = split(problem)
    total = parts.lost_m
    for one in map(must_serve, parts.instances):
        ascent = ascent_of(one)
        ascent.climb(20)
        before = ascent.bound_m
        ascent.generate(50)
        assert ascent.bound_m >= before
        assert ascent.track.bound_m >= ascent.bound_m - 1e-9
        total += ascent.bound_m
    assert total <= best + 1e-6 * max(best, 1.0)


def test_the_bound_is_prizes_and_cheapest_zones() -> None:
    """What is kept belongs together: prizes, least prices, bound."""
    one = only_part(town())
    ascent = ascent_of(one)
    ascent.climb(15)
    assert ascent.bound_m == pytest.approx(ascent.prize.sum() + ascent.least.sum())
    assert (ascent.prize <= one.skip_cost).all()


def test_worse_prizes_change_nothing() -> None:
    """Only what proves more is kept, but its zones join the pool all the same."""
    one = only_part(town())
    ascent = ascent_of(one)
    ascent.climb(15)
    kept, bound, zones = ascent.prize.copy(), ascent.bound_m, len(ascent.pool)
    proven, _, better = ascent.evaluate(kept + np.linspace(-900, 900, one.n_units))
    assert not better
    assert proven < bound
    assert (ascent.prize == kept).all()
    assert ascent.bound_m == bound
    assert len(ascent.pool) > zones


def test_columns_prove_more_than_prices_on_rules() -> None:
    """On uneven blocks whole zones are the stronger bound, and it stays below the optimum."""
    one = only_part(make(Town(60, 9, 560, 66, CLASH), 1))
    weak = climb(one, one.value(nearest_plan(one)), steps=2_000).bound_m
    ascent = ascent_of(one)
    ascent.climb(30)
    assert ascent.generate(200)
    best = solve_exactly(one, seconds=60.0)
    assert best.pair is not None
    assert weak < ascent.bound_m <= one.value(best.pair) + 1e-6


def test_hard_rules_that_no_zone_can_keep_are_an_infinite_bound() -> None:
    """A home larger than a zone may be: its centre has no zone at all."""
    problem = street(12, 2, hard=True, low=0.0, high=1.0)
    one = only_part(problem)
    ascent = ascent_of(one, prize=np.full(one.n_units, 100.0))
    bound, _, better = ascent.evaluate(ascent.prize)
    assert better
    assert bound == np.inf
    assert ascent.track.hopeless


def test_without_time_nothing_is_done() -> None:
    """No climb, no columns, no bound."""
    ascent = ascent_of(only_part(town()), seconds=0.0)
    ascent.climb(10)
    assert not ascent.generate(10)
    assert ascent.bound_m == -np.inf

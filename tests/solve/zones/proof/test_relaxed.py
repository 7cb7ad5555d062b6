"""The relaxation with the connection rule: what its prices prove is true, and close."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem
from planner.solve.stop import Clock
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.proof.dual import climb
from planner.solve.zones.proof.relaxed import Prices, Relaxed
from planner.solve.zones.start import must_serve, nearest_plan
from tests.solve.towns import SLOW
from tests.strategies import best_plan, problems


def opened(instance: Instance) -> Relaxed:
    """Begin with prices on the rules alone."""
    return Relaxed(instance, climb(instance, 1e5, steps=30).multiplier)


@SLOW
@given(problems(), st.integers(0, 2**31))
def test_no_prices_prove_more_than_the_best_plan(problem: Problem, seed: int) -> None:
    """Whatever the prices, the bound lies below the best of all plans."""
    best, _ = best_plan(problem)
    parts, rng = split(problem), np.random.default_rng(seed)
    total = parts.lost_m
    for one in parts.instances:
        relaxed = Relaxed(one, np.zeros((one.n_centres, len(one.rows.limit))))
        most = np.minimum(one.rows.price, 1e4)
        for _ in range(5):
            hold = rng.uniform(0, 100, one.n_pairs) * (rng.random(one.n_pairs) < 0.3)
            hold[one.home_pair] = 0.0
            rule = rng.uniform(0, 0.2, (one.n_centres, len(most))) * most
            relaxed.offer(Prices(rule, hold))
        total += relaxed.bound_m
    assert total <= best + 1e-6 * max(best, 1.0)


@SLOW
@given(problems(), st.sampled_from([0.0, 50.0, 1e6]))
def test_windows_raise_the_bound_and_keep_it_true(problem: Problem, within: float) -> None:
    """Each window's programme proves at least as much as before, and never too much."""
    best, _ = best_plan(problem)
    parts = split(problem)
    total = parts.lost_m
    for one in map(must_serve, parts.instances):
        relaxed = opened(one)
        for centres in (np.arange(one.n_centres), *np.arange(one.n_centres)[:, None]):
            before = relaxed.bound_m
            window = relaxed.solve(centres, within, Clock(300.0))
            if window is not None:
                relaxed.adopt(window)
            assert relaxed.bound_m >= before
        total += relaxed.bound_m
    assert total <= best + 1e-6 * max(best, 1.0)


@SLOW
@given(problems())
def test_waste_shares_out_the_whole_gap(problem: Problem) -> None:
    """The waste of all zones adds up to the gap, and no zone has less than none."""
    for one in map(must_serve, split(problem).instances):
        relaxed, pair = opened(one), nearest_plan(one)
        if (pair < 0).any():
            continue
        window = relaxed.solve(np.arange(one.n_centres), 1e6, Clock(300.0))
        assert window is not None
        relaxed.adopt(window)
        waste = relaxed.waste(pair)
        assert waste.min() >= -1e-6
        assert waste.sum() == pytest.approx(one.value(pair) - relaxed.bound_m, rel=1e-6, abs=1e-3)


def test_the_connection_rule_is_counted() -> None:
    """Where a near unit can be reached through a far one only, prices on the rules are blind to it.

    Units stand in a row 0-1-2-3 with a home at each end; unit 2 costs next to nothing with the first,
    but unit 1, through which it must go, costs a lot there.
    """
    problem = Problem(
        load=np.ones(4),
        households=np.ones(4, int),
        home=[0, 3],
        pair_start=[0, 1, 3, 5, 6],
        pair_centre=[0, 0, 1, 0, 1, 1],
        walk_m=[0.0, 10.0, 200.0, 20.0, 100.0, 0.0],
        penalty_m=[0.0, 500.0, 0.0, 0.0, 0.0, 0.0],
        adjacency=[[0, 1], [1, 2], [2, 3]],
    )
    one = must_serve(split(problem).instances[0])
    relaxed = opened(one)
    assert relaxed.bound_m == pytest.approx(220.0)
    window = relaxed.solve(np.arange(2), 1e6, Clock(300.0))
    assert window is not None
    assert relaxed.adopt(window)
    assert relaxed.bound_m == pytest.approx(best_plan(problem)[0], rel=1e-4)

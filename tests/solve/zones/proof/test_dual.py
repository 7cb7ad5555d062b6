"""Prices on the rules: what they prove is true, and on units without obstacles close."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from planner.model.problem import Problem
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.proof import dual as room
from planner.solve.zones.proof.dual import climb
from planner.solve.zones.start import must_serve, nearest_plan
from tests.solve.towns import SLOW, only_part, street, town
from tests.strategies import best_plan, problems


@SLOW
@given(problems(all_pairs=False), st.sampled_from([0, 1, 30, 300]))
def test_the_bound_is_below_every_plan(problem: Problem, steps: int) -> None:
    """However many steps, and where units may be left out too."""
    best, _ = best_plan(problem)
    parts = split(problem)
    total = parts.lost_m
    for one in map(must_serve, parts.instances):
        total += climb(one, one.value(nearest_plan(one)), steps=steps).bound_m
    assert total <= best + 1e-6 * max(best, 1.0)


def proven_by(one: Instance, price: np.ndarray) -> float:
    """Work out by hand what prices on the rules prove."""
    rows = one.rows
    total = -float((price * rows.limit).sum())
    for u in range(one.n_units):
        ways = [float(one.skip_cost[u])]
        for p in range(one.start[u], one.start[u + 1]):
            ways.append(float(one.cost[p] + price[one.centre[p]] @ rows.weight[:, u]))
        total += min(ways)
    return total


@SLOW
@given(problems(all_pairs=False))
def test_prices_prove_what_is_said(problem: Problem) -> None:
    """The bound is that of the prices, which lie between 0 and what breaking costs; so do the prizes."""
    for one in split(problem).instances:
        found = climb(one, one.value(nearest_plan(one)), steps=60)
        assert found.bound_m == pytest.approx(proven_by(one, found.multiplier))
        assert (found.multiplier >= 0).all()
        assert (found.multiplier <= one.rows.price).all()
        charged = one.cost + (found.multiplier[one.centre] * one.rows.weight[:, one.unit].T).sum(
            axis=1
        )
        least = np.minimum(np.minimum.reduceat(charged, one.start[:-1]), one.skip_cost)
        assert found.prize == pytest.approx(least)


def test_more_steps_prove_no_less() -> None:
    """The best prices so far are kept."""
    one = only_part(town(low=66.0, high=72.0))
    value = one.value(nearest_plan(one))
    bounds = [climb(one, value, steps=steps).bound_m for steps in (1, 5, 50, 500)]
    assert bounds == sorted(bounds)
    assert bounds[-1] > bounds[0]


def test_it_comes_close_to_the_linear_programme() -> None:
    """Without the connection rule the best prices prove what the linear relaxation proves."""
    one = only_part(town(6, 3, low=60.0, high=66.0))
    rows, m, n = one.rows, one.n_centres, one.n_units
    once = np.zeros((n, one.n_pairs + 2 * m))
    once[one.unit, np.arange(one.n_pairs)] = 1.0
    rule = np.zeros((2 * m, one.n_pairs + 2 * m))
    for k in range(2):
        rule[k * m + one.centre, np.arange(one.n_pairs)] = rows.weight[k, one.unit]
        rule[k * m + np.arange(m), one.n_pairs + k * m + np.arange(m)] = -1.0
    cost = np.concatenate([one.cost, np.repeat(rows.price, m)])
    relaxed = linprog(cost, rule, np.repeat(rows.limit, m), once, np.ones(n))
    found = climb(one, one.value(nearest_plan(one)), steps=2_000)
    assert found.bound_m <= relaxed.fun + 1e-6
    assert found.bound_m >= 0.995 * relaxed.fun


def test_without_rules_everybody_goes_where_it_is_cheapest() -> None:
    """No prices, and a bound that is met."""
    one = only_part(street().replace(rules=()))
    found = climb(one, 1e9, steps=50)
    assert found.multiplier.shape == (one.n_centres, 0)
    assert found.bound_m == pytest.approx(np.minimum.reduceat(one.cost, one.start[:-1]).sum())


def test_pairs_left_out_of_a_very_large_part_do_not_spoil_the_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The prices are found without them, the bound is worked out with them."""
    one = only_part(town(low=66.0, high=72.0))
    monkeypatch.setattr(room, "MANY", 0)
    monkeypatch.setattr(room, "REACH", 0.1)
    found = climb(one, one.value(nearest_plan(one)), steps=200)
    assert found.bound_m == pytest.approx(proven_by(one, found.multiplier))

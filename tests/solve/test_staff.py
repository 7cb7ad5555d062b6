"""Staffing: everyone is served, floors and ceilings hold where they can, nobody could do better."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from planner.solve.staff import serving_range, staff


@given(st.integers(0, 200), st.integers(0, 12), st.integers(1, 20), st.integers(0, 20))
def test_the_number_that_serves_keeps_floor_and_ceiling(
    total: int, servers: int, low: int, room: int
) -> None:
    """As many serve as the floor allows, unless the ceiling asks for more."""
    high = low + room
    count = serving_range(total, servers, low, high)
    fits = [k for k in range(1, servers + 1) if low * k <= total <= high * k]
    if fits:
        assert count == max(fits)
    assert 0 <= count <= servers
    assert (count > 0) == (total > 0 and servers > 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(1, 4), st.integers(0, 2**31))
def test_everyone_is_served_at_least_cost(n: int, m: int, seed: int) -> None:
    """With all serving, the cost is that of the linear programme with the same floors and ceilings."""
    rng = np.random.default_rng(seed)
    load, walk = rng.integers(1, 9, n), rng.integers(0, 50, (n, m)) * 10.0
    low, high = load.sum() // (2 * m), load.sum() // m + 2
    found = staff(load, walk, low, high)
    assert (found.share.sum(axis=1) == load).all()
    assert not found.share[:, ~found.serves].any()
    assert found.short.sum() == 0
    assert found.over.sum() == 0
    serving = np.flatnonzero(found.serves)
    assert len(serving) == serving_range(int(load.sum()), m, low, high)
    assert found.cost_m == pytest.approx(_least(load, walk[:, serving], low, high), abs=1e-6)


def _least(load: np.ndarray, walk: np.ndarray, low: float, high: float) -> float:
    n, k = walk.shape
    each = np.kron(np.eye(n), np.ones(k))
    held = np.kron(np.ones(n), np.eye(k))
    found = linprog(
        walk.ravel(), A_ub=np.vstack([held, -held]), b_ub=np.r_[np.full(k, high), np.full(k, -low)],
        A_eq=each, b_eq=load,
    )  # fmt: skip
    return float(found.fun)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 6), st.integers(3, 5), st.integers(0, 2**31))
def test_who_serves_is_chosen_well(n: int, m: int, seed: int) -> None:
    """Where some rest, the choice is seldom far from the best of all choices and never breaks a floor."""
    rng = np.random.default_rng(seed)
    spot, home = rng.uniform(0, 500, (n, 2)), rng.uniform(0, 500, (m, 2))
    walk = np.round(np.hypot(*(spot[:, None] - home[None]).T).T)
    load = rng.integers(5, 12, n)
    low, high = load.sum() // 2, load.sum()
    found = staff(load, walk, low, high)
    count = int(found.serves.sum())
    best = min(
        _least(load, walk[:, list(chosen)], low, high)
        for chosen in itertools.combinations(range(m), count)
    )
    assert found.short.sum() == found.over.sum() == 0
    assert found.cost_m <= 1.25 * best + 1e-6


def test_too_few_hands_are_shared_evenly() -> None:
    """Where the ceiling cannot hold, it is missed by as little as possible, and that is said."""
    found = staff([30, 30], np.array([[0.0, 100.0], [100.0, 0.0]]), 15, 25)
    assert found.over.tolist() == [5, 5]
    assert found.share.sum() == 60


def test_nobody_there() -> None:
    """No servers, or nobody to serve: an empty answer, not an error."""
    assert staff([3], np.zeros((1, 0)), 15, 25).share.shape == (1, 0)
    assert not staff([0, 0], np.zeros((2, 2)), 15, 25).serves.any()

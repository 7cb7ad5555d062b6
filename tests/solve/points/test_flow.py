"""The flow: the cheapest assignment of points to fixed centres within bounds, or none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from planner.solve.points.flow import balance, level
from planner.solve.points.start import nearest_zones
from tests.solve.points.clouds import scatter


def exact(cost: np.ndarray, low: int, high: int) -> float:
    """Solve the assignment by the Hungarian method: `low` forced places a zone, then free ones."""
    n, zones = cost.shape
    places = np.repeat(np.arange(zones), high)
    forced = np.tile(np.arange(high) < low, zones)
    table = np.zeros((len(places), len(places)))
    table[:n] = cost[:, places]
    table[n:, forced] = 1e9  # an empty place may only be a free one
    rows, columns = linear_sum_assignment(table)
    assert not forced[columns[n:]].any() or len(places) == n
    return float(table[rows, columns].sum())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(0, 3), st.integers(0, 3))
def test_the_flow_is_the_cheapest_assignment(seed: int, zones: int, less: int, more: int) -> None:
    """Assignment to fixed centres costs what the Hungarian method says, whatever the bounds."""
    rng = np.random.default_rng(seed)
    n = zones * 5 + int(rng.integers(0, zones))
    low, high = 5 - less, -(-n // zones) + more
    x, centre = scatter(n, seed), rng.uniform(0, 1000, (zones, 2))
    near, cost = nearest_zones(x, centre, zones)
    label = np.empty(n, np.int64)
    assert balance(near, cost, zones, low, high, np.zeros(zones), label)
    size = np.bincount(label, minlength=zones)
    assert size.min() >= low
    assert size.max() <= high
    table = ((x[:, None] - centre[None]) ** 2).sum(2)
    assert table[np.arange(n), label].sum() == pytest.approx(exact(table, low, high))


def test_without_bounds_each_goes_to_the_nearest() -> None:
    """Bounds that never bind leave every point at its nearest centre."""
    x, centre = scatter(200, 1), scatter(7, 2)
    near, cost = nearest_zones(x, centre, 7)
    label = np.empty(200, np.int64)
    assert balance(near, cost, 7, 0, 200, np.zeros(7), label)
    assert (label == near[:, 0]).all()


def test_the_flow_says_when_candidates_do_not_allow_it() -> None:
    """Two candidates each cannot fill five zones evenly when all points are in one place."""
    x, centre = np.zeros((50, 2)), np.arange(10.0).reshape(5, 2)
    near, cost = nearest_zones(x, centre, 2)
    assert not balance(near, cost, 5, 10, 10, np.zeros(5), np.empty(50, np.int64))
    near, cost = nearest_zones(x, centre, 5)
    label = np.empty(50, np.int64)
    assert balance(near, cost, 5, 10, 10, np.zeros(5), label)
    assert (np.bincount(label) == 10).all()


@pytest.mark.parametrize(("low", "high"), [(0, 9), (11, 50)])
def test_bounds_that_do_not_add_up_have_no_flow(low: int, high: int) -> None:
    """Fifty points, five zones: not with nine each at most, nor with eleven each at least."""
    near, cost = nearest_zones(scatter(50, 3), scatter(5, 4), 5)
    assert not balance(near, cost, 5, low, high, np.zeros(5), np.empty(50, np.int64))


def test_a_point_is_handed_on_along_a_chain() -> None:
    """Three zones in a row, the first too full and only the last with room: the middle passes one on."""
    x, centre = np.array([[0.0], [1.0], [9.0], [11.0], [21.0]]), np.array([[0.0], [10.0], [20.0]])
    near, cost = nearest_zones(x, centre, 2)
    label = np.empty(5, np.int64)
    assert balance(near, cost, 3, 1, 2, np.zeros(3), label)
    assert label.tolist() == [0, 0, 1, 1, 2]
    x = np.array([[-1.0], [0.0], [4.0], [9.0], [11.0]])
    near, cost = nearest_zones(x, centre, 2)
    assert balance(near, cost, 3, 1, 2, np.zeros(3), label)
    assert label.tolist() == [0, 0, 1, 1, 2]


def test_levelled_prices_come_close_to_the_exact_flow() -> None:
    """With prices found first the bounds hold and the cost is that of the optimum, or nearly."""
    x = scatter(1600, 3)
    centre = x[:8] + 1.0
    near, cost = nearest_zones(x, centre, 8)
    found = []
    for quick in (False, True):
        price, label = np.zeros(8), np.empty(1600, np.int64)
        if quick:
            level(near, cost, 8, 180, 220, price, label)
        assert balance(near, cost, 8, 180, 220, price, label)
        size = np.bincount(label)
        assert size.min() >= 180
        assert size.max() <= 220
        found.append(((x - centre[label]) ** 2).sum())
    assert found[0] <= found[1] <= 1.01 * found[0]


def test_levelling_moves_sizes_towards_the_bounds() -> None:
    """Prices alone bring the sizes nearer to their bounds than no prices do."""
    x, centre = scatter(2000, 5), scatter(6, 6)
    near, cost = nearest_zones(x, centre, 6)
    before = np.bincount(near[:, 0], minlength=6)
    price, label = np.zeros(6), np.empty(2000, np.int64)
    level(near, cost, 6, 320, 350, price, label)
    after = np.bincount(label, minlength=6)
    assert np.abs(after - 333).max() < 0.2 * np.abs(before - 333).max()
    best = (cost - price[near]).argmin(axis=1)
    assert (label == near[np.arange(2000), best]).mean() > 0.9


def test_one_zone_takes_all_and_needs_no_price() -> None:
    """With a single candidate there is nothing to level."""
    near, cost = nearest_zones(scatter(20, 7), np.zeros((1, 2)), 1)
    price, label = np.zeros(1), np.empty(20, np.int64)
    level(near, cost, 1, 20, 20, price, label)
    assert price[0] == 0.0
    assert balance(near, cost, 1, 20, 20, price, label)
    assert (label == 0).all()

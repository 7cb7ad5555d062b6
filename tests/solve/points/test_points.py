"""Points into zones: the flow is exact, the descent goes down, and bounds hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from planner.solve.points import Effort, Points, partition
from planner.solve.points.exchange import exchange
from planner.solve.points.flow import balance, level
from planner.solve.points.start import halved_centres, nearest_zones, spread_centres


def scatter(n: int, seed: int, features: int = 2) -> np.ndarray:
    """Make up points: half of them anywhere, half in knots."""
    rng = np.random.default_rng(seed)
    knots = rng.uniform(0, 1000, (max(n // 20, 1), features))
    even = rng.uniform(0, 1000, (n - n // 2, features))
    return np.concatenate([even, knots[rng.integers(len(knots), size=n // 2)]]) + rng.normal(
        0, 5, (n, features)
    )


def sized(x: np.ndarray, zones: int, low: float, high: float) -> Points:
    """Give points that all count as one."""
    one = np.ones(len(x))
    return Points(x, one, one, zones, low, high)


def cost_of(x: np.ndarray, label: np.ndarray) -> float:
    """Recompute the squared distances to the means, zone by zone."""
    return sum(
        float(((x[label == z] - x[label == z].mean(0)) ** 2).sum()) for z in np.unique(label)
    )


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


def test_the_flow_says_when_candidates_do_not_allow_it() -> None:
    """Two candidates each cannot fill five zones evenly when all points are in one place."""
    x, centre = np.zeros((50, 2)), np.arange(10.0).reshape(5, 2)
    near, cost = nearest_zones(x, centre, 2)
    assert not balance(near, cost, 5, 10, 10, np.zeros(5), np.empty(50, np.int64))
    near, cost = nearest_zones(x, centre, 5)
    label = np.empty(50, np.int64)
    assert balance(near, cost, 5, 10, 10, np.zeros(5), label)
    assert (np.bincount(label) == 10).all()


def test_levelled_prices_come_close_to_the_exact_flow() -> None:
    """With prices found first the bounds hold and the cost is that of the optimum, or nearly."""
    x = scatter(4000, 3)
    centre = x[:8] + 1.0
    near, cost = nearest_zones(x, centre, 8)
    found = []
    for quick in (False, True):
        price, label = np.zeros(8), np.empty(4000, np.int64)
        if quick:
            level(near, cost, 8, 450, 550, price, label)
        assert balance(near, cost, 8, 450, 550, price, label)
        size = np.bincount(label)
        assert size.min() >= 450
        assert size.max() <= 550
        found.append(((x - centre[label]) ** 2).sum())
    assert found[0] <= found[1] <= 1.01 * found[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 4))
def test_bounds_hold_and_the_cost_is_true(seed: int, zones: int, features: int) -> None:
    """Each zone is within its bounds, none is empty, and the cost told is the cost recomputed."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(zones * 2, zones * 30 + 2))
    x = scatter(n, seed, features)
    low, high = max(n // zones - int(rng.integers(0, 3)), 1), -(-n // zones) + int(rng.integers(4))
    found = partition(sized(x, zones, low, high), Effort(recuts=2), seed)
    size = np.bincount(found.label, minlength=zones)
    assert size.min() >= low
    assert size.max() <= high
    assert found.excess == 0
    assert found.cost == pytest.approx(cost_of(x, found.label))


def test_points_in_one_place() -> None:
    """Points that all coincide are shared out all the same, at no cost."""
    found = partition(sized(np.ones((60, 2)), 6, 10, 10), Effort(), 0)
    assert (np.bincount(found.label) == 10).all()
    assert found.cost == pytest.approx(0, abs=1e-9)


def test_exchange_only_goes_down() -> None:
    """Handing on and swapping from any start lowers the cost and keeps full zones full."""
    x, rng = scatter(600, 1), np.random.default_rng(1)
    label = rng.permutation(np.repeat(np.arange(10), 60))
    before = cost_of(x, label)
    near = np.tile(np.arange(10, dtype=np.int32), (600, 1))
    one = np.ones(600)
    steps = exchange(x, one, one, 60.0, 60.0, 1e12, near, 10, label, 50)
    assert steps > 0
    assert (np.bincount(label) == 60).all()
    assert cost_of(x, label) < 0.2 * before


def test_no_swap_helps_in_the_end() -> None:
    """At rest no exchange of two points lowers the cost: tried by brute force."""
    x = scatter(60, 5)
    found = partition(sized(x, 4, 15, 15), Effort(), 0)
    for i in range(60):
        for j in range(i):
            other = found.label.copy()
            other[[i, j]] = other[[j, i]]
            assert cost_of(x, other) >= found.cost * (1 - 1e-9)


def test_cutting_groups_anew_helps() -> None:
    """More recuts never make it worse, and in sum better."""
    x = scatter(1500, 2)
    plain, cut = (
        [partition(sized(x, 25, 55, 65), Effort(recuts=r), seed).cost for seed in range(3)]
        for r in (0, 6)
    )
    assert all(b <= a * (1 + 1e-9) for a, b in zip(plain, cut, strict=True))
    assert sum(cut) < 0.99 * sum(plain)


def test_lumps_meet_their_bounds() -> None:
    """Points of different size are brought within bounds that leave some room."""
    x, rng = scatter(900, 4), np.random.default_rng(4)
    unit = rng.integers(1, 20, 900).astype(float)
    fair = unit.sum() / 20
    found = partition(Points(x, unit, unit, 20, 0.95 * fair, 1.05 * fair), Effort(), 0)
    size = np.bincount(found.label, unit)
    assert found.excess == 0
    assert size.min() >= 0.95 * fair
    assert size.max() <= 1.05 * fair


def test_lumps_that_cannot_fit_are_told() -> None:
    """Three points of 2 into two zones of 3: one unit stays out of bounds, and is told."""
    x, two = np.array([[0.0], [1.0], [5.0]]), np.full(3, 2.0)
    found = partition(Points(x, two, two, 2, 0.0, 3.0), Effort(), 0)
    assert found.excess == 1


def test_same_seed_same_zones() -> None:
    """The seed decides; the arrays handed in are left alone."""
    x = scatter(500, 6)
    x.setflags(write=False)
    points = sized(x, 9, 50, 60)
    first, again, other = (partition(points, Effort(recuts=1), seed) for seed in (1, 1, 2))
    assert (first.label == again.label).all()
    assert (first.label != other.label).any()


def test_starts_are_spread() -> None:
    """Halving gives pieces of equal size; spreading gives places of points, all different."""
    x = scatter(640, 7)
    rng = np.random.default_rng(0)
    halves = halved_centres(x, np.ones(640), 16, rng)
    assert len(np.unique(halves, axis=0)) == 16
    random = rng.integers(1, 2**62, 2).astype(np.uint64)
    spread = spread_centres(x, np.ones(640), 16, random)
    assert len(np.unique(spread, axis=0)) == 16
    assert all((x == place).all(1).any() for place in spread)


@pytest.mark.parametrize("features", [2, 40])
def test_nearest_zones_are_the_nearest(features: int) -> None:
    """The candidates of a point are its nearest centres, in order, by tree and by table alike."""
    x, centre = scatter(200, 8, features), scatter(30, 9, features)
    near, squares = nearest_zones(x, centre, 5)
    table = ((x[:, None] - centre[None]) ** 2).sum(2)
    assert np.allclose(squares, np.sort(table, axis=1)[:, :5])
    assert np.allclose(np.take_along_axis(table, near.astype(np.int64), 1), squares)

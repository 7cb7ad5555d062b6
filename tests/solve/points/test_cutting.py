"""Points into zones: bounds hold, the cost told is true, and more effort is never worse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.points import Effort, Points, partition
from tests.solve.points.clouds import cost_of, scatter, sized


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
    means = np.array([x[found.label == z].mean(0) for z in range(zones)])
    assert np.allclose(found.centre, means)


def test_points_in_one_place() -> None:
    """Points that all coincide are shared out all the same, at no cost."""
    found = partition(sized(np.ones((60, 2)), 6, 10, 10), Effort(), 0)
    assert (np.bincount(found.label) == 10).all()
    assert found.cost == pytest.approx(0, abs=1e-9)


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
    x = scatter(900, 2)
    plain, cut = (
        [partition(sized(x, 18, 45, 55), Effort(recuts=r), seed).cost for seed in range(3)]
        for r in (0, 6)
    )
    assert all(b <= a * (1 + 1e-9) for a, b in zip(plain, cut, strict=True))
    assert sum(cut) < 0.99 * sum(plain)


def test_the_best_of_several_starts_is_kept() -> None:
    """Three starts are at least as good as the first of them."""
    points = sized(scatter(300, 9), 9, 25, 45)
    costs = [partition(points, Effort(starts=s, recuts=0), 4).cost for s in (1, 2, 3)]
    assert costs == sorted(costs, reverse=True)


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


def test_no_zone_of_lumps_is_empty() -> None:
    """Lumps far apart and zones to spare: each zone gets one."""
    x = np.array([[0.0], [0.1], [0.2], [50.0], [99.0]])
    unit = np.array([2.0, 1.0, 1.0, 1.0, 1.0])
    found = partition(Points(x, unit, unit, 5, 0.0, 9.0), Effort(), 0)
    assert sorted(found.label) == [0, 1, 2, 3, 4]


def test_same_seed_same_zones() -> None:
    """The seed decides; the arrays handed in are left alone, and may be written by nobody."""
    x = scatter(500, 6)
    x.setflags(write=False)
    points = sized(x, 9, 50, 60)
    first, again, other = (partition(points, Effort(recuts=1), seed) for seed in (1, 1, 2))
    assert (first.label == again.label).all()
    assert (first.label != other.label).any()


def test_rounds_are_counted_and_limited() -> None:
    """One round is one round; the result is a partition all the same."""
    found = partition(sized(scatter(200, 1), 5, 30, 50), Effort(rounds=1, recuts=0), 0)
    assert found.rounds == 1
    assert found.excess == 0


def test_large_zones_are_cut_by_prices() -> None:
    """Two zones of hundreds of points meet bounds that leave no room."""
    found = partition(sized(scatter(700, 11), 2, 350, 350), Effort(recuts=1), 0)
    assert (np.bincount(found.label) == 350).all()

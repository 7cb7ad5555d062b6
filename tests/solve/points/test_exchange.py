"""The descent by single points and swaps: it only goes down, and stops where no step helps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.points.exchange import exchange
from tests.solve.points.clouds import cloud, cost_of, scatter


def everywhere(n: int, zones: int) -> np.ndarray:
    """Let each point go to any zone."""
    return np.tile(np.arange(zones, dtype=np.int32), (n, 1))


def test_exchange_only_goes_down() -> None:
    """Handing on and swapping from any start lowers the cost and keeps full zones full."""
    x, rng = scatter(600, 1), np.random.default_rng(1)
    label = rng.permutation(np.repeat(np.arange(10), 60))
    before = cost_of(x, label)
    steps = exchange(cloud(x, 60, 60, 1e12), everywhere(600, 10), 10, label, 50)
    assert steps > 0
    assert (np.bincount(label) == 60).all()
    assert cost_of(x, label) < 0.2 * before


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5), st.booleans())
def test_at_rest_no_single_point_would_be_better_elsewhere(
    seed: int, zones: int, bounded: bool
) -> None:
    """Brute force: no point handed on lowers cost and price together, and no zone is empty."""
    n = zones * 8
    x, rng = scatter(n, seed), np.random.default_rng(seed)
    low, high, price = (6, 10, 1e5) if bounded else (0, n, 0.0)
    label = rng.permutation(np.arange(n) % zones)
    exchange(cloud(x, low, high, price), everywhere(n, zones), zones, label, 200)

    def value(of: np.ndarray) -> float:
        size = np.bincount(of, minlength=zones)
        out = np.maximum(low - size, 0) + np.maximum(size - high, 0)
        return cost_of(x, of) + price * float(out.sum())

    now = value(label)
    assert np.bincount(label, minlength=zones).min() >= 1
    for i in range(n):
        for z in range(zones):
            if (label == label[i]).sum() > 1:
                other = label.copy()
                other[i] = z
                assert value(other) >= now * (1 - 1e-9)


def test_nothing_is_done_where_nothing_helps() -> None:
    """Two clear knots in two zones: no step, nothing changed."""
    x = np.array([[0.0], [1.0], [100.0], [101.0]])
    label = np.array([0, 0, 1, 1])
    assert exchange(cloud(x, 1, 4, 1.0), everywhere(4, 2), 2, label, 10) == 0
    assert label.tolist() == [0, 0, 1, 1]


def test_a_swap_is_found_where_no_single_step_helps() -> None:
    """Full zones with two points crossed: one swap, and both are right."""
    x = np.array([[0.0], [1.0], [100.0], [101.0]])
    label = np.array([0, 1, 0, 1])
    assert exchange(cloud(x, 2, 2, 1e9), everywhere(4, 2), 2, label, 10) == 1
    assert label[0] == label[1] != label[2] == label[3]


def test_a_zone_may_be_left_out_of_reach() -> None:
    """A point goes only to zones that it may go to, whatever else would be cheaper."""
    x = np.array([[0.0], [1.0], [100.0], [101.0]])
    label = np.array([0, 1, 0, 1])
    near = np.array([[0, 0], [1, 1], [0, 0], [1, 1]], np.int32)
    assert exchange(cloud(x, 1, 4, 1.0), near, 2, label, 10) == 0


@pytest.mark.parametrize(("price", "sizes"), [(1.0, [1, 3]), (1e6, [2, 2])])
def test_bounds_are_weighed_against_the_walk(price: float, sizes: list[int]) -> None:
    """Three points in a knot and one far off: cheap bounds are broken, dear ones kept."""
    x, label = np.array([[0.0], [50.0], [51.0], [52.0]]), np.array([0, 0, 1, 1])
    exchange(cloud(x, 2, 2, price), everywhere(4, 2), 2, label, 50)
    assert sorted(np.bincount(label)) == sizes


def test_lumps_of_other_sizes_are_swapped_to_fit() -> None:
    """Sizes 3 and 1 in one zone, 3 and 1 in the other, far apart: swapped where the bounds ask for it."""
    x, unit = np.array([[0.0], [0.0], [9.0], [9.0]]), np.array([3.0, 3.0, 1.0, 1.0])
    label = np.array([0, 0, 1, 1])
    exchange(cloud(x, 4, 4, 1e6, unit), everywhere(4, 2), 2, label, 50)
    assert np.bincount(label, unit).tolist() == [4.0, 4.0]


def test_sweeps_are_a_limit() -> None:
    """No sweep, no step; and what one sweep leaves, another goes on from."""
    x, label = scatter(200, 2), np.arange(200) % 5
    assert exchange(cloud(x, 0, 200, 0.0), everywhere(200, 5), 5, label, 0) == 0
    costs = [cost_of(x, label)]
    for _ in range(3):
        exchange(cloud(x, 0, 200, 0.0), everywhere(200, 5), 5, label, 1)
        costs.append(cost_of(x, label))
    assert costs == sorted(costs, reverse=True)
    assert costs[1] < costs[0]

"""Cutting a few zones anew: what is kept is better, and nothing outside the group moves."""

from __future__ import annotations

import numpy as np

from planner.solve.points.regions import LARGE, recut
from planner.solve.points.start import nearest_zones
from tests.solve.points.clouds import cloud, cost_of, scatter


def state(seed: int) -> np.ndarray:
    """State of a generator."""
    return np.random.default_rng(seed).integers(1, 2**62, 2).astype(np.uint64)


def poor(n: int, zones: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points in zones that were cut badly: by one coordinate alone; and each zone's neighbours."""
    x = scatter(n, seed)
    label = np.empty(n, np.int64)
    label[np.argsort(x[:, 0])] = np.arange(n) * zones // n
    centre = np.array([x[label == z].mean(0) for z in range(zones)])
    return x, label, nearest_zones(centre, centre, min(5, zones))[0].astype(np.int64)


def test_what_is_kept_is_better_and_within_bounds() -> None:
    """Each pass lowers the cost; sizes stay as they must; it tells how many groups got better."""
    x, label, group = poor(600, 12, 1)
    points, costs = cloud(x, 45, 55, 1e12), [cost_of(x, label)]
    for turn in range(3):
        better = recut(points, True, group, label, np.arange(12), state(turn))
        costs.append(cost_of(x, label))
        size = np.bincount(label, minlength=12)
        assert (size >= 45).all()
        assert (size <= 55).all()
        assert (better > 0) == (costs[-1] < costs[-2])
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < 0.7 * costs[0]


def test_what_is_outside_the_group_stays() -> None:
    """A turn for one zone moves points of its neighbours and of nobody else."""
    x, label, group = poor(400, 10, 2)
    old = label.copy()
    recut(cloud(x, 30, 50, 1e12), True, group, label, np.array([4]), state(2))
    moved = np.flatnonzero(label != old)
    assert len(moved)
    assert set(old[moved]) | set(label[moved]) <= set(group[4])


def test_large_zones_are_levelled_first() -> None:
    """Zones of many points come out within their bounds too."""
    n = 3 * LARGE * 2
    x, label, group = poor(n, 3, 3)
    recut(cloud(x, n / 3 - 20, n / 3 + 20, 1e15), True, group, label, np.arange(3), state(3))
    size = np.bincount(label)
    assert np.abs(size - n / 3).max() <= 20


def test_lumps_are_cut_by_price() -> None:
    """Points of different size: what is kept costs less, the price of broken bounds included."""
    x, label, group = poor(300, 6, 4)
    unit = np.random.default_rng(4).integers(1, 9, 300).astype(float)
    fair, price = unit.sum() / 6, 1e6
    points = cloud(x, 0.9 * fair, 1.1 * fair, price, unit)

    def value() -> float:
        size = np.bincount(label, unit)
        out = np.maximum(points.low - size, 0) + np.maximum(size - points.high, 0)
        return cost_of(x, label) + price * float(out.sum())

    before = value()
    better = recut(points, False, group, label, np.arange(6), state(4))
    assert better > 0
    assert value() < before


def test_same_state_same_cut() -> None:
    """The state of the generator decides, and goes on from where it was."""
    labels = []
    for seed in (5, 5, 6):
        x, label, group = poor(300, 8, 5)
        random = state(seed)
        recut(cloud(x, 30, 45, 1e12), True, group, label, np.arange(8), random)
        assert (random != state(seed)).any()
        labels.append(label)
    assert (labels[0] == labels[1]).all()
    assert (labels[0] != labels[2]).any()

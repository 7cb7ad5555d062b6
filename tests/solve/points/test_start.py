"""Where to begin: centres apart from one another, halves of equal size, the nearest zones of a point."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve.points import start
from planner.solve.points.start import halved_centres, nearest_zones, spread_centres
from tests.solve.points.clouds import scatter


def state(seed: int) -> np.ndarray:
    """State of a generator."""
    return np.random.default_rng(seed).integers(1, 2**62, 2).astype(np.uint64)


def test_spread_centres_are_places_of_points_all_different() -> None:
    """Each is one of the points, and none is taken twice."""
    x = scatter(640, 7)
    spread = spread_centres(x, np.ones(640), 16, state(0))
    assert len(np.unique(spread, axis=0)) == 16
    assert all((x == place).all(1).any() for place in spread)


def test_spread_centres_are_better_than_drawn_ones() -> None:
    """Points are nearer to spread centres than to as many drawn at random, on the mean of ten draws."""
    x, rng = scatter(400, 8), np.random.default_rng(8)
    spread = np.mean([_cost(x, spread_centres(x, np.ones(400), 12, state(s))) for s in range(10)])
    drawn = np.mean([_cost(x, x[rng.choice(400, 12, replace=False)]) for _ in range(10)])
    assert spread < 0.7 * drawn


def test_a_point_without_weight_is_no_centre() -> None:
    """What weighs nothing is never chosen."""
    x = scatter(100, 9)
    weight = np.r_[np.zeros(90), np.ones(10)]
    spread = spread_centres(x, weight, 5, state(1))
    assert all((x[90:] == place).all(1).any() for place in spread)


def _cost(x: np.ndarray, centre: np.ndarray) -> float:
    return float(((x[:, None] - centre) ** 2).sum(2).min(1).sum())


def test_halves_are_of_equal_size() -> None:
    """Sixteen pieces of 640 points: all different, and the nearest of each are about forty."""
    x, rng = scatter(640, 7), np.random.default_rng(0)
    halves = halved_centres(x, np.ones(640), 16, rng)
    assert len(np.unique(halves, axis=0)) == 16
    size = np.bincount(nearest_zones(x, halves, 1)[0][:, 0], minlength=16)
    assert size.min() >= 20
    assert size.max() <= 70


def test_halving_shares_out_what_points_count() -> None:
    """On a line, a heavy end gets as many zones as it counts for."""
    x = np.arange(100.0)[:, None]
    unit = np.where(x[:, 0] < 20, 16.0, 1.0)
    centre = np.sort(halved_centres(x, unit, 10, np.random.default_rng(0))[:, 0])
    assert (centre < 20).sum() == 8


@pytest.mark.parametrize("zones", [1, 3, 5])
def test_few_points_are_enough(zones: int) -> None:
    """As many points as zones: each is a centre of its own; more zones than points repeat the last."""
    x = scatter(5, 3)
    centre = halved_centres(x, np.ones(5), zones, np.random.default_rng(0))
    assert centre.shape == (zones, 2)
    assert np.isfinite(centre).all()
    if zones == 5:
        assert sorted(map(tuple, centre)) == sorted(map(tuple, x))


@pytest.mark.parametrize("features", [2, 40])
def test_nearest_zones_are_the_nearest(features: int) -> None:
    """The candidates of a point are its nearest centres, in order, by tree and by table alike."""
    x, centre = scatter(200, 8, features), scatter(30, 9, features)
    near, squares = nearest_zones(x, centre, 5)
    table = ((x[:, None] - centre[None]) ** 2).sum(2)
    assert np.allclose(squares, np.sort(table, axis=1)[:, :5])
    assert np.allclose(np.take_along_axis(table, near.astype(np.int64), 1), squares)


def test_asked_for_more_than_there_are_all_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """More candidates than centres: all of them, whole tables worked off in blocks."""
    x, centre = scatter(50, 1), scatter(4, 2)
    whole = nearest_zones(x, centre, 9)
    assert whole[0].shape == (50, 4)
    monkeypatch.setattr(start, "BLOCK", 12)
    blocks = nearest_zones(x, centre, 9)
    assert (blocks[0] == whole[0]).all()
    assert (np.sort(whole[0], axis=1) == np.arange(4)).all()

"""Sharing homes out: the cheapest of all sharings, and what does not fit is told."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from planner.solve.helping import least_room, share_homes


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_cheapest_of_all(seed: int) -> None:
    """Every sharing of five homes among three helpers with room for two each is tried."""
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 400, (5, 3)).astype(float)
    may = rng.random((5, 3)) < 0.8
    may[:, 0] = True
    home, helper = np.nonzero(may)
    got = share_homes(home, helper, cost[home, helper], 5, np.full(3, 2))
    best = np.inf
    for who in product(range(3), repeat=5):
        if may[range(5), who].all() and np.bincount(who, minlength=3).max() <= 2:
            best = min(best, cost[range(5), who].sum())
    assert (got.pair >= 0).all()
    if np.isfinite(best):
        assert not got.over.any()
        assert got.cost == pytest.approx(best)
    else:
        assert got.over.any()
    assert home[got.pair].tolist() == [0, 1, 2, 3, 4]


def test_who_has_nobody_and_who_has_too_many() -> None:
    """A home out of reach stays without; a third home of a helper for two is told."""
    home, helper = np.array([0, 1, 2]), np.zeros(3, np.int64)
    got = share_homes(home, helper, np.ones(3), 4, np.array([2]))
    assert got.pair.tolist() == [0, 1, 2, -1]
    assert got.over.tolist() == [1]
    empty = np.zeros(0, np.int64)
    assert share_homes(empty, empty, np.zeros(0), 2, np.array([1])).pair.tolist() == [-1, -1]


def test_the_least_room_that_does_for_all() -> None:
    """Five homes, of which four know the first helper only: four."""
    home, helper = np.array([0, 1, 2, 3, 4, 4]), np.array([0, 0, 0, 0, 0, 1])
    assert least_room(home, helper, 5, 2) == 4
    assert not share_homes(home, helper, np.zeros(6), 5, np.array([4, 4])).over.any()
    assert share_homes(home, helper, np.zeros(6), 5, np.array([3, 3])).over.any()
    assert least_room(home[:0], helper[:0], 0, 2) == 0

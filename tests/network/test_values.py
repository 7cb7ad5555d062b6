"""Values that networks hand out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.network.worlds import at, network

NET = network([(0, 0), (300, 0)])
SNAPS = at(NET, (10, 5), (20, 5), (30, 5))


@pytest.mark.parametrize("pick", [[2, 0], np.array([2, 0]), np.array([True, False, True])])
def test_snaps_are_picked_by_position_or_mask(pick):
    """Every column goes along, in the order given."""
    some = SNAPS.take(pick)
    rows = np.arange(3)[np.asarray(pick)]
    assert len(some) == 2
    for name in ("edge", "along_m", "access_m", "xy", "home_xy", "crosses"):
        assert (getattr(some, name) == getattr(SNAPS, name)[rows]).all()


def test_nothing_is_picked_from_nothing():
    """An empty list is a pick too."""
    assert len(SNAPS.take([])) == 0


def test_walks_are_counted():
    """A table of walks is as long as its pairs."""
    assert len(NET.walks(SNAPS, SNAPS, limit_m=None)) == 9
    assert len(NET.walks(SNAPS, SNAPS.take([]), limit_m=None)) == 0

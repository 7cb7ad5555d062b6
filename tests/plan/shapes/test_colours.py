"""Colours of zones."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.plan.shapes.colours import colours


def test_neighbours_differ_in_colour() -> None:
    """Zones that nearly touch differ, a chain takes two colours, and none is hoarded."""
    chain = np.array([shapely.box(30 * i, 0, 30 * i + 25, 20) for i in range(8)], dtype=object)
    chosen = colours(chain)
    assert (np.diff(chosen) != 0).all()
    assert np.bincount(chosen).tolist() == [4, 4]
    apart = np.array([shapely.box(100 * i, 0, 100 * i + 25, 20) for i in range(3)], dtype=object)
    assert colours(apart).tolist() == [0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30))
def test_a_patchwork_differs_everywhere(cells: set[tuple[int, int]]) -> None:
    """Squares of a lattice never share a colour with one that touches them, corners counted."""
    spots = sorted(cells)
    shapes = np.array(
        [shapely.box(50 * i, 50 * j, 50 * i + 48, 50 * j + 48) for i, j in spots], object
    )
    chosen = colours(shapes)
    for k, (i, j) in enumerate(spots):
        near = [
            m for m, (x, y) in enumerate(spots) if m != k and abs(x - i) <= 1 and abs(y - j) <= 1
        ]
        assert chosen[k] not in chosen[near]
    assert chosen.max(initial=0) <= 7

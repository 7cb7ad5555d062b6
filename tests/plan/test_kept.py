"""A finished plan as the terrain of the next: its own streets, its own ground."""

from __future__ import annotations

import numpy as np
import shapely

from planner.plan.kept import shared_out


def test_units_at_one_spot_share_their_ground() -> None:
    """Two stairwells of one building at one spot, of one zone or of two, are no fault of the drawing."""
    shapes = np.array([shapely.box(0, 0, 50, 40), shapely.box(50, 0, 100, 40)], dtype=object)
    xy = np.array([[10.0, 20], [10, 20], [40, 20], [60, 20], [60, 20], [90, 20]])
    for zone in ([0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 1, 1]):
        made = shared_out(shapes, xy, np.array(zone, np.int64), np.array([0, 1]))
        assert abs(shapely.area(made).sum() - 4000) < 1
        assert shapely.area(shapely.intersection(*made)) < 1e-3

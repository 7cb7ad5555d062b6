"""Overlaps and gaps between polygons of a plane."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from planner.intake.fences.borders import gaps, overlaps


def squares(*corners: tuple[float, float, float, float]) -> np.ndarray:
    """Give rectangles by their corners, metres."""
    return np.array([shapely.box(*c) for c in corners], object)


def test_areas_are_those_of_the_plane() -> None:
    """Overlaps come with their pairs, the largest first; shared edges are none."""
    shapes = squares((0, 0, 100, 100), (90, 0, 200, 100), (200, 0, 300, 100), (250, 0, 400, 100))
    assert overlaps(shapes) == [(2, 3, 5000.0), (0, 1, 1000.0)]


def test_a_hole_in_the_middle_is_a_gap() -> None:
    """Land that is enclosed and belongs to none is found, with its area."""
    shapes = squares((0, 0, 300, 100), (0, 100, 100, 200), (200, 100, 300, 200), (0, 200, 300, 300))
    ((shape, area),) = gaps(shapes)
    assert area == pytest.approx(10_000)
    assert shape.bounds == pytest.approx((100, 100, 200, 200))


def test_a_crack_is_a_gap_and_a_street_between_districts_is_none() -> None:
    """Neighbours some metres apart are meant to meet; those far apart are not."""
    assert len(gaps(squares((0, 0, 300, 300), (305, 0, 600, 300)))) == 1
    assert gaps(squares((0, 0, 300, 300), (340, 0, 600, 300))) == []
    assert gaps(squares((0, 0, 300, 300))) == []

"""How far it is to the nearest thing on the ground."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.coordinates.nearest import NearestGeometry


def test_ground_measures_metres() -> None:
    """Distances are metres to the outline, nothing inside, and infinite for missing points."""
    square = shapely.box(116.0, 32.0, 116.01, 32.01)
    ground = NearestGeometry([square, shapely.Point(), None])  # type: ignore[list-item]
    away = ground.distance_m([116.005, 116.005, np.nan], [32.005, 32.011, 32.0])
    assert away[0] == 0.0
    assert away[1] == pytest.approx(110.9, abs=0.5)
    assert np.isinf(away[2])
    with pytest.raises(ValueError, match="no geometry"):
        NearestGeometry([])


BOX = shapely.box(116.0, 32.0, 116.1, 32.1)


@given(
    at=st.lists(st.tuples(st.floats(115.9, 116.2), st.floats(31.9, 32.2)), min_size=1, max_size=20)
)
def test_more_ground_is_never_farther(at: list[tuple[float, float]]) -> None:
    """A second thing on the ground only brings it nearer; within a building the distance is nothing."""
    lon, lat = np.array(at).T
    edge = NearestGeometry([BOX.exterior]).distance_m(lon, lat)
    both = NearestGeometry([BOX.exterior, BOX]).distance_m(lon, lat)
    assert (both <= edge).all()
    inside = shapely.contains_xy(BOX, lon, lat)
    assert (both[inside] == 0).all()
    np.testing.assert_allclose(both[~inside], edge[~inside])


def test_places_off_the_globe_are_infinitely_far() -> None:
    """A latitude past the pole is no place; the others are measured all the same."""
    ground = NearestGeometry([shapely.Point(116.0, 32.0)])
    away = ground.distance_m([116.0, 116.0], [32.0, 95.0])
    assert away[0] == pytest.approx(0.0, abs=1e-6)
    assert np.isinf(away[1])

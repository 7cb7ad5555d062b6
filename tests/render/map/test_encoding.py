"""Shapes survive their coding, and no text can leave the island."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.plane import SCALE
from planner.render.map.encoding import Grid, island_json
from tests.plans import HOSTILE

BOX = (117.0, 32.6, 117.1, 32.7)


def decoded(line: list[int], grid: Grid) -> np.ndarray:
    """Give a coded line as degrees."""
    steps = np.cumsum(np.array(line).reshape(-1, 2), axis=0)
    return (steps + np.array(grid.origin)) / SCALE


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(117.001, 117.099), st.floats(32.601, 32.699)),
        min_size=2,
        max_size=20,
        unique_by=lambda point: (round(point[0], 5), round(point[1], 5)),
    ).filter(lambda points: shapely.LineString(points).length > 1e-5)
)
def test_lines_come_back_within_a_step(points: list[tuple[float, float]]) -> None:
    """A line is decoded to within a millionth of a degree of every vertex."""
    grid = Grid(BOX)
    (parts,) = grid.lines(np.array([shapely.LineString(points)]))
    found = shapely.MultiLineString([decoded(part, grid) for part in parts if len(part) >= 4])
    for point in points:
        assert shapely.distance(found, shapely.Point(point)) < 2e-6


def test_rings_and_parts() -> None:
    """Shells, holes and parts are each a ring of their own, left open; what lies outside is cut away."""
    holed = shapely.Polygon(
        [(117.01, 32.61), (117.05, 32.61), (117.05, 32.65), (117.01, 32.65)],
        [[(117.02, 32.62), (117.03, 32.62), (117.03, 32.63)]],
    )
    far = shapely.box(118, 33, 118.1, 33.1)
    grid = Grid(BOX)
    one, two, none = grid.lines(
        np.array(
            [holed, shapely.union_all([holed, shapely.box(117.07, 32.61, 117.08, 32.62)]), far]
        )
    )
    assert [len(r) // 2 for r in one] == [4, 3]
    assert len(two) == 3
    assert none == []


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800", "]]>", "<!--"])
def test_no_text_leaves_the_island(text: str) -> None:
    """The JSON holds no character that markup or a line of script could end at, and reads back equal."""
    coded = island_json({"t": [text]})
    assert not set("<>&\u2028\u2029") & set(coded)
    assert json.loads(coded)["t"][0] == text.encode("utf-8", "replace").decode()


def test_no_number_is_lost_silently() -> None:
    """What JSON cannot hold is an error here, not a broken page there."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        island_json([float("nan")])

"""Whose ground is whose: points, cells and their unions."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.plan.shapes.cells import (
    display_points,
    dissolve,
    distinct_points,
    own_streets,
    seed_points,
    voronoi_cells,
)

SPOTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-1, 3)), max_size=25)


@settings(max_examples=60, deadline=None)
@given(SPOTS)
def test_homes_of_two_zones_are_never_drawn_on_one_spot(rows: list[tuple[int, int, int]]) -> None:
    """They step aside by a metre at most, the lowest zone not at all, and less than half way to others."""
    table = np.array(rows, float).reshape(-1, 3)
    xy, zone = table[:, :2] * 3.0, table[:, 2].astype(int)
    shown = display_points(xy, zone)
    assert np.hypot(*(shown - xy).T).max(initial=0.0) <= 1.0 + 1e-9
    for i, j in zip(*np.triu_indices(len(xy), 1), strict=True):
        same = (xy[i] == xy[j]).all()
        if zone[i] != zone[j]:
            assert np.hypot(*(shown[i] - shown[j])) > 0.2
        elif same:
            assert shown[i] == pytest.approx(shown[j])
    spots, owners = distinct_points(xy, zone)
    assert len(spots) == len({(*p, z) for p, z in zip(map(tuple, xy), zone, strict=True)})
    assert sorted(set(owners)) == sorted(set(zone))


def test_homes_without_a_place_are_left_out() -> None:
    """A point that is not finite is drawn nowhere."""
    xy = np.array([[0.0, 0.0], [np.nan, 1.0]])
    assert np.isnan(display_points(xy, [0, 1])[1]).any()
    assert distinct_points(xy, np.array([0, 1]))[1].tolist() == [0]


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=20))
def test_each_seed_lies_in_its_own_cell(spots: set[tuple[int, int]]) -> None:
    """Cells come in the order of the seeds, share no ground, and equal seeds have one cell."""
    seeds = np.array(sorted(spots), float) * 7.0
    cells = voronoi_cells(np.vstack([seeds, seeds[:1]]), 60.0)
    assert shapely.covers(cells[:-1], shapely.points(seeds)).all()
    assert cells[-1].equals(cells[0])
    i, j = np.triu_indices(len(seeds), 1)
    assert shapely.area(shapely.intersection(cells[i], cells[j])).max(initial=0.0) < 1e-6


def test_pieces_of_a_zone_become_one() -> None:
    """Pieces that meet are joined, those of nobody left out, zones without any are empty."""
    pieces = np.array([shapely.box(i, 0, i + 1, 1) for i in range(4)], object)
    made = dissolve(pieces, np.array([2, 2, -1, 0]), 3)
    assert made[2].equals(shapely.box(0, 0, 2, 1))
    assert made[0].equals(pieces[3])
    assert made[1].is_empty


def test_only_streets_of_zones_count() -> None:
    """Nobody's streets and those of zones that are not drawn are left out; lengths must agree."""
    lines = np.array([shapely.LineString([(0, 0), (9, 0)])] * 3, object)
    zone, kept = own_streets(([0, -1, 7], lines), 3)
    assert zone.tolist() == [0]
    assert len(kept) == 1
    assert len(own_streets(None, 3)[0]) == 0
    with pytest.raises(ValueError, match="differ in length"):
        own_streets(([0], lines), 3)


def test_seeds_run_along_a_street_and_leave_homes_alone() -> None:
    """A point every ten metres, none within three metres of a home, none where two zones meet."""
    street = np.array(
        [shapely.LineString([(0, 0), (50, 0)]), shapely.LineString([(50, 0), (90, 0)])], object
    )
    xy, zone = seed_points(np.array([[0.0, 1.0]]), np.array([0]), np.array([0, 1]), street)
    assert xy[0].tolist() == [0.0, 1.0]
    along = xy[1:, 0]
    assert 0.0 not in along
    assert 50.0 not in along
    assert set(zone[1:][along < 50]) == {0}
    assert set(zone[1:][along > 50]) == {1}
    assert len(along) == 8

"""Zone polygons and their colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree

from planner.plan.shapes import colours, zone_shapes

Homes = list[tuple[int, int, int]]
homes = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 4)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)


def overlap(shapes: Any) -> float:
    """Largest area that two shapes share, square metres."""
    i, j = np.triu_indices(len(shapes), 1)
    return float(shapely.area(shapely.intersection(shapes[i], shapes[j])).max(initial=0.0))


def drawn(rows: Homes, scale_m: float = 9.0, **more: Any) -> tuple[Any, Any, Any]:
    """Points, owners and shapes of some homes on a lattice."""
    table = np.array(rows, float)
    xy, owner = table[:, :2] * scale_m, table[:, 2].astype(int)
    return xy, owner, zone_shapes(xy, owner, 5, **more)


@given(homes)
@example([(0, 0, 0)])
@example([(0, 0, 0), (1, 0, 1)])
@example([(3, 3, 2), (3, 4, 2)])
@example([(i, 0, i % 5) for i in range(12)])
@example([(i, i, i // 4) for i in range(12)])
@settings(max_examples=60, deadline=None)
def test_each_home_lies_in_its_own_zone_alone(rows: Homes) -> None:
    """Shapes are valid and do not overlap; each home, and no empty part, is strictly inside its own."""
    xy, owner, shapes = drawn(rows)
    assert set(shapely.get_type_id(shapes)) <= {3, 6}
    assert shapely.is_valid(shapes).all()
    assert overlap(shapes) <= 1e-6
    assert shapely.contains_properly(shapes[owner], shapely.points(xy)).all()
    assert shapely.is_empty(shapes[np.setdiff1d(np.arange(5), owner)]).all()
    parts = shapely.get_parts(shapes)
    parts = parts[~shapely.is_empty(parts)]
    lived = shapely.STRtree(shapely.points(xy)).query(parts, predicate="intersects")[0]
    assert len(np.unique(lived)) == len(parts)


@given(homes, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_row_order_is_no_matter(rows: Homes, random: Any) -> None:
    """The same homes in another order give the same shapes."""
    mixed = list(rows)
    random.shuffle(mixed)
    one, two = drawn(rows)[2], drawn(mixed)[2]
    assert shapely.area(shapely.symmetric_difference(one, two)).max() < 1e-6


def test_homes_a_step_apart() -> None:
    """Homes 5 cm apart, each of another zone, still lie in their own zones."""
    xy = np.array([[0, 0], [0.05, 0], [0.05, 0.05], [40, 0], [40.05, 0]])
    owner = np.array([0, 1, 2, 3, 4])
    shapes = zone_shapes(xy, owner, 5)
    assert shapely.contains_properly(shapes, shapely.points(xy)).all()
    assert overlap(shapes) <= 1e-6


@pytest.mark.parametrize("zones", [2, 3, 5])
def test_one_spot_of_many_zones(zones: int) -> None:
    """Zones that share one spot each get land within a metre of it, and no overlaps."""
    xy = np.vstack([np.zeros((zones, 2)), [[50.0, 0.0]]])
    owner = np.append(np.arange(zones), 0)
    shapes = zone_shapes(xy, owner, zones)
    assert not shapely.is_empty(shapes).any()
    assert shapely.distance(shapes, shapely.Point(0, 0)).max() <= 1.0
    assert overlap(shapes) <= 1e-6


def test_no_homes_no_zones() -> None:
    """Without homes that have a zone, every shape is empty."""
    assert shapely.is_empty(zone_shapes(np.zeros((0, 2)), np.zeros(0, int), 3)).all()
    assert shapely.is_empty(zone_shapes([[1.0, 2.0]], [-1], 3)).all()


def test_a_river_is_not_crossed() -> None:
    """A zone does not reach across a line to where it has no home, nor cover water."""
    xy = np.array([[0.0, 20.0], [60.0, 20.0], [0.0, -20.0], [60.0, -70.0]])
    owner = np.array([0, 0, 1, 1])
    rail = shapely.LineString([(-300, 0), (300, 0)])
    pond = shapely.Point(30, 40).buffer(8)
    shapes = zone_shapes(xy, owner, 2, cuts=[rail, pond])
    assert shapely.bounds(shapes[0])[1] > -3.0
    assert shapely.bounds(shapes[1])[3] < 3.0
    assert shapes[0].intersection(pond).area < 1e-6
    assert shapes[0].area > 5000


def test_fences_are_kept() -> None:
    """Each zone stays within its fence, whichever home is nearer across it."""
    xy = np.array([[5.0, 0.0], [-40.0, 0.0], [-40.0, 30.0]])
    halves = {"east": shapely.box(0, -500, 500, 500), "west": shapely.box(-500, -500, 0, 500)}
    shapes = zone_shapes(
        xy, [0, 1, 1], 2, fences=halves, fence_of_zone=np.array(["east", "west"], object)
    )
    assert shapes[0].difference(halves["east"]).area < 1e-6
    assert shapes[1].difference(halves["west"]).area < 1e-6
    assert shapely.contains_properly(shapes[[0, 1, 1]], shapely.points(xy)).all()


def test_a_zone_follows_its_streets() -> None:
    """Two homes of one zone, far apart, hang together along their street."""
    xy = np.array([[0.0, 0.0], [400.0, 0.0], [200.0, 90.0]])
    street = np.array([shapely.LineString([(0, 0), (400, 0)])], dtype=object)
    shapes = zone_shapes(xy, [0, 0, 1], 2, territory=(np.array([0]), street))
    assert len(shapely.get_parts(shapes[0])) == 1
    assert shapes[0].covers(street[0])
    assert len(shapely.get_parts(zone_shapes(xy, [0, 0, 1], 2)[0])) == 2


def test_the_land_is_what_lies_near_a_home_or_a_street() -> None:
    """Drawn zone by zone, it is what one closing of everything gives, whoever owns what."""
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 900, (40, 2))
    lanes = np.array(
        [shapely.LineString([(x, 0), (x + 60, 450), (x, 900)]) for x in (100, 500, 1800)]
    )
    zone = (xy[:, 0] > 450).astype(int)
    shapes = zone_shapes(xy, zone, 2, territory=(np.array([0, 1, 1]), lanes))
    everything = shapely.union_all([*shapely.points(xy), *lanes[:2]])
    land = everything.buffer(120).buffer(-90).buffer(30)
    drawn_land = shapely.union_all(shapes)
    assert shapely.area(shapely.symmetric_difference(land, drawn_land)) < 0.06 * land.area
    # The far lane has no home on it: nobody's zone reaches there.
    assert shapely.bounds(drawn_land)[2] < 1200


def test_land_far_from_homes_is_left_out() -> None:
    """A lone home gets land around it, not a whole half of the map."""
    shapes = zone_shapes([[0.0, 0.0], [3000.0, 0.0]], [0, 1], 2)
    assert (shapely.area(shapes) < 40_000).all()
    assert (shapely.area(shapes) > 2_000).all()


def test_helsinki(helsinki_pbf: Path) -> None:
    """1,400 real addresses in 26 zones: each inside, no overlaps, colours differ where zones meet."""
    import osmium

    found = [
        (n.location.lon, n.location.lat)
        for n in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE)
        if "addr:housenumber" in n.tags
    ]
    lon, lat = np.array(sorted(set(found))).T
    xy = np.column_stack([(lon - 24.94) * 55_700, (lat - 60.17) * 111_300])
    centres = xy[np.random.default_rng(3).choice(len(xy), 26, replace=False)]
    owner = KDTree(centres).query(xy)[1]
    shapes = zone_shapes(xy, owner, 26)
    assert shapely.contains_properly(shapes[owner], shapely.points(xy)).all()
    assert overlap(shapes) <= 1e-6
    chosen = colours(shapes)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=15.0)
    assert (chosen[a] != chosen[b])[a != b].all()
    assert chosen.max() <= 5


def test_ground_that_one_zone_surrounds_is_its_own() -> None:
    """No pinhole of nobody's is left inside a zone, and homes of others inside it keep their ground."""
    rng = np.random.default_rng(5)
    xy = rng.uniform(0, 600, (240, 2))
    owner = (xy[:, 0] > 300).astype(int)
    for spot in rng.integers(0, 240, 12):
        owner[spot] = 1 - owner[spot]
    shapes = zone_shapes(xy, owner, 2)
    joined = shapely.union_all(shapes)
    holes = [shapely.Polygon(r) for p in shapely.get_parts(joined) for r in p.interiors]
    assert sum(hole.area for hole in holes) < 1.0
    assert shapely.intersection(*shapes).area < 0.5
    for zone in (0, 1):
        assert shapely.covers(shapes[zone], shapely.points(xy[owner == zone])).all()

"""Patrols: every street of the zone, back to where it began, as short as a matching makes it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.model.caring import Pace
from planner.network import StraightNetwork
from planner.plan.care.patrol import patrols
from tests.network.worlds import grid, network
from tests.plan.care.town import PLANE, care_town, ground_of


def one_zone(net, shape):
    """Give the town with other streets and one zone."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    zones = gpd.GeoDataFrame(
        plan.zones.iloc[:1].drop(columns="geometry"), geometry=[shape], crs=PLANE.crs
    )
    changed = replace(plan, zones=zones.to_crs(4326))
    return replace(ground, plan=changed, network=net)


def test_every_street_is_walked_and_the_way_leads_back() -> None:
    """In the town: each edge of each zone at least once, each step along a street."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    table, ways = patrols(ground, Pace())
    net = ground.network
    known = {
        tuple(sorted(e)): length
        for e, length in zip(net.edges.tolist(), net.length_m.tolist(), strict=True)
    }
    middle = shapely.line_interpolate_point(net.edge_lines, 0.5, normalized=True)
    shapes = plan.zones.geometry.to_crs(net.projection.crs).to_numpy()
    assert len(table) == len(plan.zones)
    for row, shape in zip(table.itertuples(), shapes, strict=True):
        turn = ways[row.zone].tolist()
        assert turn[0] == turn[-1]
        steps = [tuple(sorted(pair)) for pair in pairwise(turn)]
        assert set(steps) <= set(known)
        assert row.metres == pytest.approx(sum(known[s] for s in steps), abs=0.06)
        own = [tuple(sorted(e)) for e in net.edges[shapely.contains(shape, middle)].tolist()]
        if row.parts == 1:
            assert set(own) <= set(steps)
        assert row.streets_m == pytest.approx(sum(known[e] for e in own), abs=0.06)
        assert row.minutes == pytest.approx(row.metres / 60, abs=0.06)


def test_a_ring_is_walked_once_and_a_dead_end_twice() -> None:
    """Four sides of 100 m and a lane of 40: 400 + 80."""
    ring = [[(0, 0), (100, 0)], [(100, 0), (100, 100)], [(100, 100), (0, 100)], [(0, 100), (0, 0)]]
    net = network(*ring, [(100, 0), (140, 0)])
    table, _ = patrols(one_zone(net, shapely.box(-50, -50, 200, 200)), Pace())
    assert table["metres"].iloc[0] == pytest.approx(480.0, abs=0.1)
    assert table["streets_m"].iloc[0] == pytest.approx(440.0, abs=0.1)


def test_odd_crossings_are_matched_the_shortest_way() -> None:
    """A grid of two by one: its two odd crossings are joined by the street between them."""
    table, _ = patrols(one_zone(grid(2, 1), shapely.box(-50, -50, 250, 150)), Pace())
    assert table["metres"].iloc[0] == pytest.approx(700.0 + 100.0, abs=0.1)


@pytest.mark.parametrize("most", [160, 2])
def test_crossings_far_from_all_others_are_paired_along_the_streets(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """The two ends of a road of eight kilometres, and of two lanes off it: all is walked there and back."""
    monkeypatch.setattr("planner.plan.care.patrol.MOST_ODD", most)
    road = [[(x, 0), (x + 4000, 0)] for x in (0, 4000)]
    net = network(*road, [(0, 0), (0, 3500)], [(8000, 0), (8000, 3500)], [(4000, 0), (4000, 50)])
    table, ways = patrols(one_zone(net, shapely.box(-50, -50, 9000, 4000)), Pace())
    assert table["metres"].iloc[0] == pytest.approx(2 * (8000.0 + 7000.0 + 50.0), abs=1.0)
    (turn,) = ways.values()
    assert turn[0] == turn[-1]


def test_streets_apart_in_the_zone_are_joined_by_the_way_between() -> None:
    """The zone has both ends of a street and not its middle; beyond all streets it is another part."""
    net = network(
        [(0, 0), (100, 0)], [(100, 0), (300, 0)], [(300, 0), (400, 0)], [(0, 900), (100, 900)]
    )
    shape = shapely.MultiPolygon([shapely.box(-10, -10, 110, 10), shapely.box(290, -10, 410, 10)])
    table, _ = patrols(one_zone(net, shape), Pace())
    assert table["metres"].iloc[0] == pytest.approx(800.0, abs=0.1)
    both = shapely.MultiPolygon([shapely.box(-10, -10, 110, 10), shapely.box(-10, 890, 110, 910)])
    table, _ = patrols(one_zone(net, both), Pace())
    assert table["parts"].iloc[0] == 2
    assert table["metres"].iloc[0] == pytest.approx(200.0, abs=0.1)


def test_straight_lines_have_no_streets() -> None:
    """Nothing is patrolled, and nothing is made up."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    table, ways = patrols(replace(ground, network=StraightNetwork(PLANE, 1.2)), Pace())
    assert not len(table)
    assert not ways
    assert np.array_equal(table.columns[:2], ["zone", "number"])

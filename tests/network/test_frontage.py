"""Neighbours along a street, across it, and round a corner."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString

from planner.network.graph import WalkingNetwork


def crossing() -> WalkingNetwork:
    """Four streets of about 95 m that meet at a point."""
    arms = [(117.001, 32.6), (116.999, 32.6), (117.0, 32.6009), (117.0, 32.5991)]
    lines = [LineString([(117.0, 32.6), arm]) for arm in arms]
    return WalkingNetwork.from_lines(gpd.GeoDataFrame(geometry=lines, crs="EPSG:4326"))


def links(
    network: WalkingNetwork, homes: list[tuple[float, float]], group: list[int] | None = None
) -> set:
    """Adjacent homes, given in degrees from the crossing."""
    at = np.add(homes, (117.0, 32.6))
    return {
        tuple(pair) for pair in network.adjacency(network.snap(at[:, 0], at[:, 1]), group).tolist()
    }


def test_a_door_is_not_cut_off_by_the_one_across() -> None:
    """On a street with doors left, right, left: the two on the left are neighbours, past the right one."""
    homes = [(0.0002, 0.00005), (0.0004, -0.00005), (0.0006, 0.00005)]
    assert links(crossing(), homes) == {(0, 1), (0, 2), (1, 2)}


def test_corner_doors_are_neighbours_whoever_owns_the_junction() -> None:
    """One home next to the crossing does not stand between the three streets behind it."""
    homes = [(0.0001, 0.00005), (-0.0004, 0.00005), (0.00005, 0.0005), (0.00005, -0.0005)]
    assert links(crossing(), homes) == {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}


def test_links_stay_in_their_fence() -> None:
    """Homes of two fences are never neighbours."""
    homes = [(0.0002, 0.00005), (0.0004, -0.00005), (0.0006, 0.00005)]
    assert links(crossing(), homes, [0, 1, 0]) == {(0, 2)}


def test_stairwells_of_one_building_share_its_neighbours() -> None:
    """Three stairwells at one spot are all linked to the house next door, and to each other."""
    homes = [(0.0002, 0.00005)] * 3 + [(0.0005, 0.00005)]
    assert links(crossing(), homes) == {(i, j) for i in range(4) for j in range(i + 1, 4)}

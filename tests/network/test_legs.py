"""The line of a walk is as long as the walk, and begins and ends at the doors."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely

from planner.network import StraightNetwork
from planner.network.legs import turn_line, way_through
from tests.network.worlds import PLANE, at, grid


def length(xy: np.ndarray) -> float:
    """Measure a line."""
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())


def test_a_round_is_as_long_as_its_walks() -> None:
    """Homes on different edges, on one edge, and on one spot."""
    net = grid(4, 3)
    homes = at(net, (33.0, 5.0), (250.0, 307.0), (61.0, -4.0), (33.0, 5.0), (400.0, 150.0))
    turn = np.array([0, 1, 4, 2, 3, 0])
    walks = net.walks(homes, homes, limit_m=None)
    table = np.full((5, 5), np.nan)
    table[walks.source, walks.target] = walks.walk_m
    line = way_through(net, homes, turn)
    # from one home to another on its spot nobody walks, though both have legs to the street
    walked = sum(table[a, b] for a, b in pairwise(turn))
    assert length(line) == pytest.approx(walked + 2 * homes.access_m[3], abs=1e-6)
    assert line[0].tolist() == pytest.approx(homes.home_xy[0].tolist())
    assert line[-1].tolist() == pytest.approx(homes.home_xy[0].tolist())
    streets = shapely.union_all(net.edge_lines).buffer(0.01)
    on = shapely.within(shapely.points(line), streets)
    assert on.sum() >= len(line) - len(turn)


def test_crossings_in_turn_follow_the_streets() -> None:
    """Forward and back over edges, whichever way they were drawn."""
    net = grid(2, 2)
    a, b = net.edges[0].tolist()
    line = turn_line(net, [a, b, a])
    assert length(line) == pytest.approx(2 * net.length_m[0])
    assert line[0].tolist() == line[-1].tolist() == net.node_xy[a].tolist()


def test_straight_lines_go_straight() -> None:
    """From home to home."""
    net = StraightNetwork(PLANE, 1.3)
    homes = at(net, (0.0, 0.0), (30.0, 40.0))
    assert length(way_through(net, homes, np.array([0, 1, 0]))) == pytest.approx(100.0, abs=0.01)

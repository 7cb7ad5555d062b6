"""Whose a stretch of street is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from planner.network.distance import Mesh
from planner.network.pieces import gated_pieces, territory_lines
from tests.network.worlds import at, network

BENT = [(0, 0), (100, 0), (100, 100)]


def shares(net, snaps, group=None, around_m=None):
    """Owners and lines of all stretches."""
    names = np.zeros(len(snaps), np.int64) if group is None else np.asarray(group)
    mesh = Mesh(len(net.node_xy), net.edges, net.length_m)
    return territory_lines(mesh, net.edge_lines, snaps, names, around_m)


def test_a_street_is_cut_half_way_between_two_homes():
    """Each stretch keeps the bends of its street, and both together are the whole of it."""
    net = network(BENT)
    made = shares(net, at(net, (20, 1), (101, 60)))
    by = {o: shapely.length(made.lines[made.owner == o]).sum() for o in (0, 1)}
    assert by == pytest.approx({0: 90, 1: 110}, abs=1e-6)
    assert shapely.union_all(made.lines).buffer(1e-6).covers(shapely.LineString(BENT).buffer(1e-9))
    assert any(len(line.coords) == 3 for line in made.lines)


def test_whole_streets_go_to_whoever_is_nearest():
    """A street without homes belongs whole to the home that reaches both its ends first."""
    net = network([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(200, 0), (200, 50)])
    made = shares(net, at(net, (10, 1), (190, 1)))
    side = [o for o, line in zip(made.owner, made.lines, strict=True) if line.bounds[3] > 49]
    assert side == [1]


def test_a_group_gets_only_what_lies_around_it():
    """Streets beyond the margin of a group's own units are nobody's."""
    net = network([(0, 0), (100, 0)], [(100, 0), (900, 0)], [(900, 0), (1000, 0)])
    snaps = at(net, (10, 1), (990, 1))
    assert shapely.length(shares(net, snaps, [0, 1], 50.0).lines).sum() == pytest.approx(200)
    assert shapely.length(shares(net, snaps, [0, 1], 500.0).lines).sum() == pytest.approx(1800)


def test_nobody_owns_streets_without_homes():
    """Without homes on the network there is nothing to share out."""
    net = network(BENT)
    assert len(shares(net, at(net, (20, 1)).take([])).owner) == 0


def test_pieces_that_end_at_one_spot_are_gated():
    """Two nodes of two pieces on one spot are the two sides of a gate; a piece by itself is not."""
    xy = np.array([[0, 0], [50, 0], [50, 0], [90, 0], [0, 80], [90, 80]], float)
    edges = np.array([[0, 1], [2, 3], [4, 5]], np.int32)
    assert gated_pieces(xy, edges, np.array([0, 1, 2], np.int32)).tolist() == [0, 1]
    assert gated_pieces(xy, edges, np.array([0, 0, 1], np.int32)).tolist() == []

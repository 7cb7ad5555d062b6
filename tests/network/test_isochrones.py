"""Bands of walking: equal to a brute-force search, without overlap, ended by what nobody crosses."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
import shapely

from planner.network import StraightNetwork
from planner.network.isochrones import BESIDE_M, band_shapes, reached_lines, without_edges
from tests.network.worlds import PLANE, at, grid, network, on_edges

LIMITS = (90.0, 170.0, 333.0)


def reached_by_brute_force(net, snaps, limit, step=0.5):
    """Cut every edge into short steps, each a node of networkx, and add up the steps within the limit."""
    graph = networkx.Graph()
    for e, (a, b) in enumerate(net.edges.tolist()):
        length = float(net.length_m[e])
        own = [float(x) for x, on in zip(snaps.along_m, snaps.edge, strict=True) if on == e]
        stops = np.unique(np.concatenate([np.arange(0.0, length, step), [length], own]))
        names = [(e, round(x, 9)) for x in stops.tolist()]
        names[0], names[-1] = a, b
        for (one, x), (other, y) in zip(
            zip(names, stops, strict=True), zip(names[1:], stops[1:], strict=True), strict=False
        ):
            graph.add_edge(one, other, weight=y - x)
        for s, (on, x) in enumerate(zip(snaps.edge, snaps.along_m, strict=True)):
            if on == e:
                near = names[int(np.argmin(np.abs(stops - x)))]
                graph.add_edge("home", near, weight=float(snaps.access_m[s]))
    found = networkx.single_source_dijkstra_path_length(graph, "home")
    inside = 0.0
    for one, other, data in graph.edges(data=True):
        if "home" not in (one, other) and max(found[one], found[other]) <= limit:
            inside += data["weight"]
    return inside


@pytest.mark.parametrize("seed", range(3))
def test_the_stretches_of_a_walk_are_those_of_a_brute_force_search(seed: int) -> None:
    """Metres of street within each limit, with several homes on one edge and at its very ends."""
    net, rng = grid(4, 3), np.random.default_rng(seed)
    edge = rng.integers(len(net.edges), size=4)
    edge[1] = edge[0]
    snaps = on_edges(
        net, edge, [0.2, 0.9, *rng.choice([0.0, 0.37, 1.0], 2)], rng.choice([0, 21.5], 4)
    )
    told = np.cumsum([shapely.length(x).sum() for x in reached_lines(net, snaps, LIMITS)])
    for metres, limit in zip(told, LIMITS, strict=True):
        # each step that the limit cuts is left out by the search: half a metre at most, per front
        assert metres == pytest.approx(reached_by_brute_force(net, snaps, limit), abs=15.0)
        assert metres >= reached_by_brute_force(net, snaps, limit) - 1e-6


def test_bands_do_not_overlap_and_together_are_the_longest_walk() -> None:
    """Three bands, each its own ground; their union is the buffer of all that is reached."""
    net = grid(5, 4)
    snaps = at(net, (10.0, 210.0), (450.0, 130.0))
    made = band_shapes(net, snaps, LIMITS)
    for i in range(3):
        assert made[i].area > 0
        for j in range(i):
            assert shapely.intersection(made[i], made[j]).area < 1e-6
    every = np.concatenate(reached_lines(net, snaps, LIMITS))
    whole = shapely.buffer(shapely.multilinestrings(list(every)), BESIDE_M, quad_segs=4)
    assert shapely.union_all(made).symmetric_difference(whole).area < 1e-3 * whole.area


def test_a_stretch_is_given_once() -> None:
    """Where two homes meet midway, or a walk comes from both ends, nothing is counted twice."""
    net = network([(0.0, 0.0), (100.0, 0.0)])
    snaps = on_edges(net, [0, 0], [0.1, 0.9], [0.0, 0.0])
    first, second = reached_lines(net, snaps, (20.0, 500.0))
    assert shapely.length(first).sum() == pytest.approx(10 + 20 + 20 + 10)
    assert shapely.length(second).sum() == pytest.approx(40)
    assert shapely.length(shapely.union_all(np.concatenate([first, second]))) == pytest.approx(100)


def test_a_river_ends_a_band_and_a_circle_would_not() -> None:
    """Two banks 50 m apart without a bridge: the other one is not reached."""
    net = network([(0.0, 0.0), (300.0, 0.0)], [(0.0, 50.0), (300.0, 50.0)])
    snaps = on_edges(net, [0], [0.5], [0.0])
    (band,) = band_shapes(net, snaps, (1000.0,), beside_m=10.0)
    assert not band.intersects(shapely.LineString([(0, 50), (300, 50)]))
    (circle,) = band_shapes(
        StraightNetwork(PLANE, 1.25), at(StraightNetwork(PLANE), (150, 0)), (500.0,)
    )
    assert circle.area == pytest.approx(np.pi * 400**2, rel=0.02)
    assert circle.intersects(shapely.LineString([(0, 50), (300, 50)]))


def test_nobody_reaches_nothing() -> None:
    """Homes without a street, or none at all."""
    net = grid(2, 2)
    nobody = at(net, (0.0, 0.0)).take(np.zeros(0, int))
    assert all(shape.is_empty for shape in band_shapes(net, nobody, LIMITS))
    assert all(not len(lines) for lines in reached_lines(net, nobody, LIMITS))


def test_a_network_without_some_edges() -> None:
    """Walks go round what is taken out; the rest is as it was."""
    net = grid(2, 1)
    gone = np.zeros(len(net.edges), bool)
    middle = shapely.line_interpolate_point(net.edge_lines, 0.5, normalized=True)
    steps = int(np.flatnonzero(shapely.dwithin(middle, shapely.Point(50, 0), 1.0))[0])
    gone[steps] = True
    level = without_edges(net, gone)
    homes = at(level, (0.0, 0.0), (100.0, 0.0))
    around = level.walks(homes.take([0]), homes.take([1]), limit_m=None).walk_m
    assert around == pytest.approx([300.0])
    straight = net.walks(at(net, (0.0, 0.0)), at(net, (100.0, 0.0)), limit_m=None).walk_m
    assert straight == pytest.approx([100.0])
    assert len(level.edge_lines) == len(net.edge_lines) - 1
    assert shapely.length(level.edge_lines) == pytest.approx(net.length_m[~gone])

"""Walks are the shortest ones, the same in both directions, and bounded."""

from __future__ import annotations

import itertools

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.network import WalkingNetwork, distance
from tests.network.test_voronoi import GRID, LOOPS, homes
from tests.network.worlds import at, grid, network, on_edges


def by_networkx(net, snaps):
    """Compute walks between all homes afresh: homes become nodes that cut their edges."""
    graph = networkx.Graph()
    cuts = {}
    for i, (edge, along) in enumerate(
        zip(snaps.edge.tolist(), snaps.along_m.tolist(), strict=True)
    ):
        cuts.setdefault(edge, []).append((along, i))
    for e, (a, b) in enumerate(net.edges.tolist()):
        stops = [(0.0, ("node", a)), *((m, ("spot", i)) for m, i in sorted(cuts.get(e, [])))]
        stops.append((float(net.length_m[e]), ("node", b)))
        for k, ((m, one), (n, two)) in enumerate(itertools.pairwise(stops)):
            middle = ("bend", e, k)
            graph.add_edge(one, middle, weight=(n - m) / 2)
            graph.add_edge(middle, two, weight=(n - m) / 2)
    for i, metres in enumerate(snaps.access_m.tolist()):
        graph.add_edge(("home", i), ("spot", i), weight=metres)
    n = len(snaps)
    table = np.zeros((n, n))
    spots = [tuple(row) for row in snaps.home_xy.tolist()]
    for i in range(n):
        reach = networkx.single_source_dijkstra_path_length(graph, ("home", i))
        for j in range(n):
            table[i, j] = 0.0 if spots[i] == spots[j] else reach[("home", j)]
    return table


@pytest.mark.parametrize("net", [GRID, LOOPS], ids=["grid", "loops"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_walks_agree_with_an_independent_search(net, data):
    """On grids, rings, loops and parallel streets walks equal those of another library."""
    snaps, _ = data.draw(homes(net))
    walks = net.walks(snaps, snaps, limit_m=None)
    table = walks.walk_m.reshape(len(snaps), len(snaps))
    assert np.allclose(table, by_networkx(net, snaps), rtol=0, atol=1e-6)
    assert (table == table.T).all()


@given(data=st.data(), limit=st.sampled_from([0.0, 30.0, 200.0, 260.0, 1000.0]))
@settings(max_examples=40, deadline=None)
def test_a_limit_leaves_out_exactly_what_is_beyond_it(data, limit):
    """Bounded walks are the unbounded ones up to the limit, that one included."""
    snaps, _ = data.draw(homes(GRID))
    every = GRID.walks(snaps, snaps, limit_m=None)
    near = GRID.walks(snaps, snaps, limit_m=limit)
    keep = every.walk_m <= limit
    assert near.source.tolist() == every.source[keep].tolist()
    assert near.target.tolist() == every.target[keep].tolist()
    assert near.walk_m.tolist() == every.walk_m[keep].tolist()


@pytest.mark.parametrize("limit", [0.0, 30.0, 120.0, 300.0, None])
def test_chunks_do_not_change_the_walks(monkeypatch, limit):
    """Cut into squares and chunks of one source the table is the same, and sorted."""
    rng = np.random.default_rng(1)
    snaps = on_edges(
        GRID, rng.integers(0, len(GRID.edges), 30), rng.random(30), rng.random(30) * 50
    )
    whole = GRID.walks(snaps, snaps, limit_m=limit)
    monkeypatch.setattr(distance, "CHUNK_BYTES", 1)
    monkeypatch.setattr(distance, "SQUARE_M", 50.0)
    parts = GRID.walks(snaps, snaps, limit_m=limit)
    assert whole.walk_m.tolist() == parts.walk_m.tolist()
    assert whole.source.tolist() == parts.source.tolist()
    assert whole.target.tolist() == parts.target.tolist()
    assert (np.lexsort((parts.target, parts.source)) == np.arange(len(parts))).all()


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_nearest_source_is_the_first_of_the_shortest_walks(data):
    """`nearest` is the minimum over `walks`; ties go to the lowest position."""
    sources, _ = data.draw(homes(GRID))
    targets, _ = data.draw(homes(GRID))
    table = GRID.walks(sources, targets, limit_m=None).walk_m.reshape(len(sources), len(targets))
    who, metres = GRID.nearest(sources, targets)
    assert who.tolist() == table.argmin(axis=0).tolist()
    assert metres.tolist() == table.min(axis=0).tolist()


def test_homes_off_the_network_walk_nowhere():
    """A home that joined no street is in no walk and nearest to nobody."""
    snaps = GRID.snap([117.0, 118.0, np.nan], [32.6, 32.6, 32.6], max_m=300)
    assert snaps.edge.tolist()[1:] == [-1, -1]
    walks = GRID.walks(snaps, snaps, limit_m=None)
    assert (walks.source.tolist(), walks.target.tolist()) == ([0], [0])
    who, metres = GRID.nearest(snaps.take([1]), snaps)
    assert who.tolist() == [-1, -1, -1]
    assert np.isinf(metres).all()


def test_the_river_is_walked_round():
    """Homes 80 m apart across a river are 2 km apart on foot when the bridge is a kilometre away."""
    net = network([(0, 0), (1000, 0)], [(0, 70), (1000, 70)], [(1000, 0), (1000, 70)])
    banks = at(net, (0, -5), (0, 75))
    walk = net.walks(banks.take([0]), banks.take([1]), limit_m=None).walk_m[0]
    assert walk == pytest.approx(2080, abs=0.01)
    assert len(net.walks(banks.take([0]), banks.take([1]), limit_m=1500)) == 0


def test_row_order_does_not_change_a_network():
    """The same lines in another order give the same walks to the last bit."""
    lines = [[(0, 0), (70.3, 1.1)], [(70.3, 1.1), (71.7, 90.2)], [(70.3, 1.1), (200.9, -3.3)]]
    one, two = network(*lines), network(*lines[::-1])
    for net in (one, two):
        assert isinstance(net, WalkingNetwork)
    spots = [(5, 4), (150, 9), (80, 60)]
    a, b = at(one, *spots), at(two, *spots)
    assert (
        one.walks(a, a, limit_m=None).walk_m.tolist()
        == two.walks(b, b, limit_m=None).walk_m.tolist()
    )


def test_a_grid_is_walked_by_blocks():
    """Corner to corner of a grid is the sum of both sides."""
    net = grid(3, 2)
    ends = at(net, (0, 0), (300, 200))
    walk = net.walks(ends.take([0]), ends.take([1]), limit_m=None).walk_m[0]
    assert walk == pytest.approx(500, abs=1e-3)

"""Walk-adjacency carries the Zoltners-Sinha condition, and territories share the streets out."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.network import WalkingNetwork
from tests.network.worlds import at, grid, network, on_edges, unsupported

GRID = grid(4, 3)
LOOPS = network(
    [(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)],
    [(0, 0), (-100, 0)],
    [(-100, 0), (-60, 40), (0, 0)],
    [(-100, 0), (-200, 0), (-200, 80)],
    [(-200, 0), (-230, -30), (-260, 0), (-230, 30), (-200, 0)],
)


@st.composite
def homes(draw, net):
    """Homes on a network, with many ties: few places, few access legs."""
    n = draw(st.integers(1, 14))
    edge = draw(st.lists(st.integers(0, len(net.edges) - 1), min_size=n, max_size=n))
    share = draw(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=n, max_size=n))
    access = draw(
        st.lists(st.sampled_from([0.001, 5.0, 25.0, 60.0, 200.0]), min_size=n, max_size=n)
    )
    group = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    return on_edges(net, edge, share, access), np.array(group)


@pytest.mark.parametrize("net", [GRID, LOOPS], ids=["grid", "loops"])
@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_nearer_neighbour_always_exists(net, data):
    """On networks full of ties each unit has a neighbour that comes before it to every centre."""
    snaps, group = data.draw(homes(net))
    assert unsupported(net, snaps, net.adjacency(snaps)) == []
    links = net.adjacency(snaps, group)
    assert unsupported(net, snaps, links, group) == []
    assert (group[links[:, 0]] == group[links[:, 1]]).all()


def test_the_contract_holds_on_real_streets(helsinki_pbf, read_once):
    """Real addresses, many on one spot, have the neighbours that the zoning model needs."""
    extract = read_once(helsinki_pbf)
    net = WalkingNetwork.from_osm(extract)
    points = extract.addresses.geometry.iloc[::8]
    snaps = net.snap(points.x.to_numpy(), points.y.to_numpy())
    links = net.adjacency(snaps)
    assert len(links) > len(snaps)
    assert unsupported(net, snaps, links) == []


def test_links_are_sorted_unique_and_never_loops():
    """Adjacency comes as sorted pairs u < v, each once."""
    snaps = at(GRID, (10, 3), (10, 3), (250, 104), (390, 290), (120, 205))
    links = GRID.adjacency(snaps)
    assert links.dtype == np.int32
    assert (links[:, 0] < links[:, 1]).all()
    assert links.tolist() == [list(pair) for pair in sorted({tuple(p) for p in links.tolist()})]


def test_units_on_one_edge_are_linked_in_a_row():
    """Along one street only neighbours are adjacent."""
    net = network([(0, 0), (400, 0)])
    snaps = at(net, (350, 2), (50, 2), (150, 2), (250, 2))
    assert net.adjacency(snaps).tolist() == [[0, 3], [1, 2], [2, 3]]


def test_homes_across_a_river_are_not_adjacent_without_a_bridge_between():
    """Adjacency follows the streets: banks meet at the bridge only."""
    net = network([(0, 0), (1000, 0)], [(0, 60), (1000, 60)], [(1000, 0), (1000, 60)])
    snaps = at(net, (100, -2), (100, 62), (600, -2), (600, 62))
    assert net.adjacency(snaps).tolist() == [[0, 2], [1, 3], [2, 3]]


def test_another_group_does_not_come_between():
    """Each group is alone on the network: its units are adjacent past those of others."""
    net = network([(0, 0), (300, 0)])
    snaps = at(net, (50, 2), (150, 2), (250, 2))
    assert net.adjacency(snaps, [0, 1, 0]).tolist() == [[0, 2]]


def test_a_unit_off_the_network_has_no_neighbours():
    """Homes that joined no street are in no pair."""
    lon, lat = 117.0, 32.6
    snaps = GRID.snap([lon, lon + 0.001, lon + 1], [lat, lat + 0.0001, lat], max_m=200)
    assert snaps.edge[2] == -1
    assert GRID.adjacency(snaps).tolist() == [[0, 1]]


def test_no_units_have_no_links():
    """An empty set of units is answered with an empty table."""
    assert GRID.adjacency(at(GRID)).shape == (0, 2)


@given(snaps=homes(GRID).map(lambda pair: pair[0]))
@settings(max_examples=40, deadline=None)
def test_territories_share_out_every_metre(snaps):
    """The pieces add up to the whole network, and each is nearest to its owner."""
    made = GRID.territory(snaps)
    assert shapely.length(made.lines).sum() == pytest.approx(GRID.length_m.sum(), abs=0.05)
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(made.lines, 0.5, normalized=True)
    )
    probes = at(GRID, *middle)
    walk = GRID.walks(snaps, probes, limit_m=None).walk_m.reshape(len(snaps), -1)
    mine = walk[made.owner, np.arange(len(probes))]
    assert (mine <= walk.min(axis=0) + 0.01).all()


def test_a_group_gets_the_streets_around_its_own_units():
    """With fences the pieces of a group stay near its units."""
    snaps = at(GRID, (10, 3), (30, 3), (390, 290))
    made = GRID.territory(snaps, [0, 0, 1])
    assert set(made.owner.tolist()) == {0, 1, 2}
    box = shapely.bounds(made.lines[made.owner < 2])
    assert box[:, 0].min() >= -1
    assert box[:, 0].max() <= 230

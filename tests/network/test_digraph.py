"""Graphs in the form of osmnx, built by hand: read as networks, and given back."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from shapely import LineString

from planner.errors import NetworkError
from planner.network.digraph import is_graph, runs_of_graph
from planner.network.graph import WalkingNetwork

LON, LAT = 24.94, 60.17


def square() -> Any:
    """Four crossings of about 100 m, one street bent, both directions, a bridge across the middle."""
    graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    spots = {10: (0, 0), 20: (0.0018, 0), 30: (0.0018, 0.0009), 40: (0, 0.0009)}
    for name, (x, y) in spots.items():
        graph.add_node(name, x=LON + x, y=LAT + y, street_count=3)

    def street(a: int, b: int, **told: Any) -> None:
        line = told.pop("line", None)
        for start, end, shape in ((a, b, line), (b, a, line and line[::-1])):
            geometry = {"geometry": LineString(shape)} if shape else {}
            graph.add_edge(start, end, osmid=a, oneway=False, **told, **geometry)

    street(10, 20, highway="residential")
    street(20, 30, highway=["footway", "steps"])
    street(30, 40, highway="residential", name="路")
    bent = [(LON, LAT + 0.0009), (LON - 0.0005, LAT + 0.0005), (LON, LAT)]
    street(40, 10, highway="path", line=bent)
    street(10, 30, highway="footway", bridge="yes")
    street(20, 40, highway="footway", tunnel="yes")
    graph.add_edge(10, 30, key=7, highway="motorway", length=200.0)
    return graph


def test_two_directions_are_one_street() -> None:
    """Six streets, the motorway is left out and told; lines cross without meeting."""
    network = WalkingNetwork.from_graph(square())
    assert len(network.edges) == 6
    assert len(network.node_xy) == 4
    assert [f.code for f in network.findings] == ["streets-left-out"]
    assert network.findings[0].file == "graph"
    assert not network.attach.all()  # nobody's door is in a tunnel


def test_walks_follow_the_lines() -> None:
    """A walk around the bend is as long as the bend, on a sphere within half a percent."""
    network = WalkingNetwork.from_graph(square())
    homes = network.snap([LON - 0.0005, LON + 0.0018], [LAT + 0.0005, LAT])
    walks = network.walks(homes.take([0]), homes.take([1]), limit_m=None)
    bend = np.hypot(0.0005 * np.cos(np.radians(LAT)), 0.0005) * 111_195
    along = 0.0018 * np.cos(np.radians(LAT)) * 111_195
    assert walks.walk_m[0] == pytest.approx(bend + along, rel=0.005)


@pytest.mark.parametrize("turn", ["undirected", "simple", "projected", "lists", "no crs"])
def test_every_kind_of_graph_gives_the_same_network(turn: str) -> None:
    """Directed or not, with parallel edges or without, in degrees or metres."""
    graph, plain = square(), WalkingNetwork.from_graph(square())
    graph.remove_edge(10, 30, key=7)
    if turn == "undirected":
        graph = nx.MultiGraph(graph)
    elif turn == "simple":
        graph = nx.Graph(graph)
    elif turn == "no crs":
        del graph.graph["crs"]
    elif turn == "projected":
        graph = _projected(graph)
    else:
        for _, _, told in graph.edges(data=True):
            told["highway"] = list(np.atleast_1d(told["highway"]))
    made = WalkingNetwork.from_graph(graph)
    assert len(made.edges) == 6
    np.testing.assert_allclose(np.sort(made.length_m), np.sort(plain.length_m), rtol=1e-6)


def _projected(graph: Any) -> Any:
    names = list(graph)
    at = gpd.points_from_xy(
        *zip(*[(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in names], strict=True)
    )
    there = gpd.GeoSeries(at, crs=4326).to_crs(32635)
    for name, point in zip(names, there, strict=True):
        graph.nodes[name].update(x=point.x, y=point.y)
    for _, _, told in graph.edges(data=True):
        if "geometry" in told:
            told["geometry"] = gpd.GeoSeries([told["geometry"]], crs=4326).to_crs(32635).iloc[0]
    graph.graph["crs"] = "epsg:32635"
    return graph


def test_a_network_comes_back_from_its_graph() -> None:
    """Out and in again it is the same network: nodes, edges, lengths to a micrometre."""
    network = WalkingNetwork.from_graph(square())
    graph = network.to_graph()
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.graph["crs"] == "epsg:4326"
    assert graph.number_of_edges() == 2 * len(network.edges)
    assert {"x", "y"} <= set(graph.nodes[0])
    again = WalkingNetwork.from_graph(graph, projection=network.projection)
    assert len(again.edges) == len(network.edges)
    np.testing.assert_allclose(np.sort(again.length_m), np.sort(network.length_m), atol=1e-6)
    shortest = nx.shortest_path_length(graph, 0, 3, weight="length")
    assert shortest == pytest.approx(
        nx.shortest_path_length(again.to_graph(), 0, 3, weight="length")
    )


def test_other_lengths_are_told() -> None:
    """An edge that states twice the length of its line is walked as it is drawn, and told."""
    graph = square()
    for _, _, told in graph.edges(data=True):
        told["length"] = 1000.0
    read = runs_of_graph(graph)
    assert read.other_lengths == 6
    codes = {f.code for f in WalkingNetwork.from_graph(graph).findings}
    assert codes == {"streets-left-out", "graph-lengths"}


def test_loops_and_parallel_streets_stay() -> None:
    """A dead-end loop, and two streets between the same crossings, are streets of their own."""
    graph = nx.MultiGraph(crs="epsg:4326")
    graph.add_node("a", x=LON, y=LAT)
    graph.add_node("b", x=LON + 0.001, y=LAT)
    graph.add_edge("a", "b")
    graph.add_edge(
        "a", "b", geometry=LineString([(LON, LAT), (LON + 5e-4, LAT + 5e-4), (LON + 1e-3, LAT)])
    )
    ring = [(LON, LAT), (LON - 5e-4, LAT), (LON - 5e-4, LAT - 5e-4), (LON, LAT)]
    graph.add_edge("a", "a", geometry=LineString(ring))
    assert runs_of_graph(graph).runs.offset.tolist() == [0, 2, 5, 9]


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (nx.MultiDiGraph(), "no edge"),
        (nx.path_graph(3), "x and y"),
        (LineString([(0, 0), (1, 1)]), "from_lines"),
        (None, "NoneType"),
    ],
)
def test_what_is_no_street_graph_is_refused(graph: Any, words: str) -> None:
    """An error of the planner's own, in both languages."""
    with pytest.raises(NetworkError, match=words) as raised:
        WalkingNetwork.from_graph(graph)
    assert raised.value.zh


def test_places_that_cannot_be_meant() -> None:
    """Metres without a CRS, a CRS that does not exist, places that are no numbers, roads for cars alone."""
    graph = nx.MultiDiGraph()
    graph.add_node(1, x=500_000.0, y=3_600_000.0)
    graph.add_node(2, x=500_100.0, y=3_600_000.0)
    graph.add_edge(1, 2, highway="motorway")
    with pytest.raises(NetworkError, match="coordinate system"):
        WalkingNetwork.from_graph(graph)
    graph.graph["crs"] = "no such thing"
    with pytest.raises(NetworkError, match="coordinate system"):
        WalkingNetwork.from_graph(graph)
    graph.graph["crs"] = 32650
    with pytest.raises(NetworkError, match="1 are closed"):
        WalkingNetwork.from_graph(graph)
    graph.nodes[1]["x"] = float("nan")
    with pytest.raises(NetworkError, match="x and y"):
        WalkingNetwork.from_graph(graph)


def test_graphs_are_known_without_networkx() -> None:
    """By their module: nothing is imported to find out."""
    assert is_graph(nx.MultiDiGraph())
    assert not is_graph(shapely.Point(0, 0))

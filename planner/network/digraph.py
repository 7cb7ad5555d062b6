"""Walking networks from and to networkx, in the form that osmnx gives its graphs.

Nodes have ``x, y``, edges ``length`` and, where they bend, ``geometry``; the graph has ``crs``.  Edges meet
at nodes and nowhere else, so a bridge stays a bridge.  Walkers walk both ways: two opposite edges are one
street.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import CRS, Transformer

from planner.errors import NetworkError
from planner.model.arrays import Floats
from planner.model.plane import LocalProjection
from planner.network.streets.strokes import Runs
from planner.network.streets.tags import attachable, walkable

if TYPE_CHECKING:
    from planner.network.graph import WalkingNetwork

__all__ = ["GraphRuns", "graph_of", "is_graph", "runs_of_graph"]

_TAGS: Final = (
    "highway", "foot", "access", "service", "motorroad", "indoor", "covered", "bridge", "tunnel",
    "layer", "sidewalk",
)  # fmt: skip
MOST_OFF: Final = 0.05
"""Lengths of osmnx are those of a sphere, within half a percent; an edge further off tells another length."""
LEAST_OFF_M: Final = 1.0


@dataclass(frozen=True, eq=False)
class GraphRuns:
    """A graph as runs of nodes in a plane.

    Parameters
    ----------
    runs : Runs
    plane : LocalProjection
    left_out : int
        Edges on which nobody walks.
    other_lengths : int
        Edges whose stated length is not that of their line, which counts.
    """

    runs: Runs
    plane: LocalProjection
    left_out: int
    other_lengths: int


def is_graph(value: object) -> bool:
    """Tell whether a value is a graph of networkx, without importing it."""
    return any(kind.__module__.startswith("networkx.") for kind in type(value).__mro__)


def runs_of_graph(graph: Any, projection: LocalProjection | None = None) -> GraphRuns:
    """Take the edges of a graph that people walk on.

    Parameters
    ----------
    graph : networkx graph
        Directed or not, with parallel edges or without; ``graph.graph["crs"]`` is WGS-84 where it is
        absent and the places are degrees.
    projection : LocalProjection, optional
        By default centred on the nodes.

    Raises
    ------
    NetworkError
        It is no graph, has no edges that are walked, or its nodes have no places.
    """
    if not is_graph(graph):
        raise NetworkError.of("not-graph", kind=type(graph).__name__)
    number, placed = _nodes(graph)
    turn = _to_degrees(graph, placed)
    lon_lat = turn(placed)
    plane = projection or LocalProjection.around(*lon_lat.T)
    xy = [plane.to_xy(*lon_lat.T)]
    node: list[int] = []
    offset, attach, seen = [0], list[bool](), set[Any]()
    left_out = other = 0
    count = len(lon_lat)
    for a, b, told in _edges(graph, number):
        tags = [t for t in _readings(told) if walkable(t)]
        if not tags:
            left_out += 1
            continue
        inner = _bends(told.get("geometry"), placed[a], placed[b])
        key = _key(a, b, inner)
        if key in seen:  # the way back
            continue
        seen.add(key)
        bends = plane.to_xy(*turn(inner).T) if len(inner) else np.zeros((0, 2))
        other += _differs(told.get("length"), np.vstack([xy[0][a], bends, xy[0][b]]))
        node += [a, *range(count, count + len(bends)), b]
        count += len(bends)
        xy.append(bends)
        offset.append(len(node))
        attach.append(any(attachable(t) for t in tags))
    if not attach:
        raise NetworkError.of("graph-not-walkable", left_out=left_out)
    runs = Runs(np.vstack(xy), np.array(node), np.array(offset), np.array(attach, bool))
    return GraphRuns(runs, plane, left_out, other)


def graph_of(network: WalkingNetwork) -> Any:
    """Give a network as a graph of osmnx's form: degrees WGS-84, metres, both directions of each street."""
    import networkx as nx

    made = nx.MultiDiGraph(crs="epsg:4326", simplified=True, name=network.source)
    places = network.projection.to_lon_lat(network.node_xy).tolist()
    made.add_nodes_from((i, {"x": lon, "y": lat}) for i, (lon, lat) in enumerate(places))
    drawn = network.projection.to_lon_lat(network.shape_xy)
    cuts = zip(network.shape_offset[:-1].tolist(), network.shape_offset[1:].tolist(), strict=True)
    for k, ((first, end), (a, b)) in enumerate(zip(cuts, network.edges.tolist(), strict=True)):
        length, joins = float(network.length_m[k]), bool(network.attach[k])
        for start, stop, line in ((a, b, drawn[first:end]), (b, a, drawn[first:end][::-1])):
            shape = shapely.LineString(line)
            made.add_edge(start, stop, osmid=k, length=length, geometry=shape, homes=joins)
    return made


def _nodes(graph: Any) -> tuple[dict[Any, int], Floats]:
    """Give each node a number, and the places as they are stated."""
    places: list[tuple[float, float]] = []
    number: dict[Any, int] = {}
    for name, told in graph.nodes(data=True):
        try:
            places.append((float(told["x"]), float(told["y"])))
        except (KeyError, TypeError, ValueError):
            raise NetworkError.of("graph-without-places") from None
        number[name] = len(number)
    found = np.array(places, float).reshape(-1, 2)
    if not len(found):
        raise NetworkError.of("graph-not-walkable", left_out=0)
    if not np.isfinite(found).all():
        raise NetworkError.of("graph-without-places")
    return number, found


def _to_degrees(graph: Any, placed: Floats) -> Any:
    """Give the way from the graph's coordinates to degrees WGS-84."""
    stated = graph.graph.get("crs")
    if stated is None:
        if (np.abs(placed) > [180.0, 90.0]).any():
            raise NetworkError.of("streets-without-crs", name="graph")
        return lambda xy: np.asarray(xy, float)
    try:
        turn = Transformer.from_crs(CRS(stated), "EPSG:4326", always_xy=True)
    except Exception:  # noqa: BLE001 - pyproj has several kinds; the reader needs one
        raise NetworkError.of("streets-without-crs", name="graph") from None
    return lambda xy: np.column_stack(turn.transform(*np.asarray(xy, float).T))


def _edges(graph: Any, number: Mapping[Any, int]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for a, b, told in graph.edges(data=True):
        yield number[a], number[b], told


def _readings(told: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Read the tags of an edge; one that was joined of several ways has lists, and may be any of them."""
    plain: dict[str, list[str]] = {}
    for key in _TAGS:
        value = told.get(key)
        if value is None or value != value or value is False:
            continue
        values = value if isinstance(value, list | tuple | set) else [value]
        plain[key] = ["yes" if v is True else str(v) for v in values]
    kinds = plain.pop("highway", ["road"])
    rest = {key: values[0] for key, values in plain.items() if values}
    for kind in kinds:
        yield {**rest, "highway": kind}


def _bends(geometry: Any, first: Floats, last: Floats) -> Floats:
    """Give the vertices between the ends of an edge, from its first node on; none where it is straight."""
    if geometry is None or geometry.is_empty:
        return np.zeros((0, 2))
    line = shapely.get_coordinates(geometry)
    # the line of an undirected edge may have been drawn from its other end
    ahead = np.hypot(*(line[0] - first)) + np.hypot(*(line[-1] - last))
    back = np.hypot(*(line[0] - last)) + np.hypot(*(line[-1] - first))
    return (line if ahead <= back else line[::-1])[1:-1]


def _key(a: int, b: int, inner: Floats) -> tuple[int, int, bytes]:
    there, back = inner.tobytes(), inner[::-1].tobytes()
    if a == b:
        return a, b, min(there, back)
    return (a, b, there) if a < b else (b, a, back)


def _differs(stated: Any, line: Floats) -> bool:
    """Tell whether an edge states another length than its line has."""
    try:
        length = float(stated)
    except (TypeError, ValueError):
        return False
    drawn = float(np.hypot(*np.diff(line, axis=0).T).sum())
    return abs(length - drawn) > max(LEAST_OFF_M, MOST_OFF * drawn)

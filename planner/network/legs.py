"""The way of a walk as a line: from door to door, or from crossing to crossing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from planner.model.arrays import Floats, Ints
from planner.network.graph import WalkingNetwork
from planner.network.pieces import cut
from planner.network.values import Network, Snaps

__all__ = ["turn_line", "way_through"]

_Steps = dict[tuple[int, int], int]
_KNOWN: WeakKeyDictionary[WalkingNetwork, _Steps] = WeakKeyDictionary()


def _steps(network: WalkingNetwork) -> _Steps:
    """Give the shortest edge between each two neighbouring crossings."""
    if network not in _KNOWN:
        tail, head, _, edge = network.mesh.arcs
        pairs = zip(tail.tolist(), head.tolist(), strict=True)
        _KNOWN[network] = dict(zip(pairs, edge.tolist(), strict=True))
    return _KNOWN[network]


def turn_line(network: WalkingNetwork, nodes: Sequence[int] | Ints) -> Floats:
    """Give the line through crossings in turn, each next to the one before, shape (k, 2), in the plane."""
    steps, turn = _steps(network), np.asarray(nodes, np.int64).tolist()
    parts = [network.node_xy[turn[:1]]]
    for a, b in pairwise(turn):
        xy = shapely.get_coordinates(network.edge_lines[steps[a, b]])
        forward = int(network.edges[steps[a, b]][0]) == a
        parts.append((xy if forward else xy[::-1])[1:])
    return np.concatenate(parts)


def way_through(network: Network, snaps: Snaps, turn: Ints) -> Floats:
    """Give the line of a round through homes in turn, shape (k, 2), in the plane.

    Parameters
    ----------
    snaps : Snaps
        Homes.
    turn : ndarray of int
        Positions of the homes in turn.
    """
    stops = np.asarray(turn, np.int64).tolist()
    if not isinstance(network, WalkingNetwork):
        return snaps.home_xy[stops]

    @cache
    def reach(home: int) -> tuple[Floats, Ints]:
        a, b, to_a, to_b = network.mesh.doors(snaps.take([home]))
        node, metres = np.concatenate([a, b]), np.concatenate([to_a, to_b])
        graph = network.mesh.with_sources(np.zeros(len(node), np.int64), node, metres)
        n = network.mesh.n_nodes
        found, came = dijkstra(graph, indices=n, return_predecessors=True)
        return found[:n], came[:n]

    parts = [snaps.home_xy[stops[:1]]]
    for one, other in pairwise(stops):
        if one != other:
            parts.append(_leg(network, snaps, one, other, *reach(one)))
        parts.append(snaps.home_xy[[other]])
    return np.concatenate(parts)


def _leg(
    network: WalkingNetwork, snaps: Snaps, one: int, other: int, found: Floats, came: Ints
) -> Floats:
    """Give the line between two doors on the streets, from where the one joins to where the other does."""
    start, end = int(snaps.edge[one]), int(snaps.edge[other])
    if start < 0 or end < 0:
        return np.zeros((0, 2))
    along, to = float(snaps.along_m[one]), float(snaps.along_m[other])
    ends = network.edges[end].tolist()
    rest = (to, float(network.length_m[end]) - to)
    metres = [float(found[node]) - 1.0 + more for node, more in zip(ends, rest, strict=True)]
    if start == end and abs(along - to) + float(snaps.access_m[one]) <= min(metres) + 1e-9:
        return _between(network, start, along, to)
    last = ends[int(np.argmin(metres))]
    if not np.isfinite(found[last]):
        return np.zeros((0, 2))
    nodes = [last]
    while int(came[nodes[-1]]) < network.mesh.n_nodes:
        nodes.append(int(came[nodes[-1]]))
    nodes.reverse()
    head = 0.0 if nodes[0] == int(network.edges[start][0]) else float(network.length_m[start])
    tail = 0.0 if last == ends[0] else float(network.length_m[end])
    return np.concatenate(
        [
            _between(network, start, along, head),
            turn_line(network, nodes),
            _between(network, end, tail, to),
        ]
    )


def _between(network: WalkingNetwork, edge: int, start: float, end: float) -> Floats:
    """Give a stretch of an edge, walked from one place on it to another."""
    low, high = min(start, end), max(start, end)
    xy = cut(network.edge_lines[edge], low, high)
    return xy if start <= end else xy[::-1]

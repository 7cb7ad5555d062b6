"""A patrol of each zone: a walk along every street of it and back, as short as a matching makes it.

The streets of a zone are walked once where that can be; dead ends and odd crossings make some of them be
walked twice, and which is settled by a matching of least length (the Chinese postman's).  Where the streets
of a zone do not hang together inside it, the shortest ways between them are walked besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.model.arrays import Floats, Ints
from planner.model.caring import Pace
from planner.network import WalkingNetwork
from planner.plan.care.onstreets import OnStreets

__all__ = ["patrols"]

MOST_ODD = 160  # beyond that the nearest pairs are joined one after another
NEAR_M = 3000.0  # streets of a zone farther apart on foot are told apart


def patrols(ground: OnStreets, pace: Pace) -> tuple[pd.DataFrame, dict[str, Ints]]:
    """Make the patrol of every zone that has a street of its own.

    Gives: ``zone, number, streets_m`` (walked at least once)``, metres`` (of the patrol)``, minutes, parts``
    (1 where its streets hang together on foot); and by zone the crossings in turn, the first at both ends.
    Both are empty on straight lines.
    """
    network, zones = ground.network, ground.plan.zones
    columns = ["zone", "number", "streets_m", "metres", "minutes", "parts"]
    if not isinstance(network, WalkingNetwork):
        return pd.DataFrame(columns=columns), {}
    shapes = zones.geometry.to_crs(network.projection.crs).to_numpy()
    middle = shapely.line_interpolate_point(network.edge_lines, 0.5, normalized=True)
    zone, edge = shapely.STRtree(middle).query(shapes, predicate="contains")
    rows, ways = [], {}
    graph, shortest = _graph(network), _edges(network)
    for at, (name, number) in enumerate(zip(zones["centre_id"], zones["number"], strict=True)):
        own = np.sort(edge[zone == at])
        own = own[network.edges[own, 0] != network.edges[own, 1]]
        if not len(own):
            continue
        turn, metres, parts = _patrol(network, own, graph, shortest)
        streets = float(network.length_m[own].sum())
        time = metres / pace.speed_m_s / 60.0
        told = (str(name), int(number), round(streets, 1), round(metres, 1), round(time, 1), parts)
        rows.append(told)
        ways[str(name)] = turn
    return pd.DataFrame(rows, columns=columns), ways


def _graph(network: WalkingNetwork) -> csr_array:
    tail, head, length, _ = network.mesh.arcs
    n = network.mesh.n_nodes
    return csr_array((length, (tail, head)), shape=(n, n))


def _edges(network: WalkingNetwork) -> Mapping[tuple[int, int], float]:
    tail, head, length, _ = network.mesh.arcs
    return dict(zip(zip(tail.tolist(), head.tolist(), strict=True), length.tolist(), strict=True))


def _patrol(
    network: WalkingNetwork, own: Ints, graph: csr_array, shortest: Mapping[tuple[int, int], float]
) -> tuple[Ints, float, int]:
    streets = nx.MultiGraph()
    for (a, b), length in zip(
        network.edges[own].tolist(), network.length_m[own].tolist(), strict=True
    ):
        streets.add_edge(a, b, weight=length)
    groups = sorted(nx.connected_components(streets), key=lambda g: (-len(g), min(g)))
    nodes = np.array(sorted(streets.nodes), np.int64)
    away, came = dijkstra(graph, indices=nodes, limit=NEAR_M, return_predecessors=True)
    place = {int(v): k for k, v in enumerate(nodes)}

    def walk_in(a: int, b: int) -> None:
        """Walk the shortest way between two crossings besides, step by step."""
        at = b
        while at != a:
            before = int(came[place[a], at])
            streets.add_edge(before, at, weight=shortest[before, at])
            at = before

    joined = [groups[0]]
    for group in groups[1:]:
        mine = np.array(sorted(set().union(*joined)), np.int64)
        other = np.array(sorted(group), np.int64)
        table = away[[place[v] for v in mine.tolist()]][:, other]
        i, j = np.unravel_index(int(table.argmin()), table.shape)
        if np.isfinite(table[i, j]):
            walk_in(int(mine[i]), int(other[j]))
            joined.append(group)
    streets = streets.subgraph(nx.node_connected_component(streets, min(groups[0]))).copy()
    known = [v for v in _odd(streets) if v in place]
    for a, b in _matched(away[[place[v] for v in known]][:, known], known):
        walk_in(a, b)
    _joined_within(streets)
    turn = [a for a, _ in nx.eulerian_circuit(streets, source=min(streets.nodes))]
    metres = sum(float(data["weight"]) for _, _, data in streets.edges(data=True))
    return np.array([*turn, turn[0]], np.int64), metres, len(groups) - len(joined) + 1


def _odd(streets: nx.MultiGraph) -> list[int]:
    return sorted(v for v in streets.nodes if streets.degree(v) % 2)


def _joined_within(streets: nx.MultiGraph) -> None:
    """Pair the odd crossings that are left, far from all others, along the streets themselves."""
    left = _odd(streets)
    while left:
        found: Any = nx.single_source_dijkstra(streets, left.pop(0), weight="weight")
        metres, ways = found
        other = _nearest(left, metres)
        left.remove(other)
        for a, b in pairwise(ways[other]):
            streets.add_edge(a, b, weight=min(d["weight"] for d in streets[a][b].values()))


def _nearest(left: list[int], metres: Mapping[int, float]) -> int:
    return min(left, key=lambda v: (metres[v], v))


def _matched(away: Floats, odd: list[int]) -> list[tuple[int, int]]:
    """Pair odd crossings with the least walking in all."""
    if len(odd) > MOST_ODD:
        return _paired(away, odd)
    graph: Any = nx.Graph()
    i, j = np.triu_indices(len(odd), 1)
    for a, b, metres in zip(i.tolist(), j.tolist(), away[i, j].tolist(), strict=True):
        if np.isfinite(metres):
            graph.add_edge(a, b, weight=metres)
    pairs = nx.min_weight_matching(graph)
    return sorted(tuple(sorted((odd[a], odd[b]))) for a, b in pairs)  # type: ignore[misc]


def _paired(away: Floats, odd: list[int]) -> list[tuple[int, int]]:
    table = away.copy()
    np.fill_diagonal(table, np.inf)
    found = []
    for _ in range(len(odd) // 2):
        a, b = np.unravel_index(int(table.argmin()), table.shape)
        if not np.isfinite(table[a, b]):
            break
        found.append((odd[int(a)], odd[int(b)]))
        table[[a, b], :] = np.inf
        table[:, [a, b]] = np.inf
    return found

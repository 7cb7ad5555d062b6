"""The streets that the walks of a plan follow: what a map needs to draw each of them.

Of the whole network only those edges are kept on which some shortest walk from a centre to a unit
runs, so that a shortest path on what is kept is one on the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from planner.model.arrays import Floats, Geometries, Ints, Ints32
from planner.network.distance import SHIFT_M, Mesh
from planner.network.graph import WalkingNetwork
from planner.network.values import Network, Snaps

__all__ = ["Ways", "walked_ways"]

CHUNK = 64


@dataclass(frozen=True, eq=False)
class Ways:
    """Edges of the network on which walks run.

    Parameters
    ----------
    start, end : ndarray of int64, shape (e,)
        Crossings that each edge joins, numbered from 0; edges meet only there.
    length_m : ndarray of float64, shape (e,)
        Metres.
    lines : ndarray of LineString, shape (e,)
        EPSG:4326, from start to end.
    join : ndarray of int64, shape (n_units,)
        Edge that each unit joins, -1 for none.
    along_m : ndarray of float64, shape (n_units,)
        Metres from the edge's start to where the unit joins it.
    """

    start: Ints
    end: Ints
    length_m: Floats
    lines: Geometries
    join: Ints
    along_m: Floats


def walked_ways(
    network: Network, snaps: Snaps, home: Ints32, pairs: tuple[Geometries, Geometries, Floats]
) -> Ways | None:
    """Find the edges on which walks between units and centres run.

    Parameters
    ----------
    home : ndarray of int, shape (n_centres,)
        Unit of each centre.
    pairs : (unit, centre, walk_m)
        Whose walks count, such as all pairs of the problem; shape (n_pairs,) each.

    Returns
    -------
    Ways or None
        None where walks do not follow streets.
    """
    if not isinstance(network, WalkingNetwork):
        return None
    unit, centre, walk_m = pairs
    used = np.zeros(len(network.edges), bool)
    on = snaps.edge >= 0
    used[snaps.edge[on]] = True
    order = np.argsort(centre, kind="stable")
    unit, centre, walk_m = unit[order], centre[order], walk_m[order]
    some = np.unique(centre)
    for first in range(0, len(some), CHUNK):
        part = some[first : first + CHUNK]
        low, high = np.searchsorted(centre, [part[0], part[-1] + 1])
        row = np.searchsorted(part, centre[low:high])
        rows = snaps.take(unit[low:high])
        limit_m = float(walk_m[low:high].max())
        used[_edges_to(network.mesh, snaps.take(home[part]), rows, row, limit_m)] = True
    return _kept(network, snaps, np.flatnonzero(used))


def _edges_to(mesh: Mesh, sources: Snaps, targets: Snaps, row: Ints, limit_m: float) -> Ints:
    """Edges on the shortest walks from sources to targets; `row` is the source of each target."""
    k, n = len(sources), mesh.n_nodes
    a, b, to_a, to_b = mesh.doors(sources)
    graph = mesh.with_sources(
        np.tile(np.arange(k), 2), np.concatenate([a, b]), np.concatenate([to_a, to_b])
    )
    limit = limit_m + 2 * SHIFT_M  # one for the virtual arc, one to spare
    reach, before = dijkstra(
        graph, indices=np.arange(n, n + k), limit=limit, return_predecessors=True
    )
    a, b, to_a, to_b = mesh.doors(targets)
    via_a, via_b = reach[row, a] + to_a, reach[row, b] + to_b
    node = np.where(via_a <= via_b, a, b)
    known = np.isfinite(np.minimum(via_a, via_b))
    row, node = row[known], node[known]
    seen = np.zeros((k, n), bool)
    found: list[Ints] = []
    while len(node):  # one step back on all paths at once; each node of a source is passed once
        at = np.unique(row * n + node)
        row, node = at // n, at % n
        fresh = ~seen[row, node]
        row, node = row[fresh], node[fresh]
        seen[row, node] = True
        back = before[row, node].astype(np.int64)
        inner = (back >= 0) & (back < n)
        row, node, back = row[inner], node[inner], back[inner]
        found.append(back * n + node)
        node = back
    if not found:
        return np.zeros(0, np.int64)
    tail, head, _, edge = mesh.arcs
    return edge[np.searchsorted(tail * n + head, np.unique(np.concatenate(found)))]


def _kept(network: WalkingNetwork, snaps: Snaps, edges: Ints) -> Ways:
    ends = network.edges[edges].astype(np.int64)
    _, ends = np.unique(ends, return_inverse=True)
    ends = ends.reshape(-1, 2)
    plane = network.projection
    lines = shapely.transform(network.edge_lines[edges], plane.to_lon_lat)
    place = np.full(len(network.edges) + 1, -1, np.int64)
    place[edges] = np.arange(len(edges))
    join = place[snaps.edge]
    along_m = np.where(join >= 0, snaps.along_m, 0.0)
    return Ways(
        ends[:, 0], ends[:, 1], network.length_m[edges], np.asarray(lines, object), join, along_m
    )

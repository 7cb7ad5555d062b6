"""How far one comes on foot: stretches of street within a walk, and the ground on both sides of them.

A band is what lies between two walks of the nearest home of a set.  It is drawn along the streets: a
river without a bridge ends it, a circle would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from planner.model.arrays import Floats, Geometries, Ints
from planner.network.distance import Mesh, flood
from planner.network.graph import WalkingNetwork
from planner.network.pieces import cut
from planner.network.straight import StraightNetwork
from planner.network.values import Network, Snaps

__all__ = ["BESIDE_M", "band_shapes", "reached_lines", "without_edges"]

BESIDE_M = 30.0
"""Ground this far to either side of a street that is reached counts as reached."""
SHORTEST_M = 1e-6
EVEN = 1e-6
# A band is looked at, not measured: few corners to a quarter of a circle, and no slivers.
_CORNERS, _GRID_M = 4, 0.05


@dataclass(frozen=True, eq=False)
class _Stretches:
    """Parts of edges without a source within: the walk to each end, from which all between follow."""

    edge: Ints
    start_m: Floats
    length_m: Floats
    first: Floats
    last: Floats

    def within(self, limit_m: float) -> tuple[Floats, Floats]:
        """Give the metres that a walk of this length covers from the first end, and from the last."""
        left = np.clip(limit_m - self.first, 0.0, self.length_m)
        right = np.clip(limit_m - self.last, 0.0, self.length_m)
        return left, right


def _stretches(mesh: Mesh, sources: Snaps) -> _Stretches:
    reach = flood(mesh, sources).metres
    a, b = mesh.ends.astype(np.int64).T
    plain = np.ones(len(a), bool)
    plain[sources.edge] = False
    parts: list[tuple[Ints, Floats, Floats, Floats, Floats]] = []
    whole = np.flatnonzero(plain)
    parts.append(
        (
            whole,
            np.zeros(len(whole)),
            mesh.length_m[whole],
            reach[a[whole]],
            reach[b[whole]],
        )
    )
    order = np.lexsort((sources.access_m, sources.along_m, sources.edge))
    for rows in np.split(order, np.flatnonzero(np.diff(sources.edge[order])) + 1):
        e = int(sources.edge[rows[0]])
        at = np.concatenate([[0.0], sources.along_m[rows], [mesh.length_m[e]]])
        walk = np.concatenate([[reach[a[e]]], sources.access_m[rows], [reach[b[e]]]])
        # A source may be nearer to its neighbour's door than the neighbour: both ways along the edge.
        walk = np.minimum.accumulate(walk - at) + at
        walk = (np.minimum.accumulate((walk + at)[::-1]) - at[::-1])[::-1]
        n = len(at) - 1
        parts.append((np.full(n, e), at[:-1], np.diff(at), walk[:-1], walk[1:]))
    return _Stretches(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def reached_lines(
    network: WalkingNetwork, sources: Snaps, limits_m: Sequence[float]
) -> list[Geometries]:
    """Give the stretches of street that each walk reaches and no shorter one does, in the plane.

    Parameters
    ----------
    sources : Snaps
        Homes to walk from; those off the network reach nothing.
    limits_m : sequence of float
        Longest walks, ascending.

    Returns
    -------
    list of ndarray of LineString
        One array a limit; together they are all that the longest walk reaches.
    """
    sources = sources.take(sources.edge >= 0)
    if not len(sources):
        return [np.zeros(0, object) for _ in limits_m]
    parts = _stretches(network.mesh, sources)
    before = np.zeros(len(parts.edge)), np.zeros(len(parts.edge))
    found: list[Geometries] = []
    for limit in limits_m:
        left, right = parts.within(limit)
        # What both ends reach is reached once: the first takes what the last had not taken before.
        left = np.minimum(left, parts.length_m - before[1])
        right = np.minimum(right, parts.length_m - left)
        found.append(_new(network, parts, before, (left, right)))
        before = left, right
    return found


def _new(
    network: WalkingNetwork,
    parts: _Stretches,
    before: tuple[Floats, Floats],
    now: tuple[Floats, Floats],
) -> Geometries:
    """Cut out what is reached now and was not before."""
    length = parts.length_m
    entire = (before[0] + before[1] <= 0) & (now[0] + now[1] >= length - SHORTEST_M)
    entire &= length >= network.length_m[parts.edge] - SHORTEST_M
    lines = network.edge_lines
    made: list[Floats] = []
    # On a slope an edge counts more metres than it is drawn with.
    drawn = shapely.length(lines) / network.length_m
    drawn = np.where(np.abs(drawn - 1.0) < EVEN, 1.0, drawn)[parts.edge]
    sides = (
        (parts.start_m + before[0], parts.start_m + now[0]),
        (parts.start_m + length - now[1], parts.start_m + length - before[1]),
    )
    for low, high in sides:
        pick = np.flatnonzero(~entire & (high - low > SHORTEST_M))
        ends = (low[pick] * drawn[pick]).tolist(), (high[pick] * drawn[pick]).tolist()
        for line, start, end in zip(lines[parts.edge[pick]], *ends, strict=True):
            made.append(cut(line, start, end))
    if not made:
        return np.asarray(lines[parts.edge[entire]], object)
    which = np.repeat(np.arange(len(made)), [len(c) for c in made])
    pieces = shapely.linestrings(np.concatenate(made), indices=which)
    return np.concatenate([lines[parts.edge[entire]], np.asarray(pieces, object)])


def band_shapes(
    network: Network, sources: Snaps, limits_m: Sequence[float], *, beside_m: float = BESIDE_M
) -> Geometries:
    """Draw the ground of each band of walks: between the limit before and its own.

    Parameters
    ----------
    sources : Snaps
        Homes to walk from; a point on the street belongs to the nearest of them.
    limits_m : sequence of float
        Longest walks, ascending, the leg between home and street included.
    beside_m : float
        Width of the ground on either side of a street.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n_limits,)
        In the plane; no two of them overlap.  On straight lines these are circles, for nothing else is known.
    """
    sources = sources.take(sources.edge >= 0)
    shapes: list[Any] = []
    inner: Any = shapely.MultiPolygon()
    if isinstance(network, WalkingNetwork):
        grown = [
            shapely.union_all(
                shapely.buffer(lines, beside_m, quad_segs=_CORNERS), grid_size=_GRID_M
            )
            for lines in reached_lines(network, sources, limits_m)
        ]
    else:
        factor = network.detour_factor if isinstance(network, StraightNetwork) else 1.0
        points = shapely.points(sources.home_xy)
        grown = [
            shapely.union_all(shapely.buffer(points, m / factor), grid_size=_GRID_M)
            for m in limits_m
        ]
    for ground in grown:
        outer = shapely.union(inner, ground, grid_size=_GRID_M)
        shapes.append(shapely.difference(outer, inner, grid_size=_GRID_M))
        inner = outer
    made = np.empty(len(shapes), object)
    made[:] = shapes
    return made


def without_edges(network: WalkingNetwork, gone: Any) -> WalkingNetwork:
    """Give the network without some edges, such as flights of steps; homes are to be joined to it anew.

    Parameters
    ----------
    gone : ndarray of bool, shape (e,)
    """
    from dataclasses import replace

    kept = ~np.asarray(gone, bool)
    count = np.diff(network.shape_offset)
    return replace(
        network,
        edges=network.edges[kept],
        length_m=network.length_m[kept],
        shape_xy=network.shape_xy[np.repeat(kept, count)],
        shape_offset=np.concatenate([[0], np.cumsum(count[kept])]).astype(
            network.shape_offset.dtype
        ),
        attach=network.attach[kept],
        piece=network.piece[kept],
    )

"""Pieces of street: the territory of each unit, cut where the next one's begins, and what ends at a gate."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from planner.model.arrays import Bools, Floats, Geometries, Ints, Ints32
from planner.network.distance import Mesh
from planner.network.values import Snaps, Territory
from planner.network.voronoi import cells

__all__ = ["cut", "gated_pieces", "territory_lines"]

SHORTEST_M = 1e-3
SPOT_M = 1e-6


def cut(line: Any, start_m: float, end_m: float) -> Floats:
    """Points of a stretch of a line, from `start_m` to `end_m` metres after its first point."""
    xy = shapely.get_coordinates(line)
    # Points, where shapely.ops.substring gives lines: all pieces are made into lines in one call.
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    inner = xy[(along > start_m + SPOT_M) & (along < end_m - SPOT_M)]
    x, y = (np.interp([start_m, end_m], along, xy[:, d]) for d in (0, 1))
    return np.vstack([[x[0], y[0]], inner, [x[1], y[1]]])


def territory_lines(
    mesh: Mesh, lines: Geometries, snaps: Snaps, group: Ints, around_m: float | None
) -> Territory:
    """Cut the streets where one unit's cell ends and the next begins.

    Parameters
    ----------
    lines : ndarray of LineString, shape (e,)
    group : ndarray of int64, shape (n,)
    around_m : float or None
        Give each group only the streets so near to its own units.
    """
    owners: list[Ints] = [np.zeros(0, np.int64)]
    found: list[Geometries] = [np.zeros(0, object)]
    on = snaps.edge >= 0
    boxes = shapely.bounds(lines)
    for name in np.unique(group[on]):
        units = np.flatnonzero(on & (group == name))
        some = snaps.take(units)
        near = np.ones(len(lines), bool) if around_m is None else _near(boxes, some, around_m)
        shared = cells(mesh, some)
        whole = np.flatnonzero((shared.whole >= 0) & near)
        owners.append(units[shared.whole[whole]])
        found.append(lines[whole])
        pick = np.flatnonzero(near[shared.edge] & (shared.end_m - shared.start_m > SHORTEST_M))
        owners.append(units[shared.owner[pick]])
        parts = [
            cut(*stretch)
            for stretch in zip(
                lines[shared.edge[pick]],
                shared.start_m[pick].tolist(),
                shared.end_m[pick].tolist(),
                strict=True,
            )
        ]
        if parts:
            which = np.repeat(np.arange(len(parts)), [len(c) for c in parts])
            pieces = shapely.linestrings(np.concatenate(parts), indices=which)
            found.append(np.asarray(pieces, object))
    return Territory(np.concatenate(owners).astype(np.int32), np.concatenate(found))


def _near(boxes: Floats, snaps: Snaps, around_m: float) -> Bools:
    low = snaps.home_xy.min(axis=0) - around_m
    high = snaps.home_xy.max(axis=0) + around_m
    return (boxes[:, :2] <= high).all(axis=1) & (boxes[:, 2:] >= low).all(axis=1)


def gated_pieces(node_xy: Floats, edges: Ints32, piece: Ints32) -> Ints:
    """Find pieces that end at a gate or wall, on the other side of which another piece goes on.

    Parameters
    ----------
    node_xy : ndarray of float64, shape (n, 2)
    edges : ndarray of int32, shape (e, 2)
    piece : ndarray of int32, shape (e,)
        Of each edge.
    """
    # A node that nobody passes has been doubled: a spot with nodes of two pieces is a gate.
    spot = np.unique(node_xy, axis=0, return_inverse=True)[1].ravel()
    of_node = np.empty(len(spot), np.int64)
    of_node[edges] = piece[:, None]
    sides = np.unique(np.column_stack([spot, of_node]), axis=0)
    return np.unique(sides[np.bincount(sides[:, 0])[sides[:, 0]] > 1, 1])

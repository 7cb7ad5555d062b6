"""Pieces of street: cutting lines by metres, and the territory of each unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.network.distance import Mesh
from planner.network.values import Snaps, Territory
from planner.network.voronoi import cells

__all__ = ["cut_line", "territory_lines"]

AROUND_M = 150.0
"""How far beyond its own units a fenced group's street pieces are given."""
SHORTEST_M = 1e-3
SPOT_M = 1e-6


def cut_line(line: NDArray[np.float64], start_m: float, end_m: float) -> NDArray[np.float64]:
    """Cut a stretch out of a line.

    Parameters
    ----------
    line : ndarray of float64, shape (k, 2)
    start_m, end_m : float
        Metres from its first point; turned round where the end lies before the start.

    Returns
    -------
    ndarray of float64, shape (m, 2)
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    low, high = min(start_m, end_m), max(start_m, end_m)
    inner = line[(along > low + SPOT_M) & (along < high - SPOT_M)]
    x, y = (np.interp([low, high], along, line[:, d]) for d in (0, 1))
    stretch = np.vstack([[x[0], y[0]], inner, [x[1], y[1]]])
    return stretch if start_m <= end_m else stretch[::-1]


def territory_lines(
    mesh: Mesh,
    lines: NDArray[Any],
    shape_xy: NDArray[np.float64],
    shape_offset: NDArray[np.int64],
    snaps: Snaps,
    group: NDArray[np.int64],
    *,
    around: bool,
) -> Territory:
    """Cut the streets where one unit's cell ends and the next begins.

    Parameters
    ----------
    mesh : Mesh
    lines : ndarray of LineString, shape (e,)
    shape_xy, shape_offset : ndarray
        The same lines as points.
    snaps : Snaps
    group : ndarray of int64, shape (n,)
    around : bool
        Give each group only the streets around its own units.
    """
    owners: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    found: list[NDArray[Any]] = [np.zeros(0, object)]
    on = snaps.edge >= 0
    boxes = shapely.bounds(lines)
    for name in np.unique(group[on]):
        units = np.flatnonzero(on & (group == name))
        some = snaps.take(units)
        near = _near(boxes, some) if around else np.ones(len(lines), bool)
        shared = cells(mesh, some)
        whole = np.flatnonzero((shared.whole >= 0) & near)
        owners.append(units[shared.whole[whole]])
        found.append(lines[whole])
        pick = np.flatnonzero(near[shared.edge] & (shared.end_m - shared.start_m > SHORTEST_M))
        owners.append(units[shared.owner[pick]])
        cut = [
            cut_line(shape_xy[shape_offset[e] : shape_offset[e + 1]], a, b)
            for e, a, b in zip(
                shared.edge[pick].tolist(),
                shared.start_m[pick].tolist(),
                shared.end_m[pick].tolist(),
                strict=True,
            )
        ]
        if cut:
            which = np.repeat(np.arange(len(cut)), [len(c) for c in cut])
            found.append(
                np.asarray(shapely.linestrings(np.concatenate(cut), indices=which), object)
            )
    return Territory(np.concatenate(owners).astype(np.int32), np.concatenate(found))


def _near(boxes: NDArray[np.float64], snaps: Snaps) -> NDArray[np.bool_]:
    low = snaps.home_xy.min(axis=0) - AROUND_M
    high = snaps.home_xy.max(axis=0) + AROUND_M
    return (boxes[:, :2] <= high).all(axis=1) & (boxes[:, 2:] >= low).all(axis=1)

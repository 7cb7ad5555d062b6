"""Joining homes to streets: the nearest edge whose access leg crosses no barrier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

__all__ = ["Barriers", "locate", "nearest_edge"]

WIDER, FARTHER_M, CHOICES = 3.0, 100.0, 24
"""Look for another edge within 3 x the nearest + 100 m, among the 24 nearest."""
CHUNK = 4096

Shapes = NDArray[Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Barriers:
    """What an access leg must not cross.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        In the plane; of water areas the shore.
    weight : ndarray of int8, shape (n,)
        2 for water and rails, 1 for walls and fences (which have gates that nobody mapped).
    """

    lines: Shapes
    weight: NDArray[np.int8]

    @cached_property
    def tree(self) -> STRtree:
        """Spatial index, built when first asked for."""
        return STRtree(self.lines)

    def crossed(self, legs: Shapes) -> NDArray[np.int8]:
        """Weight of the worst barrier that each leg crosses, 0 for none, shape (n,)."""
        worst = np.zeros(len(legs), np.int8)
        if len(self.lines) and len(legs):
            leg, barrier = self.tree.query(legs, predicate="crosses")
            np.maximum.at(worst, leg, self.weight[barrier])
        return worst


def nearest_edge(
    points: Shapes, edges: Shapes, tree: STRtree, barriers: Barriers, max_m: float | None
) -> tuple[Ints, NDArray[np.bool_]]:
    """Choose the edge that each home joins.

    Parameters
    ----------
    points : ndarray of Point, shape (n,)
        Homes in the plane.
    edges : ndarray of LineString, shape (e,)
        Edges that may be joined.
    tree : STRtree
        Index of `edges`.
    barriers : Barriers
        What legs must not cross where it can be helped.
    max_m : float or None
        Longest leg.

    Returns
    -------
    edge : ndarray of int64, shape (n,)
        Position among `edges`, -1 for none; of edges equally near the first.
    crosses : ndarray of bool, shape (n,)
    """
    edge = np.full(len(points), -1, np.int64)
    crosses = np.zeros(len(points), bool)
    if not len(edges) or not len(points):
        return edge, crosses
    (home, found), near = tree.query_nearest(points, max_distance=max_m, return_distance=True)
    order = np.lexsort((found, home))[::-1]
    edge[home[order]] = found[order]
    reach = np.zeros(len(points))
    reach[home] = near
    on = np.flatnonzero(edge >= 0)
    barred = barriers.crossed(shapely.shortest_line(points[on], edges[edge[on]]))
    doubtful = on[barred > 0]
    weight = barred[barred > 0]
    for start in range(0, len(doubtful), CHUNK):
        rows = doubtful[start : start + CHUNK]
        radius = WIDER * reach[rows] + FARTHER_M
        if max_m is not None:
            radius = np.minimum(radius, max_m)
        edge[rows], crosses[rows] = _another(
            points[rows],
            edge[rows],
            weight[start : start + CHUNK],
            radius,
            edges,
            tree,
            barriers.crossed,
        )
    return edge, crosses


def _another(
    points: Shapes,
    edge: Ints,
    weight: NDArray[np.int8],
    radius: Floats,
    edges: Shapes,
    tree: STRtree,
    crossed: Callable[[Shapes], NDArray[np.int8]],
) -> tuple[Ints, NDArray[np.bool_]]:
    """Of the edges around, take the nearest among those that cross least."""
    home, other = tree.query(points, predicate="dwithin", distance=radius)
    near = shapely.distance(points[home], edges[other])
    order = np.lexsort((other, near, home))
    home, other, near = home[order], other[order], near[order]
    rank = np.arange(len(home)) - np.searchsorted(home, home)
    few = rank < CHOICES
    home, other, near = home[few], other[few], near[few]
    worst = crossed(shapely.shortest_line(points[home], edges[other]))
    order = np.lexsort((other, near, worst, home))
    first = order[np.flatnonzero(np.diff(home[order], prepend=-1))]
    chosen, left = edge.copy(), weight.copy()
    better = worst[first] < left[home[first]]
    chosen[home[first][better]] = other[first][better]
    left[home[first][better]] = worst[first][better]
    return chosen, left > 0


def locate(points: Shapes, lines: Shapes) -> tuple[Floats, Floats, Floats]:
    """Find the spot of each line that is nearest to its point.

    Returns
    -------
    along_m : ndarray of float64, shape (n,)
    access_m : ndarray of float64, shape (n,)
    xy : ndarray of float64, shape (n, 2)
    """
    along = shapely.line_locate_point(lines, points)
    spot = shapely.line_interpolate_point(lines, along)
    return along, shapely.distance(points, spot), shapely.get_coordinates(spot)

"""Joining homes to streets: the nearest edge whose access leg crosses no barrier."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from planner.model.arrays import Bools, Floats, Geometries, Ints, Ints32

__all__ = ["WATER", "Barriers", "locate", "nearest_edge", "stub_edges"]

# Look for another edge within 3 x the nearest + 100 m, among the 24 nearest.
WIDER, FARTHER_M, CHOICES = 3.0, 100.0, 24
# Rather a street so far off on the own bank than a leg across water or rails.
FAR_BANK_M, FAR_CHOICES = 250.0, 400
WALL, WATER = 1, 2
TURN_M = 0.5  # A leg that ends on a wall is tried again so far along the street
# A piece no longer than the one, nowhere further than the other from a longer piece and on the same
# bank, is a yard's path whose last metres nobody drew: homes join the street beside it instead.
STUB_M, STUB_AWAY_M = 250.0, 60.0
CHUNK = 4096
SPOT_M = 1e-6


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

    lines: Geometries
    weight: NDArray[np.int8]

    @cached_property
    def tree(self) -> STRtree:
        """Spatial index, built when first asked for."""
        return STRtree(self.lines)

    def joined(self, lines: Geometries) -> Barriers:
        """Add lines that weigh as much as water."""
        if not len(lines):
            return self
        weight = np.full(len(lines), WATER, np.int8)
        return Barriers(np.append(self.lines, lines), np.append(self.weight, weight))

    def crossed(self, legs: Geometries, edges: Geometries) -> NDArray[np.int8]:
        """Weight of the worst barrier that each leg to its edge crosses, 0 for none, shape (n,).

        A leg may end on a barrier, where a street does.  It crosses if the street lies on the other
        side; so the leg is turned a little, towards the rest of the street.
        """
        worst = np.zeros(len(legs), np.int8)
        if not len(self.lines) or not len(legs):
            return worst
        # "crosses", for a leg that only touches a wall with its end has not gone through it.
        leg, barrier = self.tree.query(legs, predicate="crosses")
        np.maximum.at(worst, leg, self.weight[barrier])
        ends = np.asarray(shapely.get_point(legs, -1), object)
        leg, barrier = self.tree.query(ends, predicate="dwithin", distance=SPOT_M)
        if not len(leg):
            return worst
        length, at = shapely.length(edges[leg]), shapely.line_locate_point(edges[leg], ends[leg])
        beyond = np.ones(len(leg), bool)
        for step in (-TURN_M, TURN_M):
            along = np.clip(at + step, 0.0, length)
            turned = shapely.line_interpolate_point(edges[leg], along)
            start = shapely.get_point(legs[leg], 0)
            line = shapely.linestrings(
                np.stack([shapely.get_coordinates(start), shapely.get_coordinates(turned)], axis=1)
            )
            there = (along != at) & ~shapely.crosses(line, self.lines[barrier])
            beyond &= ~there
        np.maximum.at(worst, leg[beyond], self.weight[barrier[beyond]])
        return worst


def nearest_edge(
    points: Geometries, edges: Geometries, tree: STRtree, barriers: Barriers, max_m: float | None
) -> tuple[Ints, NDArray[np.int8]]:
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

    Returns
    -------
    edge : ndarray of int64, shape (n,)
        Position among `edges`, -1 for none; of edges equally near the first.
    worst : ndarray of int8, shape (n,)
        Weight of the worst barrier that the leg crosses all the same, 0 for none.
    """
    edge = np.full(len(points), -1, np.int64)
    worst = np.zeros(len(points), np.int8)
    if not len(edges) or not len(points):
        return edge, worst
    (home, found), near = tree.query_nearest(points, max_distance=max_m, return_distance=True)
    # Backwards, so that of edges equally near (a corner) the first is written last and stays.
    order = np.lexsort((found, home))[::-1]
    edge[home[order]] = found[order]
    reach = np.zeros(len(points))
    reach[home] = near
    on = np.flatnonzero(edge >= 0)
    worst[on] = barriers.crossed(
        shapely.shortest_line(points[on], edges[edge[on]]), edges[edge[on]]
    )
    # A wall has gates that nobody mapped, so one looks a little further; a river has none.
    for least, choices, radius in (
        (WALL, CHOICES, WIDER * reach + FARTHER_M),
        (WATER, FAR_CHOICES, np.full(len(points), FAR_BANK_M)),
    ):
        radius = radius if max_m is None else np.minimum(radius, max_m)
        doubtful = np.flatnonzero(worst >= least)
        for start in range(0, len(doubtful), CHUNK):  # 400 edges a home fill the memory otherwise
            rows = doubtful[start : start + CHUNK]
            home, other, weight = _others(
                points[rows], radius[rows], edges, tree, barriers, choices
            )
            home = rows[home]
            better = weight < worst[home]
            edge[home[better]], worst[home[better]] = other[better], weight[better]
    return edge, worst


def _others(
    points: Geometries,
    radius: Floats,
    edges: Geometries,
    tree: STRtree,
    barriers: Barriers,
    choices: int,
) -> tuple[Ints, Ints, NDArray[np.int8]]:
    """Of the edges around each point find the nearest among those that cross least."""
    home, other = tree.query(points, predicate="dwithin", distance=radius)
    near = shapely.distance(points[home], edges[other])
    order = np.lexsort((other, near, home))
    home, other, near = home[order], other[order], near[order]
    rank = np.arange(len(home)) - np.searchsorted(home, home)
    few = rank < choices
    home, other, near = home[few], other[few], near[few]
    weight = barriers.crossed(shapely.shortest_line(points[home], edges[other]), edges[other])
    order = np.lexsort((other, near, weight, home))
    first = order[np.flatnonzero(np.diff(home[order], prepend=-1))]
    return home[first], other[first], weight[first]


def locate(points: Geometries, lines: Geometries) -> tuple[Floats, Floats, Floats]:
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


def stub_edges(
    piece: Ints32, length_m: Floats, lines: Geometries, attach: Bools, barriers: Barriers
) -> Bools:
    """Tell which edges are of pieces too short and too near another to be ground of their own.

    Parameters
    ----------
    piece : ndarray of int32, shape (e,)
        Connected piece of each edge, 0 for the longest.
    length_m : ndarray of float64, shape (e,)
    lines : ndarray of LineString, shape (e,)
    attach : ndarray of bool, shape (e,)
        Whether homes may join the edge otherwise.
    """
    short = np.bincount(piece, length_m) <= STUB_M
    short[0] = False
    edges = np.flatnonzero(short[piece])
    streets = lines[np.flatnonzero(~short[piece] & attach)]
    if not len(edges) or not len(streets):
        return np.zeros(len(piece), bool)
    # Points every 30 m stand for the whole stub: none of it is further from the street than that.
    along = shapely.segmentize(lines[edges], STUB_AWAY_M / 2)
    points, edge = shapely.get_coordinates(along, return_index=True)
    found, worst = nearest_edge(
        np.asarray(shapely.points(points), object), streets, STRtree(streets), barriers, STUB_AWAY_M
    )
    away = (found < 0) | (worst >= WATER)
    short[piece[edges[edge[away]]]] = False
    return short[piece]

"""Frontages: neighbours along a side of a street, across it, and round the corner of a junction.

The cell of a home on the network is a piece of street, so the homes of a street would form one chain,
left and right alternating, and whoever owns a junction would stand between all streets that meet there.
On the ground two doors on one side of a street are neighbours whatever stands opposite, and so are the
doors at a corner: these links are added to those of the cells.
"""

from __future__ import annotations

import numpy as np
import shapely

from planner.model.arrays import Bools, Floats, Geometries, Ints, Ints32
from planner.network.values import Snaps

__all__ = ["frontage_links"]

STEP_M = 0.5


def frontage_links(
    snaps: Snaps, group: Ints, edges: Ints32, edge_lines: Geometries, length_m: Floats
) -> Ints:
    """Link homes that face each other, follow each other on a side, or meet at a corner.

    Parameters
    ----------
    snaps : Snaps
        Homes, shape (n,).
    group : ndarray of int64, shape (n,)
        Links stay within a group.
    edges : ndarray of int32, shape (e, 2)
        End nodes of each edge.
    edge_lines : ndarray of LineString, shape (e,)
        In the plane.
    length_m : ndarray of float, shape (e,)
        Metres.

    Returns
    -------
    ndarray of int64, shape (k, 2)
        u < v, sorted, unique.
    """
    on = np.flatnonzero(snaps.edge >= 0)
    edge, along = snaps.edge[on].astype(np.int64), snaps.along_m[on]
    left = _left(snaps.take(on), edge_lines[edge], length_m[edge])
    order = np.lexsort((on, along, edge, group[on]))
    street = np.column_stack([group[on], edge])[order]
    # Once whatever the side, for doors that face each other, and once for each side.
    both = [_next(order, street)]
    corners: list[Ints] = []
    for side in (False, True):
        row = order[left[order] == side]
        street = np.column_stack([group[on], edge])[row]
        both.append(_next(row, street))
        corners += _ends(row, street, edges)
    both.append(_corners(np.concatenate(corners)))
    links = np.sort(on[np.concatenate(both)], axis=1)
    return np.unique(links[links[:, 0] != links[:, 1]], axis=0)


def _left(snaps: Snaps, lines: Geometries, length: Floats) -> Bools:
    """Tell on which side of its street each home stands, looking from the first node."""
    before = np.maximum(snaps.along_m - STEP_M, 0.0)
    after = np.minimum(snaps.along_m + STEP_M, length)
    ahead = _at(lines, after) - _at(lines, before)
    off = snaps.home_xy - snaps.xy
    # The sign of the cross product; a home upon the line itself counts as left, as good as right.
    return ahead[:, 0] * off[:, 1] - ahead[:, 1] * off[:, 0] >= 0


def _at(lines: Geometries, along: Floats) -> Floats:
    return shapely.get_coordinates(shapely.line_interpolate_point(lines, along))


def _next(row: Ints, street: Ints) -> Ints:
    """Link each home of a sorted row to the one after it on the same street."""
    same = (street[1:] == street[:-1]).all(axis=1)
    return np.column_stack([row[:-1], row[1:]])[same]


def _ends(row: Ints, street: Ints, edges: Ints32) -> list[Ints]:
    """Find the first and the last home of each street side, with the junction they stand at."""
    if not len(row):
        return [np.zeros((0, 3), np.int64)]
    new = (street[1:] != street[:-1]).any(axis=1)
    first = np.flatnonzero(np.concatenate([[True], new]))
    last = np.flatnonzero(np.concatenate([new, [True]]))
    return [
        np.column_stack([street[at, 0], edges[street[at, 1], end], row[at]]).astype(np.int64)
        for at, end in ((first, 0), (last, 1))
    ]


def _corners(stands: Ints) -> Ints:
    """Link all homes that stand at one junction, within each group."""
    stands = np.unique(stands, axis=0)
    _, junction, count = np.unique(stands[:, :2], axis=0, return_inverse=True, return_counts=True)
    size = count[junction.ravel()]
    first = np.cumsum(count) - count
    begin = np.repeat(np.arange(len(stands)), size)
    nth = np.arange(len(begin)) - np.repeat(np.cumsum(size) - size, size)
    other = first[junction.ravel()[begin]] + nth
    return np.column_stack([stands[begin, 2], stands[other, 2]])

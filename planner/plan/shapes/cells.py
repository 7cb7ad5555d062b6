"""Whose ground is whose: Voronoi cells of homes and of points along their streets."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.spatial import KDTree

from planner.model.arrays import Floats, Geometries, Ints

__all__ = [
    "display_points",
    "dissolve",
    "distinct_points",
    "own_streets",
    "seed_points",
    "voronoi_cells",
]


# A millimetre: GEOS nodes drawings on a grid, and two spots nearer than this are one.
GRID_M = 0.001
# Streets are sampled so densely that the border of two zones along one runs within 5 m of its
# middle.
SAMPLE_M = 10.0
# A point of the street this near a home would cut the home off from its own ground.
CLEAR_M = 3.0
STEP_ASIDE_M = 1.0


def display_points(points_xy: ArrayLike, owner: ArrayLike) -> Floats:
    """Draw homes of different zones that share one spot a little apart.

    On each spot (equal to the millimetre) the lowest zone stays; the others step aside onto a
    circle round it, in the order of their numbers, eastward first: by 1 m, or by a quarter of the
    distance to the nearest other home where that is less.

    `points_xy`, shape (n, 2): homes, metres.
    `owner`, shape (n,): zone of each home, -1 for none.
    Gives, shape (n, 2): where each home is drawn.
    """
    xy = np.array(points_xy, np.float64).reshape(-1, 2)
    zone = np.asarray(owner, np.int64)
    here = np.flatnonzero(np.isfinite(xy).all(axis=1))
    if not len(here):
        return xy
    keys = np.round(xy[here] / GRID_M).astype(np.int64)
    _, first, spot = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    spot = spot.reshape(-1)
    pairs, row = np.unique(np.column_stack([spot, zone[here]]), axis=0, return_inverse=True)
    crowd = np.bincount(pairs[:, 0], minlength=len(first))[spot]
    spots = keys[first] * GRID_M
    gap = KDTree(spots).query(spots, k=2)[0][:, 1]
    turn = (np.arange(len(pairs)) - np.searchsorted(pairs[:, 0], pairs[:, 0]))[row.reshape(-1)]
    angle = 2 * np.pi * (turn - 1) / np.maximum(crowd - 1, 1)
    radius = np.minimum(STEP_ASIDE_M, gap[spot] / 4) * (turn > 0)
    aside = spots[spot] + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    xy[here[crowd > 1]] = aside[crowd > 1]
    return xy


def own_streets(
    territory: tuple[ArrayLike, ArrayLike] | None, n_zones: int
) -> tuple[Ints, Geometries]:
    """Zones and lines of the pieces of street that belong to a zone.

    Raises `ValueError`: zones and lines differ in length.
    """
    if territory is None:
        return np.zeros(0, np.int64), np.zeros(0, object)
    zone, lines = np.asarray(territory[0], np.int64), np.asarray(territory[1], dtype=object)
    if zone.shape != lines.shape:
        raise ValueError("territory: zones and lines differ in length")
    keep = (zone >= 0) & (zone < n_zones) & ~shapely.is_empty(lines)
    return zone[keep], lines[keep]


def seed_points(
    xy: Floats, zone: Ints, street_zone: Ints, streets: Geometries
) -> tuple[Floats, Ints]:
    """Homes first, then points along the streets that stand near no home and on no other point."""
    points, line = shapely.get_coordinates(shapely.segmentize(streets, SAMPLE_M), return_index=True)
    if not len(points):
        return xy, zone
    rows = np.unique(np.column_stack([np.round(points * 2), street_zone[line]]), axis=0)
    points, owner = rows[:, :2] / 2, rows[:, 2].astype(np.int64)
    # Where pieces of two zones meet, neither has the point: the edge then runs across the street.
    same = (np.diff(points, axis=0) == 0).all(axis=1)
    alone = ~(np.append(same, False) | np.append(False, same))
    points, owner = points[alone], owner[alone]
    if len(points):
        clear = KDTree(xy).query(points)[0] > CLEAR_M
        points, owner = points[clear], owner[clear]
    return np.vstack([xy, points]), np.concatenate([zone, owner])


def distinct_points(xy: Floats, zone: Ints) -> tuple[Floats, Ints]:
    """Where each zone's units are drawn, each spot once, and its zone.

    Stairwells of one building often lie on one spot, and a coverage must not overlap itself.
    """
    shown = display_points(xy, zone)
    rows: Floats = np.column_stack([zone.astype(np.float64), shown])
    rows = np.unique(rows[np.isfinite(shown).all(axis=1)], axis=0)
    return rows[:, 1:], rows[:, 0].astype(np.int64)


def voronoi_cells(seeds: Floats, margin_m: float) -> Geometries:
    """Voronoi cells in the order of the seeds; equal seeds share one cell.

    Notes
    -----
    F. Aurenhammer, "Voronoi diagrams", ACM Computing Surveys 23 (1991), 345-405.
    """
    unique, back = np.unique(seeds, axis=0, return_inverse=True)
    low, high = unique.min(axis=0) - 4 * margin_m, unique.max(axis=0) + 4 * margin_m
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False) + 0.1234
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    # A ring far out, so that no cell of a home is clipped by the frame of the diagram.
    ring = (low + high) / 2 + 1.5 * (high - low).max() * circle
    points = shapely.MultiPoint(np.vstack([unique, ring]))
    made = shapely.get_parts(shapely.voronoi_polygons(points, ordered=True))
    return made[: len(unique)][back.reshape(-1)]


def dissolve(pieces: Geometries, zone: Ints, n_zones: int) -> Geometries:
    """Union of the edge-matched pieces of each zone; pieces of -1 are left out."""
    made = np.full(n_zones, shapely.MultiPolygon(), dtype=object)
    # sorted once, so that a district of 600 zones is not searched 600 times
    order = np.argsort(zone, kind="stable")
    start = np.searchsorted(zone[order], np.arange(n_zones + 1))
    for z in range(n_zones):
        group = pieces[order[start[z] : start[z + 1]]]
        if not len(group):
            continue
        # A coverage union is much the faster, but trusts that edges match; where rounding
        # broke that, the general one mends it.
        joined = shapely.coverage_union_all(group)
        made[z] = joined if shapely.is_valid(joined) else shapely.union_all(group)
    return made

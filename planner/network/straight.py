"""Straight lines with a detour factor, for places without streets: only when asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import Delaunay, KDTree, QhullError

from planner.errors import NetworkError
from planner.model.arrays import Floats, Ints, Ints32
from planner.model.plane import LocalProjection
from planner.network.mesh import quantised
from planner.network.values import Piece, Snaps, Territory, Walks

__all__ = ["StraightNetwork"]

CHUNK_PAIRS = 4_000_000
GRID_M = 2.0**-10  # homes are placed on a grid of a millimetre, so that equal spots are equal


@dataclass(frozen=True)
class StraightNetwork:
    """Walks measured as straight lines times a factor.

    Parameters
    ----------
    projection : LocalProjection
        The plane.
    detour_factor : float
        Walking metres for each metre of the straight line, 1 or more; about 1.3 in towns.

    Raises
    ------
    NetworkError
        The factor is below 1 or not a number.
    """

    projection: LocalProjection
    detour_factor: float = 1.3

    def __post_init__(self) -> None:
        if not (np.isfinite(self.detour_factor) and self.detour_factor >= 1):
            raise NetworkError.of("detour-factor-below-one", detour_factor=self.detour_factor)

    @property
    def mode(self) -> str:
        """Stamped on every output, such as ``straight x1.30``."""
        return f"straight x{self.detour_factor:.2f}"

    def snap(self, lon: ArrayLike, lat: ArrayLike, *, max_m: float | None = None) -> Snaps:
        """Place homes in the plane; all with a place are on the network, without an access leg.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n,)
            Degrees, WGS-84.
        """
        del max_m
        xy = np.round(self.projection.to_xy_or_nan(lon, lat) / GRID_M) * GRID_M
        ok = np.isfinite(xy).all(axis=1)
        edge, leg = np.where(ok, 0, -1).astype(np.int32), np.where(ok, 0.0, np.inf)
        return Snaps(edge, np.zeros(len(xy)), leg, xy, xy, np.zeros(len(xy), bool))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """None: there are no streets."""
        return ()

    @property
    def gated(self) -> Ints:
        """None either."""
        return np.zeros(0, np.int64)

    def pieces_of(self, snaps: Snaps) -> Ints:
        """Give 0 for each home that has a place, -1 for the others: straight lines lead everywhere."""
        return np.where(snaps.edge >= 0, 0, -1)

    def rejoined(self, snaps: Snaps, at: ArrayLike, pieces: ArrayLike, max_m: float) -> Snaps:
        """Give the same: there is nothing else to join."""
        del at, pieces, max_m
        return snaps

    def _metres(self, a: Floats, b: Floats) -> Floats:
        step = np.abs(a - b)
        return quantised(self.detour_factor * np.hypot(step[..., 0], step[..., 1]))

    def walks(self, sources: Snaps, targets: Snaps, *, limit_m: float | None) -> Walks:
        """Give the walks of all pairs no longer than `limit_m` metres; None for all pairs."""
        from_, to = np.flatnonzero(sources.edge >= 0), np.flatnonzero(targets.edge >= 0)
        a, b = sources.home_xy[from_], targets.home_xy[to]
        limit = np.inf if limit_m is None else limit_m
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        rows = max(1, CHUNK_PAIRS // max(len(to), 1))
        for start in range(0, len(from_) if len(to) else 0, rows):
            table = self._metres(a[start : start + rows, None], b[None])
            i, j = np.nonzero(table <= limit)
            found.append((from_[i + start], to[j], table[i, j]))
        i, j, metres = (np.concatenate(x) for x in zip(*found, strict=True))
        return Walks(i.astype(np.int32), j.astype(np.int32), metres)

    def nearest(self, sources: Snaps, targets: Snaps) -> tuple[Ints32, Floats]:
        """Nearest source of each target, and the walk; -1 and infinite where there is none."""
        who = np.full(len(targets), -1, np.int32)
        best = np.full(len(targets), np.inf)
        from_, to = np.flatnonzero(sources.edge >= 0), np.flatnonzero(targets.edge >= 0)
        if len(from_) and len(to):
            spots, at = np.unique(sources.home_xy[from_], axis=0, return_index=True)
            # Sorted by position, so that of spots equally near the first is met first.
            order = np.argsort(at)
            near = KDTree(spots[order]).query(targets.home_xy[to], k=min(4, len(spots)))[1]
            options = from_[at[order]][np.asarray(near).reshape(len(to), -1)]
            metres = self._metres(sources.home_xy[options], targets.home_xy[to][:, None])
            best[to] = metres.min(axis=1)
            # Walks are rounded, so spots that the tree tells apart may be equally near.
            who[to] = np.where(metres == best[to][:, None], options, len(sources)).min(axis=1)
        return who, best

    def adjacency(self, snaps: Snaps, group: ArrayLike | None = None) -> Ints32:
        """Neighbours in the Delaunay triangulation of each group, on which greedy routing arrives.

        From any vertex some Delaunay neighbour is nearer to any other vertex (Bose and Morin, 2004,
        "Online routing in triangulations").  Homes on one spot are linked to the first of them.

        Parameters
        ----------
        group : array_like of int, shape (n,), optional

        Returns
        -------
        ndarray of int32, shape (k, 2)
            u < v, sorted.
        """
        names = np.zeros(len(snaps), np.int64) if group is None else np.asarray(group, np.int64)
        found = [np.zeros((0, 2), np.int64)]
        on = snaps.edge >= 0
        for name in np.unique(names[on]):
            units = np.flatnonzero(on & (names == name))
            spots, first, at = np.unique(
                snaps.home_xy[units], axis=0, return_index=True, return_inverse=True
            )
            first = units[first]
            found += [np.column_stack([first[at.ravel()], units]), first[_triangles(spots)]]
        links = np.sort(np.concatenate(found), axis=1)
        return np.unique(links[links[:, 0] < links[:, 1]], axis=0).astype(np.int32)

    def territory(self, snaps: Snaps, group: ArrayLike | None = None) -> Territory:
        """Nothing: there are no streets to share out."""
        del snaps, group
        return Territory(np.zeros(0, np.int32), np.zeros(0, object))

    def coverage(self, lon: ArrayLike, lat: ArrayLike, within_m: float = 300.0) -> float:
        """Share of the points that have a place: straight lines lead everywhere."""
        del within_m
        placed = np.isfinite(np.asarray(lon, float)) & np.isfinite(np.asarray(lat, float))
        return float(placed.mean()) if placed.size else 0.0


def _triangles(spots: Floats) -> Ints:
    """Links of the Delaunay triangulation; a chain where the spots lie on one line."""
    n = len(spots)
    if n < 4:  # all are neighbours, and Qhull wants four points
        return np.array([(i, j) for i in range(n) for j in range(i)], np.int64).reshape(-1, 2)
    try:
        # About their middle: Qhull's tolerance grows with the size of the numbers.
        made = Delaunay(spots - spots.mean(axis=0))
    except QhullError:
        return np.column_stack([np.arange(n - 1), np.arange(1, n)])
    corners = made.simplices.astype(np.int64)
    links = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    # Spots that rounding left out of the triangulation hang on their nearest corner.
    return np.concatenate([links, made.coplanar[:, [0, 2]].astype(np.int64)])

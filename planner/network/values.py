"""Values that networks hand out, and what every network can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.model.plane import LocalProjection

__all__ = ["Network", "Snaps", "Territory", "Walks"]


@dataclass(frozen=True, eq=False)
class Snaps:
    """Where homes join the network.

    Parameters
    ----------
    edge : ndarray of int32, shape (n,)
        Edge of the network, -1 where none is near enough.
    along_m : ndarray of float64, shape (n,)
        Metres from the edge's first node.
    access_m : ndarray of float64, shape (n,)
        Straight leg from the home to the edge, metres; infinite where `edge` is -1.
    xy : ndarray of float64, shape (n, 2)
        The point on the edge, in the plane.
    home_xy : ndarray of float64, shape (n, 2)
        The home, in the plane.
    crosses : ndarray of bool, shape (n,)
        The leg crosses water, a railway or a wall, and no other edge was free of it.
    """

    edge: NDArray[np.int32]
    along_m: NDArray[np.float64]
    access_m: NDArray[np.float64]
    xy: NDArray[np.float64]
    home_xy: NDArray[np.float64]
    crosses: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, at: ArrayLike) -> Snaps:
        """Pick some snaps by position or mask, in the order given."""
        rows = np.asarray(at)
        if rows.size == 0:
            rows = rows.astype(np.int64)
        return Snaps(
            self.edge[rows],
            self.along_m[rows],
            self.access_m[rows],
            self.xy[rows],
            self.home_xy[rows],
            self.crosses[rows],
        )


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks between two sets of homes, sorted by source, then target.

    Parameters
    ----------
    source, target : ndarray of int32, shape (n_pairs,)
        Positions in the sets that were asked about.
    walk_m : ndarray of float64, shape (n_pairs,)
        Shortest walk, access legs included, metres.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    walk_m: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, eq=False)
class Territory:
    """Pieces of street, each with the unit whose cell it lies in.

    Parameters
    ----------
    owner : ndarray of int32, shape (m,)
        Position of the unit.
    lines : ndarray of LineString, shape (m,)
        The pieces, in the plane.
    """

    owner: NDArray[np.int32]
    lines: NDArray[Any]


class Network(Protocol):
    """What can be walked on: streets, or straight lines with a detour factor."""

    @property
    def projection(self) -> LocalProjection:
        """The plane of all x and y."""
        ...

    @property
    def mode(self) -> str:
        """``streets``, or ``straight x1.30``: stamped on every output."""
        ...

    def snap(self, lon: ArrayLike, lat: ArrayLike, *, max_m: float | None = None) -> Snaps:
        """Join homes to the network; `lon` and `lat` in degrees WGS-84, shape (n,)."""
        ...

    def walks(self, sources: Snaps, targets: Snaps, *, limit_m: float | None) -> Walks:
        """Give the walks of all pairs no longer than `limit_m` metres; None for all pairs."""
        ...

    def nearest(
        self, sources: Snaps, targets: Snaps
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Nearest source of each target and the walk; -1 and infinite where there is none."""
        ...

    def adjacency(self, snaps: Snaps, group: ArrayLike | None = None) -> NDArray[np.int32]:
        """Walk-adjacent pairs u < v, sorted, shape (k, 2); never across groups."""
        ...

    def territory(self, snaps: Snaps, group: ArrayLike | None = None) -> Territory:
        """Pieces of street around each unit."""
        ...

    def path(self, a: Snaps, i: int, b: Snaps, j: int) -> NDArray[np.float64]:
        """Shortest walk from home i of `a` to home j of `b` as x, y in the plane, shape (k, 2)."""
        ...

    def coverage(self, lon: ArrayLike, lat: ArrayLike, within_m: float = 300.0) -> float:
        """Share of the points, 0 to 1, with something to walk on within `within_m` metres."""
        ...

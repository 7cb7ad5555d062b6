"""Values that networks hand out, and what every network can do."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from planner.model.arrays import Bools, Floats, Geometries, Ints, Ints32
from planner.model.plane import LocalProjection

__all__ = ["Network", "Piece", "Snaps", "Territory", "Walks"]


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

    edge: Ints32
    along_m: Floats
    access_m: Floats
    xy: Floats
    home_xy: Floats
    crosses: Bools

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, at: ArrayLike) -> Snaps:
        """Pick some snaps by position or mask, in the order given."""
        rows = np.asarray(at)
        if rows.size == 0:
            rows = rows.astype(np.int64)  # an empty list is floats to numpy, and no index
        return Snaps(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def replaced(self, at: Ints, others: Snaps) -> Snaps:
        """Give the same with other snaps at some positions."""
        made = {f.name: getattr(self, f.name).copy() for f in fields(self)}
        for name, column in made.items():
            column[at] = getattr(others, name)
        return Snaps(**made)


@dataclass(frozen=True)
class Piece:
    """A part of the street network that hangs together but not with the rest.

    Parameters
    ----------
    nodes : int
        Crossings and ends.
    length_m : float
        Metres of street.
    lon, lat : float
        Middle of its nodes, degrees WGS-84.
    """

    nodes: int
    length_m: float
    lon: float
    lat: float


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

    source: Ints32
    target: Ints32
    walk_m: Floats

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

    owner: Ints32
    lines: Geometries


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

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Pieces of street that hang together, the longest first; none where there are no streets."""
        ...

    @property
    def gated(self) -> Ints:
        """Pieces that end at a gate or wall, on the other side of which another piece goes on."""
        ...

    def pieces_of(self, snaps: Snaps) -> Ints:
        """Give the piece of street that each home joins, -1 for none, shape (n,)."""
        ...

    def rejoined(self, snaps: Snaps, at: ArrayLike, pieces: ArrayLike, max_m: float) -> Snaps:
        """Join the homes at some positions to certain pieces of street, where one is near."""
        ...

    def walks(self, sources: Snaps, targets: Snaps, *, limit_m: float | None) -> Walks:
        """Give the walks of all pairs no longer than `limit_m` metres; None for all pairs."""
        ...

    def nearest(self, sources: Snaps, targets: Snaps) -> tuple[Ints32, Floats]:
        """Nearest source of each target and the walk; -1 and infinite where there is none."""
        ...

    def adjacency(self, snaps: Snaps, group: ArrayLike | None = None) -> Ints32:
        """Walk-adjacent pairs u < v, sorted, shape (k, 2); never across groups."""
        ...

    def territory(self, snaps: Snaps, group: ArrayLike | None = None) -> Territory:
        """Pieces of street around each unit."""
        ...

    def coverage(self, lon: ArrayLike, lat: ArrayLike, within_m: float = 300.0) -> float:
        """Share of the points, 0 to 1, with something to walk on within `within_m` metres."""
        ...

"""Walks on the network: bounded shortest paths by scipy's Dijkstra, in chunks of bounded memory.

A home joins an edge between two nodes.  Its walk to another home is the shortest over both ends of
both edges, or straight along the edge where both share it.  Lengths are multiples of a nanometre, so
sums are exact: a walk is the same number from both sides, and equal walks compare equal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.model.arrays import Floats, Ints, Ints32
from planner.network.values import Snaps, Walks

__all__ = ["SHIFT_M", "Field", "Mesh", "flood", "nearest", "same_home", "walks"]

# Size of one table of sources x (nodes or targets); some five of them live at a time.
CHUNK_BYTES = 32e6
SQUARE_M = 1000.0  # least side of the squares whose sources are looked at together
SHIFT_M = 1.0
"""Added to the first step from a virtual source, so that no arc has length zero."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Nodes and edges as numbers.

    Parameters
    ----------
    n_nodes : int
    ends : ndarray of int32, shape (e, 2)
    length_m : ndarray of float64, shape (e,)
    """

    n_nodes: int
    ends: Ints32
    length_m: Floats

    @cached_property
    def arcs(self) -> tuple[Ints, Ints, Floats, Ints]:
        """Tail, head, length and edge of each arc, both ways, the shortest of parallel edges."""
        a, b = self.ends.astype(np.int64).T
        tail, head = np.concatenate([a, b]), np.concatenate([b, a])
        length, edge = np.tile(self.length_m, 2), np.tile(np.arange(len(a)), 2)
        # A csr matrix would add parallel edges up, so the shortest of them is taken here.
        order = np.lexsort((edge, length, head, tail))
        order = order[tail[order] != head[order]]
        tail, head = tail[order], head[order]
        first = np.ones(len(order), bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        return tail[first], head[first], length[order][first], edge[order][first]

    def with_sources(self, row: Ints, node: Ints, metres: Floats) -> csr_array:
        """Graph with virtual nodes behind the real ones, arcs leading from them only.

        Parameters
        ----------
        row : ndarray of int64
            Virtual node 0..k-1 of each arc; any order.
        node : ndarray of int64
        metres : ndarray of float64
            `SHIFT_M` is added.
        """
        tail, head, length, _ = self.arcs
        order = np.lexsort((metres, node, row))
        row, node, metres = row[order], node[order], metres[order]
        first = np.ones(len(row), bool)
        first[1:] = (row[1:] != row[:-1]) | (node[1:] != node[:-1])
        row, node, metres = row[first], node[first], metres[first]
        # By hand, for all is in order: from triplets scipy would sort again and add parallel arcs up.
        n = self.n_nodes + (int(row[-1]) + 1 if len(row) else 0)
        start = np.searchsorted(np.concatenate([tail, row + self.n_nodes]), np.arange(n + 1))
        data = np.concatenate([length, metres + SHIFT_M])
        return csr_array((data, np.concatenate([head, node]), start), shape=(n, n))

    def doors(self, snaps: Snaps) -> tuple[Ints, Ints, Floats, Floats]:
        """Both end nodes of each snap's edge, and the metres from the home to each."""
        a, b = self.ends[snaps.edge].astype(np.int64).T
        first = snaps.access_m + snaps.along_m
        return a, b, first, snaps.access_m + (self.length_m[snaps.edge] - snaps.along_m)


def same_home(*sets: Snaps) -> list[Ints]:
    """Give the homes of several sets numbers: one for all homes on one spot."""
    spots = np.concatenate([np.column_stack([s.home_xy, s.edge, s.along_m]) for s in sets])
    label = np.unique(spots, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
    return np.split(label, np.cumsum([len(s) for s in sets])[:-1])


def _join(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """All pairs of positions with equal keys."""
    order = np.argsort(right, kind="stable")
    low = np.searchsorted(right[order], left, side="left")
    count = np.searchsorted(right[order], left, side="right") - low
    i = np.repeat(np.arange(len(left)), count)
    k = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    return i, order[k]


def walks(mesh: Mesh, sources: Snaps, targets: Snaps, limit_m: float | None) -> Walks:
    """Find the walks of all pairs within a limit.

    Where the tables of all sources at once would be large, the sources of one square at a time
    see only what lies within the limit around them, so that time grows as the pairs do.

    Parameters
    ----------
    sources, targets : Snaps
        Those off the network take part in no pair.
    limit_m : float or None
        Longest walk; None for all.
    """
    from_, to = np.flatnonzero(sources.edge >= 0), np.flatnonzero(targets.edge >= 0)
    ends = _Ends(from_, sources.take(from_), to, targets.take(to))
    if not len(from_) or not len(to):
        found = []
    elif limit_m is None or len(from_) <= ends.rows(mesh):
        found = _walks(mesh, ends, limit_m)
    else:
        squares = ends.squares(max(2.0 * limit_m, SQUARE_M))
        found = [
            w for block in squares for w in _walks(*_around(mesh, ends, block, limit_m), limit_m)
        ]
    none = Walks(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))
    parts = [*found, none]
    every = Walks(
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.target for part in parts]),
        np.concatenate([part.walk_m for part in parts]),
    )
    if (np.diff(every.source) >= 0).all():  # always, unless squares were taken one by one
        return every
    order = np.argsort(every.source, kind="stable")
    return Walks(every.source[order], every.target[order], every.walk_m[order])


@dataclass(frozen=True, eq=False)
class _Ends:
    """Both ends of the walks asked for, with their positions in the caller's sets."""

    from_: Ints
    sources: Snaps
    to: Ints
    targets: Snaps

    def rows(self, mesh: Mesh) -> int:
        """Tell how many sources fill a table of `CHUNK_BYTES`."""
        return max(1, int(CHUNK_BYTES / 8 / max(mesh.n_nodes, len(self.to), 1)))

    def squares(self, side_m: float) -> list[Ints]:
        """Give the sources of each square that holds any."""
        cell = np.floor(self.sources.home_xy / side_m).astype(np.int64)
        label = np.unique(cell, axis=0, return_inverse=True)[1].ravel()
        return np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1])


def _around(mesh: Mesh, ends: _Ends, block: Ints, limit_m: float) -> tuple[Mesh, _Ends]:
    """Cut out the edges within a limit of some sources, and the targets on them."""
    sources = ends.sources.take(block)
    a, b, to_a, to_b = mesh.doors(sources)
    node, metres = np.concatenate([a, b]), np.concatenate([to_a, to_b])
    graph = mesh.with_sources(np.zeros(len(node), np.int64), node, metres)
    reach = dijkstra(graph, directed=True, indices=mesh.n_nodes, limit=limit_m + SHIFT_M)
    near = np.isfinite(reach[: mesh.n_nodes])[mesh.ends].any(axis=1)
    near[sources.edge] = True  # two homes on one long edge meet though neither reaches its ends
    nodes, cut = np.unique(mesh.ends[near], return_inverse=True)
    part = Mesh(len(nodes), cut.reshape(-1, 2).astype(np.int32), mesh.length_m[near])
    edge = (np.cumsum(near) - 1).astype(np.int32)
    kept = np.flatnonzero(near[ends.targets.edge])
    targets = ends.targets.take(kept)
    return part, _Ends(
        ends.from_[block],
        replace(sources, edge=edge[sources.edge]),
        ends.to[kept],
        replace(targets, edge=edge[targets.edge]),
    )


def _walks(mesh: Mesh, ends: _Ends, limit_m: float | None) -> list[Walks]:
    """Find the walks of a mesh, a few sources at a time."""
    s_home, t_home = same_home(ends.sources, ends.targets)
    rows = ends.rows(mesh)
    found: list[Walks] = []
    for start in range(0, len(ends.from_), rows):
        part = ends.sources.take(np.arange(start, min(start + rows, len(ends.from_))))
        table = _table(mesh, part, ends.targets, limit_m)
        # On one spot both access legs are counted, though nobody leaves the house.
        i, j = _join(s_home[start : start + rows], t_home)
        table[i, j] = 0.0
        i, j = np.nonzero(table <= (np.finfo(float).max if limit_m is None else limit_m))
        source, target = ends.from_[i + start].astype(np.int32), ends.to[j].astype(np.int32)
        found.append(Walks(source, target, table[i, j]))
    return found


def _table(mesh: Mesh, sources: Snaps, targets: Snaps, limit_m: float | None) -> Floats:
    """Tabulate the walks of a few sources to all targets, infinite beyond the limit."""
    a, b, to_a, to_b = mesh.doors(sources)
    k = len(sources)
    row = np.tile(np.arange(k), 2)
    graph = mesh.with_sources(row, np.concatenate([a, b]), np.concatenate([to_a, to_b]))
    limit = np.inf if limit_m is None else limit_m + SHIFT_M
    at = np.arange(mesh.n_nodes, mesh.n_nodes + k)
    reach = dijkstra(graph, directed=True, indices=at, limit=limit)[:, : mesh.n_nodes]
    a, b, to_a, to_b = mesh.doors(targets)
    # In place: each of these tables is as large as `CHUNK_BYTES` allows.
    table = reach[:, a]
    table += to_a - SHIFT_M
    other = reach[:, b]
    other += to_b - SHIFT_M
    np.minimum(table, other, out=table)
    i, j = _join(sources.edge.astype(np.int64), targets.edge.astype(np.int64))
    table[i, j] = np.minimum(table[i, j], _along(sources, targets, i, j))
    return table


def _along(sources: Snaps, targets: Snaps, i: Any, j: Any) -> Floats:
    step = np.abs(sources.along_m[i] - targets.along_m[j])
    return sources.access_m[i] + step + targets.access_m[j]


@dataclass(frozen=True, eq=False)
class Field:
    """Who is nearest at each node.

    Parameters
    ----------
    metres : ndarray of float64, shape (n_nodes,)
        Walk from the nearest home, infinite where there is none.
    owner : ndarray of int64, shape (n_nodes,)
        That home: the lowest position of those equally near; -1 where there is none.
    """

    metres: Floats
    owner: Ints


def flood(mesh: Mesh, snaps: Snaps) -> Field:
    """Find the nearest home of every node in one shortest path run.

    Ties go to the lowest position, everywhere alike: owners are spread along the tight arcs until
    nothing changes, so each cell hangs together.

    Parameters
    ----------
    snaps : Snaps
        All on the network, at least one.
    """
    n = mesh.n_nodes
    a, b, to_a, to_b = mesh.doors(snaps)
    node, metres = np.concatenate([a, b]), np.concatenate([to_a, to_b])
    graph = mesh.with_sources(np.zeros(len(node), np.int64), node, metres)
    reach = dijkstra(graph, directed=True, indices=n)[:n] - SHIFT_M
    owner = np.full(n, len(snaps), np.int64)
    tight = metres == reach[node]
    np.minimum.at(owner, node[tight], np.tile(np.arange(len(snaps)), 2)[tight])
    # Dijkstra's own predecessors break ties as its heap happens to; sums are exact, so that arcs on
    # shortest ways are found by ==.
    tail, head, length, _ = mesh.arcs
    on = reach[tail] + length == reach[head]
    tail, head = tail[on], head[on]
    while len(tail):
        passed = owner.copy()
        np.minimum.at(passed, head, owner[tail])
        if (passed == owner).all():
            break
        owner = passed
    return Field(reach, np.where(np.isfinite(reach), owner, -1))


def nearest(mesh: Mesh, sources: Snaps, targets: Snaps) -> tuple[Ints32, Floats]:
    """Nearest source of each target; ties go to the lowest position.

    Returns
    -------
    source : ndarray of int32, shape (n_targets,)
        -1 where there is none.
    walk_m : ndarray of float64, shape (n_targets,)
        Infinite where there is none.
    """
    best = np.full(len(targets), np.inf)
    who = np.full(len(targets), -1, np.int64)
    from_, to = np.flatnonzero(sources.edge >= 0), np.flatnonzero(targets.edge >= 0)
    if not len(from_) or not len(to):
        return who.astype(np.int32), best
    s, t = sources.take(from_), targets.take(to)
    field = flood(mesh, s)
    a, b, to_a, to_b = mesh.doors(t)
    i, j = _join(s.edge.astype(np.int64), t.edge.astype(np.int64))
    s_home, t_home = same_home(s, t)
    i0, j0 = _join(s_home, t_home)
    every = np.arange(len(to))
    target = np.concatenate([every, every, j, j0])
    owner = np.concatenate([field.owner[a], field.owner[b], i, i0])
    metres = np.concatenate(
        [field.metres[a] + to_a, field.metres[b] + to_b, _along(s, t, i, j), np.zeros(len(i0))]
    )
    order = np.lexsort((owner, metres, target))
    first = order[np.flatnonzero(np.diff(target[order], prepend=-1))]
    ok = np.isfinite(metres[first])
    best[to[ok]] = metres[first][ok]
    who[to[ok]] = from_[owner[first][ok]]
    return who.astype(np.int32), best

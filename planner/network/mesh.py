"""From runs of points to nodes and edges: noding, lengths, islands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

__all__ = [
    "QUANTUM_M",
    "Edges",
    "Piece",
    "build_edges",
    "node_lines",
    "quantised",
    "without_passages",
]

QUANTUM_M = 2.0**-30
"""Lengths are multiples of this (a nanometre), so that sums of them up to 8,000 km are exact: a walk
is the same number in both directions, whatever the order of the sums, and ties are true ties."""


def quantised(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round lengths to `QUANTUM_M`."""
    return np.round(metres / QUANTUM_M) * QUANTUM_M


@dataclass(frozen=True)
class Piece:
    """A part of the streets that hangs together but not with the rest.

    Parameters
    ----------
    nodes : int
        Crossings and ends.
    length_m : float
        Metres of street.
    x, y : float
        Middle of its nodes, in the plane.
    """

    nodes: int
    length_m: float
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Edges:
    """Nodes, edges and their shapes.

    Parameters
    ----------
    node_xy : ndarray of float64, shape (n, 2)
    ends : ndarray of int32, shape (e, 2)
    length_m : ndarray of float64, shape (e,)
        Multiples of `QUANTUM_M`.
    xy, offset : ndarray
        ``xy[offset[i]:offset[i + 1]]`` is the shape of edge i, ends included.
    attach : ndarray of bool, shape (e,)
    islands : tuple of Piece
        What was left out, the longest first.
    share_kept : float
        Share of the street length that was kept, 0 to 1.
    zero_length : int
        Steps of no length that were dropped.
    """

    node_xy: NDArray[np.float64]
    ends: NDArray[np.int32]
    length_m: NDArray[np.float64]
    xy: NDArray[np.float64]
    offset: NDArray[np.int64]
    attach: NDArray[np.bool_]
    islands: tuple[Piece, ...]
    share_kept: float
    zero_length: int


def without_passages(
    node: NDArray[np.int64], blocked: NDArray[np.bool_], n_nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give each visit of a blocked node a node of its own, so that nobody walks through it.

    Returns
    -------
    node : ndarray of int64
        Renumbered; a blocked node within a run must also end the run there.
    origin : ndarray of int64
        The old number of each new one.
    """
    stops = np.flatnonzero(blocked[node])
    renumbered = node.copy()
    renumbered[stops] = n_nodes + np.arange(len(stops))
    return renumbered, np.concatenate([np.arange(n_nodes), node[stops]])


def split_runs(
    node: NDArray[np.int64],
    offset: NDArray[np.int64],
    attach: NDArray[np.bool_],
    blocked: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """End runs at blocked nodes: the node is repeated, once for each side."""
    inner = np.ones(len(node), bool)
    inner[offset[:-1]] = False
    inner[offset[1:] - 1] = False
    cut = np.flatnonzero(inner & blocked[node])
    if not len(cut):
        return node, offset, attach
    run = np.searchsorted(offset, cut, side="right") - 1
    doubled = np.insert(node, cut, node[cut])
    ends = np.concatenate([offset + np.searchsorted(cut, offset), cut + np.arange(len(cut)) + 1])
    owner = np.concatenate([np.arange(len(attach)), run])
    starts = np.concatenate([ends[: len(attach)], ends[len(offset) :]])
    order = np.argsort(starts, kind="stable")
    return doubled, np.sort(ends), attach[owner[order]]


def build_edges(
    xy: NDArray[np.float64],
    node: NDArray[np.int64],
    offset: NDArray[np.int64],
    attach: NDArray[np.bool_],
) -> Edges:
    """Cut runs at crossings, measure them, and keep the largest piece that hangs together.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Points in the plane.
    node, offset : ndarray of int64
        ``node[offset[i]:offset[i + 1]]`` are the points of run i.
    attach : ndarray of bool, shape (n_runs,)
        Whether homes may join the run.
    """
    node, zero = _merge_twins(xy, node, offset)
    node, run = _without_repeats(node, offset)
    first, last = _pieces(node, run)
    ends = np.column_stack([node[first], node[last]])
    sizes = last - first + 1
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    shape = xy[node[np.repeat(first - starts[:-1], sizes) + np.arange(starts[-1])]]
    length = _lengths(shape, starts)
    used, ends = np.unique(ends, return_inverse=True)
    whole = Edges(
        xy[used], ends.reshape(-1, 2).astype(np.int32), length, shape, starts,
        attach[run[first]], (), 1.0, zero,
    )  # fmt: skip
    return _largest(whole)


def _merge_twins(
    xy: NDArray[np.float64], node: NDArray[np.int64], offset: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """Make one of neighbouring nodes that lie on the same spot: a step between them has no length."""
    step = np.ones(max(len(node) - 1, 0), bool)
    step[offset[1:-1] - 1] = False
    a, b = node[:-1][step], node[1:][step]
    near = np.hypot(*(xy[a] - xy[b]).T) < 1e-6
    links = coo_array((np.ones(near.sum(), np.int8), (a[near], b[near])), shape=(len(xy),) * 2)
    label = connected_components(links, directed=False)[1]
    first = np.full(len(xy), len(xy), np.int64)
    np.minimum.at(first, label, np.arange(len(xy)))
    return first[label][node], int(near.sum())


def _without_repeats(
    node: NDArray[np.int64], offset: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    run = np.repeat(np.arange(len(offset) - 1), np.diff(offset))
    keep = np.ones(len(node), bool)
    keep[1:] = (node[1:] != node[:-1]) | (run[1:] != run[:-1])
    return node[keep], run[keep]


def _pieces(
    node: NDArray[np.int64], run: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last position of each piece between crossings, ends and ways' ends."""
    n = len(node)
    start = np.ones(n, bool)
    start[1:] = run[1:] != run[:-1]
    end = np.append(start[1:], True)[:n]
    crossing = np.bincount(node)[node] > 1 if n else np.zeros(0, bool)
    first = np.flatnonzero((start | crossing) & ~end)
    last = np.flatnonzero((end | crossing) & ~start)
    return first, last


def _lengths(shape: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    if len(starts) == 1:
        return np.zeros(0)
    step = np.zeros(len(shape))
    step[1:] = np.hypot(*np.diff(shape, axis=0).T)
    step[starts[:-1]] = 0.0
    return np.maximum(quantised(np.add.reduceat(step, starts[:-1])), QUANTUM_M)


def _largest(whole: Edges) -> Edges:
    n = len(whole.node_xy)
    if not n:
        return whole
    a, b = whole.ends.T
    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(n, n))
    count, label = connected_components(graph, directed=False)
    length = np.bincount(label[a], whole.length_m, minlength=count)
    order = np.lexsort((np.arange(count), -length))
    nodes = np.bincount(label, minlength=count)
    x = np.bincount(label, whole.node_xy[:, 0]) / nodes
    y = np.bincount(label, whole.node_xy[:, 1]) / nodes
    islands = tuple(
        Piece(int(nodes[c]), float(length[c]), float(x[c]), float(y[c])) for c in order[1:]
    )
    kept = label[a] == order[0]
    used, ends = np.unique(whole.ends[kept], return_inverse=True)
    sizes = np.diff(whole.offset)
    points = np.repeat(kept, sizes)
    return Edges(
        whole.node_xy[used],
        ends.reshape(-1, 2).astype(np.int32),
        whole.length_m[kept],
        whole.xy[points],
        np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int64),
        whole.attach[kept],
        islands,
        float(length[order[0]] / length.sum()),
        whole.zero_length,
    )


def node_lines(
    lines: list[NDArray[np.float64]], tolerance_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Find where lines of one's own layer meet.

    Lines meet where ends lie within the tolerance of each other, where an end lies within it of
    another line, and where they share a vertex.  Lines that merely cross (bridges) do not meet.

    Parameters
    ----------
    lines : list of ndarray of float64, shape (k, 2)
        In the plane, metres.
    tolerance_m : float
        How far apart ends may lie.

    Returns
    -------
    xy : ndarray of float64, shape (n, 2)
    node, offset : ndarray of int64
        As `build_edges` takes them.
    """
    lines = _join_ends([np.array(line, float) for line in lines], tolerance_m)
    which = np.repeat(np.arange(len(lines)), [len(x) for x in lines])
    shapes = np.asarray(shapely.linestrings(np.concatenate(lines), indices=which), object)
    ends = np.unique(np.concatenate([line[[0, -1]] for line in lines]), axis=0)
    points = np.asarray(shapely.points(ends), object)
    which, line = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=tolerance_m)
    inserts: dict[int, list[tuple[float, int]]] = {}
    for p, at in sorted(zip(which.tolist(), line.tolist(), strict=True)):
        if not (lines[at] == ends[p]).all(axis=1).any():
            place = float(shapely.line_locate_point(shapes[at], points[p]))
            inserts.setdefault(at, []).append((place, p))
    for at, touched in inserts.items():
        lines[at] = _with_points(lines[at], sorted(touched), ends)
    flat = np.concatenate(lines)
    _, first, node = np.unique(np.round(flat, 3), axis=0, return_index=True, return_inverse=True)
    offset = np.concatenate([[0], np.cumsum([len(x) for x in lines])]).astype(np.int64)
    return flat[first], node.ravel().astype(np.int64), offset


def _join_ends(lines: list[NDArray[np.float64]], tolerance_m: float) -> list[NDArray[np.float64]]:
    """Move ends that lie close together onto one spot: the westernmost of them."""
    ends = np.unique(np.concatenate([line[[0, -1]] for line in lines]), axis=0)
    near = KDTree(ends).query_pairs(tolerance_m, output_type="ndarray")
    links = coo_array((np.ones(len(near), np.int8), tuple(near.T)), shape=(len(ends),) * 2)
    label = connected_components(links, directed=False)[1]
    first = np.full(len(ends), len(ends), np.int64)
    np.minimum.at(first, label, np.arange(len(ends)))
    spot = {tuple(end): ends[first[label[i]]] for i, end in enumerate(ends.tolist())}
    for line in lines:
        line[0], line[-1] = spot[tuple(line[0].tolist())], spot[tuple(line[-1].tolist())]
    return lines


def _with_points(
    line: NDArray[np.float64], touched: list[tuple[float, int]], ends: NDArray[np.float64]
) -> NDArray[np.float64]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.searchsorted(along, [place for place, _ in touched], side="right").clip(
        1, len(along) - 1
    )
    return np.insert(line, at, ends[[p for _, p in touched]], axis=0)

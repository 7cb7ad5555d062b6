"""From runs of points to nodes and edges: noding, lengths, islands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from planner.model.arrays import Bools, Floats, Geometries, Ints, Ints32

__all__ = [
    "QUANTUM_M",
    "Drawn",
    "Edges",
    "build_edges",
    "node_lines",
    "quantised",
    "steps",
    "without_passages",
]

QUANTUM_M = 2.0**-30
"""Lengths are multiples of this (a nanometre), so that sums of them up to 8,000 km are exact: a walk
is the same number in both directions, whatever the order of the sums, and ties are true ties."""

SPOT_M = 1e-3
# A layer without levels in which crossings without a vertex are no more than this share of those with
# one is taken to be drawn with care: they are bridges.
MOST_BRIDGES = 0.5


def quantised(metres: Floats) -> Floats:
    """Round lengths to `QUANTUM_M`."""
    return np.round(metres / QUANTUM_M) * QUANTUM_M


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
    piece : ndarray of int32, shape (e,)
        Which connected piece each edge is of, 0 for the longest.
    """

    node_xy: Floats
    ends: Ints32
    length_m: Floats
    xy: Floats
    offset: Ints
    attach: Bools
    piece: Ints32


def without_passages(node: Ints, blocked: Bools, n_nodes: int) -> tuple[Ints, Ints]:
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


def steps(node: Ints, offset: Ints) -> Ints:
    """Give the pairs of points that follow each other within runs, shape (s, 2)."""
    within = np.ones(max(len(node) - 1, 0), bool)
    within[offset[1:-1] - 1] = False
    return np.column_stack([node[:-1], node[1:]])[within]


def split_runs(node: Ints, offset: Ints, attach: Bools, blocked: Bools) -> tuple[Ints, Ints, Bools]:
    """End runs at blocked nodes: the node is repeated, once for each side."""
    # An end that is blocked stays one node: only what has a side to the left and one to the right
    # must be told apart.
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


def build_edges(xy: Floats, node: Ints, offset: Ints, attach: Bools) -> Edges:
    """Cut runs at crossings, measure them, and tell the pieces that hang together.

    Nodes, edges and their directions are in the order of their places, so that the network does not
    depend on how the file lists or draws its ways.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Points in the plane.
    node, offset : ndarray of int64
        ``node[offset[i]:offset[i + 1]]`` are the points of run i.
    attach : ndarray of bool, shape (n_runs,)
        Whether homes may join the run.
    """
    node, run = _without_repeats(_merge_twins(xy, node, offset), offset)
    first, last = _stretches(node, run)
    spots, positions, offset, order = _in_place(xy, node, first, last)
    ends = positions[np.column_stack([offset[:-1], offset[1:] - 1])]
    used, ends = np.unique(ends, return_inverse=True)
    ends = ends.reshape(-1, 2).astype(np.int32)
    shape = spots[positions]
    length = _lengths(shape, offset)
    return Edges(
        node_xy=spots[used],
        ends=ends,
        length_m=length,
        xy=shape,
        offset=offset,
        attach=attach[run[first]][order],
        piece=_pieces(ends, length, len(used)),
    )


def _in_place(xy: Floats, node: Ints, first: Ints, last: Ints) -> tuple[Floats, Ints, Ints, Ints]:
    """Order nodes and stretches by where they lie, each stretch running from its lower end.

    Gives the sorted spots, the nodes of the stretches, their offsets, and the old number of each.
    """
    rank = np.lexsort(xy.T[::-1])
    place = np.empty(len(xy), np.int64)
    place[rank] = np.arange(len(xy))
    # Copies of one node (a wall that cuts a street) share a spot: they count as equal here.
    spots = xy[rank]
    level = np.cumsum(np.append(False, (np.diff(spots, axis=0) != 0).any(axis=1))[: len(spots)])
    at = place[node]
    here = [at[a : b + 1] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    keys = [level[run].tolist() for run in here]
    for i, key in enumerate(keys):
        if key[::-1] < key:
            here[i], keys[i] = here[i][::-1], key[::-1]
    order = sorted(range(len(here)), key=keys.__getitem__)
    runs = [here[i] for i in order]
    offset = np.concatenate([[0], np.cumsum([len(run) for run in runs])]).astype(np.int64)
    return spots, np.concatenate([at[:0], *runs]), offset, np.array(order, np.int64)


def _merge_twins(xy: Floats, node: Ints, offset: Ints) -> Ints:
    """Make one of neighbouring nodes that lie on the same spot: a step between them has no length."""
    pairs = steps(node, offset)
    a, b = pairs.T
    return _leaders(pairs[np.hypot(*(xy[a] - xy[b]).T) < 1e-6], len(xy))[node]


def _leaders(pairs: Ints, n: int) -> Ints:
    """Give the lowest position among those that hang together, for each of n positions."""
    links = coo_array((np.ones(len(pairs), np.int8), tuple(pairs.T)), shape=(n, n))
    label = connected_components(links, directed=False)[1]
    return np.unique(label, return_index=True)[1][label]


def _without_repeats(node: Ints, offset: Ints) -> tuple[Ints, Ints]:
    run = np.repeat(np.arange(len(offset) - 1), np.diff(offset))
    keep = np.ones(len(node), bool)
    keep[1:] = (node[1:] != node[:-1]) | (run[1:] != run[:-1])
    return node[keep], run[keep]


def _stretches(node: Ints, run: Ints) -> tuple[Ints, Ints]:
    """First and last position of each stretch between crossings, ends and ways' ends."""
    n = len(node)
    start = np.ones(n, bool)
    start[1:] = run[1:] != run[:-1]
    end = np.append(start[1:], True)[:n]
    crossing = np.bincount(node)[node] > 1 if n else np.zeros(0, bool)
    first = np.flatnonzero((start | crossing) & ~end)
    last = np.flatnonzero((end | crossing) & ~start)
    return first, last


def _lengths(shape: Floats, starts: Ints) -> Floats:
    if len(starts) == 1:
        return np.zeros(0)
    step = np.zeros(len(shape))
    step[1:] = np.hypot(*np.diff(shape, axis=0).T)
    step[starts[:-1]] = 0.0  # from the end of one stretch to the start of the next nobody walks
    return np.maximum(quantised(np.add.reduceat(step, starts[:-1])), QUANTUM_M)


def _pieces(ends: Ints32, length: Floats, n_nodes: int) -> Ints32:
    """Label the connected pieces, the longest first."""
    a, b = ends.T
    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(n_nodes, n_nodes))
    count, label = connected_components(graph, directed=False)
    total = np.bincount(label[a], length, minlength=count)
    return np.argsort(np.argsort(-total, kind="stable")).astype(np.int32)[label[a]]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Lines of one's own layer, with the spots at which they meet.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
    node, offset : ndarray of int64
        As `build_edges` takes them.
    joined, apart : int
        Crossings without a common vertex that were joined, and that were left as they are.
    """

    xy: Floats
    node: Ints
    offset: Ints
    joined: int
    apart: int


def node_lines(lines: list[Floats], level: Sequence[str], tolerance_m: float) -> Drawn:
    """Find where lines of one's own layer meet.

    Lines meet where ends lie within the tolerance of each other, where an end lies within it of
    another line, where they share a vertex, and where they cross on one level.  A layer that says
    nothing of levels is joined at its crossings unless most of them have a vertex already: then the
    others are bridges.

    Parameters
    ----------
    lines : list of ndarray of float64, shape (k, 2)
        In the plane, metres.
    level : sequence of str
        Where each line runs; ``""`` where nothing says so.
    tolerance_m : float
        How far apart ends may lie.
    """
    lines = _join_ends([np.array(line, float) for line in lines], tolerance_m)
    which = np.repeat(np.arange(len(lines)), [len(x) for x in lines])
    shapes = np.asarray(shapely.linestrings(np.concatenate(lines), indices=which), object)
    tree = shapely.STRtree(shapes)
    ends = np.unique(np.concatenate([line[[0, -1]] for line in lines]), axis=0)
    touching, line = tree.query(shapely.points(ends), predicate="dwithin", distance=tolerance_m)
    meets = [
        (at, tuple(ends[p].tolist()))
        for p, at in zip(touching.tolist(), line.tolist(), strict=True)
        if not (lines[at] == ends[p]).all(axis=1).any()
    ]
    crossings = _crossings(lines, shapes, tree, tolerance_m)
    known = any(level)
    same = [c for c in crossings if level[c[0]] == level[c[1]]]
    noded = len(meets) + int(
        (np.unique(np.concatenate(lines), axis=0, return_counts=True)[1] > 1).sum()
    )
    if not known and len(crossings) <= noded * MOST_BRIDGES:
        same = []
    for one, other, spot in same:
        meets += [(one, spot), (other, spot)]
    for at in {at for at, _ in meets}:
        spots = np.array(sorted({spot for k, spot in meets if k == at}))
        lines[at] = _with_points(lines[at], shapes[at], spots)
    flat = np.concatenate(lines)
    # To the millimetre: what was computed on two lines (a crossing) differs in the last bits.
    _, first, node = np.unique(np.round(flat, 3), axis=0, return_index=True, return_inverse=True)
    offset = np.concatenate([[0], np.cumsum([len(x) for x in lines])]).astype(np.int64)
    # Where levels are stated a crossing of two of them is a bridge, as drawn.
    apart = 0 if known else len(crossings) - len(same)
    return Drawn(flat[first], node.ravel().astype(np.int64), offset, len(same), apart)


def _crossings(
    lines: list[Floats], shapes: Geometries, tree: shapely.STRtree, tolerance_m: float
) -> list[tuple[int, int, tuple[float, float]]]:
    """Spots at which two lines cross, where neither has an end nor both a vertex."""
    found = []
    one, other = tree.query(shapes, predicate="crosses")
    for i, j in sorted(zip(one.tolist(), other.tolist(), strict=True)):
        if i >= j:
            continue
        spots = shapely.get_coordinates(shapely.intersection(shapes[i], shapes[j]))
        for spot in spots:
            near = [np.hypot(*(lines[k] - spot).T) for k in (i, j)]
            ends = min(min(d[0], d[-1]) for d in near)
            if ends > tolerance_m and max(d.min() for d in near) > SPOT_M:
                found.append((i, j, (float(spot[0]), float(spot[1]))))
    return found


def _join_ends(lines: list[Floats], tolerance_m: float) -> list[Floats]:
    """Move ends that lie close together onto one spot: the westernmost of them."""
    ends = np.unique(np.concatenate([line[[0, -1]] for line in lines]), axis=0)
    near = KDTree(ends).query_pairs(tolerance_m, output_type="ndarray")
    spot = dict(zip(map(tuple, ends.tolist()), ends[_leaders(near, len(ends))], strict=True))
    for line in lines:
        line[0], line[-1] = spot[tuple(line[0].tolist())], spot[tuple(line[-1].tolist())]
    return lines


def _with_points(line: Floats, shape: Any, spots: Floats) -> Floats:
    """Put vertices into a line where others touch or cross it."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    place = shapely.line_locate_point(shape, shapely.points(spots))
    order = np.argsort(place, kind="stable")
    at = np.searchsorted(along, place[order], side="right").clip(1, len(along) - 1)
    return np.insert(line, at, spots[order], axis=0)

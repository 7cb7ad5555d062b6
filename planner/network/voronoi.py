"""Cells of demand units on the network: who is walk-adjacent to whom, and whose a street piece is.

The additively weighted network Voronoi diagram (Okabe and Sugihara, 2012, *Spatial Analysis along
Networks*, ch. 4): every point of the network belongs to the home that walks to it soonest, its access
leg included; ties go to the lowest position.  One multi-source shortest path run labels the nodes,
and the labels of an edge's ends and of the homes on it settle its inside.

Why adjacency read from it carries the Zoltners-Sinha condition: follow a shortest walk from unit u to
centre c.  The first spot beyond u's cell belongs to a unit w that reaches it no later than u does, so
w's walk to c is shorter, or equal with w before u; and u and w are linked.  A unit that owns not even
the spot where it joins the street is linked to the owner of that spot, and homes on one spot are
linked to the first of them, which alone takes part; then all of them share its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from planner.model.arrays import Bools, Floats, Ints, Ints32
from planner.network.distance import Mesh, flood, same_home
from planner.network.values import Snaps

__all__ = ["Cells", "adjacency", "cells"]


@dataclass(frozen=True, eq=False)
class Cells:
    """How the network is shared out among some units.

    Parameters
    ----------
    links : ndarray of int64, shape (k, 2)
        Adjacent units, u < v, sorted, unique.
    whole : ndarray of int64, shape (e,)
        Owner of each edge, -1 where it is shared.
    edge, start_m, end_m, owner : ndarray, shape (p,)
        Pieces of the shared edges, in metres from the first node.
    """

    links: Ints
    whole: Ints
    edge: Ints
    start_m: Floats
    end_m: Floats
    owner: Ints


def adjacency(mesh: Mesh, snaps: Snaps, group: Ints, beside: Ints) -> Ints32:
    """Adjacent units within each group, each group alone on the network.

    Parameters
    ----------
    group : ndarray of int64, shape (n,)
    beside : ndarray of int64, shape (m, 2)
        Units of one group that are neighbours besides.

    Returns
    -------
    ndarray of int32, shape (k, 2)
        u < v, sorted.
    """
    found = [beside]
    on = snaps.edge >= 0
    for name in np.unique(group[on]):
        units = np.flatnonzero(on & (group == name))
        found.append(units[cells(mesh, snaps.take(units)).links])
    spot = np.unique(np.column_stack([group, same_home(snaps)[0]]), axis=0, return_inverse=True)[1]
    spot = np.where(on, spot.ravel(), spot.max(initial=0) + 1 + np.arange(len(snaps)))
    return _shared(np.concatenate(found), spot).astype(np.int32)


def _shared(links: Ints, home: Ints) -> Ints:
    """Give all units on one spot the neighbours of the spot: the stairwells of a building are equals.

    Only the first of them takes part in the diagram; were it alone linked, it would stand between
    the others and every zone but its own.
    """
    n, spots = len(home), int(home.max(initial=0)) + 1
    # Units x spots x spots x units: two units are linked where their spots are.
    lives = csr_array((np.ones(n, np.int32), (np.arange(n), home)), shape=(n, spots))
    ends = np.concatenate(
        [home[links], home[links][:, ::-1], np.repeat(np.arange(spots), 2).reshape(-1, 2)]
    )
    near = csr_array((np.ones(len(ends), np.int32), (ends[:, 0], ends[:, 1])), shape=(spots, spots))
    return _tidy(np.column_stack((lives @ near @ lives.T).nonzero()).astype(np.int64))


def cells(mesh: Mesh, snaps: Snaps) -> Cells:
    """Share the network out among homes, all of them on it.

    Parameters
    ----------
    snaps : Snaps
        At least one; none off the network.
    """
    home = same_home(snaps)[0]
    first = np.unique(home, return_index=True)[1]
    twins = np.column_stack([first[home], np.arange(len(snaps))])
    units = np.sort(first)
    some = snaps.take(units)
    field = flood(mesh, some)
    ends = field.owner[mesh.ends]
    busy = np.zeros(len(mesh.ends), bool)
    busy[some.edge] = True
    cones = _cones(mesh, some, field.metres, ends, busy)
    links, pieces = _envelope(*cones)
    free = ~busy
    split = free & (ends[:, 0] != ends[:, 1])
    pieces += _halves(mesh, field.metres, ends, np.flatnonzero(split))
    all_links = np.concatenate([ends[split], np.array(links, np.int64).reshape(-1, 2)])
    # Pieces of street on which none of the units stands belong to nobody.
    whole = np.where(free & ~split & (ends[:, 0] >= 0), units[ends[:, 0]], -1)
    table = np.array(sorted(pieces), float).reshape(-1, 4)  # positions are exact in a double
    edge, owner = table[:, 0].astype(np.int64), units[table[:, 3].astype(np.int64)]
    links = _tidy(np.concatenate([units[all_links], twins]))
    return Cells(links, whole, edge, table[:, 1], table[:, 2], owner)


def _tidy(links: Ints) -> Ints:
    ordered = np.sort(links, axis=1)
    return np.unique(ordered[ordered[:, 0] != ordered[:, 1]], axis=0)


def _halves(
    mesh: Mesh, metres: Floats, ends: Ints, edges: Ints
) -> list[tuple[int, float, float, int]]:
    """Pieces of edges without homes whose ends belong to two units."""
    a, b = mesh.ends[edges].T
    length = mesh.length_m[edges]
    middle = np.clip((length + metres[b] - metres[a]) / 2, 0, length)
    left, right = ends[edges].T.tolist()
    e, m, none = edges.tolist(), middle.tolist(), [0.0] * len(edges)
    return [*zip(e, none, m, left, strict=True), *zip(e, m, length.tolist(), right, strict=True)]


def _cones(
    mesh: Mesh, snaps: Snaps, metres: Floats, ends: Ints, busy: Bools
) -> tuple[Ints, Floats, Floats, Ints, Bools, Floats]:
    """Edge, place, metres, unit of all that spreads along edges with homes: the homes, both ends."""
    edges = np.flatnonzero(busy)
    a, b = mesh.ends[edges].T
    length = mesh.length_m[edges]
    units = np.arange(len(snaps))
    edge = np.concatenate([snaps.edge, edges, edges]).astype(np.int64)
    place = np.concatenate([snaps.along_m, np.zeros(len(edges)), length])
    height = np.concatenate([snaps.access_m, metres[a], metres[b]])
    owner = np.concatenate([units, ends[edges, 0], ends[edges, 1]])
    real = np.arange(len(edge)) < len(units)
    # Homes before the ends of their edge where all else is equal: it is the home that lives there.
    order = np.lexsort((~real, owner, height, place, edge))
    edge = edge[order]
    return edge, place[order], height[order], owner[order], real[order], mesh.length_m[edge]


def _envelope(
    edge: Ints, place: Floats, height: Floats, owner: Ints, real: Bools, length: Floats
) -> tuple[list[tuple[int, int]], list[tuple[int, float, float, int]]]:
    """Walk along each edge: who owns each cone's tip, and where owners change."""
    tip = _owner_of_tips(edge, place, height, owner)
    # A home that does not own the spot where it joins hangs on the owner of that spot.
    hung = real & (tip != owner)
    links = list(zip(owner[hung].tolist(), tip[hung].tolist(), strict=True))
    alive = np.flatnonzero(tip == owner)
    e, at, up, who = edge[alive], place[alive], height[alive], owner[alive]
    pieces: list[tuple[int, float, float, int]] = []
    begin = 0.0
    for k in range(len(alive)):
        more = k + 1 < len(alive) and e[k + 1] == e[k]
        if more and who[k + 1] == who[k]:
            continue
        stop = (
            float((at[k] + at[k + 1] + up[k + 1] - up[k]) / 2) if more else float(length[alive[k]])
        )
        if more:
            links.append((int(who[k]), int(who[k + 1])))
            stop = min(max(stop, float(at[k])), float(at[k + 1]))
        pieces.append((int(e[k]), begin, stop, int(who[k])))
        begin = stop if more else 0.0
    return links, pieces


def _owner_of_tips(edge: Ints, place: Floats, height: Floats, owner: Ints) -> Ints:
    """Lowest (walk, unit) at the tip of each cone, from the left and from the right."""
    n = len(edge)
    # Cones of one slope: the least of height - place to the left, and of height + place to the
    # right, tell who owns a spot, so two sweeps do instead of all pairs.
    left = [(0.0, 0)] * n
    right = [(0.0, 0)] * n
    e, at, up, who = edge.tolist(), place.tolist(), height.tolist(), owner.tolist()
    for i in range(n):
        own = (up[i] - at[i], who[i])
        left[i] = min(own, left[i - 1]) if i and e[i - 1] == e[i] else own
    for i in range(n - 1, -1, -1):
        own = (up[i] + at[i], who[i])
        right[i] = min(own, right[i + 1]) if i + 1 < n and e[i + 1] == e[i] else own
    return np.array(
        [
            min((left[i][0] + at[i], left[i][1]), (right[i][0] - at[i], right[i][1]))[1]
            for i in range(n)
        ],
        np.int64,
    )

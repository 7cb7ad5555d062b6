"""Which pairs hold each other up: the connection rule of Zoltners and Sinha.

A unit may join a centre only if some adjacent unit that is nearer to that centre joins it too, so
every zone hangs together through its home.  Nearer is by walk; the home comes first, and equal
walks are settled by position.  (A. A. Zoltners, P. Sinha: Sales territory alignment, Management
Science 29, 1983.)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.model.arrays import AnyInts, Bools, Ints, Ints32
from planner.model.problem import Problem
from planner.solve.compiled import compiled

__all__ = [
    "Near",
    "Support",
    "find_pair",
    "neighbours",
    "order_by_centre",
    "spans",
    "support",
    "usable_pairs",
]


class Near(NamedTuple):
    """Neighbours of each unit: those of u are ``to[start[u]:start[u + 1]]``, ascending."""

    start: Ints
    to: Ints32


class Support(NamedTuple):
    """Who holds up whom among pairs, as two lists of lists.

    Pairs that can hold up pair p are ``pair[start[p]:start[p + 1]]``; those that p can hold up are
    ``held[held_start[p]:held_start[p + 1]]``.
    """

    start: Ints
    pair: Ints32
    held_start: Ints
    held: Ints32


def spans(start: AnyInts, which: AnyInts) -> tuple[Ints, Ints]:
    """Read some lists of a list of lists.

    Parameters
    ----------
    start : ndarray of int, shape (n + 1,)
        Offsets of the lists.
    which : ndarray of int
        Which lists, in any order.

    Returns
    -------
    owner, at : ndarray of int64
        For each entry its list's position in `which`, and its own position.
    """
    lengths = start[which + 1] - start[which]
    first = np.cumsum(lengths) - lengths
    at = np.repeat(start[which] - first, lengths) + np.arange(lengths.sum())
    return np.repeat(np.arange(len(which)), lengths), at


def neighbours(n_units: int, adjacency: AnyInts) -> Near:
    """Turn edges of shape (n_edges, 2), each given once or more, into lists."""
    both = np.concatenate([adjacency, adjacency[:, ::-1]]).astype(np.int64)
    both = np.unique(both[both[:, 0] != both[:, 1]], axis=0)
    start = np.searchsorted(both[:, 0], np.arange(n_units + 1)).astype(np.int64)
    return Near(start, both[:, 1].astype(np.int32))


def order_by_centre(problem: Problem) -> Ints:
    """Order pairs by centre, and each centre's by its home first, walk, unit."""
    unit = problem.pair_unit
    away = unit != problem.home[problem.pair_centre]
    return np.lexsort((unit, problem.walk_m, away, problem.pair_centre)).astype(np.int64)


def usable_pairs(problem: Problem, near: Near) -> Bools:
    """Find the pairs that some plan could use, shape (n_pairs,).

    Dropped are homes with another centre, and pairs to which no chain of support leads.
    """
    lives = np.full(problem.n_units, -1, np.int32)
    lives[problem.home] = np.arange(problem.n_centres)
    order, unit = order_by_centre(problem), problem.pair_unit
    return _alive(order, lives[unit], unit, problem.pair_centre, problem.pair_start, near)


def support(start: Ints, centre: Ints32, rank: Ints, near: Near) -> Support:
    """List who can hold up whom.

    Parameters
    ----------
    start : ndarray of int, shape (n_units + 1,)
        Offsets of each unit's pairs.
    centre : ndarray of int, shape (n_pairs,)
        Centre of each pair, ascending within a unit.
    rank : ndarray of int, shape (n_pairs,)
        Position of each pair in the order of its centre, nearest first.
    """
    # Twice over the same ground: counted first, so that no list has to grow.
    counts = np.zeros(len(centre) + 1, np.int64)
    _scan(start, centre, rank, near, counts, np.zeros(0, np.int32))
    offsets = np.concatenate([[0], np.cumsum(counts[:-1])]).astype(np.int64)
    pair = np.empty(offsets[-1], np.int32)
    _scan(start, centre, rank, near, offsets[:-1].copy(), pair)
    holder = np.repeat(np.arange(len(centre), dtype=np.int32), np.diff(offsets))
    turned = np.argsort(pair, kind="stable")
    held_start = np.searchsorted(pair[turned], np.arange(len(centre) + 1)).astype(np.int64)
    return Support(offsets, pair, held_start, holder[turned])


@compiled
def find_pair(start: Any, centre: Any, unit: int, wanted: int) -> int:
    """Find the pair of a unit and a centre, or -1."""
    # By halves: a table of all units and centres would not fit where there are thousands of both.
    low, high = start[unit], start[unit + 1]
    while low < high:
        middle = (low + high) // 2
        if centre[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    if low < start[unit + 1] and centre[low] == wanted:
        return low
    return -1


@compiled
def _alive(order, lives, unit, centre, start, near):
    """Walk through the pairs nearest first: what is alive already is nearer."""
    alive = np.zeros(len(order), np.bool_)
    for p in order:
        if lives[p] >= 0:
            alive[p] = lives[p] == centre[p]
            continue
        u = unit[p]
        for j in range(near.start[u], near.start[u + 1]):
            q = find_pair(start, centre, near.to[j], centre[p])
            if q >= 0 and alive[q]:
                alive[p] = True
                break
    return alive


@compiled
def _scan(start, centre, rank, near, at, out):
    """Count the supporters of each pair, or write them down when `out` has room."""
    write = len(out) > 0
    for u in range(len(start) - 1):
        for p in range(start[u], start[u + 1]):
            for j in range(near.start[u], near.start[u + 1]):
                q = find_pair(start, centre, near.to[j], centre[p])
                if q >= 0 and rank[q] < rank[p]:
                    if write:
                        out[at[p]] = q
                    at[p] += 1

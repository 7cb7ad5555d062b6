"""Ties that must hold: what they leave to the units that are tied, and what they clash with.

Units that must be together are one choice: a centre is open to one of them only if it is open to all.  So
pairs are dropped, again and again, for what loses one may no longer hold another up, until nothing changes.
What is left to no centre, no plan can keep, and the tie is told.  The exact model goes on from there
(`planner.solve.zones.ties.exact`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.errors import InfeasibleError
from planner.model.arrays import Bools, Ints
from planner.model.clash import TieClash
from planner.model.excerpt import of_pairs
from planner.model.problem import Problem
from planner.model.ties import Ties
from planner.solve.zones.contiguity import neighbours, usable_pairs
from planner.solve.zones.ties.part import TiedPart

__all__ = ["clash_of", "narrowed"]

REMEDY = (
    "请在关系表中为该行写明折合米数（即改为弹性）或删去该行，或将该类关系从must中去掉",
    "give that row of the sheet of ties a price of its own, which makes it elastic, take it out, or take its "
    "kind out of must",
)


def narrowed(problem: Problem) -> Problem:
    """Drop the pairs that no plan which keeps the ties can use.

    Raises
    ------
    InfeasibleError
        Some tie that must hold is left no centre; its `clash` is a `TieClash`.
    """
    ties = problem.ties
    if ties is None or not ties.hard.any():
        return problem
    must = ties.take(ties.hard)
    one = must.apart & (must.a == must.b)
    if one.any():
        raise _refusal(must, int(np.flatnonzero(one)[0]), "apart")
    label = _groups(problem.n_units, must)
    near = neighbours(problem.n_units, problem.adjacency)
    now, last = problem, -1
    while now.n_pairs != last:
        last = now.n_pairs
        keep = usable_pairs(now, near)
        keep &= _open_to_all(now, keep, label)
        _require_some(problem, now, keep, must, label)
        keep &= ~_taken(now, keep, must)
        now = of_pairs(now, keep)
    return now


def _groups(n: int, must: Ties) -> Ints:
    """Give one number to all units that must be together, shape (n,)."""
    together = ~must.apart
    a, b = must.a[together], must.b[together]
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _open_to_all(problem: Problem, keep: Bools, label: Ints) -> Bools:
    """Tell which pairs have a centre that may serve all who must be together with the unit."""
    key = label[problem.pair_unit] * problem.n_centres + problem.pair_centre
    _, back, count = np.unique(key[keep], return_inverse=True, return_counts=True)
    found = np.zeros(problem.n_pairs, bool)
    found[keep] = count[back] == np.bincount(label)[label[problem.pair_unit[keep]]]
    return found


def _taken(problem: Problem, keep: Bools, must: Ties) -> Bools:
    """Tell which pairs are of a centre in which somebody is from whom the unit must be apart."""
    count = np.bincount(problem.pair_unit[keep], minlength=problem.n_units)
    only = np.full(problem.n_units, -1)
    sure = keep & (count[problem.pair_unit] == 1)
    only[problem.pair_unit[sure]] = problem.pair_centre[sure]
    found = np.zeros(problem.n_pairs, bool)
    for k in np.flatnonzero(must.apart):
        for one, other in ((must.a[k], must.b[k]), (must.b[k], must.a[k])):
            mine = slice(problem.pair_start[other], problem.pair_start[other + 1])
            found[mine] |= problem.pair_centre[mine] == only[one]
    return found


def _require_some(asked: Problem, now: Problem, keep: Bools, must: Ties, label: Ints) -> None:
    """Refuse where a unit of a tie is left no centre: told is the tie that leaves least in common."""
    left = np.bincount(now.pair_unit[keep], minlength=now.n_units)
    ends = np.concatenate([must.a, must.b])
    empty = ends[left[ends] == 0]
    if not len(empty):
        return
    mine = np.flatnonzero(label[must.a] == label[empty[0]])
    near = mine[~must.apart[mine]]
    if not len(near):
        at = np.flatnonzero(must.apart & ((must.a == empty[0]) | (must.b == empty[0])))
        raise _refusal(must, int(at[0]), "apart")
    shared = [len(_centres(asked, int(must.a[k])) & _centres(asked, int(must.b[k]))) for k in near]
    homes = int(np.isin(asked.home, np.flatnonzero(label == label[empty[0]])).sum())
    raise _refusal(must, int(near[int(np.argmin(shared))]), "centres" if homes > 1 else "reach")


def _centres(problem: Problem, unit: int) -> set[int]:
    mine = slice(problem.pair_start[unit], problem.pair_start[unit + 1])
    return set(problem.pair_centre[mine].tolist())


def clash_of(part: TiedPart, holds: Callable[[TiedPart], bool], cheapest: Ints) -> InfeasibleError:
    """Say which tie of a part cannot hold, once it is proven that they cannot all, and what it clashes with.

    Parameters
    ----------
    holds : callable
        Tells whether some plan of a part keeps all its ties that must hold.
    cheapest : ndarray of int, shape (n_units,)
        The plan that does best where they need not: the ties that it breaks are the cheapest to give up.
    """
    broken = np.flatnonzero(part.broken(cheapest) & part.hard)
    k = int(broken[0]) if len(broken) else int(np.flatnonzero(part.hard)[0])
    one = part.instance
    hard = [i for i, price in enumerate(one.rows.price) if np.isinf(price)]
    names = [n for n in dict.fromkeys(one.rows.name[i] for i in hard) if holds(_without(part, n))]
    if not names and hard and holds(_without(part, *(one.rows.name[i] for i in hard))):
        names = list(dict.fromkeys(one.rows.name[i] for i in hard))
    a, b = (int(one.unit_ids[end[k]]) for end in (part.a, part.b))
    reason = "rules" if names else "others"
    return _worded(TieClash(a, b, bool(part.apart[k]), reason, tuple(names)))


def _without(part: TiedPart, *names: str) -> TiedPart:
    """Give the part without some rules."""
    rows = part.instance.rows
    rest = np.array([name not in names for name in rows.name], bool)
    fewer = replace(
        rows,
        name=tuple(name for name in rows.name if name not in names),
        weight=rows.weight[rest],
        limit=rows.limit[rest],
        price=rows.price[rest],
        share=rows.share[rest],
    )
    return replace(part, instance=replace(part.instance, rows=fewer))


def _refusal(must: Ties, k: int, reason: str) -> InfeasibleError:
    return _worded(TieClash(int(must.a[k]), int(must.b[k]), bool(must.apart[k]), reason))


def _worded(clash: TieClash) -> InfeasibleError:
    names = ((f"第{u}个单元", f"unit {u}") for u in (clash.a, clash.b))
    return clash.error(*names, remedy=REMEDY)

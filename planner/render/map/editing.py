"""What the page needs to edit a plan: blocks that move as one, and what each centre would cost them.

A block is one demand unit.  Where small counts must not show, a unit with fewer homes than that is one
with a neighbour of its zone: the page then holds sums over blocks only, and no small count can be had
from it, also not by moving things about.  A block hangs together and has one zone, so zones of
blocks are connected exactly when `planner.model.audit` finds the zones of units connected.

Sums are whole centimetres, so that the page's figures and the engine's agree to the metre.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.model.problem import Problem
from planner.model.tables import PlanTables
from planner.plan.provenance import locks_of, notes_of, plan_fingerprint
from planner.render.text.words import rule_words

__all__ = ["blocks_of", "edit_payload", "packed"]

MOST_CANDIDATES, LARGE, FEWER_CANDIDATES = 24, 8_000, 8
"""Nearest centres that a block brings along; fewer in plans of more than `LARGE` units."""
Ints = NDArray[np.int64]


def packed(value: Any) -> str:
    """Write plain JSON values as gzip in base64: equal values, equal text."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    data = gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)
    return base64.b64encode(data).decode("ascii")


def edit_payload(tables: PlanTables, *, smallest: int) -> dict[str, Any]:
    """Gather what the page needs to edit a plan.

    Parameters
    ----------
    tables : PlanTables
        The plan.
    smallest : int
        Counts of homes below this must not be had from the page; 1 shows every unit by itself.

    Returns
    -------
    dict
        Plain JSON values.  Columns by block: ``zone, homes, fixed`` (1 where a centre lives, 2 where
        moving would show a small count)``, left`` (load charged when unserved). Columns by pair of
        block and centre: ``count`` (pairs of each block), ``centre`` and, in centimetres, ``cost,
        far, penalty, change``; ``beyond`` counts homes beyond the walk limit, ``paced`` is households
        x walk where loads are not households.
    """
    problem = tables.problem
    zone = _zones(tables)
    block, fixed = blocks_of(problem, zone, smallest)
    n = len(fixed)
    first = np.zeros(n, np.int64)
    first[block[::-1]] = np.arange(problem.n_units)[::-1]
    load = problem.load
    left = np.bincount(block, np.where(load > 0, load, 1.0), n)
    place = {u: i for i, u in enumerate(tables.units["unit_id"])}
    edges = np.unique(np.sort(block[problem.adjacency], axis=1), axis=0)
    edges = edges[edges[:, 0] != edges[:, 1]]
    return {
        "plan": plan_fingerprint(tables),
        "units": [str(u) for u in tables.units["unit_id"]],
        "block": _short(block),
        "zone": zone[first].tolist(),
        "fixed": fixed.tolist(),
        "homes": np.bincount(block, problem.households, n).astype(int).tolist(),
        "left": _short(left),
        "home": block[problem.home].tolist(),
        "pairs": _pairs(problem, block, zone[first], fixed == 1, tables.rules.walk.limit_m),
        "edges": [np.diff(edges[:, 0], prepend=0).tolist(), (edges[:, 1] - edges[:, 0]).tolist()],
        "rules": [_rule(rule, block, n) for rule in problem.rules],
        "unserved": problem.unserved_m,
        "bound": _bound_m(tables),
        "limit": tables.rules.walk.limit_m,
        "locks": [place[u] for u in locks_of(tables)],
        "notes": [dict(note) for note in notes_of(tables)],
    }


def _bound_m(tables: PlanTables) -> float:
    """Bound of what the page adds up: it knows no ties, so what they cost is taken off."""
    found = tables.certificate
    return found.bound_m - (0.0 if found.ties is None else found.ties.broken_m)


def _zones(tables: PlanTables) -> Ints:
    place = {c: i for i, c in enumerate(tables.centres["centre_id"])}
    return np.array([place.get(z, -1) for z in tables.units["zone"]], np.int64)


def _short(values: NDArray[Any]) -> list[Any]:
    """Whole numbers where they are whole."""
    rounded = np.round(np.asarray(values, float), 6)
    return [int(v) if v == int(v) else v for v in rounded.tolist()]


def _rule(rule: Any, block: Ints, n: int) -> dict[str, Any]:
    per = None if rule.per is None else _short(np.bincount(block, rule.per, n))
    return {
        "name": rule.name,
        "words": rule_words(rule.name),
        "low": rule.low,
        "high": rule.high,
        "hard": rule.hard,
        "price": rule.price_m,
        "amount": _short(np.bincount(block, rule.amount, n)),
        "per": per,
    }


def blocks_of(problem: Problem, zone: Ints, smallest: int) -> tuple[Ints, Ints]:
    """Join units of few homes with neighbours of their own zone.

    Parameters
    ----------
    problem : Problem
        Units and their adjacency.
    zone : ndarray of int, shape (n_units,)
        Centre of each unit, -1 for none.
    smallest : int
        A block has no homes, or at least this many, unless its whole zone has fewer.

    Returns
    -------
    block : ndarray of int, shape (n_units,)
        Block of each unit, numbered in the order of their first units.
    fixed : ndarray of int, shape (n_blocks,)
        1 where a centre lives, 2 where units were joined that do not touch, else 0.
    """
    joined = _Joined(problem, zone)
    for u in np.flatnonzero((problem.households > 0) & (problem.households < smallest)).tolist():
        while 0 < joined.homes[joined.root(u)] < smallest and joined.grow(u):
            pass
    roots = np.array([joined.root(u) for u in range(problem.n_units)], np.int64)
    _, first, block = np.unique(roots, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    block = order[block.reshape(-1)].astype(np.int64)
    fixed = np.zeros(len(first), np.int64)
    fixed[block[list(joined.loose)]] = 2
    fixed[block[problem.home]] = 1
    return block, fixed


class _Joined:
    """Sets of units, each with its homes and its neighbours in its zone."""

    def __init__(self, problem: Problem, zone: Ints) -> None:
        n = problem.n_units
        self.parent, self.homes = list(range(n)), problem.households.tolist()
        self.zone = zone.tolist()
        self.near: list[set[int]] = [set() for _ in range(n)]
        for u, v in problem.adjacency.tolist():
            if self.zone[u] == self.zone[v]:
                self.near[u].add(v)
                self.near[v].add(u)
        self.centre = set(problem.home.tolist())
        self.loose: list[int] = []
        self.of_zone: dict[int, list[int]] = {}
        for u in range(n):
            self.of_zone.setdefault(self.zone[u], []).append(u)

    def root(self, u: int) -> int:
        while self.parent[u] != u:
            self.parent[u] = self.parent[self.parent[u]]
            u = self.parent[u]
        return u

    def grow(self, u: int) -> bool:
        """Join the set of a unit with one more of its zone; False where there is no other."""
        here = self.root(u)
        beside = {self.root(v) for v in self.near[here]} - {here}
        if not beside:
            beside = {self.root(v) for v in self.of_zone[self.zone[u]]} - {here}
            beside = {v for v in beside if self.homes[v] > 0}
            if not beside:
                return False
            self.loose.append(u)
        other = min(beside, key=lambda v: (v in self.centre, self.homes[v], v))
        low, high = min(here, other), max(here, other)
        self.parent[high] = low
        self.homes[low] += self.homes[high]
        self.near[low] |= self.near[high]
        if high in self.centre:
            self.centre.add(low)
        return True


def _pairs(
    problem: Problem, block: Ints, zone: Ints, home: NDArray[np.bool_], limit_m: float
) -> dict[str, Any]:
    """Add the pairs of each block's units up, for centres that may serve them all."""
    unit, width = problem.pair_unit, max(problem.n_centres, 1)
    key, row = np.unique(block[unit] * width + problem.pair_centre, return_inverse=True)
    row = row.reshape(-1)
    owner, centre = key // width, key % width

    def total(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(row, values, len(key)).astype(float)

    walk, lived = problem.walk_m, problem.households[unit] > 0
    far = np.zeros(len(key))
    np.maximum.at(far, row[lived], walk[lived])
    whole = total(np.ones(len(row))) == np.bincount(block, minlength=len(zone))[owner]
    own = centre == zone[owner]
    rank = _rank(owner, np.where(own, -1.0, np.where(whole, total(walk), np.inf)))
    most = MOST_CANDIDATES if problem.n_units <= LARGE else FEWER_CANDIDATES
    keep = whole & (own | (~home[owner] & (rank < most)))

    def centimetres(values: NDArray[np.float64]) -> list[int]:
        return np.rint(values[keep] * 100).astype(np.int64).tolist()

    paced = total(problem.households[unit] * walk)
    load_is_homes = np.array_equal(problem.load, problem.households)
    beyond = total(problem.households[unit] * (walk > limit_m))
    return {
        "count": np.bincount(owner[keep], minlength=len(zone)).tolist(),
        "centre": centre[keep].tolist(),
        "cost": centimetres(total(problem.load[unit] * walk)),
        "far": np.rint(far[keep]).astype(int).tolist(),
        "penalty": centimetres(total(problem.penalty_m)),
        "change": centimetres(total(problem.change_m)),
        "beyond": beyond[keep].astype(int).tolist(),
        "paced": None if load_is_homes else centimetres(paced),
    }


def _rank(group: Ints, value: NDArray[np.float64]) -> Ints:
    """Rank of each value in its group, which come sorted."""
    order = np.lexsort((value, group))
    start = np.searchsorted(group, group)
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - start[order]
    return rank

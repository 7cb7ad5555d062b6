"""Hypothesis strategies: small problems whose best plan can be found by trying all plans."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.model.problem import Problem, ZoneRule

__all__ = ["best_plan", "connected", "problems"]


@st.composite
def problems(
    draw: st.DrawFn, *, hard: bool = False, most_units: int = 8, all_pairs: bool = True
) -> Problem:
    """Draw a small street graph whose corners are the units.

    Walks are shortest paths, so that nearest centres are connected; with `all_pairs` false some pairs
    are missing, and some units may be out of reach.
    """
    n = draw(st.integers(3, most_units))
    m = draw(st.integers(1, min(3, n - 1)))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    parent = np.array([rng.integers(i) for i in range(1, n)])
    tree = np.stack([parent, np.arange(1, n)], 1)
    extra = np.array([e for e in itertools.combinations(range(n), 2) if rng.random() < 0.2])
    edges = np.unique(np.concatenate([tree, extra.reshape(-1, 2)]), axis=0)
    length = rng.integers(1, 12, len(edges)) * 10.0
    graph = coo_array((length, (edges[:, 0], edges[:, 1])), shape=(n, n)).tocsr()
    home = np.sort(rng.choice(n, m, replace=False))
    walk = dijkstra(graph, directed=False)[:, home]
    keep = np.ones((n, m), bool) if all_pairs else rng.random((n, m)) < 0.7
    keep[home, np.arange(m)] = True
    unit, centre = np.nonzero(keep)
    households = rng.integers(1, 9, n)
    members = rng.integers(0, 4, n)
    price = float(draw(st.sampled_from([50.0, 1000.0])))
    low, high = sorted((float(rng.integers(1, 20)), float(rng.integers(4, 40))))
    rules = [ZoneRule("households_per_zone", households, low, high, None, hard, price)]
    if draw(st.booleans()):
        rules.append(ZoneRule("members_per_zone", members, 1.0, 6.0, None, False, price))
    if draw(st.booleans()):
        rules.append(
            ZoneRule("households_per_member", households, None, 5.0, members, False, price)
        )
    return Problem(
        load=households,
        households=households,
        home=home,
        pair_start=np.searchsorted(unit, np.arange(n + 1)),
        pair_centre=centre,
        walk_m=walk[unit, centre],
        adjacency=edges,
        rules=tuple(rules),
        penalty_m=rng.integers(0, 3, len(unit)) * 10.0,
        change_m=rng.integers(0, 2, len(unit)) * 15.0,
    )


def best_plan(problem: Problem) -> tuple[float, NDArray[np.int64] | None]:
    """Try every plan: the value of the best one that serves the most units; infinite if none holds.

    Written from the statement of the model, sharing no code with the product.
    """
    n = problem.n_units
    options: list[list[int]] = []
    for u in range(n):
        own = np.flatnonzero(problem.home == u)
        pairs = problem.pair_centre[problem.pair_start[u] : problem.pair_start[u + 1]]
        options.append([int(own[0])] if len(own) else [-1, *map(int, pairs)])
    best, chosen = np.inf, None
    for plan in itertools.product(*options):
        if not connected(problem, plan):
            continue
        value = _value(problem, plan)
        if value < best:
            best, chosen = value, np.array(plan)
    return best, chosen


def _walk(problem: Problem, u: int, c: int) -> float:
    first, last = problem.pair_start[u], problem.pair_start[u + 1]
    at = first + int(np.searchsorted(problem.pair_centre[first:last], c))
    return float(problem.walk_m[at]) if at < last and problem.pair_centre[at] == c else np.inf


def connected(problem: Problem, plan: tuple[int, ...]) -> bool:
    """Tell whether each unit has a neighbour in its zone that is nearer to its centre."""

    def key(u: int, c: int) -> tuple[bool, float, int]:
        return u != problem.home[c], _walk(problem, u, c), u

    for u, c in enumerate(plan):
        if c < 0 or problem.home[c] == u:
            continue
        touching = [b if a == u else a for a, b in problem.adjacency if u in (a, b)]
        if not any(plan[v] == c and key(v, c) < key(u, c) for v in touching):
            return False
    return True


def _value(problem: Problem, plan: tuple[int, ...]) -> float:
    total = 0.0
    for u, c in enumerate(plan):
        if c < 0:
            total += problem.unserved_m * max(problem.load[u], 1.0)
            continue
        pair = problem.pair_start[u] + int(
            np.searchsorted(
                problem.pair_centre[problem.pair_start[u] : problem.pair_start[u + 1]], c
            )
        )
        total += problem.load[u] * problem.walk_m[pair]
        total += problem.penalty_m[pair] + problem.change_m[pair]
    for rule in problem.rules:
        for c in range(problem.n_centres):
            mine = [u for u in range(problem.n_units) if plan[u] == c]
            amount = rule.amount[mine].sum()
            per = 1.0 if rule.per is None else rule.per[mine].sum()
            less, more = (0.0, 0.0) if rule.own is None else rule.own[:, problem.home[c]]
            over = 0.0 if rule.high is None else max(amount - rule.high * per - more, 0.0)
            under = 0.0 if rule.low is None else max(rule.low * per + less - amount, 0.0)
            if over + under > 0:
                total += np.inf if rule.hard else rule.price_m * (over + under)
    return total + _parted(problem, plan)


def _parted(problem: Problem, plan: tuple[int, ...]) -> float:
    if problem.ties is None:
        return 0.0
    total = 0.0
    ties = problem.ties
    for a, b, price, apart, hard in zip(*ties.arrays[:4], ties.hard, strict=True):
        if hard and (plan[a] == plan[b] >= 0) == apart:
            return np.inf
        if a != b and (plan[a] == plan[b] >= 0) == apart:
            total += price
    return total

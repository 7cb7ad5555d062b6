"""The whole model of a small problem as one mixed-integer programme."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import coo_array

from planner.model.arrays import Bools, Floats, Ints
from planner.solve.highs import new_highs, programme, search
from planner.solve.sites.instance import Answer, Sites
from planner.solve.stop import Clock

__all__ = ["MOST_PAIRS", "MOST_PAIRS_LATE", "solve_whole"]

MOST_PAIRS, MOST_PAIRS_LATE = 4_000, 12_000
"""Pairs above which the programme proves less than the knapsacks do; given minutes, it masters more."""


def solve_whole(
    best: Answer, clock: Clock, *, seed: int, able: Bools | None = None
) -> tuple[Answer | None, float]:
    """Solve a small problem by branch and cut.

    Columns are who may serve whom, who is chosen, and what is over a capacity or short of a floor where
    that has a price.

    Parameters
    ----------
    able : ndarray of bool, shape (n_units, n_candidates), optional
        Pairs that may be in an answer better than the best one known; all in reach by default.

    Returns
    -------
    tuple of (Answer or None, float)
        What was found, None if nothing, and a bound of the value of every answer that keeps to the pairs.
    """
    sites = best.sites
    able = np.isfinite(sites.cost) if able is None else able & np.isfinite(sites.cost)
    # The best answer known must lie within the programme, or it could not be the start.
    able[np.arange(sites.n_units), best.serves] = np.isfinite(
        sites.cost[np.arange(sites.n_units), best.serves]
    )
    unit, cand = np.nonzero(able)
    highs = new_highs(seed=seed, time_limit=max(clock.left, 0.1), mip_rel_gap=1e-7)
    start = _point(best, unit, cand) if np.isfinite(best.value_m) else None
    found = search(highs, _programme(sites, unit, cand), start)
    if np.isposinf(found.bound):
        return None, -np.inf
    # Rounding inside the solver must not claim more than is proven.
    slack = 1e-6 * max(abs(found.bound), 1.0) if np.isfinite(found.bound) else 0.0
    if found.values is None:
        return None, found.bound - slack
    taken = found.values[: len(unit)] > 0.5
    serves = np.full(sites.n_units, -1)
    serves[unit[taken]] = cand[taken]
    return None if (serves < 0).any() else Answer(sites, serves), found.bound - slack


def _point(answer: Answer, unit: Ints, cand: Ints) -> Floats:
    """Give the columns of an answer."""
    sites, m = answer.sites, answer.sites.n_candidates
    serves = (answer.serves[unit] == cand).astype(float)
    chosen = np.isin(np.arange(m), answer.chosen).astype(float)
    load = np.bincount(answer.serves, sites.demand, minlength=m)
    over = np.maximum(load - sites.capacity, 0.0) * chosen
    short = np.maximum(sites.floor * chosen - load, 0.0)
    return np.concatenate([serves, chosen, over, short])


def _programme(sites: Sites, unit: Ints, cand: Ints) -> highspy.HighsLp:
    n, m, k = sites.n_units, sites.n_candidates, len(unit)
    pair, each, pick = np.arange(k), np.arange(m), k + np.arange(m)
    over, short = pick + m, pick + 2 * m
    demand, one = sites.demand[unit], np.ones(k)
    # In turn: each unit once, served only by the chosen, loads, floors, and how many.
    first = np.cumsum([0, n, k, m, m])
    rows = [
        (first[0] + unit, pair, one),
        (first[1] + pair, pair, one),
        (first[1] + pair, pick[cand], -one),
        (first[2] + cand, pair, demand),
        (first[2] + each, pick, -sites.capacity),
        (first[2] + each, over, -np.ones(m)),
        (first[3] + cand, pair, demand),
        (first[3] + each, pick, -sites.floor),
        (first[3] + each, short, np.ones(m)),
        (np.full(m, first[4]), pick, np.ones(m)),
    ]
    row, column, value = (np.concatenate(part) for part in zip(*rows, strict=True))
    count, width = int(first[4]) + 1, k + 3 * m
    matrix = coo_array((value, (row, column)), shape=(count, width)).tocsr()
    price = sites.price if np.isfinite(sites.price) else 0.0
    free = np.inf if np.isfinite(sites.price) else 0.0
    cost = np.concatenate([sites.cost[unit, cand], sites.fee, np.full(2 * m, price)])
    # A candidate that may not even serve its own home is out.
    may = np.zeros(m)
    may[cand[unit == sites.home[cand]]] = 1.0
    may[sites.barred] = 0.0
    lower = np.concatenate([np.zeros(k), sites.forced.astype(float), np.zeros(2 * m)])
    upper = np.concatenate([one, may, np.full(2 * m, free)])
    low, high = np.full(count, -np.inf), np.zeros(count)
    low[:n] = high[:n] = 1.0
    # A chosen candidate serves the unit that it lives in.
    low[first[1] : first[2]][unit == sites.home[cand]] = 0.0
    low[first[3] : first[4]], high[first[3] : first[4]] = 0.0, np.inf
    low[first[4]] = high[first[4]] = sites.count
    return programme(cost, (lower, upper), (low, high), matrix, whole=k + m)

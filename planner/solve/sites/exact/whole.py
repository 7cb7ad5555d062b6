"""The whole model of a small problem as one mixed-integer programme."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import coo_array

from planner.solve.highs import new_highs, programme, search
from planner.solve.sites.instance import Answer, Sites
from planner.solve.stop import Clock

__all__ = ["MOST_PAIRS", "solve_whole"]

MOST_PAIRS = 4_000
"""Units times candidates above which the programme proves less than the knapsacks do."""


def solve_whole(best: Answer, clock: Clock, *, seed: int) -> tuple[Answer | None, float]:
    """Solve a small problem by branch and cut.

    Columns are who serves whom, who is chosen, and what is over a capacity or short of a floor where
    that has a price.

    Returns
    -------
    tuple of (Answer or None, float)
        What was found, None if nothing, and a bound of the value of every answer.
    """
    sites = best.sites
    highs = new_highs(seed=seed, time_limit=max(clock.left, 0.1), mip_rel_gap=1e-7)
    start = _point(best) if np.isfinite(best.value_m) else None
    found = search(highs, _programme(sites), start)
    if np.isposinf(found.bound):
        return None, -np.inf
    # Rounding inside the solver must not claim more than is proven.
    slack = 1e-6 * max(abs(found.bound), 1.0) if np.isfinite(found.bound) else 0.0
    if found.values is None:
        return None, found.bound - slack
    n, m = sites.cost.shape
    serves = found.values[: n * m].reshape(n, m).argmax(axis=1)
    return Answer(sites, serves), found.bound - slack


def _point(answer: Answer) -> np.ndarray:
    """Give the columns of an answer."""
    sites, (n, m) = answer.sites, answer.sites.cost.shape
    serves = np.zeros((n, m))
    serves[np.arange(n), answer.serves] = 1.0
    chosen = np.isin(np.arange(m), answer.chosen).astype(float)
    load = sites.demand @ serves
    over = np.maximum(load - sites.capacity, 0.0)
    short = np.maximum(sites.floor * chosen - load, 0.0)
    return np.concatenate([serves.ravel(), chosen, over, short])


def _programme(sites: Sites) -> highspy.HighsLp:
    n, m = sites.cost.shape
    able = np.isfinite(sites.cost)
    pair, unit, cand = np.arange(n * m), np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    each, pick = np.arange(m), n * m + np.arange(m)
    over, short = pick + m, pick + 2 * m
    demand, one = sites.demand[unit], np.ones(n * m)
    # In turn: each unit once, served only by the chosen, loads, floors, and how many.
    first = np.cumsum([0, n, n * m, m, m])
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
    count, width = int(first[4]) + 1, n * m + 3 * m
    matrix = coo_array((value, (row, column)), shape=(count, width)).tocsr()
    price = sites.price if np.isfinite(sites.price) else 0.0
    free = np.inf if np.isfinite(sites.price) else 0.0
    cost, may = np.where(able, sites.cost, 0.0).ravel(), 1.0 - sites.barred
    cost = np.concatenate([cost, sites.fee, np.full(2 * m, price)])
    lower = np.concatenate([np.zeros(n * m), sites.forced.astype(float), np.zeros(2 * m)])
    upper = np.concatenate([1.0 * able.ravel(), may, np.full(2 * m, free)])
    low, high = np.full(count, -np.inf), np.zeros(count)
    low[:n] = high[:n] = 1.0
    # A chosen candidate serves the unit that it lives in.
    low[first[1] + sites.home * m + each] = 0.0
    low[first[3] : first[4]], high[first[3] : first[4]] = 0.0, np.inf
    low[first[4]] = high[first[4]] = sites.count
    return programme(cost, (lower, upper), (low, high), matrix, whole=n * m + m)

"""The best assignment to given centres: a mixed-integer programme over the pairs that may matter.

The generalised assignment problem.  With good prices of the capacities, all units but a few go to the
centre that is cheapest with its price added; a pair enters the programme by how much more than the
cheapest one of its unit it costs (reduced cost; E. Balas, E. Zemel: An algorithm for large zero-one
knapsack problems, 1980, call what is left the core).
"""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csc_array

from planner.model.arrays import Bools, Floats, Ints
from planner.solve.highs import new_highs, programme, search
from planner.solve.sites.instance import Answer, Sites
from planner.solve.stop import Clock

__all__ = ["reassign"]

GAP = 1e-5
LONGEST_S, MOST_NODES = 5.0, 500


def reassign(known: Answer, price: Floats, *, clock: Clock, seed: int) -> Answer | None:
    """Give each unit to one of the centres of an answer, as cheaply as the pairs looked at allow.

    Parameters
    ----------
    known : Answer
        The centres, and where to begin.
    price : ndarray of float, shape (count,)
        Metres charged for each unit of demand at each centre: it tells which pairs may matter.
    clock : Clock
        Time for it, of which a few seconds are used at most.

    Returns
    -------
    Answer or None
        None if nothing was found.
    """
    sites, chosen = known.sites, known.chosen
    pairs = _pairs(sites, chosen, price)
    # The answer itself must lie within the model, or it could not be the start.
    pairs[np.arange(sites.n_units), np.searchsorted(chosen, known.serves)] = True
    unit, part = np.nonzero(pairs)
    seconds = max(min(clock.left, LONGEST_S), 0.1)
    highs = new_highs(seed=seed, time_limit=seconds, mip_rel_gap=GAP, mip_max_nodes=MOST_NODES)
    start = _point(known, chosen, unit, part) if np.isfinite(known.value_m) else None
    found = search(highs, _programme(sites, chosen, unit, part), start).values
    if found is None:
        return None
    taken = found[: len(unit)] > 0.5
    serves = np.full(sites.n_units, -1)
    serves[unit[taken]] = chosen[part[taken]]
    return None if (serves < 0).any() else Answer(sites, serves)


def _pairs(sites: Sites, chosen: Ints, price: Floats) -> Bools:
    """Mark the cheapest centre of each unit with prices, and the next cheapest as many again."""
    n, p = sites.n_units, len(chosen)
    worth = sites.cost[:, chosen] + sites.demand[:, None] * price
    worth = worth - worth.min(axis=1, keepdims=True)
    most = min(2 * n, n * p) - 1
    level = np.partition(worth, most, axis=None)[most]
    pairs = (worth <= level) & np.isfinite(sites.cost[:, chosen])
    # A chosen candidate serves its own home, whatever another would cost.
    pairs[sites.home[chosen]] = False
    pairs[sites.home[chosen], np.arange(p)] = True
    return pairs


def _point(known: Answer, chosen: Ints, unit: Ints, part: Ints) -> Floats:
    one = known.sites
    serves = (known.serves[unit] == chosen[part]).astype(float)
    over = np.maximum(known.load - one.capacity[chosen], 0.0)
    short = np.maximum(one.floor[chosen] - known.load, 0.0)
    return np.concatenate([serves, over, short])


def _programme(sites: Sites, chosen: Ints, unit: Ints, part: Ints) -> highspy.HighsLp:
    """Columns: pairs, what is over each capacity, short of each floor.  Rows: units, both limits."""
    n, p, k = sites.n_units, len(chosen), len(unit)
    one, load = np.ones(k), sites.demand[unit]
    each = np.arange(p)
    row = np.concatenate([unit, n + part, n + p + part, n + each, n + p + each])
    pair = np.arange(k)
    column = np.concatenate([pair, pair, pair, k + each, k + p + each])
    value = np.concatenate([one, load, load, -np.ones(p), np.ones(p)])
    matrix = csc_array((value, (row, column)), shape=(n + 2 * p, k + 2 * p))
    elastic = np.isfinite(sites.price)
    price = np.full(2 * p, sites.price if elastic else 0.0)
    cost = np.concatenate([sites.cost[unit, chosen[part]], price])
    upper = np.concatenate([one, np.full(2 * p, np.inf if elastic else 0.0)])
    low = np.concatenate([np.ones(n), np.full(p, -np.inf), sites.floor[chosen]])
    high = np.concatenate([np.ones(n), sites.capacity[chosen], np.full(p, np.inf)])
    return programme(cost, (np.zeros(k + 2 * p), upper), (low, high), matrix, whole=k)

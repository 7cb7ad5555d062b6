"""A first answer: centres that spread as the demand does, and parts of about equal fullness."""

from __future__ import annotations

import numpy as np

from planner.model.arrays import Floats, Ints
from planner.solve.compiled import compiled
from planner.solve.sites.instance import Answer, Sites

__all__ = ["first_answer", "fitted", "spread"]

ROUNDS = 60


def first_answer(sites: Sites, seed: int) -> Answer:
    """Seed centres far from one another, then let prices even out their loads.

    Centres are drawn with a chance that grows with the cost of serving their home so far
    (D. Arthur, S. Vassilvitskii: k-means++, 2007), each the best of several draws.  Then units go to
    the centre that is cheapest with the price of its capacity added, prices follow the loads, and
    each centre moves to the best candidate of its part, in turn.

    Returns
    -------
    Answer
        It may break capacities and floors; all else holds.
    """
    random = np.random.default_rng(seed)
    chosen = spread(sites, random)
    price = np.zeros(sites.count)
    near = sites.cost[:, chosen].min(axis=1)
    per_unit = float(near[np.isfinite(near)].sum()) / max(sites.demand.sum(), 1e-9)
    fill = sites.demand.sum() / max(sites.capacity[chosen].sum(), 1e-9)
    best, best_key = chosen, (np.inf, np.inf)
    for round_ in range(ROUNDS):
        serves = _assign(sites, chosen, price)
        load = np.bincount(serves, sites.demand, minlength=sites.count)
        # Equal fullness rather than full: what is left to fill last has nowhere to go.
        room = sites.capacity[chosen] * max(fill, 0.9)
        key = (np.maximum(load - sites.capacity[chosen], 0).sum(), _cost(sites, chosen, serves))
        if key < best_key:
            best, best_key = chosen, key
        step = per_unit * 0.5 * (1.0 - 0.5 * round_ / ROUNDS)
        price = np.maximum(price + step * np.clip(load / np.maximum(room, 1e-9) - 1.0, -1, 1), 0.0)
        chosen = _recentre(sites, chosen, serves)
    return fitted(sites, best)


def fitted(sites: Sites, chosen: Ints, price: Floats | None = None) -> Answer:
    """Serve all units from given centres, those with most to lose first.

    Parameters
    ----------
    chosen : ndarray of int, shape (count,)
        The centres.
    price : ndarray of float, shape (count,), optional
        Metres charged for each unit of demand at each centre while choosing among them.

    Returns
    -------
    Answer
        It may break capacities and floors; all else holds.
    """
    rows = np.ascontiguousarray(sites.cost[:, chosen])
    if price is not None:
        rows = rows + sites.demand[:, None] * price
    order = _by_regret(rows)
    part = _fit(order, rows, sites.demand, sites.capacity[chosen], sites.home[chosen])
    return Answer(sites, chosen[part])


def _cost(sites: Sites, chosen: Ints, part: Ints) -> float:
    return float(sites.cost[np.arange(sites.n_units), chosen[part]].sum())


def spread(sites: Sites, random: np.random.Generator) -> Ints:
    """Draw centres far from one another: forced ones first.

    Returns
    -------
    ndarray of int, shape (count,)
        Candidates, increasing.
    """
    free = sites.open
    chosen = np.flatnonzero(sites.forced).tolist()
    taken = np.zeros(sites.n_units, bool)
    taken[sites.home[chosen]] = True
    far = np.full(sites.n_units, np.inf)
    for j in chosen:
        far = np.minimum(far, sites.cost[:, j])
    while len(chosen) < sites.count:
        allowed = free[~taken[sites.home[free]]]
        weight = far[sites.home[allowed]]
        if not np.isfinite(weight).all() or weight.sum() <= 0:
            weight = np.ones(len(allowed))
        drawn = random.choice(len(allowed), size=min(6, len(allowed)), p=weight / weight.sum())
        offers = allowed[np.unique(drawn)]
        left = np.minimum(far[:, None], sites.cost[:, offers]).sum(axis=0) + sites.fee[offers]
        best = int(offers[left.argmin()])
        chosen.append(best)
        taken[sites.home[best]] = True
        far = np.minimum(far, sites.cost[:, best])
    return np.sort(np.array(chosen, np.int64))


def _assign(sites: Sites, chosen: Ints, price: Floats) -> Ints:
    """Part of each unit: the cheapest with prices; homes stay with their own centre."""
    part = (sites.cost[:, chosen] + sites.demand[:, None] * price[None, :]).argmin(axis=1)
    part[sites.home[chosen]] = np.arange(len(chosen))
    return part


def _recentre(sites: Sites, chosen: Ints, part: Ints) -> Ints:
    """Best candidate of each part."""
    free = sites.open
    at = part[sites.home[free]]
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(len(chosen) + 1))
    moved = chosen.copy()
    by_part = np.argsort(at, kind="stable")
    edges = np.searchsorted(at[by_part], np.arange(len(chosen) + 1))
    for k in range(len(chosen)):
        if sites.forced[chosen[k]]:
            continue
        units, own = order[bounds[k] : bounds[k + 1]], free[by_part[edges[k] : edges[k + 1]]]
        total = sites.cost[np.ix_(units, own)].sum(axis=0) + sites.fee[own]
        moved[k] = own[total.argmin()]
    return moved


def _by_regret(rows: Floats) -> Ints:
    """Units in the order in which they are placed: most to lose first."""
    n, p = rows.shape
    if p == 1:
        return np.arange(n)
    two = np.partition(rows, 1, axis=1)[:, :2]
    # Who can be reached by nobody has nothing to lose.
    regret = two[:, 1] - np.where(np.isfinite(two[:, 0]), two[:, 0], 0.0)
    regret[np.isinf(two[:, 0])] = 0.0
    return np.lexsort((np.arange(n), -regret))


@compiled
def _fit(order, rows, demand, capacity, home):
    """Place units one by one where there is room, else where the excess grows least."""
    n, p = rows.shape
    part = np.full(n, -1, np.int64)
    load = np.zeros(p)
    for k in range(p):
        part[home[k]] = k
        load[k] += demand[home[k]]
    for i in order:
        if part[i] >= 0:
            continue
        best, at = np.inf, -1
        for k in range(p):
            if load[k] + demand[i] <= capacity[k] and rows[i, k] < best:
                best, at = rows[i, k], k
        if at < 0:
            for k in range(p):
                if load[k] - capacity[k] < best or at < 0:
                    best, at = load[k] - capacity[k], k
        part[i] = at
        load[at] += demand[i]
    return part

"""A quick bound: prices on the zone rules, and each unit goes where it is then cheapest.

Lagrangian relaxation of the zone rules (M. L. Fisher: The Lagrangian relaxation method for solving
integer programming problems, Management Science 27, 1981), climbed by a deflected subgradient with
Polyak's step.  Elastic rules cap their multiplier at their price.  It proves what the linear
relaxation without the connection rule proves, which is good for small units and weak for large ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.model.arrays import Floats, Ints, Ints32
from planner.solve.compiled import compiled
from planner.solve.zones.instance import Instance

__all__ = ["RuleDual", "climb"]

MANY = 500_000
REACH = 3.0  # times the mean least cost that a pair may cost more than its unit's cheapest


@dataclass(frozen=True, eq=False)
class RuleDual:
    """Prices on the zone rules, and what they prove.

    Parameters
    ----------
    bound_m : float
        Proven lower bound.
    multiplier : ndarray of float, shape (n_centres, n_rows)
        Price of each side of each rule in each zone.
    prize : ndarray of float, shape (n_units,)
        Cheapest priced pair of each unit.
    """

    bound_m: float
    multiplier: Floats
    prize: Floats


class _Ways(NamedTuple):
    """Where each unit may go: its pairs, or nowhere; and what it adds to each side of each rule."""

    start: Ints
    centre: Ints32
    cost: Floats
    skip: Floats
    weight: Floats


def climb(instance: Instance, value_m: float, *, steps: int) -> RuleDual:
    """Raise the bound by subgradient steps, which aim a little below the value of a known plan."""
    one, limit = instance, instance.rows.limit
    every = _Ways(
        one.start, one.centre, one.cost, one.skip_cost, np.ascontiguousarray(one.rows.weight.T)
    )
    price = _climb(steps, value_m, one.n_centres, one.rows.price, limit, _thinned(one, every))
    prize, sums = np.empty(one.n_units), np.empty(price.shape)
    total = _evaluate(price, every, prize, sums)
    return RuleDual(float(total - (price * limit).sum()), price, prize)


def _thinned(one: Instance, ways: _Ways) -> _Ways:
    """Leave out pairs of a very large part that hardly any prices would make the cheapest.

    What is proven in the end is worked out with all of them.
    """
    if one.n_pairs <= MANY:
        return ways
    least = np.minimum.reduceat(one.cost, one.start[:-1])
    keep = np.flatnonzero(one.cost <= (least + REACH * least.mean())[one.unit])
    start = np.searchsorted(one.unit[keep], np.arange(one.n_units + 1)).astype(np.int64)
    return ways._replace(start=start, centre=one.centre[keep], cost=one.cost[keep])


@compiled
def _evaluate(price, ways, prize, sums):
    """Give each unit its cheapest priced pair, and add up what the zones then hold."""
    sums[:] = 0.0
    weight = ways.weight
    rows = weight.shape[1]
    total = 0.0
    for u in range(len(ways.start) - 1):
        least, where = ways.skip[u], -1
        for p in range(ways.start[u], ways.start[u + 1]):
            value = ways.cost[p]
            c = ways.centre[p]
            for k in range(rows):
                value += price[c, k] * weight[u, k]
            if value < least:
                least, where = value, c
        prize[u] = least
        total += least
        if where >= 0:
            for k in range(rows):
                sums[where, k] += weight[u, k]
    return total


@compiled
def _climb(steps, target, m, most, limit, ways):
    rows = len(limit)
    price = np.zeros((m, rows))
    best, chosen = -np.inf, price.copy()
    sums, prize = np.empty((m, rows)), np.empty(len(ways.start) - 1)
    along = np.zeros((m, rows))
    # Households and members are of different size: each row steps at its own scale.
    scale = np.ones(rows)
    for k in range(rows):
        scale[k] = 1.0 / max(np.abs(ways.weight[:, k]).mean(), 1e-9)
    reach, stale = 1.0, 0
    for _ in range(steps):
        value = _evaluate(price, ways, prize, sums)
        for c in range(m):
            for k in range(rows):
                value -= price[c, k] * limit[k]
        if value > best + 1e-7 * abs(value):
            best, stale = value, 0
            chosen[:] = price
        else:
            stale += 1
            # Deflected steps may fall on their way up; not before fifteen does it count as stuck.
            if stale >= 15:
                reach, stale = max(reach * 0.6, 1e-3), 0
                price[:] = chosen
                along[:] = 0.0
                continue
        norm = 0.0
        for c in range(m):
            for k in range(rows):
                slope = (sums[c, k] - limit[k]) * scale[k]
                along[c, k] = slope + 0.6 * along[c, k]
                if (price[c, k] <= 0 and along[c, k] < 0) or (
                    price[c, k] >= most[k] and along[c, k] > 0
                ):
                    continue
                norm += along[c, k] ** 2
        if norm <= 0:
            break
        # A little above the known plan: Polyak's step comes to a stop where the aim is reached.
        step = reach * max(1.02 * target - value, 1e-6 * abs(target)) / norm
        for c in range(m):
            for k in range(rows):
                price[c, k] = min(max(price[c, k] + step * along[c, k] * scale[k], 0.0), most[k])
    return chosen

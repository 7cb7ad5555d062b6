"""A quick bound: prices on the zone rules, and each unit goes where it is then cheapest.

Lagrangian relaxation of the zone rules (M. L. Fisher: The Lagrangian relaxation method for solving
integer programming problems, Management Science 27, 1981), climbed by a deflected subgradient with
Polyak's step.  Elastic rules cap their multiplier at their price.  It proves what the linear
relaxation without the connection rule proves, which is good for small units and weak for large ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.solve.compiled import compiled
from planner.solve.zones.instance import Instance

__all__ = ["RuleDual", "climb"]

FloatArray = NDArray[np.float64]
MANY = 500_000
REACH = 3.0
"""Times the mean least cost that a pair may cost more than its unit's cheapest."""


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
    multiplier: FloatArray
    prize: FloatArray


def climb(
    instance: Instance, value_m: float, *, steps: int, start: FloatArray | None = None
) -> RuleDual:
    """Raise the bound by subgradient steps.

    Parameters
    ----------
    instance : Instance
        The part.
    value_m : float
        Value of a known plan: the step aims a little below it.
    steps : int
        How many.
    start : ndarray of float, shape (n_centres, n_rows), optional
        Multipliers to begin with; zeros when None.

    Returns
    -------
    RuleDual
    """
    one = instance
    shape = (one.n_centres, len(one.rows.limit))
    price = np.zeros(shape) if start is None else start.copy()
    weight = np.ascontiguousarray(one.rows.weight.T)
    _, chosen = _climb(
        steps, value_m, price, one.rows.price, one.rows.limit, weight,
        *_near(one), one.skip_cost,
    )  # fmt: skip
    prize, sums = np.empty(one.n_units), np.empty(shape)
    total = _evaluate(chosen, weight, one.start, one.centre, one.cost, one.skip_cost, prize, sums)
    return RuleDual(float(total - (chosen * one.rows.limit).sum()), chosen, prize)


def _near(
    one: Instance,
) -> tuple[NDArray[np.int64], NDArray[np.int32], FloatArray]:
    """Leave out pairs of a very large part that hardly any prices would make the cheapest.

    What is proven in the end is worked out with all of them.
    """
    if one.n_pairs <= MANY:
        return one.start, one.centre, one.cost
    least = np.minimum.reduceat(one.cost, one.start[:-1])
    keep = np.flatnonzero(one.cost <= (least + REACH * least.mean())[one.unit])
    start = np.searchsorted(one.unit[keep], np.arange(one.n_units + 1)).astype(np.int64)
    return start, one.centre[keep], one.cost[keep]


@compiled
def _evaluate(price, weight, start, centre, cost, skip, prize, sums):
    """Give each unit its cheapest priced pair, and add up what the zones then hold."""
    sums[:] = 0.0
    rows = weight.shape[1]
    total = 0.0
    for u in range(len(start) - 1):
        least, where = skip[u], -1
        for p in range(start[u], start[u + 1]):
            value = cost[p]
            c = centre[p]
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
def _climb(steps, target, price, most, limit, weight, start, centre, cost, skip):
    m, rows = price.shape
    best, chosen = -np.inf, price.copy()
    sums, prize = np.empty((m, rows)), np.empty(len(start) - 1)
    along = np.zeros((m, rows))
    scale = np.ones(rows)
    for k in range(rows):
        scale[k] = 1.0 / max(np.abs(weight[:, k]).mean(), 1e-9)
    reach, stale = 1.0, 0
    for _ in range(steps):
        value = _evaluate(price, weight, start, centre, cost, skip, prize, sums)
        for c in range(m):
            for k in range(rows):
                value -= price[c, k] * limit[k]
        if value > best + 1e-7 * abs(value):
            best, stale = value, 0
            chosen[:] = price
        else:
            stale += 1
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
        step = reach * max(1.02 * target - value, 1e-6 * abs(target)) / norm
        for c in range(m):
            for k in range(rows):
                price[c, k] = min(max(price[c, k] + step * along[c, k] * scale[k], 0.0), most[k])
    return best, chosen

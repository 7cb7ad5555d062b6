"""A proven lower bound: a prize for each unit, and for each candidate the part that pays best.

Lagrangian relaxation of "each unit once" (M. L. Fisher: The Lagrangian relaxation method for solving
integer programming problems, 1981; for this problem R. D. Galvao, C. S. ReVelle and others).  What is
left is one knapsack for each candidate, of which the best `count` are taken.  All knapsacks are
solved with units cut in parts, which bounds them from below; those that are among the best are then
solved with whole units, as long as capacities are whole numbers.  Any prizes give a valid bound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from planner.model.arrays import Floats, Ints
from planner.solve.compiled import compiled
from planner.solve.sites.instance import Answer, Sites
from planner.solve.stop import Clock

__all__ = ["Climber", "Prizes"]

# Largest capacity for which whole units are counted: the table of a knapsack grows with it.
MOST_ROOM = 20_000
FAR = 1e300
NOTHING = np.empty(0)


@dataclass(frozen=True, eq=False)
class Prizes:
    """What was proven.

    Parameters
    ----------
    bound_m : float
        No answer has a smaller value.
    prize : ndarray of float, shape (n_units,)
        The prizes that prove it.
    profit : ndarray of float, shape (n_candidates,)
        Cost of the best part of each candidate, less its prizes; infinite for barred ones.
    steps : int
        Subgradient steps done.
    """

    bound_m: float
    prize: Floats
    profit: Floats
    steps: int


class Climber:
    """A bound that can be raised bit by bit, by deflected subgradient steps.

    Steps aim at the value of the best answer (B. T. Polyak: Minimization of unsmooth functionals, 1969).

    Parameters
    ----------
    sites : Sites
        The problem.
    answer : Answer
        Any answer: its centres give the first prizes.
    """

    def __init__(self, sites: Sites, answer: Answer) -> None:
        self.sites = sites
        self.best = Prizes(-np.inf, np.zeros(sites.n_units), np.zeros(sites.n_candidates), 0)
        self._model = _Relaxation(sites)
        self.dearest = self._model.dearest
        second = min(1, len(answer.chosen) - 1)
        prize = np.partition(sites.cost[:, answer.chosen], second, axis=1)[:, second]
        self._prize = np.where(np.isfinite(prize), prize, self._model.dearest)
        self._along = np.zeros(sites.n_units)
        self._reach, self._stale = 1.0, 0

    @property
    def offset(self) -> Floats:
        """What a chosen candidate is worth, shape (n_candidates,): cost of its part less prizes."""
        one, profit = self.sites, self.best.profit
        free = np.sort(profit[one.open[~one.forced[one.open]]])
        need = one.count - int(one.forced.sum())
        edge = free[max(need - 1, 0) : need + 1]
        level = float(edge[np.isfinite(edge)].mean()) if np.isfinite(edge).any() else 0.0
        return np.where(one.forced, profit, level)

    def climb(self, aim_m: float, steps: int, clock: Clock) -> Prizes:
        """Do some steps more.

        Parameters
        ----------
        aim_m : float
            Value of the best answer known; it sets the length of the steps only.
        steps : int
            Most steps.
        clock : Clock
            Time for them; at least one is done.
        """
        for _ in range(steps):
            bound, slope, profit = self._model.evaluate(self._prize)
            raised = bound > self.best.bound_m + 1e-6 * abs(bound)
            if bound > self.best.bound_m:
                self.best = Prizes(bound, self._prize.copy(), profit, self.best.steps)
            self.best = replace(self.best, steps=self.best.steps + 1)
            self._stale = 0 if raised else self._stale + 1
            self._step(aim_m, bound, slope)
            if clock.left <= 0 or aim_m - self.best.bound_m <= 1e-9 * abs(aim_m):
                break
        return self.best

    def _step(self, aim: float, bound: float, slope: Floats) -> None:
        # Deflected: a plain subgradient zigzags across the ridge that it should follow.
        self._along = slope + 0.6 * self._along
        if self._stale >= 15:
            self._stale = 0
            self._reach = self._reach * 0.6 if self._reach > 1e-3 else 0.3
            self._prize, self._along = self.best.prize.copy(), np.zeros(len(slope))
            return
        norm = float((self._along**2).sum())
        # Where no answer reaches everyone there is nothing to aim at but more than so far.
        aim = aim if np.isfinite(aim) else bound + 0.1 * abs(bound) + self.dearest
        if norm > 1e-12:
            far = max(aim - bound, 1e-6 * abs(aim))
            self._prize = self._prize + self._along * (self._reach * far / norm)


class _Knapsacks(NamedTuple):
    """What stays the same while prizes change; `column` has a row a candidate."""

    column: Floats
    demand: Floats
    capacity: Floats
    floor: Floats
    fee: Floats
    home: Ints
    price: float


class _Items(NamedTuple):
    """Units that may be packed, what each is worth, and what a unit of its demand is worth."""

    unit: Ints
    worth: Floats
    ratio: Floats


class _Relaxation:
    """The knapsacks of all candidates."""

    def __init__(self, sites: Sites) -> None:
        self.sites = sites
        column = np.ascontiguousarray(sites.cost.T)
        finite = column[np.isfinite(column)]
        self.dearest = float(finite.max()) if finite.size else 1.0
        # Dearer than any prize: what is out of reach is never taken.
        column = np.where(np.isfinite(column), column, FAR)
        self._knapsacks = _Knapsacks(
            column, sites.demand, sites.capacity, sites.floor, sites.fee, sites.home, sites.price
        )
        whole = np.array_equal(sites.demand, np.round(sites.demand)) and np.isinf(sites.price)
        self._whole = bool(whole and sites.capacity.max() <= MOST_ROOM)

    def evaluate(self, prize: Floats) -> tuple[float, Floats, Floats]:
        """Bound, subgradient and profits at some prizes."""
        one = self.sites
        profit = np.full(one.n_candidates, np.inf)
        _cut_parts(self._knapsacks, prize, one.open, profit, NOTHING)
        exact = np.zeros(one.n_candidates, bool)
        take = np.zeros(one.n_units)
        # Whole knapsacks only of those among the best, until all of the best are whole.
        while True:
            chosen = self._best(profit)
            todo = chosen[~exact[chosen]]
            if not self._whole or not len(todo):
                break
            _whole_parts(self._knapsacks, prize, todo, profit, NOTHING)
            exact[todo] = True
        parts = _whole_parts if self._whole else _cut_parts
        parts(self._knapsacks, prize, chosen, profit, take)
        return float(prize.sum() + profit[chosen].sum()), 1.0 - take, profit

    def _best(self, profit: Floats) -> Ints:
        one = self.sites
        forced = np.flatnonzero(one.forced)
        free = one.open[~one.forced[one.open]]
        need = one.count - len(forced)
        order = np.lexsort((free, profit[free]))[:need]
        return np.concatenate([forced, free[order]])


@compiled
def _gather(k, prize, j, limit, items):
    """List the units whose cost less prize is below a limit, but for the home."""
    count = 0
    for i in range(len(prize)):
        gain = k.column[j, i] - prize[i]
        if gain < limit and i != k.home[j]:
            items.unit[count] = i
            items.worth[count] = gain
            count += 1
    return count


@compiled
def _wanted(k, prize, j, items):
    """List the units that pay, and as many more as it takes to reach the floor."""
    own = k.demand[k.home[j]]
    count = _gather(k, prize, j, 0.0, items)
    load = own + k.demand[items.unit[:count]].sum()
    limit = max(1e-6, prize.max())
    while load < k.floor[j] and count < len(prize) - 1 and limit < FAR:
        limit = limit * 4.0
        count = _gather(k, prize, j, limit, items)
        load = own + k.demand[items.unit[:count]].sum()
    return count


@compiled
def _fill(k, prize, j, items, take):
    """Best part of candidate j with units cut as it pleases; count in `take`, if it is not empty."""
    h, mark, price = k.home[j], len(take) > 0, k.price
    value, load = k.column[j, h] - prize[h], k.demand[h]
    if mark:
        take[h] += 1.0
    lowest, most = k.floor[j], k.capacity[j]
    count = _wanted(k, prize, j, items)
    worth, ratio = items.worth, items.ratio
    for t in range(count):
        d = k.demand[items.unit[t]]
        ratio[t] = worth[t] / d if d > 0 else (-np.inf if worth[t] < 0 else np.inf)
    for t in np.argsort(ratio[:count]):
        i, r = items.unit[t], ratio[t]
        d = k.demand[i]
        if d == 0:
            if worth[t] < 0:
                value += worth[t]
                if mark:
                    take[i] += 1.0
            continue
        left = d
        # Three stretches: short of the floor, between, over the capacity.
        if load < lowest and r < price:
            part = min(left, lowest - load)
            value += r * part
            load += part
            left -= part
        if load >= lowest and load < most and r < 0 and left > 0:
            part = min(left, most - load)
            value += r * part
            load += part
            left -= part
        if load >= most and r + price < 0 and left > 0:
            value += (r + price) * left
            load += left
            left = 0.0
        if mark:
            take[i] += (d - left) / d
        if r >= 0 and load >= lowest:
            break
    if load < lowest:
        value = value + price * (lowest - load) if price < FAR else np.inf
    if k.demand[h] > most:
        value = value + price * (k.demand[h] - most) if price < FAR else np.inf
    return value


@compiled
def _cut_parts(k, prize, which, profit, take):
    """Best part of some candidates with units cut as it pleases."""
    n = len(prize)
    items = _Items(np.empty(n, np.int64), np.empty(n), np.empty(n))
    for j in which:
        profit[j] = k.fee[j] + _fill(k, prize, j, items, take)


@compiled
def _whole_parts(k, prize, which, profit, take):
    """Best part of some candidates with whole units, floors left aside: dynamic programming."""
    n = len(prize)
    items = _Items(np.empty(n, np.int64), np.empty(n), np.empty(n))
    for j in which:
        h = k.home[j]
        count = _gather(k, prize, j, 0.0, items)
        room = int(k.capacity[j] - k.demand[h])
        if room < 0:
            profit[j] = np.inf
            continue
        best = np.zeros(room + 1)
        used = np.zeros((count, room + 1), np.bool_)
        for t in range(count):
            d = int(k.demand[items.unit[t]])
            for r in range(room, d - 1, -1):
                s = best[r - d] + items.worth[t]
                if s < best[r]:
                    best[r] = s
                    used[t, r] = True
        profit[j] = max(profit[j], k.fee[j] + k.column[j, h] - prize[h] + best[room])
        if len(take):
            take[h] += 1.0
            r = room
            for t in range(count - 1, -1, -1):
                if used[t, r]:
                    take[items.unit[t]] += 1.0
                    r -= int(k.demand[items.unit[t]])

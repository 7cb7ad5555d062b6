"""A proven lower bound: a prize for each unit, and for each candidate the part that pays best.

Lagrangian relaxation of "each unit once" (M. L. Fisher: The Lagrangian relaxation method for solving
integer programming problems, 1981; for this problem R. D. Galvao, C. S. ReVelle and others).  What is
left is one knapsack for each candidate, of which the best `count` are taken.  All knapsacks are
solved with units cut in parts, which bounds them from below; those that are among the best are then
solved with whole units, as long as capacities are whole numbers.  Any prizes give a valid bound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.solve.compiled import compiled
from planner.solve.sites.instance import Answer, Sites
from planner.solve.stop import Clock

__all__ = ["Climber", "Prizes"]

FloatArray = NDArray[np.float64]
MOST_ROOM = 20_000
FAR = 1e300


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
    prize: FloatArray
    profit: FloatArray
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
    def offset(self) -> FloatArray:
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

        Returns
        -------
        Prizes
            The best so far.
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

    def _step(self, aim: float, bound: float, slope: FloatArray) -> None:
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


class _Relaxation:
    """The knapsacks of all candidates."""

    def __init__(self, sites: Sites) -> None:
        self.sites = sites
        column = np.ascontiguousarray(sites.cost.T)
        finite = column[np.isfinite(column)]
        self.dearest = float(finite.max()) if finite.size else 1.0
        # Dearer than any prize: what is out of reach is never taken.
        self._column = np.where(np.isfinite(column), column, FAR)
        whole = np.array_equal(sites.demand, np.round(sites.demand)) and np.isinf(sites.price)
        self._whole = bool(whole and sites.capacity.max() <= MOST_ROOM)

    def evaluate(self, prize: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Bound, subgradient and profits at some prizes."""
        one = self.sites
        profit = np.full(one.n_candidates, np.inf)
        args = (self._column, prize, one.demand, one.capacity, one.floor, one.fee, one.home)
        _cut_parts(*args, one.price, one.open, profit)
        exact = np.zeros(one.n_candidates, bool)
        take = np.zeros(one.n_units)
        while True:
            chosen = self._best(profit)
            todo = chosen[~exact[chosen]]
            if not self._whole or not len(todo):
                break
            _whole_parts(
                self._column, prize, one.demand, one.capacity, one.fee, one.home, todo, profit,
                take, False,
            )  # fmt: skip
            exact[todo] = True
        slope = np.ones(one.n_units)
        _whole_or_cut(*args, one.price, chosen, profit, take, self._whole)
        return float(prize.sum() + profit[chosen].sum()), slope - take, profit

    def _best(self, profit: FloatArray) -> NDArray[np.int64]:
        one = self.sites
        forced = np.flatnonzero(one.forced)
        free = one.open[~one.forced[one.open]]
        need = one.count - len(forced)
        order = np.lexsort((free, profit[free]))[:need]
        return np.concatenate([forced, free[order]])


@compiled
def _gather(column, prize, home, j, limit, item, worth):
    """List the units whose cost less prize is below a limit, but for the home."""
    count = 0
    h = home[j]
    for i in range(len(prize)):
        gain = column[j, i] - prize[i]
        if gain < limit and i != h:
            item[count] = i
            worth[count] = gain
            count += 1
    return count


@compiled
def _wanted(column, prize, demand, home, j, lowest, item, worth):
    """List the units that pay, and as many more as it takes to reach the floor."""
    n = len(prize)
    count = _gather(column, prize, home, j, 0.0, item, worth)
    load = demand[home[j]] + demand[item[:count]].sum()
    limit = max(1e-6, prize.max())
    while load < lowest and count < n - 1 and limit < 1e300:
        limit = limit * 4.0
        count = _gather(column, prize, home, j, limit, item, worth)
        load = demand[home[j]] + demand[item[:count]].sum()
    return count


@compiled
def _fill(column, prize, demand, capacity, floor, home, price, j, item, worth, ratio, take, mark):
    """Best part of candidate j with units cut as it pleases; mark what it takes if asked to."""
    h = home[j]
    value = column[j, h] - prize[h]
    load = demand[h]
    if mark:
        take[h] += 1.0
    lowest, most = floor[j], capacity[j]
    count = _wanted(column, prize, demand, home, j, lowest, item, worth)
    for t in range(count):
        d = demand[item[t]]
        ratio[t] = worth[t] / d if d > 0 else (-np.inf if worth[t] < 0 else np.inf)
    order = np.argsort(ratio[:count])
    for s in range(count):
        t = order[s]
        i, d = item[t], demand[item[t]]
        if d == 0:
            if worth[t] < 0:
                value += worth[t]
                if mark:
                    take[i] += 1.0
            continue
        left, r = d, ratio[t]
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
        value = value + price * (lowest - load) if price < 1e300 else np.inf
    if demand[h] > most:
        value = value + price * (demand[h] - most) if price < 1e300 else np.inf
    return value


@compiled
def _cut_parts(column, prize, demand, capacity, floor, fee, home, price, which, profit):
    n = len(prize)
    item, worth, ratio = np.empty(n, np.int64), np.empty(n), np.empty(n)
    take = np.empty(0)
    for j in which:
        profit[j] = fee[j] + _fill(
            column, prize, demand, capacity, floor, home, price, j, item, worth, ratio, take, False
        )


@compiled
def _whole_parts(column, prize, demand, capacity, fee, home, which, profit, take, mark):
    """Best part of some candidates with whole units, floors left aside: dynamic programming."""
    n = len(prize)
    item, worth = np.empty(n, np.int64), np.empty(n)
    for j in which:
        h = home[j]
        count = _gather(column, prize, home, j, 0.0, item, worth)
        room = int(capacity[j] - demand[h])
        if room < 0:
            profit[j] = np.inf
            continue
        best = np.zeros(room + 1)
        used = np.zeros((count, room + 1), np.bool_)
        for t in range(count):
            d = int(demand[item[t]])
            for r in range(room, d - 1, -1):
                s = best[r - d] + worth[t]
                if s < best[r]:
                    best[r] = s
                    used[t, r] = True
        found = fee[j] + column[j, h] - prize[h] + best[room]
        profit[j] = max(profit[j], found)
        if mark:
            take[h] += 1.0
            r = room
            for t in range(count - 1, -1, -1):
                if used[t, r]:
                    take[item[t]] += 1.0
                    r -= int(demand[item[t]])


@compiled
def _whole_or_cut(
    column, prize, demand, capacity, floor, fee, home, price, which, profit, take, whole
):
    """Count how often each unit is taken by the chosen parts."""
    if whole:
        _whole_parts(column, prize, demand, capacity, fee, home, which, profit, take, True)
        return
    n = len(prize)
    item, worth, ratio = np.empty(n, np.int64), np.empty(n), np.empty(n)
    for j in which:
        _fill(
            column, prize, demand, capacity, floor, home, price, j, item, worth, ratio, take, True
        )

"""A proven lower bound: a prize for each unit, and for each candidate the part that pays best.

Lagrangian relaxation of "each unit once" (M. L. Fisher: The Lagrangian relaxation method for solving
integer programming problems, 1981; for this problem R. D. Galvao, C. S. ReVelle and others).  What is
left is one knapsack for each candidate, of which the best `count` are taken.  All knapsacks are
bounded from below at once; those that are among the best are then solved with whole units, both limits
respected, as long as demands are whole numbers.  Any prizes give a valid bound; what rounding can have
added is taken off it.  Prizes also tell which candidates, and which units for each, no answer better than
a known one can have: what is proven later is proven of better answers alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.model.arrays import Bools, Floats, Ints
from planner.solve.compiled import compiled
from planner.solve.sites.instance import Answer, Sites
from planner.solve.sites.knapsack import (
    FAR,
    Knapsacks,
    Lists,
    Packed,
    cut_pairs,
    cut_parts,
    list_units,
    quick,
    whole_parts,
)
from planner.solve.stop import Clock

__all__ = ["Climber", "Prizes"]

IDLE = 200  # steps in a row that raise nothing, after which more would not
MARGIN = 0.15  # prizes may rise by so much of their mean before units are listed anew


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
        self._reach, self._stale, self._fixed = 1.0, 0, 0

    @property
    def able(self) -> Bools:
        """Pairs that may still be in a better answer, shape (n_units, n_candidates)."""
        return self._model.able

    @property
    def offset(self) -> Floats:
        """What a chosen candidate is worth, shape (n_candidates,): cost of its part less prizes."""
        one, profit = self.sites, self.best.profit
        free = np.sort(profit[one.open[~one.forced[one.open]]])
        need = one.count - int(one.forced.sum())
        edge = free[max(need - 1, 0) : need + 1]
        level = float(edge[np.isfinite(edge)].mean()) if np.isfinite(edge).any() else 0.0
        return np.where(one.forced, profit, level)

    def climb(self, aim_m: float, steps: int, clock: Clock, gap: float = 0.0) -> Prizes:
        """Do some steps more; fewer where many in a row raise nothing.

        Parameters
        ----------
        aim_m : float
            Value of the best answer known; it sets the length of the steps only.
        steps : int
            Most steps.
        clock : Clock
            Time for them; at least one is done.
        gap : float
            Share of the aim that may be left open.
        """
        idle = 0
        for _ in range(steps):
            bound, slope, profit = self._model.evaluate(self._prize)
            raised = bound > self.best.bound_m + 1e-6 * abs(bound)
            if bound > self.best.bound_m:
                self.best = Prizes(bound, self._prize.copy(), profit, self.best.steps)
            self.best = replace(self.best, steps=self.best.steps + 1)
            self._stale = 0 if raised else self._stale + 1
            idle = 0 if raised else idle + 1
            self._step(aim_m, bound, slope)
            enough = aim_m - self.best.bound_m <= max(gap, 1e-9) * abs(aim_m)
            if clock.left <= 0 or enough or idle >= IDLE:
                break
        return self.best

    def fix(self, value_m: float) -> None:
        """Leave aside the candidates, and the units for each, that no answer below a value can have.

        From then on what is proven holds of answers below that value alone.
        """
        if np.isfinite(value_m) and self.best.bound_m < value_m and self.best.steps > self._fixed:
            self._fixed = self.best.steps
            self._model.fix(self.best.prize, value_m)

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


class _Relaxation:
    """The knapsacks of all candidates that may still be chosen."""

    def __init__(self, sites: Sites) -> None:
        self.sites = sites
        column = np.ascontiguousarray(sites.cost.T)
        finite = column[np.isfinite(column)]
        self.dearest = float(finite.max()) if finite.size else 1.0
        # Dearer than any prize: what is out of reach is never taken.
        column = np.where(np.isfinite(column), column, FAR)
        self._knapsacks = Knapsacks(
            column, sites.demand, sites.capacity, sites.floor, sites.fee, sites.home, sites.price
        )
        self._whole = bool(np.array_equal(sites.demand, np.round(sites.demand)))
        self.live = sites.open
        self._lists: Lists | None = None
        self._top = np.full(sites.n_units, -np.inf)
        self._rate = np.zeros(sites.n_candidates)
        self._packed = self._room(12 * sites.n_units)

    def _room(self, length: int) -> Packed:
        m = self.sites.n_candidates
        first, last = np.zeros(m, np.int64), np.zeros(m, np.int64)
        return Packed(
            first, last, np.zeros(length, np.int32), np.zeros(length, np.float32), np.zeros(1, np.int64)
        )  # fmt: skip

    def evaluate(self, prize: Floats) -> tuple[float, Floats, Floats]:
        """Bound, subgradient and profits at some prizes."""
        profit = self._profits(prize)
        chosen = self._best(profit)
        found = self._packed
        take = np.zeros(self.sites.n_units)
        _count(found, self._knapsacks.home, chosen, take)
        value = float(prize.sum() + profit[chosen].sum())
        return value - self._slack(prize, profit, chosen), 1.0 - take, profit

    def _slack(self, prize: Floats, profit: Floats, chosen: Ints) -> float:
        """Bound what rounding can have added: each sum has at most n terms more than once rounded."""
        one, n = self.sites, self.sites.n_units
        own = np.abs(self._knapsacks.column[chosen, one.home[chosen]]) + np.abs(one.fee[chosen])
        size = np.abs(prize).sum() + np.abs(profit[chosen]).sum() + 2.0 * own.sum()
        if not np.isfinite(size):
            return 0.0
        return 4.0 * (n + 16) * np.finfo(float).eps * float(size)

    def _profits(self, prize: Floats) -> Floats:
        """Bound the part of each candidate from below; exactly for the best ones."""
        one, k = self.sites, self._knapsacks
        if self._lists is None or (prize > self._top).any():
            self._top = prize + MARGIN * max(float(np.abs(prize).mean()), 1e-9)
            self._lists = list_units(k, np.minimum(self._top, FAR), self.live)
        profit, level = np.full(one.n_candidates, np.inf), np.zeros(one.n_candidates, np.int8)
        quick(k, self._lists, prize, self.live, self._rate, profit)
        self._packed.used[0] = 0
        # Dearer looks only at those among the best, until all of the best are looked at in full.
        while True:
            chosen = self._best(profit)
            rough = chosen[level[chosen] == 0]
            if len(rough):
                cut_parts(k, self._lists, prize, rough, self._rate, profit)
                level[rough] = 1
                continue
            todo = chosen[level[chosen] == 1]
            if not len(todo):
                return profit
            done = whole_parts(
                k, self._lists, prize, todo, self._rate, self._whole, profit, self._packed
            )
            level[todo[:done]] = 2
            if done < len(todo):
                self._widen()

    @property
    def able(self) -> Bools:
        """Pairs that are not left aside, shape (n_units, n_candidates)."""
        live = np.isin(np.arange(self.sites.n_candidates), self.live)
        return ((self._knapsacks.column < FAR) & live[:, None]).T

    def fix(self, prize: Floats, value: float) -> None:
        """Leave aside what no answer below a value can have, as prizes tell."""
        one, k = self.sites, self._knapsacks
        profit = self._profits(prize)
        chosen = self._best(profit)
        bound = float(prize.sum() + profit[chosen].sum())
        if not np.isfinite(bound) or bound >= value:
            return
        free = chosen[~one.forced[chosen]]
        edge = float(profit[free].max()) if len(free) else -np.inf
        # What takes the place of another saves at most the dearest of those that were taken.
        saved = np.full(one.n_candidates, edge)
        saved[chosen] = profit[chosen]
        most = saved + (value - bound) + self._slack(prize, profit, chosen) + 1e-9 * abs(value)
        dead = (profit > most) & ~one.forced
        self.live = self.live[~dead[self.live]]
        cut_pairs(k, prize, self.live, self._rate, most)
        self._top = np.full(one.n_units, -np.inf)

    def _widen(self) -> None:
        old = self._packed
        new = self._room(2 * len(old.unit))
        for a, b in zip(old, new, strict=True):
            b[: len(a)] = a
        self._packed = new

    def _best(self, profit: Floats) -> Ints:
        one = self.sites
        forced = np.flatnonzero(one.forced)
        free = self.live[~one.forced[self.live]]
        need = one.count - len(forced)
        if need < len(free):
            free = free[np.argpartition(profit[free], need - 1)[:need]] if need else free[:0]
        return np.concatenate([forced, free])


@compiled
def _count(found, home, chosen, take):
    """Count how often each unit is in the parts of some candidates."""
    for j in chosen:
        take[home[j]] += 1.0
        for a in range(found.first[j], found.last[j]):
            take[found.unit[a]] += found.share[a]

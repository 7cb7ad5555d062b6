"""The best answer that can be put together from parts in a pool: a set partitioning problem, for HiGHS.

Heuristic concentration (K. E. Rosing, C. S. ReVelle, 1997) with parts in place of centres.  The linear
relaxation is solved over few parts first and asks the pool for more by reduced cost; parts that cannot
be in a better answer than the best one known are left out of the integer programme.
"""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from scipy.sparse import csc_array

from planner.model.arrays import Floats, Ints
from planner.solve.highs import new_highs, programme, search
from planner.solve.sites.exact.pool import Columns, Pool
from planner.solve.sites.instance import Answer
from planner.solve.stop import Clock

__all__ = ["combine"]

ROUNDS = 30  # of asking for parts: what is missing after so many hardly lowers the value
SMALL = 1e-6


def combine(
    pool: Pool, best: Answer, *, clock: Clock, most: Sequence[int], seed: int
) -> Answer | None:
    """Put together the best answer from the parts in a pool.

    Parameters
    ----------
    best : Answer
        The best answer known; its parts are in the pool if it keeps the rules.
    clock : Clock
        Time for it; about half of it for the relaxation.
    most : sequence of int
        Most parts in the integer programme, one programme after the other: what few parts give is soon found,
        and a start for more.

    Returns
    -------
    Answer or None
        None if nothing better was found.
    """
    every = pool.columns
    if len(every) < best.sites.count:
        return None
    model = _Model(pool, every, seed)
    worth = every.reduced(pool.prize, pool.offset)
    first = np.argsort(worth, kind="stable")[: 4 * best.sites.n_units]
    used = np.union1d(first, model.parts_of(best))
    relaxed = model.relax(used, clock.share(0.5))
    if relaxed is None:
        return None
    value, worth = relaxed
    top, tried = best, 0
    for some in most:
        room = top.value_m - value if np.isfinite(top.value_m) else np.inf
        able = np.flatnonzero(worth < room + SMALL)
        if len(able) <= tried or (tried and clock.left <= 0):
            break
        order = able[np.argsort(worth[able], kind="stable")][:some]
        tried = len(order)
        found = model.choose(np.union1d(order, model.parts_of(top)), top, clock.share(0.6))
        if found is not None and found.value_m < top.value_m:
            top = found
    return None if top is best else top


class _Model:
    """Each unit in one part; each forced candidate once; so many parts."""

    def __init__(self, pool: Pool, every: Columns, seed: int) -> None:
        self._layout, self._every, self._seed = pool.layout, every, seed
        one = self._layout.sites
        forced = np.flatnonzero(one.forced[self._layout.cand])
        self._forced_row = np.full(len(self._layout.cand), -1)
        self._forced_row[forced] = one.n_units + 1 + np.arange(len(forced))
        self._n_rows = one.n_units + 1 + len(forced)
        self._right = np.ones(self._n_rows)
        self._right[one.n_units] = one.count
        # Two candidates of one unit cannot both be chosen: the unit is in one part.

    def matrix(self, which: Ints) -> csc_array:
        """Give the columns of some parts."""
        some = self._every.pick(which)
        row = self._forced_row[some.centre]
        extra = 1 + (row >= 0)
        start = some.start + np.concatenate([[0], np.cumsum(extra)])
        index = np.empty(start[-1], np.int64)
        place = np.arange(len(some.unit)) + np.repeat(
            (start - some.start)[:-1], np.diff(some.start)
        )
        index[place] = some.unit
        end = start[:-1] + np.diff(some.start)
        index[end] = self._layout.sites.n_units
        index[end[row >= 0] + 1] = row[row >= 0]
        return csc_array((np.ones(len(index)), index, start), shape=(self._n_rows, len(which)))

    def parts_of(self, answer: Answer) -> Ints:
        """Find the parts of an answer among the columns; those that are not there are left out."""
        serves = self._layout.cand_at[answer.serves[self._layout.unit]]
        size = np.bincount(serves, minlength=len(self._layout.cand))
        every = self._every
        same = serves[every.unit] == np.repeat(every.centre, np.diff(every.start))
        count = np.add.reduceat(same, every.start[:-1])
        whole = (count == np.diff(every.start)) & (count == size[every.centre])
        return np.flatnonzero(whole)

    def _lp(self, which: Ints, upper: float, whole: int) -> highspy.HighsLp:
        cost, rows = self._every.cost[which], (self._right, self._right)
        columns = np.zeros(len(which)), np.full(len(which), upper)
        return programme(cost, columns, rows, self.matrix(which), whole=whole)

    def relax(self, used: Ints, clock: Clock) -> tuple[float, Floats] | None:
        """Solve the relaxation over the pool: its value, and the reduced cost of every part."""
        every, n = self._every, self._layout.sites.n_units
        highs = new_highs(seed=self._seed)
        # No upper bound: the rows keep parts from being taken twice.
        highs.passModel(self._lp(used, np.inf, 0))
        inside = np.zeros(len(every), bool)
        inside[used] = True
        found = None
        for _ in range(ROUNDS):
            highs.setOptionValue("time_limit", highs.getRunTime() + max(clock.left, 0.1))
            highs.run()
            if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            dual = np.array(highs.getSolution().row_dual)
            offset = dual[n] + np.where(self._forced_row >= 0, dual[self._forced_row], 0.0)
            worth = every.reduced(dual[:n], offset)
            low = np.flatnonzero((worth < -SMALL) & ~inside)
            value = highs.getInfo().objective_function_value
            # What is missing may lower the value by its reduced costs at most once per part.
            found = value, worth
            if not len(low) or clock.left <= 0:
                break
            more = low[np.argsort(worth[low], kind="stable")][: 2 * n]
            inside[more] = True
            self._extend(highs, more)
        return found

    def _extend(self, highs: highspy.Highs, more: Ints) -> None:
        matrix, k = self.matrix(more), len(more)
        start, index = (a.astype(np.int32) for a in (matrix.indptr[:-1], matrix.indices))
        cost, lower, upper = self._every.cost[more], np.zeros(k), np.full(k, np.inf)
        highs.addCols(k, cost, lower, upper, matrix.nnz, start, index, np.ones(matrix.nnz))

    def choose(self, which: Ints, best: Answer, clock: Clock) -> Answer | None:
        """Solve the integer programme over some parts."""
        highs = new_highs(seed=self._seed, time_limit=max(clock.left, 0.5), mip_rel_gap=1e-7)
        known = self.parts_of(best)
        start = np.isin(which, known).astype(float) if len(known) == best.sites.count else None
        found = search(highs, self._lp(which, 1.0, len(which)), start).values
        if found is None:
            return None
        some = self._every.pick(which[found > 0.5])
        serves = np.full(best.sites.n_units, -1, np.int32)
        serves[some.unit] = np.repeat(some.centre, np.diff(some.start))
        return None if (serves < 0).any() else self._layout.answer(serves)

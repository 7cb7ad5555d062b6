"""Whole zones as columns: one is chosen for each centre, so that each unit is in one of them.

The restricted master problem of column generation (G. B. Dantzig, P. Wolfe: Decomposition principle
for linear programs, Operations Research 8, 1960), as a linear programme for its prizes and as an
integer one for a plan.
"""

from __future__ import annotations

from collections.abc import Iterable

import highspy
import numpy as np

from planner.model.arrays import AnyInts, Floats, Ints, Ints32
from planner.solve.highs import answer, new_highs, run_interruptibly
from planner.solve.zones.instance import Instance

__all__ = ["Pool", "Prizes", "choose"]


class Pool:
    """Zones of a part seen so far, each once: its pairs, its centre, its cost with what it breaks."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.zones: list[Ints] = []
        self.centre: list[int] = []
        self.cost: list[float] = []
        self._seen: set[bytes] = set()

    def __len__(self) -> int:
        return len(self.zones)

    def add(self, zones: Iterable[Ints]) -> int:
        """Add zones that keep the hard rules, given as sorted pairs; return how many were new."""
        one, before = self.instance, len(self.zones)
        for zone in zones:
            key = zone.tobytes()
            if key in self._seen:
                continue
            self._seen.add(key)
            cost = self._cost(zone)
            if cost < np.inf:
                self.zones.append(zone)
                self.centre.append(int(one.centre[zone[0]]))
                self.cost.append(cost)
        return len(self.zones) - before

    def add_plan(self, pair: Ints) -> int:
        """Add the zones of a plan."""
        served = pair[pair >= 0]
        order = served[np.argsort(self.instance.centre[served], kind="stable")]
        cuts = np.flatnonzero(np.diff(self.instance.centre[order])) + 1
        return self.add(np.sort(zone) for zone in np.split(order, cuts))

    def _cost(self, zone: Ints) -> float:
        one = self.instance
        sums = one.rows.weight[:, one.unit[zone]].sum(axis=1, keepdims=True)
        return float(one.cost[zone].sum() + one.rows.charge(sums))

    def reduced(self, prize: Floats) -> Floats:
        """Cost of each zone less its prizes."""
        if not self.zones:
            return np.zeros(0)
        lengths = np.array([len(z) for z in self.zones])
        gains = prize[self.instance.unit[np.concatenate(self.zones)]]
        return np.array(self.cost) - np.add.reduceat(gains, np.cumsum(lengths) - lengths)

    def matrix(self, which: AnyInts) -> tuple[Ints32, Ints32, Floats, Floats]:
        """Column starts, rows, ones and costs: units first, then centres."""
        one = self.instance
        rows = [np.append(one.unit[self.zones[i]], one.n_units + self.centre[i]) for i in which]
        lengths = np.array([len(r) for r in rows], np.int64)
        index = np.concatenate(rows).astype(np.int32) if rows else np.zeros(0, np.int32)
        start = (np.cumsum(lengths) - lengths).astype(np.int32)
        return start, index, np.ones(len(index)), np.array([self.cost[i] for i in which])


class Prizes:
    """The linear master programme, its prizes held near a centre.

    Outside a box around the centre a prize costs: M. Desrosiers et al., Stabilized column
    generation, Discrete Mathematics 194, 1999, in the form of R. E. Marsten's boxstep, 1975.

    Parameters
    ----------
    pool : Pool
        Zones, at least one of each centre; those added later join at the next `solve`.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        one = pool.instance
        self._n, self._added = one.n_units, 0
        # The primal simplex goes on from the last prizes when only columns are added.
        self._highs = new_highs(simplex_strategy=4)
        rows = one.n_units + one.n_centres
        none = np.zeros(0, np.int32)
        self._highs.addRows(rows, np.ones(rows), np.ones(rows), 0, none, none, np.zeros(0))
        each = np.arange(self._n, dtype=np.int32)
        free, zero = np.full(self._n, highspy.kHighsInf), np.zeros(self._n)
        for sign in (1.0, -1.0):
            self._highs.addCols(
                self._n, zero, zero, free, self._n, each, each, np.full(self._n, sign)
            )

    def solve(self, centre: Floats, reach: Floats) -> tuple[float, Floats, bool]:
        """Find the best prizes within ``centre - reach`` and ``centre + reach``, each of shape (n_units,).

        Returns
        -------
        prize : ndarray of float, shape (n_units,)
            Of each unit.
        inside : bool
            Whether no prize is held back by the box.
        """
        self._join()
        each = np.arange(self._n, dtype=np.int32)
        skip = self.pool.instance.skip_cost
        upper = np.minimum(centre + reach, skip)
        self._highs.changeColsCost(self._n, each, upper)
        self._highs.changeColsCost(self._n, each + self._n, -(np.minimum(centre, upper) - reach))
        self._highs.run()
        solution = self._highs.getSolution()
        prize = np.minimum(np.array(solution.row_dual)[: self._n], skip)
        boxed = np.array(solution.col_value)[: 2 * self._n] > 1e-7
        boxed[: self._n] &= upper < skip
        value = float(self._highs.getInfo().objective_function_value)
        return value, prize, not boxed.any()

    def _join(self) -> None:
        which = np.arange(self._added, len(self.pool))
        if not len(which):
            return
        start, index, ones, cost = self.pool.matrix(which)
        k = len(which)
        free = np.full(k, highspy.kHighsInf)
        self._highs.addCols(k, cost, np.zeros(k), free, len(index), start, index, ones)
        self._added = len(self.pool)


def choose(
    pool: Pool, which: AnyInts, *, gap: float, nodes: int, seconds: float, seed: int = 0
) -> tuple[Ints | None, float]:
    """Choose one zone for each centre, so that each unit is in exactly one.

    Parameters
    ----------
    which : ndarray of int
        Positions of the zones that may be chosen.
    nodes, seconds : int, float
        Limits of the branch and bound.

    Returns
    -------
    pair : ndarray of int or None, shape (n_units,)
        The plan, -1 for units left out; None if none was found.
    bound : float
        No plan of these zones costs less; infinite if there is none.
    """
    one = pool.instance
    highs = new_highs(
        seed=seed,
        mip_rel_gap=gap,
        mip_max_nodes=nodes,
        time_limit=max(seconds, 0.05),
        mip_heuristic_effort=0.1,  # plans come from annealing; here the proof is wanted
    )
    start, index, ones, cost = pool.matrix(which)
    skip = np.flatnonzero(np.isfinite(one.skip_cost))
    rows, k = one.n_units + one.n_centres, len(which)
    none = np.zeros(0, np.int32)
    highs.addRows(rows, np.ones(rows), np.ones(rows), 0, none, none, np.zeros(0))
    highs.addCols(k, cost, np.zeros(k), np.ones(k), len(index), start, index, ones)
    s = len(skip)
    if s:
        each, unit = np.arange(s, dtype=np.int32), skip.astype(np.int32)
        highs.addCols(s, one.skip_cost[skip], np.zeros(s), np.ones(s), s, each, unit, np.ones(s))
    whole = np.full(k, highspy.HighsVarType.kInteger)
    highs.changeColsIntegrality(k, np.arange(k, dtype=np.int32), whole)
    run_interruptibly(highs)
    found = answer(highs)
    if found.values is None:
        return None, found.bound
    pair = np.full(one.n_units, -1, np.int64)
    for i in which[found.values[:k] > 0.5]:
        pair[one.unit[pool.zones[i]]] = pool.zones[i]
    return pair, found.bound

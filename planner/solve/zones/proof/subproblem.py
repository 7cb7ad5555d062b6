"""The cheapest connected zone of one centre as a small mixed-integer programme, for HiGHS.

`pricing` counts what zones add up to and is blind to connection in its bounds: on a town
of few crossings, where a far unit is reached through one other only, its branches become too many.
There the connection rows of this programme prune better.
"""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from planner.solve.zones.exact import new_highs, put_matrix
from planner.solve.zones.instance import Instance

__all__ = ["ZoneModel"]

FloatArray = NDArray[np.float64]
MOST_NODES = 2_000


class ZoneModel:
    """The pricing programme of one centre; only its costs change from call to call.

    Parameters
    ----------
    instance : Instance
        The part.
    centre : int
        Which centre.
    """

    def __init__(self, instance: Instance, centre: int) -> None:
        low, high = instance.centre_start[centre : centre + 2]
        self.pairs = instance.by_centre[low:high]
        self._n = len(self.pairs)
        self._each = np.arange(self._n, dtype=np.int32)
        self._rows = instance.rows
        self._weight = instance.rows.weight[:, instance.unit[self.pairs]]
        self._highs = new_highs(seed=0)
        self._highs.setOptionValue("mip_rel_gap", 1e-6)
        self._highs.setOptionValue("mip_max_nodes", MOST_NODES)
        self._highs.passModel(self._lp(instance))

    def cheapest(self, cost: FloatArray, seconds: float) -> tuple[float, NDArray[np.bool_]]:
        """Find the cheapest connected zone.

        Parameters
        ----------
        cost : ndarray of float, shape (n_pairs of the centre,)
            Cost of each pair less its prize, nearest first; infinite where it is out of the question.
        seconds : float
            After which the bound is taken as it stands.

        Returns
        -------
        bound : float
            No zone is cheaper; infinite if there is none.
        zone : ndarray of bool, shape (n_pairs of the centre,)
            The best zone found; none taken if there is none.
        """
        usable = np.isfinite(cost)
        highs = self._highs
        highs.setOptionValue("time_limit", highs.getRunTime() + max(seconds, 0.1))
        highs.changeColsCost(self._n, self._each, np.where(usable, cost, 0.0))
        lower = np.zeros(self._n)
        lower[0] = 1.0
        highs.changeColsBounds(self._n, self._each, lower, usable.astype(float))
        highs.run()
        status, none = highs.getModelStatus(), np.zeros(self._n, bool)
        if status == highspy.HighsModelStatus.kInfeasible:
            return np.inf, none
        info = highs.getInfo()
        bound = float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return bound, none
        return bound, np.array(highs.getSolution().col_value)[: self._n] > 0.5

    def price(self, cost: FloatArray, zone: NDArray[np.bool_]) -> float:
        """Cost of a zone, what it breaks included."""
        excess = self._weight[:, zone].sum(axis=1) - self._rows.limit
        broken = excess > 1e-9
        return float(cost[zone].sum() + (excess[broken] * self._rows.price[broken]).sum())

    def _lp(self, instance: Instance) -> highspy.HighsLp:
        """Columns: pairs, then what the zone breaks of each elastic rule."""
        rows, n = self._rows, self._n
        elastic = np.flatnonzero(np.isfinite(rows.price))
        count = len(rows.limit)
        give = csr_array(
            (np.full(len(elastic), -1.0), (elastic, np.arange(len(elastic)))),
            shape=(count, len(elastic)),
        )
        rules = csr_array(np.hstack([self._weight, give.toarray()]))
        held = self._support(instance, n + len(elastic))
        matrix = csr_array(vstack([rules, held], format="csr"))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n + len(elastic), count + n - 1
        lp.col_cost_ = np.concatenate([np.zeros(n), rows.price[elastic]])
        lp.col_lower_ = np.zeros(lp.num_col_)
        lp.col_upper_ = np.concatenate([np.ones(n), np.full(len(elastic), np.inf)])
        lp.row_lower_ = np.full(lp.num_row_, -np.inf)
        lp.row_upper_ = np.concatenate([rows.limit, np.zeros(n - 1)])
        put_matrix(lp, matrix)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * n + [
            highspy.HighsVarType.kContinuous
        ] * len(elastic)
        return lp

    def _support(self, instance: Instance, columns: int) -> csr_array:
        """Write the rows that let a pair be taken only if one that holds it up is."""
        n = self._n
        place = np.full(instance.n_pairs, -1, np.int64)
        place[self.pairs] = np.arange(n)
        start = instance.support.start
        own = self.pairs[1:]
        lengths = start[own + 1] - start[own]
        first = np.cumsum(lengths) - lengths
        at = np.repeat(start[own] - first, lengths) + np.arange(lengths.sum())
        row = np.concatenate([np.arange(n - 1), np.repeat(np.arange(n - 1), lengths)])
        column = np.concatenate([np.arange(1, n), place[instance.support.pair[at]]])
        data = np.repeat([1.0, -1.0], [n - 1, int(lengths.sum())])
        return csr_array((data, (row, column)), shape=(n - 1, columns))

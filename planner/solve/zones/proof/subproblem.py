"""The cheapest connected zone of one centre as a small mixed-integer programme, for HiGHS.

`pricing` counts what zones add up to and is blind to connection in its bounds: on a town
of few crossings, where a far unit is reached through one other only, its branches become too many.
There the connection rows of this programme prune better.
"""

from __future__ import annotations

import numpy as np

from planner.model.arrays import Bools, Floats
from planner.solve.highs import answer, new_highs
from planner.solve.zones.exact import Model
from planner.solve.zones.instance import Instance, cut_out

__all__ = ["ZoneModel"]

MOST_NODES = 2_000


class ZoneModel:
    """The pricing programme of one centre of a part; only its costs change from call to call."""

    def __init__(self, instance: Instance, centre: int) -> None:
        one, _ = cut_out(instance, instance.centre == centre, np.array([centre]))
        self._rows, self._nearest, self._unit = one.rows, one.by_centre, one.unit
        self._home = one.home_pair
        self._n = one.n_pairs
        self._highs = new_highs(mip_rel_gap=1e-6, mip_max_nodes=MOST_NODES)
        self._highs.passModel(Model(one).zone_lp())

    def cheapest(self, cost: Floats, seconds: float) -> tuple[float, Bools]:
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
        highs, each = self._highs, np.arange(self._n, dtype=np.int32)
        by_pair = np.empty(self._n)
        by_pair[self._nearest] = cost
        usable = np.isfinite(by_pair)
        # The clock of HiGHS runs on from call to call.
        highs.setOptionValue("time_limit", highs.getRunTime() + max(seconds, 0.1))
        highs.changeColsCost(self._n, each, np.where(usable, by_pair, 0.0))
        lower = np.zeros(self._n)
        lower[self._home] = 1.0
        highs.changeColsBounds(self._n, each, lower, usable.astype(float))
        highs.run()
        found = answer(highs)
        if found.values is None:
            return found.bound, np.zeros(self._n, bool)
        return found.bound, (found.values[: self._n] > 0.5)[self._nearest]

    def price(self, cost: Floats, zone: Bools) -> float:
        """Cost of a zone given as `cheapest` does, what it breaks included."""
        units = self._unit[self._nearest[zone]]
        sums = self._rows.weight[:, units].sum(axis=1, keepdims=True)
        return float(cost[zone].sum()) + self._rows.charge(sums)

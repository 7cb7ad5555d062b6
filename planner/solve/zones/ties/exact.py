"""The whole model of a small part with its ties, as a mixed-integer programme.

A tie of price w whose two units are a and b costs ``w * sum over c of max(x[a, c] - x[b, c], 0)``, and w
if a is left out; two to be kept apart cost ``w * max(x[a, c] + x[b, c] - 1, 0)`` in each centre c.  Each
maximum is a column (R. Fortet, 1960), so the programme is as large as the ties have centres to choose
from: it pays where both are few.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from planner.model.arrays import Floats, Ints
from planner.solve.stop import Clock
from planner.solve.zones.contiguity import spans
from planner.solve.zones.exact import Model, solve_exactly
from planner.solve.zones.ties.part import TiedPart

__all__ = ["MOST_COLUMNS", "TiedModel", "solve_tied"]

MOST_COLUMNS = 4_000
"""Of pairs and ties together; beyond, branches grow faster than what they prove."""


class TiedModel(Model):
    """The programme of a part, with a column for each tie and centre after those that it has anyway.

    Parameters
    ----------
    part : TiedPart
        The part; ties that no plan can keep are left out.
    """

    def __init__(self, part: TiedPart) -> None:
        super().__init__(part.instance)
        self._live = np.flatnonzero(~part.lost & (part.price_m > 0))
        self._part, self._first = part, self.n
        one, first, second = part.instance, part.a[self._live], part.b[self._live]
        row, pair = spans(one.start, first)
        keys = one.unit.astype(np.int64) * one.n_centres + one.centre
        wanted = second[row] * one.n_centres + one.centre[pair]
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        other = np.where(keys[at] == wanted, at, -1)
        # Two to be kept apart meet only where both may be; two that belong together part anywhere.
        use = (other >= 0) | ~part.apart[self._live[row]]
        self._tie, self._pair, self._other = self._live[row[use]], pair[use], other[use]
        self.n += len(self._tie)

    def _cost(self) -> Floats:
        part, cost = self._part, super()._cost()
        out = np.full(part.instance.n_units, -1)
        out[self.skip] = part.instance.n_pairs + np.arange(len(self.skip))
        together = self._live[~part.apart[self._live]]
        alone = together[out[part.a[together]] >= 0]
        np.add.at(cost, out[part.a[alone]], part.price_m[alone])
        return np.concatenate([cost, part.price_m[self._tie]])

    def _rows(self) -> list[tuple[Any, Floats]]:
        apart = self._part.apart[self._tie]
        count = np.arange(len(self._tie))
        met = np.flatnonzero(self._other >= 0)
        row = np.concatenate([count, count[met], count])
        column = np.concatenate([self._pair, self._other[met], self._first + count])
        value = np.concatenate(
            [np.ones(len(count)), np.where(apart[met], 1.0, -1.0), np.full(len(count), -1.0)]
        )
        matrix = csr_array((value, (row, column)), shape=(len(count), self.n))
        return [*super()._rows(), (matrix, apart.astype(float))]

    def point(self, pair: Ints) -> Floats:
        """State a plan as values of the columns."""
        values = super().point(pair)
        first = values[self._pair]
        second = np.where(self._other >= 0, values[self._other], 0.0)
        apart = self._part.apart[self._tie]
        broken = np.where(apart, first + second - 1.0, first - second)
        values[self._first :] = np.maximum(broken, 0.0)
        return values


def solve_tied(
    part: TiedPart, pair: Ints, *, gap: float, clock: Clock, seed: int
) -> tuple[float, Ints]:
    """Prove and better a small part by branch and cut; a large one stays as it is, with no bound.

    Parameters
    ----------
    pair : ndarray of int, shape (n_units,)
        A connected plan.
    gap : float
        Gap that is enough, of the walks.

    Returns
    -------
    pair : ndarray of int, shape (n_units,)
        A connected plan, no worse than before.
    """
    model = TiedModel(part)
    if model.n > MOST_COLUMNS:
        return -np.inf, pair
    one = part.instance
    walked = float(one.walk_cost[pair[pair >= 0]].sum()) / max(part.value(pair), 1e-9)
    found = solve_exactly(
        one, start=pair, gap=gap * min(walked, 1.0), seconds=clock.left, seed=seed, model=model
    )
    better = found.pair is not None and part.value(found.pair) < part.value(pair) - 1e-9
    return found.bound_m + part.lost_m, found.pair if better and found.pair is not None else pair

"""The whole model of a small part with its ties, as a mixed-integer programme.

A tie of price w whose two units are a and b costs ``w * sum over c of max(x[a, c] - x[b, c], 0)``, and w
if a is left out; two to be kept apart cost ``w * max(x[a, c] + x[b, c] - 1, 0)`` in each centre c.  Each
maximum is a column (R. Fortet, 1960), so the programme is as large as the ties have centres to choose
from: it pays where both are few.  A tie that must hold has no such columns: ``x[a, c] = x[b, c]`` in every
centre, neither is left out, and two to be kept apart have ``x[a, c] + x[b, c] <= 1``; presolving then makes
one column of the two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from planner.model.arrays import Floats, Ints
from planner.solve.stop import Clock
from planner.solve.zones.exact import Model, solve_exactly
from planner.solve.zones.ties.part import TiedPart

__all__ = ["MOST_COLUMNS", "TiedModel", "solve_tied"]

MOST_COLUMNS = 4_000
"""Of pairs and ties together; beyond, branches grow faster than what they prove."""
MOST_TRIED = 60_000
"""The same where no plan is known that keeps the ties that must hold."""


class TiedModel(Model):
    """The programme of a part, with a column for each tie and centre after those that it has anyway.

    Parameters
    ----------
    part : TiedPart
        The part; ties that no plan can keep are left out.
    """

    def __init__(self, part: TiedPart) -> None:
        super().__init__(part.instance)
        self._live = np.flatnonzero(~part.lost & (part.price_m > 0) & ~part.hard)
        self._part, self._first = part, self.n
        row, pair, other = part.facing(part.a[self._live], part.b[self._live])
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
        return [*super()._rows(), (matrix, apart.astype(float)), self._must()]

    def _must(self) -> tuple[Any, Floats]:
        """Write down the ties that must hold: a row of one or two columns for each centre."""
        part = self._part
        apart, near = part.hard & part.apart, part.hard & ~part.apart
        _, pair, other = part.facing(part.a[apart], part.b[apart])
        meet = other >= 0
        # first column, second column (-1 for none), its sign, and what the two may come to
        rows = [(pair[meet], other[meet], 1.0, 1.0)]
        for one, two in ((part.a, part.b), (part.b, part.a)):
            _, pair, other = part.facing(one[near], two[near])
            rows.append((pair, other, -1.0, 0.0))
        ends = np.concatenate([part.a[near], part.b[near]])
        out = self.instance.n_pairs + np.flatnonzero(np.isin(self.skip, ends))
        rows.append((out, np.full(len(out), -1), 0.0, 0.0))
        first, second = (np.concatenate([r[k] for r in rows]).astype(int) for k in (0, 1))
        sign, most = (np.concatenate([np.full(len(r[0]), r[k]) for r in rows]) for k in (2, 3))
        count, both = np.arange(len(first)), np.flatnonzero(second >= 0)
        value = np.concatenate([np.ones(len(first)), sign[both]])
        where = np.concatenate([count, both]), np.concatenate([first, second[both]])
        return csr_array((value, where), shape=(len(first), self.n)), most

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

    A larger one is tried where the plan breaks a tie that must hold.

    Parameters
    ----------
    pair : ndarray of int, shape (n_units,)
        A connected plan.
    gap : float
        Gap that is enough, of the walks.

    Returns
    -------
    bound_m : float
        Proven lower bound; infinite where ties that must hold cannot.
    pair : ndarray of int, shape (n_units,)
        A connected plan, no worse than before.
    """
    model, holds = TiedModel(part), part.holds(pair)
    if model.n > (MOST_COLUMNS if holds else MOST_TRIED):
        return -np.inf, pair
    one = part.instance
    walked = float(one.walk_cost[pair[pair >= 0]].sum()) / max(part.value(pair), 1e-9)
    found = solve_exactly(
        one,
        start=pair if holds else None,
        gap=gap * min(walked, 1.0),
        seconds=clock.left,
        seed=seed,
        model=model,
    )
    better = found.pair is not None and part.value(found.pair) < part.value(pair) - 1e-9
    return found.bound_m + part.lost_m, found.pair if better and found.pair is not None else pair

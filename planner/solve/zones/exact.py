"""The whole model of one part as a mixed-integer programme, for HiGHS."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csr_array, vstack

from planner.model.arrays import Floats, Ints
from planner.solve.highs import new_highs, programme, search
from planner.solve.zones.instance import Instance

__all__ = ["ExactResult", "Model", "solve_exactly"]


@dataclass(frozen=True, eq=False)
class ExactResult:
    """What HiGHS found of a part.

    Parameters
    ----------
    pair : ndarray of int or None, shape (n_units,)
        Chosen pair of each unit, -1 for none; None if no plan was found.
    bound_m : float
        Proven lower bound; infinite if it is proven that hard rules cannot hold.
    """

    pair: Ints | None
    bound_m: float


def solve_exactly(
    instance: Instance,
    *,
    start: Ints | None = None,
    gap: float = 0.0,
    seconds: float = 60.0,
    nodes: int | None = None,
    seed: int = 0,
    halt: threading.Event | None = None,
    model: Model | None = None,
) -> ExactResult:
    """Solve one part by branch and cut.

    Parameters
    ----------
    start : ndarray of int, optional
        Pairs of a known plan; one that breaks hard rules is left aside.
    gap : float
        Relative gap that is enough, of the value.
    halt : threading.Event, optional
        Stops the search from another thread.
    model : Model, optional
        Of the part, where it knows more than that.
    """
    model = model or Model(instance)
    limits = {} if nodes is None else {"mip_max_nodes": nodes}
    highs = new_highs(seed=seed, mip_rel_gap=gap, time_limit=max(seconds, 0.1), **limits)
    known = None
    # What breaks hard rows is no start: HiGHS would have to repair it first.
    if start is not None and np.isfinite(instance.value(start)):
        known = model.point(start)
    found = search(highs, model.lp(), known, halt)
    return ExactResult(None if found.values is None else model.pairs(found.values), found.bound)


class Model:
    """The programme of a part.  Columns: pairs, then units left out, then what the zones break."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.skip = np.flatnonzero(np.isfinite(instance.skip_cost))
        priced = np.flatnonzero(np.isfinite(instance.rows.price))
        self.slack = [(int(k), c) for k in priced for c in range(instance.n_centres)]
        self.n = instance.n_pairs + len(self.skip) + len(self.slack)

    def lp(self, *, relaxed: bool = False) -> highspy.HighsLp:
        """Write the model down, with whole numbers or, relaxed, without."""
        least = np.ones(self.instance.n_units)
        return self._lp([self._once(), *self._rows()], least, relaxed=relaxed)

    def zone_lp(self) -> highspy.HighsLp:
        """Write down the choice of one zone: nobody need be served but at home."""
        return self._lp(self._rows(), np.zeros(0))

    def _rows(self) -> list[tuple[Any, Floats]]:
        """Coefficients and most of all rows that have no least."""
        return [self._rules(), self._support()]

    def _cost(self) -> Floats:
        one = self.instance
        price = [one.rows.price[k] for k, _ in self.slack]
        return np.concatenate([one.cost, one.skip_cost[self.skip], price])

    def _lp(
        self, parts: list[tuple[Any, Floats]], least: Floats, *, relaxed: bool = False
    ) -> highspy.HighsLp:
        one, matrix = self.instance, csr_array(vstack([p[0] for p in parts], format="csr"))
        most = np.concatenate([p[1] for p in parts])
        least = np.concatenate([least, np.full(len(most) - len(least), -np.inf)])
        lower, upper = np.zeros(self.n), np.ones(self.n)
        lower[one.home_pair] = 1.0
        upper[one.n_pairs + len(self.skip) :] = np.inf
        # Where the pairs are whole, what is left out or broken follows; branching on it is a waste.
        whole = 0 if relaxed else one.n_pairs
        return programme(self._cost(), (lower, upper), (least, most), matrix, whole=whole)

    def _once(self) -> tuple[Any, Floats]:
        one = self.instance
        row = np.concatenate([one.unit, self.skip])
        column = np.arange(one.n_pairs + len(self.skip))
        matrix = csr_array((np.ones(len(row)), (row, column)), shape=(one.n_units, self.n))
        return matrix, np.ones(one.n_units)

    def _rules(self) -> tuple[Any, Floats]:
        one, rows = self.instance, self.instance.rows
        count, m = rows.weight.shape[0], one.n_centres
        data = rows.weight[:, one.unit].ravel()
        row = (np.arange(count)[:, None] * m + one.centre[None, :]).ravel()
        column = np.tile(np.arange(one.n_pairs), count)
        free = one.n_pairs + len(self.skip) + np.arange(len(self.slack))
        values = np.concatenate([data, np.full(len(self.slack), -1.0)])
        row = np.concatenate([row, [k * m + c for k, c in self.slack]]).astype(int)
        where = row, np.concatenate([column, free])
        return csr_array((values, where), shape=(count * m, self.n)), np.repeat(rows.limit, m)

    def _support(self) -> tuple[Any, Floats]:
        one = self.instance
        # Homes stand by themselves; every other pair is at most the sum of those that hold it up.
        own = np.setdiff1d(np.arange(one.n_pairs), one.home_pair)
        supported = np.repeat(np.arange(one.n_pairs), np.diff(one.support.start))
        row = np.concatenate([own, supported])
        column = np.concatenate([own, one.support.pair])
        data = np.repeat([1.0, -1.0], [len(own), len(supported)])
        whole = csr_array((data, (row, column)), shape=(one.n_pairs, self.n))
        return whole[own, :], np.zeros(len(own))

    def point(self, pair: Ints) -> Floats:
        """State a plan as values of the columns."""
        one, values = self.instance, np.zeros(self.n)
        values[pair[pair >= 0]] = 1.0
        values[one.n_pairs : one.n_pairs + len(self.skip)] = pair[self.skip] < 0
        excess = one.excess(pair)
        first = one.n_pairs + len(self.skip)
        values[first : first + len(self.slack)] = [excess[k, c] for k, c in self.slack]
        return values

    def pairs(self, values: Floats) -> Ints:
        """Read a plan from values of the columns."""
        pair = np.full(self.instance.n_units, -1, np.int64)
        chosen = np.flatnonzero(values[: self.instance.n_pairs] > 0.5)
        pair[self.instance.unit[chosen]] = chosen
        return pair

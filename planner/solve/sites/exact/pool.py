"""Parts that were seen while annealing, each once, the most promising ones kept.

What makes a part promising is its reduced cost: what it costs less the prizes of its units, as the lower
bound has them.  Parts of answers near the best one add up to little more than the gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.solve.compiled import compiled
from planner.solve.sites.instance import Answer
from planner.solve.sites.kernels import FAR, Parts, out_of
from planner.solve.sites.table import Layout

__all__ = ["Columns", "Pool"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MOST_COLUMNS = 150_000
MOST_UNITS = 6_000_000
SMALL = 1e-7


@dataclass(frozen=True, eq=False)
class Columns:
    """Parts with their centres, in the order of a layout.

    Parameters
    ----------
    unit : ndarray of int32
        Units of all parts, one part after the other.
    start : ndarray of int64, shape (n_parts + 1,)
        Where each part begins.
    centre : ndarray of int32, shape (n_parts,)
    cost : ndarray of float, shape (n_parts,)
        Metres, fees included, without the bonus of forced candidates.
    """

    unit: NDArray[np.int32]
    start: IntArray
    centre: NDArray[np.int32]
    cost: FloatArray

    def __len__(self) -> int:
        return len(self.centre)

    def pick(self, which: IntArray) -> Columns:
        """Give some of the parts."""
        lengths = np.diff(self.start)[which]
        start = np.concatenate([[0], np.cumsum(lengths)])
        at = np.repeat(self.start[which] - start[:-1], lengths) + np.arange(start[-1])
        return Columns(self.unit[at], start, self.centre[which], self.cost[which])

    def reduced(self, prize: FloatArray, offset: FloatArray) -> FloatArray:
        """Cost less the prizes of the units and what a chosen centre is worth."""
        paid = np.add.reduceat(prize[self.unit], self.start[:-1]) if len(self) else np.zeros(0)
        return self.cost - paid - offset[self.centre]


class Pool:
    """A growing set of parts.

    Parameters
    ----------
    layout : Layout
        The problem.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        n = layout.sites.n_units
        most = min(MOST_COLUMNS, 50 * n + 20_000)
        random = np.random.default_rng(12345)
        self._sign = random.integers(1, 2**63, n).astype(np.uint64)
        self._seen = np.zeros(1 << int(np.ceil(np.log2(2 * most + 1))), np.uint64)
        self._unit = np.zeros(min(MOST_UNITS, most * 40 + 4 * n), np.int32)
        self._start = np.zeros(most + 1, np.int64)
        self._centre = np.zeros(most, np.int32)
        self._cost = np.zeros(most)
        self._count = np.zeros(1, np.int64)
        self.prize, self.offset = np.zeros(n), np.zeros(len(layout.cand))
        self.limit = FAR

    def __len__(self) -> int:
        return int(self._count[0])

    @property
    def columns(self) -> Columns:
        """All parts in the pool."""
        k = len(self)
        start = self._start[: k + 1]
        return Columns(self._unit[: start[-1]], start, self._centre[:k], self._cost[:k])

    def harvest(self, parts: Parts) -> None:
        """Take the parts of the answer that stands now, if they are within the rules and new."""
        full = _harvest(
            self.layout.table, parts, self.layout.bonus, self.layout.out_of_reach,
            self.layout.sites.price, self.prize, self.offset,
            self.limit, self._sign, self._seen, self._unit, self._start, self._centre, self._cost,
            self._count,
        )  # fmt: skip
        if full:
            self._thin()

    def judge(self, prize: FloatArray, offset: FloatArray, limit: float) -> None:
        """Set what parts are judged by from now on; parts above the limit are not taken."""
        self.prize, self.offset, self.limit = prize, offset, limit

    def add(self, answer: Answer) -> None:
        """Take the parts of an answer, whatever they are worth."""
        one, chosen = answer.sites, answer.chosen
        serves = answer.serves[self.layout.unit]
        order = np.argsort(serves, kind="stable").astype(np.int32)
        edges = np.searchsorted(serves[order], np.append(chosen, one.n_candidates))
        cost = np.bincount(serves, self._own_cost(answer), minlength=one.n_candidates)[chosen]
        over = answer.load - one.capacity[chosen]
        excess = np.maximum(over, 0) + np.maximum(one.floor[chosen] - answer.load, 0)
        excess[excess < SMALL] = 0.0
        charge = np.where(excess > 0, one.price, 0.0) * np.where(excess > 0, excess, 1.0)
        value = cost + one.fee[chosen] + charge
        centre = self.layout.cand_at[chosen]
        for c, v, (low, high) in zip(centre, value, pairwise(edges), strict=True):
            if np.isfinite(v) and self._append(order[low:high], int(c), float(v)):
                self._thin()
                self._append(order[low:high], int(c), float(v))

    def _append(self, units: NDArray[np.int32], centre: int, cost: float) -> bool:
        return _append(
            units, len(units), centre, cost, self._sign, self._seen, self._unit, self._start,
            self._centre, self._cost, self._count,
        )  # fmt: skip

    def _own_cost(self, answer: Answer) -> FloatArray:
        unit = self.layout.unit
        return answer.sites.cost[unit, answer.serves[unit]]

    def _thin(self) -> None:
        """Keep the better half."""
        every = self.columns
        worth = every.reduced(self.prize, self.offset)
        keep = np.sort(np.argsort(worth, kind="stable")[: len(every) // 2])
        self.limit = min(self.limit, float(worth[keep].max()))
        kept = every.pick(keep)
        self._seen[:] = 0
        self._count[0] = 0
        for a in range(len(kept)):
            units = kept.unit[kept.start[a] : kept.start[a + 1]]
            self._append(units, int(kept.centre[a]), float(kept.cost[a]))


@compiled
def _append(units, size, c, cost, sign, seen, unit, start, centre, value, count):
    """Write a part unless it is there; whether the store is full."""
    key = np.uint64(c) * np.uint64(0x9E3779B97F4A7C15)
    for a in range(size):
        key ^= sign[units[a]]
    key |= np.uint64(1)
    mask = np.uint64(len(seen) - 1)
    at = (key >> np.uint64(7)) & mask
    while seen[at] != 0:
        if seen[at] == key:
            return False
        at = (at + np.uint64(1)) & mask
    k = count[0]
    if k == len(centre) or start[k] + size > len(unit):
        return True
    seen[at] = key
    for a in range(size):
        unit[start[k] + a] = units[a]
    start[k + 1] = start[k] + size
    centre[k] = c
    value[k] = cost
    count[0] = k + 1
    return False


@compiled
def _harvest(
    t, s, bonus, reach, hard, prize, offset, limit, sign, seen, unit, start, centre, value, count
):
    for k in range(len(s.size)):
        c = s.centre[k]
        cost = t.fee[c] + bonus[c]
        paid = offset[c]
        for a in range(s.size[k]):
            u = s.unit[k, a]
            cost += t.row[u, c] if t.row[u, c] < reach else FAR
            paid += prize[u]
        over = out_of(s.load[k], t.capacity[c], t.floor[c])
        if over > SMALL:
            if hard >= FAR:
                continue
            cost += hard * over
        if cost - paid > limit or cost >= FAR:
            continue
        if _append(s.unit[k], s.size[k], c, cost, sign, seen, unit, start, centre, value, count):
            return True
    return False

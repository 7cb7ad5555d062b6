"""Parts that were seen while annealing, each once, the most promising ones kept.

What makes a part promising is its reduced cost: what it costs less the prizes of its units, as the lower
bound has them.  Parts of answers near the best one add up to little more than the gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Floats, Ints, Ints32
from planner.solve.compiled import compiled
from planner.solve.sites.instance import Answer
from planner.solve.sites.kernels import FAR, Parts, off
from planner.solve.sites.table import Layout

__all__ = ["Columns", "Pool"]

MOST_COLUMNS = 150_000
MOST_UNITS = 6_000_000  # 24 MB of units, whatever the size of the parts
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

    unit: Ints32
    start: Ints
    centre: Ints32
    cost: Floats

    def __len__(self) -> int:
        return len(self.centre)

    def pick(self, which: Ints) -> Columns:
        """Give some of the parts."""
        lengths = np.diff(self.start)[which]
        start = np.concatenate([[0], np.cumsum(lengths)])
        at = np.repeat(self.start[which] - start[:-1], lengths) + np.arange(start[-1])
        return Columns(self.unit[at], start, self.centre[which], self.cost[which])

    def reduced(self, prize: Floats, offset: Floats) -> Floats:
        """Cost less the prizes of the units and what a chosen centre is worth."""
        paid = np.add.reduceat(prize[self.unit], self.start[:-1]) if len(self) else np.zeros(0)
        return self.cost - paid - offset[self.centre]


class _Store(NamedTuple):
    """The parts as they are written, `used` of them; `seen` is a hash table of keys made from `sign`."""

    sign: NDArray[np.uint64]
    seen: NDArray[np.uint64]
    unit: Ints32
    start: Ints
    centre: Ints32
    cost: Floats
    used: Ints


class _Terms(NamedTuple):
    """What parts are judged by; see `Pool.judge` and `Layout`."""

    bonus: Floats
    reach: float
    hard: float
    prize: Floats
    offset: Floats
    limit: float


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
        random = np.random.default_rng(12345)  # of keys alone: no answer depends on it
        self._store = _Store(
            sign=random.integers(1, 2**63, n).astype(np.uint64),
            seen=np.zeros(1 << int(np.ceil(np.log2(2 * most + 1))), np.uint64),
            unit=np.zeros(min(MOST_UNITS, most * 40 + 4 * n), np.int32),
            start=np.zeros(most + 1, np.int64),
            centre=np.zeros(most, np.int32),
            cost=np.zeros(most),
            used=np.zeros(1, np.int64),
        )
        self.prize, self.offset = np.zeros(n), np.zeros(len(layout.cand))
        self.limit = FAR

    def __len__(self) -> int:
        return int(self._store.used[0])

    @property
    def columns(self) -> Columns:
        """All parts in the pool."""
        k, store = len(self), self._store
        start = store.start[: k + 1]
        return Columns(store.unit[: start[-1]], start, store.centre[:k], store.cost[:k])

    def harvest(self, parts: Parts) -> None:
        """Take the parts of the answer that stands now, if they are within the rules and new."""
        at, price = self.layout, self.layout.sites.price
        terms = _Terms(at.bonus, at.out_of_reach, price, self.prize, self.offset, self.limit)
        if _harvest(at.table, parts, terms, self._store):
            self._thin()

    def judge(self, prize: Floats, offset: Floats, limit: float) -> None:
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
            if np.isfinite(v) and _append(self._store, order[low:high], int(c), float(v)):
                self._thin()
                _append(self._store, order[low:high], int(c), float(v))

    def _own_cost(self, answer: Answer) -> Floats:
        unit = self.layout.unit
        return answer.sites.cost[unit, answer.serves[unit]]

    def _thin(self) -> None:
        """Keep the better half."""
        every = self.columns
        worth = every.reduced(self.prize, self.offset)
        keep = np.sort(np.argsort(worth, kind="stable")[: len(every) // 2])
        self.limit = min(self.limit, float(worth[keep].max()))
        kept = every.pick(keep)
        self._store.seen[:] = 0
        self._store.used[0] = 0
        for a in range(len(kept)):
            units = kept.unit[kept.start[a] : kept.start[a + 1]]
            _append(self._store, units, int(kept.centre[a]), float(kept.cost[a]))


@compiled
def _append(store, units, c, cost):
    """Write a part unless it is there; whether the store is full."""
    key = np.uint64(c) * np.uint64(0x9E3779B97F4A7C15)
    for u in units:
        key ^= store.sign[u]
    key |= np.uint64(1)  # 0 is an empty place
    mask = np.uint64(len(store.seen) - 1)
    at = (key >> np.uint64(7)) & mask
    while store.seen[at] != 0:
        if store.seen[at] == key:
            return False
        at = (at + np.uint64(1)) & mask
    k, size = store.used[0], len(units)
    if k == len(store.centre) or store.start[k] + size > len(store.unit):
        return True
    store.seen[at] = key
    for a in range(size):
        store.unit[store.start[k] + a] = units[a]
    store.start[k + 1] = store.start[k] + size
    store.centre[k] = c
    store.cost[k] = cost
    store.used[0] = k + 1
    return False


@compiled
def _harvest(t, s, terms, store):
    """Write the parts that keep the rules and may be of use; whether the store is full."""
    for k in range(len(s.size)):
        c = s.centre[k]
        cost = t.fee[c] + terms.bonus[c]
        paid = terms.offset[c]
        for a in range(s.size[k]):
            u = s.unit[k, a]
            cost += t.row[u, c] if t.row[u, c] < terms.reach else FAR
            paid += terms.prize[u]
        over = off(t, s, k)
        if over > SMALL:
            if terms.hard >= FAR:
                continue
            cost += terms.hard * over
        if cost - paid > terms.limit or cost >= FAR:
            continue
        if _append(store, s.unit[k, : s.size[k]], c, cost):
            return True
    return False

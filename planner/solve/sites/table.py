"""The arrays that the compiled search works on, in an order that keeps neighbours close together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Ints, Ints32
from planner.solve.compiled import compiled
from planner.solve.sites.instance import Answer, Sites
from planner.solve.sites.kernels import Parts, Table

__all__ = ["Layout"]

NEAR = 12  # in a plane some six touch; as many again lie behind them


class Layout:
    """The problem with its units and candidates in another order, and the way there and back.

    Parameters
    ----------
    sites : Sites
        The problem.
    answer : Answer
        Any answer: units of one part, and parts close together, come to lie side by side.
    near : int
        Neighbours of each unit with whom it may change places.
    """

    def __init__(self, sites: Sites, answer: Answer, near: int = NEAR) -> None:
        self.sites = sites
        finite = sites.cost[np.isfinite(sites.cost)]
        top = float(finite.max()) if finite.size else 1.0
        # A power of two, so that adding it and taking it away leaves no rounding behind.
        self.out_of_reach = 2.0 ** np.ceil(np.log2(max(top, 1.0) * 8.0))
        self.unit = _side_by_side(sites, answer)
        self._unit_at = np.argsort(self.unit)
        open_ = np.flatnonzero(~sites.barred)
        self.cand = open_[np.lexsort((open_, self._unit_at[sites.home[open_]]))]
        self.cand_at = np.full(sites.n_candidates, -1)
        self.cand_at[self.cand] = np.arange(len(self.cand))
        self.table = self._table(near)

    def _table(self, near: int) -> Table:
        one = self.sites
        row = one.cost[np.ix_(self.unit, self.cand)]
        # Single precision: half the memory to read, and metres need no more.
        row = np.where(np.isfinite(row), row, self.out_of_reach).astype(np.float32)
        twin = row.shape[0] == row.shape[1] and np.array_equal(row, row.T)
        home = self._unit_at[one.home[self.cand]]
        fee = one.fee[self.cand].copy()
        most = 8.0 * float(row.max(axis=1).sum(dtype=float)) + 1.0
        # Forced candidates are paid for being chosen: the kernels need not know of force.
        self.bonus = np.where(one.forced[self.cand], 2.0 ** np.ceil(np.log2(most)), 0.0)
        fee -= self.bonus
        start = np.searchsorted(home, np.arange(one.n_units + 1))
        return Table(
            row=row,
            column=row if twin else np.ascontiguousarray(row.T),
            demand=one.demand[self.unit],
            capacity=one.capacity[self.cand],
            floor=one.floor[self.cand],
            fee=fee,
            home=home.astype(np.int32),
            start=start.astype(np.int32),
            near=near_units(row, home, near),
        )

    def parts(self, answer: Answer) -> Parts:
        """Write an answer as parts; what candidates cost in them is counted by `begin`."""
        n, p, m = self.sites.n_units, len(answer.chosen), len(self.cand)
        part = np.searchsorted(answer.chosen, answer.serves)[self.unit].astype(np.int32)
        width = int(min(n, max(np.bincount(part).max() * 2, n // p * 6) + 64))
        wide = int(min(m, width * max(int(np.diff(self.table.start).max()), 1)))
        return Parts(
            part=part,
            place=np.zeros(n, np.int32),
            unit=np.full((p, width), -1, np.int32),
            size=np.zeros(p, np.int32),
            cand=np.full((p, wide), -1, np.int32),
            many=np.zeros(p, np.int32),
            spot=np.zeros(m, np.int32),
            total=np.zeros((p, wide)),
            load=np.zeros(p),
            centre=np.full(p, -1, np.int32),
            value=np.zeros(p),
        )

    def answer(self, serves: Ints32) -> Answer:
        """Translate back: the candidate that serves each unit, both in the order of the table."""
        there = np.empty(self.sites.n_units, np.int64)
        there[self.unit] = self.cand[serves]
        return Answer(self.sites, there)


def _side_by_side(sites: Sites, answer: Answer) -> Ints:
    """Order units by part, and parts by a walk from each centre to the nearest not yet visited."""
    chosen = answer.chosen
    between = sites.cost[np.ix_(sites.home[chosen], chosen)].copy()
    rank, at = np.zeros(len(chosen), np.int64), 0
    for step in range(len(chosen)):
        rank[at] = step
        between[:, at] = np.inf
        at = int(between[at].argmin())
    part = np.searchsorted(chosen, answer.serves)
    own = sites.cost[np.arange(sites.n_units), answer.serves]
    return np.lexsort((np.arange(sites.n_units), own, rank[part]))


def near_units(row: NDArray[np.float32], home: Ints, near: int) -> Ints32:
    """Homes of the candidates that serve each unit cheapest, itself left out, shape (n, near).

    Where candidates are few, the units that share a good candidate come after their homes.
    """
    n, m = row.shape
    k = min(3 * near, m)
    found = np.empty((n, k), np.int64)
    for low in range(0, n, 512):
        rows = row[low : low + 512]
        if k < m:
            first = np.argpartition(rows, k - 1, axis=1)[:, :k]
        else:
            first = np.broadcast_to(np.arange(k), rows.shape)
        rank = np.lexsort((first, np.take_along_axis(rows, first, 1)), axis=1)
        found[low : low + 512] = home[np.take_along_axis(first, rank, 1)]
    return _distinct(found, min(near, max(n - 1, 1)))


@compiled
def _distinct(found, keep):
    """Keep the first few homes of each row that differ; repeat them where there are fewer."""
    n, k = found.shape
    kept = np.empty((n, keep), np.int32)
    for i in range(n):
        count = 0
        for j in range(k):
            v, seen = found[i, j], found[i, j] == i
            for t in range(count):
                seen = seen or kept[i, t] == v
            if not seen:
                kept[i, count] = v
                count += 1
                if count == keep:
                    break
        if count == 0:
            kept[i, 0], count = i, 1
        for t in range(count, keep):
            kept[i, t] = kept[i, t % count]
    return kept

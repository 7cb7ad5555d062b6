"""Who serves whom where some homes need more: care households shared out among single members, exactly.

Beside the floor and ceiling of homes each member has a floor and a ceiling of care households, and where
these are for members of some kind alone nobody else is given one.  That is no transportation problem any
more: it is solved as a small integer programme, who serves included, for one zone is some tens of clients.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from planner.model.arrays import Bools, Floats, Ints
from planner.solve.highs import new_highs, programme, search
from planner.solve.staff import FAR_M, Staffing, limits_of, serving_range, staff

__all__ = ["HARD_M", "Shared", "staff_shared"]

HARD_M = 10.0 * FAR_M
"""What one care household too many or too few of a hard share costs: more than a place beyond a ceiling."""
NODES = 2_000  # of branch and bound: one zone is solved in some tens
GAP = 1e-6


@dataclass(frozen=True, eq=False)
class Shared:
    """How one kind of care is shared out.

    Parameters
    ----------
    counts : ndarray of bool, shape (n_clients,)
        Clients of whose homes each counts; of the others none does.
    able : ndarray of bool, shape (n_servers,)
        Who is given such homes at all.
    low, high : float or None
        Fewest and most of each who serves.
    price_m : float
        Metres for each home too many, too few, or with somebody who is not able.
    """

    counts: Bools
    able: Bools
    low: float | None
    high: float | None
    price_m: float


def staff_shared(
    load: ArrayLike,
    walk_m: ArrayLike,
    low: float | None,
    high: float | None,
    ceiling: ArrayLike | None,
    shares: Sequence[Shared],
) -> Staffing:
    """Share clients out among servers, care households besides.

    Parameters
    ----------
    load, walk_m, low, high, ceiling
        As for `planner.solve.staff.staff`.
    shares : sequence of Shared
        What holds besides.

    Returns
    -------
    Staffing
        As many serve as `staff` would have, or as the ceilings of care ask for; what cannot hold is missed
        where that costs least.
    """
    weight = np.asarray(load, np.int64)
    walk = np.where(np.isfinite(np.asarray(walk_m, float)), walk_m, FAR_M)
    first = staff(weight, walk, low, high, ceiling)
    n, m = walk.shape
    if not n or not m or not weight.sum():
        return first
    least, most = limits_of(int(weight.sum()), m, low, high, ceiling)
    wanted = _wanted(weight, m, low, high, shares)
    model = _Model(weight, walk, np.minimum(least, weight.sum()), most, shares, wanted)
    found = model.solve(first if int(first.serves.sum()) == wanted else None)
    return first if found is None else found


def _wanted(
    weight: Ints, servers: int, low: float | None, high: float | None, shares: Sequence[Shared]
) -> int:
    """Find how many should serve: the ceilings of care may ask for more than homes do."""
    wanted = serving_range(int(weight.sum()), servers, low, high)
    for share in shares:
        if share.high:
            asked = math.ceil(int(weight[share.counts].sum()) / share.high)
            # of a kind that few are of, those few serve, and no other is called for it
            wanted = max(wanted, min(asked, int(share.able.sum())))
    return min(wanted, servers)


class _Model:
    """The programme of one zone.  Columns: shares, who serves, homes short and over, care short and over."""

    def __init__(
        self,
        weight: Ints,
        walk: Floats,
        least: Ints,
        most: Ints,
        shares: Sequence[Shared],
        wanted: int,
    ) -> None:
        self.weight, self.walk, self.least, self.most = weight, walk, least, most
        self.shares, self.wanted = shares, wanted
        self.n, self.m = walk.shape
        self._rows: list[tuple[Ints, Floats]] = []
        self._low: list[float] = []
        self._high: list[float] = []
        # shares, serving, then two of each server for homes and for each share
        self.wide = self.n * self.m + self.m * (3 + 2 * len(shares))

    def solve(self, known: Staffing | None) -> Staffing | None:
        """Give the best staffing; None where no whole one was found."""
        n, m, total = self.n, self.m, float(self.weight.sum())
        pair = np.arange(n * m).reshape(n, m)
        serves = n * m + np.arange(m)
        self._stated(pair, serves)
        cost = np.concatenate([self._walks().ravel(), np.zeros(m), np.full(2 * m, FAR_M)])
        for share in self.shares:
            cost = np.concatenate([cost, np.full(2 * m, share.price_m)])
        upper = np.full(self.wide, total)
        upper[: n * m], upper[serves] = np.repeat(self.weight, m), 1.0
        rows = np.repeat(np.arange(len(self._rows)), [len(c) for c, _ in self._rows])
        values = np.concatenate([v for _, v in self._rows])
        where = rows, np.concatenate([c for c, _ in self._rows])
        matrix = csr_array((values, where), shape=(len(self._rows), self.wide))
        lp = programme(
            cost,
            (np.zeros(self.wide), upper),
            (np.array(self._low), np.array(self._high)),
            matrix,
            whole=n * m + m,
        )
        highs = new_highs(mip_rel_gap=GAP, mip_max_nodes=NODES)
        found = search(highs, lp, None if known is None else self._point(known))
        return None if found.values is None else self._told(found.values)

    def _walks(self) -> Floats:
        """Metres of each home with each server, whoever is not able charged for besides."""
        walks = self.walk.copy()
        for share in self.shares:
            walks[np.ix_(share.counts, ~share.able)] += share.price_m
        return walks

    def _row(self, columns: Ints, values: Floats, low: float, high: float) -> None:
        self._rows.append((columns.astype(np.int64), values))
        self._low.append(low)
        self._high.append(high)

    def _stated(self, pair: Ints, serves: Ints) -> None:
        """Write all rows down: everyone is served, by who serves, within floors and ceilings."""
        inf, first = np.inf, self.n * self.m + self.m
        for i in range(self.n):
            self._row(pair[i], np.ones(self.m), float(self.weight[i]), float(self.weight[i]))
            for j in range(self.m):
                both = np.array([pair[i, j], serves[j]])
                self._row(both, np.array([1.0, -float(self.weight[i])]), -inf, 0.0)
        self._row(serves, np.ones(self.m), float(self.wanted), float(self.wanted))
        every = np.ones(self.n, bool)
        sides: list[tuple[Bools, Bools, Floats, Floats]] = [
            (every, np.ones(self.m, bool), self.least.astype(float), self.most.astype(float))
        ]
        for share in self.shares:
            floor = np.zeros(self.m) if share.low is None else np.full(self.m, share.low)
            ceiling = np.full(self.m, inf if share.high is None else share.high)
            sides.append((share.counts, share.able, floor, ceiling))
        for k, (counts, able, floor, ceiling) in enumerate(sides):
            for j in np.flatnonzero(able):
                held = pair[counts, j]
                ones, short = np.ones(len(held) + 1), first + 2 * k * self.m + j
                if floor[j] > 0:
                    columns = np.concatenate([held, [short, serves[j]]])
                    self._row(columns, np.append(ones, -float(floor[j])), 0.0, inf)
                if np.isfinite(ceiling[j]):
                    values = np.append(ones[:-1], -1.0)
                    columns = np.append(held, short + self.m)
                    self._row(columns, values, -inf, float(ceiling[j]))

    def _point(self, known: Staffing) -> Floats:
        """State a staffing as values of the columns."""
        held = known.share.sum(axis=0)
        parts = [known.share.ravel(), known.serves]
        parts += [np.where(known.serves, np.maximum(self.least - held, 0), 0)]
        parts += [np.maximum(held - self.most, 0)]
        for share in self.shares:
            mine = known.share[share.counts].sum(axis=0)
            low, high = share.low or 0.0, np.inf if share.high is None else share.high
            parts.append(np.where(known.serves & share.able, np.maximum(low - mine, 0.0), 0.0))
            parts.append(np.where(share.able, np.maximum(mine - high, 0.0), 0.0))
        return np.concatenate([np.asarray(part, float) for part in parts])

    def _told(self, values: Floats) -> Staffing:
        n, m = self.n, self.m
        share = np.rint(values[: n * m]).astype(np.int64).reshape(n, m)
        serves = values[n * m : n * m + m] > 0.5
        held = share.sum(axis=0)
        short = np.where(serves, np.maximum(self.least - held, 0), 0)
        over = np.where(serves, np.maximum(held - self.most, 0), 0)
        return Staffing(share, serves, float((share * self.walk).sum()), short, over)

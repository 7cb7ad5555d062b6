"""The cheapest connected zone of one centre, when each unit carries a prize.

Units are decided on in order of their walk from the centre, so the connection rule reads: take a unit
only if one of its nearer neighbours was taken.  A table over what zones add up to (such as households
and members), filled from the far end and blind to connection, bounds every branch from below; a
depth-first search over that table finds the best connected zone.  The table is the knapsack recursion
of R. Bellman (1957); that relaxing "each unit once" leaves such zones is A. Mehrotra, E. L. Johnson,
G. L. Nemhauser: An optimization based heuristic for political districting, Management Science 44, 1998.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.model.arrays import Bools, Floats, Ints, Ints32
from planner.solve.compiled import compiled
from planner.solve.crew import Crew
from planner.solve.stop import Clock
from planner.solve.zones.contiguity import spans
from planner.solve.zones.instance import Instance
from planner.solve.zones.proof.subproblem import ZoneModel

__all__ = ["Priced", "Pricer", "countable"]

MOST_STATES = 60_000  # of the table: half a megabyte for each item, and there are dozens
LONGEST_S = 20.0  # longest search for the zone of one centre by HiGHS
COLUMNS = 12
# Zones and branches of one centre at which listing them all is given up.
ROOM, MOST_BRANCHES = 20_000, 10_000_000
MOST_HANDS, FEW = 8, 12  # centres below which threads cost more than they bring


def countable(instance: Instance) -> bool:
    """Tell whether zones add up to at most two whole numbers, so that `Pricer` applies."""
    amounts = instance.rows.amounts
    return len(amounts) <= 2 and bool((amounts == np.round(amounts)).all() and (amounts >= 0).all())


@dataclass(frozen=True, eq=False)
class Priced:
    """What pricing found: a price for each centre that no zone of it is below, zones, and their prices."""

    bound: Floats
    columns: list[Ints]
    price: list[float]


class _Found(NamedTuple):
    """Zones found of one centre, its nearest unit first, and what is proven of it."""

    bound: float
    number: int
    price: Floats
    zones: Bools
    beyond: Floats


class _Items(NamedTuple):
    """Pairs of one centre, nearest first: price, both amounts, and whom each holds up."""

    cost: Floats
    a: Ints
    b: Ints
    held_start: Ints
    held: Ints32


class Pricer:
    """Finds the cheapest zone of each centre.

    Parameters
    ----------
    instance : Instance
        The part; must be `countable`.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = one = instance
        order, support = one.by_centre, one.support
        place = np.empty(one.n_pairs, np.int64)
        place[order] = np.arange(one.n_pairs)
        owner, at = spans(support.held_start, order)
        first = one.centre_start[one.centre[support.held[at]]]
        self._held_start = np.searchsorted(owner, np.arange(one.n_pairs + 1)).astype(np.int64)
        self._held = (place[support.held[at]] - first).astype(np.int32)
        amounts = np.zeros((2, one.n_units), np.int64)
        amounts[: len(one.rows.amounts)] = one.rows.amounts
        self._amounts = amounts[:, one.unit[order]]
        self._cap = self._first_caps(amounts)
        self._tables: dict[tuple[int, int], Floats] = {}
        self._models: dict[int, ZoneModel] = {}
        self._crew = Crew(MOST_HANDS if one.n_centres >= FEW else 1)

    def _first_caps(self, amounts: Ints) -> Ints:
        """How far the table of each centre reaches: a little beyond what a zone may have."""
        one = self.instance
        caps = np.empty((one.n_centres, 2), np.int64)
        for i in range(2):
            most = amounts[i][one.unit]
            total = np.bincount(one.centre, most, one.n_centres).astype(np.int64)
            ceilings = [limit for _, limit in self._ceilings(i)]
            home = amounts[i][one.unit[one.home_pair]]
            if ceilings:
                step = int(np.median(amounts[i])) + 1
                caps[:, i] = np.minimum(np.maximum(int(min(ceilings)) + step, home + step), total)
            else:
                caps[:, i] = total
        return caps

    def _ceilings(self, axis: int) -> list[tuple[float, float]]:
        """Price and limit of each ceiling on one amount alone."""
        rows = self.instance.rows
        return [
            (float(price), float(limit / share[axis]))
            for share, limit, price in zip(rows.share, rows.limit, rows.price, strict=True)
            if len(share) > axis and share[axis] > 0 and np.count_nonzero(share) == 1
        ]

    def price(
        self, prize: Floats, nodes: int, *, exact: bool = False, clock: Clock | None = None
    ) -> Priced:
        """Price every centre, for what each unit is worth.

        Of each centre so many branches (`nodes`) are looked at before its bound is taken as it stands; if
        `exact`, HiGHS is asked then.  When the clock runs out, bounds are taken as they stand.
        """
        reduced = self._reduced(prize)
        time = clock or Clock(LONGEST_S)

        def priced(c: int) -> tuple[float, Floats, list[Ints]]:
            if exact:
                return self._settled(c, reduced, nodes, time)
            return self._priced(c, reduced, nodes)

        results = self._crew.all(priced, range(self.instance.n_centres))
        bound = np.array([r[0] for r in results])
        columns = [zone for r in results for zone in r[2]]
        price = [float(value) for r in results for value in r[1]]
        return Priced(bound, columns, price)

    def all_below(self, prize: Floats, below: Floats) -> list[Ints] | None:
        """List every connected zone whose price is below the limit of its centre.

        None if there are too many, or zones larger than the table could be as cheap.
        """
        reduced = self._reduced(prize)
        found: list[Ints] = []
        for c in range(self.instance.n_centres):
            zones = self._listed(c, reduced, float(below[c]))
            if zones is None:
                return None
            found += zones
        return found

    def _reduced(self, prize: Floats) -> Floats:
        """Cost of each pair less its prize, centre by centre, nearest first."""
        one = self.instance
        return (one.cost - prize[one.unit])[one.by_centre]

    def _listed(self, c: int, reduced: Floats, below: float) -> list[Ints] | None:
        while True:
            found = self._one(c, reduced, MOST_BRANCHES, ROOM, below)
            if found.beyond.min() >= below:
                return None if found.number > ROOM else self._pairs(c, found.zones)
            if not self._widen(c, int(found.beyond[1] < found.beyond[0])):
                return None

    def _priced(self, c: int, reduced: Floats, nodes: int) -> tuple[float, Floats, list[Ints]]:
        while True:
            found = self._one(c, reduced, nodes, COLUMNS, np.inf)
            beyond, axis = found.beyond, int(found.beyond[1] < found.beyond[0])
            if beyond[axis] >= found.bound or not self._widen(c, axis):
                bound = min(found.bound, float(beyond.min()))
                return bound, found.price, self._pairs(c, found.zones)

    def _settled(
        self, c: int, reduced: Floats, nodes: int, clock: Clock
    ) -> tuple[float, Floats, list[Ints]]:
        """Price a centre, by HiGHS if its branches are too many."""
        bound, values, zones = self._priced(c, reduced, nodes)
        best = float(values.min(initial=np.inf))
        if bound >= best - 1e-6 * max(abs(best), 1.0) or clock.left <= 0:
            return bound, values, zones
        if c not in self._models:
            self._models[c] = ZoneModel(self.instance, c)
        model = self._models[c]
        low, high = self.instance.centre_start[c : c + 2]
        proven, zone = model.cheapest(reduced[low:high], min(LONGEST_S, clock.left))
        if not zone.any():
            return max(bound, proven), values, zones
        value = model.price(reduced[low:high], zone)
        zones = zones + self._pairs(c, zone[None])
        return max(bound, min(proven, value)), np.append(values, value), zones

    def _pairs(self, c: int, zones: Bools) -> list[Ints]:
        first = self.instance.centre_start[c]
        order = self.instance.by_centre
        return [np.sort(order[first + np.flatnonzero(zone)]) for zone in zones]

    def _widen(self, c: int, axis: int) -> bool:
        """Let the table of a centre reach farther; False when it is large enough already."""
        low, high = self.instance.centre_start[c : c + 2]
        total = int(self._amounts[axis, low:high].sum())
        cap = self._cap[c].copy()
        cap[axis] = min(total, cap[axis] + max(cap[axis] // 4, 2))
        if cap[axis] == self._cap[c, axis] or (cap + 1).prod() > MOST_STATES:
            return False
        self._cap[c] = cap
        return True

    def _one(self, c: int, reduced: Floats, nodes: int, room: int, below: float) -> _Found:
        low, high = self.instance.centre_start[c : c + 2]
        cap, cost, amounts = self._cap[c], reduced[low:high], self._amounts[:, low:high]
        starts = self._held_start[low : high + 1]
        items = _Items(cost, amounts[0], amounts[1], starts, self._held)
        bound, count, price, zones = _search(items, self._table(cap), nodes, room, below)
        beyond = np.array([self._beyond(i, amounts[i], cost, int(cap[i])) for i in range(2)])
        kept = min(count, room)
        return _Found(bound, count, price[:kept], zones[:kept], beyond)

    def _table(self, cap: Ints) -> Floats:
        key = (int(cap[0]), int(cap[1]))
        if key not in self._tables:
            self._tables[key] = self.instance.rows.table(cap)
        return self._tables[key]

    def _beyond(self, axis: int, amount: Ints, cost: Floats, cap: int) -> float:
        """Bound from below the price of zones that add up to more than the table holds."""
        if amount[np.isfinite(cost)].sum() <= cap:
            return np.inf
        charge = self._ceilings(axis)
        if any(np.isinf(p) and limit <= cap for p, limit in charge):
            return np.inf
        least = sum(p * max(cap + 1 - limit, 0.0) for p, limit in charge)
        slope = sum(p for p, limit in charge if limit <= cap)
        return cost[0] + least + _fractional(cost[1:], amount[1:], cap + 1 - int(amount[0]), slope)


def _fractional(cost: Floats, amount: Ints, need: int, slope: float) -> float:
    """Least sum of costs for at least `need` of an amount, each more charged, parts allowed."""
    total = cost[(amount == 0) & (cost < 0)].sum()
    some = (amount > 0) & np.isfinite(cost)
    cost, amount = cost[some], amount[some]
    order = np.argsort(cost / amount, kind="stable")
    cost, amount = cost[order], amount[order]
    rate = cost / amount
    before = np.cumsum(amount) - amount
    basic = np.clip(need - before, 0, amount)
    more = np.where(rate + slope < 0, amount - basic, 0)
    return float(total + (rate * basic).sum() + ((rate + slope) * more).sum())


@compiled
def _fill(order, items, table):
    """Least price of completing each sum with the items from i on, connection disregarded."""
    n = len(order)
    wide, deep = table.shape
    best = np.empty((n + 1, wide, deep))
    best[n] = table
    for i in range(n - 1, 0, -1):
        item = order[i]
        price, more, extra = items.cost[item], items.a[item], items.b[item]
        below, mine = best[i + 1], best[i]
        for h in range(wide):
            if h + more >= wide:
                for m in range(deep):
                    mine[h, m] = below[h, m]
                continue
            for m in range(deep - extra):
                mine[h, m] = min(below[h, m], price + below[h + more, m + extra])
            for m in range(max(deep - extra, 0), deep):
                mine[h, m] = below[h, m]
    return best


@compiled
def _take(sign, item, items, taken, held_up):
    """Take an item (+1) or give it back (-1)."""
    taken[item] = sign > 0
    for j in range(items.held_start[item], items.held_start[item + 1]):
        held_up[items.held[j]] += sign


@compiled
def _least_open(bound, phase, other, i):
    """Least price of the branches before item i that were not gone into."""
    for j in range(1, i):
        if phase[j] == 1:
            bound = min(bound, other[j])
    return bound


@compiled
def _search(items, table, nodes, room, below):
    """Find the cheapest connected zone; return a bound and the last zones found.

    With a finite `below`, list all zones cheaper than that instead; too many are counted as
    ``room + 1``.  Units of infinite cost are out of the question.
    """
    cost, a, b = items.cost, items.a, items.b
    wide, deep = table.shape
    values = np.full(room, np.inf)
    zones = np.zeros((room, len(cost)), np.bool_)
    every = below < np.inf
    order = np.flatnonzero(cost < np.inf)
    n = len(order)
    if a[0] >= wide or b[0] >= deep:
        return np.inf, 0, values, zones
    best = _fill(order, items, table)
    held_up, taken = np.zeros(len(cost), np.int32), np.zeros(len(cost), np.bool_)
    _take(1, 0, items, taken, held_up)
    # phase 0: not looked at; 1: the better branch gone into; 2: both.
    other, phase = np.empty(n + 1), np.zeros(n + 1, np.int8)
    h, m, value = a[0], b[0], cost[0]
    found, bound = below, np.inf
    count, slot, seen, i = 0, 0, 0, 1
    while i > 0:
        if i == n:
            total = value + table[h, m]
            i -= 1
            if total >= found - 1e-9:
                continue
            if every and count == room:
                return below, room + 1, values, zones
            found = found if every else total
            values[slot], zones[slot] = total, taken
            slot, count = (slot + 1) % room, min(count + 1, room)
            continue
        item = order[i]
        if phase[i] == 0:
            without, within = value + best[i + 1, h, m], np.inf
            if held_up[item] > 0 and h + a[item] < wide and m + b[item] < deep:
                within = value + cost[item] + best[i + 1, h + a[item], m + b[item]]
            if min(within, without) >= found - 1e-9:
                i -= 1
                continue
            seen += 1
            if seen > nodes:
                if every:
                    return below, room + 1, values, zones
                bound = _least_open(min(within, without), phase, other, i)
                break
            phase[i], other[i] = 1, max(within, without)
            now = within <= without
        else:
            now = not taken[item]
            if taken[item]:
                _take(-1, item, items, taken, held_up)
                h, m, value = h - a[item], m - b[item], value - cost[item]
            if phase[i] == 2 or other[i] >= found - 1e-9:
                i -= 1
                continue
            phase[i] = 2
        if now:
            _take(1, item, items, taken, held_up)
            h, m, value = h + a[item], m + b[item], value + cost[item]
        i += 1
        phase[i] = 0
    return min(found, bound), count, values, zones

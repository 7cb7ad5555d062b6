"""The linear relaxation with the connection rule, window by window, and what its prices prove.

Prices stand on the zone rules and on the rule that a pair is taken only if one that holds it up is;
each unit then goes where it is cheapest.  Any prices give a bound (A. M. Geoffrion: Lagrangean
relaxation for integer programming, Mathematical Programming Study 2, 1974).  Good ones are the dual
values of the linear programme; it is solved for some neighbouring zones at a time, with the prices
of all others as they stand as the way out of each unit, so that no window ever lowers the bound.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import numpy as np

from planner.model.arrays import AnyInts, Floats, Ints
from planner.solve.compiled import compiled
from planner.solve.highs import new_highs, run_interruptibly
from planner.solve.stop import Clock
from planner.solve.zones.exact import Model
from planner.solve.zones.instance import Instance, cut_out

__all__ = ["Prices", "Relaxed", "Window"]

ROUNDS = 4
CHEAPER = 1e-3  # metres below which it does not matter that a pair left out would be cheaper


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices on the zone rules and on the connection rule.

    Parameters
    ----------
    rule : ndarray of float, shape (n_centres, n_rows)
        Of each side of each rule in each zone; never negative, at most the price of breaking it.
    hold : ndarray of float, shape (n_pairs,)
        Of taking a pair, paid to those that hold it up; never negative, 0 at home.
    """

    rule: Floats
    hold: Floats


@dataclass(frozen=True, eq=False)
class Window:
    """What the programme of one window found.

    Parameters
    ----------
    centres, pair : ndarray of int
        Of the window, ascending; pairs of the part that were in the programme.
    rule : ndarray of float, shape (n of centres, n_rows)
        Prices on the rules.
    hold, share : ndarray of float, shape (n of pair,)
        Prices on connection, and how much of each pair the programme takes, 0 to 1.
    """

    centres: Ints
    pair: Ints
    rule: Floats
    hold: Floats
    share: Floats


class Relaxed:
    """Prices of a part, and what they prove.

    Parameters
    ----------
    instance : Instance
        The part.
    rule : ndarray of float, shape (n_centres, n_rows)
        Prices on the rules to begin with.

    Attributes
    ----------
    prices : Prices
        The best so far.
    bound_m : float
        What they prove.
    reduced : ndarray of float, shape (n_pairs,)
        Price of each pair above the cheapest way of its unit.
    way : ndarray of float, shape (n_units,)
        The cheapest way of each unit.
    scale : float
        Mean of what units cost at the least, metres.
    share : ndarray of float, shape (n_pairs,)
        How much of each pair the last programme of its centre took.
    """

    def __init__(self, instance: Instance, rule: Floats) -> None:
        self.instance = instance
        self.share = np.zeros(instance.n_pairs)
        self.scale = float(np.minimum.reduceat(instance.cost, instance.start[:-1]).mean())
        self.bound_m = -np.inf
        self.prices = Prices(rule, np.zeros(instance.n_pairs))
        self.offer(self.prices)

    def offer(self, prices: Prices) -> bool:
        """Keep prices that prove more than those so far; tell whether these do."""
        one = self.instance
        cost = self._charged(prices)
        way = np.minimum(np.minimum.reduceat(cost, one.start[:-1]), one.skip_cost)
        home = one.unit[one.home_pair]
        way[home] = cost[one.home_pair]
        bound = float(way.sum() - (prices.rule * one.rows.limit).sum())
        if not bound > self.bound_m:
            return False
        self.prices, self.bound_m, self.way = prices, bound, way
        self.cost = cost
        self.reduced = cost - way[one.unit]
        return True

    def thinned(self, pair: Ints, within: float) -> tuple[Instance, Ints]:
        """Leave only pairs that look good, with what holds them up, and those of a plan.

        Left out are pairs that cost more than `within` above their unit's cheapest way, metres.
        """
        one = self.instance
        keep = self.reduced <= within
        keep[pair[pair >= 0]] = True
        keep[one.home_pair] = True
        _close(one.by_centre, keep, one.home_pair, self.reduced, one.support)
        return cut_out(one, keep, np.arange(one.n_centres))

    def waste(self, pair: Ints) -> Floats:
        """Share out the gap between a plan and the bound among the zones, shape (n_centres,)."""
        one, prices = self.instance, self.prices
        zone, m = one.centre[pair[pair >= 0]], one.n_centres
        waste = np.bincount(zone, self.reduced[pair[pair >= 0]], m)
        sums = one.sums(pair).T
        excess = np.maximum(sums - one.rows.limit, 0.0)
        price = np.where(np.isfinite(one.rows.price), one.rows.price, one.hard_price)
        waste += (excess * price - prices.rule * (sums - one.rows.limit)).sum(axis=1)
        taken = np.zeros(one.n_pairs, np.bool_)
        taken[pair[pair >= 0]] = True
        _idle(prices.hold, taken, one.centre, one.support, waste)
        return waste

    def _charged(self, prices: Prices) -> Floats:
        """Charge each pair for the rules and for being held up, and pay it for holding up others."""
        one = self.instance
        cost = one.cost + prices.hold
        for k, weight in enumerate(one.rows.weight):
            cost += prices.rule[one.centre, k] * weight[one.unit]
        _pay(prices.hold, one.support, cost)
        return cost

    def adopt(self, window: Window) -> bool:
        """Take over what a window found; tell whether it proves more."""
        self.share[self.pairs_of(window.centres)] = 0.0
        self.share[window.pair] = window.share
        prices, _ = self._joined(window)
        return self.offer(prices)

    def _joined(self, window: Window) -> tuple[Prices, Ints]:
        """Join the prices of a window to the others; tell which pairs outside would be cheaper."""
        one, mine = self.instance, self.pairs_of(window.centres)
        rule, hold = self.prices.rule.copy(), self.prices.hold.copy()
        rule[window.centres] = window.rule
        hold[mine] = 0.0
        hold[window.pair] = window.hold
        cost = self._charged(Prices(rule, hold))
        way = np.full(one.n_units, np.inf)
        np.minimum.at(way, one.unit[window.pair], cost[window.pair])
        way = np.minimum(way, self._outside(window.centres))
        _slim(mine, hold, cost, way, one.unit, one.support)
        cheap = cost[mine] < way[one.unit[mine]] - CHEAPER
        return Prices(rule, hold), mine[cheap]

    def _outside(self, centres: AnyInts) -> Floats:
        """Find the cheapest way of each unit that does not lead to these centres."""
        one, way = self.instance, np.empty(self.instance.n_units)
        among = np.zeros(one.n_centres, np.bool_)
        among[centres] = True
        _elsewhere(one.start, one.centre, self.cost, among, one.skip_cost, way)
        return way

    def pairs_of(self, centres: AnyInts) -> Ints:
        """All pairs of some centres, each centre's nearest first."""
        one = self.instance
        ends = zip(one.centre_start[centres], one.centre_start[centres + 1], strict=True)
        return np.concatenate([one.by_centre[a:b] for a, b in ends])

    def solve(
        self,
        centres: AnyInts,
        within: float,
        clock: Clock,
        *,
        seed: int = 0,
        halt: threading.Event | None = None,
    ) -> Window | None:
        """Solve the relaxation of some zones; every unit may leave for the others at their price.

        Parameters
        ----------
        centres : ndarray of int
            Of the window, ascending.
        within : float
            Pairs that cost so much more than their unit's cheapest way are left out, metres.
        halt : threading.Event, optional
            Stops the work from another thread.

        Returns
        -------
        Window or None
            None if time was up.
        """
        one, window = self.instance, None
        keep, mine = np.zeros(one.n_pairs, np.bool_), self.pairs_of(centres)
        keep[mine] = self.reduced[mine] <= within
        keep[one.home_pair[centres]] = True
        # A pair left out that would be cheaper in the end is let in, as columns are generated.
        way = np.minimum(self._outside(centres), self.way + 2.0 * within)
        for _ in range(ROUNDS):
            _close(mine, keep, one.home_pair, self.reduced, one.support)
            small, pair = cut_out(one, keep, centres)
            out = way[small.unit_ids]
            out[small.unit[small.home_pair]] = np.inf
            small = replace(small, skip_cost=out)
            found = _relaxation(small, centres, pair, clock.left, seed, halt)
            if found is None:
                return window
            window = found
            cheaper = self._joined(window)[1]
            if not len(cheaper):
                break
            keep[cheaper] = True
        return window


def _relaxation(
    small: Instance,
    centres: AnyInts,
    pair: Ints,
    seconds: float,
    seed: int,
    halt: threading.Event | None,
) -> Window | None:
    """Solve the linear programme by an interior point method; its corner is of no use here."""
    highs = new_highs(
        seed=seed,
        solver="ipx",
        run_crossover="off",
        time_limit=max(seconds, 0.1),
        ipm_optimality_tolerance=1e-6,
    )
    highs.passModel(Model(small).lp(relaxed=True))
    run_interruptibly(highs, halt=halt)
    solution = highs.getSolution()
    if not solution.dual_valid:
        return None
    share = np.clip(np.array(solution.col_value)[: small.n_pairs], 0.0, 1.0)
    dual = -np.array(solution.row_dual)
    n, m, rows = small.n_units, small.n_centres, len(small.rows.limit)
    rule = np.clip(dual[n : n + rows * m].reshape(rows, m).T, 0.0, small.rows.price)
    hold = np.zeros(small.n_pairs)
    hold[np.setdiff1d(np.arange(small.n_pairs), small.home_pair)] = np.maximum(
        dual[n + rows * m :], 0.0
    )
    return Window(centres.astype(np.int64), pair, rule, hold, share)


@compiled
def _pay(hold, support, out):
    """Pay the pairs that hold up others."""
    for p in range(len(hold)):
        if hold[p] > 0:
            for j in range(support.start[p], support.start[p + 1]):
                out[support.pair[j]] -= hold[p]


@compiled
def _idle(hold, taken, centre, support, waste):
    """Add what is paid to pairs of a plan that need not have held anything up."""
    for p in range(len(hold)):
        if hold[p] > 0:
            count = 0 if not taken[p] else -1
            for j in range(support.start[p], support.start[p + 1]):
                if taken[support.pair[j]]:
                    count += 1
            waste[centre[p]] += count * hold[p]


@compiled
def _slim(mine, hold, cost, way, unit, support):
    """Take back what is paid for holding up pairs that are dear enough without it."""
    for i in range(len(mine) - 1, -1, -1):
        p = mine[i]
        less = min(hold[p], cost[p] - way[unit[p]])
        if less > 0:
            hold[p] -= less
            cost[p] -= less
            for j in range(support.start[p], support.start[p + 1]):
                cost[support.pair[j]] += less


@compiled
def _elsewhere(start, centre, cost, among, skip, way):
    """Find the cheapest way of each unit that does not lead into the window."""
    for u in range(len(way)):
        way[u] = skip[u]
        for p in range(start[u], start[u + 1]):
            if not among[centre[p]] and cost[p] < way[u]:
                way[u] = cost[p]


@compiled
def _close(mine, keep, home_pair, reduced, support):
    """Keep something that holds up each pair that is kept; pairs come nearest first by centre."""
    home = np.zeros(len(keep), np.bool_)
    home[home_pair] = True
    # From the far end, so that what is let in is looked at in its turn.
    for i in range(len(mine) - 1, -1, -1):
        p = mine[i]
        if not keep[p] or home[p]:
            continue
        best = -1
        for j in range(support.start[p], support.start[p + 1]):
            q = support.pair[j]
            if keep[q]:
                best = -1
                break
            if best < 0 or reduced[q] < reduced[best]:
                best = q
        if best >= 0:
            keep[best] = True

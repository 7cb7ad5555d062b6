"""Where centres should be: the candidates of each fence, how many it gets, and who is chosen.

Each fence is a capacitated p-median problem of its own, since no zone crosses a fence.  How many centres a
fence gets is decided jointly: by its homes first, then by moving one centre at a time from the fence that
misses it least to the one that gains most.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.demand import Demand
from planner.model.rules import RuleBook
from planner.network import Network
from planner.solve.sites import Answer, Sites, solve
from planner.solve.stop import Stop

__all__ = ["Quarter", "Swaps", "allocate", "choose", "fewest", "make_quarters", "swaps"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SCOUT = Stop(gap=0.01, seconds=20.0)
"""How well a number of centres is looked at before one is settled on."""
CYCLES = 3
"""Rounds of the search that settles it."""
WORTH = 1e-3
"""A centre moves to another fence where that saves more than this share of the whole cost."""
MARGIN = 0.05
"""Floors are aimed at with so much to spare: zones have to hang together too."""
FAR_M = 1e9


@dataclass(frozen=True, eq=False)
class Quarter:
    """One fence: its units, its candidates, and the walks between them.

    Parameters
    ----------
    name : str
        The fence, "" where there is none.
    units : ndarray of int, shape (n_units,)
        Positions in `Demand.units` of the units that some candidate reaches.
    lost : ndarray of int
        Positions of units with homes that no candidate reaches on foot.
    candidates : ndarray of int, shape (n_candidates,)
        Rows of the candidates' table.
    home : ndarray of int, shape (n_candidates,)
        Where each lives, a position in `units`.
    kept : ndarray of bool, shape (n_candidates,)
        Of several in one unit only one can be chosen: the forced one, else the one with most merit.
    forced : ndarray of bool, shape (n_candidates,)
    walk_m : ndarray of float, shape (n_units, n_candidates)
        Metres, infinite where there is no path.
    cost_m : ndarray of float, shape (n_units, n_candidates)
        Load x (walk + price of what lies beyond the limit + what the candidate's merit falls short by).
    load, households : ndarray of float, shape (n_units,)
    low, high : float
        Homes that a zone should have, as the rules for homes and for members together say.
    price_m : float
        Metres for each home over or short; infinite where the rule is hard.
    limit_m : float
        Walk limit.
    least, most : int
        Centres that the rules ask for.
    """

    name: str
    units: IntArray
    lost: IntArray
    candidates: IntArray
    home: IntArray
    kept: NDArray[np.bool_]
    forced: NDArray[np.bool_]
    walk_m: FloatArray
    cost_m: FloatArray
    load: FloatArray
    households: FloatArray
    low: float
    high: float
    price_m: float
    limit_m: float
    least: int
    most: int

    @property
    def fewest(self) -> int:
        """The fewest that can be chosen at all."""
        return max(int(self.forced.sum()), min(1, len(self.units)))

    @property
    def ways(self) -> int:
        """The most that can be chosen at all: one in each unit."""
        return int(self.kept.sum())

    def sites(self, count: int, *, suffice: bool = False) -> Sites:
        """State the siting problem for a number of centres.

        Parameters
        ----------
        count : int
        suffice : bool
            Ceilings hold, and so does the walk limit for every home that has a candidate within it.
        """
        at = np.flatnonzero(self.kept)
        n = len(at)
        mean = float(self.households.sum()) / max(count, 1)
        floor = max(self.low, min(self.low * (1.0 + MARGIN), mean * (1.0 - MARGIN)))
        cost, price = self.cost_m[:, at], self.price_m
        if suffice:
            walk = self.walk_m[:, at]
            near = walk <= self.limit_m
            own = np.zeros(near.shape, bool)
            own[self.home[at], np.arange(n)] = True
            cost = np.where(near | ~near.any(axis=1, keepdims=True) | own, cost, np.inf)
            floor, price = 0.0, np.inf
        return Sites(
            cost=cost,
            demand=self.households,
            capacity=np.full(n, max(self.high, float(self.households.max(initial=0.0)))),
            home=self.home[at],
            count=count,
            floor=np.full(n, min(floor, self.high)),
            forced=self.forced[at],
            price=price,
        )

    def chosen(self, answer: Answer) -> tuple[IntArray, IntArray]:
        """Translate an answer: candidates (positions here), and the one that serves each unit."""
        at = np.flatnonzero(self.kept)
        return at[answer.chosen], at[answer.serves]


def make_quarters(
    demand: Demand, candidates: pd.DataFrame, network: Network, rules: RuleBook
) -> list[Quarter]:
    """Measure the walks of each fence, and state what its zones should hold.

    Parameters
    ----------
    demand : Demand
        Units, and where they join the network.
    candidates : DataFrame
        ``id, unit`` (position in the units)``, merit_m`` (metres, to each home, that the candidate falls
        short of the best)``, forced`` (bool).
    network : Network
        What is walked on.
    rules : RuleBook
        Floors, ceilings and the walk limit.

    Returns
    -------
    list of Quarter
        By name; fences without homes are left out.
    """
    fence = demand.units["fence"].to_numpy(str)
    homes = demand.units["households"].to_numpy(float)
    unit = candidates["unit"].to_numpy(np.int64)
    found = []
    for name in np.unique(fence[homes > 0]):
        rows = np.flatnonzero(fence[unit] == name) if len(unit) else np.zeros(0, np.int64)
        live = np.zeros(len(fence), bool)
        live[unit[rows]] = True
        units = np.flatnonzero((fence == name) & ((homes > 0) | live))
        found.append(_quarter(str(name), units, rows, demand, candidates, network, rules))
    return found


def _quarter(
    name: str,
    units: IntArray,
    rows: IntArray,
    demand: Demand,
    candidates: pd.DataFrame,
    network: Network,
    rules: RuleBook,
) -> Quarter:
    unit = candidates["unit"].to_numpy(np.int64)[rows]
    forced = candidates["forced"].to_numpy(bool)[rows]
    merit = candidates["merit_m"].to_numpy(float)[rows]
    spots, column = np.unique(unit, return_inverse=True)
    table = np.full((len(units), len(spots)), np.inf)
    walks = network.walks(demand.snaps.take(spots), demand.snaps.take(units), limit_m=None)
    table[walks.target, walks.source] = walks.walk_m
    table[np.searchsorted(units, spots), np.arange(len(spots))] = 0.0
    reached = np.isfinite(table).any(axis=1)
    homes = demand.units["households"].to_numpy(float)
    lost = units[~reached & (homes[units] > 0)]
    units, walk = units[reached], table[reached][:, column.reshape(-1)]
    load = demand.units["load"].to_numpy(float)[units]
    path = np.isfinite(walk)
    metres = np.where(path, walk, 0.0)
    beyond = np.maximum(metres - rules.walk.limit_m, 0.0)
    # A unit without load costs nothing, however far; without a path it stays out of reach.
    cost = np.where(path, load[:, None] * (metres + rules.walk.price * beyond + merit), np.inf)
    home = np.searchsorted(units, unit)
    if rules.walk.hard:
        out = walk > rules.walk.limit_m
        out[home, np.arange(len(rows))] = False
        cost = np.where(out, np.inf, cost)
    order = np.lexsort((candidates["id"].to_numpy(str)[rows], merit, ~forced, home))
    kept = np.zeros(len(rows), bool)
    kept[order[np.unique(home[order], return_index=True)[1]]] = True
    members = demand.units["members"].to_numpy(float)[units].sum()
    low, high, least, most = _limits(float(homes[units].sum()), float(members), rules)
    bound = rules.households_per_zone
    least = min(max(least, int(forced.sum())), int(kept.sum()))
    return Quarter(
        name, units, lost, rows, home, kept, forced, walk, cost, load, homes[units], low, high,
        np.inf if bound.hard else max(bound.price_m, 1.0), rules.walk.limit_m, least,
        max(min(most, int(kept.sum())), least),
    )  # fmt: skip


def _limits(homes: float, members: float, rules: RuleBook) -> tuple[float, float, int, int]:
    """Give homes a zone may have and centres that asks for; members live as the homes of the fence do."""
    zone, crew = rules.households_per_zone, rules.members_per_zone
    each = homes / members if members else 0.0
    highs = [homes if zone.high is None else zone.high]
    lows = [0.0 if zone.low is None else zone.low]
    if each:
        highs += [] if crew.high is None else [crew.high * each]
        lows += [] if crew.low is None else [crew.low * each]
    high, low = max(min(highs), 1.0), max(lows)
    least = max(1, math.ceil(homes / high - 1e-9))
    most = math.floor(homes / low + 1e-9) if low > 0 else math.inf
    return min(low, high), high, least, int(min(max(most, least), 10**9))


def allocate(
    quarters: Sequence[Quarter],
    count: int,
    *,
    seed: int = 0,
    tell: Callable[[], None] | None = None,
) -> list[int]:
    """Decide how many centres each fence gets, all fences together.

    Parameters
    ----------
    quarters : sequence of Quarter
        Each with a candidate.
    count : int
        All of them; at least what is forced and one a fence, at most one a unit with candidates.
    seed : int
    tell : callable, optional
        Called after each look.

    Returns
    -------
    list of int
        Within what the rules ask for in each fence, where the number allows that.
    """
    low, high = [q.least for q in quarters], [q.most for q in quarters]
    if count < sum(low):
        low = [q.fewest for q in quarters]
    if count > sum(high):
        high = [q.ways for q in quarters]
    given = _proportional([float(q.households.sum()) for q in quarters], low, high, count)
    known: dict[tuple[int, int], float] = {}

    def value(i: int, k: int) -> float:
        if (i, k) not in known:
            answer = _solved(quarters[i].sites(k), SCOUT, seed, 1)
            known[i, k] = answer.value_m if np.isfinite(answer.value_m) else FAR_M + answer.excess
            if tell is not None:
                tell()
        return known[i, k]

    for _ in range(4 * len(quarters) if len(quarters) > 1 else 0):
        now = [value(i, k) for i, k in enumerate(given)]
        gain = [now[i] - value(i, k + 1) if k < high[i] else -math.inf for i, k in enumerate(given)]
        loss = [value(i, k - 1) - now[i] if k > low[i] else math.inf for i, k in enumerate(given)]
        pairs = [
            (gain[i] - loss[j], i, j)
            for i in range(len(given))
            for j in range(len(given))
            if i != j
        ]
        best, i, j = max(pairs, key=lambda p: (p[0], -p[1], -p[2]))
        if not best > WORTH * sum(now):
            break
        given[i], given[j] = given[i] + 1, given[j] - 1
    return given


def _proportional(
    weight: Sequence[float], low: Sequence[int], high: Sequence[int], count: int
) -> list[int]:
    """Share a number out by weight within limits: each to whom most is owed for what it has."""
    given = list(low)
    while sum(given) < count:
        free = [i for i, k in enumerate(given) if k < high[i]]
        if not free:
            break
        # Sainte-Laguë: fair to small and large fences alike.
        i = max(free, key=lambda i: (weight[i] / (2 * given[i] + 1), -i))
        given[i] += 1
    return given


def choose(
    quarter: Quarter, count: int, *, seconds: float, seed: int, gap: float, suffice: bool = False
) -> Answer:
    """Choose the centres of one fence.

    Parameters
    ----------
    quarter : Quarter
    count : int
    seconds, gap : float
        When to stop; a search that is not cut short by time gives the same answer each time.
    seed : int
    suffice : bool
        See `Quarter.sites`.
    """
    stop = Stop(gap=gap, seconds=max(seconds, 0.5))
    return _solved(quarter.sites(count, suffice=suffice), stop, seed, CYCLES)


def _solved(sites: Sites, stop: Stop, seed: int, cycles: int) -> Answer:
    with np.errstate(invalid="ignore"):  # differences of places that are both out of reach
        return solve(sites, stop=stop, seed=seed, cycles=cycles)


def fewest(quarter: Quarter, *, seed: int = 0) -> tuple[int, bool]:
    """Find the fewest centres that suffice: ceilings hold, and the walk limit wherever it can.

    Parameters
    ----------
    quarter : Quarter
    seed : int

    Returns
    -------
    count : int
        One fewer was not found to suffice; `Quarter.least` are needed in any case.
    enough : bool
        False where not even a centre in every unit suffices: then what the rules ask for is given.
    """
    start = max(quarter.fewest, quarter.least, _cover(quarter))
    for count in range(start, quarter.ways + 1):
        sites = quarter.sites(count, suffice=True)
        if _solved(sites, SCOUT, seed, 1).feasible:
            return count, True
    return quarter.least, False


def _cover(quarter: Quarter) -> int:
    """Bound the number from below: units of which no candidate reaches two within the limit."""
    near = quarter.walk_m[:, quarter.kept] <= quarter.limit_m
    need = np.flatnonzero(near.any(axis=1) & (quarter.households > 0))
    order = need[np.lexsort((need, near[need].sum(axis=1)))]
    taken = np.zeros(near.shape[1], bool)
    count = 0
    for u in order:
        if not (near[u] & taken).any():
            taken |= near[u]
            count += 1
    return count


@dataclass(frozen=True, eq=False)
class Swaps:
    """What it would cost to have each candidate instead of the centre in whose zone it lives.

    Parameters
    ----------
    centre : ndarray of int, shape (n_candidates,)
        The centre, a position among the quarter's candidates.
    instead_m, walk_m, merit_m : ndarray of float, shape (n_candidates,)
        Metres for each home of the zone: in all, by walk, and by merit; 0 for the centre itself.
    """

    centre: IntArray
    instead_m: FloatArray
    walk_m: FloatArray
    merit_m: FloatArray


def swaps(quarter: Quarter, serves: IntArray, merit_m: FloatArray) -> Swaps:
    """Hold every candidate against the centre of the zone it lives in, the zone as it is.

    Parameters
    ----------
    quarter : Quarter
    serves : ndarray of int, shape (n_units,)
        From `Quarter.chosen`.
    merit_m : ndarray of float, shape (n_candidates,)
        Of the quarter's candidates.
    """
    centre = serves[quarter.home]
    n = len(centre)
    total, walk = np.zeros(n), np.zeros(n)
    for c in np.unique(centre):
        zone = serves == c
        load = quarter.load[zone]
        weight = max(float(load.sum()), 1e-9)
        rivals = np.flatnonzero(centre == c)
        cost, metres = quarter.cost_m[zone], quarter.walk_m[zone]
        with np.errstate(invalid="ignore"):  # a home without a path to either
            more = load[:, None] * (metres[:, rivals] - metres[:, [c]])
            total[rivals] = (cost[:, rivals] - cost[:, [c]]).sum(axis=0) / weight
            walk[rivals] = more.sum(axis=0) / weight
    total, walk = (np.where(np.isnan(x), np.inf, x) for x in (total, walk))
    return Swaps(centre, total, walk, merit_m - merit_m[centre])

"""Where centres should be: the candidates of each fence, and who is chosen of so many.

Each fence is a capacitated p-median problem of its own, since no zone crosses a fence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.demand.demand import Demand
from planner.model.arrays import Bools, Floats, Ints
from planner.model.rules import RuleBook
from planner.network import Network
from planner.solve.sites import Answer, Sites, solve
from planner.solve.stop import Stop

__all__ = ["Quarter", "choose", "make_quarters", "solved"]

CYCLES = 3  # rounds of the search that settles it
MARGIN = 0.05  # floors are aimed at with so much to spare: zones have to hang together too


@dataclass(frozen=True, eq=False)
class Quarter:
    """One fence: its units, its candidates, and the walks between them.

    Parameters
    ----------
    units : ndarray of int, shape (n_units,)
        Positions in `Demand.units` of the units, with homes or members, that some candidate reaches.
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
    """

    name: str
    units: Ints
    lost: Ints
    candidates: Ints
    home: Ints
    kept: Bools
    forced: Bools
    walk_m: Floats
    cost_m: Floats
    load: Floats
    households: Floats
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

        `suffice`: ceilings hold, and so does the walk limit for every home that has a candidate within
        it.
        """
        at = np.flatnonzero(self.kept)
        n = len(at)
        mean = float(self.households.sum()) / max(count, 1)
        # but never above what so many zones have on the mean
        floor = max(self.low, min(self.low * (1.0 + MARGIN), mean * (1.0 - MARGIN)))
        cost, price = self.cost_m[:, at], self.price_m
        if suffice:
            walk = self.walk_m[:, at]
            near = walk <= self.limit_m
            free = ~near.any(axis=1) | (self.households == 0)
            cost = np.where(near | free[:, None], cost, np.inf)
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

    def chosen(self, answer: Answer) -> tuple[Ints, Ints]:
        """Translate an answer: candidates (positions here), and the one that serves each unit."""
        kept = np.flatnonzero(self.kept)
        at, serves = kept[answer.chosen], kept[answer.serves]
        # Members where nobody is to be served cost nothing anywhere: they go with the nearest centre.
        idle = np.flatnonzero(self.load == 0)
        serves[idle] = at[self.walk_m[np.ix_(idle, at)].argmin(axis=1)]
        # whoever is chosen lives in the own zone, whatever was cheaper
        serves[self.home[at]] = at
        return at, serves


def make_quarters(
    demand: Demand, candidates: pd.DataFrame, network: Network, rules: RuleBook
) -> list[Quarter]:
    """Measure the walks of each fence, and state what its zones should hold.

    `candidates`: ``id, unit`` (position in the units)``, merit_m`` (metres, to each home, that the
    candidate falls short of the best)``, forced`` (bool).
    Gives: by name; fences without homes are left out.
    """
    fence = demand.units["fence"].to_numpy(str)
    homes, crew = (demand.units[name].to_numpy(float) for name in ("households", "members"))
    unit = candidates["unit"].to_numpy(np.int64)
    found = []
    for name in np.unique(fence[homes > 0]):
        rows = np.flatnonzero(fence[unit] == name) if len(unit) else np.zeros(0, np.int64)
        units = np.flatnonzero((fence == name) & ((homes > 0) | (crew > 0)))
        found.append(
            _quarter(str(name), units, rows, demand, candidates, network, rules.in_fence(str(name)))
        )
    return found


def _quarter(
    name: str,
    units: Ints,
    rows: Ints,
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
    # A unit without load costs nothing, however far; without a path it stays out of reach.
    cost = np.where(path, load[:, None] * (metres + rules.walk.charge_m(metres) + merit), np.inf)
    home = np.searchsorted(units, unit)
    if rules.walk.hard:
        cost = np.where(walk > rules.walk.limit_m, np.inf, cost)
    # forced, then merit, then id: the sheet's order decides nothing
    order = np.lexsort((candidates["id"].to_numpy(str)[rows], merit, ~forced, home))
    kept = np.zeros(len(rows), bool)
    kept[order[np.unique(home[order], return_index=True)[1]]] = True
    members = demand.units["members"].to_numpy(float)[units].sum()
    low, high, least, most = _limits(float(homes[units].sum()), float(members), rules)
    bound = rules.households_per_zone
    least = min(max(least, int(forced.sum())), int(kept.sum()))
    return Quarter(
        name=name,
        units=units,
        lost=lost,
        candidates=rows,
        home=home,
        kept=kept,
        forced=forced,
        walk_m=walk,
        cost_m=cost,
        load=load,
        households=homes[units],
        low=low,
        high=high,
        price_m=np.inf if bound.hard else max(bound.price_m, 1.0),
        limit_m=rules.walk.limit_m,
        least=least,
        most=max(min(most, int(kept.sum())), least),
    )


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


def choose(
    quarter: Quarter, count: int, *, seconds: float, seed: int, gap: float, suffice: bool = False
) -> Answer:
    """Choose the centres of one fence.

    `seconds` and `gap`: when to stop; a search that is not cut short by time gives the same answer each
    time.
    """
    stop = Stop(gap=gap, seconds=max(seconds, 0.5))
    return solved(quarter.sites(count, suffice=suffice), stop, seed, CYCLES)


def solved(sites: Sites, stop: Stop, seed: int, cycles: int) -> Answer:
    """Search for so many rounds."""
    with np.errstate(invalid="ignore"):  # differences of places that are both out of reach
        return solve(sites, stop=stop, seed=seed, cycles=cycles)

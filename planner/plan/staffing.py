"""Inside each zone: which member looks after which household, runs of floors kept together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.demand import Demand
from planner.demand.units import floor_number
from planner.model.problem import Problem
from planner.model.rules import RuleBook
from planner.model.ties import Helpers
from planner.network import Network
from planner.solve.staff import staff

__all__ = ["Roster", "staff_zones"]


@dataclass(frozen=True, eq=False)
class Roster:
    """Who looks after whom.

    Parameters
    ----------
    member : ndarray of int, shape (n_households,)
        Position of the serving member of each household; -1 where its zone has none.
    walk_m : ndarray of float, shape (n_households,)
        Walk between the two homes, metres; NaN where nobody serves.
    households : ndarray of int, shape (n_members,)
        Households that each member looks after; 0 for one who rests.
    short, over : int
        Serving members below the floor, and above the ceiling.
    """

    member: NDArray[np.int64]
    walk_m: NDArray[np.float64]
    households: NDArray[np.int64]
    short: int
    over: int


def staff_zones(
    households: pd.DataFrame,
    members: pd.DataFrame,
    demand: Demand,
    network: Network,
    problem: Problem,
    zone: NDArray[np.integer],
    rules: RuleBook,
    helpers: Helpers | None = None,
) -> Roster:
    """Share the households of each zone out among its members.

    Parameters
    ----------
    households, members : DataFrame
        ``id`` and, of households, ``floor``; in the order of `Demand.household_unit`.
    demand : Demand
        Units, and where they join the network.
    network : Network
        To measure the walks between members and households.
    problem : Problem
        Walks of the units to their centres: who is not within reach goes by way of the centre.
    zone : ndarray of int, shape (n_units,)
        Centre of each unit, -1 for none.
    rules : RuleBook
        Floor and ceiling of households a member.
    helpers : Helpers, optional
        Households that a member looks after already: left so, where both are in one zone, unless that
        costs more metres than it is worth.

    Returns
    -------
    Roster
        The same whatever the order of the rows.
    """
    homes, people = demand.household_unit, demand.member_unit
    walks = _Walks(demand, network, problem, zone, rules)
    member = np.full(len(homes), -1, np.int64)
    walk_m = np.full(len(homes), np.nan)
    held = np.zeros(len(people), np.int64)
    short = over = 0
    helped = _Helped(helpers, len(homes))
    order = np.lexsort((households["id"].to_numpy(str), households["floor"].map(floor_number)))
    bound = rules.households_per_member
    of_home = np.append(zone, -1)[homes]
    of_member = np.append(zone, -1)[people]
    for c in range(problem.n_centres):
        inside = order[of_home[order] == c]
        serving = np.flatnonzero(of_member == c)
        serving = serving[np.argsort(members["id"].to_numpy(str)[serving], kind="stable")]
        if not len(inside) or not len(serving):
            continue
        key, first, load = np.unique(
            helped.clients(homes, inside, serving), return_index=True, return_counts=True
        )
        units = homes[inside[first]]
        apart = walks.between(units, people[serving])
        found = staff(load, apart + helped.surcharge(inside[first], serving), bound.low, bound.high)
        short += int((found.short > 0).sum())
        over += int((found.over > 0).sum())
        client = helped.clients(homes, inside, serving)
        for i, one in enumerate(key):
            rows = inside[client == one]
            run = np.repeat(np.arange(len(serving)), found.share[i])
            member[rows] = serving[run]
            walk_m[rows] = apart[i, run]
        np.add.at(held, member[inside], 1)
    rounded = np.asarray(np.round(walk_m, 2), np.float64)
    return Roster(member, rounded, held, short, over)


class _Helped:
    """Who has a helper already: such a household is a client by itself, and others cost it more."""

    def __init__(self, helpers: Helpers | None, n_homes: int) -> None:
        self._member = np.full(n_homes, -1, np.int64)
        self._price = np.zeros(n_homes)
        if helpers is not None:
            self._member[helpers.household] = helpers.member
            self._price[helpers.household] = helpers.price_m
        self._n = n_homes

    def clients(
        self, unit: NDArray[np.integer], homes: NDArray[np.int64], serving: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Name the client that each home belongs to: its unit, or itself if its helper is here."""
        own = np.isin(self._member[homes], serving)
        return unit[homes].astype(np.int64) * (self._n + 1) + np.where(own, homes + 1, 0)

    def surcharge(
        self, homes: NDArray[np.int64], serving: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Give what it costs a client to be looked after by another, shape (n_clients, n_members)."""
        helper = self._member[homes]
        own = np.isin(helper, serving)
        other = helper[:, None] != serving[None, :]
        return np.where(own[:, None] & other, self._price[homes][:, None], 0.0)


class _Walks:
    """Walks between members and units of the same zone."""

    def __init__(
        self,
        demand: Demand,
        network: Network,
        problem: Problem,
        zone: NDArray[np.integer],
        rules: RuleBook,
    ) -> None:
        pair = problem.pairs_of(zone)
        self._to_centre = np.where(pair >= 0, problem.walk_m[pair], np.nan)
        homes = np.unique(demand.member_unit[demand.member_unit >= 0])
        found = network.walks(demand.snaps.take(homes), demand.snaps, limit_m=rules.walk.limit_m)
        source = homes[found.source]
        same = zone[source] == zone[found.target]
        self._n = len(zone)
        key = source[same].astype(np.int64) * self._n + found.target[same]
        at = np.argsort(key, kind="stable")
        self._key, self._walk = key[at], found.walk_m[same][at]

    def between(
        self, units: NDArray[np.integer], homes: NDArray[np.integer]
    ) -> NDArray[np.float64]:
        """Give the walks of units to the homes of members, shape (n_units, n_members)."""
        wanted = homes[None, :].astype(np.int64) * self._n + units[:, None]
        at = np.minimum(np.searchsorted(self._key, wanted), max(len(self._key) - 1, 0))
        known = self._key[at] == wanted if len(self._key) else np.zeros(wanted.shape, bool)
        by_centre = self._to_centre[units][:, None] + self._to_centre[homes][None, :]
        walk = np.where(known, self._walk[at] if len(self._key) else 0.0, by_centre)
        return np.where(units[:, None] == homes[None, :], 0.0, walk)

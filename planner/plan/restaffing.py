"""Who looks after whom once some zones are others: their homes shared out again among their members.

The plan alone is enough: walks between members and homes run on the streets that the plan keeps for its
own walks, at most as long as by way of the centre.  Homes stay with whom they know where that costs little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.model.plane import LocalProjection
from planner.model.tables import PlanTables
from planner.solve.staff import staff

__all__ = ["KEEP_M", "Service", "restaffed"]

KEEP_M = 200.0
"""Metres that it must be worth to give a home another member than the one it has."""
SPOT_M = 0.02
"""Homes as close together as this, on the ground and on the street, have no walk between them."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Service:
    """Who looks after whom.

    Parameters
    ----------
    member : ndarray of object, shape (n_households,)
        Id of the serving member, "" for none.
    walk_m : ndarray of float, shape (n_households,)
        Walk between the two homes, metres; NaN where nobody serves.
    staffing : dict
        ``serving, short, over, walk_mean_m``, as the provenance of a plan tells them.
    """

    member: NDArray[Any]
    walk_m: Floats
    staffing: dict[str, Any]


def restaffed(tables: PlanTables, unit: Ints, assignment: Ints, touched: Ints) -> Service:
    """Share the homes of some zones out again; all else stays as it is.

    Parameters
    ----------
    tables : PlanTables
        The plan before.
    unit : ndarray of int, shape (n_households,)
        Unit of each household, -1 for none.
    assignment : ndarray of int, shape (n_units,)
        Centre of each unit now, -1 for none.
    touched : ndarray of int
        Centres whose zones changed.

    Returns
    -------
    Service
        Every household of a touched zone has a member, if the zone has one at all.
    """
    homes, people = tables.households, tables.members
    unit_at = {u: i for i, u in enumerate(tables.units["unit_id"])}
    member_unit = np.array([unit_at.get(u, -1) for u in people["unit_id"]], np.int64)
    ids = np.append(people["member_id"].to_numpy(object), "").astype(object)
    member_at = {m: i for i, m in enumerate(ids[:-1])}
    was = np.array([member_at.get(m, -1) for m in homes["member"]], np.int64)
    zone_of_home, zone_of_member = (np.append(assignment, -1)[u] for u in (unit, member_unit))
    stays = (zone_of_home >= 0) & ~np.isin(zone_of_home, touched)
    now = np.where(stays, was, -1)
    member = np.where(stays, homes["member"].to_numpy(object), "").astype(object)
    walk_m = np.where(stays, homes["member_walk_m"].to_numpy(float), np.nan)
    walks, bound = _Walks(tables, assignment), tables.rules.households_per_member
    for c in np.unique(touched).tolist():
        rows, serving = np.flatnonzero(zone_of_home == c), np.flatnonzero(zone_of_member == c)
        serving = serving[np.argsort(ids[serving].astype(str), kind="stable")]
        if not len(rows) or not len(serving):
            continue
        units, at = np.unique(unit[rows], return_inverse=True)
        load = np.bincount(at)
        apart = walks.between(units, member_unit[serving])
        known = (was[rows][:, None] == serving[None, :]).astype(float)
        held = np.zeros(apart.shape)
        np.add.at(held, at, known)
        share = staff(
            load, apart + KEEP_M * (1 - held / load[:, None]), bound.low, bound.high
        ).share
        for i in range(len(units)):
            mine = rows[at == i]
            chosen = _handed_out(was[mine], serving, share[i])
            now[mine], member[mine] = serving[chosen], ids[serving[chosen]]
            walk_m[mine] = np.round(apart[i, chosen], 2)
    return Service(member, walk_m, _told(now, len(people), walk_m, bound.low, bound.high))


def _handed_out(was: Ints, serving: Ints, share: Ints) -> Ints:
    """Give each home of a unit a member, by position: its own while there is room, else in runs."""
    left, chosen = share.copy(), np.full(len(was), -1, np.int64)
    place = {int(m): k for k, m in enumerate(serving)}
    for row, member in enumerate(was.tolist()):
        k = place.get(member, -1)
        if k >= 0 and left[k] > 0:
            chosen[row], left[k] = k, left[k] - 1
    rest = np.flatnonzero(chosen < 0)
    rest = rest[np.argsort(was[rest], kind="stable")]
    chosen[rest] = np.repeat(np.arange(len(serving)), left)
    return chosen


def _told(
    now: Ints, n_members: int, walk_m: Floats, low: float | None, high: float | None
) -> dict[str, Any]:
    held = np.bincount(now[now >= 0], minlength=n_members)
    known = walk_m[np.isfinite(walk_m)]
    return {
        "serving": int((held > 0).sum()),
        "short": int(((held > 0) & (held < (low or 0))).sum()),
        "over": int((held > (high or np.inf)).sum()),
        "walk_mean_m": round(float(known.mean()), 1) if len(known) else None,
    }


class _Walks:
    """Walks between units of the same zone, on what the plan keeps of the streets."""

    def __init__(self, tables: PlanTables, assignment: Ints) -> None:
        pair = tables.problem.pairs_of(assignment)
        self._to_centre = np.where(pair >= 0, np.append(tables.problem.walk_m, 0.0)[pair], np.nan)
        self._limit_m = tables.rules.walk.limit_m
        self._access_m = tables.units["access_m"].to_numpy(float)
        self._graph: csr_array | None = None
        lon, lat = tables.units.geometry.x.to_numpy(), tables.units.geometry.y.to_numpy()
        self._xy = LocalProjection.around(lon, lat).to_xy(lon, lat)
        if tables.ways is None or tables.joins is None or not len(tables.ways):
            self._detour = _detour(tables, self._xy)
            return
        ends = tables.ways[["start", "end"]].to_numpy(np.int64)
        length = tables.ways["length_m"].to_numpy(float)
        join = tables.joins["way"].to_numpy(np.int64)
        along = tables.joins["along_m"].to_numpy(float)
        self._join, self._along = join, along
        self._ends = np.where(join[:, None] >= 0, ends[join], -1)
        to_end = np.clip(length[join] - along, 0.0, None)
        self._off_m = np.column_stack([along, to_end]) + self._access_m[:, None]
        n = int(ends.max()) + 1
        order = np.lexsort((length, ends.max(axis=1), ends.min(axis=1)))
        low, high = ends.min(axis=1)[order], ends.max(axis=1)[order]
        first = np.append(
            True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        )  # the shortest of twins
        kept = first & (low != high)
        data = np.maximum(length[order][kept], 1e-6)
        self._graph = csr_array((data, (low[kept], high[kept])), shape=(n, n))

    def between(self, units: Ints, homes: Ints) -> Floats:
        """Give the walks of units to the homes of members, shape (n_units, n_members), metres."""
        by_centre = self._to_centre[units][:, None] + self._to_centre[homes][None, :]
        walk = np.fmin(self._direct(units, homes), by_centre)
        return np.where(units[:, None] == homes[None, :], 0.0, walk)

    def _direct(self, units: Ints, homes: Ints) -> Floats:
        if self._graph is None:
            apart = np.linalg.norm(self._xy[units][:, None] - self._xy[homes][None, :], axis=2)
            return apart * self._detour
        joined = self._join[homes] >= 0
        found = np.full((len(units), len(homes)), np.inf)
        if not joined.any():
            return found
        source, at = np.unique(self._ends[homes[joined]], return_inverse=True)
        apart = dijkstra(self._graph, directed=False, indices=source, limit=self._limit_m or np.inf)
        own = self._join[units] >= 0
        reach = np.full((len(source), len(units)), np.inf)
        for k in (0, 1):
            there = apart[:, self._ends[units[own], k]] + self._off_m[units[own], k]
            reach[:, own] = np.minimum(reach[:, own], there)
        at = at.reshape(-1, 2)
        off = self._off_m[homes[joined]]
        best = np.minimum(reach[at[:, 0]] + off[:, :1], reach[at[:, 1]] + off[:, 1:])
        found[:, joined] = best.T
        same = (self._join[units][:, None] == self._join[homes][None, :]) & own[:, None]
        level = np.abs(self._along[units][:, None] - self._along[homes][None, :])
        apart = np.linalg.norm(self._xy[units][:, None] - self._xy[homes][None, :], axis=2)
        one_spot = (level < SPOT_M) & (apart < SPOT_M)
        doors = self._access_m[units][:, None] + self._access_m[homes][None, :]
        level = np.where(one_spot, 0.0, level + doors)
        return np.where(same, np.minimum(found, level), found)


def _detour(tables: PlanTables, xy: Floats) -> float:
    """How much longer the plan's walks are than straight lines; where it walks those, the factor itself."""
    problem = tables.problem
    apart = np.linalg.norm(xy[problem.pair_unit] - xy[problem.home[problem.pair_centre]], axis=1)
    far = apart > 20
    return float(np.median(problem.walk_m[far] / apart[far])) if far.any() else 1.0

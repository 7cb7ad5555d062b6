"""What nothing happened to between two plans: units, walks and rules that are word for word the same.

A part of the district - a fence, or what shares centres - in which nobody came, went or was chosen keeps its
zones as they are, and what was proven of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import STRtree

from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.model import audit
from planner.model.arrays import Bools, Floats, Geometries, Ints
from planner.model.excerpt import places_of, restricted
from planner.model.plane import LocalProjection
from planner.model.problem import Part, Problem
from planner.model.tables import PlanTables
from planner.plan.frames import assignment_of, positions, unit_positions
from planner.plan.kept import polygons

__all__ = ["Undisturbed", "ground_of", "islands", "parts_of", "undisturbed", "with_shapes_of"]

SAME_M = 1e-6  # walks are the same numbers, but for the last bit of a sum


@dataclass(frozen=True, eq=False)
class Undisturbed:
    """How the units of now are those of the previous plan.

    Parameters
    ----------
    before : ndarray of int, shape (n_units,)
        The same unit in the previous plan, -1 where its people are others.
    origin : ndarray of int, shape (n_units,)
        Unit of the previous plan that most of its people lived in, -1 for none: people may have come or gone.
    zone : ndarray of int, shape (n_units,)
        Centre of each unit in parts that nothing happened to, -1 in all others.
    parts : tuple of Part
        What was proven of those parts.
    change_m : ndarray of float, shape (n_pairs,)
        What each pair of the problem of now was charged for changes when those parts were proven.
    island : ndarray of int, shape (n_units,)
        Number of the part that each unit is in.
    """

    before: Ints
    origin: Ints
    zone: Ints
    parts: tuple[Part, ...]
    change_m: Floats
    island: Ints

    def opened(self, units: ArrayLike) -> Undisturbed:
        """Take the parts of some units out: something is to happen there."""
        chosen = np.asarray(units, np.int64)
        if not len(chosen):
            return self
        zone = np.where(np.isin(self.island, self.island[chosen]), -1, self.zone)
        parts = tuple(p for p in self.parts if zone[p.unit[0]] >= 0)
        return replace(self, zone=zone, parts=parts)


def undisturbed(tables: PlanTables, located: Located, demand: Demand) -> Undisturbed:
    """Hold the problem of now against that of the previous plan."""
    old, new = tables.problem, demand.problem
    before, origin = _same_people(tables, located, demand)
    centre = positions(tables.centres["centre_id"], demand.centres["centre_id"])
    label_old, label_new = islands(old), islands(new)
    free = np.zeros(new.n_pairs)
    nothing = Undisturbed(before, origin, np.full(new.n_units, -1), (), free, label_new)
    if _limits(old) != _limits(new):
        return nothing
    same = (before >= 0) & _same_numbers(old, new, before)
    pair = _same_pairs(old, new, before, centre)
    same &= _same_reach(old, new, before, centre, pair) & _same_edges(old, new, before)
    same &= _same_ties(old, new, before)
    # what is gone is missed by its own part, of which the other units may be as they were
    gone_units = np.setdiff1d(np.arange(old.n_units), before[same])
    gone_centres = np.setdiff1d(np.arange(old.n_centres), centre)
    lost = np.unique(np.append(label_old[gone_units], label_old[old.home[gone_centres]]))
    same &= ~np.isin(label_old[before], lost)
    touched = np.unique(label_new[~same])
    closed = ~np.isin(label_new, touched)
    # units that nobody can serve are in no part, and older files of plans changed by hand tell of none
    told = np.concatenate([np.array(part.unit, np.int64) for part in tables.parts] or [before[:0]])
    closed &= np.isin(before, told)
    at = np.full(old.n_centres + 1, -1, np.int64)
    at[centre[centre >= 0]] = np.flatnonzero(centre >= 0)
    zone = at[np.append(assignment_of(tables), -1)[before]]
    parts = _proven(tables, before, closed)
    charged = np.where(pair >= 0, old.change_m[pair], 0.0) if old.n_pairs else free
    return Undisturbed(before, origin, np.where(closed, zone, -1), parts, charged, label_new)


def _limits(problem: Problem) -> list[tuple[object, ...]]:
    rules = [
        (r.name, r.low, r.high, r.hard, r.price_m, r.per is None, r.own is None)
        for r in problem.rules
    ]
    return [*rules, ("unserved", problem.unserved_m)]


def _same_people(tables: PlanTables, located: Located, demand: Demand) -> tuple[Ints, Ints]:
    """Find for each unit the previous one with the same people, and the one that most of them are from."""
    frames = (
        (tables.households, "household_id", located.households, demand.household_unit),
        (tables.members, "member_id", located.members, demand.member_unit),
    )
    was, now = [], []
    size = np.zeros(tables.problem.n_units, np.int64)
    for frame, name, people, unit in frames:
        at = unit_positions(tables, frame["unit_id"])
        size += np.bincount(at[at >= 0], minlength=len(size))
        was.append(np.append(at, -1)[positions(frame[name], people["id"])])
        now.append(np.asarray(unit, np.int64))
    n = demand.problem.n_units
    rows = pd.DataFrame({"new": np.concatenate(now), "old": np.concatenate(was)})
    counts = rows[rows["new"] >= 0].value_counts(sort=False).reset_index(name="n")
    chief = counts[counts["old"] >= 0].sort_values(["n", "old"], ascending=[False, True])
    chief = chief.drop_duplicates("new")
    origin, most = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    origin[chief["new"]], most[chief["new"]] = chief["old"], chief["n"]
    people = np.bincount(rows["new"][rows["new"] >= 0], minlength=n)
    same = (origin >= 0) & (most == people) & (np.append(size, -1)[origin] == people)
    return np.where(same, origin, -1), origin


def _same_numbers(old: Problem, new: Problem, before: Ints) -> Bools:
    same = (old.load[before] == new.load) & (old.households[before] == new.households)
    for was, now in zip(old.rules, new.rules, strict=True):
        same &= was.amount[before] == now.amount
        if was.per is not None and now.per is not None:
            same &= was.per[before] == now.per
        if was.own is not None and now.own is not None:
            same &= (was.own[:, before] == now.own).all(axis=0)
    return same


def _same_pairs(old: Problem, new: Problem, before: Ints, centre: Ints) -> Ints:
    """Find each pair of now in the previous problem, at the same walk and price; -1 for none."""
    width = max(old.n_centres, 1)
    keys = old.pair_unit.astype(np.int64) * width + old.pair_centre
    was, to = before[new.pair_unit], centre[new.pair_centre]
    wanted = np.where((was >= 0) & (to >= 0), was * width + to, -1)
    if not len(keys):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    hit = keys[at] == wanted
    for name in ("walk_m", "penalty_m"):
        hit &= np.abs(getattr(old, name)[at] - getattr(new, name)) <= SAME_M
    return np.where(hit, at, -1)


def _same_reach(old: Problem, new: Problem, before: Ints, centre: Ints, pair: Ints) -> Bools:
    """Tell which units have the same centres in reach, and are the home of the same one."""
    missed = np.bincount(new.pair_unit[pair < 0], minlength=new.n_units) > 0
    counts = np.append(np.diff(old.pair_start), -1)[before] == np.diff(new.pair_start)
    lives = np.full(new.n_units, -1, np.int64)
    lives[new.home] = np.arange(new.n_centres)
    lived = np.full(old.n_units + 1, -1, np.int64)
    lived[old.home] = np.arange(old.n_centres)
    return ~missed & counts & (np.append(centre, -1)[lives] == lived[before])


def _same_edges(old: Problem, new: Problem, before: Ints) -> Bools:
    """Tell which units have the same neighbours."""
    n = max(old.n_units, 1)
    known = np.sort(old.adjacency[:, 0].astype(np.int64) * n + old.adjacency[:, 1])
    ends = np.sort(before[new.adjacency], axis=1)
    wanted = np.where((ends >= 0).all(axis=1), ends[:, 0] * n + ends[:, 1], -1)
    at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    missed = known[at] != wanted if len(known) else np.ones(len(wanted), bool)
    bad = np.bincount(new.adjacency[missed].ravel(), minlength=new.n_units) > 0
    was, now = (np.bincount(p.adjacency.ravel(), minlength=p.n_units) for p in (old, new))
    return ~bad & (np.append(was, -1)[before] == now)


def _same_ties(old: Problem, new: Problem, before: Ints) -> Bools:
    """Tell which units are tied by as many ties of the same price.

    A plan of a time when neighbours in a row were not priced stays what it was: as they only add to what
    plans cost, what was proven without them holds.
    """
    was, now = _tie_sums(old), _tie_sums(new)
    off = np.abs(was[before] - now[:-1])
    told = 4 if was[:, 2:].any() else 2
    return np.asarray((off[:, :told] <= SAME_M).all(axis=1))


def _tie_sums(problem: Problem) -> Floats:
    """Price and count of each unit's ties of people, then of neighbours; the last row is of nobody."""
    total = np.zeros((problem.n_units + 1, 4))
    if (ties := problem.ties) is None:
        return total
    people = ties.people > 0
    worth = np.where(ties.apart, -1.0, 1.0) * ties.price_m
    for end in (ties.a, ties.b):
        for first, mine in ((0, people), (2, ~people)):
            total[:, first] += np.bincount(end[mine], worth[mine], len(total))
            total[:, first + 1] += np.bincount(end[mine], minlength=len(total))
    return total


def islands(problem: Problem) -> Ints:
    """Give each unit the number of its part: units that share centres, or ties, are of one."""
    n, m = problem.n_units, problem.n_centres
    a, b = [problem.pair_unit], [n + problem.pair_centre.astype(np.int64)]
    if problem.ties is not None:
        a, b = [*a, problem.ties.a], [*b, problem.ties.b]
    rows, columns = np.concatenate(a), np.concatenate(b)
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(n + m, n + m))
    return connected_components(graph, directed=False)[1][:n].astype(np.int64)


def _proven(tables: PlanTables, before: Ints, closed: Bools) -> tuple[Part, ...]:
    """Give what was proven of the closed parts, in the units of now."""
    now = np.full(tables.problem.n_units, -1, np.int64)
    kept = np.flatnonzero(closed)
    now[before[kept]] = kept
    made = []
    for part in tables.parts:
        units = now[np.array(part.unit, np.int64)]
        if len(units) and (units >= 0).all():
            made.append(replace(part, unit=tuple(units.tolist()), seconds=0.0))
    return tuple(made)


def ground_of(before: PlanTables, centres: Any, still: Bools) -> Geometries:
    """Give the ground of zones that nothing happened to, by the position of the centre; None of others.

    `centres`: id of each centre now. `still`, shape (n_centres,): which zones those are.
    """
    at = positions(before.zones["centre_id"], centres)
    made = np.full(len(still), None, object)
    kept = np.flatnonzero(still & (at >= 0))
    made[kept] = before.zones.geometry.to_numpy()[at[kept]]
    return made


def with_shapes_of(
    tables: PlanTables, before: PlanTables, still: Bools, plane: LocalProjection
) -> PlanTables:
    """Give zones that nothing happened to the ground that they had; the others give way where they meet it.

    `still`, shape (n_centres,): the zones of which centres those are.
    `plane`: in which areas are measured.
    """
    zones: Any = tables.zones
    old: Any = before.zones
    stay = still[positions(tables.centres["centre_id"], zones["centre_id"])]
    at = positions(old["centre_id"], zones["centre_id"])
    stay &= at >= 0
    if not stay.any():
        return tables
    shapes, area = zones.geometry.to_numpy().copy(), zones["area_m2"].to_numpy(float).copy()
    shapes[stay] = old.geometry.to_numpy()[at[stay]]
    area[stay] = old["area_m2"].to_numpy(float)[at[stay]]
    kept, moving = STRtree(shapes[stay]), np.flatnonzero(~stay)
    own, met = kept.query(shapes[moving], predicate="intersects")
    for i in np.unique(own):
        # what they have in common was drawn along the streets of a neighbour who was there then
        ground = shapely.union_all(shapes[stay][met[own == i]])
        left = shapely.difference(shapes[moving[i]], ground)
        shapes[moving[i]] = polygons(left)
    made = type(zones.geometry)(shapes, index=zones.index, crs=zones.crs)
    changed = moving[np.unique(own)]
    area[changed] = np.round(made.iloc[changed].to_crs(plane.crs).area.to_numpy(), 1)
    return replace(tables, zones=zones.set_geometry(made).assign(area_m2=area))


def parts_of(tables: PlanTables, assignment: Ints, method: str) -> tuple[Part, ...]:
    """Give the parts of a plan for another assignment of its units: what was proven of each still holds."""
    problem, made = tables.problem, []
    if not all(part.unit for part in tables.parts):
        # older files do not say which units a part has: only of the whole is anything known then
        found = audit.audit(problem, assignment, tables.certificate.bound_m)
        size = (problem.n_units, problem.n_centres)
        figures = (found.value_m, found.bound_m, found.cost_m, found.optimality_gap)
        return (Part(*size, *figures, method, 0.0),)
    for part in tables.parts:
        units = np.array(part.unit, np.int64)
        centres = np.flatnonzero(np.isin(problem.home, units))
        small = restricted(problem, units, centres)
        own = places_of(centres, problem.n_centres)[assignment[units]]
        found = audit.audit(small, own, part.bound_m)
        made.append(
            replace(
                part,
                value_m=found.value_m,
                cost_m=found.cost_m,
                optimality_gap=found.optimality_gap,
                method=method,
                seconds=0.0,
            )
        )
    return tuple(made)

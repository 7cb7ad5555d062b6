"""A solved problem widens into tables again: units, households, zones and gaps, with ids and shapes.

One assembler serves a first plan and one that a meeting changed: both are a plan before (in which
nobody is served yet, where it is the first), an assignment, and a terrain to measure and draw on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.model.arrays import Bools, Floats, Ints
from planner.model.excerpt import own_ceilings
from planner.model.measures import walk_outcome, walk_summary
from planner.model.plane import LocalProjection
from planner.model.problem import Certificate, Result
from planner.model.tables import PlanTables
from planner.plan.coverage import coverage_gaps
from planner.plan.frames import (
    WGS84,
    assignment_of,
    broken_codes,
    centre_positions,
    gap_layer,
    taken,
    unit_positions,
    wishes_of,
)
from planner.plan.shapes import colours
from planner.plan.staffing import Walks, staffed
from planner.solve.rezone import GONE, moved_households

__all__ = ["Terrain", "assemble"]

FIGURES = ("households", "members", "walk_mean_m", "walk_max_m", "broken")


class Terrain(Protocol):
    """What a plan is measured and drawn on: a `Survey` of everything, or a finished plan, `Kept`."""

    @property
    def plane(self) -> LocalProjection:
        """The plane in which zones are drawn."""
        ...

    @property
    def floors(self) -> Floats | None:
        """Height of each household; None where nobody knows."""
        ...

    def walks(self, assignment: Ints) -> Walks:
        """Measure walks between members and units of one zone."""
        ...

    def shapes(self, assignment: Ints, touched: Ints) -> NDArray[Any]:
        """Draw the zones of these centres, in the plane."""
        ...


def assemble(
    plan: PlanTables,
    result: Result,
    certificate: Certificate,
    terrain: Terrain,
    most_lost: int | None = None,
) -> PlanTables:
    """Make every table of a plan again for an assignment of its units.

    Parameters
    ----------
    plan : PlanTables
        The plan before, or the draft of a first one: `planner.plan.draft.Survey.draft`.
    result : Result
        Who serves which unit, and what was proven of it.
    certificate : Certificate
        From `planner.model.audit`; the outcome of the walk limit is added here.
    most_lost : int, optional
        How many of its homes a member may lose, see `planner.plan.staffing.staffed`.

    Returns
    -------
    PlanTables
        Zones whose units stayed keep shape and service; homes of the others are shared out again.
        Of the provenance ``stopped, homes_moved, staffing`` are renewed.
    """
    problem, assignment = plan.problem, np.asarray(result.assignment, np.int64)
    ids = plan.centres["centre_id"]
    walk_m = np.append(problem.walk_m, np.nan)[problem.pairs_of(assignment)]
    touched = _touched(plan, assignment)
    unit = unit_positions(plan, plan.households["unit_id"])
    homes, gaps = _households(plan, assignment, unit, walk_m)
    note = {**plan.provenance, "stopped": result.stopped}
    if note.get("homes_moved") is not None:
        note["homes_moved"] = int(homes["moved"].sum())
    door = unit_positions(plan, plan.members["unit_id"])
    members = plan.members.assign(zone=taken(ids, np.append(assignment, -1)[door]))
    if len(touched):
        walks, floors = terrain.walks(assignment), terrain.floors
        roster = staffed(plan, assignment, walks, touched, floors, most_lost)
        member = taken(members["member_id"], roster.member)
        homes = homes.assign(member=member, member_walk_m=roster.walk_m)
        members = members.assign(households=roster.households)
        note["staffing"] = dict(roster.figures)
    if plan.wished is not None:
        note["wishes"] = wishes_of(plan).counts(assignment)
    moved = unit[(unit >= 0) & homes["moved"].to_numpy(bool)]
    centres = _centres(plan, assignment, walk_m, certificate)
    outcome = walk_outcome(problem, assignment, plan.rules.walk.limit_m)
    return replace(
        plan,
        units=plan.units.assign(
            zone=taken(ids, assignment),
            walk_m=np.round(walk_m, 2),
            moved=np.bincount(moved, minlength=problem.n_units),
        ),
        households=homes,
        members=members,
        centres=centres,
        zones=_zones(plan, assignment, centres, gaps, terrain),
        gaps=gaps,
        certificate=replace(certificate, rules=(*certificate.rules, outcome)),
        parts=result.parts,
        provenance=note,
    )


def _touched(plan: PlanTables, assignment: Ints) -> Ints:
    """Centres whose zones gain or lose units."""
    before = assignment_of(plan)
    changed = before != assignment
    touched = np.unique(np.concatenate([before[changed], assignment[changed]]))
    return touched[touched >= 0]


def _most_homes(plan: PlanTables) -> Floats:
    """Give the homes that each zone may have, by the rules of its community; infinite for any."""
    highs = [plan.rules.in_fence(str(f)).households_per_zone.high for f in plan.centres["fence"]]
    most = np.array([np.inf if high is None else high for high in highs], float)
    return most + own_ceilings(plan.problem)


def _households(
    plan: PlanTables, assignment: Ints, unit: Ints, walk_m: Floats
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Give each home its zone, and list the gaps; those known from before keep what was said of them."""
    before = plan.households
    found = coverage_gaps(
        before["household_id"].to_numpy(str),
        unit,
        np.where(_nobodys(plan, unit), before["gap"], "").astype(str),
        plan.problem,
        assignment,
        limit_m=plan.rules.walk.limit_m,
        most=_most_homes(plan),
    )
    gap = np.full(len(before), "", object)
    gap[found["household"]] = found["cause"].to_numpy(object)
    homes = before.assign(
        zone=taken(plan.centres["centre_id"], np.append(assignment, -1)[unit]),
        walk_m=np.round(np.append(walk_m, np.nan)[unit], 2),
        gap=gap,
        moved=moved_households(assignment, unit, _previously(plan)),
    )
    return homes, _gaps(plan, homes, found)


def _previously(plan: PlanTables) -> Ints:
    """Centre that each home had, by position; -1 for none, `GONE` for one that is none any more."""
    was = plan.households["previous_zone"].to_numpy(object)
    known = centre_positions(plan, was)
    return np.where((known < 0) & (was != ""), GONE, known)


def _nobodys(plan: PlanTables, unit: Ints) -> Bools:
    """Homes without a unit, or of one that no centre may serve: their cause was known before solving."""
    alone = np.append(np.diff(plan.problem.pair_start) == 0, True)
    return alone[unit]


def _gaps(plan: PlanTables, homes: gpd.GeoDataFrame, found: pd.DataFrame) -> gpd.GeoDataFrame:
    kept = homes.iloc[found["household"].to_numpy()]
    keys = zip(plan.gaps["household_id"], plan.gaps["cause"], strict=True)
    said = dict(zip(keys, plan.gaps["detail"], strict=True))
    now = zip(kept["household_id"], found["cause"], found["detail"], strict=True)
    # what was known before solving was said then; the rest is found anew
    detail = [text or said.get((home, cause), "") for home, cause, text in now]
    return gap_layer(kept, found["cause"], detail)


def _centres(
    plan: PlanTables, assignment: Ints, walk_m: Floats, certificate: Certificate
) -> gpd.GeoDataFrame:
    problem, served = plan.problem, assignment >= 0
    n = problem.n_centres

    def total(values: Any) -> Floats:
        weights = np.asarray(values, float)[served]
        return np.bincount(assignment[served], weights, minlength=n).astype(float)

    weight = problem.households.astype(float)
    walks = [walk_summary(walk_m[assignment == c], weight[assignment == c]) for c in range(n)]
    # text, for a layer holds nothing else: whoever words it asks the certificate
    broken = [",".join(rules) for rules in broken_codes(certificate, n)]
    return plan.centres.assign(
        households=total(problem.households).astype(np.int64),
        members=total(plan.units["members"]).astype(np.int64),
        load=total(problem.load),
        walk_mean_m=np.round([w["mean"] for w in walks], 1),
        walk_p90_m=np.round([w["p90"] for w in walks], 1),
        walk_max_m=np.round([w["max"] for w in walks], 1),
        broken=np.array(broken, dtype=object),
    )


def _zones(
    plan: PlanTables,
    assignment: Ints,
    centres: gpd.GeoDataFrame,
    gaps: gpd.GeoDataFrame,
    terrain: Terrain,
) -> gpd.GeoDataFrame:
    zones = plan.zones.assign(
        **{name: centres[name].to_numpy() for name in FIGURES},
        gaps=gaps["zone"].value_counts().reindex(centres["centre_id"], fill_value=0).to_numpy(),
    )
    touched = _touched(plan, assignment)
    if not len(touched):
        return zones
    crs = terrain.plane.crs
    # Untouched zones keep their degrees to the last digit: only those that were drawn anew are
    # turned back, while colours are given to all of them in the plane.
    flat = zones.geometry.to_crs(crs).to_numpy().copy()
    flat[touched] = terrain.shapes(assignment, touched)
    drawn, area = zones.geometry.to_numpy().copy(), zones["area_m2"].to_numpy(float).copy()
    made = type(zones.geometry)(flat[touched], crs=crs)
    area[touched] = np.round(made.area.to_numpy(), 1)
    drawn[touched] = made.to_crs(WGS84).to_numpy()
    zones = zones.set_geometry(type(made)(drawn, index=zones.index, crs=WGS84))
    return zones.assign(area_m2=area, colour=colours(flat, zones["colour"]))

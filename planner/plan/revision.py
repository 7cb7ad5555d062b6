"""A plan with other zones: every table made again from the plan itself and a new assignment.

Zones whose homes stayed the same keep their shapes to the last digit.  The others share out among
themselves what they covered together before: the ground of each home is what lies nearest to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.model.measures import walk_outcome, walk_summary
from planner.model.plane import LocalProjection
from planner.model.problem import Certificate, Part, Problem
from planner.model.tables import PlanTables
from planner.plan.coverage import coverage_gaps
from planner.plan.restaffing import restaffed
from planner.solve.rezone import moved_households

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["assignment_of", "revised"]

Ints = NDArray[np.int64]


def assignment_of(tables: PlanTables) -> Ints:
    """Give the centre of each unit of a plan by position, -1 for none; shape (n_units,)."""
    return _positions(tables, tables.units["zone"])


def revised(
    tables: PlanTables, assignment: Ints, certificate: Certificate, parts: tuple[Part, ...]
) -> PlanTables:
    """Make the tables of a plan again for another assignment of the same units.

    Parameters
    ----------
    tables : PlanTables
        The plan before.
    assignment : ndarray of int, shape (n_units,)
        Centre of each unit, -1 for none.
    certificate : Certificate
        From `planner.model.audit`, for this assignment; the walk limit's outcome is added here.
    parts : tuple of Part
        What was proven.

    Returns
    -------
    PlanTables
        Homes of zones that changed are shared out again among their members.  Provenance is that of
        before but for ``homes_moved`` and ``staffing``.
    """
    problem, names = tables.problem, _names(tables)
    pair = problem.pairs_of(assignment)
    walk_m = np.where(pair >= 0, np.append(problem.walk_m, 0.0)[pair], np.nan)
    touched = _touched(tables, assignment)
    homes, gaps = _households(tables, assignment, walk_m)
    note = {**tables.provenance}
    if len(touched):
        unit = _unit_positions(tables, homes["unit_id"])
        service = restaffed(tables, unit, assignment, touched)
        homes = homes.assign(member=service.member, member_walk_m=service.walk_m)
        note["staffing"] = service.staffing
    units = tables.units.assign(
        zone=names[assignment],
        walk_m=np.round(walk_m, 2),
        moved=homes.loc[homes["moved"], "unit_id"]
        .value_counts()
        .reindex(tables.units["unit_id"], fill_value=0)
        .to_numpy(np.int64),
    )
    unit_of = _unit_positions(tables, tables.members["unit_id"])
    centres = _centres(tables, assignment, walk_m, certificate)
    outcome = walk_outcome(problem, assignment, tables.rules.walk.limit_m)
    recut = tables.provenance.get("homes_moved") is not None
    return replace(
        tables,
        units=units,
        households=homes,
        members=tables.members.assign(
            zone=names[np.append(assignment, -1)[unit_of]],
            households=tables.members["member_id"]
            .map(homes["member"].value_counts())
            .fillna(0)
            .astype(np.int64),
        ),
        centres=centres,
        zones=_zones(tables, assignment, centres, gaps),
        gaps=gaps,
        certificate=replace(certificate, rules=(*certificate.rules, outcome)),
        parts=parts,
        provenance={**note, "homes_moved": int(homes["moved"].sum()) if recut else None},
    )


def _names(tables: PlanTables) -> NDArray[Any]:
    """Centre ids, and "" last, where -1 finds it."""
    return np.append(tables.centres["centre_id"].to_numpy(object), "").astype(object)


def _positions(tables: PlanTables, zone: pd.Series[Any]) -> Ints:
    place = {c: i for i, c in enumerate(tables.centres["centre_id"])}
    return np.array([place.get(z, -1) for z in zone], np.int64)


def _unit_positions(tables: PlanTables, unit_id: pd.Series[Any]) -> Ints:
    place = {u: i for i, u in enumerate(tables.units["unit_id"])}
    return np.array([place.get(u, -1) for u in unit_id], np.int64)


def _households(
    tables: PlanTables, assignment: Ints, walk_m: NDArray[np.float64]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    before, names, rules = tables.households, _names(tables), tables.rules
    unit = _unit_positions(tables, before["unit_id"])
    now = np.append(assignment, -1)[unit]
    known = np.where(before["gap"] == "address_not_found", "address_not_found", "")
    lost = (unit < 0) & (known == "")
    known[lost] = before["gap"].to_numpy(object)[lost]
    found = coverage_gaps(
        before["household_id"].to_numpy(str),
        unit,
        known.astype(str),
        tables.problem,
        assignment,
        limit_m=rules.walk.limit_m,
        most=rules.households_per_zone.high,
    )
    row = found["household"].to_numpy()
    gap = np.full(len(before), "", object)
    gap[row] = found["cause"].to_numpy(object)
    homes = before.assign(
        zone=names[now],
        walk_m=np.round(np.append(walk_m, np.nan)[unit], 2),
        gap=gap,
        moved=moved_households(assignment, unit, _positions(tables, before["previous_zone"])),
    )
    return homes, _gaps(tables, homes, row, found)


def _gaps(
    tables: PlanTables, homes: gpd.GeoDataFrame, row: Ints, found: pd.DataFrame
) -> gpd.GeoDataFrame:
    """List the gaps; those known from before keep what was said of them."""
    kept = homes.iloc[row]
    keys = zip(tables.gaps["household_id"], tables.gaps["cause"], strict=True)
    said = dict(zip(keys, tables.gaps["detail"], strict=True))
    now = zip(kept["household_id"], found["cause"], found["detail"], strict=True)
    detail = [text or said.get((home, cause), "") for home, cause, text in now]
    columns = {
        name: kept[name].to_numpy(object) for name in ("household_id", "unit_id", "fence", "zone")
    }
    columns |= {"cause": found["cause"].to_numpy(object), "detail": np.array(detail, object)}
    import geopandas as gpd

    return gpd.GeoDataFrame(columns, geometry=kept.geometry.to_numpy(), crs=homes.crs)


def _centres(
    tables: PlanTables, assignment: Ints, walk_m: NDArray[np.float64], certificate: Certificate
) -> gpd.GeoDataFrame:
    problem: Problem = tables.problem
    n, served = problem.n_centres, assignment >= 0

    def total(values: Any) -> NDArray[np.float64]:
        weights = np.asarray(values, float)[served]
        return np.bincount(assignment[served], weights, minlength=n).astype(float)

    weight = problem.households.astype(float)
    walks = [walk_summary(walk_m[assignment == c], weight[assignment == c]) for c in range(n)]
    broken: list[set[str]] = [set() for _ in range(n)]
    for violation in certificate.violations:
        broken[violation.centre].add(violation.rule)
    return tables.centres.assign(
        households=total(problem.households).astype(np.int64),
        members=total(tables.units["members"]).astype(np.int64),
        load=total(problem.load),
        walk_mean_m=np.round([w["mean"] for w in walks], 1),
        walk_p90_m=np.round([w["p90"] for w in walks], 1),
        walk_max_m=np.round([w["max"] for w in walks], 1),
        broken=np.array([",".join(sorted(names)) for names in broken], dtype=object),
    )


def _touched(tables: PlanTables, assignment: Ints) -> Ints:
    """Centres whose zones gain or lose units."""
    before = assignment_of(tables)
    changed = before != assignment
    touched = np.unique(np.concatenate([before[changed], assignment[changed]]))
    return touched[touched >= 0]


def _zones(
    tables: PlanTables, assignment: Ints, centres: gpd.GeoDataFrame, gaps: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    before, touched = assignment_of(tables), _touched(tables, assignment)
    figures = ("households", "members", "walk_mean_m", "walk_max_m", "broken")
    zones = tables.zones.assign(
        **{name: centres[name].to_numpy() for name in figures},
        gaps=gaps["zone"].value_counts().reindex(centres["centre_id"], fill_value=0).to_numpy(),
    )
    if not len(touched):
        return zones
    from planner.plan.shapes import colours

    lon, lat = tables.units.geometry.x.to_numpy(), tables.units.geometry.y.to_numpy()
    plane = LocalProjection.around(lon, lat)
    flat = zones.geometry.to_crs(plane.crs)
    shapes = flat.to_numpy().copy()
    inside = np.flatnonzero(np.isin(assignment, touched) | np.isin(before, touched))
    new = _shared_out(
        shapes[touched], plane.to_xy(lon[inside], lat[inside]), assignment[inside], touched
    )
    area = zones["area_m2"].to_numpy(float).copy()
    drawn = zones.geometry.to_numpy().copy()
    shapes[touched] = new
    moved = type(flat)(new, crs=plane.crs)
    area[touched] = np.round(moved.area.to_numpy(), 1)
    assert zones.crs is not None
    drawn[touched] = moved.to_crs(zones.crs).to_numpy()
    zones = zones.set_geometry(type(flat)(drawn, index=zones.index, crs=zones.crs))
    return zones.assign(area_m2=area, colour=colours(shapes))


def _shared_out(
    shapes: NDArray[Any], xy: NDArray[np.float64], zone: Ints, touched: Ints
) -> NDArray[Any]:
    """Cut what some zones cover together into the ground of each of them."""
    import shapely

    from planner.plan.shapes.cells import dissolve, distinct_points, voronoi_cells

    region = shapely.union_all(shapely.make_valid(shapes), grid_size=0.001)
    spots, zone = distinct_points(xy, zone)
    cells = voronoi_cells(spots, 60.0)
    served = zone >= 0
    local = np.where(served, np.searchsorted(touched, np.where(served, zone, touched[0])), -1)
    made = dissolve(cells, local, len(touched))
    cut = shapely.intersection(made, region, grid_size=0.001)
    return np.array([_polygons(shape) for shape in cut], dtype=object)


def _polygons(shape: Any) -> Any:
    """Leave out the lines and points in which shapes merely touched."""
    import shapely

    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0]
    if len(parts) == 1:
        return parts[0]
    return shapely.MultiPolygon(parts)

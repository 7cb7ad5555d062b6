"""A solved problem widens into tables again: units, households, zones and gaps, with ids and shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.demand import Demand
from planner.demand.ground import Ground
from planner.demand.locate import Located
from planner.model.measures import walk_outcome, walk_summary
from planner.model.problem import Certificate, Problem, Result
from planner.model.rules import RuleBook
from planner.model.tables import BASE_LAYERS, PlanTables
from planner.model.ties import Helpers
from planner.network.streets.ways import walked_ways
from planner.plan.coverage import coverage_gaps
from planner.plan.shapes import colours, zone_shapes
from planner.plan.staffing import Roster, staff_zones
from planner.solve.rezone import Previous, moved_households

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["PlanTables", "assemble"]

WGS84 = "EPSG:4326"


def assemble(
    located: Located,
    demand: Demand,
    problem: Problem,
    result: Result,
    certificate: Certificate,
    ground: Ground,
    fences: gpd.GeoDataFrame | None,
    rules: RuleBook,
    before: Previous | None,
    helpers: Helpers | None = None,
) -> PlanTables:
    """Build every table of a finished plan.

    Parameters
    ----------
    located, demand, problem, result, certificate
        What the earlier stages found.
    ground : Ground
        Base layers, rivers and railways.
    fences : GeoDataFrame or None
        Polygons with a column ``fence``.
    rules : RuleBook
        The rule book.
    before : Previous or None
        Where people were, if the plan is a re-cut.
    helpers : Helpers, optional
        Households that a member looks after already.

    Returns
    -------
    PlanTables
        `provenance` holds ``stopped, move_price_m, homes_moved, staffing`` only; the pipeline adds the rest.
    """
    zone_ids = np.append(demand.centres["centre_id"].to_numpy(str), "").astype(object)
    pair = problem.pairs_of(result.assignment)
    walk_m = np.where(pair >= 0, problem.walk_m[pair], np.nan)
    roster = staff_zones(
        located.households,
        located.members,
        demand,
        ground.network,
        problem,
        result.assignment,
        rules,
        helpers,
    )
    homes = _households(located, demand, result, walk_m, zone_ids, before, roster)
    gaps = coverage_gaps(
        homes["household_id"].to_numpy(str),
        demand.household_unit,
        located.households["cause"].to_numpy(str),
        problem,
        result.assignment,
        limit_m=rules.walk.limit_m,
        most=rules.households_per_zone.high,
    )
    homes.loc[gaps["household"], "gap"] = gaps["cause"].to_numpy()
    gap_table = _gaps(homes, gaps, located)
    units = _units(demand, homes, result, walk_m, zone_ids)
    centres = _centres(demand, problem, result, certificate, walk_m)
    zones = _zones(centres, demand, result, gap_table, ground, fences)
    outcome = walk_outcome(problem, result.assignment, rules.walk.limit_m)
    moved = None if before is None else int(homes["moved"].sum())
    return PlanTables(
        units=units,
        households=homes,
        members=_members(located, demand, result, zone_ids, roster),
        centres=centres,
        zones=zones,
        gaps=gap_table,
        base=_base(ground, fences),
        problem=problem,
        certificate=_with_walk(certificate, outcome),
        parts=result.parts,
        rules=rules,
        findings=(*located.findings, *demand.findings),
        provenance={
            "stopped": result.stopped,
            "move_price_m": None if before is None else before.move_price_m,
            "homes_moved": moved,
            "staffing": {
                "serving": int((roster.households > 0).sum()),
                "short": roster.short,
                "over": roster.over,
                "walk_mean_m": _mean(roster.walk_m),
                **_helped(roster, helpers),
            },
        },
        **_ways(demand, problem, ground),
    )


def _helped(roster: Roster, helpers: Helpers | None) -> dict[str, int]:
    if helpers is None or not len(helpers):
        return {}
    return {"helpers": len(helpers), "helpers_kept": helpers.kept(roster.member)}


def _ways(demand: Demand, problem: Problem, ground: Ground) -> dict[str, Any]:
    """Keep the streets that the walks follow, so that each can be drawn from the plan alone."""
    pairs = (problem.pair_unit, problem.pair_centre, problem.walk_m)
    found = walked_ways(ground.network, demand.snaps, problem.home, pairs)
    if found is None:
        return {}
    columns = {"start": found.start, "end": found.end, "length_m": found.length_m}
    joins = {"way": found.join, "along_m": found.along_m}
    return {"ways": _frame(columns, found.lines), "joins": pd.DataFrame(joins)}


def _mean(walk_m: NDArray[np.float64]) -> float | None:
    known = walk_m[np.isfinite(walk_m)]
    return round(float(known.mean()), 1) if len(known) else None


def _with_walk(certificate: Certificate, outcome: Any) -> Certificate:
    from dataclasses import replace

    return replace(certificate, rules=(*certificate.rules, outcome))


def _points(lon: Any, lat: Any) -> NDArray[Any]:
    """Points, empty where there is no coordinate."""
    import shapely

    x, y = np.asarray(lon, float), np.asarray(lat, float)
    points = np.asarray(shapely.points(x, y), dtype=object)
    points[~(np.isfinite(x) & np.isfinite(y))] = shapely.Point()
    return points


def _frame(columns: dict[str, Any], geometry: NDArray[Any]) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return gpd.GeoDataFrame(columns, geometry=geometry, crs=WGS84)


def _of_unit(values: NDArray[Any], unit: NDArray[np.int32], missing: Any) -> NDArray[Any]:
    """Look a unit's value up for each person; `missing` where the person has no unit."""
    return np.append(values, np.array([missing], dtype=values.dtype))[unit]


def _households(
    located: Located,
    demand: Demand,
    result: Result,
    walk_m: NDArray[np.float64],
    zone_ids: NDArray[Any],
    before: Previous | None,
    roster: Roster,
) -> gpd.GeoDataFrame:
    homes, unit = located.households, demand.household_unit
    now = _of_unit(result.assignment, unit, -1)
    n = len(homes)
    was = np.full(n, -1, np.int32) if before is None else before.zone[:n]
    columns = {
        "household_id": homes["id"].to_numpy(str).astype(object),
        "unit_id": _of_unit(demand.units["unit_id"].to_numpy(object), unit, ""),
        "fence": homes["fence"].to_numpy(object),
        "zone": zone_ids[now],
        "walk_m": np.round(_of_unit(walk_m, unit, np.nan), 2),
        "load": homes["load"].to_numpy(float),
        "precision": homes["precision"].to_numpy(object),
        "confidence": np.round(homes["confidence"].to_numpy(float), 3),
        "matched": homes["label"].to_numpy(object),
        "gap": np.full(n, "", object),
        "previous_zone": zone_ids[was],
        "moved": moved_households(result.assignment, unit, was),
        "member": np.append(located.members["id"].to_numpy(object), "")[roster.member],
        "member_walk_m": roster.walk_m,
    }
    return _frame(columns, _points(homes["lon"], homes["lat"]))


def _gaps(homes: gpd.GeoDataFrame, gaps: pd.DataFrame, located: Located) -> gpd.GeoDataFrame:
    row = gaps["household"].to_numpy()
    kept = homes.iloc[row]
    said = located.households["detail"].to_numpy(object)[row]
    detail = np.where(said != "", said, gaps["detail"].to_numpy(object))
    columns = {
        name: kept[name].to_numpy(object) for name in ("household_id", "unit_id", "fence", "zone")
    }
    columns |= {"cause": gaps["cause"].to_numpy(object), "detail": detail}
    return _frame(columns, kept.geometry.to_numpy())


def _units(
    demand: Demand,
    homes: gpd.GeoDataFrame,
    result: Result,
    walk_m: NDArray[np.float64],
    zone_ids: NDArray[Any],
) -> gpd.GeoDataFrame:
    units, unit = demand.units, demand.household_unit
    moved = np.bincount(unit[(unit >= 0) & homes["moved"].to_numpy(bool)], minlength=len(units))
    columns = {
        name: units[name].to_numpy()
        for name in ("unit_id", "label", "fence", "households", "members", "load")
    }
    columns |= {
        "zone": zone_ids[result.assignment],
        "walk_m": np.round(walk_m, 2),
        "access_m": np.round(units["access_m"].to_numpy(float), 2),
        "moved": moved,
    }
    return _frame(columns, _points(units["lon"], units["lat"]))


def _members(
    located: Located, demand: Demand, result: Result, zone_ids: NDArray[Any], roster: Roster
) -> pd.DataFrame:
    people, unit = located.members, demand.member_unit
    return pd.DataFrame(
        {
            "member_id": people["id"].to_numpy(object),
            "unit_id": _of_unit(demand.units["unit_id"].to_numpy(object), unit, ""),
            "fence": people["fence"].to_numpy(object),
            "zone": zone_ids[_of_unit(result.assignment, unit, -1)],
            "is_centre": people["is_centre"].to_numpy(bool),
            "precision": people["precision"].to_numpy(object),
            "matched": people["label"].to_numpy(object),
            "households": roster.households,
        }
    )


def _centres(
    demand: Demand,
    problem: Problem,
    result: Result,
    certificate: Certificate,
    walk_m: NDArray[np.float64],
) -> gpd.GeoDataFrame:
    n, zone = problem.n_centres, result.assignment
    served = zone >= 0

    def total(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(zone[served], values[served].astype(float), minlength=n).astype(float)

    walks = [
        walk_summary(walk_m[zone == c], problem.households[zone == c].astype(float))
        for c in range(n)
    ]
    broken = [
        ",".join(sorted({v.rule for v in certificate.violations if v.centre == c}))
        for c in range(n)
    ]
    centres = demand.centres
    columns = {
        "centre_id": centres["centre_id"].to_numpy(object),
        "number": np.arange(1, n + 1),
        "unit_id": centres["unit_id"].to_numpy(object),
        "fence": centres["fence"].to_numpy(object),
        "label": centres["label"].to_numpy(object),
        "households": total(problem.households).astype(np.int64),
        "members": total(demand.units["members"].to_numpy()).astype(np.int64),
        "load": total(problem.load),
        "walk_mean_m": np.round([w["mean"] for w in walks], 1),
        "walk_p90_m": np.round([w["p90"] for w in walks], 1),
        "walk_max_m": np.round([w["max"] for w in walks], 1),
        "broken": np.array(broken, dtype=object),
    }
    return _frame(columns, _points(centres["lon"], centres["lat"]))


def _zones(
    centres: gpd.GeoDataFrame,
    demand: Demand,
    result: Result,
    gaps: gpd.GeoDataFrame,
    ground: Ground,
    fences: gpd.GeoDataFrame | None,
) -> gpd.GeoDataFrame:
    import geopandas as gpd

    plane = ground.network.projection
    xy = plane.to_xy(demand.units["lon"], demand.units["lat"])
    territory = ground.network.territory(
        demand.snaps, group=pd.factorize(demand.units["fence"], sort=True)[0].astype(np.int32)
    )
    owner = np.append(result.assignment, -1)[territory.owner]
    drawn = None if fences is None else fences.to_crs(plane.crs)
    shapes = zone_shapes(
        xy,
        result.assignment,
        len(centres),
        territory=(owner, territory.lines),
        cuts=ground.cuts,
        fences=None if drawn is None else dict(zip(drawn["fence"], drawn.geometry, strict=True)),
        fence_of_zone=None if drawn is None else centres["fence"].to_numpy(object),
    )
    flat = gpd.GeoSeries(shapes, crs=plane.crs)
    figures = ("households", "members", "walk_mean_m", "walk_max_m", "broken")
    columns = {
        name: centres[name].to_numpy() for name in ("centre_id", "number", "fence", *figures)
    }
    columns |= {
        "colour": colours(shapes),
        "gaps": gaps["zone"].value_counts().reindex(centres["centre_id"], fill_value=0).to_numpy(),
        "area_m2": np.round(flat.area.to_numpy(), 1),
    }
    return _frame(columns, flat.to_crs(WGS84).to_numpy())


def _base(ground: Ground, fences: gpd.GeoDataFrame | None) -> dict[str, gpd.GeoDataFrame]:
    import geopandas as gpd

    layers = dict(ground.base)
    if fences is not None:
        layers["fences"] = fences
    keep = {
        "streets": ["name", "highway", "walkable"],
        "buildings": ["name", "street", "number"],
        "fences": ["fence"],
    }
    made: dict[str, gpd.GeoDataFrame] = {}
    for name in BASE_LAYERS:
        columns = keep.get(name, ["name"])
        layer = layers.get(name)
        if layer is None:
            layer = gpd.GeoDataFrame({c: [] for c in columns}, geometry=[], crs=WGS84)
        for column in set(columns) - set(layer.columns):
            layer = layer.assign(**{column: ""})
        made[name] = layer[[*columns, "geometry"]].reset_index(drop=True)
    return made

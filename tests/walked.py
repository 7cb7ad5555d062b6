"""The made-up town of `tests.plans` with streets: walks are shortest paths, and the plan keeps them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.model.audit import audit
from planner.model.tables import PlanTables
from planner.network import WalkingNetwork
from planner.network.streets.ways import walked_ways
from tests.plans import LAT, LON, STEP_X, STEP_Y, make_plan_tables


def grid_network(nx: int, ny: int, *, without: int = 7) -> WalkingNetwork:
    """Lay streets along all blocks, each `without`-th piece left out, so that walks have corners."""
    at = [[(LON + i * STEP_X, LAT + j * STEP_Y) for j in range(ny + 1)] for i in range(nx + 1)]
    pieces = [(at[i][j], at[i + 1][j]) for i in range(nx) for j in range(ny + 1)]
    pieces += [(at[i][j], at[i][j + 1]) for i in range(nx + 1) for j in range(ny)]
    kept = [shapely.LineString(p) for k, p in enumerate(pieces) if k % without]
    return WalkingNetwork.from_lines(gpd.GeoDataFrame(geometry=kept, crs="EPSG:4326"))


def make_walked_tables(*, nx: int = 12, ny: int = 8, **options: Any) -> PlanTables:
    """Make the plan of `make_plan_tables` again with walks along streets."""
    tables = make_plan_tables(nx=nx, ny=ny, **options)
    network, problem = grid_network(nx, ny), tables.problem
    snaps = network.snap(tables.units.geometry.x.to_numpy(), tables.units.geometry.y.to_numpy())
    found = network.walks(snaps.take(problem.home), snaps, limit_m=None)
    table = np.full((problem.n_units, problem.n_centres), np.inf)
    table[found.target, found.source] = found.walk_m
    walk_m = table[problem.pair_unit, problem.pair_centre]
    place = {c: i for i, c in enumerate(tables.centres["centre_id"])}
    zone = np.array([place.get(z, -1) for z in tables.units["zone"]])
    own = np.where(zone >= 0, table[np.arange(len(zone)), zone], np.nan)
    pairs = (problem.pair_unit, problem.pair_centre, walk_m)
    ways = walked_ways(network, snaps, problem.home, pairs)
    assert ways is not None
    columns = {"start": ways.start, "end": ways.end, "length_m": ways.length_m}
    walked = replace(problem, walk_m=walk_m)
    certificate = audit(walked, zone, 0.0)
    rules = (*certificate.rules, *tables.certificate.rules[len(certificate.rules) :])
    return replace(
        tables,
        problem=walked,
        certificate=replace(certificate, rules=rules),
        units=tables.units.assign(walk_m=np.round(own, 2)),
        ways=gpd.GeoDataFrame(columns, geometry=ways.lines, crs="EPSG:4326"),
        joins=pd.DataFrame({"way": ways.join, "along_m": ways.along_m}),
    )

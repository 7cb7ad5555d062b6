"""The tables of a plan as frames: made with their geometry, and read by position instead of by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from planner.demand.ties.wishes import Wished
from planner.model.arrays import Ints
from planner.model.certificate import Certificate
from planner.model.tables import PlanTables

__all__ = [
    "WGS84",
    "WISHES",
    "above_centres",
    "assignment_of",
    "broken_codes",
    "buildings_of",
    "centre_positions",
    "gap_layer",
    "geo_frame",
    "points_at",
    "positions",
    "taken",
    "unit_positions",
    "wishes_of",
]

WGS84 = "EPSG:4326"
WISHES = ("wish1", "wish2", "wish3")
"""Columns of a plan's wishes, the dearest first."""


def positions(names: Iterable[str], wanted: Iterable[str]) -> Ints:
    """Find where each wanted name stands among others, -1 for those that do not."""
    at = {name: i for i, name in enumerate(names)}
    return np.array([at.get(name, -1) for name in wanted], np.int64)


def taken(values: ArrayLike, at: ArrayLike) -> NDArray[np.object_]:
    """Give the values that stand at some positions, "" for -1."""
    # appended last, the blank is what -1 finds
    return np.append(np.asarray(values, object), "").astype(object)[np.asarray(at)]


def unit_positions(tables: PlanTables, unit_id: Iterable[str]) -> Ints:
    """Give the position of each unit in the order of the problem, -1 for none."""
    return positions(tables.units["unit_id"], unit_id)


def centre_positions(tables: PlanTables, zone: Iterable[str]) -> Ints:
    """Give the position of the centre that each zone is named after, -1 for none."""
    return positions(tables.centres["centre_id"], zone)


def assignment_of(tables: PlanTables) -> Ints:
    """Give the centre of each unit of a plan by position, -1 for none; shape (n_units,)."""
    return centre_positions(tables, tables.units["zone"])


def buildings_of(tables: PlanTables) -> Ints:
    """Give the building of each unit, numbered in the order of their first units; shape (n_units,).

    In plans of the first versions, which carry no key, it is told by fence and wording.
    """
    units = tables.units
    if "building_id" in units:
        return pd.factorize(units["building_id"])[0].astype(np.int64)
    words = units["building"] if "building" in units else np.full(len(units), "", object)
    # a unit of which no building is told is one by itself
    alone = np.where(np.asarray(words, object) == "", units["unit_id"], "")
    names = pd.MultiIndex.from_arrays([units["fence"], words, alone])
    return pd.factorize(names)[0].astype(np.int64)


def broken_codes(certificate: Certificate, n_centres: int) -> list[tuple[str, ...]]:
    """Give the names of the rules that the zone of each centre breaks, sorted."""
    found: list[set[str]] = [set() for _ in range(n_centres)]
    for violation in certificate.violations:
        found[violation.centre].add(violation.rule)
    return [tuple(sorted(rules)) for rules in found]


def wishes_of(tables: PlanTables) -> Wished:
    """Give who wishes for which centre, by position and without names; nobody where nobody was asked."""
    table = tables.wished
    if table is None:
        return Wished((), np.zeros(0, bool), np.zeros(0, np.int64), np.zeros((0, 3), np.int64))
    centre = np.stack([centre_positions(tables, table[name]) for name in WISHES], axis=1)
    unit = unit_positions(tables, table["unit_id"])
    return Wished(("",) * len(table), table["member"].to_numpy(int) == 1, unit, centre)


def geo_frame(columns: dict[str, Any], geometry: ArrayLike) -> gpd.GeoDataFrame:
    """Make a layer of a plan, EPSG:4326."""
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=WGS84)


def gap_layer(homes: gpd.GeoDataFrame, cause: ArrayLike, detail: Iterable[str]) -> gpd.GeoDataFrame:
    """Make the layer of gaps: homes, each with its cause and what is said of it."""
    names = ("household_id", "unit_id", "fence", "zone")
    columns = {name: homes[name].to_numpy(object) for name in names}
    said = {"cause": np.asarray(cause, object), "detail": np.array(list(detail), object)}
    return geo_frame(columns | said, homes.geometry.to_numpy())


def points_at(lon: ArrayLike, lat: ArrayLike) -> NDArray[Any]:
    """Make points, degrees; empty ones where there is no coordinate."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    points = np.asarray(shapely.points(x, y), dtype=object)
    points[~(np.isfinite(x) & np.isfinite(y))] = shapely.Point()
    return points


def above_centres(tables: PlanTables, level: str) -> NDArray[np.object_] | None:
    """Give who of a level, such as the mentors, looks after each centre, "" for nobody.

    Gives: None where the plan has no such level; shape (n_centres,).
    """
    if level not in tables.zones:
        return None
    # zones are drawn in an order of their own, and a centre without homes has none
    at = positions(tables.zones["centre_id"], tables.centres["centre_id"])
    return taken(tables.zones[level].fillna("").astype(str), at)

"""Pieces and compactness of zones, by shapes of which they are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from planner.model.tables import PlanTables
from planner.plan.shapes.wholeness import wholeness
from tests.plans import make_plan_tables


def shaped(tables: PlanTables, shape: Any) -> PlanTables:
    """Give every zone one shape, metres about the middle of the town."""
    points = tables.units.geometry
    lon, lat = points.x.mean(), points.y.mean()
    east, north = 111_320 * np.cos(np.radians(lat)), 111_000
    there = shapely.transform(shape, lambda xy: xy / [east, north] + [lon, lat])
    made = type(points)([there] * len(tables.zones), crs=points.crs)
    return replace(tables, zones=tables.zones.set_geometry(made))


def test_shapes_that_are_known() -> None:
    """A circle, a square, a strip, two squares, and one with a crumb."""
    tables = make_plan_tables()
    square = shapely.box(0, 0, 100, 100)
    two = shapely.MultiPolygon([square, shapely.box(300, 0, 400, 100)])
    crumb = shapely.MultiPolygon([square, shapely.box(300, 0, 305, 5)])
    for shape, compact, parts in (
        (shapely.Point(0, 0).buffer(100, quad_segs=64), 1.0, 1),
        (square, np.pi / 4, 1),
        (shapely.box(0, 0, 10, 1000), 0.0308, 1),
        (two, np.pi / 8, 2),
        (crumb, 0.712, 1),
    ):
        found = wholeness(shaped(tables, shape))
        assert found["compactness"]["median"] == pytest.approx(compact, rel=0.02)
        assert found["most_parts"] == parts
        assert found["zone_parts"] == (len(tables.zones) if parts > 1 else 0)


def test_buildings_that_zones_share() -> None:
    """A building counts once however many of its stairwells are elsewhere; who is not served cuts none."""
    tables = make_plan_tables()
    units = tables.units.assign(zone=tables.centres["centre_id"][0])
    assert wholeness(replace(tables, units=units))["split_buildings"] == 0
    zone = units["zone"].to_numpy(object).copy()
    zone[[0, 2]] = tables.centres["centre_id"][1]
    zone[4] = ""
    assert wholeness(replace(tables, units=units.assign(zone=zone)))["split_buildings"] == 2

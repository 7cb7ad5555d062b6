"""Repairs of homes without a place: an address settled, a path, a fence."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.intake.gazetteer.index import Gazetteer
from planner.plan.care.places import mends_of_places
from tests.plan.care.town import PLANE, care_town, ground_of


def gazetteer(*rows: tuple[str, str, float, float]) -> Gazetteer:
    """Doors of a building table: road, number, metres in the plane."""
    spots = PLANE.to_lon_lat(np.array([row[2:] for row in rows], float))
    table = pd.DataFrame(
        {
            "name": "",
            "building": "",
            "stairwell": "",
            "community": [f"第{k}社区" for k in range(len(rows))],
            "address": [f"{row[0]}{row[1]}号" for row in rows],
            "lon": spots[:, 0],
            "lat": spots[:, 1],
        }
    )
    columns = [
        "osm_id",
        "name",
        "street",
        "number",
        "place",
        "source",
        "building",
        "kind",
        "highway",
    ]
    nothing = gpd.GeoDataFrame({c: [] for c in columns}, geometry=[], crs=4326)
    return Gazetteer.build(nothing, nothing, nothing, nothing, table=table)


def test_an_address_is_tried_at_each_of_its_candidates() -> None:
    """Of two doors that it could be one lies within the limit: that one is told, with its walk."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    known = gazetteer(("光明路", "9", 1800.0, 200.0), ("光明路", "9", 500.0, 353.0))
    homes = pd.DataFrame(
        {"id": ["H900", "H000"], "address": ["光明路9号", "光明路9号"], "community": ""}
    )
    (mend,) = mends_of_places(ground, homes, known)
    assert mend.kind == "address"
    assert mend.homes == (84,)
    assert mend.target == "光明路9号 (第1社区)"
    assert mend.walk_m == pytest.approx(50.0, abs=1.0)
    far = gazetteer(("光明路", "9", 1800.0, 200.0), ("光明路", "9", 1500.0, 200.0))
    assert not list(mends_of_places(ground, homes, far))
    assert not list(mends_of_places(ground, None, known))


def test_a_home_far_from_streets_is_told_how_long_a_path_must_be() -> None:
    """The straight leg and the walk from its end, if that is within the limit."""
    plan, _ = care_town()
    gap = plan.households["gap"].to_numpy(object).copy()
    gap[84] = "far_from_streets"
    shapes = plan.households.geometry.to_numpy().copy()
    shapes[84] = shapely.Point(PLANE.to_lon_lat(np.array([[100.0, -260.0]]))[0])
    homes = plan.households.assign(gap=gap).set_geometry(shapes, crs=4326)
    (mend,) = mends_of_places(ground_of(replace(plan, households=homes))[0], None, None)
    assert (mend.kind, mend.homes, mend.tried) == ("link", (84,), "walked")
    assert mend.walk_m == pytest.approx(263.0, abs=1.0)


def test_a_home_outside_every_fence_is_told_which_one_would_serve_it() -> None:
    """The fence of the nearest centre, with the walk to it."""
    plan, _ = care_town()
    gap = plan.households["gap"].to_numpy(object).copy()
    gap[0] = "outside_fences"
    centres = plan.centres.assign(fence=[f"社区{k}" for k in plan.centres["centre_id"]])
    changed = replace(plan, households=plan.households.assign(gap=gap), centres=centres)
    (mend,) = mends_of_places(ground_of(changed)[0], None, None)
    assert mend.kind == "fence"
    assert mend.target == "社区M0"
    assert mend.walk_m == pytest.approx(plan.households["walk_m"].iloc[0], abs=0.01)

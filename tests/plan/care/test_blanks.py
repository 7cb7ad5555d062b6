"""Blank spots: planted ones are found, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.plan.care.blanks import KINDS_OF_BLANK, blank_spots
from tests.plan.care.town import PLANE, care_town


def drawn(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Buildings of the map, boxes in metres of the plane."""
    shapes = [shapely.transform(shapely.box(*box), lambda c: PLANE.to_lon_lat(c)) for box in boxes]
    names = {"name": [f"{k}号楼" for k in range(len(boxes))], "street": "", "number": ""}
    return gpd.GeoDataFrame(names, geometry=shapes, crs=4326)


def town(*boxes: tuple[float, float, float, float]):
    """Give the town with a building around each home, and some more."""
    plan, _ = care_town()
    points = plan.households.geometry.to_numpy()
    live = points[~shapely.is_empty(points)]
    seats = plan.units[plan.units["members"] > 0].geometry.to_numpy()
    spots = PLANE.to_xy(
        np.append(shapely.get_x(live), shapely.get_x(seats)),
        np.append(shapely.get_y(live), shapely.get_y(seats)),
    )
    own = [(x - 6, y - 6, x + 6, y + 6) for x, y in np.unique(spots, axis=0).tolist()]
    return replace(plan, base={**plan.base, "buildings": drawn(*own, *boxes)})


def test_a_town_that_is_all_registered_has_none() -> None:
    """Every building has its home, every home its building."""
    assert not len(blank_spots(town()))


def test_buildings_without_a_home_are_listed_by_zone() -> None:
    """Two blocks and a shed: the shed is too small, and a block far outside every zone is not ours."""
    plan = town(
        (240, 140, 270, 160), (640, 340, 670, 360), (440, 140, 443, 143), (240, 3140, 270, 3160)
    )
    found = blank_spots(plan)
    assert found["kind"].tolist() == ["building", "building"]
    assert sorted(found["area_m2"]) == pytest.approx([600.0, 600.0], rel=1e-3)
    assert found["number"].is_monotonic_increasing
    assert (found["number"] > 0).all()
    zones = plan.zones.set_index("centre_id").geometry
    for row in found.itertuples():
        assert zones[row.zone].distance(shapely.Point(row.lon, row.lat)) < 60 / 1e5
    assert all(place.endswith("号楼") for place in found["place"])


def test_rows_of_the_building_table_without_a_home() -> None:
    """A row in a blank building is told once, by its own name; one beside a home is not told."""
    plan = town((240, 140, 270, 160))
    spots = PLANE.to_lon_lat(np.array([[255.0, 150.0], [20.0, 9.0], [450.0, 250.0]]))
    table = pd.DataFrame(
        {
            "name": ["幸福里", "幸福里", ""],
            "address": ["", "", "甲路7号"],
            "building": ["9栋", "1栋", ""],
            "stairwell": "",
            "lon": spots[:, 0],
            "lat": spots[:, 1],
        }
    )
    found = blank_spots(plan, table)
    assert found["kind"].tolist() == ["row", "row"]
    assert sorted(found["place"]) == ["幸福里9栋", "甲路7号"]


def test_homes_where_no_building_stands() -> None:
    """Three homes moved to a meadow between buildings: one spot, three homes."""
    plan = town()
    shapes = plan.households.geometry.to_numpy().copy()
    shapes[[0, 3, 6]] = shapely.Point(PLANE.to_lon_lat(np.array([[250.0, 100.0]]))[0])
    moved = replace(plan, households=plan.households.set_geometry(shapes, crs=4326))
    found = blank_spots(moved)
    address = found[found["kind"] == "address"]
    assert address["homes"].tolist() == [3]
    assert (address["lon"].iloc[0], address["lat"].iloc[0]) == pytest.approx(
        tuple(PLANE.to_lon_lat(np.array([[250.0, 100.0]]))[0]), abs=2e-6
    )
    # their old buildings are blank now, but for the one in which a member lives
    assert (found["kind"] == "building").sum() == 2


def test_a_map_without_buildings_says_nothing_of_homes() -> None:
    """Neither that they stand in the open, nor that anything is missing."""
    plan, _ = care_town()
    assert not len(plan.base["buildings"])
    found = blank_spots(plan)
    assert not len(found)
    assert {"number", "kind", "place"} <= set(found)
    assert set(KINDS_OF_BLANK) == {"building", "row", "address"}

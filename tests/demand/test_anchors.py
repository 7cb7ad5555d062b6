"""Addresses tell the datum where the ground is silent."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.demand.anchors import names_of_lines, told_by_addresses
from planner.demand.ground import Ground
from planner.demand.trust import trusted
from planner.errors import DatumError
from planner.intake.coordinates.datum import Datum, convert
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.residents import read_households

STEP = 0.0015
NAMES = "甲乙丙丁戊己庚辛壬癸"


@pytest.fixture(scope="module")
def streets() -> gpd.GeoDataFrame:
    """Ten streets east and ten north, each with its name; the lines are cut at no crossing."""
    lines, names = [], []
    for k, name in enumerate(NAMES):
        at = k * STEP
        lines += [
            shapely.LineString([(117.0, 32.6 + at), (117.0 + 9 * STEP, 32.6 + at)]),
            shapely.LineString([(117.0 + at, 32.6), (117.0 + at, 32.6 + 9 * STEP)]),
        ]
        names += [f"{name}东路", f"{name}北路"]
    return gpd.GeoDataFrame({"路名": names}, geometry=lines, crs="EPSG:4326")


def homes(datum: str, *, named: bool = True) -> pd.DataFrame:
    """Forty homes strewn over the middle of the town, each at the street it stands by."""
    rng = np.random.default_rng(3)
    street = rng.integers(3, 7, 40)
    at = np.column_stack(
        [117.0 + rng.uniform(3, 6, 40) * STEP, 32.6 + street * STEP + rng.uniform(0, 0.0004, 40)]
    )
    at = convert(*at.T, "wgs84", datum)
    texts = [f"{NAMES[s]}东路{n + 1}号" if named else "" for n, s in enumerate(street)]
    return pd.DataFrame({"lon": at[:, 0], "lat": at[:, 1], "address": texts, "community": ""})


@pytest.mark.parametrize("datum", list(Datum))
def test_streets_by_name(streets: gpd.GeoDataFrame, datum: Datum) -> None:
    """Each home lies by the street that its address names in one reading only."""
    named = names_of_lines(streets)
    assert told_by_addresses(homes(datum), named, None) is datum
    assert told_by_addresses(homes(datum, named=False), named, None) is None
    assert told_by_addresses(homes(datum)[:8], named, None) is None


def test_doors_of_a_table(streets: gpd.GeoDataFrame) -> None:
    """What a table of buildings knows comes before streets."""
    right = homes("wgs84")
    table = pd.DataFrame(
        {"address": right["address"], "lon": right["lon"], "lat": right["lat"], "name": ""}
    )
    nothing = {
        c: [] for c in ("osm_id", "name", "street", "number", "place", "source", "building", "kind")
    }
    layer = gpd.GeoDataFrame({**nothing, "highway": []}, geometry=[], crs="EPSG:4326").astype(
        dict.fromkeys([*nothing, "highway"], "string")
    )
    gazetteer = Gazetteer.build(layer, layer, layer, layer, table=table)
    for datum in ("wgs84", "gcj02"):
        assert told_by_addresses(homes(datum), None, gazetteer) == datum


def test_lines_without_names_tell_nothing(streets: gpd.GeoDataFrame) -> None:
    """A layer without such a column, or without a CRS, names no street."""
    assert names_of_lines(streets.drop(columns="路名")) is None
    assert names_of_lines(streets.set_crs(None, allow_override=True)) is None
    assert told_by_addresses(homes("gcj02"), None, None) is None


def test_a_sheet_is_stopped_by_its_addresses(tmp_path: Path, streets: gpd.GeoDataFrame) -> None:
    """Homes strewn without order over a town of one's own: only the names of its streets tell."""
    streets.to_file(tmp_path / "s.gpkg")
    ground = Ground.from_streets(tmp_path / "s.gpkg")
    for datum in ("wgs84", "gcj02"):
        sheet = homes(datum).rename(columns={"lon": "经度", "lat": "纬度", "address": "地址"})
        sheet.insert(0, "编号", [f"H{i}" for i in range(len(sheet))])
        sheet.drop(columns="community").to_csv(tmp_path / f"{datum}.csv", index=False)
    read = read_households(tmp_path / "wgs84.csv")
    assert trusted(read, ground).findings == ()
    with pytest.raises(DatumError, match=r"that their addresses name.*GCJ-02"):
        trusted(read_households(tmp_path / "gcj02.csv"), ground)

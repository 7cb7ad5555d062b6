"""Layers of a GIS become rows of cells with lon and lat."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import Point, box

from planner.errors import SheetError
from planner.intake.sheets.formats.layers import read_layers


def points(**columns: list[object]) -> gpd.GeoDataFrame:
    """Give two points of Huainan with these columns."""
    return gpd.GeoDataFrame(
        columns, geometry=[Point(116.8, 32.6), Point(116.81, 32.61)], crs="EPSG:4326"
    )


def test_geometry_becomes_degrees(tmp_path: Path) -> None:
    """Whatever the CRS of the layer, lon and lat are WGS-84."""
    path = tmp_path / "a.gpkg"
    points(编号=["1", "2"]).to_crs("EPSG:4547").to_file(path, layer="homes")
    ((name, grid),) = read_layers(path, None)
    assert name == "homes"
    assert grid[0] == ["编号", "lon", "lat"]
    assert grid[1][1:] == pytest.approx([116.8, 32.6], abs=1e-7)


def test_areas_give_a_point_inside(tmp_path: Path) -> None:
    """A building that is drawn as an outline has a place too."""
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"id": [1]}, geometry=[box(116.8, 32.6, 116.9, 32.7)], crs=4326).to_file(path)
    lon, lat = read_layers(path, None)[0][1][1][1:]
    assert 116.8 < lon < 116.9
    assert 32.6 < lat < 32.7


def test_one_layer_of_several(tmp_path: Path) -> None:
    """All, or the one that is named; a name that is not there is refused with those that are."""
    path = tmp_path / "a.gpkg"
    points(id=["1", "2"]).to_file(path, layer="甲")
    pyogrio.write_dataframe(pd.DataFrame({"id": ["3"]}), path, layer="乙")
    assert [name for name, _ in read_layers(path, None)] == ["甲", "乙"]
    ((_, grid),) = read_layers(path, "乙")
    assert grid == [["id"], ["3"]]
    with pytest.raises(SheetError, match="its layers are: 甲, 乙"):
        read_layers(path, "丙")


def test_a_layer_without_a_crs_is_refused(tmp_path: Path) -> None:
    """Numbers without a plane are no place."""
    path = tmp_path / "a.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        points(id=["1", "2"]).set_crs(None, allow_override=True).to_file(path)
    with pytest.raises(SheetError, match="no CRS"):
        read_layers(path, None)


def test_what_is_no_layer_is_refused(tmp_path: Path) -> None:
    """The reader's own error becomes one that says what to do."""
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": 7', "utf-8")
    with pytest.raises(SheetError, match="cannot be read as a map layer"):
        read_layers(path, None)

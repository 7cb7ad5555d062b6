"""Layers of every format, told apart by content: the same rows, the same places."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import Point, box

from planner.errors import MissingExtraError, SheetError
from planner.intake.sheets.formats.grids import read_grids
from planner.intake.sheets.formats.guard import kind_of, kind_of_zip
from planner.intake.sheets.formats.vectors import VECTORS, read_vectors
from tests.layouts.layers import layer_of, write_dbf, write_geojson, write_kml, write_shapefile

ROWS = [["编号", "地址"], ["A1", "幸福路12号"], ["A2", "幸福路14号"]]
TOLD = [
    ["编号", "地址", "lon", "lat"],
    ["A1", "幸福路12号", 116.8, 32.6],
    ["A2", "幸福路14号", 116.801, 32.6005],
]


def written(folder: Path, kind: str, encoding: str = "utf-8") -> Path:
    """Write the rows as a layer of points; the ending says nothing."""
    path = folder / "h.dat"
    if kind == "geojson":
        path.write_bytes(write_geojson(ROWS, encoding))
    elif kind in ("kml", "kmz"):
        path.write_bytes(write_kml(ROWS, encoding, packed=kind == "kmz"))
    elif kind in ("shp", "shp.zip"):
        return write_shapefile(folder, ROWS, encoding, packed=kind == "shp.zip")
    else:
        made = folder / f"h.{kind}"
        layer_of(ROWS).to_file(made, engine="pyogrio")
        made.rename(path)
    return path


@pytest.mark.parametrize("kind", sorted(VECTORS - {"dbf", "parquet"}))
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_layer_in_every_format(tmp_path: Path, kind: str, encoding: str) -> None:
    """Known by content, text found out, places in degrees."""
    path = written(tmp_path, kind, encoding)
    data = path.read_bytes()
    found = kind_of(data, path.name)
    assert (kind_of_zip(data, path.name) if found == "zip" else found) == kind
    (raw,) = read_grids(path)
    assert raw.grid[0] == TOLD[0]
    # FlatGeobuf keeps features in the order of its index
    for row, told in zip(sorted(raw.grid[1:]), TOLD[1:], strict=True):
        assert row[:2] == told[:2]
        assert row[2:] == pytest.approx(told[2:], abs=1e-9)
    found_out = encoding != "utf-8" and kind in ("geojson", "shp", "shp.zip")  # KML states its own
    assert ("encoding" in {f.code for f in raw.findings}) == found_out


def test_tables_of_dbase(tmp_path: Path) -> None:
    """Without shapes it is a table."""
    (tmp_path / "h.dbf").write_bytes(write_dbf(ROWS, "gb18030"))
    (raw,) = read_grids(tmp_path / "h.dbf")
    assert raw.grid == ROWS


def test_parquet(tmp_path: Path) -> None:
    """By an optional package; a layer keeps its plane."""
    pytest.importorskip("pyarrow")
    layer_of(ROWS).to_crs(4547).to_parquet(tmp_path / "h.parquet")
    (raw,) = read_grids(tmp_path / "h.parquet")
    assert raw.grid[1][2:] == pytest.approx(TOLD[1][2:], abs=1e-7)
    exact = pd.DataFrame(
        {"编号": pd.array([340405199001011234, None], "Int64"), "地址": ["甲路1号", "x"]}
    )
    exact.to_parquet(tmp_path / "t.parquet")
    (raw,) = read_grids(tmp_path / "t.parquet")
    assert raw.grid == [["编号", "地址"], [340405199001011234, "甲路1号"], [None, "x"]]


def test_parquet_without_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    path = tmp_path / "h.parquet"
    with pytest.raises(MissingExtraError, match="parquet"):
        read_vectors(path, b"PAR1", "parquet")


def test_a_declared_datum_is_honoured(tmp_path: Path) -> None:
    """A GeoJSON that says GCJ-02 is no WGS-84, whatever its readers think."""
    text = json.loads(write_geojson(ROWS))
    text["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::GCJ02"}}
    (tmp_path / "h.geojson").write_text(json.dumps(text), "utf-8")
    (raw,) = read_grids(tmp_path / "h.geojson")
    assert abs(raw.grid[1][2] - 116.8) > 0.003
    assert "converted" in {f.code for f in raw.findings}


def points(**columns: list[object]) -> gpd.GeoDataFrame:
    """Give two points of Huainan with these columns."""
    return gpd.GeoDataFrame(
        columns, geometry=[Point(116.8, 32.6), Point(116.81, 32.61)], crs="EPSG:4326"
    )


def test_columns_of_the_office_beside_the_points(tmp_path: Path) -> None:
    """Coordinates in columns give way to the points, with a word where they differ."""
    path = tmp_path / "a.gpkg"
    points(编号=["1", "2"], 经度=[116.8, 116.81], 纬度=["32.6", "32.61"], 坐标=["x", "y"]).to_file(
        path
    )
    (raw,) = read_grids(path)
    assert raw.grid[0] == ["编号", "lon", "lat"]
    assert not raw.findings
    points(编号=["1", "2"], 经度=[116.8, 117.0], 纬度=[32.6, 32.61]).to_file(tmp_path / "b.gpkg")
    (raw,) = read_grids(tmp_path / "b.gpkg")
    assert raw.grid[2][1] == pytest.approx(116.81)
    assert [(f.code, f.row, f.column) for f in raw.findings] == [("points-differ", 3, "经度")]


def test_ids_of_placemarks_give_way_to_the_offices_own(tmp_path: Path) -> None:
    """What a KML has of every placemark, its number, its height, is no column."""
    (tmp_path / "h.kml").write_bytes(write_kml(ROWS))
    (raw,) = read_grids(tmp_path / "h.kml")
    assert raw.grid[0] == ["编号", "地址", "lon", "lat"]


def test_geometry_becomes_degrees(tmp_path: Path) -> None:
    """Whatever the CRS of the layer, lon and lat are WGS-84; an area gives a point inside it."""
    path = tmp_path / "a.gpkg"
    points(编号=["1", "2"]).to_crs("EPSG:4547").to_file(path, layer="homes")
    (raw,) = read_grids(path)
    assert raw.grid[1][1:] == pytest.approx([116.8, 32.6], abs=1e-7)
    area = gpd.GeoDataFrame({"id": [1]}, geometry=[box(116.8, 32.6, 116.9, 32.7)], crs=4326)
    area.to_file(tmp_path / "b.gpkg")
    (raw,) = read_grids(tmp_path / "b.gpkg")
    _, lon, lat = raw.grid[1]
    assert 116.8 < lon < 116.9
    assert 32.6 < lat < 32.7


def test_one_layer_of_several(tmp_path: Path) -> None:
    """All, or the one that is named; a name that is not there is refused with those that are."""
    path = tmp_path / "a.gpkg"
    points(id=["1", "2"]).to_file(path, layer="甲")
    pyogrio.write_dataframe(pd.DataFrame({"id": ["3"]}), path, layer="乙")
    assert [raw.sheet for raw in read_grids(path)] == ["甲", "乙"]
    (raw,) = read_grids(path, sheet="乙")
    assert raw.grid == [["id"], ["3"]]
    with pytest.raises(SheetError, match="its layers are: 甲, 乙"):
        read_grids(path, sheet="丙")


def test_a_layer_without_a_crs_is_refused(tmp_path: Path) -> None:
    """Numbers without a plane are no place."""
    path = tmp_path / "a.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        points(id=["1", "2"]).set_crs(None, allow_override=True).to_file(path)
    with pytest.raises(SheetError, match="no CRS"):
        read_grids(path)


def test_what_is_no_layer_is_refused(tmp_path: Path) -> None:
    """The reader's own error becomes one that says what to do."""
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": 7', "utf-8")
    with pytest.raises(SheetError, match="cannot be read as a map layer"):
        read_grids(path)

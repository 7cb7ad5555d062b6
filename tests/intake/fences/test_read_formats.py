"""Fences of every format and encoding have the names that their office gave them."""

# ruff: noqa: E501 - markup is easier read on one line

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box

from planner.errors import InputError, SchemaError
from planner.intake.fences.read import survey_fences
from planner.model.layers import FENCES
from tests.layouts.layers import write_dbf

NAMES = ["东社区", "西社区"]
SQUARES = [box(116.8, 32.6, 116.81, 32.61), box(116.81, 32.6, 116.82, 32.61)]


def shapefile(folder: Path, heading: str, encoding: str, names: list[str] = NAMES) -> Path:
    """Write fences as a shapefile that does not state its encoding."""
    path = folder / "f.shp"
    gpd.GeoDataFrame({"a": [1, 2]}, geometry=SQUARES, crs=4326).to_file(path)
    path.with_suffix(".cpg").unlink()
    path.with_suffix(".dbf").write_bytes(write_dbf([[heading], *([n] for n in names)], encoding))
    return path


def kml(marks: str) -> str:
    """Write a document of placemarks."""
    return f"<?xml version='1.0'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document>{marks}</Document></kml>"


def ring(square: object) -> str:
    """Write an outline."""
    at = " ".join(f"{x},{y}" for x, y in square.exterior.coords)  # type: ignore[attr-defined]
    return f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{at}</coordinates></LinearRing></outerBoundaryIs></Polygon>"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("heading", ["NAME", "社区名称", "网格名称", "街道", "town"])
def test_shapefiles(tmp_path: Path, heading: str, encoding: str) -> None:
    """Without a .cpg file, and with headings cut within a character."""
    read = survey_fences(shapefile(tmp_path, heading, encoding))
    assert list(read.layer["fence"]) == NAMES
    assert ("encoding" in {f.code for f in read.findings}) == (encoding == "gb18030")


def test_text_that_is_not_clear_is_refused(tmp_path: Path) -> None:
    """Fences with wrong names would fit nobody's community."""
    with pytest.raises(InputError, match="not clear in which encoding"):
        survey_fences(shapefile(tmp_path, "NAME", "gb18030", ["垃圾", "垃圾"]))


@pytest.mark.parametrize("way", ["name", "Data", "folders"])
def test_kml(tmp_path: Path, way: str) -> None:
    """Names of placemarks, of their data; outlines in folders beside one of labels."""
    marks = ""
    for name, square in zip(NAMES, SQUARES, strict=True):
        data = f"<ExtendedData><Data name='社区'><value>{name}</value></Data></ExtendedData>"
        marks += f"<Placemark>{data if way == 'Data' else f'<name>{name}</name>'}{ring(square)}</Placemark>"
    if way == "folders":
        label = "<Placemark><name>注记</name><Point><coordinates>116.8,32.6</coordinates></Point></Placemark>"
        marks = f"<Folder><name>界</name>{marks}</Folder><Folder><name>字</name>{label}</Folder>"
    (tmp_path / "f.kml").write_text(kml(marks), "utf-8")
    assert list(survey_fences(tmp_path / "f.kml").layer["fence"]) == NAMES


@pytest.mark.parametrize("heading", FENCES["fence"].headers)
def test_any_heading_of_the_list(tmp_path: Path, heading: str) -> None:
    """In any case and with brackets, as sheets have them."""
    features = [
        {
            "type": "Feature",
            "properties": {"OBJECTID": k, f"{heading.upper()}(必填)": name},
            "geometry": s.__geo_interface__,
        }
        for k, (name, s) in enumerate(zip(NAMES, SQUARES, strict=True))
    ]
    (tmp_path / "f.json").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), "utf-8"
    )
    assert list(survey_fences(tmp_path / "f.json").layer["fence"]) == NAMES


def test_numbers_and_empty_columns(tmp_path: Path) -> None:
    """The first heading that says anything; 1.0 of a grid is 1."""
    frame = gpd.GeoDataFrame(
        {"社区": [None, None], "网格号": [1.0, 2.0], "街道": ["甲", "甲"]},
        geometry=SQUARES,
        crs=4326,
    )
    frame.to_file(tmp_path / "f.gpkg")
    assert list(survey_fences(tmp_path / "f.gpkg").layer["fence"]) == ["1", "2"]


def test_what_holds_no_outlines(tmp_path: Path) -> None:
    """A workbook, a layer of points."""
    (tmp_path / "f.csv").write_text("社区\n甲\n", "utf-8")
    with pytest.raises(InputError):
        survey_fences(tmp_path / "f.csv")
    gpd.GeoDataFrame({"社区": ["甲"]}, geometry=[Point(1, 2)], crs=4326).to_file(
        tmp_path / "p.gpkg"
    )
    with pytest.raises(SchemaError, match="cannot be used as fences"):
        survey_fences(tmp_path / "p.gpkg")

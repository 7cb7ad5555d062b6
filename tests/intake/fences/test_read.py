"""Fences: names, joins, and findings that do not depend on the order of the file."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.api.check.check import check
from planner.errors import InputError, Severity
from planner.intake.coordinates.datum import convert
from planner.intake.fences.read import examine_fences, read_fences, survey_fences
from tests.acceptance.test_polygons import box, layer


def test_reading_gives_the_layer_alone(tmp_path: Path) -> None:
    """`read_fences` is `survey_fences` without the findings."""
    path = layer([box(), box(1)])(tmp_path)
    assert read_fences(path).equals(survey_fences(path).layer)
    assert list(read_fences(str(path)).columns) == ["fence", "geometry"]


def test_the_order_of_the_file_is_no_matter(tmp_path: Path) -> None:
    """The same polygons in another order give the same fences and the same findings of the layer."""
    shapes, names = [box(), box(0.9), box(3)], ["丙", "甲", "乙"]
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = survey_fences(layer(shapes, names=names)(tmp_path / "one"))
    two = survey_fences(layer(shapes[::-1], names=names[::-1])(tmp_path / "two"))
    assert one.layer["fence"].tolist() == two.layer["fence"].tolist() == sorted(names)
    assert one.layer.geometry.geom_equals(two.layer.geometry).all()
    assert one.findings == two.findings


@pytest.mark.parametrize("column", ["fence", "社区", "网格", "name", "社区名称"])
def test_columns_that_name_fences(tmp_path: Path, column: str) -> None:
    """Names are found under the usual headers, folded and trimmed."""
    path = tmp_path / "a.geojson"
    gpd.GeoDataFrame({column: [" 甲社区 ", "Ａ１"]}, geometry=[box(), box(2)], crs=4326).to_file(
        path
    )
    assert read_fences(path)["fence"].tolist() == ["A1", "甲社区"]


def test_two_layers_are_asked_about(tmp_path: Path) -> None:
    """Which of two layers is meant is not guessed; both are named."""
    path = tmp_path / "a.gpkg"
    for name in ("社区", "网格"):
        gpd.GeoDataFrame({"name": ["x"]}, geometry=[box()], crs=4326).to_file(path, layer=name)
    with pytest.raises(InputError, match="社区, 网格"):
        read_fences(path)


def test_many_overlaps_are_listed_in_part() -> None:
    """Thirty are listed one by one, the rest are counted."""
    shapes = [
        shapely.transform(box(0, 0, 0.2, 0.2), lambda c, i=i: c + np.array([0.0015 * i, 0]))
        for i in range(50)
    ]
    frame = gpd.GeoDataFrame({"fence": [f"{i:02d}" for i in range(50)]}, geometry=shapes, crs=4326)
    said = [f for f in examine_fences(frame) if f.code == "fences-overlap"]
    assert len(said) == 31
    assert "further" in said[-1].what


def test_the_data_check_tells_of_fences(tmp_path: Path) -> None:
    """What is wrong with the fences of a project stands in its report, and stops it where it must."""
    rows = "\n".join(f"{i},{116.801 + i / 9999},32.605,是" for i in range(30))
    (tmp_path / "h.csv").write_text("编号,经度,纬度,是否中心户\n" + rows + "\n", "utf-8")
    text = '[inputs]\nhouseholds = "h.csv"\nmembers = "h.csv"\ndetour_factor = 1.3\nfences = "fences.gpkg"\n'
    (tmp_path / "planner.toml").write_text(text, "utf-8")
    layer([box(), box(0.9)])(tmp_path)
    (said,) = [f for f in check(tmp_path / "planner.toml").findings if f.file == "fences.gpkg"]
    assert (said.code, said.severity) == ("fences-overlap", Severity.WARN)
    (tmp_path / "fences.gpkg").write_bytes(b"nothing")
    report = check(tmp_path / "planner.toml")
    assert report.exit_code == 2
    assert {f.code for f in report.findings if f.severity is Severity.STOP} == {"damaged"}


@pytest.mark.parametrize(("said", "datum"), [("GCJ02", "gcj02"), ("urn:ogc:def:crs:BD-09", "bd09")])
def test_a_datum_that_the_file_states_is_honoured(tmp_path: Path, said: str, datum: str) -> None:
    """A member crs that GDAL takes for WGS-84: the fences are turned, and it is told."""
    at = convert([116.80, 116.82], [32.60, 32.61], "wgs84", datum)
    path = tmp_path / "a.geojson"
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.box(*at[0], *at[1])], crs=4326).to_file(
        path
    )
    text = json.loads(path.read_text("utf-8"))
    text["crs"] = {"type": "name", "properties": {"name": said}}
    path.write_text(json.dumps(text), "utf-8")
    found = survey_fences(path)
    assert found.layer.total_bounds == pytest.approx([116.80, 32.60, 116.82, 32.61], abs=1e-5)
    assert "converted" in {f.code for f in found.findings}
    declared = survey_fences(path, datum="wgs84")
    assert "converted" not in {f.code for f in declared.findings}


def test_a_datum_that_the_project_states_counts(tmp_path: Path) -> None:
    """`fences_datum` turns what the file calls WGS-84."""
    at = convert([116.80, 116.82], [32.60, 32.61], "wgs84", "gcj02")
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.box(*at[0], *at[1])], crs=4326).to_file(
        path
    )
    assert read_fences(path, datum="gcj02").total_bounds == pytest.approx(
        [116.80, 32.60, 116.82, 32.61], abs=1e-5
    )
    assert survey_fences(path).layer.attrs["crs"] == "EPSG:4326"


def test_latitude_before_longitude_is_put_right(tmp_path: Path) -> None:
    """Where only the exchange makes the values degrees, it is made and told."""
    path = tmp_path / "a.geojson"
    gpd.GeoDataFrame(
        {"name": ["甲"]}, geometry=[shapely.box(32.60, 116.80, 32.61, 116.82)], crs=4326
    ).to_file(path)
    found = survey_fences(path)
    assert found.layer.total_bounds == pytest.approx([116.80, 32.60, 116.82, 32.61])
    assert "swapped-axes" in {f.code for f in found.findings}


@pytest.mark.parametrize(
    ("crs", "ballpark"), [(2436, True), (2384, True), (4548, False), (32650, False)]
)
def test_a_ballpark_transformation_is_told(tmp_path: Path, crs: int, ballpark: bool) -> None:
    """Beijing 1954 and Xian 1980 are taken unshifted, and it is said; CGCS2000 needs no shift."""
    path = tmp_path / "a.gpkg"
    drawn = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[box()], crs=4326)
    at = shapely.box(116.80, 32.60, 116.82, 32.61)
    drawn.assign(geometry=[at]).set_crs(4326, allow_override=True).to_crs(crs).to_file(path)
    codes = {f.code for f in survey_fences(path).findings}
    assert ("ballpark" in codes) is ballpark


def test_who_is_in_charge_of_a_fence_is_not_drawn(tmp_path: Path) -> None:
    """A remark on a person behind a name is cut, so that pieces of one community are one fence."""
    path = tmp_path / "a.geojson"
    named = {"name": ["东社区（张三丰包片）", "东社区", "西社区"]}
    gpd.GeoDataFrame(named, geometry=[box(), box(1), box(4)], crs=4326).to_file(path)
    read = survey_fences(path)
    assert read.layer["fence"].tolist() == ["东社区", "西社区"]
    assert "remark-in-community" in {f.code for f in read.findings}
    assert "张三丰" not in "".join(f.what + f.what_zh for f in read.findings)

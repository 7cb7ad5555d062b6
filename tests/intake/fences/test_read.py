"""Fences: names, joins, and findings that do not depend on the order of the file."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.api.check.check import check
from planner.errors import InputError, Severity
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

"""Links and barriers of the office: layers and sheets, read alike."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiLineString, Point, Polygon

from planner.errors import SchemaError, SheetError
from planner.intake.coordinates.datum import Datum, convert
from planner.intake.drawn import read_drawn

BRIDGE = LineString([(117.0, 32.6), (117.001, 32.6)])


def layer(path: Path, *shapes, crs: str | None = "EPSG:4326", **columns) -> Path:
    """Write shapes as a layer."""
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(path)
    return path


def test_a_layer_and_a_sheet_say_the_same(tmp_path: Path) -> None:
    """A bridge drawn in a GIS, and the same as a row with two ends."""
    one, _ = read_drawn(layer(tmp_path / "a.gpkg", BRIDGE, name=["人行天桥"]), links=True)
    sheet = tmp_path / "b.csv"
    sheet.write_text(
        "名称,起点经度,起点纬度,终点经度,终点纬度\n人行天桥,117.0,32.6,117.001,32.6\n", "utf-8"
    )
    two, said = read_drawn(sheet, links=True)
    assert not said
    assert shapely.equals_exact(one.geometry.iloc[0], two.geometry.iloc[0], 1e-9)
    assert one["name"].tolist() == two["name"].tolist() == ["人行天桥"]
    assert (two["file"].iloc[0], two["row"].iloc[0]) == ("b.csv", 2)


def test_a_layer_in_metres_comes_to_degrees(tmp_path: Path) -> None:
    """By the CRS that it states; lines of several parts are several links."""
    both = MultiLineString([BRIDGE, [(117.0, 32.7), (117.001, 32.7)]])
    metres = gpd.GeoSeries([both], crs="EPSG:4326").to_crs("EPSG:32650").iloc[0]
    found, _ = read_drawn(layer(tmp_path / "m.gpkg", metres, crs="EPSG:32650"), links=True)
    assert len(found) == 2
    assert shapely.hausdorff_distance(found.geometry.iloc[0], BRIDGE) < 1e-7


def test_barriers_may_be_gates_walls_and_areas(tmp_path: Path) -> None:
    """Points and lines stay what they are, of an area the outline counts."""
    site = Polygon([(0, 0), (1, 0), (1, 1)])
    path = layer(tmp_path / "b.geojson", Point(117, 32.6), BRIDGE, site)
    found, said = read_drawn(path, links=False)
    assert found.geom_type.tolist() == ["Point", "LineString", "LineString"]
    assert not said


def test_what_is_no_link_is_left_out_with_its_place(tmp_path: Path) -> None:
    """A point, an area, nothing at all: each told by file and row."""
    shapes = (Point(1, 1), Polygon([(0, 0), (1, 0), (1, 1)]), None, GeometryCollection(), BRIDGE)
    found, said = read_drawn(layer(tmp_path / "l.gpkg", *shapes), links=True)
    assert len(found) == 1
    assert [(f.code, f.file, f.row) for f in said] == [
        ("not-drawn", "l.gpkg", 1), ("not-drawn", "l.gpkg", 2), ("not-drawn", "l.gpkg", 3),
        ("not-drawn", "l.gpkg", 4)]  # fmt: skip
    assert all(f.what_zh and f.remedy and f.remedy_zh for f in said)


@pytest.mark.parametrize(
    "row", ["x,32.6,117.001,32.6", "117,32.6,,", "117,,117.001,32.6", "117,32.6,117.001,x",
            "200,32.6,117.001,32.6", "117,32.6,117,32.6"],
)  # fmt: skip
def test_a_row_without_two_places_is_no_link(tmp_path: Path, row: str) -> None:
    """Missing, not numbers, off the earth, or both the same: left out and told."""
    (tmp_path / "l.csv").write_text(f"lon,lat,to_lon,to_lat\n{row}\n117,32.6,117.1,32.6\n", "utf-8")
    found, said = read_drawn(tmp_path / "l.csv", links=True)
    assert len(found) == 1
    assert [(f.code, f.row) for f in said] == [("bad-drawn", 2)]


def test_a_gate_needs_one_place_and_half_an_end_is_a_mistake(tmp_path: Path) -> None:
    """With an empty end it is a point; with one number of two it is left out."""
    rows = "117,32.6,,\n117,32.6,117.1,\n117,32.6,117.1,32.6\n"
    (tmp_path / "b.csv").write_text("经度,纬度,终点经度,终点纬度\n" + rows, "utf-8")
    found, said = read_drawn(tmp_path / "b.csv", links=False)
    assert found.geom_type.tolist() == ["Point", "LineString"]
    assert [f.row for f in said] == [3]


def test_a_sheet_is_turned_from_the_datum_of_the_sheets(tmp_path: Path) -> None:
    """Degrees of a web map come to WGS-84."""
    (tmp_path / "b.csv").write_text("经度,纬度\n117,32.6\n", "utf-8")
    found, _ = read_drawn(tmp_path / "b.csv", links=False, datum="gcj02")
    here = convert([117.0], [32.6], Datum.GCJ02, Datum.WGS84)[0]
    assert shapely.get_coordinates(found.geometry.iloc[0])[0] == pytest.approx(here)


def test_files_that_draw_nothing_are_refused(tmp_path: Path) -> None:
    """No CRS, no coordinates, no layer: with the file's name and what to do."""
    with pytest.warns(UserWarning, match="crs"):
        layer(tmp_path / "n.gpkg", BRIDGE, crs=None)
    with pytest.raises(SchemaError, match=r"n\.gpkg") as refused:
        read_drawn(tmp_path / "n.gpkg", links=True)
    assert refused.value.findings[0].code == "drawn-no-crs"
    (tmp_path / "l.csv").write_text("lon,lat\n117,32.6\n", "utf-8")
    with pytest.raises(SchemaError, match="to_lon"):
        read_drawn(tmp_path / "l.csv", links=True)
    (tmp_path / "x.gpkg").write_text("no layer", "utf-8")
    with pytest.raises(SheetError, match=r"x\.gpkg"):
        read_drawn(tmp_path / "x.gpkg", links=True)

"""An extract cut while it is read: what lies in the box is as in the whole, the rest is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from planner.demand.ground import Ground
from planner.errors import ConfigError, NetworkError
from planner.model.project import Project
from planner.network.streets.cut import Nodes, around, box_of, cut_to, lines_within
from planner.network.streets.osm import read_extract

BOX = (24.940, 60.166, 24.946, 60.170)


@pytest.mark.parametrize("layer", ["streets", "buildings", "addresses", "green", "water", "places"])
def test_what_reaches_into_the_box_is_whole(helsinki_pbf: Path, read_once, layer: str) -> None:
    """Every object is there, in its whole shape; far fewer are there in all."""
    whole = getattr(read_once(helsinki_pbf), layer)
    part = getattr(_cut(helsinki_pbf), layer)
    inside = whole[whole.intersects(shapely.box(*BOX))]
    if layer == "addresses":  # of a house beyond the box that has its number on its outline
        assert set(inside["osm_id"]) <= set(part["osm_id"])
        return
    both = inside.merge(part, on="osm_id", suffixes=("", "_cut"))
    assert len(both) == len(inside)
    assert shapely.equals_exact(both.geometry.to_numpy(), both["geometry_cut"].to_numpy()).all()
    assert len(part) < max(len(whole), 1) or not len(whole)


CUT: dict[Path, Any] = {}


def _cut(path: Path) -> Any:
    """Read it once."""
    if path not in CUT:
        CUT[path] = read_extract(path, bounds=BOX)
    return CUT[path]


def test_a_box_is_four_numbers_or_what_has_bounds() -> None:
    """A layer in any CRS, a shape, a list."""
    layer = gpd.GeoDataFrame(geometry=[shapely.box(*BOX)], crs=4326)
    for value in (BOX, list(BOX), layer, layer.geometry, shapely.box(*BOX)):
        assert box_of(value) == BOX
    assert box_of(layer.to_crs(3857)) == pytest.approx(BOX)


@pytest.mark.parametrize(
    "value",
    [(1, 2, 3), (3, 2, 1, 4), (0, 0, 0, 0), "box", 7, (0, 0, float("nan"), 1), (0, 0, 900, 1)],
)
def test_what_is_no_box_is_refused(value: Any) -> None:
    """With what is asked for, in both languages."""
    with pytest.raises(ConfigError, match="west, south") as raised:
        box_of(value)
    assert raised.value.zh


def test_an_empty_box_has_no_streets(helsinki_pbf: Path) -> None:
    """The other side of the world is told of as an extract without anything."""
    with pytest.raises(NetworkError):
        read_extract(helsinki_pbf, bounds=(-10.0, -10.0, -9.0, -9.0))


def test_lines_of_ones_own_are_cut_as_well() -> None:
    """Those that reach into the box stay; without a box, or a CRS, all do."""
    lines = [
        shapely.LineString([(24.94, 60.168), (24.95, 60.168)]),
        shapely.LineString([(0, 0), (1, 1)]),
    ]
    layer = gpd.GeoDataFrame(geometry=lines, crs=4326)
    assert list(lines_within(layer, BOX).index) == [0]
    assert list(lines_within(layer.to_crs(3857), BOX).index) == [0]
    assert len(lines_within(layer, None)) == 2
    assert len(lines_within(layer.set_crs(None, allow_override=True), BOX)) == 2
    assert len(Ground.from_streets(_given(layer), bounds=BOX).network.edges) == 1  # type: ignore[attr-defined]


def _given(layer: gpd.GeoDataFrame) -> Any:
    from planner.model.given import Given

    return Given(layer, "streets")


def test_a_project_may_state_a_box(tmp_path: Path) -> None:
    """As a list of numbers; other things are refused with file and key."""
    file = tmp_path / "planner.toml"
    text = '[inputs]\nhouseholds = "h.csv"\nmembers = "m.csv"\nstreets = "t.osm.pbf"\nbounds = {}\n'
    file.write_text(text.format("[24.94, 60.166, 24.946, 60]"), "utf-8")
    assert Project.read(file).inputs.bounds == (24.94, 60.166, 24.946, 60.0)
    file.write_text(text.format('"here"'), "utf-8")
    with pytest.raises(ConfigError, match="list of numbers"):
        Project.read(file)


def test_a_piece_is_an_extract_of_its_own(helsinki_pbf: Path, tmp_path: Path) -> None:
    """Read as the whole is with that box; the same piece has the same bytes."""
    nodes, pieces = Nodes.of(helsinki_pbf), [tmp_path / "a.osm.pbf", tmp_path / "b.osm.pbf"]
    for to in pieces:
        cut_to(helsinki_pbf, BOX, nodes)(to)
    assert pieces[0].read_bytes() == pieces[1].read_bytes()
    piece, cut = read_extract(pieces[0]), _cut(helsinki_pbf)
    for layer in ("streets", "buildings", "addresses", "green", "water", "places", "barriers"):
        assert getattr(piece, layer).equals(getattr(cut, layer)), layer
    assert piece.data_date == cut.data_date


def test_a_margin_is_in_metres() -> None:
    """To every side, wherever it lies."""
    west, south, east, north = around([24.94, 24.95], [60.16, 60.17], 1000.0)
    assert (60.16 - south) * 111_000 == pytest.approx(1000.0)
    assert (north - 60.17) * 111_000 == pytest.approx(1000.0)
    for side in (24.94 - west, east - 24.95):
        assert 1000.0 <= side * 111_000 * 0.4975 <= 1010.0

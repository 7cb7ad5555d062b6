"""What a plan stands on: streets, a gazetteer, and layers that must belong together."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.demand.ground import Ground, no_layer, read_ground
from planner.errors import ConfigError, DatumError, NetworkError
from planner.intake.coordinates.datum import convert
from planner.intake.gazetteer.geocode import geocode
from planner.model.project import Inputs
from planner.network.graph import WalkingNetwork
from planner.network.straight import StraightNetwork
from planner.network.streets.osm import read_extract
from tests.town.town import build_town, street_plan, town_lon_lat

HOMES = pd.DataFrame({"lon": [117.0, np.nan], "lat": [32.6, np.nan]})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The streets of the made-up town."""
    path = tmp_path_factory.mktemp("town") / "town.osm"
    path.write_text(street_plan(build_town()), "utf-8")
    return path


def table(path: Path, shift: str = "wgs84", away: float = 0.0) -> Path:
    """Write the town's buildings as an office's own table."""
    at = [(b.x, b.y) for block in build_town().blocks for b in block.buildings]
    lon, lat = town_lon_lat(np.array(at)).T
    turned = convert(lon + away, lat, "wgs84", shift)
    frame = pd.DataFrame({"小区": "甲苑", "楼栋": [f"{i + 1}号楼" for i in range(len(at))]})
    frame.assign(经度=turned[:, 0].round(7), 纬度=turned[:, 1].round(7)).to_csv(path, index=False)
    return path


def inputs(tmp_path: Path, **more: object) -> Inputs:
    """Name files that are not read here, and some that are."""
    return Inputs(tmp_path / "h.csv", tmp_path / "m.csv", cache=None, **more)  # type: ignore[arg-type]


def test_an_extract_gives_streets_gazetteer_and_layers(town: Path) -> None:
    """Base layers are there to be drawn, the area has a margin of a kilometre."""
    ground = Ground.of(town)
    assert isinstance(ground.network, WalkingNetwork)
    assert ground.gazetteer is not None
    assert set(ground.base) == {"water", "green", "rails", "streets", "buildings"}
    west, south, east, north = ground.base["streets"].total_bounds
    assert ground.area is not None
    assert ground.area[0] < west < east < ground.area[2]
    assert ground.area[1] == pytest.approx(south - 1000 / 111_000, abs=0.001)
    assert ground.area[3] > north
    assert Ground.of(ground) is ground
    assert Ground.of(read_extract(town)).base.keys() == ground.base.keys()


def test_a_line_layer_is_a_witness_too(tmp_path: Path) -> None:
    """Streets of one's own are drawn, and asked where homes are."""
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(117, 32.6), (117.01, 32.6)])], crs=4326)
    lines.to_file(tmp_path / "s.gpkg")
    ground = Ground.of(tmp_path / "s.gpkg")
    assert ground.base["streets"].total_bounds == pytest.approx([117, 32.6, 117.01, 32.6], abs=1e-6)
    assert ground.gazetteer is None


def test_straight_lines_only_when_asked_for(tmp_path: Path) -> None:
    """No streets and no factor is an error with both ways out; with a factor homes must have lon/lat."""
    with pytest.raises(NetworkError, match="no streets") as caught:
        read_ground(inputs(tmp_path), HOMES)
    assert "detour_factor" in caught.value.remedy
    made = read_ground(inputs(tmp_path, detour_factor=1.3), HOMES)
    assert isinstance(made.network, StraightNetwork)
    assert made.area is None
    nowhere = HOMES.assign(lon=np.nan)
    with pytest.raises(NetworkError, match="nothing to look addresses up in"):
        read_ground(inputs(tmp_path, detour_factor=1.3), nowhere)
    own = inputs(tmp_path, detour_factor=1.3, buildings=table(tmp_path / "b.csv"))
    ground = read_ground(own, nowhere)
    assert ground.gazetteer is not None
    assert geocode(["甲苑1号楼2单元301"], ground.gazetteer)["precision"].tolist() == ["building"]


def test_a_table_of_buildings_that_fits_is_taken(tmp_path: Path, town: Path) -> None:
    """The office's own names can be looked up."""
    made = read_ground(inputs(tmp_path, streets=town, buildings=table(tmp_path / "b.csv")), HOMES)
    assert made.gazetteer is not None
    assert made.findings == ()


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_shifted_table_is_refused_and_taken_when_stated(
    tmp_path: Path, town: Path, datum: str
) -> None:
    """The map says that the table is in another datum; with buildings_datum it is turned."""
    path = table(tmp_path / "b.csv", datum)
    with pytest.raises(DatumError, match="beside the map") as caught:
        read_ground(inputs(tmp_path, streets=town, buildings=path), HOMES)
    assert f'buildings_datum = "{datum}"' in caught.value.remedy
    read_ground(inputs(tmp_path, streets=town, buildings=path, buildings_datum=datum), HOMES)


def test_a_table_of_another_place_is_refused(tmp_path: Path, town: Path) -> None:
    """Most of its buildings lie nowhere near the streets: the share is told."""
    path = table(tmp_path / "b.csv", away=2.0)
    with pytest.raises(DatumError, match="only 0 % of the"):
        read_ground(inputs(tmp_path, streets=town, buildings=path), HOMES)


def test_the_kept_index_is_made_again_when_damaged(tmp_path: Path, town: Path) -> None:
    """First made, then taken from the shelf, then mended with a finding that says so."""
    own = Inputs(tmp_path / "h.csv", tmp_path / "m.csv", streets=town, cache=tmp_path / "cache")
    assert read_ground(own, HOMES).findings == ()
    (kept,) = (tmp_path / "cache").glob("gazetteer-*")
    assert read_ground(own, HOMES).findings == ()
    kept.write_bytes(kept.read_bytes()[:100])
    assert [f.code for f in read_ground(own, HOMES).findings] == ["gazetteer-rebuilt"]


def test_answers_that_cannot_be_read_are_told(tmp_path: Path, town: Path) -> None:
    """A broken file of accepted answers costs a warning, not the run."""
    (tmp_path / "accepted.csv").write_bytes(b"\xff\xfe\x00nonsense")
    own = inputs(tmp_path, streets=town, accepted=tmp_path / "accepted.csv")
    assert "bad-accepted" in {f.code for f in read_ground(own, HOMES).findings}


def test_an_empty_layer_has_its_columns() -> None:
    """Text columns, no rows, degrees."""
    made = no_layer("name", "kind")
    assert list(made.columns) == ["name", "kind", "geometry"]
    assert len(made) == 0
    assert made.crs == "EPSG:4326"


def test_a_street_layer_of_a_web_map_is_turned(tmp_path: Path, town: Path) -> None:
    """Stated, its lines come back to WGS-84; stated of an extract, it is refused."""
    turned = convert([117.0, 117.01], [32.6, 32.6], "wgs84", "gcj02")
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString(turned)], crs=4326)
    lines.to_file(tmp_path / "s.gpkg")
    made = read_ground(inputs(tmp_path, streets=tmp_path / "s.gpkg", streets_datum="gcj02"), HOMES)
    assert made.base["streets"].total_bounds == pytest.approx([117, 32.6, 117.01, 32.6], abs=1e-6)
    with pytest.raises(ConfigError, match="streets_datum"):
        read_ground(inputs(tmp_path, streets=town, streets_datum="gcj02"), HOMES)


def test_what_the_office_draws_is_walked_or_barred_and_told(tmp_path: Path) -> None:
    """A footbridge as a sheet, a gate as a layer: the walks change, and both files are named."""
    rails = [[(117.0, 32.6), (117.01, 32.6)], [(117.0, 32.601), (117.01, 32.601)],
             [(117.0, 32.6), (117.0, 32.601)]]  # fmt: skip
    streets = gpd.GeoDataFrame(geometry=[shapely.LineString(r) for r in rails], crs=4326)
    streets.to_file(tmp_path / "s.gpkg")
    (tmp_path / "l.csv").write_text(
        "名称,起点经度,起点纬度,终点经度,终点纬度\n天桥,117.008,32.6,117.008,32.601\n", "utf-8"
    )
    gate = gpd.GeoDataFrame({"name": ["西门"]}, geometry=[shapely.Point(117.0, 32.6005)], crs=4326)
    gate.to_file(tmp_path / "b.gpkg")

    def between_banks(**drawn: Path) -> tuple[float, Ground]:
        ground = read_ground(inputs(tmp_path, streets=tmp_path / "s.gpkg", **drawn), HOMES)
        homes = ground.network.snap([117.008, 117.008], [32.6, 32.601])
        one, two = homes.take(np.array([0])), homes.take(np.array([1]))
        walk = ground.network.walks(one, two, limit_m=None).walk_m
        return (float(walk[0]) if len(walk) else np.inf), ground

    assert between_banks()[0] == pytest.approx(2 * 750 + 111, abs=15)
    bridged, ground = between_banks(links=tmp_path / "l.csv")
    assert bridged == pytest.approx(111, abs=1)
    assert [(f.code, f.file) for f in ground.findings] == [("links-drawn", "l.csv")]
    assert between_banks(barriers=tmp_path / "b.gpkg")[0] == np.inf
    both, ground = between_banks(links=tmp_path / "l.csv", barriers=tmp_path / "b.gpkg")
    assert both == pytest.approx(111, abs=1)
    assert {f.code for f in ground.findings} == {"links-drawn", "barriers-drawn"}


def test_links_on_straight_lines_are_told_as_unused(tmp_path: Path) -> None:
    """Without streets there is nothing to draw on."""
    ground = read_ground(inputs(tmp_path, detour_factor=1.3, links=tmp_path / "l.csv"), HOMES)
    assert [(f.code, f.file) for f in ground.findings] == [("drawn-unused", "l.csv")]

"""Coordinates that contradict the ground are asked about; nothing that fits is touched."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.demand.ground import Ground
from planner.demand.trust import trusted
from planner.errors import DatumError, Severity
from planner.intake.coordinates.datum import convert
from planner.intake.residents import Residents, read_households
from planner.network.straight import StraightNetwork
from planner.network.streets.osm import read_extract
from tests.town.town import build_town, street_plan, town_lon_lat


@pytest.fixture(scope="module")
def places() -> np.ndarray:
    """Longitude and latitude of the buildings of the made-up town."""
    return town_lon_lat(
        np.array([(b.x, b.y) for block in build_town().blocks for b in block.buildings])
    )


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Its streets and buildings."""
    path = tmp_path_factory.mktemp("town") / "town.osm"
    path.write_text(street_plan(build_town()), "utf-8")
    return Ground.from_extract(read_extract(path))


def homes(path: Path, at: np.ndarray) -> Residents:
    """Read homes at these places."""
    rows = [f"H{i},{x:.7f},{y:.7f}" for i, (x, y) in enumerate(at)]
    path.write_text("\n".join(["编号,经度,纬度", *rows]) + "\n", "utf-8")
    return read_households(path)


def test_right_coordinates_are_left_alone(
    tmp_path: Path, ground: Ground, places: np.ndarray
) -> None:
    """Nothing is said and nothing moves."""
    read = homes(tmp_path / "a.csv", places)
    seen = trusted(read, ground)
    assert seen.findings == ()
    assert seen.residents.kept.equals(read.kept)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_shifted_sheet_is_refused_with_the_shift(
    tmp_path: Path, ground: Ground, places: np.ndarray, datum: str
) -> None:
    """E-GCJ: the message states the metres and the datum that fits; declared, it is converted."""
    read = homes(tmp_path / "a.csv", convert(places[:, 0], places[:, 1], "wgs84", datum))
    with pytest.raises(DatumError, match=rf"about [\d,]+ m beside.*{datum[:2].upper()}"):
        trusted(read, ground)
    right = trusted(read, ground, datum={"a.csv": datum}).residents.kept
    assert right[["lon", "lat"]].to_numpy() == pytest.approx(places, abs=2e-7)


@pytest.mark.parametrize(
    ("true", "stated"), [("gcj02", "wgs84"), ("wgs84", "gcj02"), ("bd09", "gcj02")]
)
def test_what_is_stated_wins_with_a_warning(
    tmp_path: Path, ground: Ground, places: np.ndarray, true: str, stated: str
) -> None:
    """The map may be wrong, the office knows: its word is followed, and what the map says is told."""
    read = homes(tmp_path / "a.csv", convert(places[:, 0], places[:, 1], "wgs84", true))
    seen = trusted(read, ground, datum=stated)
    (said,) = [f for f in seen.findings if f.code == "datum-declared"]
    assert said.severity is Severity.WARN
    assert f'datum = "{true}"' in said.remedy
    assert len(seen.residents.kept) == len(places)
    followed = convert(*read.kept[["lon", "lat"]].to_numpy(float).T, stated, "wgs84")
    assert seen.residents.kept[["lon", "lat"]].to_numpy() == pytest.approx(followed)


def test_a_sheet_in_two_datums_may_be_stated_too(
    tmp_path: Path, ground: Ground, places: np.ndarray
) -> None:
    """A part that is doubted wrongly must not keep an office from its plan either."""
    half = len(places) // 2
    moved = convert(*places[half:].T, "wgs84", "gcj02")
    read = homes(tmp_path / "a.csv", np.vstack([places[:half], moved]))
    with pytest.raises(DatumError, match="rows"):
        trusted(read, ground)
    seen = trusted(read, ground, datum="wgs84")
    assert {f.code for f in seen.findings} == {"datum-declared"}


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_streets_from_a_web_map_are_named_and_not_the_homes(tmp_path: Path, datum: str) -> None:
    """Lines of one's own may be the shifted layer: a stop, a warning where the homes' datum is stated."""
    chance = np.random.default_rng(3)
    x, y = (np.cumsum(chance.uniform(80, 190, n)) for n in (9, 8))
    lines = [[(a, y[0]), (a + 15, y[-1])] for a in x] + [[(x[0], b), (x[-1], b - 15)] for b in y]
    shapes = [shapely.LineString(town_lon_lat(np.array(line))) for line in lines]
    moved = shapely.transform(shapes, lambda c: convert(c[:, 0], c[:, 1], "wgs84", datum))
    paths = [tmp_path / "own.gpkg", tmp_path / "web.gpkg"]
    for path, layer in zip(paths, (shapes, moved), strict=True):
        gpd.GeoDataFrame(geometry=list(layer), crs="EPSG:4326").to_file(path)
    doors = [
        shapely.LineString(line).interpolate(t, normalized=True).coords[0]
        for line in lines
        for t in chance.uniform(0, 1, 12)
    ]
    at = town_lon_lat(np.array(doors) + chance.uniform(8, 14, (len(doors), 2)))
    read = homes(tmp_path / "a.csv", at)
    assert "streets-shifted" not in {f.code for f in trusted(read, Ground.of(paths[0])).findings}
    web = Ground.of(paths[1])
    with pytest.raises(DatumError, match=f'streets_datum = "{datum}"'):
        trusted(read, web)
    said = {f.code: f.severity for f in trusted(read, web, datum="wgs84").findings}
    assert said["streets-shifted"] is Severity.WARN
    right = Ground.from_streets(paths[1], datum=datum)
    assert "streets-shifted" not in {f.code for f in trusted(read, right).findings}


def test_what_cannot_be_judged_is_said(tmp_path: Path, ground: Ground, places: np.ndarray) -> None:
    """Too few homes to tell, or no map at all: a warning, unless the datum is stated or is all one."""
    few = homes(tmp_path / "a.csv", np.repeat(places[:3], 30, axis=0))
    for map_, key in ((ground, "nothing on the map"), (Ground(StraightNetwork(1.3)), "no map")):
        (said,) = trusted(few, map_).findings
        assert (said.code, said.severity, said.file) == ("datum-unjudged", Severity.WARN, "a.csv")
        assert key in said.what
        assert "3 places" in said.what
        assert trusted(few, map_, datum="wgs84").findings == ()
    abroad = homes(tmp_path / "b.csv", np.array([[24.94, 60.17], [24.95, 60.18]]))
    assert trusted(abroad, Ground(StraightNetwork(1.3))).findings == ()


def test_members_among_believed_homes_are_believed(
    tmp_path: Path, ground: Ground, places: np.ndarray
) -> None:
    """Three members in houses of the sheet are vouched for; from a web map they are not."""
    beside = trusted(homes(tmp_path / "a.csv", places), ground)
    for datum, said in (("wgs84", set()), ("gcj02", {"datum-unjudged"})):
        three = homes(tmp_path / "m.csv", convert(*places[[0, 40, 80]].T, "wgs84", datum))
        assert {f.code for f in trusted(three, ground, beside=beside).findings} == said


def test_held_rows_are_not_lost(tmp_path: Path, ground: Ground, places: np.ndarray) -> None:
    """E-OUTLIER: a home far off moves from kept to held, with its distance."""
    read = homes(tmp_path / "a.csv", np.vstack([places[:40], [[121.4, 39.2]]]))
    seen = trusted(read, ground).residents
    assert seen.rows_read == read.rows_read == 41
    assert seen.held["row"].tolist() == [42]
    assert "km outside" in seen.held["reason"].iloc[0]


def test_coordinates_of_another_building(tmp_path: Path) -> None:
    """Sorted by one column alone a sheet gives homes their neighbours' places: told though they are near."""
    path = tmp_path / "town.osm"
    path.write_text(street_plan(build_town()), "utf-8")
    block = next(b for b in build_town().blocks if len(b.buildings) > 3 and b.name)
    spots = town_lon_lat(np.array([(b.x, b.y) for b in block.buildings]))
    table = pd.DataFrame(
        {
            "name": block.name,
            "building": [f"{k + 1}栋" for k in range(len(spots))],
            "lon": spots[:, 0],
            "lat": spots[:, 1],
            **dict.fromkeys(("stairwell", "address", "community"), ""),
        }
    )
    known = Ground.from_extract(read_extract(path), buildings=table)
    turned = [*spots[1:], spots[0]]
    for given, told in ((spots, False), (turned, True)):
        rows = [f"H{k},{block.name}{k + 1}栋101,{x:.7f},{y:.7f}" for k, (x, y) in enumerate(given)]
        (tmp_path / "a.csv").write_text("\n".join(["编号,地址,经度,纬度", *rows]) + "\n", "utf-8")
        said = trusted(read_households(tmp_path / "a.csv"), known).findings
        assert any(f.code == "conflict" for f in said) is told

"""The reading that the ground speaks for: shifted sheets are found, good ones are let pass."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from planner.intake.coordinates.datum import Datum, convert
from planner.intake.coordinates.detect import detect_datum
from planner.intake.coordinates.nearest import NearestGeometry

EXTRACTS = (
    "beijing_haidian_zhongguancun_2017",
    "hangzhou_zijingang",
    "jiangxi_guixi_2025",
)


@lru_cache(maxsize=4)
def buildings(path: Path) -> tuple[NearestGeometry, np.ndarray]:
    """Read the building outlines of an extract: the ground, and their centres (n, 2)."""
    shapes = []
    ways = osmium.FileProcessor(str(path)).with_locations()
    for way in ways.with_filter(osmium.filter.KeyFilter("building")):
        if way.is_way() and way.is_closed() and len(way.nodes) > 3:
            places = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            if len(places) > 3:
                shapes.append(shapely.Polygon(places))
    centres = np.array([(shape.centroid.x, shape.centroid.y) for shape in shapes])
    return NearestGeometry(shapes), centres


def homes(centres: np.ndarray, n: int, noise_m: float, seed: int) -> np.ndarray:
    """Scatter homes around buildings, WGS-84."""
    rng = np.random.default_rng(seed)
    metre = 1 / 111_320 / np.array([np.cos(np.radians(centres[0, 1])), 1.0])
    return centres[rng.integers(0, len(centres), n)] + rng.normal(0, noise_m, (n, 2)) * metre


@pytest.mark.parametrize("extract", EXTRACTS)
@pytest.mark.parametrize("noise_m", [0.0, 10.0, 20.0])
@pytest.mark.parametrize("datum", list(Datum))
def test_each_reading_is_recognised(
    shared_data: Path, extract: str, noise_m: float, datum: Datum
) -> None:
    """Homes written in any datum are told by the real buildings, with their shift."""
    ground, centres = buildings(shared_data / "osm" / f"{extract}.osm.pbf")
    points = homes(centres, 200, noise_m, 1)
    written = convert(*points.T, Datum.WGS84, datum)
    found = detect_datum(*written.T, ground.distance_m)
    assert (found.best, found.sure) == (datum, True)
    assert found.contradicts is (datum is not Datum.WGS84)
    assert not found.mixed
    assert found.margin > 0.2
    if datum is Datum.WGS84:
        assert found.shift_m == 0.0
    else:
        assert 250 < found.shift_m < 1500
    best = {fit.datum: fit for fit in found.fits}[datum]
    assert best.share_30_m > 0.8
    assert best.median_m < 15.0


@pytest.mark.parametrize("extract", EXTRACTS)
def test_half_a_sheet_from_another_map_is_found(shared_data: Path, extract: str) -> None:
    """Rows pasted from another map are cut out along the row order, to within a few rows."""
    ground, centres = buildings(shared_data / "osm" / f"{extract}.osm.pbf")
    points = homes(centres, 240, 10.0, 2)
    points[100:] = convert(*points[100:].T, Datum.WGS84, Datum.GCJ02)
    sheets = ["甲"] * 100 + ["乙"] * 140
    found = detect_datum(*points.T, ground.distance_m, groups=sheets)
    assert found.mixed
    assert [run.datum for run in found.runs] == [Datum.WGS84, Datum.GCJ02]
    assert abs(found.runs[1].start - 100) <= 5
    assert found.groups["甲"].best is Datum.WGS84
    assert found.groups["乙"].best is Datum.GCJ02
    assert found.groups["乙"].contradicts


@pytest.mark.parametrize("datum", list(Datum))
def test_a_few_homes_inside_buildings_are_enough(shared_data: Path, datum: Datum) -> None:
    """In a dense town any shift lies near some building: that they stand inside tells ten homes apart."""
    ground, centres = buildings(shared_data / "osm" / f"{EXTRACTS[0]}.osm.pbf")
    rng = np.random.default_rng(7)
    for _ in range(12):
        points = centres[rng.choice(len(centres), 10)]
        found = detect_datum(*convert(*points.T, Datum.WGS84, datum).T, ground.distance_m)
        assert (found.best, found.sure) == (datum, True)


def test_no_ground_no_claim(shared_data: Path) -> None:
    """Points far from every building, too few points, and none at all leave it open."""
    ground, centres = buildings(shared_data / "osm" / "jiangxi_guixi_2025.osm.pbf")
    away = homes(centres, 50, 5.0, 3) + 0.5
    assert not detect_datum(*away.T, ground.distance_m).sure
    assert not detect_datum(*homes(centres, 4, 0.0, 3).T, ground.distance_m).sure
    nothing = detect_datum([], [], ground, declared="gcj02")
    assert (nothing.best, nothing.n, nothing.runs) == (Datum.GCJ02, 0, ())
    lost = detect_datum([np.nan, np.inf], [30.0, 30.0], ground.distance_m)
    assert (lost.n, lost.sure) == (0, False)


def test_a_plain_function_serves_as_ground() -> None:
    """Anything that gives distances will do, and a tie stays with the declared datum."""
    found = detect_datum(
        np.full(30, -74.0), np.full(30, 40.7), lambda lon, lat: np.zeros(len(lon)), declared="bd09"
    )
    assert found.best is Datum.BD09
    assert not found.sure
    with pytest.raises(ValueError, match="groups"):
        detect_datum([1.0], [2.0], lambda lon, lat: np.zeros(len(lon)), groups=["a", "b"])

"""Coordinates that contradict the ground are asked about; nothing that fits is touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.demand.ground import Ground
from planner.demand.trust import trusted
from planner.errors import DatumError
from planner.intake.coordinates.datum import convert
from planner.intake.residents import Residents, read_households
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


def test_held_rows_are_not_lost(tmp_path: Path, ground: Ground, places: np.ndarray) -> None:
    """E-OUTLIER: a home far off moves from kept to held, with its distance."""
    read = homes(tmp_path / "a.csv", np.vstack([places[:40], [[121.4, 39.2]]]))
    seen = trusted(read, ground).residents
    assert seen.rows_read == read.rows_read == 41
    assert seen.held["row"].tolist() == [42]
    assert "km outside" in seen.held["reason"].iloc[0]

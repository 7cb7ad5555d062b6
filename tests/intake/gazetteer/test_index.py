"""The gazetteer itself: streets with their numbers, names, and an order that rows do not change."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from planner.intake.gazetteer.index import Gazetteer
from tests.intake.gazetteer.test_geocode import METRE, town


def test_numbers_of_a_street() -> None:
    """Several numbers on one door, and ranges, are known each by itself."""
    street = town([("Main Street", "12;14", 0, 0), ("Main Street", "20-24", 90, 0)]).streets[
        "main st"
    ]
    assert set(street.numbers) >= {"12", "14", "20", "22", "24", "20-24"}
    assert "21" not in street.numbers, "the other side of the street"
    assert street.numbers["12"] == street.numbers["14"]
    assert not street.block


def test_blocks_are_no_ranges() -> None:
    """Where most numbers are block and house, none of them is taken for a range."""
    street = town([("Main Street", f"89-{n}", 20.0 * n, 0) for n in range(1, 8)]).streets["main st"]
    assert street.block
    assert street.side("89-15") == (89, 15)
    assert street.side("15") == (-1, 15)
    assert set(street.series) == {(89, 0), (89, 1)}


def test_a_street_knows_its_ground() -> None:
    """Its extent holds its lines and points; its middle is a spot on it."""
    street = town([("Main Street", "1", 0, 0), ("Main Street", "2", 300, 0)]).streets["main st"]
    west, south, east, north = street.extent
    assert street.length_m == pytest.approx(np.hypot(east - west, north - south))
    assert west <= street.middle[0] <= east
    assert south <= street.middle[1] <= north


def test_districts_are_no_doors() -> None:
    """A town is kept apart from names where somebody may live; its numbers stand on no street."""
    made = town(
        [("", "7", 0, 0)], places=[("Hollis", "suburb", 0, 0), ("Oak Court", "residential", 9, 9)]
    )
    assert set(made.districts) == {"hollis"}
    assert "oak court" in made.names
    assert set(made.bare_numbers) == {"7"}


def test_a_table_is_known_by_compound_and_by_address() -> None:
    """A building of a table is found by whichever of the two is written; without a place it is not."""
    rows = [
        ("阳光小区", "3栋", "", "幸福路12号", 0.001),
        ("阳光小区", "4栋", "", "", np.nan),
        ("西苑", "1栋", "2", "", 0.002),
    ]
    columns = ["name", "building", "stairwell", "address", "lon"]
    table = pd.DataFrame(rows, columns=columns).assign(lat=0.0)
    names = town([], table=table).names
    told = {"阳光小区3栋", "幸福路12号3栋", "幸福路12号", "西苑1栋2单元", "1栋2单元"}
    assert told == set(names)


def test_the_order_of_rows_is_no_matter() -> None:
    """Shuffled layers give the same points in the same order, and so the same fingerprint."""
    rows = [("Main Street", str(n), 20.0 * n, 0) for n in range(1, 9)]
    one, other = town(rows), town(rows[::-1])
    assert one.fingerprint == other.fingerprint
    assert one.points.label.tolist() == other.points.label.tolist()
    assert one.fingerprint != town(rows[1:]).fingerprint


def test_distances_between_points() -> None:
    """How far apart some points are, and how near the nearest of others is."""
    made = town([("Main Street", str(n), 100.0 * n, 0) for n in range(1, 5)])
    assert made.apart_m([]) == 0.0
    assert made.apart_m([0, 3]) == pytest.approx(300, abs=1)
    assert made.away_m([0, 1], [2, 3]) == pytest.approx([200, 100], abs=1)


def test_nothing_at_all_is_a_gazetteer_too() -> None:
    """Empty layers give an empty one, with a plane about the origin."""
    none = gpd.GeoDataFrame({"name": [], "street": [], "number": []}, geometry=[], crs="EPSG:4326")
    made = Gazetteer.build(none, none, none, none.assign(kind=[]))
    assert not made.streets
    assert made.points.xy.shape == (0, 2)
    assert made.projection.to_lon_lat([[0.0, 0.0]])[0] == pytest.approx([0, 0], abs=METRE)

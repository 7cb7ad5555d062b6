"""Addresses find their place, or say why not; a tie is never settled in silence."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from planner.intake.gazetteer.geocode import COLUMNS, geocode
from planner.intake.gazetteer.index import Gazetteer
from planner.network.streets.osm import Extract
from tests.benchmarks.geocode import damage, measure
from tests.conftest import ReadOnce

METRE = 1 / 111_320
TRUE = "address point", "building"


def town(
    points: list[tuple[str, str, float, float]],
    *,
    places: list[tuple[str, str, float, float]] = [],  # noqa: B006 - never changed
    buildings: list[tuple[str, float, float]] = [],  # noqa: B006
    table: pd.DataFrame | None = None,
) -> Gazetteer:
    """Make a gazetteer of (street, number, x, y), places (name, kind, x, y) and buildings, in metres."""

    def at(x: float, y: float) -> Point:
        return Point(x * METRE, y * METRE)

    addresses = gpd.GeoDataFrame(
        {
            "osm_id": [f"n{i}" for i in range(len(points))],
            "street": [p[0] for p in points],
            "number": [p[1] for p in points],
            "name": "",
            "place": "",
            "building": "",
            "source": "address point",
        },
        geometry=[at(p[2], p[3]) for p in points],
        crs="EPSG:4326",
    )
    names = sorted({p[0] for p in points if p[0]})
    lines = [
        LineString([at(p[2], p[3] + 5) for p in points if p[0] == n] + [at(2000, 2000)])
        for n in names
    ]
    streets = gpd.GeoDataFrame(
        {"name": names, "highway": "residential"}, geometry=lines, crs="EPSG:4326"
    )
    spots = gpd.GeoDataFrame(
        {"name": [p[0] for p in places], "kind": [p[1] for p in places]},
        geometry=[at(p[2], p[3]) for p in places],
        crs="EPSG:4326",
    )
    blocks = gpd.GeoDataFrame(
        {"name": [b[0] for b in buildings], "street": "", "number": ""},
        geometry=[
            box(b[1] * METRE, b[2] * METRE, (b[1] + 20) * METRE, (b[2] + 20) * METRE)
            for b in buildings
        ],
        crs="EPSG:4326",
    )
    return Gazetteer.build(addresses, blocks, streets, spots, table=table)


@pytest.fixture(scope="module")
def western() -> Gazetteer:
    """A street of odd and even numbers, one of blocks, and names that resemble each other."""
    odd = [("Mannerheimintie", str(n), 10.0 * n, 10) for n in range(1, 30, 4)]
    even = [("Mannerheimintie", str(n), 10.0 * n, -10) for n in range(2, 31, 4)]
    block = [("Hollis Court Boulevard", f"89-{n:02d}", 10.0 * n, 400) for n in (11, 15, 19, 27)]
    other = [("93rd Avenue", "5", 0, 800), ("93rd Road", "5", 0, 1200), ("93rd Road", "7", 20, 1200),
             ("Rue de l’Église", "4-6", 0, 1600), ("Oak Lane", "3", 0, 1800)]  # fmt: skip
    return town([*odd, *even, *block, *other])


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("Mannerheimintie 13", "Mannerheimintie 13"),
        ("13 Mannerheimintie", "Mannerheimintie 13"),
        ("MANNERHEIMINTIE 13 B 5", "Mannerheimintie 13"),
        ("mannerheimintie 13b", "Mannerheimintie 13"),
        ("Ｍａｎｎｅｒｈｅｉｍｉｎｔｉｅ　１３", "Mannerheimintie 13"),
        ("Mannerheimint. 13", "Mannerheimintie 13"),
        ("Manerheimintie 13, 00100 Helsinki", "Mannerheimintie 13"),
        ("89-15 Hollis Court Boulevard, Queens Village, NY 11427", "Hollis Court Boulevard 89-15"),
        ("89–15 hollis ct blvd", "Hollis Court Boulevard 89-15"),
        ("8915 Hollis Ct. Blvd.", "Hollis Court Boulevard 89-15"),
        ("89-15 Hollis Court", "Hollis Court Boulevard 89-15"),
        ("89 15 Holis Court Bulevard", "Hollis Court Boulevard 89-15"),
        ("Hollis Court Blvd 89-15", "Hollis Court Boulevard 89-15"),
        ("Apt 4, 7 93 Rd", "93rd Road 7"),
        ("7 93rd", "93rd Road 7"),
        ("7 93rd Raod", "93rd Road 7"),
        ("4 Rue de l'Eglise", "Rue de l’Église 4-6"),
        ("6, rue de l’église", "Rue de l’Église 4-6"),
        ("3 Oak Ln", "Oak Lane 3"),
    ],
)
def test_spellings(western: Gazetteer, text: str, matched: str) -> None:
    """Order, case, width, abbreviations, slips and what follows do not hide an address."""
    found = geocode([text], western).iloc[0]
    assert found["matched"] == matched
    assert found["precision"] in TRUE
    assert found["confidence"] >= 0.75
    assert found["cause"] == ""


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Olematonkatu 1", "address not found"),
        ("5 93rd", "ambiguous"),
        ("Mannerheimintie", "address not found"),
        ("Mannerheimintie 999", "address not found"),
        ("5 91st Road", "address not found"),
        ("", "address not found"),
        ("12345", "address not found"),
        (",,,;", "address not found"),
    ],
)
def test_what_is_not_found_says_so(western: Gazetteer, text: str, cause: str) -> None:
    """No number, no such street, two that fit: no place, and the reason."""
    found = geocode([text], western).iloc[0]
    assert np.isnan(found["lon"])
    assert found["cause"].startswith(cause)


def test_between_known_numbers_of_one_side(western: Gazetteer) -> None:
    """Number 11 lies between 9 and 13 on the odd side, and is not as sure as a point."""
    found = geocode(["Mannerheimintie 11", "89-17 Hollis Court Boulevard"], western)
    assert found["precision"].tolist() == ["interpolated", "interpolated"]
    x, y = western.projection.to_xy(found["lon"], found["lat"])[0]
    middle = western.points.xy[
        [list(western.points.label).index(f"Mannerheimintie {n}") for n in (9, 13)]
    ].mean(axis=0)
    assert np.hypot(*(np.array([x, y]) - middle)) < 0.5
    assert (found["confidence"] < 0.8).all()


def test_a_range_is_not_a_block(western: Gazetteer) -> None:
    """4-6 holds 4 and 6; 89-15 is one house of block 89, and 89 alone is nothing."""
    assert not western.streets["rue de leglise"].block
    assert western.streets["hollis ct blvd"].block
    assert np.isnan(geocode(["89 Hollis Court Boulevard"], western)["lon"].iloc[0])


def test_one_street_name_in_two_towns() -> None:
    """The town that the address names decides; without one nothing is chosen."""
    gazetteer = town(
        [("Main Street", "5", 0, 0), ("Main Street", "5", 5000, 0)],
        places=[("Hollis", "suburb", 100, 0), ("Bayside", "suburb", 5100, 0)],
    )
    found = geocode(["5 Main St, Hollis", "5 Main St, Bayside", "5 Main St"], gazetteer)
    assert found["lon"].iloc[0] < found["lon"].iloc[1]
    assert np.isnan(found["lon"].iloc[2])
    assert found["cause"].iloc[2].startswith("ambiguous: Main Street 5")
    beside = geocode(["5 Main St"], gazetteer, community=["Bayside"])
    assert beside["lon"].iloc[0] == pytest.approx(found["lon"].iloc[1])


def test_doors_of_one_house_are_no_tie() -> None:
    """Two points of one address within 50 m are one place; 120 m apart they are told as runners-up."""
    near = geocode(["5 Main St"], town([("Main Street", "5", 0, 0), ("Main Street", "5", 40, 0)]))
    assert near["confidence"].iloc[0] > 0.9
    far = geocode(["5 Main St"], town([("Main Street", "5", 0, 0), ("Main Street", "5", 120, 0)]))
    assert far["confidence"].iloc[0] < 0.8
    assert "Main Street 5" in far["runners_up"].iloc[0]


@pytest.fixture(scope="module")
def chinese() -> Gazetteer:
    """Roads with numbers, two compounds with named and with bare buildings, and an office's own table."""
    table = pd.DataFrame(
        {
            "name": "阳光小区",
            "building": ["3栋", "4栋"],
            "address": "幸福路12号",
            "lon": [0.02, 0.021],
            "lat": 0.02,
        }
    )
    return town(
        [("成府路", "53", 0, 0), ("成府路", "55", 40, 0), ("清华西路", "28號", 900, 0)],
        places=[
            ("西王庄小区", "residential", 1000, 1000),
            ("蓝旗营小区", "residential", 4000, 1000),
        ],
        buildings=[("3号楼", 1020, 1050), ("蓝旗营10号楼", 4000, 1050), ("建筑馆", 2500, 1000)],
        table=table,
    )


@pytest.mark.parametrize(
    ("text", "precision", "matched"),
    [
        ("成府路53号", "address point", "成府路 53"),
        ("北京市海淀区成府路５３号", "address point", "成府路 53"),
        ("成府路五十三号", "address point", "成府路 53"),
        ("清华西路28号", "address point", "清华西路 28號"),
        ("成府路53号3栋2单元501", "compound", "成府路 53"),
        ("西王庄小区3号楼2单元501", "building", "西王庄小区3号楼"),
        ("蓝旗营10号楼", "building", "蓝旗营10号楼"),
        ("西王庄小区", "compound", "西王庄小区"),
        ("建筑馆", "building", "建筑馆"),
        ("幸福路12号3栋2单元501", "building", "幸福路12号3栋"),
        ("幸福路１２号3号楼2-501", "building", "幸福路12号3栋"),
        ("幸福路十二号院3幢2单元501", "building", "幸福路12号3栋"),
        ("阳光小区4号楼", "building", "阳光小区4栋"),
    ],
)
def test_chinese_addresses(chinese: Gazetteer, text: str, precision: str, matched: str) -> None:
    """D-ADDR-VAR: road and number, compound and building, the office's table, in any spelling."""
    found = geocode([text], chinese).iloc[0]
    assert (found["precision"], found["matched"]) == (precision, matched)
    assert np.isfinite(found["lon"])
    assert (found["confidence"] >= 0.8) == (precision != "compound" and "西王庄" not in text)


@pytest.mark.parametrize("text", ["西王庄花苑3号楼", "和平路53号", "幸福社区3栋", "不详", "成府路"])
def test_chinese_addresses_that_only_resemble(chinese: Gazetteer, text: str) -> None:
    """D-ADDR-ALIAS: likeness alone never places a home."""
    found = geocode([text], chinese).iloc[0]
    assert np.isnan(found["lon"]) or found["confidence"] < 0.8
    assert found["cause"] != "" or found["confidence"] < 0.8


def test_the_table_keeps_index_and_columns(western: Gazetteer) -> None:
    """The answer lines up with the question; missing values are empty addresses."""
    asked = pd.Series(["3 Oak Ln", None, "3 Oak Ln"], index=[7, 3, 5])
    found = geocode(asked, western)
    assert found.index.tolist() == [7, 3, 5]
    assert tuple(found.columns) == COLUMNS
    assert found.iloc[0].equals(found.iloc[2])
    assert geocode([], western).shape == (0, len(COLUMNS))


def test_order_of_layers_and_texts_is_no_matter() -> None:
    """The same gazetteer whatever the order of its rows."""
    points = [("Main Street", str(n), 10.0 * n, 0) for n in range(1, 40)]
    one, two = town(points), town(points[::-1])
    assert one.fingerprint == two.fingerprint
    texts = ["12 Main St", "40 Main Street", "7 Mian Street"]
    found = geocode(texts, one)
    again = geocode(texts[::-1], two).iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, again)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_answered(western: Gazetteer, text: str) -> None:
    """Whatever is written, there is a place or a cause, and confidence stays within 0 and 1."""
    found = geocode([text], western).iloc[0]
    assert np.isfinite(found["lon"]) == (found["cause"] == "")
    assert 0 <= found["confidence"] <= 1


@lru_cache(maxsize=2)
def ready(path: Path, read_once: ReadOnce) -> tuple[Extract, Gazetteer, pd.DataFrame]:
    """Read an extract, its gazetteer and the truth of its addresses."""
    extract = read_once(path)
    gazetteer = Gazetteer.build(
        extract.addresses, extract.buildings, extract.streets, extract.places
    )
    table = extract.addresses
    table = table[(table["street"] != "") & (table["number"] != "")].reset_index(drop=True)
    xy = gazetteer.projection.to_xy(table.geometry.x, table.geometry.y)
    return (
        extract,
        gazetteer,
        pd.DataFrame(table.drop(columns="geometry")).assign(x=xy[:, 0], y=xy[:, 1]),
    )


def test_a_district_finds_its_own_addresses(shared_data: Path, read_once: ReadOnce) -> None:
    """Of 32,000 real addresses 99.5 % land on their own point or building, none surely elsewhere."""
    extract, gazetteer, truth = ready(shared_data / "osm" / "queens_village_ny.osm.pbf", read_once)
    figures = measure(
        geocode(truth["street"] + " " + truth["number"], gazetteer), truth, extract, gazetteer
    )
    assert figures["own_percent"] >= 99.5
    assert figures["confidently_wrong_percent"] == 0


@pytest.mark.parametrize("name", ["queens", "helsinki"])
def test_damaged_addresses(
    name: str, request: pytest.FixtureRequest, helsinki_pbf: Path, read_once: ReadOnce
) -> None:
    """With one or two faults each, 97 % are right and at most 0.5 % are surely wrong."""
    path = helsinki_pbf
    if name == "queens":
        path = request.getfixturevalue("shared_data") / "osm" / "queens_village_ny.osm.pbf"
    extract, gazetteer, truth = ready(path, read_once)
    rng = np.random.default_rng(11)
    truth = truth.iloc[np.sort(rng.choice(len(truth), min(4000, len(truth)), replace=False))]
    tail = ", Queens Village, NY 11427" if name == "queens" else ", 00100 Helsinki"
    texts = [
        damage(s, n, tail, rng)[0] for s, n in zip(truth["street"], truth["number"], strict=True)
    ]
    figures = measure(geocode(texts, gazetteer), truth.reset_index(drop=True), extract, gazetteer)
    assert figures["right_percent"] >= 97
    assert figures["confidently_wrong_percent"] <= 0.5

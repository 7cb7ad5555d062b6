"""Names that may leave: only those that somebody else has written down as a place."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point

from planner.intake.gazetteer.index import Gazetteer
from planner.intake.online.known import names_known
from planner.intake.online.outgoing import Cutter


def layer(columns: dict[str, list[str]], shapes: list) -> gpd.GeoDataFrame:
    """Make a map layer."""
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def gazetteer() -> Gazetteer:
    """Give two streets, a mapped estate, a village, and a building of the office's table."""
    streets = layer(
        {"name": ["柳荫路", "Mannerheimintie"]}, [LineString([(117, 32), (117.01, 32)])] * 2
    )
    places = layer(
        {"name": ["阳光小区", "张庄村"], "kind": ["residential", "village"]}, [Point(117, 32)] * 2
    )
    none = layer({c: [] for c in ("name", "street", "number", "place", "source", "building")}, [])
    table = pd.DataFrame({"address": ["安居苑3栋"], "lon": [117.0], "lat": [32.0]})
    return Gazetteer.build(none, none, streets, places, table=table)


KNOWS = names_known(gazetteer(), ["和平家园", "", "幸福里小区"])
CUT = Cutter(knows=KNOWS)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("柳荫路12号3栋2单元501", "柳荫路12号3栋"),
        ("阳光小区3栋501", "阳光小区3栋"),
        ("阳光小区二期3栋", "阳光小区二期3栋"),
        ("安居苑4栋", "安居苑4栋"),
        ("和平家园2号楼", "和平家园2号楼"),
        ("幸福里3栋", "幸福里3栋"),
        ("安徽省淮南市八公山区柳荫路12号", "安徽省淮南市八公山区柳荫路12号"),
        ("张庄村12号", "张庄村12号"),
        ("358弄12号", "358弄12号"),
        ("Mannerheimintie 12 A 5", "Mannerheimintie 12"),
    ],
)
def test_known_names_are_sent(address: str, told: str) -> None:
    """Of the map, the table of buildings, the column of estates, and the country's divisions."""
    assert CUT(address).text == told


NAMES = [
    "王建国",
    "李秀英",
    "欧阳金雀",
    "皇甫爩虋",
    "独居老人李秀英",
    "精神病人",
    "吸毒史",
    "肺癌晚期",
    "低保户",
]
FORMS = [
    "{}阳光小区3栋",
    "{}幸福小区3栋",
    "{}家园3栋",
    "{}柳荫路12号",
    "{}路12号",
    "{}村12号",
    "{}院3栋",
    "幸福小区{}3栋",
    "{}公寓B座",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_glued_to_a_name_never_leaves(name: str, form: str) -> None:
    """Whatever the name or the care word and wherever it stands: none of its characters is sent."""
    told = CUT(form.format(name)).text
    assert name not in told
    assert name[-3:] not in told


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("陌生社区柳荫路12号", "柳荫路12号"),
        ("陌生路5号阳光小区3栋", "阳光小区3栋"),
        ("陌生镇阳光小区3栋", "阳光小区3栋"),
        ("柳荫路北支路8号", ""),
        ("柳荫路12号陌生小区3栋", ""),
    ],
)
def test_what_is_not_needed_is_left_out(address: str, told: str) -> None:
    """Where a known name says which building it is; else nothing is sent, and it is said why."""
    out = CUT(address)
    assert out.text == told
    assert bool(out.cause) != bool(told)


def test_without_a_gazetteer_only_the_column_is_known() -> None:
    """Where there is no map to look names up in, the sheet's own estates are all that may leave."""
    cut = Cutter(knows=names_known(None, ["和平家园"]))
    assert cut("和平家园3栋").text == "和平家园3栋"
    assert cut("柳荫路12号").text == ""
    assert Cutter(knows=names_known(None))("和平家园3栋").text == ""


@pytest.mark.parametrize(
    "value", ["3栋", "A3栋", "甲3", "12号附3号", "12-14号", "3排", "东3栋", "12号院"]
)
def test_numbers_are_numbers(value: str) -> None:
    """However they are written."""
    assert KNOWS("building", value)


@pytest.mark.parametrize("value", ["王3栋", "3栋李秀英", "独居3号", "李家3栋"])
def test_names_are_no_numbers(value: str) -> None:
    """One other character is enough."""
    assert not KNOWS("building", value)

"""What places are called: other names, two languages at once, and what each name is the name of."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

from planner.intake.gazetteer.found import Cause
from planner.intake.gazetteer.geocode import find_places, geocode
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.gazetteer.known import spellings

METRE = 1 / 111_320
OTHERS = {"青年路": ("胜利路",), "Market Street": ("Old Market",), "南湖北园": ("纺织厂宿舍",)}


def layer(**columns: list[object]) -> gpd.GeoDataFrame:
    """Make a layer of points (or lines) of its column `at`, in metres."""
    at = columns.pop("at")
    shapes = [
        Point(a[0] * METRE, a[1] * METRE) if np.ndim(a) == 1
        else LineString(np.array(a) * METRE) for a in at
    ]  # fmt: skip
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def ground(table: pd.DataFrame | None = None) -> Gazetteer:
    """Make a small town: streets, villages with numbers, quarters, and names in two languages."""
    numbers = [
        ("青年路", "12", 0), ("建设路西段", "12", 900), ("建设路", "12", 1800), ("人民路东", "24", 2700),
        ("向阳村三组", "7", 3600), ("258弄", "5", 4500), ("定安路", "258弄5号", 5400),
        ("大学路 Daxue Road", "8", 6300), ("Market Street", "8", 7200), ("定安路", "258弄12支弄5号", 5500),
    ]  # fmt: skip
    villages = [("向阳村", "9", 8100), ("向阳村", "11", 8200)]
    rows = numbers + villages
    addresses = layer(
        street=[r[0] for r in rows], number=[r[1] for r in rows], name=[""] * len(rows),
        place=[""] * len(numbers) + ["向阳村"] * len(villages), source=["address point"] * len(rows),
        at=[(r[2], 0) for r in rows],
    )  # fmt: skip
    streets = layer(
        name=list(dict.fromkeys(r[0] for r in numbers)),
        at=[[(i * 900, 0), (i * 900, 800)] for i in range(9)],
    )
    places = layer(
        name=["南湖北园", "南湖", "桥头镇", "向阳村", "望湖 Lakeside", "朝阳区"],
        kind=["neighbourhood", "suburb", "town", "village", "residential", "district"],
        at=[(x, 3000) for x in (0, 2000, 4000, 8150, 6000, 9000)],
    )
    nothing = layer(name=[], street=[], number=[], at=[])
    return Gazetteer.build(addresses, nothing, streets, places, table=table, other_names=OTHERS)


TOWN = ground()


@pytest.mark.parametrize(
    ("asked", "matched"),
    [
        ("青年路12号", "青年路 12"),
        ("青年路（原胜利路）12号", "青年路 12"),
        ("青年路12号（原8号）", "青年路 12"),
        ("胜利路12号", "青年路 12"),
        ("青年路12、14号", "青年路 12"),
        ("青年路10、12号", "青年路 12"),
        ("青年路12/14号", "青年路 12"),
        ("青年路12-14号", "青年路 12"),
        ("青年路12至16号", "青年路 12"),
        ("建设路西段12号", "建设路西段 12"),
        ("建设路12号", "建设路 12"),
        ("人民路东24号", "人民路东 24"),
        ("向阳村三组7号", "向阳村三组 7"),
        ("向阳村9号", "向阳村 9"),
        ("向阳村11号", "向阳村 11"),
        ("258弄5号", "258弄 5"),
        ("定安路258弄5号", "定安路 258弄5号"),
        ("定安路258弄12支弄5号", "定安路 258弄12支弄5号"),
        ("大学路8号", "大学路 Daxue Road 8"),
        ("Daxue Road 8", "大学路 Daxue Road 8"),
        ("Market Street 8", "Market Street 8"),
        ("Old Market 8", "Market Street 8"),
        ("⻘年路12号", "青年路 12"),
    ],
)
def test_what_the_map_has_is_found_as_it_is_written(asked: str, matched: str) -> None:
    """Names that go on after 路, lanes, villages, former and other names, two languages, two numbers."""
    [found] = find_places([asked], [""], TOWN)
    assert (found.matched, found.precision) == (matched, "address point")
    assert found.confidence >= 0.75


def test_numbers_never_grow_together() -> None:
    """12、14号 is not 1214, which is on the map here."""
    numbers = ["12", "1214"]
    addresses = layer(
        street=["青年路"] * 2, number=numbers, name=["", ""], place=["", ""],
        source=["address point"] * 2, at=[(0, 0), (900, 0)],
    )  # fmt: skip
    streets = layer(name=["青年路"], at=[[(0, 0), (900, 0)]])
    nothing = layer(name=[], kind=[], street=[], number=[], at=[])
    town = Gazetteer.build(addresses, nothing, streets, nothing)
    for asked in (
        "青年路12、14号",
        "青年路12/14号",
        "青年路12,14号",
        "青年路12号、14号",
        "青年路12和14号",
    ):
        assert find_places([asked], [""], town)[0].matched == "青年路 12", asked


@pytest.mark.parametrize(
    "asked", ["南湖北园", "纺织厂宿舍", "望湖", "Lakeside", "望湖 Lakeside", "南湖"]
)
def test_quarters_and_estates_answer_to_each_of_their_names(asked: str) -> None:
    """What is mapped as a neighbourhood or an estate is found by name, at least among the candidates."""
    [found] = find_places([asked], [""], TOWN)
    assert found.candidates
    assert found.code in (Cause.NONE, Cause.COMMUNITY)


def test_kinds_of_names() -> None:
    """A street is a road, 村 a community, 镇 a town, all else an estate; districts are left to grammar."""
    assert TOWN.known == {
        "258弄": "road", "人民路东": "road", "向阳村三组": "road", "向阳村": "community",
        "大学路 Daxue Road": "road", "大学路": "road", "定安路": "road", "建设路": "road",
        "建设路西段": "road",
        "胜利路": "road", "青年路": "road", "桥头镇": "town", "南湖": "compound", "南湖北园": "compound",
        "纺织厂宿舍": "compound", "望湖": "compound", "望湖 Lakeside": "compound",
    }  # fmt: skip


def test_spellings() -> None:
    """Other names come first, then each language of a bilingual name; a plain name has no others."""
    assert spellings("青年路", OTHERS) == ["胜利路"]
    assert spellings("大学路 Daxue Road", {}) == ["大学路", "Daxue Road"]
    assert spellings("幸福路", {}) == spellings("Main Street", {}) == spellings("A座", {}) == []


def buildings(*rows: tuple[str, str]) -> pd.DataFrame:
    """Make a table of (estate, building), a hundred metres from one to the next."""
    return pd.DataFrame([
        {"name": n, "building": b, "lon": i * 300 * METRE, "lat": 0.1} for i, (n, b) in enumerate(rows)
    ])  # fmt: skip


OFFICE = ground(buildings(
    ("梅园新区三期", "5号楼"), ("梅园新区三期", "6号楼"), ("梅园新区二期", "5号楼"), ("南湖北园", "5号楼"),
    ("南湖北园", "11号楼"), ("青云家属院", "甲2号楼"), ("青云家属院", "2号楼"), ("东风新村", "12号楼"),
    ("学府路8号院", "3号楼"), ("望京西里四区", "329号楼"), ("柳林街小区", "1号楼"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "matched"),
    [
        ("梅园新区三期5号楼2单元301", "梅园新区三期5号楼"),
        ("梅园新区Ⅲ期5栋", "梅园新区三期5号楼"),
        ("梅园新区第三期5#", "梅园新区三期5号楼"),
        ("梅园新区III期5号楼", "梅园新区三期5号楼"),
        ("梅园新区 3期 5楼 2门 301室", "梅园新区三期5号楼"),
        ("梅园新区(三期)五号楼二单元", "梅园新区三期5号楼"),
        ("北京市朝阳区南湖北园5号楼1单元", "南湖北园5号楼"),
        ("北京市朝阳区朝阳区南湖北园11-3-401", "南湖北园11号楼"),
        ("5号楼1单元602（南湖北园）", "南湖北园5号楼"),
        ("南湖北园（5号楼）1单元", "南湖北园5号楼"),
        ("望京西里四区 329楼 1门 602室", "望京西里四区329号楼"),
        ("望京西里四区329楼", "望京西里四区329号楼"),
        ("青云家属院甲2号楼1单元", "青云家属院甲2号楼"),
        ("青云家属院2楼1门101", "青云家属院2号楼"),
        ("东风新村12、14号楼", "东风新村12号楼"),
        ("学府路8号院3楼2门501", "学府路8号院3号楼"),
        ("学府路八号院三号楼", "学府路8号院3号楼"),
    ],
)
def test_doors_of_the_office_table(asked: str, matched: str) -> None:
    """However a door of the table is written, it is found and meant."""
    [found] = find_places([asked], [""], OFFICE)
    assert (found.matched, found.precision) == (matched, "building")
    assert found.confidence >= 0.97


@pytest.mark.parametrize(
    ("asked", "matched"),
    [
        ("西里四区329号楼", "望京西里四区329号楼"),
        ("望京西里329号楼", "望京西里四区329号楼"),
        ("望京西里四区329号院1单元", "望京西里四区329号楼"),
        ("柳林街1号楼", "柳林街小区1号楼"),
    ],
)
def test_short_names_are_taken_with_doubt(asked: str, matched: str) -> None:
    """A name that leaves something out is taken where one estate fits, and never surely."""
    [found] = find_places([asked], [""], OFFICE)
    assert (found.matched, found.precision) == (matched, "building")
    assert found.confidence < 0.8


@pytest.mark.parametrize(
    "asked", ["梅园新区四期5号楼", "南湖北园6号楼", "青云家属院甲3号楼", "东风新村13号楼", "花园5号楼",
              "望京西里五区329号楼", "西里329号院9单元"],
)  # fmt: skip
def test_another_door_is_never_taken_for_it(asked: str) -> None:
    """A building that the table lacks is not placed at one that it has."""
    found = geocode([asked], OFFICE).iloc[0]
    assert found["precision"] in ("none", "compound", "street") or found["confidence"] < 0.8


def test_a_part_left_out_where_two_have_the_number_is_asked() -> None:
    """梅园新区5号楼 may be that of two stages: both are told, none is chosen."""
    [found] = find_places(["梅园新区5号楼"], [""], OFFICE)
    assert (found.xy, found.code) == (None, Cause.AMBIGUOUS)
    assert len(found.options) == 2

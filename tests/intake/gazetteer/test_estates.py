"""Estates and lanes of an office's own table: one name in two communities, numerals, misspelt names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.intake.address.parse import parse_address
from planner.intake.gazetteer.estates import bare_name, index_of, namesakes, placed_keys
from planner.intake.gazetteer.geocode import SURE_ENOUGH, find_places, geocode
from planner.intake.gazetteer.index import Gazetteer
from tests.intake.gazetteer.test_geocode import METRE, town


def buildings(rows: list[tuple[str, str, str, str, float]]) -> pd.DataFrame:
    """Make a building table of (community, compound, building, address, x in metres)."""
    return pd.DataFrame(
        [
            {"community": c, "name": n, "building": b, "address": a, "lon": x * METRE, "lat": 0.02}
            for c, n, b, a, x in rows
        ]
    )


def twins(apart_m: float, *, mapped: bool = False) -> Gazetteer:
    """Make two estates of one name in two communities, one of them on the map if `mapped`."""
    rows = [
        (community, "幸福小区", f"{n}栋", "", west + 30.0 * n)
        for community, west in (("团结社区", 1000.0), ("化工社区", 1000.0 + apart_m))
        for n in (1, 2, 3)
    ]
    places = [("幸福小区", "residential", 1060.0, 2226.0)] if mapped else []
    return town([("成府路", "53", 0, 0)], places=places, table=buildings(rows))


@pytest.mark.parametrize("apart_m", [100.0, 400.0, 3000.0])
@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("text", ["幸福小区3栋2单元501", "幸福小区", "幸福小区9栋"])
def test_two_estates_of_one_name_are_told_and_not_chosen(
    text: str, mapped: bool, apart_m: float
) -> None:
    """Without a community both are candidates, near or far, whether the map knows one of them or not."""
    found = find_places([text], [""], twins(apart_m, mapped=mapped))[0]
    assert found.xy is None
    assert found.cause.startswith("ambiguous: 幸福小区")
    assert all(any(c in r for r in found.runners) for c in ("团结社区", "化工社区"))
    assert len(found.options) >= 2


@pytest.mark.parametrize("mapped", [False, True])
def test_the_community_settles_which_estate(mapped: bool) -> None:
    """Said in the address or beside it, the community decides."""
    gazetteer = twins(1000.0, mapped=mapped)
    asked = ["团结社区幸福小区3栋", "化工社区幸福小区3栋", "幸福小区3栋", "幸福小区3栋"]
    found = geocode(asked, gazetteer, community=["", "", "团结社区", "化工社区"])
    assert (found["precision"] == "building").all()
    lon = found["lon"].to_numpy()
    assert lon[[0, 2]] == pytest.approx(1090 * METRE, abs=METRE)
    assert lon[[1, 3]] == pytest.approx(2090 * METRE, abs=METRE)


def test_the_other_estate_is_not_taken_for_the_one_that_is_named() -> None:
    """The map knows an estate in one community; a home of the other is not put there."""
    gazetteer = twins(2000.0, mapped=True)
    found = geocode(["幸福小区9栋", "幸福小区9栋"], gazetteer, community=["团结社区", "化工社区"])
    assert found["precision"].tolist() == ["compound", "none"]


def test_one_estate_across_a_border_is_one_estate() -> None:
    """Buildings that are numbered through in two communities leave nothing to choose."""
    rows = [("团结社区", "银河小区", f"{n}栋", "", 30.0 * n) for n in (1, 2, 3)]
    rows += [("化工社区", "银河小区", f"{n}栋", "", 30.0 * n) for n in (4, 5, 6)]
    gazetteer = town([("成府路", "53", 0, 0)], table=buildings(rows))
    assert namesakes("银河", index_of(gazetteer), gazetteer, ()) == {}
    found = geocode(["银河小区5栋"], gazetteer)
    assert found["confidence"].iloc[0] >= 0.8


@pytest.fixture(scope="module")
def lanes() -> Gazetteer:
    """Lanes whose numbers only the table knows, one of them twice, and an estate."""
    rows = [("团结社区", "", "", f"老井巷{n}号", 40.0 * n) for n in range(1, 6)]
    rows += [("团结社区", "", "", "石榴巷3号", 800.0), ("化工社区", "", "", "石榴巷3号", 2800.0)]
    rows += [("团结社区", "光明新村", f"{n}栋", "", 5000.0 + 40 * n) for n in range(1, 9)]
    return town([("老井巷", "", 0, 2220.0), ("石榴巷", "", 800, 2220.0)], table=buildings(rows))


@pytest.mark.parametrize(
    "text",
    ["老井巷2号", "老井巷二号", "老井巷２号", "老井巷贰号", "老井巷二号1室", "团结社区老井巷二号"],
)
def test_a_door_of_the_table_is_found_in_any_numeral(lanes: Gazetteer, text: str) -> None:
    """`老井巷二号` is the `老井巷2号` of the table."""
    found = geocode([text], lanes).iloc[0]
    assert (found["precision"], found["matched"]) == ("building", "老井巷2号")
    assert found["confidence"] >= 0.8


def test_a_door_that_two_lanes_have_stays_open(lanes: Gazetteer) -> None:
    """A numeral does not settle what the figure leaves open; a number that is not there is not found."""
    found = geocode(["石榴巷3号", "石榴巷三号", "老井巷九号"], lanes)
    assert found["cause"].str.startswith("ambiguous").tolist() == [True, True, False]
    assert np.isnan(found["lon"]).all()


@pytest.mark.parametrize(
    ("text", "known", "option"),
    [
        ("光明心村8栋2单元501", "光明新村", "光明新村8栋 (团结社区)"),
        ("光明心村", "光明新村", "光明新村 (团结社区)"),
        ("光明新邨8栋", "光明新村", "光明新村8栋 (团结社区)"),
        ("老并巷2号", "老井巷", "老井巷2号 (团结社区)"),
    ],
)
def test_a_typing_error_gives_a_suggestion_and_no_place(
    lanes: Gazetteer, text: str, known: str, option: str
) -> None:
    """A name that resembles a known one is told with it, down to the building; nobody is placed."""
    found = find_places([text], [""], lanes)[0]
    assert found.xy is None
    assert found.cause.startswith("address not found: like " + known)
    assert option in {candidate.label for candidate in found.options}


def test_a_number_alone_is_no_building(lanes: Gazetteer) -> None:
    """`3栋` without an estate is any third building: it is not found, and it is nobody's namesake."""
    assert placed_keys(parse_address("3栋2单元501")) == ()
    assert placed_keys(parse_address("光明新村3栋")) == ("||光明新村||3",)
    found = geocode(["3栋2单元501", "3栋2单元501 光明新村"], lanes)
    assert np.isnan(found["lon"]).tolist() == [True, False]


def test_bare_names() -> None:
    """What every estate is called by says nothing; a name of nothing else stays."""
    assert bare_name(parse_address("幸福小区3栋").canonical("compound")) == "幸福"
    assert bare_name("小区") == "小区"


def stems() -> Gazetteer:
    """Make an estate in which 12号楼 and 甲12号楼 are two buildings, and a road with two such doors."""
    rows = [
        ("", "南湖东园", number, "", 1000.0 + 100.0 * i)
        for i, number in enumerate(["2号楼", "3号楼", "12号楼", "甲12号楼"])
    ]
    doors = [("成府路", "53", 0, 0), ("成府路", "12", 100, 0), ("成府路", "12号甲", 600, 0)]
    doors += [("胜利一街", "8", 700, 0), ("胜利一街", "9", 900, 0)]
    return town(doors, table=buildings(rows))


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("南湖东园甲12号楼2单元401", 1300.0),
        ("南湖东园12甲号楼2单元401", 1300.0),
        ("南湖东园12号甲楼", 1300.0),
        ("南湖东园12甲-2-401", 1300.0),
        ("南湖东园12号楼", 1200.0),
        ("南湖东园小区12号楼2单元", 1200.0),
        ("南湖东园住宅区三号楼", 1100.0),
        ("南湖东园3号楼(原2号楼)", 1100.0),
        ("成府路甲12号", 600.0),
        ("成府路12甲号", 600.0),
        ("成府路12甲", 600.0),
        ("胜利1街8号", 700.0),
        ("成府路12号", 100.0),
    ],
)
def test_a_stem_makes_another_door(text: str, x: float) -> None:
    """甲12 and 12甲 are one door and 12 is another; 小区 behind a name that is known says nothing."""
    lon = geocode([text], stems())["lon"].to_numpy()
    assert lon == pytest.approx(x * METRE, abs=METRE)


@pytest.mark.parametrize(
    "text", ["成府路附12号", "成府路东12号", "成府路后12号", "成府路南12号3栋"]
)
def test_a_word_before_the_number_makes_it_a_guess(text: str) -> None:
    """The annexe of 12号, or a 12号 on the other side, is not 12号: near it, but nobody is sure."""
    found = find_places([text, "成府路12号"], ["", ""], stems())
    assert found[0].precision == "interpolated"
    assert found[0].confidence < SURE_ENOUGH <= found[1].confidence


@pytest.mark.parametrize(
    "text", ["南湖东园2、3号楼", "南湖东园2号楼/3号楼", "南湖东园2号楼、3号楼之间"]
)
def test_two_buildings_are_a_question(text: str) -> None:
    """A home that is said to be in two buildings is put into neither."""
    found = find_places([text], [""], stems())[0]
    assert found.xy is None
    assert {"2" in r or "3" in r for r in found.runners} == {True}
    assert len(found.options) == 2

"""What the address parser promises on single lines and on columns."""

from __future__ import annotations

import csv
import pickle
import time
from pathlib import Path

import pandas as pd
import pytest

from planner.intake.address.parse import FIELDS, Address, parse_address, parse_addresses


def fields(text: str) -> dict[str, str]:
    """Give the fields that were found, remainder included."""
    found = parse_address(text)
    return {name: getattr(found, name) for name in FIELDS if getattr(found, name)}


SAME_BUILDING = [
    "幸福路12号3栋2单元501",
    "幸福路１２号3号楼2-501",
    "幸福路十二号院3幢2单元501",
    "幸福路12号3-2-501",
    "幸福路12-3-2-501",
    "幸福路12号第3栋二单元五零一室",
    "幸福路 12 号 3 # 2 单元 501",
    "幸福路12号3#楼2-501",
    "幸福路12号叁栋贰单元501",
    "幸福路12号03栋02单元0501",
    "幸福路12號3棟2單元501",
    "幸福路12号，3栋，2单元，501",
    "幸福路12号3幢(2单元)501",
    "幸福路12号\u200b3栋2门501",
    "幸福路12号501室2单元3栋",
    "幸福路12号3一2一501",
    "淮南市八公山区幸福路12号3栋2单元5楼501",
    "八公山区八公山区幸福路12号3栋2单元501户",
    "安徽省淮南市八公山区 安徽省淮南市八公山区 幸福路12号3栋2单元501室",
]


@pytest.mark.parametrize("text", SAME_BUILDING)
def test_spellings_of_one_home_share_their_keys(text: str) -> None:
    """Every way to write one home gives one building key, stairwell and room."""
    found = parse_address(text)
    assert found.building_key == "幸福路|12|||3"
    assert found.canonical("stairwell") == "2"
    assert found.canonical("room") == "501"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "安徽省淮南市八公山区土坝孜街道建井社区幸福路12号阳光小区(二期)3栋2单元501",
            {
                "province": "安徽省",
                "city": "淮南市",
                "district": "八公山区",
                "town": "土坝孜街道",
                "community": "建井社区",
                "road": "幸福路",
                "road_number": "12号",
                "compound": "阳光小区",
                "sub_compound": "二期",
                "building": "3栋",
                "stairwell": "2单元",
                "room": "501",
            },
        ),
        (
            "上海市静安区柳营路669弄14号1102室",
            {
                "city": "上海市",
                "district": "静安区",
                "road": "柳营路",
                "road_number": "669弄",
                "building": "14号",
                "room": "1102室",
            },
        ),
        (
            "阳光小区B栋二单元十五楼1503室",
            {
                "compound": "阳光小区",
                "building": "B栋",
                "stairwell": "二单元",
                "floor": "十五楼",
                "room": "1503室",
            },
        ),
        (
            "山王镇李咀村3组12号",
            {"town": "山王镇", "community": "李咀村", "road": "3组", "road_number": "12号"},
        ),
        (
            "平山路社区青年路小区5栋",
            {"community": "平山路社区", "compound": "青年路小区", "building": "5栋"},
        ),
        (
            "洞山西路与平山路交叉口",
            {"road": "洞山西路", "branch_road": "平山路", "remainder": "与 交叉口"},
        ),
        (
            "北京市海淀区中关村南大街5号院3号楼东单元501",
            {
                "city": "北京市",
                "district": "海淀区",
                "road": "中关村南大街",
                "road_number": "5号院",
                "building": "3号楼",
                "stairwell": "东单元",
                "room": "501",
            },
        ),
        (
            "3栋2单元501 阳光小区",
            {"building": "3栋", "stairwell": "2单元", "room": "501", "compound": "阳光小区"},
        ),
        (
            "3栋2单元501 曙光里",
            {"building": "3栋", "stairwell": "2单元", "room": "501", "compound": "曙光里"},
        ),
        ("山王3号大街12号", {"town": "山王", "road": "3号大街", "road_number": "12号"}),
        ("中山路12号附3号", {"road": "中山路", "road_number": "12号附3号"}),
        ("光明路17-19号", {"road": "光明路", "road_number": "17-19号"}),
        ("光明路5-24号", {"road": "光明路", "road_number": "5-24号"}),
        ("光明路498-9号", {"road": "光明路", "road_number": "498", "building": "9号"}),
        ("阳光大厦2005-2006", {"compound": "阳光大厦", "room": "2005-2006"}),
        (
            "阳光小区西3栋2单元501",
            {
                "compound": "阳光小区",
                "sub_compound": "西",
                "building": "3栋",
                "stairwell": "2单元",
                "room": "501",
            },
        ),
        (
            "阳光工业区11号A栋7楼",
            {"compound": "阳光工业区", "road_number": "11号", "building": "A栋", "floor": "7楼"},
        ),
        ("山王镇大陈二村5号", {"town": "山王镇", "community": "大陈二村", "road_number": "5号"}),
        ("幸福路12号3号厂房", {"road": "幸福路", "road_number": "12号", "compound": "3号厂房"}),
        ("南环路29号矿东新村", {"road": "南环路", "road_number": "29号", "compound": "矿东新村"}),
        (
            "八公山区土坝孜街道曙光里8 2 501",
            {
                "district": "八公山区",
                "town": "土坝孜街道",
                "compound": "曙光里",
                "building": "8",
                "stairwell": "2",
                "room": "501",
            },
        ),
    ],
)
def test_fields_are_slices_with_their_unit_words(text: str, expected: dict[str, str]) -> None:
    """Each field is the text as written, unit word included, and nothing else is filled."""
    assert fields(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("89-15 Hollis Court Blvd", {"road": "Hollis Court Blvd", "road_number": "89-15"}),
        (
            "Mannerheimintie 12 B",
            {"road": "Mannerheimintie", "road_number": "12", "stairwell": "B"},
        ),
        (
            "Mannerheimintie 12 B 34",
            {"road": "Mannerheimintie", "road_number": "12", "stairwell": "B", "room": "34"},
        ),
        ("12 Main St", {"road": "Main St", "road_number": "12"}),
        (
            "221B Baker Street Apt 4",
            {"road": "Baker Street", "road_number": "221B", "room": "Apt 4"},
        ),
        (
            "90-20 212 Street, Queens, NY",
            {"road": "212 Street", "road_number": "90-20", "remainder": "Queens, NY"},
        ),
        ("10 5th Ave", {"road": "5th Ave", "road_number": "10"}),
        ("Iso Roobertinkatu 3-5", {"road": "Iso Roobertinkatu", "road_number": "3-5"}),
    ],
)
def test_western_lines(text: str, expected: dict[str, str]) -> None:
    """Street and number lines in Latin script are read in either order."""
    assert fields(text) == expected


@pytest.mark.parametrize("text", ["", "   ", "不详", "无", "同上", "501", "13800000000", "???"])
def test_nothing_is_guessed_from_nothing(text: str) -> None:
    """A line that names no place fills no field; what it says is in the remainder."""
    found = parse_address(text)
    assert not found.spans
    assert found.remainder == text.strip(" ?")
    assert found.building_key == ""


def test_what_finds_no_place_is_in_the_remainder() -> None:
    """A name, a phone number and a second address are kept apart, not swallowed."""
    found = parse_address("某某 阳光小区3栋2单元501 13800000000;和平小区5栋")
    assert found.compound == "阳光小区"
    assert found.building == "3栋"
    for piece in ("某某", "13800000000", "和平小区"):
        assert piece in found.remainder


def test_a_repeated_prefix_is_read_once() -> None:
    """The same prefix twice leaves no remainder; the spans are those of the second."""
    found = parse_address("浙江省杭州市浙江省杭州市西湖区")
    assert (found.province, found.city, found.district) == ("浙江省", "杭州市", "西湖区")
    assert found.remainder == ""


def test_a_county_without_its_ending_ends_the_line() -> None:
    """A short county name at the very end stays in range."""
    found = parse_address("安徽省淮南市凤台县淮南凤台")
    assert (found.city, found.district, found.spans["district"]) == ("淮南", "凤台", (11, 13))


@pytest.mark.parametrize("before", ["", "团结社区", "淮南市八公山区土坝孜街道", "建设路389号"])
@pytest.mark.parametrize("estate", ["曙光里", "光明新村", "阳光小区", "安康苑"])
@pytest.mark.parametrize("blank", [" ", "  ", "\u3000", "-", "/", ","])
def test_blanks_part_a_home_as_dashes_do(before: str, estate: str, blank: str) -> None:
    """`8 2 501` is building 8, stairwell 2, room 501, whatever stands before the estate."""
    found = parse_address(f"{before}{estate}" + blank.join(("8", "2", "501")))
    assert (found.compound, found.building, found.stairwell, found.room) == (
        estate,
        "8",
        "2",
        "501",
    )
    assert found.remainder == ""


def test_keys_tell_places_apart() -> None:
    """Lane and number, the parts of an estate, and groups of two villages differ in their keys."""
    lines = [
        "柳营路669弄14号",
        "柳营路669号14号",
        "阳光小区一期3栋",
        "阳光小区二期3栋",
        "阳光小区3栋",
        "李咀村3组12号",
        "孔集村3组12号",
        "幸福路12号附3号",
        "幸福路12号",
    ]
    keys = [parse_address(line).building_key for line in lines]
    assert all(keys)
    assert len(set(keys)) == len(lines)


def test_alternative_keys_join_road_and_estate() -> None:
    """An address that names road number and estate can be found by either."""
    both = parse_address("幸福路12号阳光小区3栋").building_keys
    assert parse_address("幸福路12号3栋").building_key in both
    assert parse_address("阳光小区3栋").building_key in both


def test_committees_of_a_district(shared_data: Path) -> None:
    """Town and committee are found whatever stands before and after, roads in their names or not."""
    lists = shared_data / "addresses" / "bagongshan_committees.csv"
    with lists.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 44
    for row in rows:
        for before in ("", "八公山区", "安徽省淮南市八公山区"):
            for after in ("幸福路12号3栋2单元501", "阳光小区3-2-501", "王庄组5号"):
                found = parse_address(before + row["town"] + row["committee"] + after)
                assert (found.town, found.community) == (row["town"], row["committee"])
                assert found.remainder == ""


def test_address_is_a_value() -> None:
    """Two readings of one line are equal and hashable; the default is empty."""
    assert parse_address("幸福路12号") == parse_address("幸福路12号")
    assert len({parse_address("幸福路12号"), parse_address("幸福路12号")}) == 1
    assert not any(getattr(Address(), name) for name in FIELDS)


def test_a_column_keeps_its_index_and_its_order() -> None:
    """A series comes back as a frame on the same index; missing values are empty rows."""
    lines = pd.Series(["幸福路12号3栋", None, "幸福路12号3栋", float("nan")], index=[7, 3, 9, 1])
    table = parse_addresses(lines)
    assert list(table.columns) == [*FIELDS, "building_key"]
    assert list(table.index) == [7, 3, 9, 1]
    assert list(table["building"]) == ["3栋", "", "3栋", ""]
    assert list(table["building_key"]) == ["幸福路|12|||3", "", "幸福路|12|||3", ""]
    assert len(parse_addresses([])) == 0


def district(n: int) -> list[str]:
    """Write the homes of a made-up district: 240 estates, three manners of writing."""
    first, second = "幸建和平光明东新解放", "福设华安阳康乐民"
    lines = []
    for i in range(n):
        estate = (i // 150) % 240
        name = first[estate % 10] + second[estate // 10 % 8]
        road = f"安徽省淮南市八公山区土坝孜街道{name}路{estate + 1}号"
        building, stair, floor, door = i % 24 + 1, i % 3 + 1, i // 7 % 18 + 1, i % 4 + 1
        manner = i % 3
        if manner == 0:
            lines.append(f"{road}{name}小区{building}栋{stair}单元{floor}0{door}室")
        elif manner == 1:
            lines.append(f"{name}路{estate + 1}号{name}小区{building}-{stair}-{floor}0{door}")
        else:
            lines.append(f"{name}小区{building}号楼{stair}单元{floor}0{door}")
    return lines


def test_a_district_is_read_in_seconds() -> None:
    """35,000 homes of one district take well under 5 s of processor time."""
    lines = district(35_000)
    began = time.process_time()
    table = parse_addresses(lines)
    took = time.process_time() - began
    assert took < 5.0
    assert (table["building"] != "").all()
    assert (table["stairwell"] != "").all()
    assert (table["room"] != "").all()
    assert (table["remainder"] == "").all()


@pytest.mark.parametrize(
    ("twice", "once"),
    [
        ("向阳花园向阳花园1号楼2单元302", "向阳花园1号楼2单元302"),
        ("幸福路12号幸福路12号3栋2单元", "幸福路12号3栋2单元"),
        ("和平社区和平社区向阳小区3栋", "和平社区向阳小区3栋"),
        ("李家庄村李家庄村1组3号", "李家庄村1组3号"),
        ("安康苑安康苑3-2-501", "安康苑3-2-501"),
    ],
)
def test_what_is_written_twice_is_one_place(twice: str, once: str) -> None:
    """A clerk's column before a line that began with it: the same door, nothing left over."""
    read, plain = parse_address(twice), parse_address(once)
    assert read.building_keys == plain.building_keys
    assert read.remainder == ""
    for name, (start, end) in read.spans.items():
        assert twice[start:end] == getattr(read, name)


def test_a_side_before_the_number_is_part_of_its_key() -> None:
    """幸福路东12号 may be another door than 12号; 幸福路西段12号 and 幸福东路12号 name a road."""
    aside, plain = parse_address("幸福路东12号3栋"), parse_address("幸福路12号3栋")
    assert (aside.road_number, aside.side) == ("12号", "东")
    assert aside.building_key == "幸福路|东12|||3" != plain.building_key
    assert pickle.loads(pickle.dumps(aside)) == aside != plain
    assert {
        parse_address(text).side for text in ("幸福路西段12号", "幸福东路12号", "幸福路12号东")
    } == {""}

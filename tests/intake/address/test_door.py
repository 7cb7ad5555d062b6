"""One door has one key and one label, whatever the wording, the columns and the order of the two."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.address.door import Door, door_of
from planner.intake.address.parse import parse_address

CHINESE = "零一二三四五六七八九十"
WIDE = str.maketrans("0123456789ABCDEF#-", "０１２３４５６７８９ＡＢＣＤＥＦ＃－")
ESTATES = ("花家地北里", "阳光小区", "翠湖花园三期", "望京西园三区", "甲苑", "五一小区", "梨园东里")


def numeral(n: int) -> str:
    """Spell 1..99 as it is counted."""
    tens, ones = divmod(n, 10)
    head = {0: "", 1: "十"}.get(tens, CHINESE[tens] + "十")
    return head + (CHINESE[ones] if ones else "")


def numbers(n: int) -> st.SearchStrategy[str]:
    """Spell a number in every way that offices do."""
    return st.sampled_from([str(n), f"{n:02}", str(n).translate(WIDE), numeral(n)])


@st.composite
def buildings(draw: st.DrawFn, n: int) -> str:
    """Word a building."""
    units = ("号楼", "栋", "幢", "#", "#楼", "号", " 号楼", "座", "楼")
    unit = draw(st.sampled_from(("", *units)))
    return draw(st.sampled_from(("", "第"))) * bool(unit) + draw(numbers(n)) + unit


@st.composite
def stairwells(draw: st.DrawFn, n: int) -> str:
    """Word a stairwell."""
    stem = st.sampled_from(["甲乙丙丁戊己"[n - 1] + "单元"])
    plain = st.tuples(
        numbers(n), st.sampled_from(["", "单元", "门", "梯", "单元号", "号门", " 单元"])
    )
    return draw(st.one_of(stem, plain.map("".join)))


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(ESTATES), st.integers(1, 99), st.integers(1, 6))
def test_columns_in_any_wording_are_one_door(
    data: st.DataObject, estate: str, block: int, stair: int
) -> None:
    """3, 3号楼, 3栋, 三号楼 with 1, 1单元, 一单元, 1门, 甲单元 are one key and one label."""
    told = door_of(
        None,
        estate=data.draw(st.sampled_from([estate, f" {estate} ", estate.translate(WIDE)])),
        building=data.draw(buildings(block)),
        stairwell=data.draw(stairwells(stair)),
    )
    plain = door_of(None, estate=estate, building=str(block), stairwell=str(stair))
    assert told.key == plain.key
    assert told.label == f"{estate}{block}号楼{stair}单元"
    assert not told.conflict


@settings(max_examples=300, deadline=None)
@given(
    st.data(), st.sampled_from(ESTATES), st.integers(1, 99), st.integers(1, 6), st.integers(1, 33)
)
def test_a_line_and_columns_are_one_door(
    data: st.DataObject, estate: str, block: int, stair: int, floor: int
) -> None:
    """Who writes one line lives at the same door as who fills columns."""
    number, cell = data.draw(numbers(block)), data.draw(numbers(stair))
    unit = data.draw(st.sampled_from(["号楼", "栋", "幢", "#楼"]))
    line = f"{estate}{number}{unit}{cell}单元{floor}02室"
    spoken = door_of(parse_address(line))
    filled = door_of(None, estate=estate, building=str(block), stairwell=str(stair))
    assert spoken.key == filled.key, line
    assert spoken.floor == str(floor)
    both = door_of(parse_address(line), estate=estate, building=str(block), stairwell=str(stair))
    assert both == spoken
    assert not both.conflict


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 6), st.integers(1, 6))
def test_different_doors_have_different_keys(a: int, b: int, c: int, d: int) -> None:
    """No two doors of one estate share a key, and 1-12 is never 11-2."""
    one = door_of(None, estate="甲苑", building=str(a), stairwell=str(c))
    two = door_of(None, estate="甲苑", building=str(b), stairwell=str(d))
    assert (one.key == two.key) == ((a, c) == (b, d))
    assert (one.building_key == two.building_key) == (a == b)


@pytest.mark.parametrize(
    ("said", "floor"),
    [
        ("6", "6"), ("六楼", "6"), ("06", "6"), ("6F", "6"), ("第6层", "6"), ("负一层", "-1"),
        ("地下1层", "-1"), ("B1", "-1"), ("-1", "-1"), ("", ""),
    ],
)  # fmt: skip
def test_floors_are_one_number(said: str, floor: str) -> None:
    """A floor is its number, below the ground a negative one; it is no part of the key."""
    door = door_of(None, estate="甲苑", building="3", floor=said)
    assert door.floor == floor
    assert door.key == "甲苑|3|"


def test_the_floor_is_read_off_the_room() -> None:
    """A room of three or four figures tells its floor; the column wins and contradicts."""
    assert door_of(parse_address("甲苑3栋1单元1203")).floor == "12"
    assert door_of(parse_address("甲苑3栋1单元12")).floor == ""
    other = door_of(parse_address("甲苑3栋1单元1203"), floor="11楼")
    assert (other.floor, other.conflict) == ("11", True)


@pytest.mark.parametrize(
    ("building", "key"),
    [
        ("12、14号", "12,14"), ("12号、14号", "12,14"), ("12和14栋", "12,14"), ("甲3号楼", "甲3"),
        ("3号楼甲", "3号楼甲"), ("A座", "A"), ("a栋", "A"), ("B12", "B12"), ("东楼", "东"), ("主楼", "主"),
    ],
)  # fmt: skip
def test_unusual_buildings_keep_what_tells_them_apart(building: str, key: str) -> None:
    """Two numbers at one door never grow together; stems, letters and names stay."""
    assert door_of(None, estate="甲苑", building=building).building == key


def test_a_building_column_brings_its_estate_and_stairwell_along() -> None:
    """A table may hold the whole name in one column."""
    whole = door_of(None, building="阳光小区3号楼2单元")
    assert whole == door_of(None, estate="阳光", building="3", stairwell="2")
    assert whole.label == "阳光小区3号楼2单元"
    assert door_of(None, building="3-2") == Door("", "3", "2")


@pytest.mark.parametrize(
    ("line", "key", "label"),
    [
        ("幸福路十二号院3幢2单元501", "幸福路#12|3|2", "幸福路12号3号楼2单元"),
        ("幸福路12号阳光小区3栋", "阳光|3|", "阳光小区3号楼"),
        ("长寿路669弄3号501室", "长寿路#669弄|3|", "长寿路669弄3号"),
        ("王庄村5组12号", "王庄村5组#12||", "王庄村5组12号"),
        ("Mannerheimintie 12 B 4", "mannerheimintie#12||B", "Mannerheimintie 12 B"),
        ("12 Main Street", "main st#12||", "Main Street 12"),
        ("阳光小区A座", "阳光|A|", "阳光小区A座"),
        ("阳光小区3栋东单元", "阳光|3|东", "阳光小区3号楼东单元"),
        ("3栋2单元", "|3|2", "3号楼2单元"),
        ("", "", ""),
    ],
)
def test_keys_and_labels_of_lines(line: str, key: str, label: str) -> None:
    """The key is what is known, the label is complete and in one style."""
    door = door_of(parse_address(line))
    assert (door.key, door.label) == (key, label)


def test_columns_win_and_contradictions_are_told() -> None:
    """The column counts, and is flagged where the line speaks of another door."""
    line = parse_address("阳光小区3栋2单元501")
    for told, key in (
        (door_of(line, building="4号楼"), "阳光|4|2"),
        (door_of(line, stairwell="1"), "阳光|3|1"),
        (door_of(line, estate="光明小区"), "光明|3|2"),
    ):
        assert (told.key, told.conflict) == (key, True)
    assert not door_of(line, estate="阳光", building="三号楼", stairwell="2门").conflict


def test_a_part_of_a_name_is_no_contradiction() -> None:
    """The fuller of two names of one estate is taken; an estate may lie at a street number."""
    line = parse_address("望京西园三区329号楼1单元602")
    short = door_of(line, estate="西园三区")
    assert short == door_of(line)
    assert not short.conflict
    on_road = door_of(parse_address("幸福路12号3栋"), estate="阳光小区")
    assert (on_road.key, on_road.conflict) == ("阳光|3|", False)
    assert door_of(parse_address("幸福路12号3栋"), estate="幸福路14号").conflict


def test_doors_are_values() -> None:
    """Doors are frozen, compare by what they are, and sort."""
    door = door_of(None, estate="甲苑", building="3")
    with pytest.raises(dataclasses.FrozenInstanceError):
        door.building = "4"  # type: ignore[misc]
    assert dataclasses.replace(door, written="甲 苑", conflict=True) == door
    assert len({door, door_of(None, estate="甲苑", building="3栋")}) == 1
    assert sorted([door, Door("甲苑", "1")])[0].building == "1"
    assert Door().key == Door().building_key == Door().label == ""

"""Names that the map and the tables hold win over what grammar would make of their characters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.address.grammar.labels import Kind
from planner.intake.address.named import Names
from planner.intake.address.parse import parse_address, parse_addresses, parse_each

NAMES = Names.of({
    "南湖北园": "compound", "望湖西里": "compound", "望湖": "compound", "解放路西": "road", "解放路": "road",
    "向阳村四组": "road", "向阳村": "community", "258弄": "road", "青云北二条": "road", "大桥镇": "town",
    "Main Street": "road",
})  # fmt: skip


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("北京市朝阳区南湖北园5号楼", {"compound": "南湖北园", "building": "5号楼"}),
        ("北京市朝阳区朝阳区南湖北园5号楼", {"compound": "南湖北园", "building": "5号楼"}),
        (
            "望湖西里三区29号楼",
            {"compound": "望湖西里", "sub_compound": "三区", "building": "29号楼"},
        ),
        ("解放路西24号", {"road": "解放路西", "road_number": "24号"}),
        ("解放路24号", {"road": "解放路", "road_number": "24号"}),
        ("向阳村四组7号", {"road": "向阳村四组", "road_number": "7号"}),
        ("向阳村9号", {"community": "向阳村", "road_number": "9号"}),
        ("258弄5号", {"road": "258弄", "road_number": "5号"}),
        ("人民路258弄5号", {"road": "人民路", "road_number": "258弄", "building": "5号"}),
        ("青云北二条1号", {"road": "青云北二条", "road_number": "1号"}),
        ("安徽淮南解放路西2号", {"province": "安徽", "city": "淮南", "road": "解放路西"}),
        ("（南湖北园）5号楼", {"compound": "南湖北园", "building": "5号楼"}),
    ],
)
def test_known_names_are_read_whole(line: str, fields: dict[str, str]) -> None:
    """Roads that go on after 路, lanes, groups of villages, and estates beside towns of their name."""
    found = parse_address(line, NAMES)
    assert {name: getattr(found, name) for name in fields} == fields
    assert found.remainder == ""


@pytest.mark.parametrize(
    ("line", "compound"),
    [("望湖南里2号楼", "望湖南里"), ("望湖花园2号楼", "望湖花园"), ("新望湖2号楼", "新望湖")],
)
def test_a_longer_name_is_another_place(line: str, compound: str) -> None:
    """A known name inside a longer one is not what is meant."""
    assert parse_address(line, NAMES).compound == compound
    assert not any(p.kind is Kind.HOME for p in NAMES.spans(line))


def test_a_road_inside_a_longer_name_is_left_alone() -> None:
    """解放路小区 is an estate, 解放路社区 a community, and 新解放路 another road."""
    assert parse_address("解放路小区3栋", NAMES).compound == "解放路小区"
    assert parse_address("解放路社区", NAMES).community == "解放路社区"
    assert parse_address("新解放路12号", NAMES).road == "新解放路"
    assert NAMES.spans("解放路东段12号") == ()


def test_the_longest_name_counts() -> None:
    """At one place the longest known name is taken, at each start only one."""
    assert NAMES.spans("解放路西24号") == ((0, 4, Kind.ROAD),)
    assert NAMES.spans("向阳村四组7号") == ((0, 5, Kind.ROAD),)
    assert NAMES.spans("大桥镇向阳村7号") == ((0, 3, Kind.TOWN), (3, 6, Kind.COMM))


def test_western_names_are_not_looked_for() -> None:
    """Latin lines have a grammar of their own."""
    assert NAMES.spans("Main Street 12") == ()
    assert Names.of({"A": "road", "路": "road", "": "road"}).by_head == {}


def test_columns_are_read_as_lines_are() -> None:
    """Many addresses at once give what each gives alone, and other names give other readings."""
    lines = ["北京市朝阳区南湖北园5号楼", "解放路西24号"]
    assert parse_each(lines, NAMES) == {line: parse_address(line, NAMES) for line in lines}
    assert parse_addresses(lines, NAMES)["compound"].tolist() == ["南湖北园", ""]
    assert parse_addresses(lines)["road"].tolist()[1] == "解放路"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["南湖北园", "解放路西", "12号", "3栋", "-", " ", "（", "区", "望湖", "里"]),
                max_size=8).map("".join))  # fmt: skip
def test_spans_are_honest(line: str) -> None:
    """What is found stands there; fields are slices of the text, whatever is known."""
    known = {name for names in NAMES.by_head.values() for name, _ in names}
    assert all(line[p.start : p.end] in known for p in NAMES.spans(line))
    found = parse_address(line, NAMES)
    assert all(getattr(found, name) == line[slice(*span)] for name, span in found.spans.items())

"""What only the whole line can tell: ranges, pairs of rooms, villages that are estates."""

from __future__ import annotations

import pytest

from planner.intake.address.parse import parse_address


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        # numbers on the road
        ("幸福路17-19号", {"road_number": "17-19号"}),
        ("幸福路19-17号", {"road_number": "19", "building": "17号"}),
        ("幸福路57-1", {"road_number": "57-1"}),
        ("幸福路144至148号", {"road_number": "144至148号"}),
        ("幸福路12号、14号", {"road_number": "12号、14号", "building": ""}),
        ("幸福路12号附3号", {"road_number": "12号附3号", "building": ""}),
        ("幸福路12号14栋", {"road_number": "12号", "building": "14栋"}),
        ("王庄村12-87号", {"road_number": "12", "building": "87号"}),
        ("王庄村12-14号", {"road_number": "12-14号"}),
        # stretches of roads
        ("建设路西段12号", {"road": "建设路", "branch_road": "西段", "road_number": "12号"}),
        # rooms
        ("阳光小区3栋1105-1106室", {"building": "3栋", "room": "1105-1106室"}),
        ("光明大厦102-1301", {"building": "102", "room": "1301"}),
        # buildings
        ("阳光小区9幢D座", {"building": "9幢", "stairwell": "D座"}),
        ("望湖西里三区329楼", {"building": "329楼", "floor": ""}),
        ("望湖西里12楼", {"floor": "12楼", "building": ""}),
        ("光明大厦125楼", {"floor": "125楼", "building": ""}),
        ("光明大厦三楼B区463号", {"floor": "三楼", "room": "463号"}),
        # villages and estates
        ("曙光村3栋", {"compound": "曙光村", "community": "", "building": "3栋"}),
        ("曙光村3号", {"community": "曙光村", "road_number": "3号"}),
        ("3栋1单元402 曙光里", {"compound": "曙光里", "building": "3栋"}),
    ],
)
def test_the_whole_line_decides(line: str, fields: dict[str, str]) -> None:
    """Each case is told apart by what else the line holds."""
    found = parse_address(line)
    assert {name: getattr(found, name) for name in fields} == fields


def test_a_line_may_start_over() -> None:
    """Of two prefixes the later counts, and what is said again is not left over."""
    again = parse_address("安徽省淮南市安徽省淮南市八公山区幸福路12号")
    assert (again.province, again.city, again.remainder) == ("安徽省", "淮南市", "")
    other = parse_address("安徽省淮南市浙江省杭州市西湖区幸福路12号")
    assert (other.province, other.city) == ("浙江省", "杭州市")
    assert other.remainder == "安徽省淮南市"


def test_another_name_in_brackets_is_shown_and_not_read() -> None:
    """幸福路（原解放路）12号 lies on 幸福路; the bracket is told as it is written."""
    found = parse_address("幸福路（原解放路）12号（曾用名：胜利路８号）")
    assert (found.road, found.road_number) == ("幸福路", "12号")
    assert found.remainder == "原解放路 曾用名：胜利路８号"
    assert found.building_key == parse_address("幸福路12号").building_key

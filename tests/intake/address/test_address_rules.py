"""What the address grammar decides where the words alone leave a choice; every line is made up."""

from __future__ import annotations

import pytest

from planner.intake.address.parse import FIELDS, parse_address


def fields(text: str) -> dict[str, str]:
    """Give the fields that were found, remainder included."""
    found = parse_address(text)
    return {name: getattr(found, name) for name in FIELDS if getattr(found, name)}


TOWNS = [
    ("浙江省杭州市九堡长青花园6栋", {"town": "九堡", "compound": "长青花园"}),
    ("浙江省杭州市江干区九堡长青花园6栋", {"town": "九堡", "compound": "长青花园"}),
    ("宁波市鄞州区洞桥工业区", {"compound": "洞桥工业区"}),
    ("浙江省杭州市余杭区星桥经济开发区长青路5号", {"dev_zone": "星桥经济开发区"}),
    ("佛山市南海区大沥汽车站", {"compound": "大沥汽车站"}),
    ("浦江黄宅镇长青路69号", {"district": "浦江", "town": "黄宅镇"}),
    ("台州市温岭市城区太平街道长青路7号", {"district": "温岭市", "town": "太平街道"}),
    ("义乌市江东四小区16幢", {"compound": "江东四小区"}),
    ("淮南市八公山区山王镇南大街65号", {"town": "山王镇", "road": "南大街"}),
]


@pytest.mark.parametrize(("text", "expected"), TOWNS)
def test_a_town_without_its_ending_is_no_part_of_a_longer_name(
    text: str, expected: dict[str, str]
) -> None:
    """A town of the list stands alone before an estate, but not before 工业区 or 汽车站."""
    found = fields(text)
    assert {name: found.get(name) for name in expected} == expected
    if "town" not in expected:
        assert "town" not in found


VILLAGES = [
    ("山王镇谢家路村长青西路148号", {"community": "谢家路村", "road": "长青西路"}),
    ("山王镇李庄村西巷12号", {"community": "李庄村", "road": "西巷"}),
    ("山王镇李庄五指山路49号", {"community": "李庄", "road": "五指山路"}),
    ("山王镇李庄纬三路82号", {"community": "李庄", "road": "纬三路"}),
    ("山王镇银光步行街7号", {"road": "银光步行街"}),
    ("山王镇曙光新村96号", {"community": "曙光新村", "road_number": "96号"}),
    ("山王镇曙光新村96号2单元501", {"compound": "曙光新村", "building": "96号"}),
    ("山王镇曙光村3栋", {"compound": "曙光村", "building": "3栋"}),
    ("山王镇李庄村下河村", {"community": "李庄村", "compound": "下河村"}),
    ("山王镇李庄村2区83号", {"community": "李庄村", "road_number": "83号"}),
    ("八公山区刑警大队", {"community": None}),
]


@pytest.mark.parametrize(("text", "expected"), VILLAGES)
def test_a_village_is_told_from_roads_and_estates(
    text: str, expected: dict[str, str | None]
) -> None:
    """Villages, with 村 or without, keep to themselves; blocks or flats make them estates."""
    found = fields(text)
    assert {name: found.get(name) for name in expected} == expected


NUMBERS = [
    ("幸福路57-1阳光医院", {"road_number": "57-1"}),
    ("幸福路17-19号", {"road_number": "17-19号"}),
    ("幸福路639-2014", {"road_number": "639", "room": "2014"}),
    ("幸福路9弄102-1301", {"road_number": "9弄", "building": "102", "room": "1301"}),
    ("李庄村12-87号", {"road_number": "12", "building": "87号"}),
    ("李庄村17-19号", {"road_number": "17-19号"}),
    ("山王镇15-2-502", {"building": "15", "stairwell": "2", "room": "502"}),
    ("阳光小区3115号", {"compound": "阳光小区", "room": "3115号"}),
    ("阳光小区115号", {"compound": "阳光小区", "building": "115号"}),
    ("阳光市场二楼C区258号", {"floor": "二楼", "room": "258号"}),
    ("阳光市场C3-41", {"building": "C3", "room": "41"}),
    ("阳光大厦A三楼", {"building": "A", "floor": "三楼"}),
    ("幸福路57号A12层", {"road_number": "57号", "building": "A", "floor": "12层"}),
    ("幸福路17号B6", {"road_number": "17号", "building": "B6"}),
    ("幸福路一号", {"road_number": "一号"}),
    ("阳光小区一号", {"building": "一号"}),
    ("幸福路98号门口", {"road_number": "98号"}),
    ("幸福路9号路口阳光医院", {"road_number": "9号"}),
    ("幸福路66号仓库", {"road_number": "66号"}),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_a_number_is_read_by_its_length_and_surroundings(
    text: str, expected: dict[str, str]
) -> None:
    """Length, letters, what stands before and what follows decide what a number counts."""
    found = fields(text)
    assert {name: found.get(name) for name in expected} == expected


NO_NUMBERS = [
    ("幸福路12号银光4S店", "building"),
    ("幸福路12号银光一号", "building"),
    ("幸福路12号阳光小区232001", "room"),
    ("第一医院3号楼152病区", "room"),
]


@pytest.mark.parametrize(("text", "name"), NO_NUMBERS)
def test_figures_that_number_nothing_fill_no_field(text: str, name: str) -> None:
    """Names with a figure in them, postal codes and hospital wards are no buildings or rooms."""
    assert name not in fields(text)

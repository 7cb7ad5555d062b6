"""Two addresses in one cell are seen; one address with a separator in it is not two."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.intake.twofold import is_twofold, without_remarks


@pytest.mark.parametrize(
    "text",
    [
        "幸福路1号;解放路2号",
        "向阳小区3栋；曙光里5栋2单元",
        "幸福路12号3栋/解放路8号",
        "幸福路1号\n解放路2号",
        "幸福路1号、解放路2号",
    ],
)
def test_two_places_are_two(text: str) -> None:
    """D-ADDR-2IN1: each part names a road or compound with a number of its own."""
    assert is_twofold(text)


@pytest.mark.parametrize(
    "text",
    ["幸福路12号3栋2单元501", "向阳小区3栋/2单元/501", "向阳小区\n3栋2单元", "幸福路12号；3栋",
     "向阳小区3栋;向阳小区3号楼", "向阳小区3栋 13800000000", "Fleminginkatu 15 / A 3", "", "同上", "东/西"],
)  # fmt: skip
def test_one_place_is_one(text: str) -> None:
    """Parts of one address, and one place written twice, are left alone."""
    assert not is_twofold(text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("东社区（张三丰包片）", "东社区"),
        ("东社区(李四 138-0000-0000)", "东社区"),
        ("东社区（欧阳甲）", "东社区"),
        ("东社区 网格员王五", "东社区"),
        ("东社区-王五负责", "东社区"),
        ("红星村委会（联系人周七）", "红星村委会"),
        ("东社区（第三网格：赵六）", "东社区（第三网格）"),
        ("东社区（王家庄）（李四包片）", "东社区（王家庄）"),
        ("东社区（北片）", "东社区（北片）"),
        ("东社区（张家湾）", "东社区（张家湾）"),
        ("东社区（原红旗村）", "东社区（原红旗村）"),
        ("张村镇东社区", "张村镇东社区"),
        ("东社区居民委员会", "东社区居民委员会"),
        ("东村村民委员会（党员活动中心）", "东村村民委员会（党员活动中心）"),
        ("新村社区", "新村社区"),
        ("东社区（）", "东社区（）"),
        ("Kamppi (east)", "Kamppi (east)"),
        ("", ""),
    ],
)
def test_who_is_in_charge_is_no_part_of_a_community(written: str, meant: str) -> None:
    """A name or a duty behind it is cut, and told by its row alone; a part of the community stays."""
    rows = pd.DataFrame({"file": ["a.csv"], "sheet": [""], "row": [2]})
    made, said = without_remarks(pd.Series([written]), rows)
    assert made.tolist() == [meant]
    assert [f.row for f in said] == ([2] if written != meant else [])
    assert not any(
        name in f.what + f.what_zh for f in said for name in ("张三", "李四", "王五", "赵六")
    )

"""Characters that are written in two ways: what is folded, and that nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.characters import SIMPLIFIED, simplified


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def test_no_simplified_text_changes() -> None:
    """Every form of GB 2312, the standard of simplified texts, stays (but 後, which is 后 to everybody)."""
    assert {chr(c) for c in SIMPLIFIED if _in_gb2312(chr(c))} == {"後"}
    assert simplified("乾隆路12号甯著于於") == "乾隆路12号甯著于於"
    assert simplified("Main Street, Zürich") == "Main Street, Zürich"


@given(st.text(max_size=40))
def test_folding_keeps_the_length_and_twice_is_once(text: str) -> None:
    """Offsets of the one are offsets of the other."""
    once = simplified(text)
    assert len(once) == len(text)
    assert simplified(once) == once


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("編號、樓棟、單元、樓層、門牌號、房號", "编号、楼栋、单元、楼层、门牌号、房号"),
        ("地址、經度、緯度、座標、社區、網格、戶籍", "地址、经度、纬度、座标、社区、网格、户籍"),
        ("黨員、戶主、電話、身份證、聯繫人、獨居", "党员、户主、电话、身份证、联系人、独居"),
        ("長江路、東環路、濟南、瀋陽、劉莊、龍鳳嶺", "长江路、东环路、济南、沈阳、刘庄、龙凤岭"),
        ("⻢⻰⻛ ⻓江路", "马龙风 长江路"),
    ],
)
def test_forms_that_offices_write(written: str, meant: str) -> None:
    """Headings, names of places, radicals of a PDF."""
    assert simplified(written) == meant

"""What the gate refuses is told as fully in Chinese as in English, and never repeats what it found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import planner.privacy.marks
from planner.api import people
from planner.errors import PrivacyError
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.gate import _KINDS_ZH
from planner.privacy.pages import check_structure
from planner.render.map.page import MapPage

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_every_kind_has_its_word() -> None:
    """Those that are known by form, and those that sheets hold."""
    source = Path(planner.privacy.marks.__file__).read_text("utf-8")
    kinds = set(re.findall(r'"(an? [^"]*(?:number|room|plate|address|id|door))"', source))
    kinds |= {people.NAME, people.PHONE, people.NUMBER, people.ADDRESS, people.OTHER}
    assert len(kinds) > 10
    assert kinds <= _KINDS_ZH.keys()


def test_a_file_is_refused_in_both_languages() -> None:
    """What it is, how often and where."""
    text = "# 合成\n- 甲苑3栋2单元501室，王小明\n- 13800138000\n".encode()
    with pytest.raises(PrivacyError) as refused:
        released(text, "a.md", Audience.MEETING, Secrets({people.NAME: frozenset({"王小明"})}))
    told = refused.value
    assert "a room" in told.message
    assert "房号" in told.zh
    assert "电话号码1处" in told.zh
    assert "居民姓名1处" in told.zh
    assert CHINESE.search(told.remedy_zh)
    assert not any("王小明" in text or "13800138000" in text for text in (told.message, told.zh))


def test_a_page_is_refused_with_its_reason() -> None:
    """The reason stands in both, not only that there is one."""
    with pytest.raises(PrivacyError) as refused:
        check_structure(MapPage("<html></html>").html, Audience.MEETING, "map.html")
    assert "cannot be found or read" in refused.value.message
    assert "找不到或无法读取其中的数据" in refused.value.zh

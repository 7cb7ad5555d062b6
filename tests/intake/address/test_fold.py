"""Folding keeps every offset and makes what looks alike equal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.address.fold import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("１２号", "12号"),
        ("３－２－５０１", "3-2-501"),
        ("幸福路12號", "幸福路12号"),
        ("陽光樓", "阳光楼"),
        ("3棟2單元5樓", "3栋2单元5楼"),
        ("№3", "#3"),
        ("358衖", "358弄"),
        ("a\u3000b\u200bc\td", "a b c d"),
        ("3一2一501", "3-2-501"),
        ("第一路3号", "第一路3号"),
        ("〇八号", "零八号"),
        ("Ⅲ期ⅱ区", "三期二区"),
        ("⻓江⻄路⺠主⻔", "长江西路民主门"),
        ("⼆号", "二号"),
    ],
)
def test_what_is_meant_alike_is_written_alike(text: str, folded: str) -> None:
    """Width, dashes, blanks, traditional unit words, Roman numerals and radicals of a PDF."""
    assert fold(text) == folded


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_folding_keeps_offsets_and_settles(text: str) -> None:
    """Any text keeps its length, and folding twice changes nothing."""
    once = fold(text)
    assert len(once) == len(text)
    assert fold(once) == once


@given(st.text(max_size=40))
def test_nothing_invisible_is_left(text: str) -> None:
    """Control characters and lone surrogates become blanks."""
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in fold(text))


def test_only_what_is_written_in_two_ways_changes_its_shape() -> None:
    """Plain text stays, in the alphabet of any people; look-alikes and traditional forms are folded."""
    assert fold("Main Street") == "Main Street"
    assert fold("长江路12号") == "长江路12号"
    assert fold("⻢⻰⻛") == "马龙风"
    assert fold("長江路１２號３棟二單元") == "长江路12号3栋二单元"
    assert fold("\u2fa7江路") == "长江路"

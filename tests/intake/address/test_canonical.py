"""Comparable spellings: all wordings of one thing give one text, and of two things two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.address.canonical import canonical_field
from planner.intake.address.parse import FIELDS


@pytest.mark.parametrize(
    ("field", "wordings", "told"),
    [
        ("building", ["3栋", "3号楼", "３幢", "三号楼", "第3栋", "03栋", "3#"], "3"),
        ("building", ["甲3号楼", "甲3栋", "3甲号楼", "3号甲楼", "3甲栋"], "甲3"),
        ("road_number", ["甲12号", "12号甲", "12甲号"], "甲12"),
        ("sub_compound", ["小区", "住宅区"], ""),
        ("stairwell", ["2单元", "二单元", "2号", "2门", "02单元"], "2"),
        ("floor", ["5楼", "5层", "五层", "5F"], "5"),
        ("room", ["501室", "501号", "501"], "501"),
        ("road_number", ["12号", "十二号", "12号院", "１２号"], "12"),
        ("road_number", ["12、14号", "12,14号", "12和14号"], "12,14"),
        ("road_number", ["12至14号", "12-14号"], "12-14"),
        ("sub_compound", ["第3期", "3期", "三期", "III期"], "3期"),
        ("road", ["建设一路"], "建设1路"),
        ("road", ["1组", "一组", "第1组", "第一组", "第一村民小组", "1小组"], "1组"),
        ("road", ["十二队", "12队", "第12生产队"], "12队"),
        ("compound", ["青云里", "青云里青云里", "青 云 里"], "青云里"),
    ],
)
def test_wordings_of_one_thing(field: str, wordings: list[str], told: str) -> None:
    """Unit words, width, numerals and leading zeros say nothing of which one is meant."""
    assert {canonical_field(field, wording) for wording in wordings} == {told}


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("road_number", "12号", "12弄"),
        ("road_number", "12、14号", "1214号"),
        ("building", "3栋", "13栋"),
        ("building", "甲3栋", "乙3栋"),
        ("building", "3甲栋", "3栋"),
        ("road_number", "12甲号", "12号"),
        ("sub_compound", "3期", "3区"),
        ("road", "1组", "11组"),
        ("road", "1组", "1队"),
        ("road", "第一大道", "1组"),
    ],
)
def test_two_things_stay_two(field: str, one: str, other: str) -> None:
    """A lane is no number, two doors are not one, a phase is no quarter."""
    assert canonical_field(field, one) != canonical_field(field, other)


@pytest.mark.parametrize("field", ["province", "city", "district", "town"])
def test_numerals_in_names_of_divisions_are_names(field: str) -> None:
    """三门峡市 is no third city."""
    assert canonical_field(field, "三门峡市") == "三门峡市"


@given(
    st.sampled_from(FIELDS),
    st.text("0123456789一二三十号栋幢楼单元室层期区弄第-、,甲A路 ", max_size=12),
)
def test_twice_is_once(field: str, text: str) -> None:
    """A comparable spelling is its own."""
    once = canonical_field(field, text)
    assert canonical_field(field, once) == once

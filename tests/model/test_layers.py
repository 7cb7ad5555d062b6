"""Headings that a format cut short, and the names of fences."""

from __future__ import annotations

import pytest

from planner.model.layers import FENCES, whole_heading
from planner.model.schema import header_key


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("家庭住", "家庭住址"), ("是否中", "是否中心户"), ("building_n", "building_no"),
        ("户主姓", "户主姓名"), ("地址(必", "地址"), ("楼栋【", "楼栋"),
    ],
)  # fmt: skip
def test_what_is_sure_is_completed(cut: str, whole: str) -> None:
    """One column alone begins so; a bracket that was never closed says nothing."""
    assert whole_heading(cut) == whole


@pytest.mark.parametrize("text", ["编号", "社区名", "地", "自定义列", "OBJECTID", "ad", ""])
def test_what_is_not_sure_stays(text: str) -> None:
    """Known as it is, too short, of several columns, or of none."""
    assert whole_heading(text) == text


def test_names_of_fences_come_in_one_order() -> None:
    """Of several columns the first counts: the community before the district that it lies in."""
    keys = [header_key(h) for h in FENCES["fence"].headers]
    assert keys.index("社区") < keys.index("name") < keys.index("街道")
    assert len(set(keys)) == len(keys)

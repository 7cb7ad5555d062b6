"""A sheet that does not say where people live is refused with what was found, and without people."""

from __future__ import annotations

import numpy as np
import pytest

from planner.intake.sheets.read import SheetTable
from planner.intake.sheets.required import ENOUGH, is_complete, missing_columns
from planner.model.schema import BUILDINGS, HOUSEHOLDS


def table(*headers: str, unread: tuple[str, ...] = ()) -> SheetTable:
    """Give a sheet of these headers."""
    cells = np.full((1, len(headers)), "x", object)
    return SheetTable("a.xlsx", "表", headers, cells, np.array([2]), unread)


@pytest.mark.parametrize("parts", ENOUGH)
def test_each_way_to_say_where(parts: set[str]) -> None:
    """All columns of one way are enough; any of them fewer is not."""
    roles = {c.name: c.headers[0] for c in (*BUILDINGS.columns, *HOUSEHOLDS.columns)}
    kind = BUILDINGS if "name" in parts else HOUSEHOLDS
    headers = [roles[p] for p in sorted(parts)]
    assert is_complete(table("编号", *headers), kind)
    if len(parts) > 1:
        assert not is_complete(table("编号", headers[-1]), kind)


def test_the_nearest_headers_are_offered() -> None:
    """A slip of the pen is asked about."""
    (said,) = missing_columns([table("编号", unread=("家庭地止", "楼长"))], HOUSEHOLDS).findings
    assert said.code == "missing-column"
    assert "家庭地止" in said.what
    assert "is '家庭地止' meant as 地址?" in said.remedy


def test_a_wrong_encoding_is_seen_through() -> None:
    """Headers that are known ones, read wrongly, are told as they should be."""
    garbled = "地址".encode().decode("gb18030", "replace")
    (said,) = missing_columns([table("no", unread=(garbled, "x"))], HOUSEHOLDS).findings
    assert "the encoding is wrong" in said.remedy
    assert said.remedy_zh == "文件编码有误，请另存为 CSV UTF-8"


def test_people_in_the_place_of_a_header_are_not_told() -> None:
    """A sheet without a header begins with somebody; who that is stays out of the message."""
    t = table(unread=("合成居民甲", "13800000000", "幸福路"))
    (said,) = missing_columns([t], HOUSEHOLDS).findings
    assert "looks like residents" in said.what
    assert not any(
        word in str(said) + said.what_zh for word in ("合成居民", "13800000000", "幸福路")
    )


def test_every_sheet_is_told() -> None:
    """One finding a sheet; the files are named once."""
    error = missing_columns([table("楼层"), table("层")], HOUSEHOLDS)
    assert len(error.findings) == 2
    assert str(error).startswith("a.xlsx: required columns")

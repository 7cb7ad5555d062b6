"""Tables as data: headers are recognised however a clerk dresses them up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.schema import (
    ALIASES,
    BUILDINGS,
    HOUSEHOLDS,
    MEMBERS,
    PREVIOUS,
    Table,
    header_key,
    is_personal,
)

INPUTS = (HOUSEHOLDS, MEMBERS, BUILDINGS)


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("编号", "id"), ("ID", "id"), ("住 址", "address"), ("家庭住址", "address"),
        ("地址(必填)", "address"),
        ("＊地址：", "address"), ("经 度", "lon"), ("ｌｏｎ", "lon"), ("纬度", "lat"),
        ("楼栋", "building"),
        ("单元", "stairwell"), ("楼层", "floor"), ("房号", "room"), ("社区", "community"), ("权重", "load"),
        ("Home Address", "address"), ("household_id", "id"),
    ],
)  # fmt: skip
def test_headers(header: str, role: str) -> None:
    """B-HDR-SYN: blanks, brackets, width and synonyms name one role."""
    assert HOUSEHOLDS.roles[header_key(header)] == role


@pytest.mark.parametrize("header", ["是否中心户", "中心户", "centre", "Is_Center"])
def test_centre_headers(header: str) -> None:
    """The mark of a centre is known in both languages."""
    assert MEMBERS.roles[header_key(header)] == "is_centre"


@pytest.mark.parametrize("table", [HOUSEHOLDS, MEMBERS])
def test_no_personal_header_plays_a_role(table: Table) -> None:
    """Names, id numbers and phones have no role in any list of residents."""
    assert not [h for c in table.columns for h in c.headers if is_personal(h)]


@pytest.mark.parametrize("table", INPUTS)
def test_no_header_plays_two_roles(table: Table) -> None:
    """Each header stands for one column."""
    keys = [header_key(h) for c in table.columns for h in c.headers]
    assert len(set(keys)) == len(keys)


def test_personal_headers() -> None:
    """They are recognised in order to be left unread."""
    assert all(map(is_personal, ("姓名", "户主 姓名", "身份证号(18位)", "联系电话1", "Phone")))
    assert not any(map(is_personal, ("地址", "编号", "lon", "楼栋")))


@pytest.mark.parametrize("table", [*INPUTS, PREVIOUS, ALIASES])
def test_the_first_two_headers_are_the_products_own(table: Table) -> None:
    """A Chinese and an English header come first: those stand in messages and in what is written."""
    for column in table.columns:
        chinese, english = column.headers[:2]
        assert not chinese.isascii()
        assert english.isascii()
        assert table.roles[header_key(chinese)] == column.name == table.roles[header_key(english)]


@given(st.sampled_from([h for t in INPUTS for c in t.columns for h in c.headers]), st.data())
def test_marks_around_a_header_do_not_matter(header: str, data: st.DataObject) -> None:
    """Blanks within, a bracket behind, a colon: how clerks dress a header up."""
    at = data.draw(st.integers(0, len(header)))
    dressed = f"＊{header[:at]} {header[at:]}（必填）："
    assert header_key(dressed) == header_key(header)


def test_a_header_of_brackets_alone_keeps_its_text() -> None:
    """Where nothing is left outside the brackets, what stands in them is the header."""
    assert header_key("（地址）") == "(地址)"

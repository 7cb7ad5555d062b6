"""A heading is known as the project states it, as offices write it, or by its parts; rivals are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import SchemaError
from planner.intake.sheets.headings import is_register, role_of, roles_of, toml_line
from planner.model.schema import BUILDINGS, HOUSEHOLDS, MEMBERS, PREVIOUS


@pytest.mark.parametrize(
    ("header", "role"),
    [("地址", "address"), ("地 址(必填)", "address"), ("＊地址：", "address"), ("ADDRESS", "address"),
     ("户编号 Household", "id"), ("住址/楼栋", "building"),
     ("经度", "lon"), ("姓名", ""), ("", ""), ("/", "")],
)  # fmt: skip
def test_roles(header: str, role: str) -> None:
    """Brackets, blanks, width and language do not matter; what is not known has no role."""
    assert role_of(header, HOUSEHOLDS) == role


@given(
    st.lists(st.sampled_from(["现", "目前", "实际", "居住", "家庭", "详细", "房屋"]), max_size=3),
    st.sampled_from(["地址", "住址", "居住地"]),
)
def test_an_address_by_its_parts(parts: list[str], core: str) -> None:
    """Whatever adorns it, it is where people live; less so with the register, never with a workplace."""
    header = "".join(parts) + core
    assert role_of(header, HOUSEHOLDS) == role_of(header, MEMBERS) == "address"
    assert not is_register(header)
    assert role_of("户籍" + header, HOUSEHOLDS) == "address"
    assert is_register("户籍" + header)
    for elsewhere in ("工作单位", "单位", "配偶", "紧急联系人"):
        assert role_of(elsewhere + header, HOUSEHOLDS) == ""
    assert role_of(header, PREVIOUS) == ""


@pytest.mark.parametrize(
    "header",
    [
        "工作单位/地址",
        "单位地址",
        "Work address",
        "email address",
        "地址簿",
        "住址证明",
        "子女现住址",
        "Company/Address",
    ],
)
def test_what_is_no_home(header: str) -> None:
    """A part that is not known, or a group that is another place, makes it another thing."""
    assert role_of(header, HOUSEHOLDS) == ""


def test_competing_columns_are_all_named() -> None:
    """Every clash at once, with both headings and the line that settles it."""
    with pytest.raises(SchemaError) as caught:
        roles_of(["住址", "居住地", "栋", "幢"], HOUSEHOLDS, file="a.xlsx", sheet="表")
    assert [f.column for f in caught.value.findings] == ["住址", "栋"]
    first = caught.value.findings[0]
    assert "住址, 居住地" in first.what
    assert 'households = { "住址" = "地址" }' in first.remedy
    assert "住址、居住地" in first.what_zh
    assert first.remedy_zh
    assert caught.value.told(["zh"]).startswith("a.xlsx：")
    assert roles_of(["中心户"], MEMBERS, file="a", sheet="") == ({"is_centre": 0}, [])


def test_an_address_beside_another_is_never_chosen_silently() -> None:
    """The product's own heading wins over synonyms, and says so; of two addresses none does."""
    with pytest.raises(SchemaError, match="地址, 现住址"):
        roles_of(["地址", "现住址"], HOUSEHOLDS, file="a", sheet="")
    roles, said = roles_of(["编号", "户号", "地址"], HOUSEHOLDS, file="a", sheet="s")
    assert roles == {"id": 0, "address": 2}
    assert [(f.code, f.column, f.file, f.sheet) for f in said] == [
        ("header-preferred", "编号", "a", "s")
    ]
    assert "户号" in said[0].what


def test_the_register_counts_only_where_nothing_else_stands() -> None:
    """Beside a home address it is left; alone it is a question, unless the project has answered it."""
    assert roles_of(["户籍地址", "现居住地址"], HOUSEHOLDS, file="", sheet="") == (
        {"address": 1},
        [],
    )
    assert roles_of(["户籍地址", "小区", "楼栋"], HOUSEHOLDS, file="", sheet="")[0] == {
        "compound": 1,
        "building": 2,
    }
    roles, said = roles_of(["编号", "户籍地址"], HOUSEHOLDS, file="", sheet="")
    assert roles["address"] == 1
    assert [f.code for f in said] == ["register-address"]
    with pytest.raises(SchemaError):
        roles_of(["户籍地址", "通讯地址"], HOUSEHOLDS, file="", sheet="")
    told = HOUSEHOLDS.told({"户籍地址": "address"})
    assert roles_of(["编号", "户籍地址"], told, file="", sheet="")[1] == []


def test_the_project_has_the_last_word() -> None:
    """A stated heading wins over all that is known, may be any text, and "" leaves a column unread."""
    told = HOUSEHOLDS.told({"住哪儿": "address", "楼栋": ""})
    assert role_of("住哪儿", told) == "address"
    assert role_of(" 住哪儿（必填）", told) == "address"
    assert role_of("楼栋", told) == ""
    roles, said = roles_of(["地址", "住哪儿", "现住址"], told, file="", sheet="")
    assert (roles, said) == ({"address": 1}, [])
    # what the members' sheet says beyond this table is none of its columns
    assert role_of("评语", MEMBERS.told({"评语": "strengths"})) == ""


def test_the_line_that_settles_it() -> None:
    """As it is to stand in the project file; an empty one leaves the column unread."""
    assert toml_line(BUILDINGS, "楼宇", "building") == 'buildings = { "楼宇" = "楼栋" }'
    assert toml_line(HOUSEHOLDS, "人口", "") == 'households = { "人口" = "" }'

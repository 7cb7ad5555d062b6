"""Tables as data: headers are recognised, and all faults of a table are told at once."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from planner.errors import SchemaError
from planner.model.schema import (
    BUILDINGS,
    CENTRES,
    GAPS,
    HOUSEHOLDS,
    MEMBERS,
    PLAN_HOUSEHOLDS,
    PLAN_MEMBERS,
    UNITS,
    ZONES,
    check,
    header_key,
    is_personal,
    require,
)

INPUTS = (HOUSEHOLDS, MEMBERS, BUILDINGS)
PLAN = (UNITS, PLAN_HOUSEHOLDS, PLAN_MEMBERS, CENTRES, ZONES, GAPS)


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
def test_no_personal_header_plays_a_role(table: object) -> None:
    """Names, id numbers and phones have no role in any list of residents."""
    assert not [h for c in table.columns for h in c.headers if is_personal(h)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", INPUTS)
def test_no_header_plays_two_roles(table: object) -> None:
    """Each header stands for one column."""
    keys = [header_key(h) for c in table.columns for h in c.headers]  # type: ignore[attr-defined]
    assert len(set(keys)) == len(keys)


def test_personal_headers() -> None:
    """They are recognised in order to be left unread."""
    assert all(map(is_personal, ("姓名", "户主 姓名", "身份证号(18位)", "联系电话1", "Phone")))
    assert not any(map(is_personal, ("地址", "编号", "lon", "楼栋")))


def test_every_fault_is_told_at_once() -> None:
    """Missing column, wrong kind, null and repeated keys, degrees out of range."""
    frame = pd.DataFrame({"id": ["1", "1", ""], "lon": [1.0, 200.0, 3.0], "lat": ["a", "b", "c"]})
    faults = check(frame, MEMBERS)
    assert sorted(f.code for f in faults) == [
        "duplicate-key",
        "null-key",
        "out-of-range",
        "wrong-kind",
    ]
    with pytest.raises(SchemaError) as error:
        require(frame, MEMBERS)
    assert error.value.findings == tuple(faults)
    assert [f.column for f in check(pd.DataFrame({"x": [1]}), MEMBERS)] == ["id"]


@pytest.mark.parametrize("table", PLAN)
def test_plan_tables_name_their_key(table: object) -> None:
    """Each table of a plan has a key among its columns, and its ids never count as public."""
    assert table.key in table.names  # type: ignore[attr-defined]
    assert table[table.key].privacy != "public"  # type: ignore[index]


def test_a_good_table_has_no_faults() -> None:
    """An empty finding list means that the table can be used."""
    frame = gpd.GeoDataFrame(
        {
            "household_id": ["1"],
            "unit_id": ["u"],
            "fence": [""],
            "zone": ["c"],
            "cause": ["x"],
            "detail": [""],
        },
        geometry=gpd.points_from_xy([1.0], [2.0]),
        crs="EPSG:4326",
    )
    assert check(frame, GAPS) == []
    require(frame, GAPS)
    assert [f.column for f in check(frame.drop(columns="zone"), GAPS)] == ["zone"]

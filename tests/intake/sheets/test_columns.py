"""Addresses that offices keep in several columns: one line, as if written out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import SchemaError
from planner.intake.address.parse import parse_address
from planner.intake.residents import read_buildings, read_households, read_members
from planner.intake.sheets.columns import addresses_of, on_road


def row(**parts: str) -> pd.DataFrame:
    """Give a frame of one row; what is not named is empty."""
    names = ("address", "compound", "road", "road_number", "building", "community", "room")
    return pd.DataFrame({name: [parts.get(name, "")] for name in names}, dtype=object)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"compound": "阳光花园", "building": "3"}, "阳光花园3栋"),
        ({"compound": "阳光花园", "building": "3栋", "community": "柳荫社区"}, "阳光花园3栋"),
        ({"community": "柳荫社区", "building": "3号楼"}, "柳荫社区3号楼"),
        ({"compound": "阳光花园", "building": "3楼"}, "阳光花园3号楼"),
        ({"compound": "阳光花园", "building": "甲3 楼"}, "阳光花园甲3号楼"),
        ({"compound": "阳光花园", "building": "综合楼"}, "阳光花园综合楼"),
        ({"road": "幸福路", "road_number": "12"}, "幸福路12号"),
        ({"road": "幸福路", "road_number": "12-1"}, "幸福路12-1号"),
        ({"road": "幸福路", "road_number": "12号", "compound": "阳光花园", "building": "B"},
         "幸福路12号阳光花园B栋"),
        ({"road": "幸福路12号", "road_number": "12"}, "幸福路12号"),
        ({"community": "柳荫社区", "road_number": "12号"}, "柳荫社区12号"),
        ({"road": "Main Street", "road_number": "12"}, "Main Street 12"),
        ({"address": "3栋2单元501", "compound": "阳光花园"}, "阳光花园3栋2单元501"),
        ({"address": "3-2-501", "road": "幸福路", "road_number": "12"}, "幸福路12号3-2-501"),
        ({"address": "幸福路12号3栋", "compound": "阳光花园", "building": "3"}, "幸福路12号3栋"),
        ({"address": "12 Main Street", "compound": "Sunny Court"}, "12 Main Street"),
        ({"community": "柳荫社区"}, ""),
        ({"building": "3栋"}, ""),
        ({"road_number": "12号"}, ""),
    ],
)  # fmt: skip
def test_the_line_that_would_be_written(parts: dict[str, str], said: str) -> None:
    """Every part stands once; an address that names a place is left as it is."""
    assert addresses_of(row(**parts)).tolist() == [said]


def test_a_put_together_line_is_read_again() -> None:
    """The parts come back out of the line."""
    found = parse_address(
        addresses_of(row(road="幸福路", road_number="12", compound="阳光花园", building="3")).iloc[
            0
        ]
    )
    assert (found.road, found.compound) == ("幸福路", "阳光花园")
    assert (found.road_number, found.building) == ("12号", "3栋")


def test_roads_of_many_rows_keep_their_index() -> None:
    """Row by row, whatever the index."""
    road = pd.Series(["幸福路", ""], index=[7, 3], dtype=object)
    number = pd.Series(["1", ""], index=[7, 3], dtype=object)
    assert on_road(road, number).to_dict() == {7: "幸福路1号", 3: ""}


@pytest.mark.parametrize(
    ("header", "cells", "address"),
    [
        ("编号,所属社区,小区名称,楼栋号,单元号,房号", "1,柳荫社区,阳光花园,3,2,501", "阳光花园3栋"),
        ("编号,路名,门牌号,户主", "1,幸福路,12,某", "幸福路12号"),
        ("ID,Street,House number", "1,Main Street,12", "Main Street 12"),
    ],
)
def test_sheets_with_split_addresses(header: str, cells: str, address: str, tmp_path: Path) -> None:
    """Households and members alike; no column of the address is left unread."""
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n{cells}\n", "utf-8")
    for read in (read_households, read_members):
        got = read(path)
        assert got.kept["address"].tolist() == [address]
        unread = [f.what for f in got.findings if f.code == "columns-unread"]
        assert not [w for w in unread if "户主" not in w]


def test_building_tables_with_split_addresses(tmp_path: Path) -> None:
    """楼栋表: road and number make the address; the compound stays the name."""
    path = tmp_path / "b.csv"
    path.write_text(
        "小区,楼栋,道路,门牌号,经度,纬度\n阳光花园,3,幸福路,12,116.8,32.6\n"
        ",,幸福路,14号,116.8,32.61\n",
        "utf-8",
    )
    table, _ = read_buildings(path)
    assert table["address"].tolist() == ["幸福路12号", "幸福路14号"]
    assert table["name"].tolist() == ["阳光花园", ""]


WORDS = st.sampled_from(
    ["", "3", "3栋", "12号", "幸福路", "Main", "阳光花园", "3-2-501", " ", "０３", "同上", "龘"]
)
TEXT = WORDS | st.text(max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_nothing_that_was_written_is_lost(rows: list[tuple[str, ...]]) -> None:
    """Whatever the cells hold, a written address stays whole, and rows do not touch one another."""
    names = ["address", "compound", "road", "road_number", "building", "community"]
    frame = pd.DataFrame(rows, columns=names, dtype=object).assign(room="")
    made = addresses_of(frame)
    assert all(text.endswith(whole) for text, whole in zip(made, frame["address"], strict=True))
    alone = [
        addresses_of(frame.iloc[[i]].reset_index(drop=True)).iloc[0] for i in range(len(frame))
    ]
    assert made.tolist() == alone


def test_a_number_alone_is_too_little(tmp_path: Path) -> None:
    """Where no column says on which road or in which estate, the sheet is refused."""
    path = tmp_path / "a.csv"
    path.write_text("编号,门牌号\n1,12号\n", "utf-8")
    with pytest.raises(SchemaError, match="required columns"):
        read_households(path)

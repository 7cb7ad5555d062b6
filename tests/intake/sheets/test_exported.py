"""What exports do to texts is undone in every column of texts and ids, or marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.errors import SchemaError
from planner.intake.residents import read_buildings, read_households
from planner.intake.sheets.exported import undone

TEXTS = ("编号", "地址", "小区", "道路", "门牌号", "楼栋", "单元", "楼层", "房号", "社区")
ROLES = (
    "id",
    "address",
    "compound",
    "road",
    "road_number",
    "building",
    "stairwell",
    "floor",
    "room",
    "community",
)


def one(text: str, role: str) -> tuple[str, str, list[str]]:
    """Give what a cell becomes, its fault, and the codes that are told."""
    cells, faults, said = undone(np.array([[text]], object), {}, ["x"], [role])
    return cells[0, 0], faults.get((0, 0), ""), [f.code for f in said]


@pytest.mark.parametrize("role", [*ROLES, ""])
@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ('="0012"', "0012"), ('= "H0001"', "H0001"), ('="a""b"', 'a"b'), ("'0012", "0012"), ("`3404", "3404"),
        ("'幸福路", "幸福路"), ("'=1+1", "=1+1"),
    ],
)  # fmt: skip
def test_guards_are_taken_off(text: str, becomes: str, role: str) -> None:
    """In every column, and told."""
    assert one(text, role) == (becomes, "", ["text-guard"])


@pytest.mark.parametrize("role", ROLES)
def test_numbers_with_a_point(role: str) -> None:
    """What a table program makes of 12 where a cell of the column is empty."""
    told = "id-float" if role == "id" else "point-zero"
    assert one("12.0", role) == ("12", "", [told])
    assert one("-3.00", role) == ("-3", "", [told])
    assert one('="12.0"', role) == ("12", "", ["text-guard", told])
    assert one("1.50", role)[0] == "1.50"


@pytest.mark.parametrize("role", ["lon", "lat", "load", "coordinates"])
def test_numbers_stay_numbers(role: str) -> None:
    """Coordinates and loads are read as numbers: only their guards go."""
    assert one("116.0", role) == ("116.0", "", [])
    assert one("1.2E+02", role) == ("1.2E+02", "", [])
    assert one('="116.5"', role) == ("116.5", "", ["text-guard"])


@pytest.mark.parametrize(
    "text", ["3.40405E+17", "3.404051990010112e+17", "1E+05", "340405199001010000.0"]
)
def test_digits_that_are_lost_are_marked(text: str) -> None:
    """The text of a number past fifteen digits, not only the number."""
    assert one(text, "id")[1] == "long"


@pytest.mark.parametrize(
    "text",
    [
        "3月2日",
        "2-Mar",
        "Mar-26",
        "2-Mar-26",
        "2026-03-02",
        "2026/3/2",
        "2026/3/2 0:00",
        "2026年3月2日",
        "2026-03-02 00:00:00",
    ],
)
def test_dates_are_marked(text: str) -> None:
    """What becomes of 3-2, in any of its spellings."""
    assert one(text, "building") == (text, "date", [])


@pytest.mark.parametrize(
    "text",
    [
        "3-2-501",
        "=1+1",
        "-2+3",
        "O'Hara",
        "12E3",
        "'t Hof's",
        "3-2",
        "幸福路12号",
        "1.0.0",
        '="open',
        "A.0",
        "2E+1x",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    """Names, doors and formulas are texts."""
    assert one(text, "address") == (text, "", [])


@pytest.mark.parametrize("header", [t for t in TEXTS if t not in ("编号", "单元", "楼层", "房号")])
def test_a_date_where_a_place_stands_holds_the_row(tmp_path: Path, header: str) -> None:
    """In each column of which an address is put together."""
    columns = dict.fromkeys(("道路", "门牌号", "楼栋", "小区", "社区"), "") | {
        "道路": "幸福路",
        "门牌号": "12",
        header: "3月2日",
    }
    (tmp_path / "a.csv").write_text(
        f"编号,{','.join(columns)}\nA1,{','.join(columns.values())}\nA2,幸福路,14,,,\n", "utf-8"
    )
    read = read_households(tmp_path / "a.csv")
    assert read.held[["id", "code"]].to_numpy().tolist() == [["A1", "date-cell"]]
    assert list(read.kept["id"]) == ["A2"]


@pytest.mark.parametrize("header", ["单元", "楼层", "房号"])
def test_a_date_within_a_building_is_left_out(tmp_path: Path, header: str) -> None:
    """The home is found without it; it is told once."""
    (tmp_path / "a.csv").write_text(
        f"编号,地址,{header}\nA1,幸福路12号,3月2日\nA2,幸福路14号,2\n", "utf-8"
    )
    read = read_households(tmp_path / "a.csv")
    assert list(read.kept["id"]) == ["A1", "A2"]
    assert [f.code for f in read.findings] == ["date-cell"]


def test_ids_that_lost_their_digits_stop(tmp_path: Path) -> None:
    """As numbers of a workbook do."""
    (tmp_path / "a.csv").write_text(
        "编号,地址\n3.40405E+17,幸福路12号\n3.40406E+17,幸福路14号\n", "utf-8"
    )
    with pytest.raises(SchemaError) as caught:
        read_households(tmp_path / "a.csv")
    assert [(f.code, f.row) for f in caught.value.findings] == [
        ("long-number", 2),
        ("long-number", 3),
    ]


def test_a_table_of_buildings_is_mended_alike(tmp_path: Path) -> None:
    """The office's own table comes out of the same programs."""
    (tmp_path / "b.csv").write_text('小区,楼栋,经度,纬度\n="向阳小区",3.0,116.8,32.6\n', "utf-8")
    table, said = read_buildings(tmp_path / "b.csv")
    assert table[["name", "building"]].to_numpy().tolist() == [["向阳小区", "3"]]
    assert {f.code for f in said} == {"text-guard", "point-zero"}

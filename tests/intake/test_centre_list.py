"""A list of the centres alone says who is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.intake.centre_list import is_centre_list
from planner.intake.residents import read_members
from planner.intake.sheets.read import read_table
from planner.model.schema import MEMBERS


def put(folder: Path, name: str, *lines: str) -> Path:
    """Write a sheet."""
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        *(
            ("中心户名单", True),
            ("党员中心户花名册", True),
            ("中心户", True),
            ("東社區中心戶名冊", True),
        ),
        *(("2026年八公山街道中心户信息表", True), ("中心户一览表（定稿）", True)),
        *(
            ("党员名单", False),
            ("中心户联系党员名册", False),
            ("候选中心户名单", False),
            ("名册", False),
        ),
    ],
)
def test_lists_are_known_by_their_names(tmp_path: Path, name: str, listed: bool) -> None:
    """The whole name says it; a column 是否中心户 says more than any name."""
    (table,) = read_table(put(tmp_path, name, "编号,地址", "M1,幸福路1号"), table=MEMBERS)
    assert is_centre_list(table) == listed
    (table,) = read_table(
        put(tmp_path, name, "编号,地址,是否中心户", "M1,幸福路1号,否"), table=MEMBERS
    )
    assert not is_centre_list(table)


def test_the_list_marks_members_of_other_sheets(tmp_path: Path) -> None:
    """By id, whatever its address says; who stands in the list alone is both; a no is told."""
    members = put(
        tmp_path,
        "党员名单",
        "编号,地址,是否中心户",
        *(f"M{i},幸福路{i}号," for i in range(1, 5)),
        "M5,幸福路5号,否",
    )
    centres = put(
        tmp_path,
        "中心户名单",
        "编号,地址",
        "M2,幸福路2号1单元",
        "Ｍ４,",
        "M9,幸福路9号",
        "M5,幸福路5号",
    )
    read = read_members([members, centres])
    kept = read.kept.set_index("id")["is_centre"]
    assert kept.to_dict() == {
        "M1": False, "M2": True, "M3": False, "M4": True, "M5": False, "M9": True
    }  # fmt: skip
    assert (read.rows_read, read.repeated, len(read.held)) == (9, 3, 0)
    told = [(f.code, f.file, f.row) for f in read.findings if f.code.startswith("centre-")]
    assert told == [
        ("centre-listed", "中心户名单.csv", 2),
        ("centre-listed", "中心户名单.csv", 3),
        ("centre-by-list", "中心户名单.csv", 4),
        ("centre-listed", "中心户名单.csv", 5),
        ("centre-denied", "中心户名单.csv", 5),
    ]


def test_a_list_alone_is_all_centres(tmp_path: Path) -> None:
    """Where nothing else is handed in, each row is a member and a centre."""
    read = read_members(put(tmp_path, "中心户名单", "编号,地址", "M1,幸福路1号", "M2,幸福路2号"))
    assert read.kept["is_centre"].tolist() == [True, True]

"""One home a household, however many of its people stand in the sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.api.people import people_in
from planner.intake.residents import Residents, read_households
from planner.model.project import Project

HEAD = "编号,户号,姓名,与户主关系,家庭住址,残疾"
PEOPLE = [
    "R1,H1,合成甲,户主,幸福路1号,",
    "R2,H1,合成乙,妻,幸福路１号2单元,是",
    "R3,H2,合成丙,户主,幸福路2号,",
    "R4,H2,合成丁,子,,",
    "R5,H3,合成戊,孙,幸福路3号,",
    "R6,H3,合成己,孙女,幸福路3号,",
]


def read(folder: Path, *lines: str) -> Residents:
    """Read a sheet of homes."""
    path = folder / "人口.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return read_households(path)


def columns(lines: list[str], *left_out: int) -> list[str]:
    """Leave columns out."""
    cells = [line.split(",") for line in lines]
    return [",".join(c for i, c in enumerate(row) if i not in left_out) for row in cells]


@pytest.mark.parametrize("left_out", [(), (0,)])
def test_a_household_is_one_home_by_its_number(tmp_path: Path, left_out: tuple[int, ...]) -> None:
    """Its number counts and not that of the person; without a householder the first row stands."""
    got = read(tmp_path, *columns([HEAD, *PEOPLE], *left_out))
    assert got.kept["id"].tolist() == ["H1", "H2", "H3"]
    assert got.kept["address"].tolist() == ["幸福路1号", "幸福路2号", "幸福路3号"]
    assert (got.rows_read, got.repeated) == (6, 3)
    assert [f.row for f in got.findings if f.code == "person-of-home"] == [3, 5, 7]


@pytest.mark.parametrize("left_out", [(1,), (0, 1)])
def test_without_a_number_who_stands_below_at_the_same_door_belongs(
    tmp_path: Path, left_out: tuple[int, ...]
) -> None:
    """People's own numbers join nobody; another address is another home."""
    got = read(tmp_path, *columns([HEAD, *PEOPLE], *left_out))
    assert got.kept["address"].tolist() == ["幸福路1号", "幸福路1号2单元", "幸福路2号", "幸福路3号"]
    assert (got.rows_read, got.repeated) == (6, 2)


def test_a_sheet_of_householders_alone_is_as_it_was(tmp_path: Path) -> None:
    """Where nobody is anything else, nothing is joined."""
    got = read(
        tmp_path, "编号,与户主关系,家庭住址", "1,户主,幸福路1号", "2,本人,幸福路1号", "3,,幸福路1号"
    )
    assert (len(got.kept), got.repeated) == (3, 0)


def test_who_needs_care_in_a_household_is_its_own(tmp_path: Path) -> None:
    """A mark in the row of a wife counts for the home."""
    homes = read(tmp_path, *columns([HEAD, *PEOPLE], 0))
    stated = {"inputs": {"households": "人口.csv", "members": "人口.csv", "detour_factor": 1.3}}
    project = Project.from_mapping(stated, folder=tmp_path, where="project")
    people = people_in(project, (homes, homes))
    assert {home: person.care for home, person in people.households.items() if person.care} == {
        "H1": ("残疾",)
    }


BUILDINGS = [
    "编号,社区,地址,户数",
    "B1,甲社区,幸福路1号,3",
    "B2,甲社区,幸福路2号,1",
    "B3,甲社区,幸福路3号,２户",
]


def test_a_row_of_a_building_is_as_many_homes(tmp_path: Path) -> None:
    """Each with an id of its own and the work of one home; what is no number of homes is held."""
    got = read(tmp_path, *BUILDINGS)
    assert got.kept["id"].tolist() == ["B1", "B1-2", "B1-3", "B2", "B3", "B3-2"]
    assert got.kept["load"].tolist() == [1.0] * 6
    (told,) = [f for f in got.findings if f.code == "homes-in-row"]
    assert (told.row, told.column) == (2, "户数")
    assert "2 row(s) stand for 5 homes" in told.what
    none = read(tmp_path, *BUILDINGS, "B4,甲社区,幸福路4号,0", "B5,甲社区,幸福路5号,若干")
    assert none.held["id"].tolist() == ["B4", "B5"]
    assert len(none.kept) == 6


def test_without_ids_the_homes_of_a_building_are_no_repetition(tmp_path: Path) -> None:
    """Nor are they work: a column of work stays one."""
    bare = columns(BUILDINGS, 0)
    got = read(tmp_path, *bare)
    assert (len(got.kept), got.repeated, got.kept["id"].nunique()) == (6, 0, 6)
    work = read(tmp_path, *(line.replace("户数", "工作量") for line in BUILDINGS))
    assert work.kept["load"].tolist() == [3.0, 1.0, 2.0]


def test_a_count_beside_sheets_without_one_is_no_measure(tmp_path: Path) -> None:
    """Homes that are counted in one sheet and listed in another are all homes."""
    (tmp_path / "甲.csv").write_text("\n".join(BUILDINGS) + "\n", "utf-8")
    (tmp_path / "乙.csv").write_text("编号,社区,地址\nC1,甲社区,幸福路9号\n", "utf-8")
    got = read_households([tmp_path / "甲.csv", tmp_path / "乙.csv"])
    assert len(got.kept) == 7


def test_the_same_as_above_is_the_same_home(tmp_path: Path) -> None:
    """A wife whose address is 同上 makes no second home."""
    got = read(
        tmp_path,
        "序号,姓名,与户主关系,家庭住址",
        "1,合成甲,户主,幸福路1号",
        "2,合成乙,妻,同上",
        "3,合成丙,子,〃",
        "4,合成丁,户主,幸福路2号",
        "5,合成戊,妻,同上",
    )
    assert got.kept["address"].tolist() == ["幸福路1号", "幸福路2号"]
    assert got.repeated == 3

"""What the next command goes on from: a copy of the sheet with the marks, a project file with other paths."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import planner
from planner.api.site.handover import marked_members, next_project
from planner.model.project import Project

SHEET = "编号,姓名,地址,是否中心户,备注\nM1,甲,幸福路1号,是,=1+1\nM2,乙,幸福路2号,,007\n,丙,幸福路3号,否,\n"


def copied(folder: Path, text: str, chosen: set[str]) -> pd.DataFrame:
    """Read a sheet, mark the chosen, and read the copy as plain text."""
    (folder / "m.csv").write_text(text, "utf-8")
    data = marked_members(folder / "m.csv", planner.read_members(folder / "m.csv"), chosen)
    (folder / "copy.xlsx").write_bytes(data)
    return pd.read_excel(folder / "copy.xlsx", dtype=str, engine="calamine", keep_default_na=False)


def test_the_marks_are_set_anew_and_all_else_stays(tmp_path: Path) -> None:
    """Same columns and rows as text; formulas and leading zeros stay what they were."""
    copy = copied(tmp_path, SHEET, {"M2"})
    assert list(copy.columns) == ["编号", "姓名", "地址", "是否中心户", "备注"]
    assert copy["是否中心户"].tolist() == ["否", "是", "否"]
    assert copy["备注"].tolist() == ["=1+1", "007", ""]
    assert copy["姓名"].tolist() == ["甲", "乙", "丙"]


def test_a_row_without_an_id_carries_the_one_it_was_given(tmp_path: Path) -> None:
    """The made-up id can be chosen, and is written down."""
    (tmp_path / "m.csv").write_text(SHEET, "utf-8")
    made = planner.read_members(tmp_path / "m.csv").kept["id"].tolist()[2]
    copy = copied(tmp_path, SHEET, {made})
    assert copy["编号"].tolist() == ["M1", "M2", made]
    assert copy["是否中心户"].tolist() == ["否", "否", "是"]


def test_columns_that_are_missing_are_added(tmp_path: Path) -> None:
    """Neither ids nor marks: ids come first, marks last."""
    copy = copied(tmp_path, "地址\n幸福路1号\n幸福路2号\n", set())
    assert list(copy.columns) == ["编号", "地址", "是否中心户"]
    assert copy["是否中心户"].tolist() == ["否", "否"]
    assert copy["编号"].is_unique


def test_a_repeated_row_goes_by_its_own_id(tmp_path: Path) -> None:
    """A member who stands there twice is marked twice."""
    copy = copied(tmp_path, "编号,地址\nM1,幸福路1号\nM1,幸福路1号\n", {"M1"})
    assert copy["是否中心户"].tolist() == ["是", "是"]


def test_equal_sheets_give_equal_bytes(tmp_path: Path) -> None:
    """No time stamp in the copy."""
    (tmp_path / "m.csv").write_text(SHEET, "utf-8")
    members = planner.read_members(tmp_path / "m.csv")
    one, two = (marked_members(tmp_path / "m.csv", members, {"M1"}) for _ in range(2))
    assert one == two


PROJECT = """# 项目 project
[outputs]
title = "八公山"
[inputs]
households = "sheets/h.csv"   # 居民
members = 'sheets/m.csv'
streets = "/data/town.osm.pbf"
detour_factor = 1.3
{inputs}
[rules]
households_per_zone = {{ low = 0, high = 40 }}
{more}
"""


def rewritten(
    folder: Path, inputs: str = "", more: str = ""
) -> tuple[Project, Project | None, str | None]:
    """Write a project, move it to a folder beside it, and read both."""
    file = folder / "planner.toml"
    file.write_text(PROJECT.format(inputs=inputs, more=more), "utf-8")
    out = folder / "out"
    out.mkdir(exist_ok=True)
    text = next_project(file, out, "members.xlsx")
    if text is None:
        return Project.read(file), None, None
    (out / "planner.toml").write_text(text, "utf-8")
    return Project.read(file), Project.read(out / "planner.toml"), text


def test_paths_follow_and_comments_stay(tmp_path: Path) -> None:
    """The same files from another folder; the members' sheet is the copy."""
    old, new, text = rewritten(tmp_path)
    assert new is not None
    assert text is not None
    assert new.inputs.members == tmp_path / "out" / "members.xlsx"
    assert new.inputs.households.resolve() == old.inputs.households.resolve()
    assert 'households = "../sheets/h.csv"   # 居民' in text
    assert "# 项目 project" in text
    assert new.title == "八公山"
    assert new.rules == old.rules


def test_what_lay_beside_the_project_is_named(tmp_path: Path) -> None:
    """Answers and caches by default lie beside the project file: the new one names those."""
    old, new, text = rewritten(tmp_path)
    assert new is not None
    assert text is not None
    assert 'accepted = "../accepted.csv"' in text
    assert new.inputs.accepted is not None
    assert old.inputs.accepted is not None
    assert new.inputs.accepted.resolve() == old.inputs.accepted.resolve()


def test_stated_ones_are_not_stated_twice(tmp_path: Path) -> None:
    """An own place for the answers stays that place, once."""
    _, new, text = rewritten(tmp_path, 'accepted = "mine/accepted.csv"')
    assert new is not None
    assert text is not None
    assert text.count("accepted") == 2
    assert '"../mine/accepted.csv"' in text


@pytest.mark.parametrize("section", ["[mentors]", "[[levels]]\nname = 'lead'"])
def test_sheets_of_levels_follow(tmp_path: Path, section: str) -> None:
    """Who guides the centres stands in a sheet of its own, or of its level's."""
    old, new, _ = rewritten(tmp_path, more=f'{section}\nsheet = "guides.csv"\n')
    assert new is not None
    assert [x.sheet.resolve() for x in new.levels if x.sheet] == [
        x.sheet.resolve() for x in old.levels if x.sheet
    ]
    assert len(new.levels) == 1


def test_what_cannot_be_rewritten_line_by_line_is_not(tmp_path: Path) -> None:
    """An inline table of inputs: nothing rather than something wrong."""
    file = tmp_path / "planner.toml"
    file.write_text(
        'inputs = { households = "h.csv", members = "m.csv", detour_factor = 1.3 }\n', "utf-8"
    )
    assert next_project(file, tmp_path / "out", "members.xlsx") is None


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    """Files from Notepad begin with one."""
    file = tmp_path / "planner.toml"
    file.write_text(PROJECT.format(inputs="", more=""), "utf-8-sig")
    assert next_project(file, tmp_path / "out", "members.xlsx") is not None

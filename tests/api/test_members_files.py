"""Members may stand in several files, as households may: named, in a folder, or by a pattern."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.api.fill import fill
from planner.api.people import people_of
from planner.api.site.handover import marked_members, next_project
from planner.api.zone import run
from planner.demand.ties.bind import strengths_in
from planner.intake.residents import read_members
from planner.model.project import Project
from tests.api.small import write_small_office


def divided(folder: Path, stated: str) -> Path:
    """Write the small office with its members in two files of one layout."""
    project = write_small_office(folder)
    head, *rows = (folder / "members.csv").read_text("utf-8").splitlines()
    (folder / "members.csv").unlink()
    (folder / "people").mkdir()
    for name, own in (("east", rows[:2]), ("west", rows[2:])):
        lines = [f"{head},特长,姓名", *(f"{row},调解,{name}甲{k}" for k, row in enumerate(own))]
        (folder / "people" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    text = project.read_text("utf-8").replace('members = "members.csv"', f"members = {stated}")
    project.write_text(text, "utf-8")
    return project


@pytest.mark.parametrize(
    "stated", ['["people/east.csv", "people/west.csv"]', '"people"', '"people/*.csv"']
)
def test_a_plan_of_members_in_several_files(tmp_path: Path, stated: str) -> None:
    """All of them count, names are known by file, and each file comes back filled in."""
    project = divided(tmp_path, stated)
    plan = run(project)
    assert sorted(plan.members["member_id"]) == ["M2", "M5", "M9"]
    names = {i: p.name for i, p in people_of(project, plan).members.items()}
    assert names == {"M2": "east甲0", "M5": "east甲1", "M9": "west甲0"}
    written = fill(plan, project, tmp_path / "out")
    assert {"east.filled.xlsx", "west.filled.xlsx"} <= written.keys()
    task = Project.read(project)
    assert set(task.inputs.member_files) < set(task.files)
    members = read_members(task.inputs.members)
    assert strengths_in(task.inputs.member_files, members).keys() == {"M2", "M5", "M9"}


def test_the_chosen_are_marked_in_one_workbook(tmp_path: Path) -> None:
    """Rows of one number in two files are two people; the next project names the workbook alone."""
    project = divided(tmp_path, '["people/east.csv", "people/west.csv"]')
    task = Project.read(project)
    data = marked_members(task.inputs.member_files, read_members(task.inputs.members), {"M5"})
    out = tmp_path / "site"
    out.mkdir()
    (out / "members.xlsx").write_bytes(data)
    book = load_workbook(out / "members.xlsx")
    marks = {
        row[0]: row[4] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)
    }
    assert marks == {"M2": "否", "M5": "是", "M9": "否"}
    text = next_project(project, out, "members.xlsx")
    assert text is not None
    assert 'members = "members.xlsx"' in text


def test_no_file_is_an_error_that_names_the_key(tmp_path: Path) -> None:
    """An empty folder is told as for households."""
    from planner.errors import ConfigError

    project = divided(tmp_path, '"none/*.csv"')
    with pytest.raises(ConfigError, match="members"):
        Project.read(project)

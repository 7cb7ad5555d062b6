"""A plan file is checked again: itself, its history, and what it was made from."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.api.recheck import recheck
from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from planner.model import audit
from planner.model.project import Project
from planner.plan.frames import assignment_of
from tests.api.small import write_small_office
from tests.gis import opened
from tests.plan.test_changes import written

RULES = """
[rules]
households_per_zone = { low = 1, high = 12 }
members_per_zone = { low = 1, high = 5 }
households_per_member = { low = 1, high = 12 }

[search]
gap = 0.0
seconds = 10
advice_seconds = 0
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Twelve homes, three members, two of them centres."""
    return Project.read(write_small_office(tmp_path, RULES))


@pytest.fixture
def plan(project: Project, tmp_path: Path) -> Path:
    """Its plan, of which a home has left since."""
    first = run(project)
    (tmp_path / "changes.csv").write_text("事项,编号\n迁出,H3\n", encoding="utf-8")
    made = rezone(first, project, Changed(tmp_path / "changes.csv"))
    return made.save(tmp_path / "out")["plan.gpkg"]


def sql(path: Path, statement: str) -> None:
    """Change a plan file behind the program's back."""
    with closing(opened(path)) as db:
        db.execute(statement)
        db.commit()


def test_a_plan_holds_beside_its_project(project: Project, plan: Path) -> None:
    """Its tables, its history, the digests of its files, and its figures made anew."""
    found = recheck(plan.parent, project)
    assert found.holds
    assert (found.edited, found.past) == ((), ())
    assert found.inputs is not None
    assert (found.inputs.other, found.inputs.figures) == ((), ())


def test_what_was_edited_is_told_though_no_figure_follows_from_it(plan: Path) -> None:
    """A label, which the audit has no word for: the plan still loads, and does not hold."""
    sql(plan, "UPDATE units SET label = '别处' WHERE fid = 1")
    assert Plan.load(plan).verify().holds
    found = recheck(plan)
    assert found.edited == ("units",)
    assert not found.holds


def test_a_change_that_cannot_be_undone(plan: Path) -> None:
    """By its number."""
    sql(plan, "UPDATE past SET data = substr(data, 1, length(data) - 40)")
    found = recheck(plan)
    assert found.past == (1,)
    assert "past" in (found.edited or ())


def test_other_files_and_other_figures(project: Project, plan: Path, tmp_path: Path) -> None:
    """An edited sheet by its name; the same sheets on other walks by what comes out otherwise."""
    text = (tmp_path / "planner.toml").read_text("utf-8")
    (tmp_path / "planner.toml").write_text(
        text.replace("detour_factor = 1.3", "detour_factor = 1.4"), "utf-8"
    )
    found = recheck(plan, tmp_path).inputs
    assert found is not None
    assert (found.other, found.figures) == ((), ("walks",))
    with (tmp_path / "homes.csv").open("a", encoding="utf-8") as file:
        file.write("H99,甲路1号,117.0002,32.6\n")
    found = recheck(plan, project)
    assert found.inputs is not None
    assert found.inputs.other == ("homes.csv",)
    assert not found.holds


def test_a_file_without_digests(plan: Path) -> None:
    """One of an earlier version: nothing is held against it."""
    sql(plan, "DROP TABLE planner_seal")
    found = recheck(plan)
    assert found.edited is None
    assert found.holds


def test_a_plan_on_which_a_meeting_insists(project: Project, plan: Path, tmp_path: Path) -> None:
    """Its figures hold and nothing is proven; where one of them was edited, that is told."""
    before = Plan.load(plan)
    problem, now = before.problem, assignment_of(before)
    pairs = zip(problem.pair_unit.tolist(), problem.pair_centre.tolist(), strict=True)
    for u, c in pairs:
        parted = now.copy()
        parted[u] = c
        if u not in problem.home and audit.audit(problem, parted, 0.0).disconnected:
            break
    else:
        raise AssertionError("no zone can be parted")
    before.apply(written(before, [(u, c)], insist=True)).save(tmp_path / "insisted")
    found = recheck(tmp_path / "insisted", project)
    assert found.holds
    assert "nothing is proven" in found.said[0][1]
    sql(tmp_path / "insisted" / "plan.gpkg", "UPDATE units SET label = '别处' WHERE fid = 1")
    assert not recheck(tmp_path / "insisted").holds

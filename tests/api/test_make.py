"""Tables at hand become the plan that files would become, and what is wrong with them is told alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import planner
from planner.api.make import make_plan
from planner.api.rezone.run import Changed, rezone
from planner.errors import ConfigError, InputError, SchemaError
from planner.model.project import Affinity, Project
from tests.api.small import write_small_office
from tests.api.snippets import world


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give the frames and files of the snippets."""
    return world(tmp_path_factory.mktemp("made"))


def test_frames_and_files_give_one_plan(names: dict[str, Any]) -> None:
    """The same numbers, whether a table is a file, a frame, read already, or in two halves."""
    homes, members, folder = names["homes"], names["members"], names["folder"]
    by_file = planner.run(folder)
    made = [
        make_plan(homes, members, detour_factor=1.3),
        make_plan(folder / "homes.csv", str(folder / "members.csv"), detour_factor=1.3),
        make_plan(planner.read_households(homes), planner.read_members(members), detour_factor=1.3),
        make_plan([homes[:7], homes[7:]], members.set_index("编号"), detour_factor=1.3),
        planner.run({"inputs": {"households": homes, "members": members, "detour_factor": 1.3}}),
    ]
    assert {plan.problem.fingerprint() for plan in made} == {by_file.problem.fingerprint()}
    assert all(plan.households["zone"].equals(by_file.households["zone"]) for plan in made)


def test_faults_are_told_with_frame_row_and_column(names: dict[str, Any]) -> None:
    """The row is the label, and the column the frame's own heading."""
    broken = names["homes"].rename(index=lambda i: 100 + i)
    broken.loc[[103, 104], "编号"] = "11010519491231002X"
    with pytest.raises(SchemaError) as raised:
        make_plan(broken, names["members"], detour_factor=1.3)
    told = raised.value.findings[0]
    assert (told.file, told.row, told.column) == ("households", 103, "编号")
    shifted = names["homes"].astype({"经度": object})
    shifted.loc[5, "经度"] = "东经"
    plan = make_plan(shifted, names["members"], detour_factor=1.3)
    assert any((f.file, f.row, f.column) == ("households", 5, "经度") for f in plan.findings)


def test_a_check_of_frames_gives_marked_copies(names: dict[str, Any], tmp_path: Path) -> None:
    """A frame comes back as a workbook; the mark lies in the row that the label means."""
    import openpyxl

    faulty = names["faulty"].iloc[::-1]
    report = planner.check(faulty, members=names["members"])
    assert any(f.row == 7 and f.file == "households" for f in report.findings)
    written = report.save(tmp_path)
    sheet = openpyxl.load_workbook(written["households.checked.xlsx"]).worksheets
    ids = {cell.value: cell for page in sheet for row in page.iter_rows() for cell in row}
    row = ids["H8"].row
    marked = [c for c in ids["H8"].parent[row] if c.comment is not None]
    assert marked


def test_a_table_of_changes_may_be_a_frame(tmp_path: Path) -> None:
    """A plan made from a project is re-zoned by rows at hand, and by a register at hand."""
    project = write_small_office(tmp_path)
    plan = planner.run(project)
    gone = pd.DataFrame({"事项": ["迁出"], "编号": ["H3"]})
    moved = rezone(plan, project, Changed(gone))
    assert len(moved.households) == len(plan.households) - 1
    homes = pd.read_csv(tmp_path / "homes.csv", dtype=str)
    today = rezone(plan, project, Changed(households=homes.drop(index=2)))
    assert set(today.households["household_id"]) == set(moved.households["household_id"])


def test_what_was_read_already_cannot_say_more(names: dict[str, Any]) -> None:
    """Talents stand in the members' table: read members no longer have them; the table itself does."""
    asked = {"affinity": {"talents": ("调解",)}, "detour_factor": 1.3}
    members = names["members"].assign(特长=["调解", "", "调解"])
    with pytest.raises(InputError, match="table itself"):
        make_plan(names["homes"], planner.read_members(members), **asked)
    plan = make_plan(names["homes"], members, **asked)
    assert "talent:调解" in {rule.name for rule in plan.problem.rules}


def test_ready_streets_take_the_rest(names: dict[str, Any]) -> None:
    """Buildings are looked up beside a network made before; strokes on it come too late, and are told."""
    network = planner.WalkingNetwork.from_lines(names["streets"])
    plan = make_plan(
        names["addresses"],
        names["people"],
        network,
        buildings=names["buildings"],
        links=names["streets"],
    )
    assert (plan.households["zone"] != "").all()
    assert "drawn-unused" in {f.code for f in plan.findings}


def test_headings_of_ones_own(names: dict[str, Any]) -> None:
    """As under [columns]: a heading that nobody could know."""
    homes = names["homes"].rename(columns={"编号": "甲乙丙"})
    plan = make_plan(
        homes, names["members"], detour_factor=1.3, columns={"households": {"甲乙丙": "id"}}
    )
    assert set(plan.households["household_id"]) == set(names["homes"]["编号"])
    with pytest.raises(ConfigError, match="columns"):
        make_plan(homes, names["members"], detour_factor=1.3, columns={"homes": {"甲乙丙": "id"}})


def test_a_project_of_frames_names_no_files(names: dict[str, Any]) -> None:
    """Frames are nowhere on the disk, so that nothing can be written over them."""
    inputs = planner.Inputs(names["points"], names["workers"], names["streets"])
    assert Project(inputs, affinity=Affinity()).files == ()
    assert "H1" not in repr(inputs)

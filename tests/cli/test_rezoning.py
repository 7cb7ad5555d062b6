"""Re-zoning on the command line: the template, the three wishes, the curve, the history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.api.zone import run
from tests.api.rezone.office import write_office
from tests.conftest import Cli

HEAD = "事项,编号,地址\n"


@pytest.fixture
def office(tmp_path: Path, cli: Cli) -> Cli:
    """A folder with a project, its plan in out/, and a sheet of changes."""
    project = write_office(tmp_path)
    run(project).save(tmp_path / "out")
    (tmp_path / "changes.csv").write_text(HEAD + "中心户退出,M010,\n", encoding="utf-8")
    return cli


def test_a_month_from_the_template_to_the_history(office: Cli, tmp_path: Path) -> None:
    """What a clerk does: the template, the changes, the new plan, and what was done to it."""
    made = office("init", "--changes", "template.xlsx")
    assert made.returncode == 0
    assert office("init", "--changes", "template.xlsx").returncode == 2
    assert office("init", "--changes", "template.xlsx", "--force").returncode == 0
    said = office(
        "rezone", "out", "--changes", "changes.csv", "--fewest", "--by", "街道办", "--out", "new"
    )
    assert said.returncode == 0, said.stderr
    assert "no plan moves fewer" in said.stdout or "proven that no plan moves fewer" in said.stdout
    assert (tmp_path / "out" / "plan.gpkg").exists()
    told = office("history", "new", "--json")
    (row,) = json.loads(told.stdout)["history"]
    assert (row["by"], row["homes_moved"]) == (
        "街道办",
        Plan.load(tmp_path / "new").provenance["homes_moved"],
    )
    assert "街道办" in office("history", "new").stdout
    assert office("history", "out").returncode == 0


def test_three_wishes_are_one(office: Cli) -> None:
    """Two of them at once are a question; too small a budget ends with 3 and the number."""
    both = office("rezone", "out", "--changes", "changes.csv", "--fewest", "--budget", "3")
    assert both.returncode == 2
    for wish in (("--curve", "--budget", "40"), ("--take", "1", "--fewest")):
        mixed = office("rezone", "out", "--changes", "changes.csv", *wish, "--out", "mixed")
        assert mixed.returncode == 2
        assert "--curve" in mixed.stderr
    few = office("rezone", "out", "--changes", "changes.csv", "--budget", "3", "--out", "few")
    assert few.returncode == 3
    assert "--budget" in few.stderr
    assert "户变更中心户" in few.stderr


def test_the_curve_is_shown_and_a_point_taken(office: Cli, tmp_path: Path) -> None:
    """Looking writes nothing; taking writes the plan of that point."""
    shown = office("rezone", "out", "--changes", "changes.csv", "--curve", "--json", "--out", "c")
    points = json.loads(shown.stdout)["points"]
    assert points
    assert not (tmp_path / "c").exists()
    assert "--take" in office("rezone", "out", "--changes", "changes.csv", "--curve").stdout
    number = str(points[-1]["number"])
    taken = office(
        "rezone", "out", "--changes", "changes.csv", "--take", number, "--json", "--out", "t"
    )
    assert json.loads(taken.stdout)["rezone"]["moved"] == points[-1]["homes_moved"]


def test_a_wrong_sheet_stops_before_anything(office: Cli, tmp_path: Path) -> None:
    """By row; nothing is written."""
    (tmp_path / "changes.csv").write_text(HEAD + "迁出,H9999,\n", encoding="utf-8")
    said = office("rezone", "out", "--changes", "changes.csv", "--out", "new")
    assert said.returncode == 2
    assert "row 2" in said.stderr
    assert "第2行" in said.stderr
    assert not (tmp_path / "new").exists()


def test_nothing_happened(office: Cli, tmp_path: Path) -> None:
    """It is said, and every zone stays."""
    said = office("rezone", "out", "--out", "same")
    assert said.returncode == 0
    assert "nothing happened" in said.stdout
    (tmp_path / "lock.csv").write_text("事项,对象\n锁定,1\n", encoding="utf-8")
    said = office("rezone", "out", "--changes", "lock.csv", "--out", "locked")
    assert "every zone stays as it is" in said.stdout
    assert "nothing happened" not in said.stdout

"""The command that chooses the centres: what it writes, what it says to do next, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

from planner.plan.store import store_plan
from tests.api.small import write_small_office
from tests.conftest import Cli
from tests.plan.care.town import care_town


def test_a_proposal_is_written_and_the_next_step_told(cli: Cli, tmp_path: Path) -> None:
    """Two of three members are chosen; the next command names the project file that was written."""
    write_small_office(tmp_path)
    said = cli("site", "planner.toml", "--count", "2", "--force", "M5")
    assert said.returncode == 0, said.stderr
    written = {p.name for p in (tmp_path / "site").iterdir()}
    assert {"proposal.internal.xlsx", "members.xlsx", "planner.toml"} <= written
    assert "planner zone" in said.stderr
    assert str(Path("site") / "planner.toml") in said.stderr.replace("\n", "")
    assert "入选 2 名中心户" in said.stdout
    plain = cli("site", "planner.toml", "--count", "2", "--force", "M5", "--out", "two", "--json")
    told = json.loads(plain.stdout)
    assert set(told["files"]) == written
    assert sum(row["centres"] for row in told["fences"]) == 2


def test_numbers_that_contradict(cli: Cli, tmp_path: Path) -> None:
    """A number and the fewest, a member who must and must not, more than there are: code 2 or 3."""
    write_small_office(tmp_path)
    both = cli("site", "planner.toml", "--count", "2", "--fewest")
    assert both.returncode == 2
    assert cli("site", "planner.toml", "--force", "M5", "--forbid", "M5").returncode == 2
    unknown = cli("site", "planner.toml", "--force", "M99")
    assert unknown.returncode == 2
    assert "M99" in unknown.stderr
    assert cli("site", "planner.toml", "--count", "9").returncode == 3
    assert not (tmp_path / "site").exists()


def test_one_more_beside_a_plan(cli: Cli, tmp_path: Path) -> None:
    """Candidates and proven sets on the screen, a workbook; without its project it cannot be told."""
    plan, project = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    said = cli("site", "out", "--add", "2", "--project", str(project), "--out", "more")
    assert said.returncode == 0, said.stderr
    assert "proven best" in said.stdout
    assert (tmp_path / "more" / "adding.internal.xlsx").exists()
    plain = cli("site", "out", "--add", "1", "--project", str(project), "--out", "again", "--json")
    told = json.loads(plain.stdout)
    assert told["uncovered"] == 29
    assert [row["number"] for row in told["sets"]] == [1, 1]
    assert cli("site", "out", "--add", "2").returncode == 2
    assert (
        cli("site", "out", "--add", "2", "--count", "3", "--project", str(project)).returncode == 2
    )
    assert cli("site", str(project), "--what", "member").returncode == 2

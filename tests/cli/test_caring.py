"""planner gaps: counts on the screen, files for the office, JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

from planner.plan.store import store_plan
from tests.conftest import Cli
from tests.plan.care.town import care_town


def test_gaps_of_a_plan_and_its_project(cli: Cli, tmp_path: Path) -> None:
    """The workbook and the bands; no household is on the screen; a second run does not overwrite."""
    plan, project = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    said = cli("gaps", "out", "--project", str(project), "--out", "gaps", "--seconds", "0")
    assert said.returncode == 0, said.stderr
    assert {p.name for p in (tmp_path / "gaps").iterdir()} >= {
        "gaps.internal.xlsx",
        "bands.internal.geojson",
    }
    assert "30 户" in said.stdout
    assert "H0" not in said.stdout + said.stderr
    again = cli(
        "gaps", "out", "--project", str(project), "--out", "gaps", "--seconds", "0", "--json"
    )
    told = json.loads(again.stdout)
    assert told["gaps"] == 30
    assert told["mended"] == 29
    assert not Path(told["files"]["gaps.internal.xlsx"]).parent.samefile(tmp_path / "gaps")


def test_gaps_of_a_plan_alone(cli: Cli, tmp_path: Path) -> None:
    """Nothing is written where nothing is asked for."""
    plan, _ = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    before = sorted(p.name for p in tmp_path.iterdir())
    told = json.loads(cli("gaps", "out", "--json").stdout)
    assert told["causes"] == {"address_not_found": 1, "behind_gate": 10, "beyond_walk_limit": 19}
    assert told["care"] is None
    assert told["files"] == {}
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert cli("gaps", "nowhere").returncode == 2


def test_visits_of_a_plan(cli: Cli, tmp_path: Path) -> None:
    """Counts on the screen, a workbook and tracks; JSON for programs."""
    plan, project = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    said = cli("visits", "out", str(project), "--out", "v", "--gpx", "--zone", "1")
    assert said.returncode == 0, said.stderr
    assert {"visits.internal.xlsx", "rounds.internal.gpx"} <= {
        p.name for p in (tmp_path / "v").iterdir()
    }
    assert "H0" not in said.stdout + said.stderr
    told = json.loads(
        cli("visits", "out", str(project), "--out", "w", "--week", "3", "--json").stdout
    )
    assert told["week"] == 3
    assert told["care"] > 20
    assert cli("visits", "out", str(project), "--week", "9").returncode == 2


def test_gaps_with_a_map(cli: Cli, tmp_path: Path) -> None:
    """The internal map lies beside the workbook; without the project there is nothing to draw."""
    plan, project = care_town()
    (tmp_path / "out").mkdir()
    store_plan(plan, tmp_path / "out" / "plan.gpkg")
    named = ("--project", str(project), "--seconds", "0")
    said = cli("gaps", "out", *named, "--out", "g", "--map")
    assert said.returncode == 0, said.stderr
    assert "careSwitch" in (tmp_path / "g" / "map.internal.html").read_text("utf-8")
    assert cli("gaps", "out", "--map").returncode == 2

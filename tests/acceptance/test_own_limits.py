"""Centres with limits of their own: in the plan, its proof, its file, its map, and after a re-zoning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from planner.model.audit import audit
from planner.model.project import Project
from planner.plan.frames import assignment_of
from planner.privacy.blocks import blocks_of
from planner.render.map.editing import edit_payload
from planner.render.map.meeting import meeting_payload
from tests.api.rezone.office import write_office


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The office of two communities; in the east one centre is frail and one is willing."""
    folder = tmp_path_factory.mktemp("office")
    write_office(folder)
    members = pd.read_csv(folder / "members.csv", dtype=str)
    members["责任区户数上限"] = members["编号"].map({"M010": "25", "M040": "84"}).fillna("")
    members.to_csv(folder / "members.csv", index=False)
    return Project.read(folder)


@pytest.fixture(scope="module")
def plan(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """As it comes back from its file."""
    folder = tmp_path_factory.mktemp("plan")
    run(project).save(folder)
    return Plan.load(folder)


def homes_of(plan: Plan) -> dict[str, int]:
    """Homes by centre."""
    return plan.centres.set_index("centre_id")["households"].to_dict()


def test_they_hold_and_are_proven(plan: Plan) -> None:
    """The frail one has 25 homes at most, of 36 by walks alone; another may have more than the rule."""
    homes = homes_of(plan)
    assert homes["M010"] <= 25
    assert sum(homes[c] for c in ("M010", "M040", "M070")) == 108
    assert not plan.certificate.violations
    assert plan.verify(seconds=60).holds
    rule = next(r for r in plan.problem.rules if r.name == "households_per_zone")
    assert rule.own is not None
    assert sorted(rule.own[1, plan.problem.home]) == [-35.0, 0.0, 0.0, 0.0, 0.0, 24.0]
    assert {f.code for f in plan.findings} >= {"centre-own-limits"}


def test_the_page_knows_them(plan: Plan) -> None:
    """The panel tells the zone's own limit, and an edit goes by it, in blocks too."""
    rule = next(r for r in meeting_payload(plan)["rules"] if r["name"] == "households_per_zone")
    at = list(plan.centres["centre_id"])
    assert rule["own"] == {
        str(at.index("M010")): {"low": 12.0, "high": 25.0, "limit": "12-25"},
        str(at.index("M040")): {"low": 12.0, "high": 84.0, "limit": "12-84"},
    }
    assert plan.zones["centre_id"].tolist() == at
    problem = plan.problem
    blocks = blocks_of(problem, assignment_of(plan), plan.rules.walk, smallest=10, base=5)
    told = next(r for r in edit_payload(plan, blocks)["rules"] if r["name"] == rule["name"])
    assert told["own"][1] == [{"M010": -35, "M040": 24}.get(c, 0) for c in at]
    assert not audit(blocks.problem, blocks.zone, 0.0).violations


def test_the_next_month_keeps_them(plan: Plan, project: Project, tmp_path: Path) -> None:
    """A neighbour retires: the frail one has 25 at most all the same; who retires has no limit."""
    (tmp_path / "changes.csv").write_text("事项,编号\n中心户退出,M070\n", "utf-8")
    new = rezone(plan, project, Changed(tmp_path / "changes.csv"))
    homes = homes_of(new)
    assert homes["M010"] <= 25
    assert homes["M040"] == 108 - homes["M010"]
    (tmp_path / "changes.csv").write_text("事项,编号\n中心户退出,M010\n", "utf-8")
    new = rezone(plan, project, Changed(tmp_path / "changes.csv"))
    rule = next(r for r in new.problem.rules if r.name == "households_per_zone")
    assert rule.own is not None
    assert np.count_nonzero(rule.own) == 1

"""`planner verify`: a plan file that holds, and ones that claim more than can be proven."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString
from typer.testing import CliRunner

from planner.api.make import make_plan
from planner.api.plan import Plan
from planner.cli import app
from planner.errors import InputError
from planner.intake.residents import read_households, read_members
from planner.model.audit import audit
from planner.model.problem import Result
from planner.model.project import Search
from planner.model.rules import Bound, RuleBook
from planner.network.graph import WalkingNetwork
from planner.plan.build import assemble
from planner.plan.kept import Kept
from tests.gis import opened


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Thirteen buildings along a lane, three centres, rules that cannot all hold."""
    folder = tmp_path_factory.mktemp("lane")
    places = [p for p in range(13) for _ in range(4)]
    frame = pd.DataFrame(
        {"编号": [f"H{i:03d}" for i in range(52)], "楼栋": [f"{p}号楼" for p in places]}
    )
    frame.assign(经度=[117 + 0.001 * p for p in places], 纬度=32.60003).to_csv(
        folder / "homes.csv", index=False
    )
    members = pd.DataFrame({"编号": ["M1", "M2", "M3"], "是否中心户": "是"})
    members.assign(经度=[117.001, 117.005, 117.011], 纬度=32.60003).to_csv(
        folder / "members.csv", index=False
    )
    line = LineString([(117 + 0.001 * i, 32.6) for i in range(14)])
    return make_plan(
        read_households(folder / "homes.csv"),
        read_members(folder / "members.csv"),
        WalkingNetwork.from_lines(gpd.GeoDataFrame(geometry=[line], crs="EPSG:4326")),
        rules=RuleBook(households_per_zone=Bound(19, 22)),
        search=Search(gap=0.0, seconds=60, advice_seconds=0.0),
    )


def test_a_plan_file_is_proven_again(plan: Plan, tmp_path: Path) -> None:
    """From the file alone, or from the folder that it lies in; in both languages."""
    plan.save(tmp_path)
    for where in (tmp_path / "plan.gpkg", tmp_path):
        said = CliRunner().invoke(app, ["verify", str(where)])
        assert said.exit_code == 0, said.output
    told = json.loads(CliRunner().invoke(app, ["verify", str(tmp_path), "--json"]).stdout)
    assert told["proven_m"] >= told["claimed_m"] - 1e-3
    assert Plan.load(tmp_path / "plan.gpkg").parts == plan.parts
    assert all(len(part.unit) == len(part.prize) == part.units for part in plan.parts)


def test_a_file_that_claims_too_much_is_refused(plan: Plan, tmp_path: Path) -> None:
    """A plan that is not the best, with a bound as if it were; a figure that is not the plan's."""
    true = plan.certificate
    assert true.optimality_gap == pytest.approx(0.0, abs=1e-9)
    moved = _moved(plan)
    best = replace(moved.certificate, bound_m=moved.certificate.value_m)
    dearer = replace(true, cost_m=true.cost_m + 500.0)
    for made, certificate, words in (
        (moved, best, "proven again was only"),
        (plan, dearer, "its cost_m is another"),
    ):
        Plan.of(replace(made, certificate=certificate)).save(tmp_path, replacing=True)
        said = CliRunner().invoke(app, ["verify", str(tmp_path)])
        assert isinstance(said.exception, InputError)
        assert said.exception.exit_code == 2
        assert words in said.exception.message


def test_a_file_that_was_edited_is_refused(plan: Plan, tmp_path: Path) -> None:
    """By the table, in both languages, with exit code 2."""
    file = plan.save(tmp_path)["plan.gpkg"]
    with closing(opened(file)) as db:
        db.execute("UPDATE households SET confidence = 0.5 WHERE fid = 1")
        db.commit()
    said = CliRunner().invoke(app, ["verify", str(tmp_path)])
    assert isinstance(said.exception, InputError)
    assert said.exception.exit_code == 2
    assert "edited since it was written: households" in said.exception.message
    assert "households" in said.exception.zh


def _moved(plan: Plan) -> Plan:
    """Move a border: the plan next to the best one, with its own figures."""
    position = {c: i for i, c in enumerate(plan.centres["centre_id"])}
    zones = plan.units["zone"].to_numpy(object).copy()
    for u in range(plan.problem.n_units):
        for v in plan.problem.adjacency[(plan.problem.adjacency == u).any(axis=1)].ravel():
            tried = zones.copy()
            tried[u] = zones[v]
            given = [position[z] for z in tried]
            found = audit(plan.problem, given, 0.0)
            homes = [given[h] for h in plan.problem.home] == [0, 1, 2]
            if not found.disconnected and homes and found.value_m > plan.certificate.value_m + 1:
                result = Result(np.array(given), found.bound_m, plan.parts)
                return Plan.of(assemble(plan, result, found, Kept(plan)))
    raise AssertionError("no border to move")

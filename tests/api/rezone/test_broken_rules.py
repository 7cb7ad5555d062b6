"""Rules that the plan before broke are mended where that is asked for, and what that costs is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.api.plan import Plan
from planner.api.rezone.run import Keeping, Options, rezone
from planner.model.problem import Violation
from planner.model.project import Project
from planner.plan.advice.advise import Advice
from planner.plan.provenance import plan_fingerprint
from tests.api.rezone.test_run import WHEN, changes, of_west, zones

MEND = Options(mend=True)


@pytest.fixture(scope="module")
def broken(project: Project, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Zones of 30 homes or more are asked for; a meeting has left two of the west with 24 each."""
    folder = tmp_path_factory.mktemp("mending")
    rule = changes(folder, "规则调整,,,,,,,,,,每个责任区户数,30,60")
    asked = rezone(plan, project, rule, when=WHEN)
    assert asked.provenance["homes_moved"] == 0
    units = asked.units.set_index("label")
    chosen = units.loc[["西里小区3号楼", "西里小区7号楼"]]
    moves = [
        {"unit": unit, "from": zone, "to": "M140"}
        for unit, zone in zip(chosen["unit_id"], chosen["zone"], strict=True)
    ]
    told = {
        "format": "planner-changes-1",
        "plan": plan_fingerprint(asked),
        "created": "2026-02-01T09:00:00Z",
        "moves": moves,
        "locks": [],
        "notes": [],
    }
    made = asked.apply(json.dumps(told).encode(), when=WHEN)
    assert [v.amount for v in made.certificate.violations] == [24.0, 24.0]
    return made


def test_nothing_is_mended_unasked(project: Project, broken: Plan) -> None:
    """What a meeting left stays as it was left."""
    made = rezone(broken, project, when=WHEN)
    assert zones(made) == zones(broken)
    assert "mended" not in made.provenance["rezone"]


def test_what_is_mended_is_told_with_its_price(project: Project, broken: Plan) -> None:
    """Both zones get their building back; the east, which breaks nothing, is not looked at."""
    made = rezone(broken, project, options=MEND, when=WHEN)
    assert not made.certificate.violations
    told = made.provenance["rezone"]
    assert told["open_units"] == len(of_west(made.units))
    (rule,) = told["mended"]
    assert (rule["rule"], rule["fence"]) == ("households_per_zone", "西社区")
    assert (rule["excess_before"], rule["excess"]) == (12.0, 0.0)
    numbers = dict(zip(broken.centres["centre_id"], broken.centres["number"], strict=True))
    assert rule["zones"] == [numbers["M110"], numbers["M170"]]
    assert rule["homes"] == told["moved"] == made.compare(broken).moved == 24
    assert made.verify().holds


def test_a_price_that_no_rule_is_worth(project: Project, broken: Plan) -> None:
    """Nothing is mended at it, and nothing is told as mended."""
    made = rezone(broken, project, keeping=Keeping(50_000.0), options=MEND, when=WHEN)
    assert zones(made) == zones(broken)
    assert made.provenance["rezone"]["mended"] == []


def test_mending_with_the_fewest_homes(project: Project, broken: Plan) -> None:
    """Both rules are mended by the two buildings that it takes, and that none do with fewer is proven."""
    keeping = Keeping(fewest=True)
    assert zones(rezone(broken, project, keeping=keeping, when=WHEN)) == zones(broken)
    made = rezone(broken, project, keeping=keeping, options=MEND, when=WHEN)
    told = made.provenance["rezone"]
    assert not made.certificate.violations
    assert told["moved"] == told["least"] == 24
    assert told["forced"] == 0
    assert [rule["homes"] for rule in told["mended"]] == [24]
    assert made.verify().holds


def test_repairs_are_sought_of_what_is_broken_anew(
    project: Project, broken: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of what the plan before broke already: a clerk is not made to wait for that every month."""
    asked: list[tuple[Violation, ...]] = []

    def seeking(advice: Advice, *told: Any) -> Advice:
        asked.append(told[-1])
        return advice

    monkeypatch.setattr("planner.api.zone.advise", seeking)
    task = replace(project, search=replace(project.search, advice_seconds=1.0))
    fewest = Keeping(fewest=True)
    made = rezone(broken, task, changes(tmp_path, "党员退出,M121,,,,,,,,,,,"), fewest, when=WHEN)
    assert made.certificate.violations
    assert not asked
    higher = changes(tmp_path, "规则调整,,,,,,,,,,每个责任区户数,40,60")
    made = rezone(broken, task, higher, fewest, when=WHEN)
    before = {
        (v.rule, broken.centres["centre_id"].iloc[v.centre]) for v in broken.certificate.violations
    }
    now = {(v.rule, made.centres["centre_id"].iloc[v.centre]) for v in made.certificate.violations}
    (sought,) = asked
    anew = {(v.rule, made.centres["centre_id"].iloc[v.centre]) for v in sought}
    # and around nothing else: what stood broken before is not looked at again beside it
    assert anew == now - before
    assert anew < now

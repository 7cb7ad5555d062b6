"""What a fresh cut would save is told, and is true: the fresh cut itself lies between the two figures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.api.plan import Plan, drift_words
from planner.api.rezone.run import Changed, Keeping, Options, rezone
from planner.model.project import Project
from planner.render.text.summary import summary_markdown
from tests.api.rezone.test_run import changes

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def door(b: int, fence: str = "东社区") -> str:
    """Address, community and point of a building of the small office."""
    return f"{fence[0]}里小区{b + 1}号楼,{fence},{117.02 + b * 0.0006:.6f},32.62"


def test_a_plan_drifts_and_says_so(project: Project, plan: Plan, tmp_path: Path) -> None:
    """A centre retires, another is new next door, and no home may go there for a shorter walk."""
    assert drift_words(plan) is None
    gone = changes(tmp_path, "中心户退出,M070,,,,,,,,,,,")
    middle = rezone(plan, project, gone, Keeping(fewest=True), when=WHEN)
    new = changes(tmp_path, "新增中心户,M080,,,,,,,,,,,")
    standing = rezone(middle, project, new, Keeping(fewest=True), when=WHEN)
    fresh = rezone(
        standing, project, Changed(), Keeping(0.0), options=Options(everywhere=True), when=WHEN
    )
    drift, cost = standing.provenance["rezone"]["drift"], standing.certificate.cost_m
    now = standing.certificate.value_m - standing.certificate.change_m
    saved = (now - fresh.certificate.value_m) / cost
    assert drift["share"] - 1e-3 <= saved <= drift["most"] + 1e-3
    assert drift["share"] > 0.03
    words = drift_words(standing)
    assert words is not None
    assert "would pay" in words[1]
    assert words[0] in summary_markdown(standing)
    assert standing.summary()["drift"] == drift
    # nothing is left to be saved, and the community in which nothing happened was never asked
    assert fresh.provenance["rezone"]["drift"]["share"] == pytest.approx(0.0, abs=1e-6)
    again = rezone(fresh, project, changes(tmp_path, "党员退出,M121,,,,,,,,,,,"), when=WHEN)
    assert again.provenance["rezone"]["drift"]["most"] < 0.03
    assert "at most" in str(drift_words(again))


def test_a_part_that_stands_keeps_what_was_found(
    project: Project, plan: Plan, tmp_path: Path
) -> None:
    """A month without events changes nothing of it."""
    rows = [f"搬家,H0{b}00,,{door(8)},,,,,," for b in range(4)]
    once = rezone(plan, project, changes(tmp_path, *rows), Keeping(fewest=True), when=WHEN)
    again = rezone(once, project, Changed(), when=WHEN)
    assert again.provenance["drift"] == once.provenance["drift"]
    assert again.provenance["rezone"]["drift"] == once.provenance["rezone"]["drift"]
    assert len(again.provenance["drift"]) == 2

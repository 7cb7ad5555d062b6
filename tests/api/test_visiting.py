"""The visit plan from the files: told, written, and kept stable."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from planner.api.visiting import visit_plan
from planner.errors import ConfigError
from planner.model.project import Project
from tests.plan.care.town import care_town


def test_a_visit_plan_is_written_and_read_again(tmp_path: Path) -> None:
    """Workbook and tracks for the office alone; the next one keeps every helper."""
    plan, project = care_town()
    found = visit_plan(plan, project, week=2)
    assert len(found.visits) == found.visits["household_id"].nunique() > 20
    written = found.save(tmp_path, gpx=True, zones=[1])
    assert set(written) == {"visits.internal.xlsx", "rounds.internal.gpx"}
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in written.values())
    book = load_workbook(io.BytesIO(written["visits.internal.xlsx"].read_bytes()))
    assert book.sheetnames == [
        "走访计划 visits",
        "工作量 load",
        "第2周路线 rounds",
        "巡查路线 patrols",
    ]
    assert all("内部资料" in str(s.oddHeader.center.text) for s in book.worksheets)
    names = [
        e.text
        for e in ElementTree.parse(written["rounds.internal.gpx"]).iter()
        if e.tag.endswith("name")
    ]
    assert "巡查 patrol 1" in names
    assert not any(str(n).startswith("2 ") for n in names)
    again = visit_plan(plan, project, previous=written["visits.internal.xlsx"])
    assert again.visits["first"].tolist() == found.visits["first"].tolist()
    assert again.visits["second"].tolist() == found.visits["second"].tolist()
    with pytest.raises(ConfigError, match="no visit plan"):
        visit_plan(plan, project, previous=project.parent / "homes.csv")


def test_figures_tell_no_household_and_no_few(tmp_path: Path) -> None:
    """Counts below ten are hidden; no id is on the screen."""
    plan, project = care_town()
    log = tmp_path / "log.csv"
    log.write_text("日期,类型,户编号\n2026-05-01,走访,H001\n2026-05-02,走访,H002\n", "utf-8")
    text = project.read_text("utf-8") + f"[care]\nlog = '{log}'\nhours_a_month = 1\n"
    own = project.parent / "with_log.toml"
    own.write_text(text, "utf-8")
    found = visit_plan(plan, Project.read(own))
    figures = found.figures()
    assert figures["log"]["services"]["visit"] is None
    assert figures["log"]["services"]["patrol"] == 0
    assert found.served is not None
    assert figures["needed_hours"] > 1
    told = "\n".join(found.lines)
    assert "H0" not in told
    assert "log: visits <10" in told


def test_a_week_is_one_of_four() -> None:
    """The fifth is refused."""
    plan, project = care_town()
    with pytest.raises(ConfigError, match="weeks 1 to 4"):
        visit_plan(plan, project, week=5)

"""Cards of the centres from files: needs and talents of the sheets, a log, tables of the office's own."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.api.service.duty_cards import duty_cards
from planner.api.zone import run
from planner.errors import ConfigError
from planner.model.project import Project
from planner.privacy.reader import parts_of
from tests.api.rezone.office import write_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path]:
    """The office of two communities with needs and talents, and its plan."""
    folder = tmp_path_factory.mktemp("office")
    write_office(folder)
    homes = pd.read_csv(folder / "homes.csv", dtype=str)
    homes["需求"] = homes["编号"].map({"H0000": "调解", "H0100": "送学、陪护"}).fillna("")
    homes.to_csv(folder / "homes.csv", index=False)
    members = pd.read_csv(folder / "members.csv", dtype=str)
    talents = {"M000": "矛盾调解员", "M021": "志愿服务员", "M111": "学习组织员"}
    members["特长"] = members["编号"].map(talents).fillna("")
    members.to_csv(folder / "members.csv", index=False)
    (folder / "needs.csv").write_text("户编号,需求,状态\nH1000,送学,\nH1001,维修,已办结\n", "utf-8")
    (folder / "log.csv").write_text(
        "日期,类型,户编号,责任区\n2025-05-30,调解,,M010\n2023-05-30,调解,,M010\n", "utf-8"
    )
    project = folder / "planner.toml"
    text = project.read_text("utf-8") + '\n[care]\nneeds = "needs.csv"\nlog = "log.csv"\n'
    project.write_text(text, "utf-8")
    return run(Project.read(project)), project


def test_from_files(office: tuple[Plan, Path], tmp_path: Path) -> None:
    """Each need that somebody near can meet is met; the log of the last year is counted."""
    plan, project = office
    found = duty_cards(plan, project, store=tmp_path / "log.sqlite")
    needs = found.told.matched.needs.set_index(["household_id", "kind"])
    assert needs["member_id"].to_dict() == {
        ("H0000", "mediation"): "M000",
        ("H0100", "study"): "",
        ("H0100", "company"): "M021",
        ("H1000", "study"): "M111",
    }
    assert found.figures()["duties"]["estate"]["done"] == 1
    assert found.figures()["period"] == ["2024-05-29", "2025-05-30"]
    assert not any("H0" in line or "M0" in line for line in found.lines)
    path = found.save(tmp_path / "out")["duties.internal.xlsx"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    both = duty_cards(plan, project, since="2023-01-01", until="2025-12-31")
    assert both.figures()["duties"]["estate"]["done"] == 2
    with pytest.raises(ConfigError, match="no day"):
        duty_cards(plan, project, since="soon")


def test_what_a_home_needs_is_in_no_plan_and_no_map(office: tuple[Plan, Path]) -> None:
    """Needs and talents change no byte of what a meeting sees, and are not in the plan's tables."""
    plan, _ = office
    page = "".join(part.text for part in parts_of(plan.map().html.encode(), "map.html"))
    assert "东社区" in page
    for word in ("送学", "陪护", "学习组织员"):
        assert word not in page
    assert not {"需求", "needs"} & set(plan.households.columns)

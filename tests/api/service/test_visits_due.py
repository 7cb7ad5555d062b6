"""What is due, from the files: classes by sheet and by care, helpers of the visit plan, and the kept log."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from planner.api.service.visits_due import visits_due
from planner.api.visiting import visit_plan
from planner.errors import ConfigError, InputError
from planner.model.caring import care_kinds
from tests.plan.care.town import care_town


def test_from_files(tmp_path: Path) -> None:
    """Every home has a class; the helpers of the visit plan visit; the workbook is its owner's alone."""
    plan, project = care_town()
    (tmp_path / "log.csv").write_text(
        "日期,类型,户编号,状态\n2025-06-30,走访,H001,\n2025-06-10,解决困难,H002,未解决\n", "utf-8"
    )
    helpers = visit_plan(plan, project).save(tmp_path / "v")["visits.internal.xlsx"]
    found = visits_due(
        plan, project, [tmp_path / "log.csv"], helpers=helpers, store=tmp_path / "s" / "log.sqlite"
    )
    homes = found.told.due.homes
    assert len(homes) == len(plan.households)
    assert set(homes.loc[homes["care"], "visit_class"]) <= {"weekly", "fortnightly", "monthly"}
    assert set(homes.loc[~homes["care"], "visit_class"]) == {"quarterly"}
    assert homes.loc[homes["household_id"] == "H001", "state"].item() != "overdue"
    assert len(found.told.due.problems) == 1
    assert not any("H0" in line for line in found.lines)
    written = found.save(tmp_path / "out")["due.internal.xlsx"]
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    # of what is kept: no log is handed in
    again = visits_due(plan, project, helpers=helpers, store=tmp_path / "s" / "log.sqlite")
    assert again.figures() == found.figures()
    assert care_kinds()[0].visits_a_month == 4


def test_what_is_asked_must_be_a_log_and_a_visit_plan(tmp_path: Path) -> None:
    """Else it is refused in words."""
    plan, project = care_town()
    (tmp_path / "log.csv").write_text("日期,类型,户编号\n2025-06-30,走访,H001\n", "utf-8")
    with pytest.raises((ConfigError, InputError)):
        visits_due(plan, project, [tmp_path / "log.csv"], helpers=tmp_path / "log.csv")
    with pytest.raises(ConfigError, match="no log"):
        visits_due(plan, project)

"""What a re-zoning is asked is read once, and becomes a task with all of its events or without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.api.progress import Clock
from planner.api.rezone.asked import Asked, Options
from planner.errors import ConfigError, SchemaError
from planner.model.project import Project
from planner.solve.keeping import Recut
from tests.api.rezone.test_run import changes

ROWS = ("新增住户,N1,,东里小区9号楼,东社区,117.0248,32.62,,,,,,", "迁出,N1,,,,,,,,,,,")


def test_a_task_without_one_of_its_events(project: Project, plan: Plan, tmp_path: Path) -> None:
    """The others stay in their order; one that another needs cannot be left out."""
    asked = Asked(plan, project, changes(tmp_path, *ROWS), None, Options())
    read = asked.read(Clock.of(None))
    whole = read.task()
    assert whole.rezone is not None
    assert [e.kind for e in whole.rezone.new] == ["home-in", "home-out"]
    assert "N1" not in set(whole.opened.households.kept["id"])
    stays = read.task(without=1)
    assert stays.rezone is not None
    assert [e.kind for e in stays.rezone.new] == ["home-in"]
    assert "N1" in set(stays.opened.households.kept["id"])
    with pytest.raises(SchemaError):
        read.task(without=0)
    # what was read is as it was
    assert "N1" not in set(read.opened.households.kept["id"])


def test_a_point_of_the_curve_is_asked_by_its_number() -> None:
    """From one."""
    points: list[Recut] = []
    with pytest.raises(ConfigError):
        Options(take=1).chosen(points)

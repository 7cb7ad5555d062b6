"""An event is the cause of a move if the home would have stayed but for it: tried by hand, event by event."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.api.rezone.run import Keeping, Options, rezone
from planner.model.project import Project
from tests.api.rezone.test_run import WHEN, changes, zones

ROWS = (
    "中心户退出,M010,,,,,,,,,,,",
    "迁出,H0808,,,,,,,,,,,",
    "新增住户,N1,,东里小区9号楼,东社区,117.0248,32.62,,,,,,",
    "搬家,N1,,东里小区1号楼,东社区,117.02,32.62,,,,,,",
    "迁出,H1105,,,,,,,,,,,",
)


def moved(plan: Plan, before: Plan, fence: str = "东社区") -> set[str]:
    """Give the homes of a community that had a centre and have another."""
    was, now = zones(before), zones(plan)
    homes = plan.households[plan.households["fence"] == fence]["household_id"]
    return {h for h in homes if was.get(h, "") not in ("", now[h])}


@pytest.fixture(scope="module")
def made(project: Project, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A month with four events in one community and one in the other."""
    told = changes(tmp_path_factory.mktemp("why"), *ROWS)
    return rezone(plan, project, told, Keeping(10.0), options=Options(why=True), when=WHEN)


def test_each_cause_is_one_without_which_the_home_would_have_stayed(
    project: Project, plan: Plan, made: Plan, tmp_path: Path
) -> None:
    """The same sheet without one row at a time, cut from the beginning, says the same of every home."""
    told = {m["home"]: m for m in made.provenance["moves"]}
    assert "event" in {m["cause"] for m in told.values()}
    assert moved(made, plan) <= set(told)
    stays: dict[int, set[str]] = {}
    for number in (0, 1, 3):
        rows = [row for i, row in enumerate(ROWS) if i != number]
        other = rezone(plan, project, changes(tmp_path, *rows), Keeping(10.0), when=WHEN)
        stays[number + 2] = moved(made, plan) - moved(other, plan)
    for home in moved(made, plan):
        rows = tuple(row for row, homes in sorted(stays.items()) if home in homes)
        move = told[home]
        if move["cause"] == "event":
            assert tuple(move["rows"]) == rows
        else:
            # its centre has retired, which says more than a row; or no single event moved it
            assert move["cause"] == "centre" or not rows


def test_an_event_that_others_need_is_not_tried(made: Plan) -> None:
    """Without its joining the home that moves on is nobody: row 4 is the single cause of nothing."""
    assert all(4 not in m["rows"] for m in made.provenance["moves"] if m["cause"] == "event")


def test_nothing_is_tried_unasked(project: Project, plan: Plan, tmp_path: Path) -> None:
    """Then the events of a community are told together."""
    told = rezone(plan, project, changes(tmp_path, *ROWS), Keeping(10.0), when=WHEN)
    causes = {m["cause"]: tuple(m["rows"]) for m in told.provenance["moves"]}
    assert "event" not in causes
    assert causes["community"] == (2, 3, 4, 5)

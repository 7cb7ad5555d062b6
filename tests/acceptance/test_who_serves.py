"""Members who do not serve, and members with ceilings of their own: in the plan, its roster and summary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from planner.model.project import Project
from tests.api.rezone.office import write_office


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The office of two communities; of the east some are old, one is ill, one is frail and one willing."""
    folder = tmp_path_factory.mktemp("office")
    write_office(folder)
    members = pd.read_csv(folder / "members.csv", dtype=str)
    more = {"年龄": {"M001": "81", "M011": "70", "M021": "69"}, "因病": {"M031": "是"}}
    more["最多联系户数"] = {"M041": "3", "M051": "25"}
    for column, values in more.items():
        members[column] = members["编号"].map(values).fillna("")
    members.to_csv(folder / "members.csv", index=False)
    text = (folder / "planner.toml").read_text("utf-8")
    text = text.replace("[rules]", "[rules]\nexcused_age = 70")
    (folder / "planner.toml").write_text(text, "utf-8")
    return Project.read(folder)


@pytest.fixture(scope="module")
def plan(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """As it comes back from its file."""
    folder = tmp_path_factory.mktemp("plan")
    run(project).save(folder)
    return Plan.load(folder)


def test_who_is_excused_serves_nobody_and_counts_for_nothing(plan: Plan) -> None:
    """Not in the zones' members, not in the roster; each reason is counted in the summary."""
    members = plan.members.set_index("member_id")
    gone = ["M001", "M011", "M031"]
    assert (members.loc[gone, "households"] == 0).all()
    assert (members.loc[gone, "zone"] == "").all()
    assert plan.centres["members"].sum() == len(members) - len(gone)
    assert (plan.households["member"] != "").all()
    text = plan.report().text
    assert "不参与联系3" in text
    assert "3 do not serve" in text
    # two who are old and one who is ill: too few for their reasons to be told
    assert "因病" not in text
    assert {f.code for f in plan.findings} >= {"member-excused", "member-most"}


def test_ceilings_of_ones_own_hold(plan: Plan) -> None:
    """The frail one has three homes at most; the willing one may have more than others."""
    held = plan.members.set_index("member_id")["households"]
    assert held["M041"] <= 3
    assert plan.provenance["staffing"]["over"] == 0
    rule = next(r for r in plan.problem.rules if r.name == "households_per_member")
    assert rule.per is not None
    # 33 serve: 31 as the rule says, one for 3 of 20 and one for 25 of 20
    assert rule.per.sum() == pytest.approx(31 + 3 / 20 + 25 / 20)
    assert plan.verify(seconds=60).holds


def test_an_edit_and_the_next_month_keep_them(plan: Plan, project: Project, tmp_path: Path) -> None:
    """A staffing anew goes by the same ceilings."""
    (tmp_path / "changes.csv").write_text("事项,编号\n中心户退出,M010\n", "utf-8")
    new = rezone(plan, project, Changed(tmp_path / "changes.csv"))
    held = new.members.set_index("member_id")
    assert held.loc["M041", "households"] <= 3
    assert held.loc["M041", "most"] == 3
    assert np.isnan(held.loc["M021", "most"])
    assert held.loc["M001", "households"] == 0


def test_no_age_and_no_illness_is_kept(plan: Plan) -> None:
    """The tables of a plan say of nobody why."""
    assert not {"code", "age", "ill", "reason"} & set(plan.members.columns)
    held = plan.members.set_index("member_id").loc[["M001", "M031"]]
    assert not held.astype(str).apply(lambda row: row.str.contains("excused|81")).to_numpy().any()

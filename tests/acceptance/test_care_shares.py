"""Care households shared out, and tied to a kind of member: in plan, proof, office's files; in no other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from planner.errors import InputError
from planner.model.project import Project
from planner.plan.changefile import Changes, Move
from planner.plan.changes import apply_changes
from planner.plan.provenance import plan_fingerprint
from planner.plan.staffing import share_figures
from planner.privacy.audience import Audience
from planner.privacy.reader import parts_of
from planner.render.map.meeting import meeting_payload
from planner.render.text.shown import Told
from tests.api.rezone.office import write_office

SHARES = """
[[shares]]
high = 3
price_m = 100000
[[shares]]
care = ["独居"]
talents = ["志愿"]
high = 6
hard = true
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """In the east lone elders in two buildings at the border of two zones; one centre is a volunteer."""
    folder = tmp_path_factory.mktemp("office")
    write_office(folder)
    homes = pd.read_csv(folder / "homes.csv", dtype=str)
    lone = homes["编号"].str.match(r"H02(0[0-3])$|H03(0[01])$")
    homes["关爱对象"] = np.where(lone, "独居老人", np.where(homes["编号"] == "H100", "低保", ""))
    homes.to_csv(folder / "homes.csv", index=False)
    members = pd.read_csv(folder / "members.csv", dtype=str)
    members["特长"] = np.where(members["编号"] == "M010", "志愿服务员", "")
    members.to_csv(folder / "members.csv", index=False)
    text = (folder / "planner.toml").read_text("utf-8")
    (folder / "planner.toml").write_text(text + SHARES, "utf-8")
    return Project.read(folder)


@pytest.fixture(scope="module")
def plan(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """As it comes back from its file."""
    folder = tmp_path_factory.mktemp("plan")
    run(project).save(folder)
    return Plan.load(folder)


def elders(plan: Plan) -> set[str]:
    """Zones in which lone elders live."""
    at = plan.households["household_id"].str.match(r"H02(0[0-3])$|H03(0[01])$")
    return set(plan.households.loc[at, "zone"])


def test_elders_are_linked_to_the_volunteer(plan: Plan) -> None:
    """Building 4 has a nearer centre; its elders take it to the zone of the volunteer, and it is proven."""
    assert elders(plan) == {"M010"}
    names = [r.name for r in plan.problem.rules]
    assert names[-2:] == ["care_per_member", "care_per_member:志愿/独居"]
    assert plan.verify(seconds=60).holds
    outcome = {r.name: r for r in plan.certificate.rules}
    assert outcome["care_per_member:志愿/独居"].broken == 0
    assert outcome["care_per_member"].highest <= 3


def test_each_member_has_its_share(plan: Plan, tmp_path: Path) -> None:
    """All elders are with the volunteer, nobody has more than three of the others; the office is told."""
    every, lone = share_figures(plan)
    assert (lone["off"], lone["others"], lone["members"]) == (0, 0, 1)
    at = plan.households["household_id"].str.match(r"H02(0[0-3])$|H03(0[01])$")
    assert set(plan.households.loc[at, "member"]) == {"M010"}
    # all but one are with one member, whom the share for members of every kind would give three
    assert (every["homes"], every["members"] > 1, every["off"]) == (6, True, 1)
    assert not any("落实到人" in text for text in (plan.report().text, plan.map().html))
    book = plan.save(tmp_path)["roster.internal.xlsx"]
    notes = pd.read_excel(book, sheet_name="说明 notes", header=None, engine="calamine").astype(str)
    assert notes.apply(lambda column: column.str.contains("落实到人")).to_numpy().any()
    members = (
        pd.read_excel(book, sheet_name="党员 members", header=None, engine="calamine")
        .astype(str)
        .to_numpy()
    )
    assert any("其中关爱户" in cell for cell in members.ravel())


def test_an_edit_keeps_them(plan: Plan) -> None:
    """A building that a meeting moves: the zones are staffed again from the plan's file alone."""
    zone = plan.units.set_index("unit_id")["zone"]
    home = set(plan.centres["unit_id"])
    elders_at = set(
        plan.households.loc[plan.households["household_id"].str.match(r"H02|H03"), "unit_id"]
    )
    ids = plan.centres["centre_id"].to_numpy(str)
    starts = plan.problem.pair_start
    for k, unit in enumerate(plan.units["unit_id"]):
        others = ids[plan.problem.pair_centre[starts[k] : starts[k + 1]]]
        if zone[unit] != "M010" or unit in home or unit in elders_at:
            continue
        for to in others[others != "M010"]:
            move = Move(str(unit), "M010", str(to))
            changes = Changes(
                "planner-changes-1", plan_fingerprint(plan), "2026-05-18T09:30:00Z", (move,), (), ()
            )
            try:
                made = apply_changes(plan, changes)
            except InputError:
                continue
            lone = next(s for s in share_figures(made) if "独居" in s["rule"])
            assert (lone["off"], lone["others"]) == (0, 0)
            return
    raise AssertionError("nothing could be moved")


def test_the_next_month_keeps_them(plan: Plan, project: Project, tmp_path: Path) -> None:
    """Rules are counted anew from the sheets."""
    (tmp_path / "changes.csv").write_text("事项,编号\n中心户退出,M070\n", "utf-8")
    new = rezone(plan, project, Changed(tmp_path / "changes.csv"))
    assert elders(new) == {"M010"}
    assert [r.name for r in new.problem.rules] == [r.name for r in plan.problem.rules]
    lone = next(s for s in share_figures(new) if "独居" in s["rule"])
    assert (lone["off"], lone["others"]) == (0, 0)


def test_a_meeting_is_told_nothing_of_them(plan: Plan) -> None:
    """Neither the rule nor who breaks it; the office's own files tell both."""
    told = meeting_payload(plan)
    assert not any("care" in r["name"] for r in told["rules"])
    page = "".join(part.text for part in parts_of(plan.map().html.encode(), "map.html"))
    assert "东社区" in page
    assert not any(word in page + plan.report().text for word in ("关爱户数", "care_per_member"))
    own = meeting_payload(plan, told=Told(plan, Audience.INTERNAL.terms))
    assert sum("care" in r["name"] for r in own["rules"]) == 2


def test_what_nobody_counts_for_is_told(project: Project) -> None:
    """A talent that nobody has leaves the rule out, with a word."""
    from dataclasses import replace

    from planner.model.sharing import Share

    one = replace(project, shares=(Share(talents=("潜水",), high=1.0),))
    made = run(one)
    assert "share-nobody" in {f.code for f in made.findings}
    assert len(made.problem.rules) == 3

"""A centre whose home is left open: the member with whom the zones around come out best, and no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.api.rezone.account import history_rows
from planner.api.rezone.run import Changed, Keeping, rezone
from planner.api.rezone.sited import with_sited
from planner.errors import SchemaError
from planner.model.events import Event
from planner.model.project import Project
from tests.plans import plans_equal

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def sheet(*rows: tuple[str, str, str]) -> Changed:
    """Lay out a sheet: kind, id, target."""
    return Changed(pd.DataFrame(rows, columns=["事项", "编号", "对象"]))


def known(plan: Plan) -> set[str]:
    """Give the ids of all members."""
    return set(plan.members["member_id"])


def cut(plan: Plan, project: Project, *rows: tuple[str, str, str]) -> Plan:
    """Re-zone without a price on homes."""
    return rezone(plan, project, sheet(*rows), Keeping(0.0), when=WHEN)


def test_nobody_of_the_zone_would_do_better(project: Project, plan: Plan) -> None:
    """Each of its members is tried as a centre by name: the one that is chosen makes the best plan."""
    zone = plan.centres.iloc[0]
    made = cut(plan, project, ("择优新设中心户", "", f"责任区{zone['number']}"))
    new = set(made.centres["centre_id"]) - set(plan.centres["centre_id"])
    assert len(new) == 1
    free = ~plan.members["is_centre"].to_numpy(bool)
    own = plan.members[free & (plan.members["zone"] == zone["centre_id"]).to_numpy()]
    assert new <= set(own["member_id"])
    # two of one door are the same place
    others = own.drop_duplicates("unit_id")
    others = others[others["unit_id"] != zone["unit_id"]]
    assert len(others) > 1
    values = [
        cut(plan, project, ("新增中心户", str(member), "")).certificate.value_m
        for member in others["member_id"]
    ]
    assert made.certificate.value_m == pytest.approx(min(values), rel=1e-6)
    assert [f.code for f in made.findings].count("centre-chosen") == 1


def test_the_history_names_who_was_chosen(project: Project, plan: Plan) -> None:
    """The event is one of a new centre by id from then on: it is told, gone back on, and taken again."""
    made = cut(plan, project, ("centre here", "", "1"))
    event = made.provenance["history"][-1]["events"][0]
    new = set(made.centres["centre_id"]) - set(plan.centres["centre_id"])
    assert (event["kind"], {event["id"]}, event["target"]) == ("centre-new", new, "1")
    assert "new centre x1" in history_rows(made)[-1]["what"]
    plans_equal(made.undo(), plan)
    again = rezone(made, project, Changed(), Keeping(0.0), when=WHEN)
    assert set(again.centres["centre_id"]) == set(made.centres["centre_id"])


def test_who_retires_is_followed_by_one_of_its_zone(project: Project, plan: Plan) -> None:
    """The zone of a centre that retires: the new one is chosen as if that one were gone already."""
    zone = plan.centres.iloc[1]
    gone = str(zone["centre_id"])
    made = cut(plan, project, ("中心户退出", gone, ""), ("择优新设中心户", "", gone))
    assert gone not in set(made.centres["centre_id"])
    assert len(made.centres) == len(plan.centres)
    (new,) = set(made.centres["centre_id"]) - set(plan.centres["centre_id"])
    assert plan.members.set_index("member_id").loc[new, "zone"] == gone


def test_two_in_one_community_are_two(plan: Plan) -> None:
    """By the name of the community, of a building, or a unit: nobody is chosen twice."""
    asked = [Event("centre-here", target="东社区"), Event("centre-here", target=" 东社区 ")]
    events, said = with_sited(plan, asked, known(plan), 0)
    chosen = [e.id for e in events]
    assert len(set(chosen)) == 2
    assert {e.kind for e in events} == {"centre-new"}
    assert [f.code for f in said] == ["centre-chosen"] * 2
    fences = plan.members.set_index("member_id").loc[chosen, "fence"]
    assert set(fences) == {"东社区"}
    assert with_sited(plan, asked, known(plan), 0) == (events, said)
    taken = plan.units["unit_id"].isin(plan.centres["unit_id"]).to_numpy()
    unit = plan.units[~taken].iloc[0]
    for target in (unit["unit_id"], unit["label"]):
        (event,), _ = with_sited(plan, [Event("centre-here", target=target)], known(plan), 0)
        assert plan.members.set_index("member_id").loc[event.id, "unit_id"] == unit["unit_id"]


def test_who_is_gone_or_busy_is_not_chosen(plan: Plan) -> None:
    """Whoever is not on the register of today, or is named by another line, stays what it is."""
    zone = plan.centres.iloc[0]
    own = plan.members[plan.members["zone"] == zone["centre_id"]]
    free = own[(own["unit_id"] != zone["unit_id"])]["member_id"].astype(str).tolist()
    (event,), _ = with_sited(plan, [Event("centre-here", target="1")], known(plan), 0)
    rest = Event("member-rest", id=event.id)
    asked = [rest, Event("centre-here", target="1")]
    events, _ = with_sited(plan, asked, known(plan), 0)
    assert events[0] is rest
    assert events[1].id in set(free) - {event.id}
    with pytest.raises(SchemaError) as caught:
        with_sited(plan, asked, known(plan) - set(free), 0)
    assert [f.code for f in caught.value.findings] == ["centre-here-nobody"]


@pytest.mark.parametrize(
    ("target", "code"),
    [("nowhere", "target-unknown"), ("99", "target-unknown"), ("甲里1号楼", "target-several")],
)
def test_a_place_that_is_none_is_told(
    plan: Plan, target: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its row and column, in both languages."""
    units = plan.units.copy()
    units.loc[[0, len(units) - 1], "label"] = "甲里1号楼"
    monkeypatch.setitem(plan.__dict__, "units", units)
    event = Event("centre-here", target=target, file="c.csv", row=7)
    with pytest.raises(SchemaError) as caught:
        with_sited(plan, [event], known(plan), 0)
    (told,) = caught.value.findings
    assert (told.code, told.row, told.column) == (code, 7, "对象")


def test_a_number_may_be_a_zone_or_an_id(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where both are known it is asked, never guessed."""
    centres = plan.centres.copy()
    centres.loc[2, "centre_id"] = "1"
    zones = plan.units["zone"].replace(str(plan.centres["centre_id"].iloc[2]), "1")
    monkeypatch.setitem(plan.__dict__, "centres", centres)
    monkeypatch.setitem(plan.__dict__, "units", plan.units.assign(zone=zones))
    with pytest.raises(SchemaError) as caught:
        with_sited(plan, [Event("centre-here", target="1")], known(plan), 0)
    assert [f.code for f in caught.value.findings] == ["centre-or-number"]


def test_without_such_an_event_nothing_is_asked(plan: Plan) -> None:
    """All others pass as they are."""
    events = (Event("home-out", id="H0000"), Event("lock", target="1"))
    assert with_sited(plan, events, (), 0) == (events, ())


def test_whom_an_objection_was_upheld_against_is_not_chosen(project: Project, plan: Plan) -> None:
    """Handed in as the office keeps it, a sheet of objections: the seat goes, no later month gives one."""
    zone = plan.centres.iloc[1]
    gone = str(zone["centre_id"])
    first = cut(plan, project, ("择优新设中心户", "", gone))
    (best,) = set(first.centres["centre_id"]) - set(plan.centres["centre_id"])
    upheld = pd.DataFrame({"党员编号": [gone, best, "nobody"], "结论": ["成立", "成立", "不成立"]})
    made = rezone(plan, project, Changed(upheld), Keeping(0.0), when=WHEN)
    assert set(made.centres["centre_id"]) == set(plan.centres["centre_id"]) - {gone}
    assert {gone, best} <= set(made.members["member_id"])
    assert "objection upheld x2" in history_rows(made)[-1]["what"]
    unit = made.households["unit_id"][plan.households["zone"].to_numpy() == gone].iloc[0]
    later = cut(made, project, ("择优新设中心户", "", str(unit)))
    new = set(later.centres["centre_id"]) - set(made.centres["centre_id"])
    assert not new & {gone, best}

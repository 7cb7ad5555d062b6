"""What of a plan stands: locks, what is given by hand, and whatever nothing happened to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.api.progress import Clock
from planner.api.rezone.wish import Kept, RezoneWish, kept_from
from planner.api.task import Case, Task, Wishes
from planner.api.zone import demand, place
from planner.errors import SchemaError
from planner.model.events import Event
from planner.model.project import Project
from planner.plan.previous import PreviousPlan
from planner.solve.keeping import Keeping


@pytest.fixture(scope="module")
def case(project: Project, plan: Plan) -> Case:
    """The office of today before anything is solved."""
    from planner.api.opening import open_project

    clock = Clock.of(None)
    task = Task(open_project(project, clock), Wishes(), PreviousPlan.of(plan))
    task, located = place(task, clock)
    return demand(task, located, clock)


def kept(case: Case, plan: Plan, *events: Event, **more: Any) -> Kept:
    """Ask what stands."""
    assert case.before is not None
    wish = RezoneWish(Keeping(), events, **more)
    return kept_from(wish, replace(case.before, tables=plan), case.located, case.demand)


def test_a_building_is_known_by_many_names(case: Case, plan: Plan) -> None:
    """Its label as the map has it, blanks and wide letters aside, or its unit's id; a zone by its number."""
    label = str(case.demand.units["label"].iloc[0])
    unit = str(case.demand.units["unit_id"].iloc[0])
    for name in (label, f" {label[:2]} {label[2:]}", unit, unit.lower()):
        assert kept(case, plan, Event("lock", target=name)).locks == (unit,)
    homes = case.demand.units["unit_id"][case.demand.problem.home].tolist()
    for name in ("2", "2号责任区", "责任区2", "zone 2"):
        locked = kept(case, plan, Event("lock", target=name))
        assert homes[1] in locked.locks
        assert set(np.flatnonzero(locked.standing.held >= 0)) == set(
            np.flatnonzero((plan.units["zone"] == plan.centres["centre_id"].iloc[1]).to_numpy())
        )


def test_a_building_is_all_its_stairwells(case: Case, plan: Plan) -> None:
    """Homes without a stairwell make a unit that is called like the building: the others are meant, too."""
    units = case.demand.units.copy()
    units.loc[1, ["label", "building"]] = ["甲里1号楼1单元", "甲里1号楼"]
    units.loc[2, ["label", "building"]] = ["甲里1号楼", "甲里1号楼"]
    several = replace(case, demand=replace(case.demand, units=units))
    ids = units["unit_id"]
    locked = kept(several, renamed(plan, units), Event("lock", target="甲里1号楼")).locks
    assert locked == (ids[1], ids[2])
    stair = kept(several, renamed(plan, units), Event("lock", target="甲里1号楼1单元")).locks
    assert stair == (ids[1],)


def renamed(plan: Plan, units: pd.DataFrame) -> Plan:
    """Give a plan the names of other units."""
    names = {c: units[c].to_numpy() for c in ("label", "building")}
    return replace(plan, units=plan.units.assign(**names))


def test_an_unlocked_building_is_free(case: Case, plan: Plan) -> None:
    """Of two events the later one counts."""
    label = str(case.demand.units["label"].iloc[0])
    both = kept(case, plan, Event("lock", target="1"), Event("unlock", target=label))
    assert case.demand.units["unit_id"].iloc[0] not in both.locks
    assert len(both.locks) == 2


def test_what_is_given_opens_its_community(case: Case, plan: Plan) -> None:
    """The other community stays closed; everywhere opens all."""
    assert (kept(case, plan).standing.zone >= 0).all()
    given = kept(case, plan, Event("give", target="东里小区3号楼", centre="M040")).standing
    west = (case.demand.units["fence"] == "西社区").to_numpy()
    assert (given.zone[west] >= 0).all()
    assert (given.zone[~west] < 0).all()
    assert len(given.parts) == 1
    assert (kept(case, plan, everywhere=True).standing.zone < 0).all()


def test_earlier_events_are_not_carried_out_twice(case: Case, plan: Plan) -> None:
    """A lock of last month is in the plan's history, and not in its events."""
    assert kept(case, plan, Event("lock", target="1"), earlier=1).locks == ()


def test_a_number_that_is_an_id_too_is_a_question(case: Case, plan: Plan) -> None:
    """Centre 2 has zone 3, and zone 2 has centre 9: "2" is neither, "zone 2" is zone 2; 3 may be 03."""
    ids = dict(zip(plan.centres["centre_id"], ("1", "9", "2", "4", "5", "06"), strict=True))
    named = replace(
        plan,
        centres=plan.centres.assign(centre_id=plan.centres["centre_id"].map(ids)),
        units=plan.units.assign(zone=plan.units["zone"].map(ids)),
    )
    centres = case.demand.centres.assign(
        centre_id=case.demand.centres["centre_id"].map(ids).to_numpy()
    )
    called = replace(case, demand=replace(case.demand, centres=centres))
    wrong = (
        Event("lock", target="2", file="c.xlsx", row=4),
        Event("give", target="东里小区3号楼", centre="2", file="c.xlsx", row=5),
    )
    with pytest.raises(SchemaError) as raised:
        kept(called, named, *wrong)
    assert [(f.code, f.row) for f in raised.value.findings] == [
        ("centre-or-number", 4),
        ("centre-or-number", 5),
    ]
    held = kept(called, named, Event("lock", target="第2责任区")).standing.held
    assert set(held[held >= 0]) == {1}
    assert len(kept(called, named, Event("lock", target="6")).locks) == 3


def test_ids_of_units_are_those_of_the_plan(case: Case, plan: Plan) -> None:
    """The sheet was written with the plan that stands at hand; a new building shifts the ids of today."""
    ids = [f"U{i + 100:05d}" for i in range(len(plan.units))]
    shifted = replace(
        case, demand=replace(case.demand, units=case.demand.units.assign(unit_id=ids))
    )
    third = str(plan.units["unit_id"].iloc[2])
    assert kept(shifted, plan, Event("lock", target=third)).locks == (ids[2],)


def test_a_name_that_two_communities_have_is_a_question(case: Case, plan: Plan) -> None:
    """Neither is taken."""
    units = case.demand.units.assign(label="1号楼")
    twice = replace(case, demand=replace(case.demand, units=units))
    with pytest.raises(SchemaError) as raised:
        kept(twice, plan, Event("lock", target="1号楼", file="c.xlsx", row=4))
    (told,) = raised.value.findings
    assert (told.code, told.row) == ("target-several", 4)

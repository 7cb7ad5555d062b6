"""Events meet the register: each act, and what does not fit it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import ConfigError, SchemaError
from planner.intake.events.apply import registered, with_rules
from planner.intake.residents import Residents, read_households, read_members
from planner.model.events import Event
from planner.model.rules import Bound, RuleBook


@pytest.fixture
def homes(tmp_path: Path) -> Residents:
    """Read three homes, one of them without an address."""
    path = tmp_path / "homes.csv"
    rows = ("007,甲里1号楼,20", "A2,甲里2号楼,30", "A3,,40")
    path.write_text("\n".join(["编号,地址,走访分钟", *rows]), encoding="utf-8")
    return read_households(path)


@pytest.fixture
def members(tmp_path: Path) -> Residents:
    """Read a centre and a member."""
    path = tmp_path / "members.csv"
    rows = ("M1,甲里1号楼,是", "M2,甲里2号楼,否")
    path.write_text("\n".join(["编号,地址,是否中心户", *rows]), encoding="utf-8")
    return read_members(path)


def event(kind: str, name: str = "", **more: Any) -> Event:
    """Make an event as the sheet has it."""
    return Event(kind, id=name, file="c.xlsx", sheet="变动", row=5, **more)


def test_homes_come_go_move_and_split(homes: Residents, members: Residents) -> None:
    """What is not said of a home stays: a mover keeps its weight."""
    made = registered(
        homes,
        members,
        [
            event("home-in", "B1", where={"address": "甲里9号楼"}),
            event("home-out", "A2"),
            event("home-move", "7", where={"address": "甲里5号楼"}),
            event("home-split", "007", new_id="B2", load=12.0),
            event("home-minutes", "B1", load=55.0),
        ],
    ).households.kept.set_index("id")
    assert made["address"].to_dict() == {"007": "甲里5号楼", "B1": "甲里9号楼", "B2": "甲里5号楼"}
    assert made["load"].to_dict() == {"007": 20.0, "B1": 55.0, "B2": 12.0}
    assert np.isnan(made["lon"]).all()
    assert made.loc["B1", "row"] == 5
    assert [e.id for e in registered(homes, members, [event("home-out", "7")]).events] == ["007"]
    # the sheets' own tables are as they were
    assert homes.kept["id"].tolist() == ["007", "A2"]


def test_a_home_that_was_held_leaves_or_finds_its_place(
    homes: Residents, members: Residents
) -> None:
    """A3 has no address: it is held, and an event may still name it."""
    assert homes.held["id"].tolist() == ["A3"]
    gone = registered(homes, members, [event("home-out", "A3")]).households
    assert len(gone.held) == 0
    found = registered(homes, members, [event("home-move", "A3", where={"address": "甲里3号楼"})])
    assert len(found.households.held) == 0
    assert "A3" in set(found.households.kept["id"])


def test_members_rest_serve_and_become_centres(homes: Residents, members: Residents) -> None:
    """Whoever rests is on nobody's list, and is back as before."""
    away = registered(homes, members, [event("member-rest", "M2")])
    assert away.members.kept["id"].tolist() == ["M1"]
    assert away.resting == {"M2"}
    back = registered(homes, members, [event("member-rest", "M2"), event("member-serve", "M2")])
    assert sorted(back.members.kept["id"]) == ["M1", "M2"]
    assert not back.resting
    turned = registered(
        homes,
        members,
        [
            event("centre-new", "M2"),
            event("centre-out", "M1"),
            event("member-in", "M3", where={"address": "甲里3号楼"}),
        ],
    ).members.kept.set_index("id")
    assert turned["is_centre"].to_dict() == {"M1": False, "M2": True, "M3": False}


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (event("home-out", "Z9"), "event-nobody"),
        (event("home-move", "Z9", where={"address": "甲里1号楼"}), "event-nobody"),
        (event("home-split", "Z9", new_id="B1"), "event-nobody"),
        (event("home-split", "A2", new_id="007"), "event-there-already"),
        (event("home-minutes", "Z9", load=3.0), "event-nobody"),
        (event("home-in", "A2", where={"address": "甲里1号楼"}), "event-there-already"),
        (event("member-out", "A2"), "event-nobody"),
        (event("member-rest", "M1"), "event-centre-rests"),
        (event("member-serve", "M2"), "event-not-resting"),
        (event("centre-out", "M2"), "event-no-centre"),
        (event("centre-new", "M1"), "event-centre-already"),
        (event("objection", "Z9"), "event-nobody"),
    ],
)
def test_an_event_that_names_nobody_is_a_fault(
    homes: Residents, members: Residents, one: Event, code: str
) -> None:
    """With file and row, without the id; of an earlier re-zoning it was taken, and is told."""
    with pytest.raises(SchemaError) as raised:
        registered(homes, members, [one])
    (told,) = raised.value.findings
    assert (told.code, told.file, told.row) == (code, "c.xlsx", 5)
    assert one.id not in told.what
    made = registered(homes, members, [one], earlier=1)
    assert [f.code for f in made.findings] == ["event-known"]
    assert sorted(made.households.kept["id"]) == ["007", "A2"]


@pytest.mark.parametrize(
    ("kind", "again"), [("home", "home-out"), ("home", "home-move"), ("member", "member-rest")]
)
def test_a_second_event_of_who_has_left_says_so(
    homes: Residents, members: Residents, kind: str, again: str
) -> None:
    """The id is on the register: it is the row before that takes it off."""
    name = str((homes if kind == "home" else members).kept["id"].iloc[-1])
    with pytest.raises(SchemaError) as told:
        registered(homes, members, [event(f"{kind}-out", name), event(again, name)])
    assert [f.code for f in told.value.findings] == ["event-left-already"]


def test_rules_change_by_events() -> None:
    """A floor of 0 is no floor any more; zones follow from the members' rules where nothing else was set."""
    rules = RuleBook(
        members_per_zone=Bound(5, 10),
        households_per_member=Bound(15, 25),
        households_per_zone=Bound(80, 200),
    )
    changed = with_rules(rules, [event("rule", rule="households_per_zone", low=0.0, high=120.0)])
    assert (changed.households_per_zone.low, changed.households_per_zone.high) == (0.0, 120.0)
    fewer = with_rules(rules, [event("rule", rule="members_per_zone", low=4.0)])
    assert (fewer.households_per_zone.low, fewer.households_per_zone.high) == (80.0, 200.0)
    with pytest.raises(ConfigError, match="row 5") as nothing:
        with_rules(rules, [event("rule", rule="walk_m", high=0.0)])
    assert "None" not in str(nothing.value)
    near = with_rules(rules, [event("rule", rule="walk_m", high=300.0)])
    assert near.walk.limit_m == 300.0
    with pytest.raises(ConfigError, match="row 5") as raised:
        with_rules(rules, [event("rule", rule="members_per_zone", low=40.0)])
    assert "第5行" in raised.value.zh


def test_an_id_is_found_by_its_number_whoever_came_and_went(
    homes: Residents, members: Residents
) -> None:
    """7 is 007, and 0007 is no new id; a split is known by its number, too, and who has left no more."""
    joins = event("home-in", "B7", where={"address": "甲里9号楼"})
    split = event("home-split", "7", new_id="012")
    made = registered(homes, members, [joins, split, event("home-out", "12")])
    assert [e.id for e in made.events] == ["B7", "007", "012"]
    assert set(made.households.kept["id"]) == {"007", "A2", "B7"}
    with pytest.raises(SchemaError):
        registered(homes, members, [event("home-split", "A2", new_id="0007")])
    left = [event("home-out", "7"), event("home-split", "A2", new_id="0007")]
    again = registered(homes, members, [*left, event("home-minutes", "7", load=9.0)])
    assert set(again.households.kept["id"]) == {"A2", "0007"}
    assert again.events[-1].id == "0007"


def test_zone_sizes_that_were_set_stay_when_members_change() -> None:
    """Those that followed from members and homes follow anew; one that was set by itself does not."""
    rule = event("rule", rule="members_per_zone", low=4.0)
    follows = RuleBook(members_per_zone=Bound(5, 10), households_per_member=Bound(15, 25))
    assert with_rules(follows, [rule]).households_per_zone.low == 60
    own = RuleBook(
        members_per_zone=Bound(5, 10),
        households_per_member=Bound(15, 25),
        households_per_zone=Bound(50, 250),
    )
    made = with_rules(own, [rule]).households_per_zone
    assert (made.low, made.high) == (50, 250)
    more = with_rules(own, [event("rule", rule="members_per_zone", high=8.0)]).households_per_zone
    assert (more.low, more.high) == (50, 200)


def test_an_objection_takes_the_seat_and_nothing_else(homes: Residents, members: Residents) -> None:
    """A centre is one no more, anybody else stays what they are; both stay members."""
    before = members.kept.set_index("id")["is_centre"]
    made = registered(homes, members, [event("objection", "M1"), event("objection", "M2")])
    after = made.members.kept.set_index("id")["is_centre"]
    assert before["M1"]
    assert not after[["M1", "M2"]].any()
    assert sorted(after.index) == sorted(before.index)
    assert not made.findings

"""What is different from one plan to another: every kind of difference is told, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.plan.diff import changes_between, differences
from planner.plan.frames import assignment_of
from planner.plan.provenance import plan_fingerprint
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def before() -> PlanTables:
    """Give a plan."""
    return make_plan_tables(moved=False)


def told(before: PlanTables, after: PlanTables) -> dict[str, Any]:
    """Give the differences as a program reads them."""
    return json.loads(json.dumps(differences(compared(before, after)), allow_nan=False))


def test_a_plan_and_itself(before: PlanTables) -> None:
    """Nothing is different."""
    found = told(before, before)
    assert found["same"] is True
    assert found["zones"] == found["buildings"] == found["rules"] == []
    assert all(a == b for a, b in found["figures"].values())


def test_homes_that_change_hands_are_those_of_the_comparison(before: PlanTables) -> None:
    """By building and by zone they add up to one number."""
    moves = movable(before, 8)
    after = recut(before, moves)
    found = told(before, after)
    assert found["same"] is False
    moved = int(before.units["households"].to_numpy()[list(moves)].sum())
    assert moved == compared(before, after).moved == found["homes"]["moved"]
    assert sum(row["households"] for row in found["buildings"]) == moved
    assert sum(row["gained"] for row in found["zones"]) == moved
    assert sum(row["lost"] for row in found["zones"]) == moved
    for row in found["zones"]:
        change = row["households_after"] - row["households_before"]
        assert change == row["gained"] - row["lost"]
    # whoever was moved has another member by that, and is not counted a second time
    was = assignment_of(before)
    assert found["members"]["other_zone"] == sum(
        int(before.units["members"].iloc[u]) for u in moves if was[u] >= 0
    )


def test_a_member_alone(before: PlanTables) -> None:
    """A home that keeps its zone and changes its member is told by its own."""
    homes = before.households
    served = homes[homes["zone"] != ""]
    zone = served["zone"].iloc[0]
    inside = before.members[before.members["zone"] == zone]["member_id"]
    at = served.index[0]
    other = next(m for m in inside if m != homes.loc[at, "member"])
    after = replace(
        before, households=homes.assign(member=homes["member"].where(homes.index != at, other))
    )
    found = told(before, after)
    assert (found["homes"]["other_member"], found["homes"]["moved"]) == (1, 0)
    assert found["same"] is False


def test_rules_locks_and_files(before: PlanTables) -> None:
    """Each with both values."""
    rules = tuple(
        replace(r, high=r.high + 10) if r.name == "households_per_zone" and r.high else r
        for r in before.problem.rules
    )
    walk = replace(before.rules.walk, limit_m=650.0)
    entry = {
        "plan": plan_fingerprint(before),
        "locks": [before.units["unit_id"].iloc[0]],
        "notes": [],
    }
    note = {**before.provenance, "history": [entry], "inputs": {"a.csv": "1", "b.csv": "2"}}
    old = replace(before, provenance={**before.provenance, "inputs": {"a.csv": "0", "c.csv": "3"}})
    after = replace(
        before,
        problem=before.problem.replace(rules=rules),
        rules=replace(before.rules, walk=walk),
        provenance=note,
    )
    found = told(old, after)
    assert {(r["rule"], r["what"], *r["values"]) for r in found["rules"]} == {
        ("households_per_zone", "high", 250, 260),
        ("walk_m", "limit_m", 500, 650),
    }
    assert found["locks"] == [0, 1]
    assert found["inputs"] == {"added": ["b.csv"], "removed": ["c.csv"], "edited": ["a.csv"]}


def test_centres_that_come_go_or_are_renumbered(before: PlanTables) -> None:
    """By number and id."""
    ids = list(before.centres["centre_id"])
    new = {ids[0]: "NEW"}

    def renamed(frame: Any, *columns: str) -> Any:
        named = {c: frame[c].replace(new) for c in columns}
        if "number" in frame and "centre_id" in frame:
            named["number"] = frame["number"].replace({2: 99})
        return frame.assign(**named)

    after = replace(
        before,
        units=renamed(before.units, "zone"),
        households=renamed(before.households, "zone", "member"),
        members=renamed(before.members, "zone", "member_id"),
        centres=renamed(before.centres, "centre_id"),
        zones=renamed(before.zones, "centre_id"),
    )
    found = told(before, after)["centres"]
    assert [c["centre_id"] for c in found["gone"]] == [ids[0]]
    assert [c["centre_id"] for c in found["new"]] == ["NEW"]
    assert found["renumbered"] == [[2, 99]]
    assert found["stayed"] == len(ids) - 1


def test_which_changes_lie_between(before: PlanTables) -> None:
    """Only a history that names the very plan tells."""
    entry = {"plan": plan_fingerprint(before), "locks": [], "notes": []}
    after = replace(before, provenance={**before.provenance, "history": [entry]})
    assert changes_between(before, before) == 0
    assert changes_between(before, after) == 1
    assert changes_between(after, before) is None
    stranger = replace(
        before, provenance={**before.provenance, "history": [{**entry, "plan": "0"}]}
    )
    assert changes_between(before, stranger) is None
    assert changes_between(before, recut(before, movable(before, 1))) is None

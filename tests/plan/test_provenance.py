"""Where a plan comes from, what was done to it, and what names it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from planner.demand.ground import Ground
from planner.model.tables import PlanTables
from planner.network.straight import StraightNetwork
from planner.plan.provenance import history_of, locks_of, notes_of, plan_fingerprint, stamped
from tests.office import PLANE
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables(nx=4, ny=3, nc=3)


def edited(tables: PlanTables, *locks: list[str]) -> PlanTables:
    """Give the plan a history of these locks, each with a note."""
    entries = [
        {"locks": own, "notes": [{"lon": 117.0, "lat": 32.6, "text": f"n{i}"}]}
        for i, own in enumerate(locks)
    ]
    return replace(tables, provenance={**tables.provenance, "history": entries})


def test_a_stamp_says_where_a_plan_comes_from(tables: PlanTables) -> None:
    """Title, day, network, versions and seconds are there; what the plan said itself stays."""
    ground = Ground(StraightNetwork(PLANE, 1.25), data_date="2026-04-02", attribution="© x")
    bare = replace(tables, provenance={"stopped": "gap", "seed": 7})
    made = stamped(
        bare, ground, title="示例", seed=3, sources=[("a.xlsx", "ab")], synthetic=True,
        seconds={"read": 1.23456}, previous=None,
    )  # fmt: skip
    note = made.provenance
    assert note["title"] == "示例"
    assert note["created"] == date.today().isoformat()
    assert note["network"] == "straight x1.25"
    assert note["inputs"] == {"a.xlsx": "ab"}
    assert note["seconds"] == {"read": 1.235}
    assert note["seed"] == 7, "what the plan says itself is not written over"
    assert note["stopped"] == "gap"
    assert 0.01 < note["peak_gb"] < 100
    assert set(note["versions"]) > {"python", "numpy", "shapely"}


def test_the_fingerprint_names_one_state(tables: PlanTables) -> None:
    """It differs with a zone, a lock and an edit, and with nothing else."""
    own = plan_fingerprint(tables)
    assert own == plan_fingerprint(replace(tables, findings=()))
    zone = tables.units["zone"].copy()
    zone.iloc[0], zone.iloc[-1] = zone.iloc[-1], zone.iloc[0]
    unit = tables.units["unit_id"].iloc[0]
    states = {
        own,
        plan_fingerprint(replace(tables, units=tables.units.assign(zone=zone))),
        plan_fingerprint(edited(tables, [])),
        plan_fingerprint(edited(tables, [unit])),
        plan_fingerprint(edited(tables, [unit], [unit])),
    }
    assert len(states) == 5
    assert all(len(s) == 64 for s in states)


def test_the_last_edit_holds_the_locks(tables: PlanTables) -> None:
    """Locks are those of the last entry, in the order of the units; notes are of all entries."""
    a, b, c = tables.units["unit_id"].iloc[:3]
    assert locks_of(tables) == history_of(tables) == notes_of(tables) == ()
    made = edited(tables, [a], [c, b])
    assert locks_of(made) == (b, c)
    assert [n["text"] for n in notes_of(made)] == ["n0", "n1"]
    assert len(history_of(made)) == 2

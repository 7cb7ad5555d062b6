"""The plans before a plan lie in its file: each change can be undone, and damage is told."""

from __future__ import annotations

import lzma
from dataclasses import replace
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.model.tables import PlanTables
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes
from planner.plan.store.past import broken_past, restored, with_past
from planner.plan.store.plans import plan_bytes, read_bytes, read_plan, store_plan
from tests.plan.test_changes import some_move, written
from tests.plans import make_plan_tables, plans_equal, unproven


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> PlanTables:
    """A plan from its file, with digests of names as one that was saved."""
    tables = make_plan_tables()
    guarded = {**tables.provenance, "guard": {"salt": "00", "kinds": {}}}
    path = tmp_path_factory.mktemp("first") / "plan.gpkg"
    store_plan(replace(tables, provenance=guarded), path)
    return read_plan(path)


@pytest.fixture(scope="module")
def third(first: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> PlanTables:
    """The same after two edits, from its file."""
    tables = first
    for skip in (0, 1):
        tables = apply_changes(tables, read_changes(written(tables, [some_move(tables, skip)])))
    path = tmp_path_factory.mktemp("past") / "plan.gpkg"
    store_plan(tables, path)
    return read_plan(path)


def test_each_change_can_be_undone(first: PlanTables, third: PlanTables) -> None:
    """Step by step, and all at once: to the last byte of the file."""
    assert len(third.past) == len(third.provenance["history"]) == 2
    second = restored(third, 1)
    assert len(second.past) == len(second.provenance["history"]) == 1
    for back in (restored(second, 1), restored(third, 2)):
        plans_equal(first, back)
        assert plan_bytes(back) == plan_bytes(first)
    assert restored(third, 0) is third


def test_what_is_shared_is_not_stored_twice(first: PlanTables, third: PlanTables) -> None:
    """Base layers of one map stand once; a layer that has changed is kept as it was."""
    assert set(third.past[0].same) == set(first.base)
    other = {**first.base, "green": first.base["green"].iloc[:0]}
    made = with_past(replace(first, base=other, past=()), first)
    changed = "green" if len(first.base["green"]) else ""
    assert changed not in made.past[0].same or not changed
    assert plan_bytes(restored(made, 1)) == plan_bytes(first)


def test_what_only_grows_is_not_stored_twice(first: PlanTables) -> None:
    """Events and history of a plan of the past are those that the plan after it begins with."""
    events = [{"kind": "home-out", "id": f"H{i}", "file": "c.csv", "row": i} for i in range(400)]
    before = replace(first, provenance={**first.provenance, "events": events[:300]})
    other = [*events[:299], {**events[299], "row": 7}, *events[300:]]
    for later in (events, other):
        after = with_past(
            replace(before, provenance={**before.provenance, "events": later}), before
        )
        data = lzma.decompress(after.past[0].data)
        assert b"H298" not in data
        assert (b"H299" in data) == (later is other)
        plans_equal(before, restored(after, 1))
        assert plan_bytes(restored(after, 1)) == plan_bytes(before)
        # a plan whose later events were cut off has lost what its past leans on
        cut = replace(after, provenance={**after.provenance, "events": events[:100]})
        with pytest.raises(InputError):
            restored(cut, 1)


def test_no_more_than_there_is(third: PlanTables) -> None:
    """It is told in both languages."""
    with pytest.raises(InputError, match="keeps 2") as raised:
        restored(third, 3)
    assert raised.value.zh


def test_most_are_kept_by_what_differs() -> None:
    """Every sixth whole, those between in a small part of it; each comes back to the last byte."""
    tables = unproven(make_plan_tables(nx=6, ny=4, nc=5))
    tables = read_bytes(plan_bytes(tables), Path("plan.gpkg"))
    plans = [tables]
    for skip in range(8):
        change = read_changes(written(tables, [some_move(tables, skip)]))
        tables = read_bytes(plan_bytes(apply_changes(tables, change)), Path("plan.gpkg"))
        plans.append(tables)
    sizes = [len(p.data) for p in tables.past]
    whole = [p.data.startswith(b"\xfd7zXZ") for p in tables.past]
    assert whole == [True, *[False] * 5, True, False]
    assert sum(sizes[1:6]) < sizes[0]
    assert broken_past(tables) == ()
    for steps in (1, 2, 3, 8):
        assert plan_bytes(restored(tables, steps)) == plan_bytes(plans[-1 - steps])
    # what leans on a damaged one is lost with it, up to the next that is whole
    torn = list(tables.past)
    torn[3] = replace(torn[3], data=torn[3].data[:-30])
    damaged = replace(tables, past=tuple(torn))
    assert broken_past(damaged) == (4, 5, 6)
    plans_equal(restored(damaged, 2), plans[-3])
    for skipped in (3, 5):
        broken = replace(tables, past=tuple(torn[: skipped + 1]))
        with pytest.raises(InputError):
            restored(broken, 1)
    # a new change does not lean on it either
    again = with_past(
        replace(damaged, past=tuple(torn[:5])), replace(damaged, past=tuple(torn[:5]))
    )
    assert again.past[-1].data.startswith(b"\xfd7zXZ")


def test_damage_is_told(third: PlanTables, tmp_path: Path) -> None:
    """A flipped byte, another plan, and a file that grows without end are refused, never taken."""
    *older, last = third.past
    wrong = bytearray(last.data)
    wrong[len(wrong) // 2] ^= 1
    stranger = lzma.compress(plan_bytes(make_plan_tables(nx=6, ny=4, nc=5)))
    for data in (bytes(wrong), b"", lzma.compress(b"no plan"), stranger, last.data[:-40]):
        broken = replace(third, past=(*older, replace(last, data=data)))
        with pytest.raises(InputError):
            restored(broken, 1)


def test_a_past_that_cannot_be_gone_back_to(third: PlanTables) -> None:
    """Torn, or not the plan that the history names: by the number of the change."""
    assert broken_past(third) == ()
    first, second = third.past
    # the second is told by what differs from the first
    torn = replace(first, data=first.data[:-40])
    assert broken_past(replace(third, past=(torn, second))) == (1, 2)
    stranger = replace(second, fingerprint=first.fingerprint)
    assert broken_past(replace(third, past=(first, stranger))) == (2,)
    # a history that is shorter than what is kept names none of it
    short = replace(third, provenance={**third.provenance, "history": []})
    assert broken_past(short) == (1, 2)

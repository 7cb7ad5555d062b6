"""The plans before a plan lie in its file: each change can be undone, and damage is told."""

from __future__ import annotations

import lzma
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.model.tables import Past, PlanTables
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes
from planner.plan.store import past
from planner.plan.store.delta import Tables, encoded, tables_in
from planner.plan.store.past import broken_past, restored, with_past
from planner.plan.store.plans import plan_bytes, read_bytes, read_plan, store_plan
from tests.plan.test_changes import some_move, written
from tests.plans import make_plan_tables, plans_equal, unproven

HEAD = 18  # bytes of a packed plan that say how it is packed


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
        data = lzma.decompress(after.past[0].data[HEAD:])
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


@pytest.fixture(scope="module")
def states() -> list[PlanTables]:
    """A plan after none to eight edits, each as it comes from its file."""
    tables = unproven(make_plan_tables(nx=6, ny=4, nc=5))
    tables = read_bytes(plan_bytes(tables), Path("plan.gpkg"))
    plans = [tables]
    for skip in range(8):
        change = read_changes(written(tables, [some_move(tables, skip)]))
        tables = read_bytes(plan_bytes(apply_changes(tables, change)), Path("plan.gpkg"))
        plans.append(tables)
    return plans


def steps_in(past: Past) -> int:
    """Give how many plans before it the one lies that a plan is told by."""
    assert past.data.startswith(b"planner-delta-2\n")
    return int.from_bytes(past.data[HEAD - 2 : HEAD], "little")


def with_torn(tables: PlanTables, *at: int) -> PlanTables:
    """Cut off the end of some plans of the past."""
    torn = [replace(p, data=p.data[:-30]) if i in at else p for i, p in enumerate(tables.past)]
    return replace(tables, past=tuple(torn))


def test_most_are_kept_by_what_differs(states: list[PlanTables]) -> None:
    """From the one before, every sixth from the sixth before; each comes back to the last byte."""
    tables = states[-1]
    sizes = [len(p.data) for p in tables.past]
    assert [steps_in(p) for p in tables.past] == [0, 1, 1, 1, 1, 1, 6, 1]
    assert max(sizes[1:]) < sizes[0] / 2
    assert broken_past(tables) == ()
    for steps in (1, 2, 3, 8):
        assert plan_bytes(restored(tables, steps)) == plan_bytes(states[-1 - steps])


def test_few_lie_between_a_plan_and_the_first(states: list[PlanTables]) -> None:
    """After three years, and after ten: whichever is asked for, few are unpacked."""
    one = states[1].past[0]
    head = b"planner-delta-2\n"
    made = [one]
    for number in range(1, 130):
        steps = next(6**k for k in (2, 1, 0) if number % 6**k == 0 and number >= 6**k)
        made.append(replace(one, data=head + steps.to_bytes(2, "little") + one.data[HEAD:]))
        assert past._steps(number) == steps
    for number in range(130):
        seen: dict[int, Tables] = {}
        past._tables(made, number, ("plan",), seen)
        assert len(seen) <= 1 + 5 + 5 + 3


def test_what_leans_on_a_damaged_plan_is_lost(states: list[PlanTables]) -> None:
    """With it, and nothing else; a new change does not lean on it either."""
    damaged = with_torn(states[-1], 3)
    assert broken_past(damaged) == (4, 5, 6)
    plans_equal(restored(damaged, 2), states[-3])
    # those between are asked for nothing but their notes
    for skipped in (4, 6):
        with pytest.raises(InputError):
            restored(replace(damaged, past=damaged.past[:skipped]), 1)
    fourth = replace(damaged, past=damaged.past[:5])
    again = with_past(fourth, fourth)
    assert steps_in(again.past[-1]) == 0
    assert plan_bytes(restored(again, 1)) == plan_bytes(fourth)


def test_plans_of_the_first_versions_are_unpacked(
    states: list[PlanTables], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file as it was, and what differs from the plan right before it; new ones lean on either."""
    files: list[bytes] = []
    with monkeypatch.context() as patched:
        patched.setattr(past, "_packed", lambda data, _: files.append(data) or b"")
        for before, after in pairwise(states[:4]):
            with_past(after, before)
    tables = [tables_in(data) for data in files]
    told = [encoded(now, base) for base, now in pairwise(tables)]
    packed = [lzma.compress(files[0]), *(b"planner-delta-1\n" + lzma.compress(d) for d in told)]
    kept = [replace(p, data=d) for p, d in zip(states[3].past, packed, strict=True)]
    older = replace(states[3], past=tuple(kept))
    assert broken_past(older) == ()
    for steps in (1, 2, 3):
        plans_equal(restored(older, steps), restored(states[3], steps))
    after = with_past(states[4], older)
    assert steps_in(after.past[-1]) == 1
    plans_equal(restored(after, 1), older)


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

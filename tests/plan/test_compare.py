"""Two plans side by side: what changes hands, however the two registers name things."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.audit import audit
from planner.model.problem import Result
from planner.model.tables import PlanTables
from planner.plan.build import assemble
from planner.plan.compare import compared
from planner.plan.frames import assignment_of
from planner.plan.kept import Kept
from tests.plans import make_plan_tables


def recut(tables: PlanTables, moves: dict[int, int]) -> PlanTables:
    """Give the plan again with some units at other centres."""
    assignment = assignment_of(tables)
    for unit, centre in moves.items():
        assignment[unit] = centre
    bound_m = tables.certificate.bound_m
    own = audit(tables.problem, assignment, bound_m)
    own = replace(own, bound_m=min(bound_m, own.value_m))
    result = Result(assignment, own.bound_m, tables.parts)  # type: ignore[arg-type]
    return assemble(tables, result, own, Kept(tables))


def movable(tables: PlanTables, n: int) -> dict[int, int]:
    """Choose units that may go to another centre, each with one."""
    problem, now = tables.problem, assignment_of(tables)
    moves: dict[int, int] = {}
    for unit, centre in zip(problem.pair_unit.tolist(), problem.pair_centre.tolist(), strict=True):
        free = unit not in problem.home and now[unit] >= 0 and centre != now[unit]
        if free and unit not in moves and unit % 5 == 0 and len(moves) < n:
            moves[unit] = centre
    return moves


@pytest.fixture(scope="module")
def before() -> PlanTables:
    """Give a plan."""
    return make_plan_tables(moved=False)


@pytest.fixture(scope="module")
def moves(before: PlanTables) -> dict[int, int]:
    """Give eight units and where they go."""
    return movable(before, 8)


@pytest.fixture(scope="module")
def after(before: PlanTables, moves: dict[int, int]) -> PlanTables:
    """Give the plan with them moved."""
    return recut(before, moves)


def told(before: PlanTables, after: PlanTables) -> set[tuple[int, int, int, int, int]]:
    """Give the rows of a comparison as plain tuples."""
    return {tuple(row) for row in compared(before, after).rows.to_numpy().tolist()}


def test_equal_plans_differ_in_nothing(before: PlanTables) -> None:
    """A plan against itself: no row, no change in any figure."""
    same = compared(before, before)
    assert len(same.rows) == 0
    assert same.moved == same.joined == same.left == 0
    assert all(a == b for a, b in same.figures().values())


def test_each_home_that_changes_hands_is_listed_once(
    before: PlanTables, after: PlanTables, moves: dict[int, int]
) -> None:
    """Rows are exactly the units that moved, with their homes, from and to."""
    was = assignment_of(before)
    homes = before.units["households"].to_numpy()
    wanted = {(u, u, int(was[u]), c, int(homes[u])) for u, c in moves.items()}
    assert told(before, after) == wanted
    comparison = compared(before, after)
    assert comparison.moved == sum(homes[u] for u in moves)
    assert comparison.matched == "homes"
    assert f"{comparison.moved} of" in repr(comparison)
    table = comparison.table()
    assert set(table["building"]) == {before.units["label"].iloc[u] for u in moves}
    assert table["walk_after_m"].notna().all()


def test_other_ids_are_matched_by_building_and_place(before: PlanTables, after: PlanTables) -> None:
    """Where two registers number homes and units otherwise, the same buildings are found all the same."""
    renamed = replace(
        after,
        households=after.households.assign(
            household_id=[f"X{k}" for k in range(len(after.households))]
        ),
    )
    comparison = compared(before, renamed)
    assert comparison.matched == "units"
    assert told(before, renamed) == told(before, after)
    unlabelled = replace(renamed, units=renamed.units.assign(label="?"))
    assert told(before, unlabelled) == told(before, after)


def test_ids_that_stand_for_homes_elsewhere_are_not_trusted(
    before: PlanTables, after: PlanTables
) -> None:
    """Row numbers given anew to other homes do not make every home change hands."""
    homes = after.households
    shuffled = np.random.default_rng(0).permutation(homes["household_id"].to_numpy())
    comparison = compared(before, replace(after, households=homes.assign(household_id=shuffled)))
    assert comparison.matched == "units"
    assert len(comparison.rows) == len(compared(before, after).rows)


def test_homes_that_join_and_leave_are_counted_apart(before: PlanTables, after: PlanTables) -> None:
    """Homes of one plan only change no hands."""
    fewer = replace(before, households=before.households.iloc[7:].reset_index(drop=True))
    grown = compared(fewer, before)
    shrunk = compared(before, fewer)
    assert (grown.moved, grown.joined, grown.left) == (0, 7, 0)
    assert (shrunk.moved, shrunk.joined, shrunk.left) == (0, 0, 7)


def test_a_centre_that_is_gone(before: PlanTables) -> None:
    """All homes of a centre who is none any more change hands."""
    gone = before.centres["centre_id"].iloc[2]
    other = before.centres["centre_id"].iloc[2] + "-new"
    swap = {gone: other}
    after = replace(
        before,
        centres=before.centres.replace({"centre_id": swap}),
        zones=before.zones.replace({"centre_id": swap}),
        units=before.units.replace({"zone": swap}),
        households=before.households.replace({"zone": swap}),
    )
    comparison = compared(before, after)
    assert comparison.centre.tolist() == [0, 1, -1, *range(3, len(before.centres))]
    assert set(comparison.rows["from_centre"]) == set(comparison.rows["to_centre"]) == {2}
    assert comparison.moved == (before.households["zone"] == gone).sum()


def test_centres_of_no_shared_id_are_matched_by_place(
    before: PlanTables, after: PlanTables
) -> None:
    """Where every centre has another id, the same buildings are the same centres."""
    swap = {c: f"Z{i}" for i, c in enumerate(after.centres["centre_id"])}
    other = replace(
        after,
        centres=after.centres.replace({"centre_id": swap}),
        zones=after.zones.replace({"centre_id": swap}),
        units=after.units.replace({"zone": swap}),
        households=after.households.replace({"zone": swap}),
    )
    assert compared(before, other).centre.tolist() == list(range(len(before.centres)))
    assert told(before, other) == told(before, after)

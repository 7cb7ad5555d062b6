"""Re-cutting: a price on each home that changes hands."""

from __future__ import annotations

import numpy as np

from planner.model.problem import Problem, ZoneRule
from planner.solve.rezone import Previous, moved_households, price_changes, resolve
from planner.solve.zones.search import Stop, solve

STOP = Stop(gap=0.0, seconds=20)


def street(walk_to_second: float = 200.0, **changes: object) -> Problem:
    """Five buildings of ten homes on a street, centres at both ends; the middle is torn."""
    position = np.array([0.0, 100, 200, 300, 400])
    walk = np.stack([position, 400 - position], axis=1)
    walk[2, 1] = walk_to_second
    values: dict[str, object] = {
        "load": np.full(5, 10.0),
        "households": np.full(5, 10),
        "home": [0, 4],
        "pair_start": np.arange(0, 11, 2),
        "pair_centre": [0, 1] * 5,
        "walk_m": walk.ravel(),
        "adjacency": [[0, 1], [1, 2], [2, 3], [3, 4]],
        "rules": (ZoneRule("households_per_zone", np.full(5, 10.0), 20, 30),),
    }
    return Problem(**(values | changes))  # type: ignore[arg-type]


UNIT = np.repeat(np.arange(5), 10)


def before(zone: np.ndarray, problem: Problem, price: float = 200.0) -> Previous:
    """Everyone is a household."""
    return Previous(zone.astype(np.int32), np.ones(len(zone)), problem.fingerprint(), price)


def test_each_home_that_leaves_its_centre_is_charged() -> None:
    """A pair costs the price for each home that it takes from another centre, and new homes are free."""
    problem = street()
    was = np.where(UNIT < 3, 0, 1)
    was[20:24] = -1
    priced = price_changes(problem, UNIT, before(was, problem, 7.0))
    assert priced.change_m.reshape(5, 2).tolist() == [[0, 70], [0, 70], [0, 42], [70, 0], [70, 0]]


def test_unchanged_input_changes_nothing() -> None:
    """Whatever the price, zero included, the plan that stands is the plan."""
    problem = street()
    found = solve(problem, stop=STOP, seed=0).assignment
    for price in (0.0, 1.0, 500.0):
        for stands in (found, np.array([0, 0, 1 - found[2], 1, 1])):
            was = before(stands[UNIT], problem, price)
            priced, again = resolve(problem, UNIT, was, stop=STOP, seed=1)
            assert again.assignment.tolist() == stands.tolist()
            assert again.stopped == "unchanged"
            assert (
                priced.pair_cost_m[priced.pairs_of(again.assignment)].sum() >= again.bound_m - 1e-6
            )


def test_a_home_moves_only_for_more_than_its_price() -> None:
    """A building 60 m nearer to the other centre stays at 100 m a home and goes at 50."""
    old = street()
    stands = np.array([0, 0, 0, 1, 1])
    new = street(walk_to_second=140.0)
    for price, moved in ((100.0, 0), (50.0, 10)):
        was = before(stands[UNIT], old, price)
        _, again = resolve(new, UNIT, was, stop=STOP, seed=0)
        assert moved_households(again.assignment, UNIT, was.zone).sum() == moved


def test_members_anchor_units_without_a_household() -> None:
    """A building where only a member lives stays where the member was, free of charge."""
    problem = street(load=[10, 10, 0, 10, 10], households=[10, 10, 0, 10, 10])
    unit = np.array([0, 1, 2, 3, 4])
    was = Previous(
        np.array([0, 0, 1, 1, 1]), np.array([1.0, 1, 0, 1, 1]), problem.fingerprint(), 5.0
    )
    priced, again = resolve(problem, unit, was, stop=STOP, seed=0)
    assert again.assignment.tolist() == [0, 0, 1, 1, 1]
    assert priced.change_m[4:6].tolist() == [0, 0]


def test_who_was_not_served_has_not_moved() -> None:
    """New homes do not count as changing hands; losing one's centre does."""
    moved = moved_households([0, 1], [0, 1, 1, -1], [-1, 1, 0, 1])
    assert moved.tolist() == [False, False, True, True]

"""Re-cutting: a price on each home that changes hands."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem, ZoneRule
from planner.solve.rezone import GONE, Previous, moved_households, price_changes, resolve
from planner.solve.zones.search import Progress, Stop, solve
from tests.solve.towns import SLOW
from tests.strategies import problems

STOP = Stop(gap=0.0, seconds=300)


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


@pytest.mark.parametrize("price", [-1.0, float("nan")])
def test_a_price_that_makes_no_sense_is_refused(price: float) -> None:
    """Nobody is paid for moving."""
    with pytest.raises(ValueError, match=r"^move_price_m must not be negative, but is (-1|nan)"):
        Previous(np.zeros(1, np.int32), np.ones(1), "", price)
    assert Previous(np.zeros(1, np.int32), np.ones(1), "", 0.0).move_price_m == 0.0


def test_the_previous_plan_does_not_change() -> None:
    """It is a value, and can be one of a set."""
    was = Previous(np.zeros(1, np.int32), np.ones(1), "", 1.0)
    assert {was} == {was}
    with pytest.raises(FrozenInstanceError):
        was.move_price_m = 2.0  # type: ignore[misc]


@SLOW
@given(problems(all_pairs=False), st.integers(0, 2**31))
def test_prices_are_counted_home_by_home(problem: Problem, seed: int) -> None:
    """Adding up over the homes gives the same: each one whose centre before is another costs its price.

    Members cost nothing; who has no unit, or had no centre, is free; a centre that may no longer serve
    the unit is left whatever is chosen.
    """
    rng = np.random.default_rng(seed)
    people = 30
    unit = rng.integers(-1, problem.n_units, people)
    zone = rng.integers(-1, problem.n_centres, people).astype(np.int32)
    homes = (rng.random(people) < 0.7).astype(float)
    priced = price_changes(problem, unit, Previous(zone, homes, "", 7.0))
    for p in range(problem.n_pairs):
        wanted = sum(
            7.0 * homes[i]
            for i in range(people)
            if unit[i] == problem.pair_unit[p]
            and zone[i] >= 0
            and zone[i] != problem.pair_centre[p]
        )
        assert priced.change_m[p] == pytest.approx(wanted)
    assert (problem.replace(change_m=priced.change_m).walk_m == priced.walk_m).all()


def test_nobody_was_anywhere() -> None:
    """A first plan of a district, told as a re-cut: nothing is charged, everything is found."""
    problem = street()
    was = Previous(np.full(len(UNIT), -1, np.int32), np.ones(len(UNIT)), "", 200.0)
    priced, found = resolve(problem, UNIT, was, stop=STOP, seed=0)
    assert not priced.change_m.any()
    fresh = solve(problem, stop=STOP, seed=0)
    assert found.bound_m == pytest.approx(fresh.bound_m)
    assert (found.assignment >= 0).all()


def test_a_unit_follows_most_of_its_homes() -> None:
    """Torn between two centres it begins with the one that served more; members decide where no home does."""
    problem = street(walk_to_second=200.0)
    counts = {2: [0] * 4 + [1] * 6}
    zone = np.concatenate(
        [np.full(10, 0), np.full(10, 0), counts[2], np.full(10, 1), np.full(10, 1)]
    )
    was = before(zone, problem, 0.0)
    _, kept = resolve(problem, UNIT, was, stop=STOP, seed=0)
    assert kept.assignment.tolist() == [0, 0, 1, 1, 1]
    unit = np.append(UNIT, [2, 2, 2])
    homes = np.append(np.ones(50), [0.0, 0.0, 0.0])
    lone = np.concatenate([zone[:20], np.full(10, -1), zone[30:], [0, 0, 1]])
    _, kept = resolve(
        problem, unit, Previous(lone, homes, problem.fingerprint(), 0.0), stop=STOP, seed=0
    )
    assert kept.assignment.tolist() == [0, 0, 0, 1, 1]


def test_one_home_outweighs_many_members() -> None:
    """Members only anchor where no home does."""
    problem = street()
    unit = np.concatenate([[0, 1, 3, 4, 2], np.full(20, 2)])
    homes = np.concatenate([np.ones(5), np.zeros(20)])
    zone = np.concatenate([[0, 0, 1, 1, 1], np.zeros(20, int)])
    was = Previous(zone, homes, problem.fingerprint(), 5.0)
    _, kept = resolve(problem, unit, was, stop=STOP, seed=0)
    assert kept.assignment[2] == 1


def test_a_home_unit_belongs_to_its_own_centre_whatever_was() -> None:
    """A member who became a centre leaves the one before."""
    problem = street()
    zone = np.full(50, 1)
    _, kept = resolve(problem, UNIT, before(zone, problem), stop=STOP, seed=0)
    assert kept.assignment[0] == 0
    assert kept.stopped == "unchanged"


def test_changed_input_is_solved_again_from_where_the_homes_were() -> None:
    """The plan that stood is within the gap, so it stays; the search was told of and its bound is given."""
    old, new = street(), street(walk_to_second=195.0)
    stands = np.array([0, 0, 1, 1, 1])
    heard: list[Progress] = []
    stop = Stop(gap=0.05, seconds=300)
    _, again = resolve(
        new, UNIT, before(stands[UNIT], old), stop=stop, seed=0, progress=heard.append
    )
    assert again.assignment.tolist() == stands.tolist()
    assert again.stopped == "gap"
    assert heard
    assert all(part.method == "as it stood" for part in again.parts)


def test_moved_is_told_home_by_home() -> None:
    """Stayed, left, lost its centre, has no unit any more, was nowhere."""
    moved = moved_households([1, -1, 0], [0, 0, 1, -1, -1, -1, 2, 2], [1, 0, 1, 2, 1, 0, -1, 0])
    assert moved.tolist() == [False, True, True, True, True, True, False, False]
    assert moved_households([], [-1], [0]).tolist() == [True]
    # Whose centre is none any more changes hands, wherever the home goes, and if it goes nowhere.
    assert moved_households([1, -1], [0, 1, -1], [GONE, GONE, GONE]).all()


def test_equal_shares_go_to_the_first_centre() -> None:
    """Five homes each: the order of the centres decides, whatever the order of the homes."""
    problem = street()
    for torn in ([0] * 5 + [1] * 5, [1] * 5 + [0] * 5):
        zone = np.concatenate([np.zeros(20, int), torn, np.ones(20, int)])
        _, kept = resolve(problem, UNIT, before(zone, problem), stop=STOP, seed=0)
        assert kept.assignment.tolist() == [0, 0, 0, 1, 1]


def test_who_had_no_centre_has_none_while_nothing_changes() -> None:
    """A unit that the standing plan left out is not quietly given to anyone: the input is the same."""
    problem = street()
    zone = np.concatenate([np.zeros(20, int), np.full(10, -1), np.ones(20, int)])
    _, kept = resolve(problem, UNIT, before(zone, problem), stop=STOP, seed=0)
    assert kept.assignment.tolist() == [0, 0, -1, 1, 1]

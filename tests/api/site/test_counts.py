"""How many centres each fence gets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.api.site.counts import allocate, counts_of, fewest
from planner.errors import InfeasibleError
from planner.model.rules import Bound, WalkLimit
from tests.api.site.lanes import RULES, lane

TWO = [0.0, 10.0, 20.0, 30.0, 5000.0, 5100.0, 5300.0, 5400.0]


def test_centres_go_to_the_fence_that_gains_most() -> None:
    """Two fences with as many homes: the one whose homes lie scattered gets the third centre."""
    of = lane(TWO, ["A"] * 4 + ["B"] * 4, TWO)
    assert allocate(of.quarters, 3) == [1, 2]
    assert allocate(of.quarters, 5) == [1, 4]


def test_homes_decide_where_walks_do_not() -> None:
    """Every home beside its centre: the fence with more homes has more centres."""
    spots = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5000.0, 5001.0]
    of = lane(spots, ["A"] * 6 + ["B"] * 2, spots)
    assert allocate(of.quarters, 4) == [3, 1]


def test_what_the_rules_ask_for_comes_first() -> None:
    """A fence that needs two centres for its homes has them, though another would gain more."""
    rules = replace(RULES, households_per_zone=Bound(None, 25))
    of = lane(TWO, ["A"] * 4 + ["B"] * 4, TWO, rules=rules)
    assert [q.least for q in of.quarters] == [2, 2]
    assert allocate(of.quarters, 4) == [2, 2]
    assert sum(allocate(of.quarters, 3)) == 3


def test_more_than_the_rules_allow_are_given_all_the_same() -> None:
    """Two a fence is the most that floors of 20 allow; asked for six, six are given."""
    rules = replace(RULES, households_per_zone=Bound(20, 60))
    of = lane(TWO, ["A"] * 4 + ["B"] * 4, TWO, rules=rules)
    assert [q.most for q in of.quarters] == [2, 2]
    given = allocate(of.quarters, 6)
    assert sum(given) == 6
    assert max(given) <= 4


def test_one_fence_gets_all_without_a_look() -> None:
    """Nothing to weigh: no problem is solved."""
    told = []
    of = lane(TWO[:4], ["A"] * 4, TWO[:4])
    assert allocate(of.quarters, 3, tell=told.append) == [3]
    assert not told


def test_each_look_is_told_of() -> None:
    """Shares of the first half of the stage, rising."""
    told = []
    of = lane(TWO, ["A"] * 4 + ["B"] * 4, TWO)
    allocate(of.quarters, 3, tell=told.append)
    shares = [event.done for event in told]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 0.5


def test_the_fewest_reach_everyone_who_can_be_reached() -> None:
    """Homes 400 m apart on a lane, limit 450 m: each centre covers three, so three are needed for nine."""
    spots = [400.0 * i for i in range(9)]
    (quarter,) = lane(spots, ["A"] * 9, spots).quarters
    assert fewest(quarter) == (3, True)


def test_the_fewest_keep_the_ceiling() -> None:
    """Ninety homes at sixty a zone: two; at twenty-five: five, since each place has ten."""
    spots = [10.0 * i for i in range(9)]
    (quarter,) = lane(spots, ["A"] * 9, spots).quarters
    assert fewest(quarter) == (2, True)
    tight = replace(RULES, households_per_zone=Bound(None, 25))
    (quarter,) = lane(spots, ["A"] * 9, spots, rules=tight).quarters
    assert fewest(quarter) == (5, True)


def test_where_nothing_suffices_the_rules_decide() -> None:
    """A hard limit, a single candidate and a home beyond it: not enough, and what the homes ask for."""
    rules = replace(RULES, households_per_zone=Bound(None, 12), walk=WalkLimit(450.0))
    (quarter,) = lane([0.0, 100.0, 200.0], ["A"] * 3, [0.0, 200.0], rules=rules).quarters
    assert fewest(quarter) == (2, False)


def test_the_fewest_of_all_fences() -> None:
    """Each for itself; none where there is nobody."""
    of = lane([0.0, 100.0, 3000.0, 9000.0], ["A", "A", "B", "C"], [0.0, 100.0, 3000.0])
    told = []
    assert counts_of(of.quarters, None, 0, told.append) == ([1, 1, 0], True)
    assert [event.detail for event in told] == ["A 1", "B 1"]


def test_a_number_is_shared_among_those_who_can_have_one() -> None:
    """A fence without candidates gets none."""
    of = lane([0.0, 100.0, 3000.0, 9000.0], ["A", "A", "B", "C"], [0.0, 100.0, 3000.0])
    assert counts_of(of.quarters, 3, 0, lambda _: None) == ([2, 1, 0], True)


@pytest.mark.parametrize("count", [1, 4])
def test_what_cannot_be_chosen_is_refused_with_what_can(count: int) -> None:
    """One in each fence at least, one in each house at most."""
    of = lane([0.0, 100.0, 3000.0], ["A", "A", "B"], [0.0, 100.0, 3000.0])
    with pytest.raises(
        InfeasibleError, match=rf"{count} centres cannot .* at least 2 .* at most 3"
    ):
        counts_of(of.quarters, count, 0, lambda _: None)

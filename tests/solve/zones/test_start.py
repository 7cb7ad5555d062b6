"""First plans: connected whatever they begin with, and near."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem
from planner.solve.zones.parts import split
from planner.solve.zones.start import must_serve, nearest_plan, repaired
from tests.solve.towns import SLOW, only_part, row, street, town
from tests.strategies import problems

NAN = np.nan


@SLOW
@given(problems())
def test_the_nearest_plan_is_connected_and_near(problem: Problem) -> None:
    """Where all may serve all, each unit walks no farther than to its nearest centre that it may have."""
    for one in split(problem).instances:
        pair = nearest_plan(one)
        assert one.connected(pair).all()
        assert (pair[one.unit[one.home_pair]] == one.home_pair).all()
        assert (one.unit[pair[pair >= 0]] == np.flatnonzero(pair >= 0)).all()


def test_each_unit_goes_to_the_centre_that_is_nearest() -> None:
    """On a street without obstacles nothing stands in the way."""
    one = only_part(street())
    pair = nearest_plan(one)
    assert (one.walk_m[pair] == np.minimum.reduceat(one.walk_m, one.start[:-1]))[
        np.setdiff1d(np.arange(one.n_units), one.unit[one.home_pair])
    ].all()


def test_a_unit_that_nothing_holds_up_stays_without() -> None:
    """The way to it leads through units that their own nearest centre took."""
    problem = row(
        [[0.0, NAN], [10.0, 5.0], [20.0, NAN], [NAN, 0.0]],
        [0, 3],
        adjacency=[[0, 1], [1, 2], [1, 3]],
    )
    (one,) = split(problem).instances
    pair = nearest_plan(one)
    assert pair[2] == -1
    assert one.centre[pair[1]] == 1
    assert must_serve(one) is one
    assert np.isfinite(one.skip_cost).all()


def test_where_all_can_be_served_nobody_may_be_left_out() -> None:
    """The price of leaving somebody out becomes infinite; the rest stays."""
    (one,) = split(street()).instances
    served = must_serve(one)
    assert np.isinf(served.skip_cost).all()
    assert served.cost is one.cost


@SLOW
@given(problems(), st.integers(0, 2**31))
def test_whatever_is_given_becomes_a_connected_plan(problem: Problem, seed: int) -> None:
    """Any centres, known or not: homes stay at home, what hangs together stays, the rest is placed."""
    rng = np.random.default_rng(seed)
    for one in split(problem).instances:
        wanted = rng.integers(-2, one.n_centres + 2, one.n_units)
        pair = repaired(one, wanted)
        assert one.connected(pair).all()
        assert (pair[one.unit[one.home_pair]] == one.home_pair).all()


@SLOW
@given(problems())
def test_a_connected_plan_comes_back_as_it_is(problem: Problem) -> None:
    """Nothing to repair, nothing changed."""
    for one in split(problem).instances:
        pair = nearest_plan(one)
        zone = np.where(pair >= 0, one.centre[pair], -1)
        if (pair >= 0).all():
            assert (repaired(one, zone) == pair).all()


def test_as_much_as_holds_is_kept() -> None:
    """A unit given to a far centre keeps it where a chain leads there, and only there."""
    one = only_part(town())
    zone = one.centre[nearest_plan(one)].copy()
    inner = np.flatnonzero(zone == 0)
    far = int(inner[np.argmax(one.walk_m[nearest_plan(one)][inner])])
    lone = zone.copy()
    lone[far] = 4
    kept = one.centre[repaired(one, lone)]
    beside = one.near.to[one.near.start[far] : one.near.start[far + 1]]
    assert (kept[far] == 4) == bool((lone[beside] == 4).any())
    assert (kept != lone).sum() <= 1

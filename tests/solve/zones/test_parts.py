"""A problem falls apart: every unit and centre in one part, and what nobody reaches is counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from planner.errors import PlannerError
from planner.model.problem import Problem
from planner.solve.zones.parts import split
from tests.solve.towns import SLOW, row, street
from tests.strategies import problems

NAN = np.nan


@SLOW
@given(problems(all_pairs=False))
def test_everything_is_in_one_part_or_lost(problem: Problem) -> None:
    """Units and centres are shared out without remainder, and no pair joins two parts."""
    found = split(problem)
    units = np.concatenate([*(one.unit_ids for one in found.instances), found.lost])
    centres = np.concatenate([one.centre_ids for one in found.instances])
    assert sorted(units.tolist()) == list(range(problem.n_units))
    assert sorted(centres.tolist()) == list(range(problem.n_centres))
    sizes = [one.n_pairs for one in found.instances]
    assert sizes == sorted(sizes, reverse=True)
    assert found.lost_m == pytest.approx(problem.unserved_m * problem.load[found.lost].sum())


@SLOW
@given(problems(all_pairs=False))
def test_pairs_cost_what_the_problem_says(problem: Problem) -> None:
    """Load x walk + penalty + change, and the walk alone."""
    for one in split(problem).instances:
        at = problem.pair_start[one.unit_ids[one.unit]]
        for p in range(one.n_pairs):
            unit, centre = one.unit_ids[one.unit[p]], one.centre_ids[one.centre[p]]
            mine = problem.pair_centre[at[p] : problem.pair_start[unit + 1]]
            q = at[p] + int(np.flatnonzero(mine == centre)[0])
            assert one.cost[p] == pytest.approx(problem.pair_cost_m[q])
            assert one.walk_cost[p] == pytest.approx(problem.load[unit] * problem.walk_m[q])
            assert one.walk_m[p] == problem.walk_m[q]


def test_what_no_chain_reaches_is_lost_at_its_price() -> None:
    """A unit beyond one that nobody may serve; a unit without load counts like one of load 1."""
    problem = row([[0.0], [10.0], [NAN], [30.0]], [0], load=[1.0, 1.0, 5.0, 0.0], unserved_m=1000.0)
    found = split(problem)
    assert found.lost.tolist() == [2, 3]
    assert found.lost_m == 6000.0
    (one,) = found.instances
    assert one.unit_ids.tolist() == [0, 1]
    assert one.skip_cost.tolist() == [1000.0, 1000.0]


def test_the_largest_part_comes_first_and_equals_in_order() -> None:
    """By pairs, then by the first unit."""
    walks = [[0.0, NAN, NAN], [NAN, 0.0, NAN], [NAN, 9.0, NAN], [NAN, NAN, 0.0]]
    found = split(row(walks, [0, 1, 3]))
    assert [one.unit_ids.tolist() for one in found.instances] == [[1, 2], [0], [3]]
    assert [one.centre_ids.tolist() for one in found.instances] == [[1], [0], [2]]


def test_a_centre_without_its_own_home_is_our_fault() -> None:
    """Whoever builds a problem must let each centre serve its home."""
    with pytest.raises(PlannerError, match="centre 1 may not serve its own home"):
        split(row([[0.0, 9.0], [5.0, NAN]], [0, 1]))


def test_nobody_to_serve_them() -> None:
    """Without centres there are no parts, and everybody is lost."""
    walks = np.full((3, 1), NAN).tolist()
    found = split(row(walks, []))
    assert found.instances == ()
    assert found.lost.tolist() == [0, 1, 2]


def test_change_prices_are_part_of_the_cost() -> None:
    """What it costs to change hands is added to the walk, and not to the walk alone."""
    problem = street(12, 2)
    dearer = problem.replace(change_m=np.arange(problem.n_pairs) * 1.0)
    one, other = split(problem).instances[0], split(dearer).instances[0]
    assert (other.cost - one.cost).sum() > 0
    assert (other.walk_cost == one.walk_cost).all()

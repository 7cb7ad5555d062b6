"""The search, against trying all plans, and in its promises to the caller."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import ConfigError, InfeasibleError
from planner.model.audit import audit, check
from planner.model.problem import Problem, ZoneRule
from planner.solve.zones.search import Progress, Stop, solve
from tests.benchmarks.communities import joined
from tests.solve.towns import SLOW, street, town
from tests.strategies import best_plan, problems


@SLOW
@given(problems())
def test_finds_the_best_of_all_plans(problem: Problem) -> None:
    """With gap 0 the value is that of the best plan of all, and the bound meets it."""
    best, _ = best_plan(problem)
    result = solve(problem, stop=Stop(0.0, 300.0))
    found = check(problem, result)
    assert found.value_m == pytest.approx(best, rel=1e-6, abs=1e-3)
    assert result.bound_m == pytest.approx(best, rel=1e-6, abs=1e-3)
    assert result.stopped == "gap"


@SLOW
@given(problems(all_pairs=False))
def test_leaves_out_only_what_cannot_be_connected(problem: Problem) -> None:
    """Where pairs are missing, the plan is still the best one, lost units charged for."""
    best, _ = best_plan(problem)
    result = solve(problem, stop=Stop(0.0, 300.0))
    assert check(problem, result).value_m == pytest.approx(best, rel=1e-6, abs=1e-3)
    assert result.bound_m <= best * (1 + 1e-6) + 1e-3


@SLOW
@given(problems(hard=True))
def test_hard_rules_hold_or_are_refused(problem: Problem) -> None:
    """A hard rule is met at least cost; where no plan meets it the error says so."""
    best, plan = best_plan(problem)
    full = plan is not None and (plan >= 0).all()
    if not full:
        with pytest.raises(InfeasibleError, match="households in a zone"):
            solve(problem, stop=Stop(0.0, 300.0))
        return
    result = solve(problem, stop=Stop(0.0, 300.0))
    assert check(problem, result).value_m == pytest.approx(best, rel=1e-6, abs=1e-3)


@SLOW
@given(problems(), st.integers(0, 3))
def test_the_bound_never_lies_above_the_best_plan(problem: Problem, seed: int) -> None:
    """However early the search stops, its bound is true."""
    best, _ = best_plan(problem)
    result = solve(problem, stop=Stop(0.3, 300.0), seed=seed)
    assert result.bound_m <= best + 1e-6 * max(best, 1.0)
    assert check(problem, result).optimality_gap <= 0.3 + 1e-9


def test_the_same_seed_gives_the_same_plan() -> None:
    """Nothing but problem and seed decides the plan."""
    problem = street()
    first, second = (solve(problem, seed=3).assignment for _ in range(2))
    assert (first == second).all()


def test_a_plan_that_is_good_enough_comes_back_unchanged() -> None:
    """No home changes hands for a gain within the gap."""
    problem = street()
    standing = solve(problem, stop=Stop(0.02, 300.0), seed=1).assignment
    again = solve(problem, stop=Stop(0.02, 300.0), seed=2, start=standing)
    assert (again.assignment == standing).all()


def test_a_broken_start_is_repaired() -> None:
    """Unknown, missing and disconnected entries are replaced; the plan is as good as without."""
    problem = street()
    start = np.full(problem.n_units, 99)
    start[::2] = -1
    start[::5] = 3
    result = solve(problem, start=start)
    assert check(problem, result).optimality_gap <= 0.005


def test_a_start_of_the_wrong_length_is_refused() -> None:
    """A plan for another problem is not silently cut to size."""
    with pytest.raises(ValueError, match="3 entries"):
        solve(street(), start=[0, 1, 2])


def test_parts_are_solved_apart() -> None:
    """Two streets without pairs in common give two parts, whose values and bounds add up."""
    one = street(20, 2)
    two = Problem(
        load=np.tile(one.load, 2),
        households=np.tile(one.households, 2),
        home=np.concatenate([one.home, one.home + 20]),
        pair_start=np.concatenate([one.pair_start, one.pair_start[1:] + one.n_pairs]),
        pair_centre=np.concatenate([one.pair_centre, one.pair_centre + 2]),
        walk_m=np.tile(one.walk_m, 2),
        adjacency=np.concatenate([one.adjacency, one.adjacency + 20]),
        rules=(ZoneRule("households_per_zone", np.tile(one.load, 2), 30.0, 60.0, price_m=500.0),),
    )
    result = solve(two, stop=Stop(0.0, 300.0))
    assert [(p.units, p.centres) for p in result.parts] == [(20, 2), (20, 2)]
    assert sum(p.bound_m for p in result.parts) == pytest.approx(result.bound_m)
    alone = check(one, solve(one, stop=Stop(0.0, 300.0)))
    assert check(two, result).value_m == pytest.approx(2 * alone.value_m)


def test_units_that_nobody_can_reach_stay_without() -> None:
    """A unit without a path of support is left out and charged for, the rest is planned."""
    problem = street(12, 2)
    cut = problem.adjacency[~(problem.adjacency == 0).any(axis=1)]
    result = solve(problem.replace(adjacency=cut))
    assert result.assignment[0] == -1
    assert (result.assignment[1:] >= 0).all()
    assert check(problem.replace(adjacency=cut), result).unserved == 1


def test_ctrl_c_gives_the_best_plan_so_far() -> None:
    """An interrupt ends the search with a plan and a true bound."""
    problem = street(80, 6)

    def press(_: Progress) -> None:
        raise KeyboardInterrupt

    result = solve(problem, stop=Stop(0.0, 300.0), progress=press)
    assert result.stopped == "interrupt"
    found = check(problem, result)
    assert np.isfinite(found.bound_m)
    assert found.unserved == 0


def test_no_time_still_gives_a_plan() -> None:
    """With no time at all there is a connected plan and a true bound."""
    problem = street(80, 6)
    began = time.thread_time()
    result = solve(problem, stop=Stop(0.0, 0.0))
    assert time.thread_time() - began < 20
    assert result.stopped == "time"
    assert check(problem, result).unserved == 0


def test_progress_closes_in() -> None:
    """Values never rise, bounds never fall, and the last event tells of all parts."""
    heard: list[Progress] = []
    solve(street(), progress=heard.append)
    values, bounds = [p.value_m for p in heard], [p.bound_m for p in heard]
    assert (np.diff(values) <= 1e-6).all()
    assert (np.diff(bounds) >= -1e-6).all()
    assert heard[-1].done == heard[-1].total == 1


def test_rules_counted_in_fractions_are_proven_too() -> None:
    """Amounts that are not whole numbers, such as hours of visits, are solved all the same."""
    problem = street()
    rule = ZoneRule("hours", problem.load * 0.37, 10.0, 22.0, price_m=900.0)
    result = solve(problem.replace(rules=(rule,)))
    assert (
        audit(problem.replace(rules=(rule,)), result.assignment, result.bound_m).optimality_gap
        <= 0.005
    )


@pytest.mark.parametrize("wrong", [{"gap": -0.1}, {"seconds": "long"}, {"gap": float("nan")}])
def test_stop_rules_are_checked(wrong: dict[str, Any]) -> None:
    """A stop rule that makes no sense is refused at once."""
    with pytest.raises(ConfigError):
        Stop(**wrong)


def test_small_parts_are_done_before_the_largest() -> None:
    """So that nobody goes without a turn where the largest takes all the time that there is."""
    problem, heard = joined([street(12, 2), town(), street(20, 2)]), []
    result = solve(problem, stop=Stop(0.0, 60.0), progress=heard.append)
    assert [part.units for part in result.parts] == [64, 20, 12]
    turns = [p.part.number for p in heard if p.part is not None and p.part.doing == "annealing"]
    assert turns == sorted(turns, reverse=True)
    assert heard[-1].done == 3

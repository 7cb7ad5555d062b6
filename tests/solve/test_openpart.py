"""The open part of a problem: what stands stays, what was found before is where the search begins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.problem import Problem
from planner.solve.keeping import Standing
from planner.solve.openpart import OpenPart
from planner.solve.rezone import Previous
from planner.solve.stop import Progress, Stop
from planner.solve.zones.search import solve
from tests.solve.towns import street
from tests.strategies import problems

MANY = settings(max_examples=25, deadline=None)


def opened(problem: Problem, standing: Standing | None = None) -> OpenPart:
    """Open all of a problem in which everybody was where the nearest plan has them."""
    bare = problem.replace(change_m=np.zeros(problem.n_pairs))
    n = problem.n_units
    zone = solve(bare, stop=Stop(0.5, 1.0)).assignment
    free = Standing(np.full(n, -1), (), np.zeros(problem.n_pairs), np.full(n, -1))
    before = Previous(zone.astype(np.int32), np.ones(n), "", 0.0)
    return OpenPart(bare, np.arange(n), before, standing or free, Stop(0.0, 20.0), 0, None)


@MANY
@given(problems(most_units=8), st.integers(0, 2**31))
def test_a_plan_of_the_open_part_is_put_beside_what_stands(problem: Problem, seed: int) -> None:
    """Some units stand: the others are counted, and the search tells of all of them."""
    rng = np.random.default_rng(seed)
    whole = opened(problem)
    zone = np.asarray(whole.previous.zone, np.int64)
    # whole zones stand
    stays = rng.random(problem.n_centres) < 0.5
    stood = np.where((zone >= 0) & np.append(stays, False)[zone], zone, -1)
    part = opened(problem, replace(whole.standing, zone=stood))
    told: list[Progress] = []
    part.progress = told.append
    if not len(part.units):
        return
    assert (part.placed(part.start)[stood >= 0] == stood[stood >= 0]).all()
    point = part.attempt(100.0, part.start, 1.0)
    made = part.placed(point.result.assignment)
    assert (made[stood >= 0] == stood[stood >= 0]).all()
    assert point.moved == ((zone >= 0) & (made != zone)).sum()
    plans = [now.plan() for now in told if now.plan is not None]
    assert len(plans) == len(told)
    for plan in plans:
        assert (plan[stood >= 0] == stood[stood >= 0]).all()


@MANY
@given(problems(most_units=8), st.integers(0, 2**31))
def test_a_search_begins_where_another_ended(problem: Problem, seed: int) -> None:
    """What is held goes before what was found."""
    whole = opened(problem)
    found = np.asarray(solve(whole.problem, stop=Stop(0.0, 20.0)).assignment)
    on = opened(problem, replace(whole.standing, begun=found))
    assert (on.placed(on.start) == found).all()
    u = int(np.random.default_rng(seed).integers(problem.n_units))
    held = np.full(problem.n_units, -1)
    held[u] = problem.pair_centre[problem.pair_start[u]] if np.diff(problem.pair_start)[u] else -1
    locked = opened(problem, replace(whole.standing, begun=found, held=held))
    assert locked.placed(locked.start)[u] == (held[u] if held[u] >= 0 else found[u])


def test_a_month_is_given_a_share_of_the_time() -> None:
    """A fifth of what a first plan may take, and all of it where that is a few seconds."""
    whole = opened(street(6, 2))
    for seconds, share in ((300.0, 60.0), (50.0, 20.0), (20.0, 20.0), (2.0, 2.0)):
        whole.stop = Stop(0.0, seconds)
        assert whole.month * seconds == share

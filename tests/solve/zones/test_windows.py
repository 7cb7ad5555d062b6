"""Windows: plans stay connected and only become better, and the outcome is settled by the seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from planner.model.problem import Problem
from planner.solve.stop import Clock
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.proof.dual import climb
from planner.solve.zones.proof.relaxed import Relaxed
from planner.solve.zones.start import must_serve, nearest_plan
from planner.solve.zones.track import Track
from planner.solve.zones.windows import apart, by_windows, partition, raise_bound, touching
from tests.benchmarks.zoning_arrays import HOUSES, Town, make
from tests.solve.towns import SLOW
from tests.strategies import best_plan, problems

HAMLET = Town(330, 6, 360, 50, HOUSES, walk=450.0, block=45.0)


@pytest.fixture(scope="module")
def hamlet() -> Instance:
    """Make up some hundred single houses."""
    return must_serve(split(make(HAMLET, 0)).instances[0])


def searched(instance: Instance, seed: int, gap: float = 0.0) -> Track:
    """Go over the plan of nearest centres by windows."""
    track = Track(instance, nearest_plan(instance), gap, Clock(300.0))
    relaxed = Relaxed(instance, climb(instance, track.aim_m, steps=200).multiplier)
    raise_bound(track, relaxed, within=0.5, seed=seed)
    by_windows(track, relaxed, seed=seed)
    return track


@SLOW
@given(problems())
def test_a_plan_only_becomes_better_and_stays_connected(problem: Problem) -> None:
    """Neither connection nor value suffers, and the bound stays true."""
    best, _ = best_plan(problem)
    parts = split(problem)
    bound = value = parts.lost_m
    for one in map(must_serve, parts.instances):
        before = one.value(nearest_plan(one))
        track = searched(one, 0)
        assert track.value_m <= before + 1e-6
        assert one.connected(track.pair).all()
        bound, value = bound + track.bound_m, value + track.value_m
    assert bound <= best + 1e-6 * max(best, 1.0)
    assert value >= best - 1e-6 * max(best, 1.0)


def test_plan_and_bound_come_close_on_single_houses(hamlet: Instance) -> None:
    """From the nearest centres to within a few percent of the proof."""
    track = searched(hamlet, 0)
    assert hamlet.connected(track.pair).all()
    assert track.optimality_gap < 0.03


def test_the_same_seed_gives_the_same_plan(hamlet: Instance) -> None:
    """How the work is shared out among processors does not matter."""
    first, second = (searched(hamlet, 1) for _ in range(2))
    assert (first.pair == second.pair).all()
    assert first.bound_m == second.bound_m


def test_no_time_means_no_change(hamlet: Instance) -> None:
    """With no time left the plan stays as it is and the bound is that of the rules at least."""
    track = Track(hamlet, nearest_plan(hamlet), 0.0, Clock(0.0))
    before = track.value_m
    relaxed = Relaxed(hamlet, climb(hamlet, track.aim_m, steps=50).multiplier)
    by_windows(track, relaxed, seed=0)
    assert track.value_m == before


def test_windows_are_whole_and_rounds_do_not_touch(hamlet: Instance) -> None:
    """Every zone is in one window, and windows solved side by side have no seam in common."""
    links = touching(hamlet, nearest_plan(hamlet))
    windows = partition(links, 2, np.zeros(hamlet.n_centres))
    assert sorted(np.concatenate(windows).tolist()) == list(range(hamlet.n_centres))
    for side_by_side in apart(windows, links):
        for i, a in enumerate(side_by_side):
            assert not any(links[np.ix_(a, b)].any() for b in side_by_side[i + 1 :])

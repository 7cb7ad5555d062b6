"""Choosing among priced zones: the best plan of them, and a proof where all are listed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from planner.model.problem import Problem
from planner.solve.stop import Clock
from planner.solve.zones import zoning as room
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.improve import anneal, quick_bound
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.proof.bound import Ascent
from planner.solve.zones.proof.generation import Pool
from planner.solve.zones.start import must_serve, nearest_plan
from planner.solve.zones.track import Track
from planner.solve.zones.zoning import choose_zones, list_all
from tests.solve.towns import SLOW, only_part, street, town
from tests.strategies import problems


def climbed(one: Instance, *, sweeps: int = 20) -> tuple[Track, Ascent]:
    """Bring a part to where zones are chosen: a plan, zones and prizes."""
    track = Track(one, nearest_plan(one), 0.0, Clock(300.0))
    pool = Pool(one)
    anneal(track, pool, sweeps=sweeps, runs=1, seed=0)
    ascent = Ascent(track, pool, quick_bound(track).prize)
    ascent.climb(20)
    ascent.generate(60)
    return track, ascent


@SLOW
@given(problems(most_units=7))
def test_listing_all_zones_is_a_proof(problem: Problem) -> None:
    """Where it says that plan and bound have met, the plan is the best that branch and cut finds."""
    for one in map(must_serve, split(problem).instances):
        track, ascent = climbed(one)
        if track.over:
            continue
        met = list_all(track, ascent, seed=0)
        best = solve_exactly(one, seconds=30.0)
        assert best.pair is not None
        assert track.bound_m <= one.value(best.pair) + 1e-6 * max(one.value(best.pair), 1.0)
        if met:
            assert track.value_m == pytest.approx(one.value(best.pair), rel=1e-6, abs=1e-3)


def test_the_choice_among_zones_is_never_worse() -> None:
    """The zones of the plan are among them, so the plan becomes better or stays."""
    one = only_part(town())
    track, ascent = climbed(one, sweeps=5)
    before = track.value_m
    choose_zones(track, ascent, seed=0)
    assert track.value_m <= before
    assert one.connected(track.pair).all()


def test_without_a_plan_that_keeps_the_rules_nothing_is_listed() -> None:
    """There is no value below which zones would have to lie."""
    one = only_part(street(12, 2, hard=True, high=31.0))
    track = Track(one, nearest_plan(one), 0.0, Clock(10.0))
    ascent = Ascent(track, Pool(one), np.zeros(one.n_units))
    assert not list_all(track, ascent, seed=0)
    assert track.bound_m == -np.inf


def test_too_many_zones_are_listed_as_far_as_they_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for few, the bound rises by what was listed and stays true."""
    one = only_part(town(5, 3))
    best = solve_exactly(one, seconds=60.0)
    assert best.pair is not None
    for most in (1, 20, 200):
        monkeypatch.setattr(room, "MOST_ZONES", most)
        track, ascent = climbed(one, sweeps=1)
        before = track.bound_m
        list_all(track, ascent, seed=0)
        assert before <= track.bound_m <= one.value(best.pair) + 1e-6

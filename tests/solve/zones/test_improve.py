"""Plan and bound of one part are brought together; what cannot be is refused with its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from planner.errors import InfeasibleError
from planner.model.audit import check
from planner.model.problem import Problem, ZoneRule
from planner.solve.stop import Clock
from planner.solve.zones import improve as room
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.improve import anneal, improve, quick_bound
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.proof.generation import Pool
from planner.solve.zones.search import Stop, solve
from planner.solve.zones.start import must_serve, nearest_plan
from planner.solve.zones.track import Track
from tests.benchmarks.hard import tight
from tests.benchmarks.zoning_arrays import HOUSES, Town, make
from tests.solve.towns import SLOW, only_part, street, town
from tests.strategies import best_plan, problems


def opened(one: Instance, *, gap: float = 0.0, seconds: float = 300.0) -> Track:
    """Begin with the nearest centres."""
    return Track(one, nearest_plan(one), gap, Clock(seconds))


@SLOW
@given(problems())
def test_plan_and_bound_meet_on_few_units(problem: Problem) -> None:
    """Asked for a proven optimum, each part gives one, whatever way it takes."""
    best, _ = best_plan(problem)
    parts = split(problem)
    value = parts.lost_m
    for one in map(must_serve, parts.instances):
        track = opened(one)
        improve(track, seed=0)
        assert track.done
        assert one.connected(track.pair).all()
        value += track.value_m
    assert value == pytest.approx(best, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("zone", [0.0, 1e9])
def test_each_way_comes_to_the_same(zone: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """By branch and cut or by whole zones: the optimum is the optimum."""
    monkeypatch.setattr(room, "LARGE_ZONE", zone)
    one = only_part(street(24, 3))
    proven = solve_exactly(one, seconds=60.0)
    track = opened(one)
    improve(track, seed=0)
    assert track.value_m == pytest.approx(proven.bound_m, rel=1e-6)
    assert track.bound_m == pytest.approx(proven.bound_m, rel=1e-6)


@pytest.mark.parametrize("units", [300, 1020])
def test_many_units_a_zone_are_done_by_windows(units: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where zones are too large to be columns, in a community as in a district; plan and bound come close."""
    monkeypatch.setattr(room, "LARGE_ZONE", 0.0)
    monkeypatch.setattr(room, "_sweeps", lambda _: 4)
    sizes = [n * units // 1020 for n in (1020, 18, 1100, 170)]
    one = only_part(make(Town(*sizes, HOUSES, walk=450.0, block=45.0), 0))
    track = opened(one, gap=0.03)
    improve(track, seed=0)
    assert track.method == "windows"
    assert track.optimality_gap <= 0.03
    assert one.connected(track.pair).all()


def test_amounts_in_fractions_cannot_be_counted_but_are_proven() -> None:
    """Hours of visits are no whole numbers: no zones as columns, the same proof."""
    problem = street(24, 3)
    rule = ZoneRule("hours", problem.load * 0.37, 10.0, 22.0, price_m=900.0)
    one = only_part(problem.replace(rules=(rule,)))
    track = opened(one)
    improve(track, seed=0)
    assert track.optimality_gap == 0.0
    assert track.bound_m == pytest.approx(solve_exactly(one, seconds=60.0).bound_m, rel=1e-6)


def test_a_quick_bound_is_a_bound() -> None:
    """It rises with its steps, and stays below the optimum."""
    one = only_part(town())
    best = solve_exactly(one, seconds=60.0)
    assert best.pair is not None
    few, many = opened(one), opened(one)
    assert quick_bound(few, 2).bound_m <= quick_bound(many, 400).bound_m + 1e-6
    assert few.bound_m <= many.bound_m <= one.value(best.pair) + 1e-6


def test_annealing_betters_the_plan_and_leaves_its_zones() -> None:
    """What was found joins the pool: zones of the first plan and of each run."""
    one = only_part(town())
    track, pool = opened(one), Pool(one)
    before = track.value_m
    anneal(track, pool, sweeps=300, runs=2, seed=0)
    assert track.value_m < before
    assert track.method == "annealing"
    assert len(pool) > one.n_centres
    assert set(pool.centre) == set(range(one.n_centres))


def test_annealing_stops_when_the_plan_is_good_enough() -> None:
    """One run is enough where its plan already meets the bound."""
    one = only_part(street(12, 2))
    track = opened(one, gap=0.5)
    quick_bound(track)
    pool = Pool(one)
    anneal(track, pool, sweeps=10, runs=50, seed=0)
    assert track.done
    assert len(pool) <= 4 * one.n_centres


def test_no_time_leaves_what_is_there() -> None:
    """One round of annealing is done, nothing is proven wrong, nothing runs on."""
    one = only_part(street())
    track = opened(one, seconds=0.0)
    improve(track, seed=0)
    assert not track.hopeless
    assert one.connected(track.pair).all()
    assert track.bound_m <= track.value_m


def test_what_cannot_hold_is_refused_with_its_numbers() -> None:
    """The rule, what it asks for, what there is in all, and by how much the best attempt misses."""
    problem = street(12, 2, hard=True, low=5.0, high=20.0)
    total = float(problem.load.sum())
    assert total > 40
    with pytest.raises(InfeasibleError) as caught:
        solve(problem, stop=Stop(0.0, 300.0))
    text = caught.value.message
    for part in (
        "households in a zone",
        "at least 5",
        "at most 20",
        f"{total:g} in all",
        "misses by",
    ):
        assert part in text
    assert "elastic" in caught.value.remedy


def test_the_refusal_names_the_rule_that_misses() -> None:
    """Of two hard rules the one that cannot hold, not the one that can; counted for each of what it is."""
    problem = street(12, 2)
    members = np.ones(12)
    rules = (
        ZoneRule("members_per_zone", members, 1.0, 12.0, hard=True),
        ZoneRule("households_per_member", problem.load, None, 1.0, members, hard=True),
    )
    with pytest.raises(InfeasibleError, match="households per member") as caught:
        solve(problem.replace(rules=rules), stop=Stop(0.0, 300.0))
    assert "no floor" in caught.value.message
    assert "for each of 12" in caught.value.message


def test_the_refusal_speaks_of_the_part_that_fails() -> None:
    """Two streets, one of which fits: the other is named, by its fence."""
    one = street(12, 2, hard=True, high=31.0)
    fits = ZoneRule(
        "households_per_zone", np.concatenate([one.load, np.full(12, 5.0)]), 25.0, 31.0, hard=True
    )
    two = Problem(
        load=np.concatenate([one.load, np.full(12, 5.0)]),
        households=np.concatenate([one.households, np.full(12, 5)]),
        home=np.concatenate([one.home, one.home + 12]),
        pair_start=np.concatenate([one.pair_start, one.pair_start[1:] + one.n_pairs]),
        pair_centre=np.concatenate([one.pair_centre, one.pair_centre + 2]),
        walk_m=np.tile(one.walk_m, 2),
        adjacency=np.concatenate([one.adjacency, one.adjacency + 12]),
        rules=(fits,),
        fence=np.repeat([0, 1], 12),
    )
    with pytest.raises(InfeasibleError, match=r"fence 0"):
        solve(two, stop=Stop(0.0, 300.0))


@pytest.mark.parametrize("seed", [8, 11, 22])
def test_hard_rules_that_can_just_hold_are_kept(seed: int) -> None:
    """Hardly any plan keeps them; annealing that never breaks a rule does not come there."""
    problem = tight(seed)
    result = solve(problem, stop=Stop(0.9, 60.0))
    assert result.stopped == "gap"
    assert not check(problem, result).violations


@pytest.mark.parametrize(
    "made", [town(8, 5), street(70, 2)]
)  # priced as whole zones, or by rules alone
def test_a_plan_that_stands_is_proven_before_anything_is_looked_for(
    made: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the gap nothing is annealed, and the plan comes back as it stood."""
    one = only_part(made)
    first = opened(one)
    improve(first, seed=0)
    assert first.done

    def annealed(*_: object, **__: object) -> None:
        raise AssertionError("annealed")

    monkeypatch.setattr(room, "anneal", annealed)
    track = Track(one, first.pair, 0.02, Clock(300.0), given=True)
    improve(track, seed=0)
    assert track.method == "as it stood"
    assert track.optimality_gap <= 0.02
    assert (track.pair == first.pair).all()

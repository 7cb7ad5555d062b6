"""What is known of a part: only better is taken, and a plan that stands comes back if it is good enough."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve.stop import Clock
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.instance import Instance
from planner.solve.zones.start import nearest_plan, repaired
from planner.solve.zones.track import Track
from tests.solve.towns import only_part, street


@pytest.fixture
def one() -> Instance:
    """A street of one part."""
    return only_part(street())


def worse_and_better(one: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Two connected plans of different value: one with a border moved, and the nearest one."""
    near = nearest_plan(one)
    zone = one.centre[near].astype(int)
    border = np.flatnonzero(np.diff(zone))[0]
    zone[border] = zone[border + 1]
    moved = repaired(one, zone)
    pair = sorted([near, moved], key=one.value)
    assert one.value(pair[0]) < one.value(pair[1])
    return pair[1], pair[0]


def test_only_a_better_plan_is_taken(one: Instance) -> None:
    """A better one is taken with its name, a worse one and the same again are not."""
    worse, better = worse_and_better(one)
    track = Track(one, worse, 0.0, Clock(10.0))
    assert track.plan(better, "annealing")
    assert (track.value_m, track.method) == (one.value(better), "annealing")
    assert not track.plan(worse, "windows")
    assert not track.plan(better, "windows")
    assert track.method == "annealing"
    assert (track.pair == better).all()


def test_what_is_offered_may_change_afterwards(one: Instance) -> None:
    """The track keeps a copy of its own."""
    worse, better = worse_and_better(one)
    track = Track(one, worse, 0.0, Clock(10.0))
    offered = better.copy()
    track.plan(offered, "x")
    offered[:] = -1
    assert (track.pair == better).all()


def test_only_a_higher_bound_is_taken(one: Instance) -> None:
    """Bounds rise; nothing is no bound."""
    track = Track(one, nearest_plan(one), 0.0, Clock(10.0))
    assert track.bound_m == -np.inf
    assert track.bound(10.0)
    assert not track.bound(10.0)
    assert not track.bound(9.0)
    assert not track.bound(float("nan"))
    assert track.bound_m == 10.0


def test_every_improvement_is_told(one: Instance) -> None:
    """Once for each better plan or bound, and not for what was refused."""
    worse, better = worse_and_better(one)
    heard: list[int] = []
    track = Track(one, worse, 0.0, Clock(10.0), told=lambda: heard.append(1))
    track.plan(better, "x")
    track.bound(5.0)
    track.plan(worse, "x")
    track.bound(4.0)
    assert len(heard) == 2


def test_the_gap_is_measured_by_the_walks(one: Instance) -> None:
    """(value - bound) / walks: penalties stand above the line and not below."""
    track = Track(one, nearest_plan(one), 0.0, Clock(10.0))
    track.bound(track.value_m - 0.25 * track.cost_m)
    assert track.optimality_gap == pytest.approx(0.25)
    assert track.cost_m == pytest.approx(one.walk_cost[track.pair].sum())
    track.bound(track.value_m)
    assert track.optimality_gap == 0.0


def test_rounding_is_no_gap(one: Instance) -> None:
    """A bound a billionth below the value meets it, one a hair above it too."""
    track = Track(one, nearest_plan(one), 0.0, Clock(10.0))
    track.bound(track.value_m * (1 - 1e-10))
    assert track.optimality_gap == 0.0
    assert track.done
    track.bound(track.value_m * (1 + 1e-10))
    assert track.optimality_gap == 0.0


def test_done_over_and_hopeless(one: Instance) -> None:
    """Good enough, out of time, or proven impossible: each ends the work, only the last is hopeless."""
    track = Track(one, nearest_plan(one), 0.1, Clock(10.0))
    assert not track.done
    assert not track.over
    track.bound(track.value_m - 0.05 * track.cost_m)
    assert track.done
    assert track.over
    assert not track.hopeless
    late = Track(one, nearest_plan(one), 0.0, Clock(0.0))
    assert late.over
    assert not late.done
    never = Track(one, nearest_plan(one), 0.0, Clock(10.0))
    never.bound(np.inf)
    assert never.hopeless
    assert never.done


def test_a_plan_that_breaks_hard_rules_has_no_value_but_an_aim() -> None:
    """Failed attempts are still told apart, and their gap is never good enough."""
    one = only_part(street(12, 2, hard=True, high=31.0))
    track = Track(one, nearest_plan(one), 1e9, Clock(10.0))
    assert track.value_m == np.inf
    assert np.isfinite(track.aim_m)
    assert track.optimality_gap == np.inf
    assert not track.done


def test_a_standing_plan_that_is_good_enough_comes_back(one: Instance) -> None:
    """Found a better one, but the first is within the gap: it stays, and is named so."""
    worse, better = worse_and_better(one)
    track = Track(one, worse, 0.5, Clock(10.0), given=True)
    track.plan(better, "annealing")
    track.bound(one.value(better))
    track.settle()
    assert (track.pair == worse).all()
    assert track.method == "as it stood"
    assert track.value_m == track.aim_m == one.value(worse)


def test_a_standing_plan_that_is_not_good_enough_goes(one: Instance) -> None:
    """With a gap of 0 the better one stays; without `given` nothing ever goes back."""
    worse, better = worse_and_better(one)
    for gap, given in ((0.0, True), (0.5, False)):
        track = Track(one, worse, gap, Clock(10.0), given=given)
        track.plan(better, "annealing")
        track.bound(one.value(better))
        track.settle()
        assert (track.pair == better).all()


def test_a_standing_plan_ends_the_search_as_soon_as_the_bound_allows(one: Instance) -> None:
    """The bound alone makes it good enough: done, at once."""
    worse, _ = worse_and_better(one)
    track = Track(one, worse, 0.02, Clock(10.0), given=True)
    assert not track.done
    track.bound(one.value(worse) - 0.01 * track.cost_m)
    assert track.done


def test_a_turn_tells_which_half_was_the_weaker(one: Instance) -> None:
    """Whichever closed more of the gap in the last turn; neither where both stood still."""
    worse, better = worse_and_better(one)
    heard: list[tuple[str, str]] = []
    track = Track(
        one, worse, 0.0, Clock(10.0), told=lambda: heard.append((track.doing, track.limit))
    )
    track.bound(0.0)
    track.turn("annealing")
    assert track.limit == ""
    track.plan(better, "annealing")
    track.turn("prices")
    assert track.limit == "plan"
    track.bound(one.value(better) / 2)
    track.turn("windows")
    assert track.limit == "bound"
    track.turn("windows")
    assert track.limit == "neither"
    assert heard[-1] == ("windows", "neither")


def test_a_plan_that_keeps_hard_rules_is_better_than_any_that_does_not() -> None:
    """However cheap the other one is, even where what it breaks is little."""
    one = only_part(street(hard=True, low=40.0, high=56.0))
    near = nearest_plan(one)
    track = Track(one, near, 0.0, Clock(10.0))
    assert track.value_m == np.inf
    kept = next(p for p in (solve_exactly(one, gap=0.5).pair,) if p is not None)
    track.aim_m = 1.0  # as if breaking the rules were next to nothing
    assert track.plan(kept, "branch and cut")
    assert track.value_m == one.value(kept) < np.inf
    track.aim_m = np.inf
    assert not track.plan(near, "annealing")
    assert track.value_m == one.value(kept)

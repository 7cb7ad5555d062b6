"""Taking a few zones apart: never worse, never torn, and the proof stays true."""

from __future__ import annotations

import numpy as np

from planner.solve.stop import Clock
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.instance import Instance
from planner.solve.zones.proof.bound import Ascent
from planner.solve.zones.proof.dual import climb
from planner.solve.zones.proof.generation import Pool
from planner.solve.zones.regroup import _group, _waste, regroup
from planner.solve.zones.start import nearest_plan
from planner.solve.zones.track import Track
from tests.solve.towns import only_part, town


def opened(one: Instance, seconds: float = 60.0) -> tuple[Track, Ascent]:
    """Begin with the nearest centres, and with prizes that prove something."""
    track = Track(one, nearest_plan(one), 0.0, Clock(seconds))
    pool = Pool(one)
    pool.add_plan(track.pair)
    ascent = Ascent(track, pool, climb(one, track.aim_m, steps=100).prize)
    ascent.climb(20)
    return track, ascent


def test_plans_become_better_and_stay_connected() -> None:
    """It tells whether anything became better, and the zones found join the pool."""
    one = only_part(town())
    track, ascent = opened(one)
    before, zones = track.value_m, len(ascent.pool)
    assert regroup(track, ascent, size=3, seed=0)
    assert track.value_m < before
    assert one.connected(track.pair).all()
    assert (track.pair >= 0).all()
    assert len(ascent.pool) > zones


def test_the_proof_of_a_few_zones_is_not_one_of_all() -> None:
    """What is proven of a group stays there: the bound of the part is not raised by it above the best."""
    one = only_part(town(6, 4))
    best = solve_exactly(one, seconds=60.0)
    assert best.pair is not None
    track, ascent = opened(one)
    regroup(track, ascent, size=3, seed=0)
    assert track.bound_m <= one.value(best.pair) + 1e-6
    assert track.value_m >= one.value(best.pair) - 1e-6


def test_all_zones_as_one_group_give_the_best_plan() -> None:
    """Taken apart all at once, nothing better is left."""
    one = only_part(town(5, 3))
    best = solve_exactly(one, seconds=60.0)
    assert best.pair is not None
    track, ascent = opened(one)
    regroup(track, ascent, size=3, seed=0)
    assert abs(track.value_m - one.value(best.pair)) < 1e-3


def test_without_time_nothing_happens() -> None:
    """The plan stays and it is said that nothing became better."""
    one = only_part(town())
    track, ascent = opened(one)
    track.clock = Clock(0.0)
    before = track.pair.copy()
    assert not regroup(track, ascent, size=3, seed=0)
    assert (track.pair == before).all()


def test_waste_adds_up_to_the_gap_of_the_prizes() -> None:
    """Zones of the plan above the cheapest of their centres: together value less bound."""
    one = only_part(town())
    track, ascent = opened(one)
    waste = _waste(track, ascent)
    assert np.isclose(waste.sum(), track.value_m - ascent.bound_m)
    assert waste.min() >= -1e-6


def test_groups_grow_over_zones_that_touch() -> None:
    """The most wasteful neighbour each time; where nobody touches the group stays small."""
    one = only_part(town())
    track, _ = opened(one)
    zone = one.centre[track.pair]
    beside = {
        (zone[u], zone[v])
        for u in range(one.n_units)
        for v in one.near.to[one.near.start[u] : one.near.start[u + 1]]
    }
    waste = np.arange(one.n_centres, dtype=float)
    for c in range(one.n_centres):
        group = _group(track, waste, c, 3)
        assert c in group
        assert len(group) == 3
        first = [d for d in range(one.n_centres) if d != c and (c, d) in beside]
        assert max(first) in group
    assert _group(track, waste, 0, 1).tolist() == [0]
    assert len(_group(track, waste, 0, 99)) == one.n_centres

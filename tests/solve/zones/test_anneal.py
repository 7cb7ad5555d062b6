"""Annealing: connected at every step, counted right all the way, settled by the seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem, Ties, ZoneRule
from planner.solve.stop import Clock
from planner.solve.zones.anneal import CHUNK, Annealer, Tied
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.start import nearest_plan
from planner.solve.zones.ties.part import TiedPart
from tests.solve.towns import SLOW, every_plan, only_part, row, street, town
from tests.strategies import problems


def annealed(one: Instance, steps: int, *, seed: int = 0, hot: float = 500.0) -> np.ndarray:
    """Anneal from the nearest centres."""
    annealer = Annealer(one, nearest_plan(one), seed)
    annealer.run(steps, hot, 0.01 * hot)
    return annealer.pair


@SLOW
@given(problems(all_pairs=False), st.integers(0, 9), st.sampled_from([1, 7, 300]))
def test_every_step_leaves_a_connected_plan(problem: Problem, seed: int, steps: int) -> None:
    """However many steps: homes stay at home, nobody who was served is left out, all hang together."""
    for one in split(problem).instances:
        before, after = nearest_plan(one), annealed(one, steps, seed=seed)
        assert one.connected(after).all()
        assert (after[one.unit[one.home_pair]] == one.home_pair).all()
        assert (after >= 0)[before >= 0].all()
        served = np.flatnonzero(after >= 0)
        assert (one.unit[after[served]] == served).all()


@SLOW
@given(problems(), st.integers(0, 9))
def test_what_is_counted_on_the_way_is_what_the_plan_is(problem: Problem, seed: int) -> None:
    """After many steps the sums of the zones and the counts of holders are those of the plan."""
    for one in split(problem).instances:
        annealer = Annealer(one, nearest_plan(one), seed)
        annealer.run(2_000, 500.0, 5.0)
        state = annealer._state
        assert state.sums == pytest.approx(one.sums(annealer.pair).T)
        chosen = set(annealer.pair.tolist())
        holders = [
            sum(
                int(q) in chosen
                for q in one.support.pair[one.support.start[p] : one.support.start[p + 1]]
            )
            for p in range(one.n_pairs)
        ]
        assert state.held_up.tolist() == holders


@SLOW
@given(problems(most_units=7), st.integers(0, 3))
def test_on_a_few_units_the_best_plan_is_near(problem: Problem, seed: int) -> None:
    """Cooled slowly, no plan beats the best of all; a crowded corner may cost half as much again."""
    parts = split(problem).instances
    if len(parts) > 1 or parts[0].n_units < problem.n_units:
        return
    one = parts[0]
    best = min(
        one.value(one.start[:-1] + [_at(one, u, c) for u, c in enumerate(plan)])
        for plan in every_plan(problem)
    )
    found = min(one.value(annealed(one, 20_000, seed=s)) for s in (seed, seed + 10))
    assert best - 1e-6 <= found <= 1.5 * best + 1e-6


def _at(one: Instance, unit: int, centre: int) -> int:
    return int(np.flatnonzero(one.centre[one.start[unit] : one.start[unit + 1]] == centre)[0])


def test_the_seed_settles_the_steps() -> None:
    """Same seed, same plan; another seed, mostly another."""
    one = only_part(town())
    first = annealed(one, 5_000, seed=3)
    assert (annealed(one, 5_000, seed=3) == first).all()
    assert any((annealed(one, 5_000, seed=s) != first).any() for s in range(4, 8))


def test_without_heat_only_better_is_taken() -> None:
    """At next to no temperature the value never rises."""
    one = only_part(town())
    annealer = Annealer(one, nearest_plan(one), 1)
    value = one.value(annealer.pair)
    for _ in range(20):
        annealer.run(500, 1e-9, 1e-9)
        assert one.value(annealer.pair) <= value + 1e-6
        value = one.value(annealer.pair)


def test_with_heat_worse_is_taken_too() -> None:
    """Hot, the plan leaves what it began with even where that was the best."""
    one = only_part(town())
    best = annealed(one, 200_000)
    annealer = Annealer(one, best, 1)
    annealer.run(300, 1e6, 1e6)
    assert one.value(annealer.pair) > one.value(best)


def test_two_full_zones_swap_units_by_a_chain() -> None:
    """Neither zone could take one more, but handing on in turn mends both."""
    walks = [[0.0, 99.0], [9.0, 10.0], [40.0, 10.0], [10.0, 40.0], [10.0, 9.0], [99.0, 0.0]]
    edges = [[0, 1], [0, 2], [0, 3], [1, 5], [2, 5], [3, 5], [0, 4], [4, 5], [2, 3]]
    rule = ZoneRule("homes", np.ones(6), 3.0, 3.0, price_m=1e6)
    one = only_part(row(walks, [0, 5], adjacency=edges, rules=(rule,)))
    pair = nearest_plan(one).copy()
    # The far two are in one another's zone: 2 with the first centre, 3 with the second.
    for unit, centre in ((1, 0), (2, 0), (3, 1), (4, 1)):
        pair[unit] = one.start[unit] + centre
    assert one.connected(pair).all()
    annealer = Annealer(one, pair, 0)
    annealer.run(2_000, 1e-6, 1e-6)
    assert one.value(annealer.pair) == pytest.approx(one.value(pair) - 60.0)


def test_a_side_street_is_handed_over_with_all_its_homes() -> None:
    """Its mouth holds up the rest, and the rest touches no other zone: only together can they change."""
    # Homes 0 and 7 at the ends of a road; 3 is the mouth of a side street 4, 5, 6.
    away = [[0, 70], [10, 60], [20, 50], [30, 40], [40, 50], [50, 60], [60, 70], [70, 0]]
    edges = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6], [3, 7]]
    rule = ZoneRule("homes", np.ones(8), 3.0, 5.0, price_m=1000.0)
    one = only_part(
        row([[float(w) for w in pair] for pair in away], [0, 7], adjacency=edges, rules=(rule,))
    )
    pair = nearest_plan(one)
    assert (one.centre[pair] == [0] * 7 + [1]).all()
    annealer = Annealer(one, pair, 0)
    annealer.run(200, 1e-6, 1e-6)
    assert (one.centre[annealer.pair] == [0, 0, 0, 1, 1, 1, 1, 1]).all()


def test_a_home_never_leaves_with_a_branch() -> None:
    """What hangs on a unit that is handed over may not be another's home."""
    one = only_part(street(40, 4))
    annealer = Annealer(one, nearest_plan(one), 0)
    annealer.run(50_000, 1e6, 1e6)
    assert (annealer.pair[one.unit[one.home_pair]] == one.home_pair).all()
    assert one.connected(annealer.pair).all()


def test_cooling_in_chunks_ends_with_the_clock() -> None:
    """With no time one chunk is done all the same, no more; with time, all of them."""
    one = only_part(street(20, 2))
    asked: list[int] = []

    class Counting(Annealer):
        def run(self, steps: int, hot: float, cold: float) -> None:
            asked.append(steps)
            assert hot > cold

    annealer = Counting(one, nearest_plan(one), 0)
    annealer.cool(3 * CHUNK + 5, 100.0, 1.0, Clock(0.0))
    assert asked == [CHUNK + 1]
    asked.clear()
    annealer.cool(3 * CHUNK, 100.0, 1.0, Clock(300.0))
    assert asked == [CHUNK] * 3
    asked.clear()
    annealer.cool(10, 100.0, 1.0, Clock(300.0))
    assert asked == [10]


def test_ties_draw_units_together_and_drive_them_apart() -> None:
    """A dear tie across a border is kept in the end, and two to be kept apart part, where both can."""
    problem = town()
    (bare,) = split(problem).instances
    zone = bare.centre[annealed(bare, 200_000)]
    free = ~np.isin(problem.adjacency, problem.home).any(axis=1)
    a, b = problem.adjacency[free].T
    at = [np.flatnonzero(zone[a] != zone[b])[0], np.flatnonzero(zone[a] == zone[b])[-1]]
    ties = Ties(a[at], b[at], [1e5, 1e5], [False, True], [1, 1])
    part = TiedPart.of(bare, ties)
    annealer = Annealer(bare, nearest_plan(bare), 0, part.tied)
    annealer.run(200_000, 500.0, 1.0)
    assert not part.broken(annealer.pair).any()
    assert part.broken(annealed(bare, 200_000)).any()


def test_nobody_tied_is_the_same_as_ties_worth_nothing() -> None:
    """Ties of 0 m change no step."""
    one = only_part(town())
    start = np.concatenate([[0], np.full(one.n_units, 1)])
    nothing = Tied(start, np.array([5], np.int32), np.zeros(1))
    annealer = Annealer(one, nearest_plan(one), 2, nothing)
    annealer.run(5_000, 500.0, 5.0)
    assert (annealer.pair == annealed(one, 5_000, seed=2)).all()


def test_the_plan_that_is_given_stays_as_it_is() -> None:
    """Annealing works on a copy, and what it gives is another."""
    one = only_part(town())
    given_pair = nearest_plan(one)
    kept = given_pair.copy()
    annealer = Annealer(one, given_pair, 0)
    annealer.run(2_000, 500.0, 5.0)
    annealer.pair[:] = -1
    assert (given_pair == kept).all()
    assert one.connected(annealer.pair).all()
    assert (annealer.pair >= 0).all()

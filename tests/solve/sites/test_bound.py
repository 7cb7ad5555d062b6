"""The bound from below: never above the best answer, rising, and tight where nothing is cut in parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.sites import solve
from planner.solve.sites.bound import Climber, _Relaxation
from planner.solve.sites.start import first_answer
from planner.solve.stop import Clock, Stop
from tests.solve.sites.made import answers, least, on_a_line, on_a_plane


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([1.05, 1.5, 4.0]),
    st.sampled_from([np.inf, 4.0, 40.0]),
    st.booleans(),
    st.booleans(),
)
def test_no_answer_is_below_the_bound(
    seed: int, slack: float, price: float, fees: bool, floors: bool
) -> None:
    """Of all answers to a small problem none has a value below what is proven."""
    rng = np.random.default_rng(seed)
    more = {"fee": rng.uniform(-30, 60, 4)} if fees else {}
    if floors:
        more["floor"] = np.full(4, 6.0)
    sites = on_a_plane(seed, 6, 4, 2, slack, price=price, **more)
    best, first = least(sites), first_answer(sites, 0)
    climber = Climber(sites, first)
    for _ in range(3):
        aim = best if np.isfinite(best) else first.cost_m
        proven = climber.climb(aim, 25, Clock(5.0))
        assert proven.bound_m <= best + 1e-6 * max(abs(best), 1.0)


def test_the_bound_rises_and_comes_close() -> None:
    """Step by step it only rises; with room to spare it ends within 3 % of the best answer."""
    sites = on_a_plane(5, 7, 5, 2, slack=5.0)
    climber, best = Climber(sites, first_answer(sites, 0)), least(sites)
    bounds = [climber.climb(best, 20, Clock(5.0)).bound_m for _ in range(8)]
    assert bounds == sorted(bounds)
    assert bounds[-1] >= 0.97 * best


def test_whole_units_prove_more_than_cut_ones() -> None:
    """At the same prizes a knapsack of whole units is worth no more than one of cut units, and often less."""
    sites = on_a_plane(6, 30, 12, 4, slack=1.1)
    model, rng = _Relaxation(sites), np.random.default_rng(0)
    more = []
    for _ in range(10):
        prize = rng.uniform(0, 60, 30)
        model._whole = True
        whole, _, _ = model.evaluate(prize)
        model._whole = False
        cut, _, _ = model.evaluate(prize)
        more.append(whole - cut)
    assert min(more) >= -1e-9
    assert max(more) > 1.0


def test_the_slope_tells_how_the_bound_changes() -> None:
    """A small step along one prize changes the bound by no more than the slope says: it is concave."""
    sites = on_a_plane(8, 15, 8, 3, slack=1.2)
    model, prize = _Relaxation(sites), np.random.default_rng(1).uniform(0, 60, 15)
    bound, slope, _ = model.evaluate(prize)
    for i in range(15):
        for step in (0.5, -0.5):
            other = prize.copy()
            other[i] += step
            assert model.evaluate(other)[0] <= bound + slope[i] * step + 1e-9


def test_steps_are_counted_and_time_is_kept() -> None:
    """So many steps and no more; without time a single one."""
    sites = on_a_plane(1, 40, 40, 4)
    climber = Climber(sites, first_answer(sites, 0))
    assert climber.climb(1e9, 7, Clock(60.0)).steps == 7
    assert climber.climb(1e9, 50, Clock(0.0)).steps == 8


def test_it_stops_where_it_is_proven() -> None:
    """One centre that everyone must take: the first prizes prove it."""
    sites = on_a_line([0.0, 1.0, 2.0], [1], 1)
    climber = Climber(sites, first_answer(sites, 0))
    proven = climber.climb(2.0, 500, Clock(20.0))
    assert proven.bound_m == pytest.approx(2.0)
    assert proven.steps < 500


def test_profits_are_infinite_for_the_barred() -> None:
    """A barred candidate is never among the best; a forced one always is."""
    sites = on_a_plane(2, 12, 6, 2, barred=np.arange(6) == 0, forced=np.arange(6) == 5)
    proven = Climber(sites, first_answer(sites, 0)).climb(500.0, 20, Clock(5.0))
    assert np.isinf(proven.profit[0])
    assert np.isfinite(proven.profit[1:]).all()


def test_the_offset_is_what_a_chosen_candidate_is_worth() -> None:
    """Forced ones their own profit; the rest the level between the last taken and the first left."""
    sites = on_a_plane(3, 30, 10, 3, forced=np.arange(10) == 4)
    climber = Climber(sites, first_answer(sites, 0))
    profit = climber.climb(800.0, 40, Clock(5.0)).profit
    offset = climber.offset
    assert offset[4] == profit[4]
    rest = np.sort(np.delete(profit, 4))
    assert np.allclose(np.delete(offset, 4), rest[1:3].mean())


def test_where_nobody_is_reached_it_still_climbs() -> None:
    """Two islands and one centre: no answer, no aim, and yet the bound grows without end."""
    cost = np.abs(np.arange(6.0)[:, None] - np.arange(6.0)[None])
    cost[:3, 3:] = cost[3:, :3] = np.inf
    sites = on_a_line([float(i) for i in range(6)], list(range(6)), 1).replace(cost=cost)
    climber = Climber(sites, first_answer(sites, 0))
    early = climber.climb(np.inf, 5, Clock(5.0)).bound_m
    assert climber.climb(np.inf, 60, Clock(5.0)).bound_m > max(early, 6.0)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([np.inf, 4.0, 40.0]),
    st.booleans(),
    st.sampled_from([1e-6, 0.02, 0.3]),
)
def test_what_is_left_aside_is_in_no_better_answer(
    seed: int, price: float, floors: bool, above: float
) -> None:
    """With a value above the best: every pair of a best answer is kept, and the bound stays below it."""
    more = {"floor": np.full(4, 6.0)} if floors else {}
    sites = on_a_plane(seed, 6, 4, 2, 1.2, price=price, **more)
    best = min(answers(sites), key=lambda a: a.value_m)
    if not np.isfinite(best.value_m):
        return
    climber = Climber(sites, first_answer(sites, 0))
    for _ in range(3):
        climber.climb(best.value_m, 40, Clock(5.0))
        climber.fix(best.value_m + above * abs(best.value_m) + 1e-6)
        assert climber.able[np.arange(6), best.serves].all()
        assert climber.best.bound_m <= best.value_m


def test_much_is_left_aside_where_the_bound_is_close() -> None:
    """Of 60 candidates and 3,600 pairs fewer than a third are left in a problem with room to spare."""
    sites = on_a_plane(9, 60, 60, 6, slack=1.5)
    found = solve(sites, stop=Stop(0.0, 20.0), cycles=1)
    climber = Climber(sites, found)
    climber.climb(found.value_m, 400, Clock(20.0))
    climber.fix(1.002 * found.value_m)
    assert climber.able[np.arange(60), found.serves].all()
    assert climber.able.sum() < 1200


@pytest.mark.parametrize("seed", range(3))
def test_floors_that_nobody_reaches_prove_no_more_than_is_true(seed: int) -> None:
    """Too many centres for their floors, and aimed far too high: no known answer is below the bound."""
    sites = on_a_plane(seed, 40, 14, 9, 1.5, price=1000.0)
    mean = sites.demand.sum() / 9
    sites = sites.replace(
        cost=sites.cost * sites.demand[:, None],
        floor=np.full(14, 1.5 * mean),
        capacity=np.full(14, 2.0 * mean),
    )
    answer = first_answer(sites, 0)
    proven = Climber(sites, answer).climb(1.5 * answer.value_m, 150, Clock(20.0))
    assert 0.5 * answer.value_m < proven.bound_m <= answer.value_m

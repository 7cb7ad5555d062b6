"""Siting as numbers: answers against every answer there is, on problems small enough to list them."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.sites import Sites, solve
from planner.solve.stop import Progress, Stop

CYCLES = 2
QUICK = Stop(0.0, 20.0)


def least(sites: Sites) -> float:
    """Value of the best of all choices and all ways of serving the units; infinite if there is none."""
    best, units = np.inf, np.arange(sites.n_units)
    for chosen in map(np.array, combinations(range(sites.n_candidates), sites.count)):
        own = sites.home[chosen]
        taken = set(chosen.tolist())
        if len(set(own.tolist())) < sites.count or not set(np.flatnonzero(sites.forced)) <= taken:
            continue
        if sites.barred[chosen].any():
            continue
        serves = np.array(list(product(range(sites.count), repeat=sites.n_units)))
        serves = serves[(serves[:, own] == np.arange(sites.count)).all(axis=1)]
        load = (sites.demand[:, None] * (serves[:, :, None] == np.arange(sites.count))).sum(axis=1)
        off = np.maximum(load - sites.capacity[chosen], 0) + np.maximum(
            sites.floor[chosen] - load, 0
        )
        over = off.sum(axis=1)
        charge = np.where(over > 1e-9, sites.price, 0.0) * np.where(over > 1e-9, over, 1.0)
        cost = sites.cost[units, chosen[serves]].sum(axis=1) + sites.fee[chosen].sum() + charge
        best = min(best, float(cost.min(initial=np.inf)))
    return best


def on_a_plane(
    rng: np.random.Generator, n: int, m: int, count: int, slack: float = 1.4, **more: object
) -> Sites:
    """Scatter units, some of which are candidates; capacities leave so much slack."""
    xy = rng.uniform(0, 100, (n, 2))
    home = np.sort(rng.choice(n, m, replace=False))
    cost = np.hypot(*(xy[:, None] - xy[home][None]).transpose(2, 0, 1))
    demand = rng.integers(1, 10, n).astype(float)
    capacity = np.full(m, np.ceil(slack * demand.sum() / count))
    return Sites(cost, demand, capacity, home, count, **more)  # type: ignore[arg-type]


@st.composite
def small_problems(draw: st.DrawFn) -> Sites:
    """Draw a problem of at most seven units, with any of the rules that there are."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, count = draw(st.integers(3, 7)), draw(st.integers(1, 3))
    m = draw(st.integers(count, min(n, count + 2)))
    more: dict[str, object] = {}
    if draw(st.booleans()):
        more["fee"] = rng.uniform(-20, 40, m)
    if draw(st.booleans()):
        more["floor"] = np.full(m, 3.0)
    if draw(st.booleans()):
        more["price"] = 15.0
    if m > count and draw(st.booleans()):
        more["barred"] = np.arange(m) == 0
    if draw(st.booleans()):
        more["forced"] = np.arange(m) == m - 1
    made = on_a_plane(rng, n, m, count, draw(st.sampled_from([1.05, 1.4, 3.0])), **more)
    if draw(st.booleans()):
        cost = made.cost.copy()
        cost[rng.random(cost.shape) < 0.25] = np.inf
        cost[made.home, np.arange(m)] = 0.0
        made = made.replace(cost=cost)
    return made


@settings(max_examples=15, deadline=None)
@given(small_problems())
def test_bound_best_and_answer_stand_in_order(sites: Sites) -> None:
    """No answer beats the bound, and the best one that there is is found."""
    best = least(sites)
    found = solve(sites, stop=QUICK, cycles=CYCLES)
    if np.isfinite(best):
        assert found.bound_m <= best + 1e-6 * max(abs(best), 1.0)
        assert found.value_m == pytest.approx(best, rel=1e-6, abs=1e-5)
    else:
        assert found.faults or found.excess > 0


@settings(max_examples=10, deadline=None)
@given(small_problems())
def test_an_answer_keeps_its_rules_or_says_which_it_breaks(sites: Sites) -> None:
    """What an answer tells of itself is what a count from its arrays finds."""
    found = solve(sites, stop=QUICK, cycles=1)
    chosen = np.unique(found.serves)
    load = np.array([sites.demand[found.serves == j].sum() for j in chosen])
    over = np.maximum(load - sites.capacity[chosen], 0) + np.maximum(sites.floor[chosen] - load, 0)
    assert found.excess == pytest.approx(over.sum(), abs=1e-7)
    assert found.unreached == np.isinf(sites.cost[np.arange(sites.n_units), found.serves]).sum()
    assert len(chosen) == sites.count
    assert not sites.barred[chosen].any()
    assert set(np.flatnonzero(sites.forced)) <= set(chosen)
    assert (found.serves[sites.home[chosen]] == chosen).all()
    assert found.feasible == (found.unreached == 0 and over.sum() <= 1e-7)


@pytest.mark.parametrize("seed", [0, 7])
def test_same_seed_same_answer(seed: int) -> None:
    """With rounds counted and time to spare, two runs agree to the last unit."""
    sites = on_a_plane(np.random.default_rng(3), 30, 30, 4)
    one, two = (solve(sites, stop=Stop(0.0, 60.0), seed=seed, cycles=1) for _ in range(2))
    assert np.array_equal(one.serves, two.serves)
    assert one.value_m == two.value_m


def test_a_known_answer_is_never_made_worse() -> None:
    """With no time at all the known answer comes back; with some, nothing dearer."""
    sites = on_a_plane(np.random.default_rng(5), 80, 80, 8)
    known = solve(sites, stop=Stop(0.0, 10.0), cycles=3)
    assert known.feasible
    assert solve(sites, stop=Stop(0.0, 0.0), start=known, seed=9).value_m <= known.value_m
    again = solve(sites, stop=Stop(0.0, 5.0), start=known, seed=9, cycles=1)
    assert again.feasible
    assert again.value_m <= known.value_m


def test_forced_and_barred_turn_the_choice() -> None:
    """The best candidate of all is left when it is barred, the worst is taken when it is forced."""
    x = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    sites = Sites(np.abs(x[:, None] - x[None]), np.ones(5), np.full(5, 9.0), np.arange(5), 1)
    middle = np.arange(5) == 2
    assert list(solve(sites, stop=QUICK, cycles=1).chosen) == [2]
    assert 2 not in solve(sites.replace(barred=middle), stop=QUICK, cycles=1).chosen
    end = solve(sites.replace(forced=np.arange(5) == 4), stop=QUICK, cycles=1)
    assert list(end.chosen) == [4]
    assert end.value_m == pytest.approx(10.0)


def test_a_fee_is_weighed_against_the_walk() -> None:
    """A candidate that walks 2 m less is taken for a fee of 1 and left for a fee of 3."""
    x = np.array([0.0, 1.0, 2.0])
    cost = np.abs(x[:, None] - x[[1, 2]][None])
    sites = Sites(cost, np.ones(3), np.full(2, 9.0), [1, 2], 1)
    for fee, taken in ((0.5, 0), (3.0, 1)):
        answer = solve(sites.replace(fee=[fee, 0.0]), stop=QUICK, cycles=1)
        assert list(answer.chosen) == [taken]


def test_floors_are_kept_where_they_can_be() -> None:
    """Four units near one centre and one at the other: a floor of two moves the cheapest over."""
    x = np.array([0.0, 1.0, 2.0, 3.0, 10.0])
    cost = np.abs(x[:, None] - x[[0, 4]][None])
    sites = Sites(cost, np.ones(5), np.full(2, 9.0), [0, 4], 2)
    assert list(solve(sites, stop=QUICK, cycles=1).load) == [4.0, 1.0]
    kept = solve(sites.replace(floor=[2.0, 2.0]), stop=QUICK, cycles=1)
    assert list(kept.load) == [3.0, 2.0]
    assert kept.serves[3] == 1
    assert kept.feasible


def test_an_elastic_capacity_is_paid_for_or_kept() -> None:
    """At one metre a unit over it is broken, at a thousand it is kept; hard, it must be."""
    x = np.array([0.0, 0.0, 0.0, 50.0])
    cost = np.abs(x[:, None] - x[[0, 3]][None])
    sites = Sites(cost, np.ones(4), np.full(2, 2.0), [0, 3], 2)
    cheap = solve(sites.replace(price=1.0), stop=QUICK, cycles=2)
    assert (cheap.excess, cheap.value_m) == (1.0, pytest.approx(1.0))
    for price in (1000.0, np.inf):
        kept = solve(sites.replace(price=price), stop=QUICK, cycles=2)
        assert (kept.excess, kept.value_m) == (0.0, pytest.approx(50.0))


def test_what_no_capacity_can_hold_is_told() -> None:
    """Too little room for all: the answer is not feasible, and is off by no more than it must be."""
    sites = on_a_plane(np.random.default_rng(1), 20, 20, 3).replace(capacity=np.full(20, 20.0))
    found = solve(sites, stop=QUICK, cycles=2)
    assert not found.feasible
    assert found.value_m == np.inf
    assert found.excess == pytest.approx(sites.demand.sum() - 60.0)
    assert not found.faults


def test_out_of_reach_is_avoided() -> None:
    """Two islands: each is served from its own, whatever would be cheaper to choose."""
    x = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    cost = np.abs(x[:, None] - x[None])
    island = np.arange(6) < 4
    cost[island[:, None] != island[None]] = np.inf
    sites = Sites(cost, np.ones(6), np.full(6, 9.0), np.arange(6), 2)
    found = solve(sites, stop=QUICK, cycles=2)
    assert found.unreached == 0
    assert set(island[found.chosen]) == {True, False}


def test_two_candidates_of_one_house_are_never_both_chosen() -> None:
    """Of two in one unit the one with the lower fee is taken, and the other centre lies elsewhere."""
    x = np.array([0.0, 1.0, 9.0, 10.0])
    home = np.array([0, 0, 3])
    cost = np.abs(x[:, None] - x[home][None])
    sites = Sites(cost, np.ones(4), np.full(3, 9.0), home, 2, fee=[5.0, 1.0, 0.0])
    assert list(solve(sites, stop=QUICK, cycles=2).chosen) == [1, 2]
    with pytest.raises(ValueError, match="one unit"):
        sites.replace(forced=[True, True, False])


def test_the_time_is_kept_and_progress_told() -> None:
    """A second is a second, even on a problem that could take minutes; bounds only rise."""
    sites = on_a_plane(np.random.default_rng(2), 300, 300, 20)
    # What is compiled on first use is not the search's time.
    solve(sites, stop=Stop(0.0, 0.1))
    told: list[Progress] = []
    found = solve(sites, stop=Stop(0.0, 1.0), listener=told.append)
    assert found.seconds < 4.0
    assert told
    bounds = [p.bound_m for p in told]
    assert bounds == sorted(bounds)
    assert found.bound_m <= found.value_m

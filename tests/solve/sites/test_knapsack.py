"""The best part of one candidate, against every part that there is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.arrays import Floats, Ints
from planner.solve.sites import Sites
from planner.solve.sites.knapsack import (
    FAR,
    Knapsacks,
    Packed,
    cut_pairs,
    cut_parts,
    list_units,
    quick,
    whole_parts,
)
from tests.solve.sites.made import on_a_plane

N, M = 8, 4
EVERY = np.arange(M)


class Priced(NamedTuple):
    """A problem and prizes of its units."""

    sites: Sites
    prize: Floats

    @property
    def knapsacks(self) -> Knapsacks:
        """As the bound states them."""
        one = self.sites
        column = np.where(np.isfinite(one.cost), one.cost, FAR).T.copy()
        return Knapsacks(column, one.demand, one.capacity, one.floor, one.fee, one.home, one.price)

    def worth(self, j: int, units: Ints) -> float:
        """Cost of a part less its prizes; infinite where it breaks a hard limit or reaches too far."""
        one = self.sites
        load = one.demand[units].sum()
        off = max(load - one.capacity[j], 0.0) + max(one.floor[j] - load, 0.0)
        charge = one.price * off if off > 1e-9 else 0.0
        return float(one.fee[j] + (one.cost[units, j] - self.prize[units]).sum() + charge)

    def best(self, j: int, having: int | None = None) -> float:
        """Least worth of all parts of a candidate, or of those that have some unit."""
        others = [i for i in range(N) if i != self.sites.home[j]]
        found = np.inf
        for mask in range(1 << len(others)):
            units = [i for b, i in enumerate(others) if mask >> b & 1]
            if having is None or having in units:
                found = min(found, self.worth(j, np.array([*units, self.sites.home[j]])))
        return found


@st.composite
def priced(draw: st.DrawFn) -> Priced:
    """Draw prizes and limits of every kind; some units weigh nothing, some are out of reach."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        more["fee"] = rng.uniform(-30, 60, M)
    if draw(st.booleans()):
        more["floor"] = rng.integers(0, 40, M).astype(float)
    if draw(st.booleans()):
        more["price"] = draw(st.sampled_from([2.0, 15.0, 60.0]))
    slack = draw(st.sampled_from([0.3, 0.8, 1.05, 2.0]))
    made = on_a_plane(int(rng.integers(10**6)), N, M, 2, slack, **more)
    demand, cost = made.demand.copy(), made.cost.copy()
    demand[rng.random(N) < 0.15] = 0.0
    cost[rng.random(cost.shape) < 0.15] = np.inf
    cost[made.home, EVERY] = 0.0
    return Priced(made.replace(demand=demand, cost=cost), rng.uniform(-20, 90, N))


def room() -> Packed:
    """Make room for parts of all candidates."""
    first, last, used = np.zeros(M, np.int64), np.zeros(M, np.int64), np.zeros(1, np.int64)
    return Packed(first, last, np.zeros(99, np.int32), np.zeros(99, np.float32), used)


@settings(max_examples=40, deadline=None)
@given(priced())
def test_the_best_part_is_found_and_bounded(given_: Priced) -> None:
    """Whole units: the best of all parts and its units.  Cut units, or any rate: never more than that."""
    k, prize = given_.knapsacks, given_.prize
    lists = list_units(k, prize + 5.0, EVERY)
    rough, cut, whole, rate = (np.zeros(M) for _ in range(4))
    cut_parts(k, lists, prize, EVERY, rate, cut)
    quick(k, lists, prize, EVERY, rate * 0.7, rough)
    found = room()
    assert whole_parts(k, lists, prize, EVERY, rate, True, whole, found) == M
    for j in EVERY:
        best = given_.best(int(j))
        assert whole[j] == pytest.approx(best, abs=1e-7)
        assert max(rough[j], cut[j]) <= best + 1e-7
        if np.isfinite(best):
            units = np.append(found.unit[found.first[j] : found.last[j]], k.home[j])
            assert given_.worth(int(j), units) == pytest.approx(best, abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(priced())
def test_cut_parts_are_worth_what_they_say(given_: Priced) -> None:
    """The shares of cut units add up to the value, no share is above 1, and no capacity is exceeded."""
    one, prize = given_.sites.replace(floor=np.zeros(M), price=np.inf), given_.prize
    k = Priced(one, prize).knapsacks
    value, found = np.zeros(M), room()
    whole_parts(k, list_units(k, prize, EVERY), prize, EVERY, np.zeros(M), False, value, found)
    for j in np.flatnonzero(np.isfinite(value)):
        units = found.unit[found.first[j] : found.last[j]]
        share = found.share[found.first[j] : found.last[j]].astype(float)
        own = one.cost[k.home[j], j] - prize[k.home[j]] + one.fee[j]
        worth = own + ((one.cost[units, j] - prize[units]) * share).sum()
        assert worth == pytest.approx(value[j], abs=1e-4)
        assert share.max(initial=0.0) <= 1.0
        load = k.demand[k.home[j]] + (k.demand[units] * share).sum()
        assert load <= k.capacity[j] + 1e-4


@settings(max_examples=25, deadline=None)
@given(priced(), st.floats(0.0, 80.0))
def test_no_unit_of_a_good_part_is_cut_off(given_: Priced, margin: float) -> None:
    """A unit with which some part is within the limit stays in reach; some that have none go."""
    k, prize = given_.knapsacks, given_.prize
    value, rate = np.zeros(M), np.zeros(M)
    cut_parts(k, list_units(k, prize, EVERY), prize, EVERY, rate, value)
    most = np.where(np.isfinite(value), value + margin, 0.0)
    before = k.column.copy()
    cut_pairs(k, prize, EVERY, rate, most)
    for j, i in zip(*np.nonzero((k.column >= FAR) & (before < FAR)), strict=True):
        assert given_.best(int(j), int(i)) > most[j] - 1e-7
    assert (k.column[EVERY, k.home] == before[EVERY, k.home]).all()


def test_what_costs_too_much_is_cut_off() -> None:
    """A unit far beyond every prize goes, the one next door stays."""
    sites = Sites(np.array([[0.0], [1.0], [500.0]]), np.ones(3), [9.0], [0], 1)
    case = Priced(sites, np.array([5.0, 5.0, 5.0]))
    k, rate = case.knapsacks, np.zeros(1)
    cut_pairs(k, case.prize, np.array([0]), rate, np.array([0.0]))
    assert k.column.tolist() == [[0.0, 1.0, FAR]]


def test_a_full_store_says_how_far_it_came() -> None:
    """With room for one part of three the first is done and no other."""
    sites = on_a_plane(4, N, M, 2)
    k, prize = Priced(sites, np.full(N, 60.0)).knapsacks, np.full(N, 60.0)
    small = room()._replace(unit=np.zeros(N + 1, np.int32), share=np.zeros(N + 1, np.float32))
    lists = list_units(k, prize, EVERY)
    assert whole_parts(k, lists, prize, EVERY, np.zeros(M), True, np.zeros(M), small) == 1

"""The best sets of sites: equal to trying all, and to the plain model."""

from __future__ import annotations

from itertools import combinations

import highspy
import numpy as np
import pytest

from planner.solve.cover import Gains, best_sets
from planner.solve.highs import new_highs


def made(seed: int, *, whole: bool = False) -> Gains:
    """Some customers and sites in up to three groups; whole gains tie often."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(5, 30)), int(rng.integers(4, 9))
    here, there = rng.integers(0, 3, n), rng.integers(0, 3, m)
    customer, site = np.nonzero((rng.random((n, m)) < 0.5) & (here[:, None] == there[None]))
    gain = rng.integers(1, 5, len(site)).astype(float) if whole else rng.random(len(site)) + 0.01
    return Gains(m, customer.astype(np.int64), site.astype(np.int64), gain)


@pytest.mark.parametrize("seed", range(12))
def test_sets_are_the_best_of_all(seed: int) -> None:
    """Every set of so many sites is tried; values, bounds and sites agree."""
    gains = made(seed, whole=seed % 2 == 0)
    for k, pick in enumerate(best_sets(gains, 4), 1):
        sets = combinations(range(gains.n_sites), min(k, gains.n_sites))
        best = max(gains.value(np.array(s, np.int64)) for s in sets)
        assert pick.value == pytest.approx(best)
        assert pick.bound == pytest.approx(best)
        assert gains.value(np.array(pick.sites, np.int64)) == pytest.approx(pick.value)
        assert len(pick.sites) <= k


def plain(gains: Gains, k: int) -> float:
    """Solve the textbook model: x is one where a site serves a customer, y where it is open."""
    p, m = len(gains.offer), gains.n_sites
    highs = new_highs(mip_rel_gap=0.0)
    highs.addVars(p + m, np.zeros(p + m), np.ones(p + m))
    highs.changeColsCost(p, np.arange(p, dtype=np.int32), -gains.gain)
    for j in range(m):
        highs.changeColIntegrality(p + j, highspy.HighsVarType.kInteger)
    for pair in range(p):
        highs.addRow(
            -np.inf, 0.0, 2, np.array([pair, p + gains.offer[pair]]), np.array([1.0, -1.0])
        )
    for customer in np.unique(gains.customer):
        own = np.flatnonzero(gains.customer == customer)
        highs.addRow(-np.inf, 1.0, len(own), own.astype(np.int32), np.ones(len(own)))
    highs.addRow(-np.inf, float(k), m, np.arange(p, p + m, dtype=np.int32), np.ones(m))
    highs.run()
    return -highs.getInfo().objective_function_value


@pytest.mark.parametrize("cover", [True, False])
def test_a_town_is_solved_as_by_the_plain_model(cover: bool) -> None:
    """Hundreds of customers in one group: covering, and the walk saved."""
    rng = np.random.default_rng(3)
    homes, sites = rng.random((260, 2)), rng.random((40, 2))
    away = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1))
    customer, site = np.nonzero(away < 0.22)
    weight = rng.integers(1, 9, 260).astype(float)[customer]
    gain = weight if cover else weight * (0.22 - away[customer, site])
    gains = Gains(40, customer, site, gain)
    assert len(np.unique(gains.group[np.unique(site)])) == 1
    for k, pick in enumerate(best_sets(gains, 4), 1):
        assert pick.value == pytest.approx(plain(gains, k))
        assert pick.bound == pytest.approx(pick.value, rel=1e-6)


def test_more_sites_never_gain_less_and_each_adds_less() -> None:
    """A curve of diminishing returns: what one more adds does not grow by more than a rounding."""
    picks = best_sets(made(5), 9)
    values = [0.0, *(p.value for p in picks)]
    assert values == sorted(values)
    gains = made(5)
    assert values[-1] == pytest.approx(gains.value(np.arange(gains.n_sites)))


def test_without_time_the_bound_still_holds() -> None:
    """Greedy values, and bounds that no set exceeds."""
    rng = np.random.default_rng(8)
    customer, site = np.nonzero(rng.random((60, 14)) < 0.3)
    gains = Gains(14, customer, site, rng.random(len(site)))
    exact = best_sets(gains, 4)
    for quick, best in zip(best_sets(gains, 4, seconds=0.0), exact, strict=True):
        assert quick.value <= best.value + 1e-9
        assert quick.bound >= best.value - 1e-9


def test_nothing_to_gain() -> None:
    """No pairs: no sites, nothing gained, and that is proven."""
    nothing = np.zeros(0, np.int64)
    picks = best_sets(Gains(5, nothing, nothing, np.zeros(0)), 3)
    assert [(p.sites, p.value, p.bound) for p in picks] == [((), 0.0, 0.0)] * 3

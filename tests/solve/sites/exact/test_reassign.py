"""The best assignment to given centres, against a count of all of them."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from planner.solve.sites import Answer, Sites
from planner.solve.sites.exact.reassign import reassign
from planner.solve.sites.start import fitted
from planner.solve.stop import Clock


def made(seed: int, n: int = 8, **more: Any) -> Sites:
    """Scatter a few units; three candidates with little room."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (n, 2))
    cost = np.hypot(*(xy[:, None] - xy[:3][None]).transpose(2, 0, 1))
    demand = rng.integers(1, 10, n).astype(float)
    capacity = np.full(3, np.ceil(1.15 * demand.sum() / 3))
    return Sites(cost, demand, capacity, np.arange(3), 3, **more)


def least(sites: Sites) -> float:
    """Value of the best of all assignments to the three candidates."""
    rest = product(range(3), repeat=sites.n_units - 3)
    return min(Answer(sites, np.array([0, 1, 2, *serves])).value_m for serves in rest)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("more", [{}, {"price": 5.0}, {"floor": np.full(3, 6.0)}])
def test_no_assignment_is_better(seed: int, more: dict[str, Any]) -> None:
    """Hard, at a price or with floors: what comes back is the best there is, or there is none."""
    sites = made(seed, **more)
    first = fitted(sites, np.arange(3))
    found = reassign(first, np.zeros(3), clock=Clock(10.0), seed=0)
    if found is None:
        assert least(sites) == np.inf
        return
    assert list(found.chosen) == [0, 1, 2]
    assert found.value_m == pytest.approx(least(sites), rel=1e-4)


def test_a_good_answer_is_kept() -> None:
    """Pairs of the answer to begin with are looked at, so that it never gets worse."""
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 100, (80, 2))
    cost = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    sites = Sites(cost, np.ones(80), np.full(80, 22.0), np.arange(80), 4)
    first = fitted(sites, np.array([3, 20, 41, 77]))
    found = reassign(first, rng.uniform(0, 50, 4), clock=Clock(10.0), seed=0)
    assert found is not None
    assert found.value_m <= first.value_m + 1e-6

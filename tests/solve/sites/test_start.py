"""A first answer: whatever it costs, it chooses whom it may and serves everyone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.sites.start import first_answer, fitted, spread
from tests.solve.sites.made import on_a_line, on_a_plane


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(4, 40), st.integers(1, 5), st.booleans(), st.booleans())
def test_a_first_answer_is_an_answer(
    seed: int, n: int, count: int, forced: bool, barred: bool
) -> None:
    """So many are chosen, the forced among them and nobody barred, each serving its own home."""
    m = min(n, count + 3)
    count = min(count, m - 1)
    more = {"forced": np.arange(m) == m - 1} if forced else {}
    if barred:
        more["barred"] = np.arange(m) == 0
    answer = first_answer(on_a_plane(seed, n, m, count, **more), seed)
    assert not answer.faults


def test_a_first_answer_is_not_far_from_the_best() -> None:
    """With ample room it is within a quarter of the best of many random choices."""
    sites = on_a_plane(2, 150, 150, 6, slack=5.0)
    rng = np.random.default_rng(0)
    drawn = [fitted(sites, np.sort(rng.choice(150, 6, replace=False))).cost_m for _ in range(200)]
    assert first_answer(sites, 0).cost_m <= 1.02 * min(drawn)


def test_loads_are_evened_out() -> None:
    """Where most units crowd at one place, capacities are kept all the same, or nearly."""
    sites = on_a_plane(7, 120, 120, 6, slack=1.1)
    answer = first_answer(sites, 0)
    assert answer.excess <= 0.02 * sites.demand.sum()


def test_same_seed_same_answer() -> None:
    """The seed decides."""
    sites = on_a_plane(1, 60, 60, 5)
    assert (first_answer(sites, 3).serves == first_answer(sites, 3).serves).all()


def test_spread_takes_the_forced_first_and_never_two_of_one_home() -> None:
    """Forced candidates are in; of two in one unit only one is drawn."""
    sites = on_a_line([0.0, 1.0, 9.0, 10.0], [0, 0, 2, 3], 3, forced=[False, True, False, False])
    for seed in range(10):
        chosen = spread(sites, np.random.default_rng(seed))
        assert 1 in chosen
        assert 0 not in chosen
        assert len(chosen) == 3


def test_spread_reaches_islands() -> None:
    """Two islands out of reach of one another: both get a centre."""
    cost = np.abs(np.arange(8.0)[:, None] - np.arange(8.0)[None])
    cost[:4, 4:] = cost[4:, :4] = np.inf
    sites = on_a_line([float(i) for i in range(8)], list(range(8)), 2).replace(cost=cost)
    both = [set(spread(sites, np.random.default_rng(s)) // 4) == {0, 1} for s in range(10)]
    assert sum(both) >= 8


def test_who_has_most_to_lose_is_served_first() -> None:
    """Room for one more at the near centre: it goes to the unit that would have farthest to go."""
    sites = on_a_line([0.0, 1.0, 2.0, 100.0], [0, 3], 2, capacity=np.array([2.0, 9.0]))
    answer = fitted(sites, np.array([0, 1]))
    assert answer.serves.tolist() == [0, 0, 1, 1]
    assert answer.excess == 0


def test_prices_turn_the_choice() -> None:
    """A price at the near centre sends units to the other, homes not."""
    sites = on_a_line([0.0, 4.0, 6.0, 10.0], [0, 3], 2)
    assert fitted(sites, np.array([0, 1])).serves.tolist() == [0, 0, 1, 1]
    dear = fitted(sites, np.array([0, 1]), np.array([50.0, 0.0]))
    assert dear.serves.tolist() == [0, 1, 1, 1]


def test_what_fits_nowhere_goes_where_there_is_most_room() -> None:
    """Over every capacity: the excess grows where it is least."""
    sites = on_a_line([0.0, 1.0, 2.0, 10.0], [0, 3], 2, capacity=np.array([1.0, 1.0]))
    answer = fitted(sites, np.array([0, 1]))
    assert sorted(answer.load) == [2.0, 2.0]


@pytest.mark.parametrize("count", [1])
def test_one_centre_serves_all(count: int) -> None:
    """A single centre has every unit, and is the one with the shortest walks."""
    sites = on_a_line([0.0, 1.0, 2.0, 3.0, 50.0], [0, 2, 4], count)
    answer = first_answer(sites, 0)
    assert answer.chosen.tolist() == [1]

"""The whole programme of a small problem: its answer is the best there is, its bound is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.sites.exact.whole import solve_whole
from planner.solve.sites.start import first_answer
from planner.solve.stop import Clock
from tests.solve.sites.made import least, on_a_line, on_a_plane


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([1.05, 1.4]),
    st.sampled_from([np.inf, 8.0]),
    st.sampled_from(["plain", "fee", "floor", "forced", "barred"]),
)
def test_it_is_the_best_of_all_answers(seed: int, slack: float, price: float, rule: str) -> None:
    """With any rule, hard or at a price: the value is the least of all answers, and is proven."""
    rules = {
        "plain": {},
        "fee": {"fee": np.array([-20.0, 30.0, 0.0, 10.0])},
        "floor": {"floor": np.full(4, 9.0)},
        "forced": {"forced": np.arange(4) == 3},
        "barred": {"barred": np.arange(4) == 0},
    }
    sites = on_a_plane(seed, 6, 4, 2, slack, price=price, **rules[rule])
    best = least(sites)
    found, bound = solve_whole(first_answer(sites, 0), Clock(20.0), seed=0)
    assert bound <= best + 1e-9
    if np.isfinite(best):
        assert found is not None
        assert found.value_m == pytest.approx(best, rel=1e-6, abs=1e-6)
        assert bound >= best - 1e-5 * max(abs(best), 1.0)
    else:
        assert found is None


def test_what_cannot_be_has_no_answer_and_no_bound() -> None:
    """Room for two, three to serve, and no price: nothing is found and nothing claimed."""
    sites = on_a_line([0.0, 1.0, 2.0], [0, 1], 1, capacity=np.full(2, 2.0))
    assert solve_whole(first_answer(sites, 0), Clock(5.0), seed=0) == (None, -np.inf)


def test_who_is_out_of_reach_is_not_served_from_there() -> None:
    """Islands: each from its own candidate, though the other would be cheaper to have."""
    cost = np.array([[0.0, np.inf], [1.0, np.inf], [np.inf, 0.0]])
    sites = on_a_line([0.0, 1.0, 2.0], [0, 2], 2).replace(cost=cost)
    found, _ = solve_whole(first_answer(sites, 0), Clock(5.0), seed=0)
    assert found is not None
    assert found.serves.tolist() == [0, 0, 1]

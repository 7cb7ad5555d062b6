"""The siting problem and its answers as values: what is refused, and what an answer tells of itself."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.solve.sites import Answer, Sites
from tests.solve.sites.made import on_a_line

LINE = on_a_line([0.0, 1.0, 2.0, 3.0, 10.0], [0, 4], 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": 9}, "9 cannot be chosen"),
        ({"count": 0}, "count must be"),
        ({"count": 1, "forced": [True, True, False]}, "1 cannot be chosen"),
        ({"count": 3, "barred": [True, False, False]}, "3 cannot be chosen"),
        ({"home": [0, 1, 9]}, "home is out of range"),
        ({"home": [-1, 1, 2]}, "home is out of range"),
        ({"home": [0, 1]}, "one value for each candidate"),
        ({"fee": [1.0]}, "one value for each candidate"),
        ({"demand": [-1.0, 1, 1, 1]}, "demand must be finite and not negative"),
        ({"capacity": [np.inf, 1, 1]}, "capacity must be finite"),
        ({"fee": [np.nan, 1, 1]}, "fee must be finite$"),
        ({"floor": [-1.0, 1, 1]}, "floor must be finite and not negative"),
        ({"cost": np.zeros((2, 2))}, r"shape \(2, 2\), not \(4, 3\)"),
        ({"cost": -np.ones((4, 3))}, "numbers of 0 or more"),
        ({"cost": np.full((4, 3), np.nan)}, "numbers of 0 or more"),
        ({"cost": np.full((4, 3), np.inf)}, "cannot reach its own home"),
        (
            {"forced": [True, False, False], "barred": [True, False, False]},
            "both forced and barred",
        ),
        ({"forced": [True, True, False], "home": [0, 0, 1]}, "two forced candidates live in one"),
        ({"price": 0.0}, "price must be above 0"),
    ],
)
def test_what_is_no_problem_is_refused(change: dict[str, NDArray], said: str) -> None:
    """Each fault is named when the problem is stated, not when it is solved."""
    x = np.arange(4.0)
    sites = Sites(np.abs(x[:, None] - x[None, :3]), np.ones(4), np.full(3, 4.0), [0, 1, 2], 2)
    with pytest.raises(ValueError, match=said):
        sites.replace(**change)


def test_all_faults_are_told_at_once() -> None:
    """A negative demand and a price of nothing stand in one message."""
    with pytest.raises(ValueError, match=r"demand must be .*; price must be"):
        LINE.replace(demand=-np.ones(5), price=0.0)


def test_what_is_left_out_is_nothing() -> None:
    """Without floors, fees and wishes they are zeros, one a candidate; the price is infinite."""
    assert LINE.floor.tolist() == LINE.fee.tolist() == [0.0, 0.0]
    assert not LINE.forced.any()
    assert not LINE.barred.any()
    assert np.isinf(LINE.price)
    assert (LINE.n_units, LINE.n_candidates) == (5, 2)


def test_arrays_are_copied_and_frozen() -> None:
    """Changing what was handed in changes nothing, and what is held cannot be written."""
    demand = np.ones(5)
    sites = LINE.replace(demand=demand)
    demand[0] = 9.0
    assert sites.demand[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        sites.demand[0] = 2.0


def test_a_large_frozen_matrix_is_not_copied() -> None:
    """A cost matrix that nobody can write is taken as it is."""
    again = LINE.replace(count=1)
    assert again.cost is LINE.cost


def test_open_candidates_come_by_home() -> None:
    """Who may be chosen, by home, the barred left out."""
    sites = on_a_line([0.0, 1.0, 2.0], [2, 0, 1, 0], 1, barred=[False, True, False, False])
    assert sites.open.tolist() == [3, 2, 0]


def test_an_answer_counts_what_it_costs() -> None:
    """Cost, loads, fees and the value of a plain answer."""
    sites = LINE.replace(fee=[2.0, -1.0])
    answer = Answer(sites, [0, 0, 0, 0, 1])
    assert answer.chosen.tolist() == [0, 1]
    assert answer.load.tolist() == [4.0, 1.0]
    assert answer.cost_m == 6.0
    assert answer.value_m == 7.0
    assert answer.feasible


@pytest.mark.parametrize(("price", "value"), [(np.inf, np.inf), (10.0, 26.0)])
def test_what_is_over_or_short_is_charged(price: float, value: float) -> None:
    """Four for a room of three, one for a floor of two: two units off, hard or at a price."""
    sites = LINE.replace(capacity=[3.0, 9.0], floor=[0.0, 2.0], price=price)
    answer = Answer(sites, [0, 0, 0, 0, 1])
    assert answer.excess == 2.0
    assert answer.value_m == value
    assert not answer.feasible
    assert not answer.faults


def test_rounding_is_no_excess() -> None:
    """A billionth too much is no broken rule."""
    sites = LINE.replace(capacity=[4.0 - 1e-10, 9.0])
    assert Answer(sites, [0, 0, 0, 0, 1]).feasible


@pytest.mark.parametrize(
    ("change", "serves", "said"),
    [
        ({}, [0, 0, 0, 0, 0], "1 candidates chosen, not 2"),
        ({"count": 1, "barred": [True, False]}, [0] * 5, "a barred candidate is chosen"),
        ({"count": 1, "forced": [False, True]}, [0] * 5, "a forced candidate is not chosen"),
        ({}, [1, 0, 0, 0, 1], "does not serve its own home"),
    ],
)
def test_what_is_no_answer_says_why(change: dict, serves: list[int], said: str) -> None:
    """Each fault is named, and the value is infinite."""
    answer = Answer(LINE.replace(**change), serves)
    assert any(said in fault for fault in answer.faults)
    assert np.isinf(answer.value_m)


def test_out_of_reach_is_a_fault() -> None:
    """Units given to a candidate that they cannot reach are counted."""
    cost = LINE.cost.copy()
    cost[2:4, 0] = np.inf
    answer = Answer(LINE.replace(cost=cost), [0, 0, 0, 0, 1])
    assert answer.unreached == 2
    assert answer.faults == ("2 units out of reach of their candidate",)
    assert np.isinf(answer.cost_m)


@pytest.mark.parametrize(("bound", "gap"), [(-np.inf, np.inf), (3.0, 0.5), (6.0, 0.0), (7.0, 0.0)])
def test_the_gap_is_a_share_of_the_value(bound: float, gap: float) -> None:
    """Half of the value is not proven: a gap of a half; a bound above the value is no negative gap."""
    assert Answer(LINE, [0, 0, 0, 0, 1], bound_m=bound).gap == gap


def test_the_gap_of_nothing() -> None:
    """No feasible value, no gap; a value of zero is proven by a bound of zero and by nothing less."""
    assert np.isinf(Answer(LINE, [0] * 5, bound_m=1.0).gap)
    point = on_a_line([0.0], [0], 1)
    assert Answer(point, [0], bound_m=0.0).gap == 0.0
    assert np.isinf(Answer(point, [0], bound_m=-1.0).gap)

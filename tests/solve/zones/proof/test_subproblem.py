"""The cheapest zone of one centre by HiGHS: the same as by counting, and as by trying all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem, ZoneRule
from planner.solve.zones.parts import split
from planner.solve.zones.proof.generation import Pool
from planner.solve.zones.proof.pricing import Pricer
from planner.solve.zones.proof.subproblem import ZoneModel
from planner.solve.zones.start import must_serve
from tests.solve.towns import SLOW, only_part, row, town
from tests.strategies import problems


def reduced(one: object, prize: np.ndarray, c: int) -> np.ndarray:
    """Cost of each pair of a centre less its prize, nearest first."""
    mine = one.by_centre[one.centre_start[c] : one.centre_start[c + 1]]  # type: ignore[attr-defined]
    return one.cost[mine] - prize[one.unit[mine]]  # type: ignore[attr-defined]


@SLOW
@given(problems(), st.integers(0, 1000), st.booleans())
def test_it_agrees_with_counting(problem: Problem, seed: int, served: bool) -> None:
    """Bound and zone are those of the search over sums, whether or not units may be left out."""
    prize = np.random.default_rng(seed).uniform(-50, 900, problem.n_units)
    for one in split(problem).instances:
        one = must_serve(one) if served else one
        mine = prize[one.unit_ids]
        priced = Pricer(one).price(mine, 100_000)
        for c in range(one.n_centres):
            model, cost = ZoneModel(one, c), reduced(one, mine, c)
            bound, zone = model.cheapest(cost, 10.0)
            assert bound == pytest.approx(priced.bound[c], rel=1e-6, abs=1e-4)
            assert zone[0]
            assert model.price(cost, zone) == pytest.approx(bound, rel=1e-6, abs=1e-4)
            pool = Pool(one)
            order = one.by_centre[one.centre_start[c] : one.centre_start[c + 1]]
            pool.add([np.sort(order[zone])])
            assert pool.reduced(mine)[0] == pytest.approx(model.price(cost, zone))


def test_it_can_be_asked_again_with_other_prizes() -> None:
    """Only the costs change from call to call; the answers are those of a fresh model."""
    one = only_part(town(5, 3))
    model = ZoneModel(one, 1)
    for seed in range(4):
        prize = np.random.default_rng(seed).uniform(0, 600, one.n_units)
        cost = reduced(one, prize, 1)
        again, zone = model.cheapest(cost, 10.0)
        fresh, _ = ZoneModel(one, 1).cheapest(cost, 10.0)
        assert again == pytest.approx(fresh, rel=1e-6, abs=1e-4)
        assert zone[0]


def test_units_out_of_the_question_are_not_taken() -> None:
    """However high the prize behind them; and what lies behind is out of reach with them."""
    one = only_part(row([[0.0], [10.0], [20.0], [30.0]], [0]))
    model = ZoneModel(one, 0)
    cost = np.array([0.0, -50.0, np.inf, -900.0])
    bound, zone = model.cheapest(cost, 10.0)
    assert zone.tolist() == [True, True, False, False]
    assert bound == pytest.approx(-50.0)
    _, zone = model.cheapest(np.array([0.0, 5.0, 5.0, -900.0]), 10.0)
    assert zone.all()


def test_no_zone_at_all_is_an_infinite_bound() -> None:
    """A hard rule that even the home breaks."""
    rule = ZoneRule("homes", np.full(3, 5.0), None, 4.0, hard=True)
    one = only_part(row([[0.0], [10.0], [20.0]], [0], rules=(rule,)))
    bound, zone = ZoneModel(one, 0).cheapest(np.zeros(3), 10.0)
    assert bound == np.inf
    assert not zone.any()

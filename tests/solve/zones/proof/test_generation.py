"""Whole zones as columns: each once, at its price; prizes within a box; the best choice among them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem
from planner.solve.zones.parts import split
from planner.solve.zones.proof.generation import Pool, Prizes, choose
from planner.solve.zones.start import must_serve, nearest_plan, repaired
from tests.solve.towns import SLOW, every_plan, only_part, street, town, value_of
from tests.strategies import problems


def pairs_of(one: object, plan: tuple[int, ...]) -> np.ndarray:
    """Give the pairs of a plan told by centres."""
    return repaired(one, np.array(plan))  # type: ignore[arg-type]


@SLOW
@given(problems(), st.integers(0, 1000))
def test_the_zones_of_a_plan_cost_what_it_costs(problem: Problem, seed: int) -> None:
    """Together, and less their prizes; added again they are not new."""
    prize = np.random.default_rng(seed).uniform(-50, 900, problem.n_units)
    for one in map(must_serve, split(problem).instances):
        pair = nearest_plan(one)
        pool = Pool(one)
        assert pool.add_plan(pair) == one.n_centres
        assert pool.add_plan(pair) == 0
        assert sum(pool.cost) == pytest.approx(value_of(one, pair))
        mine = prize[one.unit_ids]
        assert pool.reduced(mine).sum() == pytest.approx(value_of(one, pair) - mine.sum())
        assert sorted(pool.centre) == list(range(one.n_centres))
        assert all((np.diff(zone) > 0).all() for zone in pool.zones)


def test_zones_that_break_hard_rules_are_no_columns() -> None:
    """They are passed over; those that keep them are taken."""
    one = only_part(street(12, 2, hard=True, low=0.0, high=24.0))
    pool = Pool(one)
    whole = np.sort(one.by_centre[one.centre_start[0] : one.centre_start[1]])
    assert one.rows.weight[0, one.unit[whole]].sum() > 24
    assert pool.add([whole, one.home_pair[:1]]) == 1
    assert pool.zones[0].tolist() == one.home_pair[:1].tolist()


def test_an_empty_pool_is_a_pool() -> None:
    """Nothing to price, nothing to choose."""
    one = only_part(street(12, 2))
    pool = Pool(one)
    assert len(pool) == 0
    assert len(pool.reduced(np.zeros(one.n_units))) == 0
    assert pool.add([]) == 0
    assert choose(pool, np.zeros(0, int), gap=0.0, nodes=10, seconds=10.0)[0] is None


@SLOW
@given(problems(most_units=6))
def test_the_choice_among_all_plans_zones_is_the_best_plan(problem: Problem) -> None:
    """With the zones of every plan the programme gives the value of the best."""
    parts = split(problem).instances
    if len(parts) > 1 or parts[0].n_units < problem.n_units:
        return
    one = must_serve(parts[0])
    plans = [pairs_of(one, plan) for plan in every_plan(problem)]
    pool = Pool(one)
    for pair in plans:
        pool.add_plan(pair)
    pair, bound = choose(pool, np.arange(len(pool)), gap=0.0, nodes=1000, seconds=20.0)
    best = min(value_of(one, p) for p in plans)
    assert pair is not None
    assert value_of(one, pair) == pytest.approx(best)
    assert bound == pytest.approx(best, rel=1e-6, abs=1e-6)


def test_zones_that_do_not_fit_together_make_no_plan() -> None:
    """Every unit in exactly one: two zones that overlap cannot both be chosen."""
    one = only_part(street(12, 2))
    pool = Pool(one)
    pool.add_plan(nearest_plan(one))
    far = np.union1d(pool.zones[0], one.by_centre[one.centre_start[0] : one.centre_start[1]])
    pool.add([far])
    overlap = np.array([pool.centre.index(1), len(pool) - 1])
    found = choose(pool, overlap, gap=0.0, nodes=10, seconds=10.0)
    if len(far) > len(pool.zones[pool.centre.index(0)]):
        assert found == (None, np.inf)
    assert choose(pool, np.arange(len(pool)), gap=0.0, nodes=10, seconds=10.0)[0] is not None


def test_units_that_may_be_left_out_are_where_that_is_cheaper() -> None:
    """At their price: without a zone that holds it, a unit stays out."""
    (one,) = split(street(12, 2).replace(unserved_m=50.0)).instances
    assert np.isfinite(one.skip_cost).all()
    pool = Pool(one)
    pool.add([one.home_pair[c : c + 1] for c in range(2)])
    pair, bound = choose(pool, np.arange(2), gap=0.0, nodes=10, seconds=10.0)
    assert pair is not None
    assert (pair >= 0).sum() == 2
    assert bound == pytest.approx(value_of(one, pair))


def test_prizes_stay_in_their_box() -> None:
    """Within reach of the centre, and it is told when the box holds one back."""
    one = only_part(town())
    pool = Pool(one)
    pool.add_plan(nearest_plan(one))
    pool.add(list(one.home_pair[:, None]))
    master = Prizes(pool)
    centre = np.ones(one.n_units)
    for reach, free in ((1.0, False), (1e7, True)):
        value, prize, inside = master.solve(centre, np.full(one.n_units, reach))
        assert (np.abs(prize - centre) <= reach + 1e-6).all()
        assert inside == free
        if free:
            assert value == pytest.approx(sum(pool.cost[: one.n_centres]))


def test_zones_added_later_join_the_programme() -> None:
    """More zones, no dearer programme; prizes never make a zone of the pool cheaper than nothing."""
    one = only_part(town())
    pool = Pool(one)
    pool.add_plan(nearest_plan(one))
    master = Prizes(pool)
    wide = np.full(one.n_units, 1e6)
    before, _, _ = master.solve(np.zeros(one.n_units), wide)
    zone = one.centre[nearest_plan(one)].astype(int)
    border = np.flatnonzero(zone[one.near.to] != np.repeat(zone, np.diff(one.near.start)))
    for edge in border[:20]:
        unit = int(np.searchsorted(one.near.start, edge, side="right") - 1)
        other = zone.copy()
        other[unit] = zone[one.near.to[edge]]
        pool.add_plan(repaired(one, other))
    after, prize, _ = master.solve(np.zeros(one.n_units), wide)
    assert after <= before + 1e-6
    per_centre = np.full(one.n_centres, np.inf)
    np.minimum.at(per_centre, np.array(pool.centre), pool.reduced(prize))
    assert prize.sum() + per_centre.sum() == pytest.approx(after, rel=1e-6)


def test_prizes_never_exceed_the_price_of_leaving_out() -> None:
    """Nobody is worth more than what it costs not to serve it."""
    (one,) = split(street(12, 2).replace(unserved_m=50.0)).instances
    pool = Pool(one)
    pool.add_plan(nearest_plan(one))
    _, prize, _ = Prizes(pool).solve(one.skip_cost * 2, np.full(one.n_units, 1e5))
    assert (prize <= one.skip_cost + 1e-9).all()

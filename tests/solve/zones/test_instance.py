"""One part in the form that the search works on: what plans cost, and parts of parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem, ZoneRule
from planner.solve.zones.contiguity import neighbours
from planner.solve.zones.instance import (
    Instance,
    cut_out,
    local_neighbours,
    restrict,
    rows_of,
)
from planner.solve.zones.parts import split
from planner.solve.zones.start import nearest_plan
from tests.solve.towns import SLOW, connected, only_part, row, street, town, value_of
from tests.strategies import problems

FOUR = np.array([1.0, 2, 3, 4])


def drawn(one: Instance, seed: int) -> np.ndarray:
    """Draw any pair for each unit, or none: a plan that need not hold."""
    rng = np.random.default_rng(seed)
    lengths = np.diff(one.start)
    pair = one.start[:-1] + (rng.random(one.n_units) * lengths).astype(int)
    return np.where(rng.random(one.n_units) < 0.2, -1, pair)


def test_a_rule_has_a_side_for_each_limit() -> None:
    """Both sides read sum of weight <= limit: the floor with its signs turned."""
    rule = ZoneRule("homes", FOUR, 2.0, 7.0, price_m=30.0)
    rows = rows_of(row([[0.0]] * 4, [0], rules=(rule,)))
    assert rows.name == ("homes", "homes")
    assert rows.weight.tolist() == [[1, 2, 3, 4], [-1, -2, -3, -4]]
    assert rows.limit.tolist() == [7.0, -2.0]
    assert rows.price.tolist() == [30.0, 30.0]


def test_a_free_side_is_no_side_and_a_hard_rule_has_no_price() -> None:
    """Only what is limited is a row."""
    rules = (
        ZoneRule("a", FOUR, None, 7.0, hard=True),
        ZoneRule("b", FOUR, 1.0, None),
        ZoneRule("c", FOUR, None, None),
    )
    rows = rows_of(row([[0.0]] * 4, [0], rules=rules))
    assert rows.name == ("a", "b")
    assert rows.price.tolist() == [np.inf, 1000.0]


def test_limits_for_each_of_something_have_no_constant() -> None:
    """Homes for each member: homes - 25 x members <= 0, and the same counted amounts share columns."""
    members = np.array([1.0, 0, 2, 0])
    rules = (
        ZoneRule("per", FOUR, 1.0, 25.0, members),
        ZoneRule("members", members, 5.0, None),
        ZoneRule("homes", FOUR, None, 9.0),
    )
    rows = rows_of(row([[0.0]] * 4, [0], rules=rules))
    assert rows.limit.tolist() == [0.0, 0.0, -5.0, 9.0]
    assert rows.weight[0].tolist() == (FOUR - 25 * members).tolist()
    assert rows.weight[1].tolist() == (members - FOUR).tolist()
    assert rows.amounts.tolist() == [FOUR.tolist(), members.tolist()]
    assert (rows.share @ rows.amounts == rows.weight).all()


def test_no_rules_no_rows() -> None:
    """Everything is free; nothing is ever broken."""
    rows = rows_of(row([[0.0]] * 3, [0]))
    assert rows.weight.shape == (0, 3)
    assert rows.charge(np.zeros((0, 2))) == 0.0


def test_charges_count_excess_only_and_not_rounding() -> None:
    """Each side pays for what is above its limit; a billionth above is no breach, even of a hard rule."""
    rules = (
        ZoneRule("a", FOUR, None, 7.0, price_m=10.0),
        ZoneRule("b", FOUR, None, 5.0, hard=True),
    )
    rows = rows_of(row([[0.0]] * 4, [0], rules=rules))
    assert rows.charge(np.array([[9.0, 6.0], [5.0, 1.0]])) == pytest.approx(20.0)
    assert rows.charge(np.array([[7.0], [5.0 + 1e-10]])) == 0.0
    assert rows.charge(np.array([[7.0], [5.5]])) == np.inf
    assert rows.charge(np.array([[8.0], [5.5]]), hard_m=100.0) == pytest.approx(60.0)


def test_the_table_prices_every_sum() -> None:
    """What a zone of so many homes and so many members breaks, for all of both up to the caps."""
    rules = (
        ZoneRule("homes", FOUR, 2.0, 4.0, price_m=10.0),
        ZoneRule("per", FOUR, None, 2.0, np.array([1.0, 0, 1, 0]), price_m=3.0),
    )
    rows = rows_of(row([[0.0]] * 4, [0], rules=rules))
    table = rows.table(np.array([6, 2]))
    assert table.shape == (7, 3)
    for homes in range(7):
        for members in range(3):
            over = max(homes - 4, 0) + max(2 - homes, 0)
            wanted = 10.0 * over + 3.0 * max(homes - 2 * members, 0)
            assert table[homes, members] == pytest.approx(wanted)


def test_the_table_of_one_amount_is_the_same_for_all_of_the_other() -> None:
    """With one thing counted the second axis says nothing."""
    rows = rows_of(row([[0.0]] * 4, [0], rules=(ZoneRule("homes", FOUR, 2.0, None, price_m=1.0),)))
    assert rows.table(np.array([3, 1])).tolist() == [[2, 2], [1, 1], [0, 0], [0, 0]]


@SLOW
@given(problems(), st.integers(0, 2**31))
def test_a_plan_costs_what_adding_up_by_hand_gives(problem: Problem, seed: int) -> None:
    """Pairs, units left out and broken rules, of plans that hold and of any others."""
    for one in split(problem).instances:
        for pair in (nearest_plan(one), drawn(one, seed)):
            assert one.value(pair) == pytest.approx(value_of(one, pair))
            assert one.value(pair, forgiving=True) == pytest.approx(value_of(one, pair))


def test_a_broken_hard_rule_is_never_forgotten() -> None:
    """Infinite, or the search's own price for each unit of it, which no walk outweighs."""
    one = only_part(street(12, 2, hard=True, high=31.0))
    pair = nearest_plan(one)
    broken = one.excess(pair).sum()
    assert broken > 0
    assert one.value(pair) == np.inf
    elastic = one.cost[pair].sum()
    assert one.value(pair, forgiving=True) == pytest.approx(elastic + one.hard_price * broken)
    assert one.hard_price >= 10 * one.cost.max()


@SLOW
@given(problems(), st.integers(0, 2**31))
def test_connection_is_told_as_by_the_rule(problem: Problem, seed: int) -> None:
    """A plan is connected when each of its units is; those left out count as they are."""
    parts = split(problem).instances
    if len(parts) > 1 or parts[0].n_units < problem.n_units:
        return
    one = parts[0]
    pair = drawn(one, seed)
    pair[one.unit[one.home_pair]] = one.home_pair
    plan = tuple(int(one.centre[p]) if p >= 0 else -1 for p in pair)
    assert one.connected(pair).all() == connected(problem, plan)
    assert one.connected(nearest_plan(one)).all()


def test_those_who_hang_in_the_air_are_named() -> None:
    """Only the unit that lost its hold is told, not those behind it that still have theirs."""
    one = only_part(street(12, 2))
    pair = nearest_plan(one)
    first = int(one.unit[one.home_pair[0]])
    cut = pair.copy()
    cut[first + 1] = -1
    hanging = np.flatnonzero(~one.connected(cut))
    assert hanging.tolist() == [first + 2]


def test_pairs_of_a_centre_come_nearest_first_and_home_before_all() -> None:
    """By centre, then by walk; offsets mark where each centre begins."""
    one = only_part(town(5, 3))
    for c in range(one.n_centres):
        mine = one.by_centre[one.centre_start[c] : one.centre_start[c + 1]]
        assert (one.centre[mine] == c).all()
        assert mine[0] == one.home_pair[c]
        assert (np.diff(one.walk_m[mine[1:]]) >= 0).all()
    assert sorted(one.by_centre.tolist()) == list(range(one.n_pairs))


def test_some_zones_can_be_taken_by_themselves() -> None:
    """Units, pairs, costs, neighbours and rules are those of the whole, renumbered."""
    one = only_part(town())
    pair = nearest_plan(one)
    zone = one.centre[pair]
    centres = np.array([1, 3])
    units = np.flatnonzero(np.isin(zone, centres))
    small, pairs = restrict(one, units, centres)
    assert small.unit_ids.tolist() == units.tolist()
    assert small.centre_ids.tolist() == [1, 3]
    assert (one.unit[pairs] == units[small.unit]).all()
    assert (one.centre[pairs] == centres[small.centre]).all()
    assert (small.cost == one.cost[pairs]).all()
    assert (small.rows.weight == one.rows.weight[:, units]).all()
    inside = np.searchsorted(pairs, pair[units])
    assert small.connected(inside).all()
    others = one.value(pair) - value_of(small, inside)
    rest, left = restrict(one, np.setdiff1d(np.arange(one.n_units), units), np.array([0, 2, 4]))
    assert others == pytest.approx(value_of(rest, np.searchsorted(left, pair[rest.unit_ids])))


def test_chosen_pairs_can_be_cut_out() -> None:
    """What is not kept is gone, and with it who was held up by it alone."""
    one = only_part(street(12, 2))
    keep = np.zeros(one.n_pairs, bool)
    keep[nearest_plan(one)] = True
    small, pairs = cut_out(one, keep, np.arange(2))
    assert small.n_pairs == small.n_units == 12
    assert (pairs == nearest_plan(one)).all()
    assert (small.walk_m == one.walk_m[pairs]).all()
    assert (small.support.pair < 12).all()
    assert small.connected(np.arange(12)).all()


@given(st.integers(2, 9), st.integers(0, 2**31))
def test_neighbours_of_some_are_those_among_them(n: int, seed: int) -> None:
    """Edges to units that are left out are gone; the others are renumbered."""
    rng = np.random.default_rng(seed)
    edges = rng.integers(0, n, (2 * n, 2))
    units = np.flatnonzero(rng.random(n) < 0.6)
    if not len(units):
        return
    found = local_neighbours(neighbours(n, edges), units, n)
    place = {int(u): i for i, u in enumerate(units)}
    inner = np.array([[place[a], place[b]] for a, b in edges.tolist() if a in place and b in place])
    wanted = neighbours(len(units), inner.reshape(-1, 2))
    assert found.start.tolist() == wanted.start.tolist()
    assert found.to.tolist() == wanted.to.tolist()

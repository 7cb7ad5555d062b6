"""Ties inside one part: which are broken, what they cost, and what no plan can keep."""

from __future__ import annotations

import numpy as np
import pytest

from planner.model.problem import Problem, Ties
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.start import nearest_plan
from planner.solve.zones.ties.part import TiedPart
from tests.solve.towns import only_part, row, town

NAN = np.nan


def tied(one: Instance, *ties: tuple[int, int, float, bool]) -> TiedPart:
    """Tie units of a part: two units, a price, and whether they are to be kept apart."""
    a, b, price, apart = zip(*ties, strict=True)
    return TiedPart.of(one, Ties(a, b, price, apart, np.ones(len(ties), int)))


@pytest.fixture
def lane() -> Instance:
    """Four units in a row, a home at each end, both centres for the two between."""
    return only_part(row([[0.0, NAN], [10.0, 20.0], [20.0, 10.0], [NAN, 0.0]], [0, 3]))


def test_broken_is_torn_apart_or_kept_together_against_the_wish(lane: Instance) -> None:
    """Two that belong together in two zones; two to be kept apart in one."""
    pair = nearest_plan(lane)
    part = tied(
        lane, (0, 1, 5.0, False), (1, 2, 7.0, False), (0, 1, 11.0, True), (1, 2, 13.0, True)
    )
    assert part.broken(pair).tolist() == [False, True, True, False]
    assert part.value(pair) == pytest.approx(lane.value(pair) + 18.0)
    assert part.zones(pair).tolist() == [0, 0, 1, 1]


def test_units_left_out_are_with_nobody(lane: Instance) -> None:
    """A tie to one without a centre is broken; kept apart they are."""
    pair = nearest_plan(lane)
    pair[[1, 2]] = -1
    part = tied(lane, (1, 2, 5.0, False), (1, 2, 7.0, True))
    assert part.zones(pair).tolist() == [0, -1, -1, 1]
    assert part.broken(pair).tolist() == [True, False]


def test_what_no_centre_may_serve_together_is_lost(lane: Instance) -> None:
    """The two homes can never be in one zone: every plan pays; to keep them apart costs nothing."""
    part = tied(lane, (0, 3, 5.0, False), (0, 3, 7.0, True), (0, 2, 1.0, False))
    assert part.lost.tolist() == [True, False, False]
    assert part.lost_m == 5.0
    assert part.open
    only = tied(lane, (0, 3, 5.0, False), (0, 1, 0.0, False))
    assert not only.open


def test_ties_of_one_unit_or_another_part_do_not_count() -> None:
    """People of one stairwell are always together; those of two parts never."""
    problem = row([[0.0, NAN], [10.0, NAN], [NAN, 0.0]], [0, 2])
    first, second = split(problem).instances
    ties = Ties([0, 0, 0], [0, 1, 2], [3.0, 4.0, 5.0], [False] * 3, [1, 1, 1])
    part = TiedPart.of(first, ties)
    assert part.price_m.tolist() == [4.0]
    assert (part.a.tolist(), part.b.tolist()) == ([0], [1])
    assert len(TiedPart.of(second, ties).price_m) == 0


def test_ties_are_counted_from_both_sides(lane: Instance) -> None:
    """Each unit knows those it is tied to, in order; to be kept apart is worth less than nothing."""
    part = tied(lane, (1, 2, 7.0, False), (0, 2, 3.0, True), (0, 3, 5.0, False))
    start, to, worth = part.tied
    lists = [
        list(
            zip(
                to[start[u] : start[u + 1]].tolist(),
                worth[start[u] : start[u + 1]].tolist(),
                strict=True,
            )
        )
        for u in range(4)
    ]
    assert lists == [[(2, -3.0)], [(2, 7.0)], [(0, -3.0), (1, 7.0)], []]


def test_the_gap_is_measured_by_the_walks_and_rounding_is_none(lane: Instance) -> None:
    """(value - bound) / walks; without any walk an excess is infinitely many times that."""
    pair = nearest_plan(lane)
    part = tied(lane, (1, 2, 10.0, False))
    assert part.value(pair) == pytest.approx(30.0)
    assert part.gap(pair, 25.0) == pytest.approx(5.0 / 20.0)
    assert part.gap(pair, 30.0 - 1e-9) == 0.0
    assert part.gap(pair, 31.0) == 0.0
    still = only_part(row([[0.0, NAN], [NAN, 0.0]], [0, 1], adjacency=[])) if False else None
    assert still is None


def test_half_a_surcharge_on_each_side_is_the_price(lane: Instance) -> None:
    """A pair is charged where its unit would be without the other, or with one it is to avoid."""
    pair = nearest_plan(lane)
    part = tied(lane, (1, 2, 8.0, False), (0, 2, 6.0, True))
    extra = part.surcharge(pair, 0.5)
    found = {(int(u), int(c)): x for u, c, x in zip(lane.unit, lane.centre, extra, strict=True)}
    assert found == {(0, 0): 0.0, (1, 0): 4.0, (1, 1): 0.0, (2, 0): 3.0, (2, 1): 4.0, (3, 1): 0.0}


def test_pairs_of_units_are_listed_in_order() -> None:
    """Position in the list that was asked for, and pair."""
    one = only_part(town(4, 3))
    rows, at = one, None
    part = TiedPart.of(one, Ties([1], [2], [1.0], [False], [1]))
    rows, at = part.pairs_of(np.array([5, 1]))
    assert (one.unit[at] == np.array([5, 1])[rows]).all()
    assert len(at) == sum(int(one.start[u + 1] - one.start[u]) for u in (5, 1))


def test_a_problem_without_ties_in_reach_is_closed() -> None:
    """No ties, nothing open, nothing lost."""
    problem: Problem = town(4, 3)
    part = TiedPart.of(only_part(problem), Ties([], [], [], [], []))
    assert not part.open
    assert part.lost_m == 0.0
    assert part.broken(nearest_plan(part.instance)).tolist() == []

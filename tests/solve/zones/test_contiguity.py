"""The connection rule: who holds up whom, read off small places and against trying everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.problem import Problem
from planner.solve.zones.contiguity import (
    Near,
    find_pair,
    neighbours,
    order_by_centre,
    spans,
    support,
    usable_pairs,
)
from tests.solve.towns import SLOW, row
from tests.strategies import problems

NAN = np.nan


def near_of(problem: Problem) -> Near:
    """Neighbours of the units of a problem."""
    return neighbours(problem.n_units, problem.adjacency)


def rank_of(problem: Problem) -> np.ndarray:
    """Position of each pair in the order of its centre."""
    order = order_by_centre(problem)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def usable(problem: Problem) -> list[tuple[int, int]]:
    """Give unit and centre of the pairs that some plan could use."""
    alive = usable_pairs(problem, near_of(problem))
    pairs = zip(problem.pair_unit[alive], problem.pair_centre[alive], strict=True)
    return [(int(u), int(c)) for u, c in pairs]


def test_neighbours_are_told_from_both_sides_once_in_order() -> None:
    """Doubles and units beside themselves do not count; a unit without neighbours has none."""
    near = neighbours(5, np.array([[2, 0], [0, 1], [1, 0], [3, 3], [0, 2]]))
    lists = [near.to[near.start[u] : near.start[u + 1]].tolist() for u in range(5)]
    assert lists == [[1, 2], [0], [0], [], []]
    assert (near.start.dtype, near.to.dtype) == (np.int64, np.int32)


def test_nobody_beside_anybody() -> None:
    """No edges, empty lists."""
    near = neighbours(3, np.zeros((0, 2), int))
    assert near.start.tolist() == [0, 0, 0, 0]
    assert len(near.to) == 0


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.data())
def test_spans_read_the_lists_that_are_asked_for(lengths: list[int], data: st.DataObject) -> None:
    """In the order asked for, doubles too; each entry knows whose it is."""
    start = np.concatenate([[0], np.cumsum(lengths)])
    which = np.array(data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=8)), int)
    owner, at = spans(start, which)
    wanted = [(i, p) for i, w in enumerate(which) for p in range(start[w], start[w + 1])]
    assert list(zip(owner.tolist(), at.tolist(), strict=True)) == wanted


def test_the_home_comes_first_then_the_walk_then_the_position() -> None:
    """Also where the home is not the nearest unit, and where two walks are equal."""
    problem = row([[5.0], [0.0], [5.0], [3.0]], [2])
    assert order_by_centre(problem).tolist() == [2, 1, 3, 0]
    tied = row([[5.0], [7.0], [5.0], [5.0]], [1])
    assert order_by_centre(tied).tolist() == [1, 0, 2, 3]


def test_centres_come_one_after_another() -> None:
    """Whatever the walks, all pairs of the first centre come before those of the second."""
    problem = row([[0.0, 1.0], [900.0, 2.0], [NAN, 0.0]], [0, 2])
    order = order_by_centre(problem)
    assert problem.pair_centre[order].tolist() == [0, 0, 1, 1, 1]
    assert problem.pair_unit[order].tolist() == [0, 1, 2, 0, 1]


def test_a_home_belongs_to_its_own_centre_alone() -> None:
    """Nobody else may serve it, and nobody is served through it by another."""
    problem = row([[0.0, 30.0], [10.0, 20.0], [20.0, 10.0], [30.0, 0.0]], [0, 3])
    assert usable(problem) == [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (3, 1)]
    beyond = row([[0.0, 30.0], [10.0, 0.0], [20.0, 10.0]], [0, 1])
    assert (2, 0) not in usable(beyond)


def test_a_chain_ends_where_nobody_nearer_stands_beside() -> None:
    """A unit whose only neighbour is farther from the centre cannot be reached, nor what lies behind."""
    assert usable(row([[0.0], [30.0], [20.0], [40.0]], [0])) == [(0, 0), (1, 0)]
    assert usable(row([[0.0], [10.0], [NAN], [30.0]], [0])) == [(0, 0), (1, 0)]


def test_equal_walks_are_settled_by_position() -> None:
    """Of two neighbours at the same walk the first holds up the second, never the other way round."""
    assert usable(row([[0.0], [10.0], [10.0]], [0])) == [(0, 0), (1, 0), (2, 0)]
    assert usable(row([[10.0], [10.0], [0.0]], [2])) == [(1, 0), (2, 0)]


def test_a_unit_at_the_very_door_is_still_behind_the_home() -> None:
    """Walks of 0 m: the home comes first all the same."""
    assert usable(row([[0.0], [0.0], [0.0]], [1])) == [(0, 0), (1, 0), (2, 0)]


def test_a_centre_that_may_not_serve_its_home_serves_nobody() -> None:
    """Without its first link a zone has none."""
    assert usable(row([[NAN, 9.0], [5.0, 5.0], [9.0, 0.0]], [0, 2])) == [(1, 1), (2, 1)]


@pytest.mark.parametrize(
    ("unit", "centre", "wanted"),
    [(0, 1, 0), (0, 4, 1), (0, 9, 2), (0, 0, -1), (0, 5, -1), (0, 12, -1), (1, 4, -1), (2, 4, 3), (2, 5, -1)],
)  # fmt: skip
def test_a_pair_is_found_or_told_missing(unit: int, centre: int, wanted: int) -> None:
    """First, middle and last of a unit; smaller, between and larger; a unit without any; the last unit."""
    start, centres = np.array([0, 3, 3, 4]), np.array([1, 4, 9, 4], np.int32)
    assert find_pair(start, centres, unit, centre) == wanted
    plain = getattr(find_pair, "py_func", find_pair)
    assert plain(start, centres, unit, centre) == wanted


def holders(problem: Problem) -> list[list[int]]:
    """Give the pairs that hold up each pair, by the rule as it is stated."""
    unit, centre, rank = problem.pair_unit, problem.pair_centre, rank_of(problem)
    beside = {(int(a), int(b)) for a, b in problem.adjacency}
    beside |= {(b, a) for a, b in beside}
    return [
        [
            q
            for q in range(problem.n_pairs)
            if centre[q] == centre[p] and (unit[p], unit[q]) in beside and rank[q] < rank[p]
        ]
        for p in range(problem.n_pairs)
    ]


@SLOW
@given(problems(all_pairs=False))
def test_support_is_the_rule_as_stated(problem: Problem) -> None:
    """Holders are neighbours with the same centre that come before; the other lists are the same turned."""
    found = support(problem.pair_start, problem.pair_centre, rank_of(problem), near_of(problem))
    wanted = holders(problem)
    n = problem.n_pairs
    assert [sorted(found.pair[found.start[p] : found.start[p + 1]]) for p in range(n)] == wanted
    turned = [[p for p in range(n) if q in wanted[p]] for q in range(n)]
    assert [
        found.held[found.held_start[q] : found.held_start[q + 1]].tolist() for q in range(n)
    ] == turned


@SLOW
@given(problems(all_pairs=False))
def test_usable_is_what_chains_of_support_reach(problem: Problem) -> None:
    """Growing from the homes over the holders reaches the usable pairs and no others."""
    home_of = {int(u): c for c, u in enumerate(problem.home)}
    unit, centre = problem.pair_unit, problem.pair_centre
    wanted = holders(problem)
    alive: set[int] = set()
    for _ in range(problem.n_pairs + 1):
        for p in range(problem.n_pairs):
            owner = home_of.get(int(unit[p]))
            if owner is None:
                if alive & set(wanted[p]):
                    alive.add(p)
            elif owner == centre[p]:
                alive.add(p)
    assert np.flatnonzero(usable_pairs(problem, near_of(problem))).tolist() == sorted(alive)


def test_nobody_holds_up_anybody_where_nobody_is_beside_anybody() -> None:
    """Empty lists are lists too."""
    problem = row([[0.0], [10.0]], [0], adjacency=np.zeros((0, 2), int))
    found = support(problem.pair_start, problem.pair_centre, rank_of(problem), near_of(problem))
    assert found.start.tolist() == found.held_start.tolist() == [0, 0, 0]
    assert len(found.pair) == len(found.held) == 0

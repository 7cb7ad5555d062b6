"""The order in which the compiled search holds a problem: there and back again is the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.sites.start import first_answer
from planner.solve.sites.table import Layout, near_units
from tests.solve.sites.made import on_a_line, on_a_plane


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(8, 30), st.integers(2, 6), st.booleans())
def test_there_and_back_is_the_same(seed: int, n: int, count: int, barred: bool) -> None:
    """The table holds the problem's numbers, and an answer comes back as it went in."""
    m = min(n, count + 2)
    more = {"barred": np.arange(m) == 1} if barred else {}
    sites = on_a_plane(seed, n, m, count, **more)
    answer = first_answer(sites, seed)
    layout = Layout(sites, answer)
    t = layout.table
    assert sorted(layout.unit) == list(range(n))
    assert set(layout.cand) == set(np.flatnonzero(~sites.barred))
    assert np.allclose(t.row, sites.cost[np.ix_(layout.unit, layout.cand)])
    assert (t.column == t.row.T).all()
    assert (t.demand == sites.demand[layout.unit]).all()
    assert (t.capacity == sites.capacity[layout.cand]).all()
    assert (layout.unit[t.home] == sites.home[layout.cand]).all()
    for u in range(n):
        assert (t.home[t.start[u] : t.start[u + 1]] == u).all()
    assert t.start[-1] == len(layout.cand)
    serves = layout.cand_at[answer.serves[layout.unit]].astype(np.int32)
    assert (layout.answer(serves).serves == answer.serves).all()


def test_units_of_one_part_lie_side_by_side() -> None:
    """Each part is one stretch of the order."""
    sites = on_a_plane(3, 60, 60, 6)
    answer = first_answer(sites, 0)
    part = answer.serves[Layout(sites, answer).unit]
    assert (np.diff(part) != 0).sum() == 5


def test_out_of_reach_is_dear_and_exact() -> None:
    """Infinite becomes a power of two far above any cost."""
    cost = np.abs(np.arange(4.0)[:, None] - np.arange(4.0)[None])
    cost[0, 3] = cost[3, 0] = np.inf
    sites = on_a_line([0.0, 1.0, 2.0, 3.0], [0, 1, 2, 3], 2).replace(cost=cost)
    layout = Layout(sites, first_answer(sites, 0))
    dear = layout.out_of_reach
    assert dear >= 8 * 2.0
    assert np.log2(dear) == int(np.log2(dear))
    assert (layout.table.row == dear).sum() == 2


def test_forced_candidates_have_a_bonus_above_all_costs() -> None:
    """No answer without a forced candidate can look cheaper than one with it."""
    sites = on_a_plane(4, 20, 20, 3, forced=np.arange(20) == 7, fee=np.arange(20.0))
    layout = Layout(sites, first_answer(sites, 0))
    at = layout.cand_at[7]
    assert layout.bonus[at] > 8 * layout.table.row.max(axis=1).sum() * 0.99
    assert np.count_nonzero(layout.bonus) == 1
    assert np.allclose(layout.table.fee + layout.bonus, sites.fee[layout.cand])


def test_neighbours_are_the_homes_that_serve_cheapest() -> None:
    """On a line each unit's neighbours are the places beside it, itself left out, each once."""
    sites = on_a_line([float(i) for i in range(10)], list(range(10)), 2)
    near = near_units(sites.cost.astype(np.float32), sites.home, 3)
    assert near.shape == (10, 3)
    assert set(near[0]) == {1, 2, 3}
    assert {4, 6} <= set(near[5])
    for i in range(10):
        assert i not in near[i]
        assert len(set(near[i])) == 3


def test_few_candidates_are_repeated() -> None:
    """With two homes only, neighbours repeat them; who has no other home is its own neighbour."""
    sites = on_a_line([0.0, 1.0, 2.0, 3.0], [0, 0], 1)
    near = near_units(sites.cost.astype(np.float32), sites.home, 3)
    assert (near[1:] == 0).all()
    assert (near[0] == 0).all()


@pytest.mark.parametrize("count", [1, 4])
def test_parts_say_what_the_answer_says(count: int) -> None:
    """Each part holds the units of one chosen candidate, with room for more."""
    sites = on_a_plane(6, 25, 25, count)
    answer = first_answer(sites, 0)
    layout = Layout(sites, answer)
    parts = layout.parts(answer)
    for k, j in enumerate(answer.chosen):
        units = layout.unit[parts.part == k]
        assert (answer.serves[units] == j).all()
    assert parts.unit.shape[1] >= min(25, np.bincount(parts.part).max())

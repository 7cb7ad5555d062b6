"""Parts that are kept up to date: after any moves they are what counting anew would give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.sites.kernels import Parts, begin, best_of, off, out_of, put, take, worth
from planner.solve.sites.start import first_answer
from planner.solve.sites.table import Layout
from tests.solve.sites.made import on_a_plane

PRICE = 7.0


def begun(seed: int, **more: object) -> tuple[Layout, Parts]:
    """Write the first answer of a small problem as parts."""
    sites = on_a_plane(seed, 14, 9, 3, **more)
    answer = first_answer(sites, seed)
    layout = Layout(sites, answer)
    parts = layout.parts(answer)
    begin(layout.table, parts, PRICE)
    return layout, parts


def state(parts: Parts) -> list[tuple]:
    """What parts say, whatever the order in which they hold it."""
    found = []
    for k in range(len(parts.size)):
        held = sorted(parts.unit[k, : parts.size[k]].tolist())
        cand = parts.cand[k, : parts.many[k]]
        total = dict(zip(cand.tolist(), parts.total[k, : parts.many[k]].round(3), strict=True))
        found.append((held, total, round(float(parts.load[k]), 6)))
    return found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 50), st.lists(st.tuples(st.integers(0, 13), st.integers(0, 2)), max_size=12))
def test_moves_keep_the_count(seed: int, moves: list[tuple[int, int]]) -> None:
    """Taking units out and putting them in elsewhere leaves what counting from the start gives."""
    layout, parts = begun(seed)
    t = layout.table
    for i, k in moves:
        if parts.size[parts.part[i]] > 1:
            take(t, parts, i)
            put(t, parts, i, k)
    kept = state(parts)
    begin(t, parts, PRICE)
    for mine, new in zip(kept, state(parts), strict=True):
        assert mine[0] == new[0]
        assert mine[1] == pytest.approx(new[1], abs=2e-3)
        assert mine[2] == new[2]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 50), st.integers(0, 13), st.integers(0, 13))
def test_worth_foretells_what_a_shift_or_swap_costs(seed: int, i: int, w: int) -> None:
    """The cost of a part without one unit and with another is what it is once they have moved."""
    layout, parts = begun(seed, fee=np.arange(9.0), floor=np.full(9, 5.0))
    t = layout.table
    k, m = int(parts.part[i]), int(parts.part[w])
    if k == m or min(parts.size[k], parts.size[m]) < 2:
        return
    told = worth(t, parts, k, i, w, PRICE), worth(t, parts, m, w, i, PRICE)
    take(t, parts, i)
    take(t, parts, w)
    put(t, parts, w, k)
    put(t, parts, i, m)
    best_of(t, parts, k, PRICE)
    best_of(t, parts, m, PRICE)
    assert told == pytest.approx((parts.value[k], parts.value[m]), rel=1e-5)


def test_the_best_candidate_is_the_cheapest_with_its_excess() -> None:
    """Of the candidates that live in a part, the one with the least cost, fee and price of the excess."""
    layout, parts = begun(3, fee=np.linspace(0, 30, 9), floor=np.full(9, 40.0))
    t = layout.table
    for k in range(3):
        units = parts.unit[k, : parts.size[k]]
        values = {}
        for j in parts.cand[k, : parts.many[k]]:
            over = out_of(parts.load[k], t.capacity[j], t.floor[j])
            values[int(j)] = float(t.row[units, j].sum(dtype=float) + t.fee[j] + PRICE * over)
        best = min(values, key=lambda j: values[j])
        assert parts.centre[k] == best
        assert parts.value[k] == pytest.approx(values[best], rel=1e-6)
        assert off(t, parts, k) == pytest.approx(out_of(parts.load[k], t.capacity[best], 40.0))


@pytest.mark.parametrize(("load", "out"), [(2.0, 1.0), (3.0, 0.0), (5.0, 0.0), (7.5, 2.5)])
def test_out_of_limits(load: float, out: float) -> None:
    """Over the capacity of five, short of the floor of three."""
    assert out_of(load, 5.0, 3.0) == out


def test_a_part_without_candidates_has_no_centre() -> None:
    """Nobody lives in it who could serve it: no centre, and nothing that it could be off by."""
    layout, parts = begun(5)
    t = layout.table
    bare = next(i for i in range(14) if t.start[i] == t.start[i + 1])
    k = int(parts.part[bare])
    for i in parts.unit[k, : parts.size[k]].copy():
        if i != bare:
            take(t, parts, int(i))
            put(t, parts, int(i), (k + 1) % 3)
    best_of(t, parts, k, PRICE)
    assert parts.centre[k] == -1
    assert off(t, parts, k) == 0.0

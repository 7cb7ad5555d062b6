"""The pool of parts: each once, true costs, the better half kept when it is full."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve.sites import Answer
from planner.solve.sites.exact.pool import Columns, Pool
from planner.solve.sites.kernels import begin
from planner.solve.sites.start import first_answer, fitted
from planner.solve.sites.table import Layout
from tests.solve.sites.made import on_a_plane


def pooled(**more: object) -> tuple[Answer, Layout, Pool]:
    """Give an answer within the rules, and an empty pool."""
    sites = on_a_plane(1, 40, 40, 5, 2.0, **more)
    answer = first_answer(sites, 0)
    assert answer.excess == 0 or np.isfinite(sites.price)
    layout = Layout(sites, answer)
    return answer, layout, Pool(layout)


def parts_of(columns: Columns, layout: Layout) -> set[tuple[int, frozenset[int]]]:
    """Each part as its centre and its units, numbered as in the problem."""
    return {
        (
            int(layout.cand[columns.centre[a]]),
            frozenset(layout.unit[columns.unit[columns.start[a] : columns.start[a + 1]]].tolist()),
        )
        for a in range(len(columns))
    }


def parts_in(answer: Answer) -> set[tuple[int, frozenset[int]]]:
    """The parts of an answer."""
    return {(int(j), frozenset(np.flatnonzero(answer.serves == j).tolist())) for j in answer.chosen}


def test_an_answer_is_taken_whole_and_once() -> None:
    """Its parts are in the pool with their costs; added again, nothing changes."""
    answer, layout, pool = pooled(fee=np.linspace(-5, 20, 40))
    pool.add(answer)
    pool.add(answer)
    assert len(pool) == 5
    assert parts_of(pool.columns, layout) == parts_in(answer)
    assert pool.columns.cost.sum() == pytest.approx(answer.value_m)


def test_a_price_for_what_is_over_is_part_of_the_cost() -> None:
    """Elastic: the parts add up to the value, its charge included.  Hard: a part over is left out."""
    tight = np.full(40, 30.0)
    answer, _, pool = pooled(price=12.0)
    over = Answer(answer.sites.replace(capacity=tight), answer.serves)
    assert over.excess > 0
    pool.add(over)
    assert pool.columns.cost.sum() == pytest.approx(over.value_m)
    hard = Answer(over.sites.replace(price=np.inf), answer.serves)
    layout = Layout(hard.sites, hard)
    none = Pool(layout)
    none.add(hard)
    assert len(none) == (hard.load <= 30.0).sum()


def test_harvesting_takes_what_stands_and_is_new() -> None:
    """Parts as the search holds them: within the rules, each once, with their true cost."""
    answer, layout, pool = pooled()
    parts = layout.parts(answer)
    begin(layout.table, parts, 1.0)
    pool.harvest(parts)
    size = len(pool)
    assert 0 < size <= 5
    pool.harvest(parts)
    assert len(pool) == size
    columns = pool.columns
    for a in range(size):
        units = layout.unit[columns.unit[columns.start[a] : columns.start[a + 1]]]
        cost = answer.sites.cost[units, layout.cand[columns.centre[a]]].sum()
        assert columns.cost[a] == pytest.approx(cost, rel=1e-5)


def test_what_cannot_be_of_use_is_not_harvested() -> None:
    """With prizes that pay for nothing and no room above them, no part is taken."""
    answer, layout, pool = pooled()
    pool.judge(np.zeros(40), np.zeros(40), -1.0)
    parts = layout.parts(answer)
    begin(layout.table, parts, 1.0)
    pool.harvest(parts)
    assert len(pool) == 0


def test_the_bonus_of_forced_candidates_is_no_cost() -> None:
    """What makes the search keep them is taken out again."""
    answer, layout, pool = pooled(forced=np.arange(40) == 9)
    parts = layout.parts(answer)
    begin(layout.table, parts, 1.0)
    pool.harvest(parts)
    columns = pool.columns
    assert layout.cand_at[9] in columns.centre
    assert (columns.cost >= 0).all()


def test_reduced_costs_take_prizes_and_offsets_off() -> None:
    """Cost, less the prizes of the units, less what the centre is worth."""
    answer, _, pool = pooled()
    pool.add(answer)
    columns, rng = pool.columns, np.random.default_rng(0)
    prize, offset = rng.uniform(0, 9, 40), rng.uniform(0, 9, 40)
    worth = columns.reduced(prize, offset)
    for a in range(5):
        units = columns.unit[columns.start[a] : columns.start[a + 1]]
        paid = prize[units].sum() + offset[columns.centre[a]]
        assert worth[a] == pytest.approx(columns.cost[a] - paid)
    some = columns.pick(np.array([3, 1]))
    assert some.reduced(prize, offset).tolist() == pytest.approx(worth[[3, 1]].tolist())
    assert len(columns.pick(np.zeros(0, np.int64))) == 0


def test_a_full_pool_keeps_its_better_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than so many; what goes is what costs most beyond its prizes, and may come no more."""
    monkeypatch.setattr("planner.solve.sites.exact.pool.MOST_COLUMNS", 40)
    answer, layout, pool = pooled()
    rng, seen = np.random.default_rng(2), {}
    pool.judge(np.full(40, 10.0), np.zeros(40), 1e9)
    for _ in range(30):
        pool.add(fitted(answer.sites, np.sort(rng.choice(40, 5, replace=False))))
        assert len(pool) <= 40
        worth = pool.columns.reduced(pool.prize, pool.offset)
        held = list(parts_of(pool.columns, layout))
        assert len(held) == len(worth)
        seen |= dict.fromkeys(held)
    assert len(seen) > 60
    assert pool.limit < 1e9
    assert np.median(worth) < pool.limit

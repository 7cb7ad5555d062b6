"""Blocks: what a meeting may know of homes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.audit import audit
from planner.model.problem import Problem
from planner.model.rules import WalkLimit
from planner.model.tables import PlanTables
from planner.privacy.blocks import (
    FEW,
    HIDDEN,
    MANY,
    PERCENT_STEP,
    Blocks,
    blocks_of,
    bounds_of,
    shown_counts,
    shown_shares,
)
from tests.plans import make_plan_tables


def plan(seed: int = 0) -> tuple[PlanTables, np.ndarray]:
    """Give a plan and the centre of each unit."""
    tables = make_plan_tables(seed=seed)
    place = {c: i for i, c in enumerate(tables.centres["centre_id"])}
    return tables, np.array([place.get(z, -1) for z in tables.units["zone"]])


def joined(seed: int = 0, smallest: int = 10, base: int = 3) -> tuple[Problem, np.ndarray, Blocks]:
    """Give a problem, its plan and its blocks."""
    tables, zone = plan(seed)
    blocks = blocks_of(tables.problem, zone, tables.rules.walk, smallest=smallest, base=base)
    return tables.problem, zone, blocks


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("smallest", [5, 10, 20])
def test_a_block_has_many_homes(seed: int, smallest: int) -> None:
    """Twice the threshold less one, or a unit that may stand alone, or all of a small zone."""
    problem, zone, blocks = joined(seed, smallest)
    homes = np.bincount(blocks.of, problem.households)
    size = np.bincount(blocks.of)
    of_zone = np.bincount(zone + 1, problem.households)[blocks.zone + 1]
    alone = (size == 1) & (homes >= smallest)
    assert ((homes >= 2 * smallest - 1) | alone | (homes == of_zone)).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_block_lies_in_one_zone_and_hangs_together(seed: int) -> None:
    """Unless it is marked as loose, and then it cannot be moved; each centre's block is marked too."""
    problem, zone, blocks = joined(seed)
    for b in range(len(blocks.fixed)):
        inside = np.flatnonzero(blocks.of == b)
        assert set(zone[inside]) == {blocks.zone[b]}
        edges = problem.adjacency[np.isin(problem.adjacency, inside).all(axis=1)]
        reached, grown = {inside[0]}, True
        while grown:
            more = {int(v) for e in edges for v in e if set(map(int, e)) & reached} - reached
            reached |= more
            grown = bool(more)
        assert len(reached) == len(inside) or blocks.fixed[b] == 2
    assert (blocks.fixed[blocks.of[problem.home]] == 1).all()
    assert len(set(blocks.of[problem.home])) == problem.n_centres


def test_blocks_are_numbered_in_the_order_of_their_units() -> None:
    """The same plan, the same numbers."""
    _, _, blocks = joined()
    _, first = np.unique(blocks.of, return_index=True)
    assert (np.diff(first) > 0).all()


def test_the_office_is_told_all() -> None:
    """With a threshold of one each unit is a block, and the problem is the plan's own."""
    problem, zone, blocks = joined(smallest=1)
    assert blocks.problem is problem
    assert blocks.of.tolist() == list(range(problem.n_units))
    assert blocks.zone.tolist() == zone.tolist()
    assert (
        blocks.zone_homes().tolist()
        == np.bincount(zone[zone >= 0], problem.households[zone >= 0], problem.n_centres).tolist()
    )


def test_the_problem_of_the_blocks_can_be_audited() -> None:
    """Each price is that of so many homes alike; rules of members and loads are not in it."""
    _, _, blocks = joined()
    told = blocks.problem
    found = audit(told, blocks.zone, 0.0)
    assert [r.name for r in found.rules] == ["households_per_zone"]
    assert found.cost_m > 0
    homes = told.households[told.pair_unit]
    for prices in (told.penalty_m, told.change_m, told.load[told.pair_unit] * told.walk_m):
        assert (np.mod(prices, homes) < 1e-9).all()
    assert (blocks.far_m >= told.walk_m - 1).all()


@pytest.mark.parametrize("seed", [0, 1, 2, 4])
@pytest.mark.parametrize("base", [3, 5])
def test_zones_are_sums_of_their_blocks(seed: int, base: int) -> None:
    """A zone's homes follow from its blocks: no second number, and as near the truth as one count."""
    problem, zone, blocks = joined(seed, base=base)
    told = blocks.zone_homes()
    true = np.bincount(zone[zone >= 0], problem.households[zone >= 0], problem.n_centres)
    plain = np.zeros(problem.n_centres, bool)
    for z in range(problem.n_centres):
        assert told[z] == np.maximum(blocks.homes[blocks.zone == z], 0).sum()
        plain[z] = (blocks.homes[blocks.zone == z] > 0).all()
    # blocks of nothing but single houses cannot be told lower than they are
    near = np.abs(told - true)[plain] <= base // 2
    assert near.mean() >= 0.9


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_zone_keeps_what_it_keeps(seed: int, side: str) -> None:
    """Whatever the limit is, a zone told in blocks keeps it just when it does in truth."""
    problem, zone, _ = joined(seed)
    true = np.bincount(zone[zone >= 0], problem.households[zone >= 0], problem.n_centres)
    rule = next(r for r in problem.rules if r.name == "households_per_zone")
    agree = []
    for n in np.unique(true + np.array([[0], [1]])).tolist():
        changed = replace(rule, **{"low": None, "high": None, side: float(n)})
        asked = problem.replace(rules=(changed,))
        blocks = blocks_of(asked, zone, WalkLimit(500.0), smallest=10, base=3)
        told = blocks.zone_homes()
        plain = np.array([(blocks.homes[blocks.zone == z] > 0).all() for z in range(len(told))])
        holds = (true >= n, told >= n) if side == "low" else (true <= n, told <= n)
        agree += (holds[0] == holds[1])[plain & (true > 0)].tolist()
    assert np.mean(agree) >= 0.98


@pytest.mark.parametrize("seed", [0, 1, 2, 4])
def test_a_block_lies_within_a_step_of_its_truth(seed: int) -> None:
    """And what the reader may infer of it is never one count alone."""
    problem, _, blocks = joined(seed)
    true, places = np.bincount(blocks.of, problem.households), np.bincount(blocks.of)
    low, high = bounds_of(blocks.homes, 10, 3, spread=2)
    assert ((low <= true) & (true <= high)).all()
    assert (np.maximum(low, places) < high)[blocks.homes >= 10].all()


@given(st.integers(0, 400), st.sampled_from([5, 10, 17]), st.sampled_from([3, 5]))
def test_counts_are_told_within_half_a_step(count: int, smallest: int, base: int) -> None:
    """Nought is nought, few is few, and the rest lies where the reader is told that it lies."""
    told = shown_counts(np.array([count]), smallest, base)
    low, high = bounds_of(told, smallest, base)
    assert low[0] <= count <= high[0]
    assert (told[0] == FEW) == (0 < count < smallest)
    assert told[0] <= 0 or told[0] >= smallest


@settings(max_examples=300)
@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
def test_no_count_is_all_that_is_left(count: int, less: int, more: int) -> None:
    """Whatever the reader knows of its least and its most, two values or more fit what is told."""
    least, most = max(count - less, 0), count + more
    told = shown_counts(np.array([count]), 10, 3, least=np.array([least]), most=np.array([most]))
    low, high = bounds_of(told, 10, 3)
    fits = range(max(low[0], least), min(high[0], most, 200) + 1)
    # whoever knows that there are ten at most may know that there are ten: so many may show
    assert least == most or count < 10 or most <= 10 or len(fits) != 1 or count not in fits


@pytest.mark.parametrize(
    ("count", "pieces", "told"),
    [(9, 9, HIDDEN), (8, 8, FEW), (9, 3, FEW), (20, 20, 22), (20, 19, 19), (11, 11, 13), (10, 1, 10)],
)  # fmt: skip
def test_single_houses(count: int, pieces: int, told: int) -> None:
    """So many homes as houses: were it plain, each house would be known to have one."""
    assert shown_counts(np.array([count]), 10, 3, least=np.array([pieces]))[0] == told


def test_a_block_in_a_zone_of_few() -> None:
    """A zone that has fewer homes than the threshold is one block, and hidden."""
    tables, zone = plan()
    homes = np.where(zone == 0, 0, tables.problem.households)
    homes[np.flatnonzero(zone == 0)[:3]] = 1
    problem = tables.problem.replace(households=homes, load=homes.astype(float), rules=())
    blocks = blocks_of(problem, zone, tables.rules.walk, smallest=10, base=3)
    assert (blocks.zone == 0).sum() == 1
    assert blocks.zone_homes()[0] in (FEW, HIDDEN)
    assert blocks.problem.households[blocks.of[problem.home[0]]] == 5  # a stand-in for all of them


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=8), st.integers(0, 400), st.booleans())
def test_no_share_tells_of_few(counts: list[int], total: int, sensitive: bool) -> None:
    """Ten or more within, left over, and between any two that are told; of what is sensitive no extremes."""
    within = np.minimum(np.array(counts, np.int64), total)
    told = shown_shares(within, total, 10, 5, sensitive=sensitive)
    shown = within[told >= 0]
    ends = np.unique(np.concatenate([[0, total], shown]))
    assert len(shown) == 0 or np.diff(ends).min(initial=10) >= 10
    for count, percent in zip(within.tolist(), told.tolist(), strict=True):
        if percent == FEW:
            continue
        if sensitive:
            assert total >= MANY
            assert 0 < count < total
            assert percent % PERCENT_STEP == 0
        assert abs(percent - 100 * count / max(total, 1)) <= (2.5 if sensitive else 0.5) + 500 / (
            total + 1
        )


def test_one_care_household_more_or_less_is_not_seen() -> None:
    """Where few need care nothing is told; where many do, most changes of one leave every share as it is."""
    assert (shown_shares(np.array([40, 80]), MANY - 1, 10, 5, sensitive=True) == FEW).all()
    same = [
        shown_shares(np.array([n]), 400, 10, 5, sensitive=True)
        == shown_shares(np.array([n + 1]), 400, 10, 5, sensitive=True)
        for n in range(10, 389)
    ]
    assert np.mean(same) > 0.94

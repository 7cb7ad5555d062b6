"""The gate's attack finds what follows, and nothing that does not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.privacy.attack import Sums, determined, page_sums
from planner.render.map.meeting import meeting_payload, taken_names
from tests.attack.test_hidden_counts import TERMS, page_of, with_homes
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables


def sums_of(bounds: list[tuple[int, int]], told: list[tuple[list[int], int, int]]) -> Sums:
    """Give unknowns 0, 1, ... within bounds, and sums of them."""
    sums = Sums()
    for k, (low, high) in enumerate(bounds):
        sums.unknown(k, low, high)
    for parts, low, high in told:
        sums.tell(parts, low, high)
    return sums


@pytest.mark.parametrize(
    ("bounds", "told", "known"),
    [
        ([(1, 9), (1, 9)], [([0, 1], 2, 2)], [0, 1]),
        ([(1, 9), (1, 9)], [([0, 1], 18, 18)], [0, 1]),
        ([(1, 9), (1, 9)], [([0, 1], 2, 3)], []),
        ([(1, 9), (12, 12)], [([0, 1], 15, 15)], [0]),
        ([(1, 9)] * 3, [([0, 1], 7, 7), ([1, 2], 7, 7), ([0, 2], 6, 6)], [0, 1, 2]),
        ([(1, 9)] * 3, [([0, 1, 2], 3, 4)], []),
        ([(1, 99), (1, 99)], [([0, 1], 60, 60), ([0], 40, 40)], []),
        ([(1, 9)], [], []),
    ],
)
def test_what_follows(
    bounds: list[tuple[int, int]], told: list[tuple[list[int], int, int]], known: list[int]
) -> None:
    """By subtraction, at the ends of what fits, by three sums of two; counts that may show are no finding."""
    assert determined(sums_of(bounds, told), 10) == known


def test_a_change_does_not_hide_what_did_not_change() -> None:
    """Somebody moved into block 0+3 between two pages: what follows of the other counts still follows."""
    stays = [([0, 1], 7, 7), ([1, 2], 7, 7), ([0, 2], 6, 6)]
    for moved in ([([0, 3], 8, 8), ([0, 3], 9, 9)], [([0, 3], 8, 8), ([0, 3, 1], 40, 40)]):
        assert {0, 1, 2} <= set(determined(sums_of([(1, 9)] * 4, [*stays, *moved]), 10))
    # each day by itself tells nothing, and what is told of both is of no use to whoever knows of the move
    apart = [([0, 1], 9, 12), ([0, 1], 14, 16), ([1, 2], 9, 12)]
    assert determined(sums_of([(1, 9)] * 3, apart), 10) == []


def test_pages_of_a_register_that_changes_hide_their_counts_together() -> None:
    """Homes come and go between three months, zones are cut anew: nothing follows of who stayed."""
    tables = make_plan_tables(nx=7, ny=4, moved=False, seed=2)
    homes = tables.units["households"].to_numpy(np.int64)
    pages = []
    for month in range(3):
        now = homes.copy()
        now[month::17] += month + 1
        changed = with_homes(tables, now)
        pages.append(page_of(recut(changed, movable(changed, 3 * month))))
    assert determined(page_sums(pages), TERMS.smallest) == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=5),
    st.lists(st.sets(st.integers(0, 4), min_size=1), min_size=1, max_size=4),
    st.data(),
)
def test_it_finds_all_that_trying_finds(
    truth: list[int], groups: list[set[int]], data: st.DataObject
) -> None:
    """Against every combination of counts, of nested groups: those of a page."""
    n = len(truth)
    cuts = sorted({0, n, *(g % n for group in groups for g in group)})
    parts = [list(range(a, b)) for a, b in itertools.pairwise(cuts)] + [list(range(n))]
    told = []
    for inside in parts:
        total, slack = sum(truth[k] for k in inside), data.draw(st.integers(0, 1))
        told.append((inside, total - slack, total + slack))
    fits = [
        values
        for values in itertools.product(range(1, 5), repeat=n)
        if all(low <= sum(values[k] for k in inside) <= high for inside, low, high in told)
    ]
    known = [k for k in range(n) if len({values[k] for values in fits}) == 1]
    assert determined(sums_of([(1, 4)] * n, told), 10) == known


def test_a_page_that_tells_too_much() -> None:
    """One exact number beside its blocks gives homes away, wherever it stands."""
    tables = make_plan_tables(nx=6, ny=4, nc=4, seed=3)
    data = meeting_payload(tables)
    heavy = taken_names(data)
    assert determined(page_sums([(data, heavy)]), 10) == []
    size = [data["units"]["block"].count(b) for b in range(len(data["blocks"]["homes"]))]
    b = size.index(max(size))
    data["blocks"]["homes"][b] = max(size)  # as many as its units, and not rounded
    data["meta"]["rounded"] = 101
    for zone in data["zones"]:
        zone["homes"] = -2
    assert len(determined(page_sums([(data, heavy)]), 10)) == max(size)

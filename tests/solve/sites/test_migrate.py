"""One centre given up and another opened: done whole or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve.sites import Answer
from planner.solve.sites.kernels import Parts, begin
from planner.solve.sites.migrate import Trail, migrate
from planner.solve.sites.table import Layout
from tests.solve.sites.made import on_a_line, on_a_plane, served_from

PRICE = 50.0


def standing(sites, chosen: list[int]) -> tuple[Layout, Parts, Trail, np.ndarray]:
    """Write an answer as parts, with a trail and a generator."""
    answer = Answer(sites, served_from(sites, np.array(chosen)))
    layout = Layout(sites, answer)
    parts = layout.parts(answer)
    begin(layout.table, parts, PRICE)
    width, k = parts.unit.shape[1], len(parts.size)
    trail = Trail(
        np.empty((2 * width + 2, 2), np.int64), np.empty(k + 2, np.int64), np.zeros(k, np.bool_)
    )
    return layout, parts, trail, np.random.default_rng(1).integers(1, 2**62, 2).astype(np.uint64)


def test_a_centre_crosses_the_map() -> None:
    """Two centres in one knot and none in another: one of them moves over, at once."""
    x = [500.0 * knot + i for knot in range(3) for i in range(4)]
    sites = on_a_line(x, list(range(12)), 3)
    layout, parts, trail, random = standing(sites, [1, 2, 5])
    before = parts.value.sum()
    for _ in range(200):
        change = migrate(layout.table, parts, 1e-6, PRICE, random, trail)
        if change:
            break
    assert change < -1500
    assert parts.value.sum() == pytest.approx(before + change)
    chosen = layout.cand[parts.centre]
    assert sorted(chosen // 4) == [0, 1, 2]


def test_what_is_not_accepted_leaves_no_trace() -> None:
    """Cold, and already at the best: every try is undone, to the last unit."""
    x = [0.0, 1.0, 2.0, 500.0, 501.0, 502.0]
    sites = on_a_line(x, list(range(6)), 2)
    layout, parts, trail, random = standing(sites, [1, 4])
    part, value = parts.part.copy(), parts.value.copy()
    for _ in range(100):
        assert migrate(layout.table, parts, 1e-9, PRICE, random, trail) == 0.0
        assert not trail.mark.any()
    assert {tuple(np.flatnonzero(parts.part == k)) for k in range(2)} == {
        tuple(np.flatnonzero(part == k)) for k in range(2)
    }
    assert parts.value == pytest.approx(value)


def test_the_change_is_what_counting_anew_gives() -> None:
    """Hot, so that it goes up and down: each change told is the difference of the values."""
    sites = on_a_plane(2, 60, 60, 6, 1.2)
    layout, parts, trail, random = standing(sites, [0, 11, 22, 33, 44, 55])
    accepted = 0
    for _ in range(150):
        before = float(parts.value.sum())
        change = migrate(layout.table, parts, 60.0, PRICE, random, trail)
        accepted += change != 0
        assert float(parts.value.sum()) == pytest.approx(before + change, abs=0.05)
        assert (np.bincount(parts.part, minlength=6) == parts.size).all()
    assert accepted > 5
    old = parts.value.copy()
    begin(layout.table, parts, PRICE)
    assert parts.value == pytest.approx(old, abs=0.05)


def test_nobody_to_open_means_nothing_done() -> None:
    """All candidates are chosen: there is no one to go to."""
    sites = on_a_line([0.0, 1.0, 10.0, 11.0], [0, 3], 2)
    layout, parts, trail, random = standing(sites, [0, 1])
    for _ in range(30):
        assert migrate(layout.table, parts, 100.0, PRICE, random, trail) == 0.0

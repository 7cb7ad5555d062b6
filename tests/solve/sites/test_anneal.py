"""Annealing: what it keeps as its best is an answer, and a good one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solve.sites.anneal import Annealer, Phase
from planner.solve.sites.start import first_answer, fitted
from planner.solve.sites.table import Layout
from tests.solve.sites.made import least, on_a_plane


def annealed(sites, seed: int, steps: int = 4000, price: float = 300.0) -> Annealer:
    """Cool a first answer down."""
    first = first_answer(sites, seed)
    annealer = Annealer(Layout(sites, first), seed)
    annealer.start(first)
    for piece in Phase(steps, 20.0, 0.2, price / 10, price).cut(max(steps // 8, 1)):
        annealer.run(piece)
    return annealer


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.2, 2.0]), st.sampled_from([np.inf, 9.0]))
def test_small_problems_are_solved(seed: int, slack: float, price: float) -> None:
    """On problems small enough to list, the best of all answers is found, or no answer where none is."""
    sites = on_a_plane(seed, 6, 5, 2, slack, price=price)
    best, found = least(sites), annealed(sites, seed, price=min(300.0, price)).answer()
    if not np.isfinite(best):
        assert found is None
    else:
        assert found is not None
        assert found.value_m == pytest.approx(best, rel=1e-5)


def test_the_value_kept_is_that_of_the_answer() -> None:
    """What the loop has added up is what the answer is worth when counted anew."""
    sites = on_a_plane(3, 80, 40, 8, 1.3, fee=np.linspace(0, 50, 40))
    annealer = annealed(sites, 0, 20_000)
    found = annealer.answer()
    assert found is not None
    assert found.feasible
    assert float(annealer._best.value[0]) == pytest.approx(found.value_m, rel=1e-4)


def test_it_does_better_than_where_it_began() -> None:
    """A random choice of centres is left far behind."""
    sites = on_a_plane(4, 120, 120, 10, 1.3)
    poor = fitted(sites, np.sort(np.random.default_rng(0).choice(120, 10, replace=False)))
    annealer = Annealer(Layout(sites, poor), 1)
    annealer.start(poor)
    annealer.run(Phase(40_000, 20.0, 0.5, 50.0, 200.0))
    found = annealer.answer()
    assert found is not None
    assert found.value_m < 0.85 * poor.cost_m


def test_it_tells_what_is_over() -> None:
    """The demand over and short in the end is that of the answer that stands then."""
    sites = on_a_plane(5, 60, 60, 5, 0.9)
    annealer = Annealer(Layout(sites, first_answer(sites, 0)), 0)
    annealer.start(first_answer(sites, 0))
    over = annealer.run(Phase(5_000, 10.0, 1.0, 50.0, 50.0))
    assert over == pytest.approx(annealer.present().excess, abs=1e-6)
    assert over > 0
    assert annealer.answer() is None


def test_forced_stay_and_barred_stay_out() -> None:
    """Whatever moves, a forced candidate is chosen and a barred one is not."""
    sites = on_a_plane(6, 60, 30, 5, 1.5, forced=np.arange(30) == 11, barred=np.arange(30) < 5)
    found = annealed(sites, 0, 20_000).answer()
    assert found is not None
    assert not found.faults


def test_same_seed_same_steps() -> None:
    """Two runs agree to the last unit; another seed goes elsewhere."""
    sites = on_a_plane(7, 90, 90, 8, 1.2)
    one, two, other = (annealed(sites, s, 3_000).present().serves for s in (3, 3, 4))
    assert (one == two).all()
    assert (one != other).any()


def test_no_phase_before_a_start() -> None:
    """There are no parts before an answer was given."""
    sites = on_a_plane(8, 10, 10, 2)
    with pytest.raises(AssertionError, match="start comes first"):
        _ = Annealer(Layout(sites, first_answer(sites, 0)), 0).parts


@given(st.integers(1, 10**6), st.integers(1, 10**5))
def test_pieces_follow_one_another(steps: int, length: int) -> None:
    """Pieces make up the whole, each beginning as hot and as dear as the one before ended."""
    phase = Phase(min(steps, 50 * length), 8.0, 0.5, 10.0, 100.0)
    pieces = phase.cut(length)
    assert sum(p.steps for p in pieces) >= phase.steps
    assert (pieces[0].hot, pieces[0].cheap) == pytest.approx((8.0, 10.0))
    assert (pieces[-1].cold, pieces[-1].dear) == pytest.approx((0.5, 100.0))
    for a, b in itertools.pairwise(pieces):
        assert (a.cold, a.dear) == (b.hot, b.cheap)

"""The best answer from parts: what fits together is found, and nothing that does not."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve.sites import Answer, Sites
from planner.solve.sites.exact.combine import combine
from planner.solve.sites.exact.pool import Pool
from planner.solve.sites.start import fitted
from planner.solve.sites.table import Layout
from planner.solve.stop import Clock
from tests.solve.sites.made import least, on_a_line, on_a_plane, served_from


def joined(sites: Sites, several: list[Answer], best: Answer) -> Answer | None:
    """Pool the parts of several answers and put the best together."""
    pool = Pool(Layout(sites, best))
    for answer in several:
        pool.add(answer)
    return combine(pool, best, clock=Clock(20.0), most=[1000], seed=0)


def near(sites: Sites, *chosen: int) -> Answer:
    """Serve everyone from the nearest of some candidates."""
    return Answer(sites, served_from(sites, np.array(chosen)))


def test_the_good_halves_of_two_answers_make_a_better_one() -> None:
    """One is good on the left, the other on the right: together they are good everywhere."""
    x = [0.0, 1.0, 2.0, 100.0, 101.0, 102.0]
    sites = on_a_line(x, list(range(6)), 2)
    left, right = near(sites, 1, 3), near(sites, 0, 4)
    found = joined(sites, [left, right], left)
    assert found is not None
    assert found.chosen.tolist() == [1, 4]
    assert found.value_m == 4.0


def test_it_is_the_best_of_all_where_all_parts_are_there() -> None:
    """With the parts of every choice in the pool, none of all answers is better than what comes out."""
    sites = on_a_plane(3, 6, 5, 2, 1.3)
    rng = np.random.default_rng(0)
    every = []
    for a in range(5):
        for b in range(a):
            for _ in range(40):
                serves = rng.choice([a, b], 6)
                serves[sites.home[[a, b]]] = [a, b]
                every.append(Answer(sites, serves))
    best = min(every, key=lambda answer: answer.value_m)
    found = joined(sites, every, max(every, key=lambda a: (np.isfinite(a.value_m), a.value_m)))
    assert found is not None
    assert found.value_m == pytest.approx(min(least(sites), best.value_m), rel=1e-6)


def test_few_parts_come_first_and_more_make_up_for_them() -> None:
    """With no part beside the known ones nothing is better; the next programme has all of them."""
    x = [0.0, 1.0, 2.0, 100.0, 101.0, 102.0]
    sites = on_a_line(x, list(range(6)), 2)
    left, right = near(sites, 1, 3), near(sites, 0, 4)
    pool = Pool(Layout(sites, left))
    for answer in (left, right):
        pool.add(answer)
    assert combine(pool, left, clock=Clock(20.0), most=[0], seed=0) is None
    found = combine(pool, left, clock=Clock(20.0), most=[0, 1000], seed=0)
    assert found is not None
    assert found.chosen.tolist() == [1, 4]


def test_forced_candidates_are_in_what_comes_out() -> None:
    """A cheaper answer without the forced one is in the pool, and is not taken."""
    x = [0.0, 1.0, 2.0, 100.0, 101.0, 102.0]
    free = on_a_line(x, list(range(6)), 2)
    sites = free.replace(forced=np.arange(6) == 0)
    known = near(sites, 0, 3)
    found = joined(sites, [known, near(sites, 1, 4)], known)
    assert found is not None
    assert found.chosen.tolist() == [0, 4]


def test_too_few_parts_are_no_answer() -> None:
    """Nothing in the pool: nothing can be put together."""
    sites = on_a_plane(1, 20, 20, 4)
    best = fitted(sites, np.array([0, 5, 10, 15]))
    assert combine(Pool(Layout(sites, best)), best, clock=Clock(5.0), most=[10], seed=0) is None


def test_parts_that_overlap_are_not_put_together() -> None:
    """Two parts of one answer and none that fits: the known answer or none comes back."""
    sites = on_a_plane(2, 30, 30, 3, 3.0)
    best = fitted(sites, np.array([0, 10, 20]))
    found = joined(sites, [best], best)
    assert found is None or found.value_m == pytest.approx(best.value_m)

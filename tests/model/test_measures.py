"""Figures of a plan."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.measures import walk_outcome, walk_summary
from planner.model.problem import Problem


def line(households: list[int], walk_m: list[float]) -> Problem:
    """One centre in unit 0, a pair for every unit."""
    n = len(households)
    return Problem(
        load=np.array(households, float),
        households=households,
        home=[0],
        pair_start=np.arange(n + 1),
        pair_centre=np.zeros(n),
        walk_m=walk_m,
        adjacency=[(i, i + 1) for i in range(n - 1)],
    )


def test_nine_in_ten_households_live_within_p90() -> None:
    """p90 is the shortest walk that nine households in ten do not exceed; the mean is weighted."""
    found = walk_summary([0.0, 100.0, 900.0], [1.0, 8.0, 1.0])
    assert found == pytest.approx({"mean": 170.0, "p90": 100.0, "max": 900.0})


def test_nobody_walks() -> None:
    """Without served households all figures are zero, not NaN."""
    nothing = {"mean": 0.0, "p90": 0.0, "max": 0.0}
    assert walk_summary([], []) == nothing
    assert walk_summary([np.nan, 400.0], [3.0, 0.0]) == nothing


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 9)), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_weights_are_repetitions(rows: list[tuple[int, int]]) -> None:
    """A unit of k households counts as k homes with one walk each, in any order."""
    walk, weight = (np.array(column, float) for column in zip(*rows, strict=True))
    single = np.repeat(walk, weight.astype(int))[::-1]
    whole = walk_summary(walk, weight)
    assert walk_summary(single, np.ones(len(single))) == pytest.approx(whole)
    assert (single <= whole["p90"]).mean() >= 0.9
    assert (single < whole["p90"]).mean() < 0.9


def test_the_walk_limit_counts_households() -> None:
    """Households beyond the limit count; a walk equal to it and an unserved unit do not."""
    problem = line([2, 3, 0, 5, 7], [0.0, 500.0, 900.0, 500.5, 800.0])
    outcome = walk_outcome(problem, [0, 0, 0, 0, -1], 500.0)
    assert (outcome.name, outcome.high, outcome.broken) == ("walk_m", 500.0, 5)
    assert (outcome.lowest, outcome.highest) == (0.0, 500.5)


def test_the_walk_limit_with_nobody_served() -> None:
    """A plan that serves nobody breaks no walk limit."""
    outcome = walk_outcome(line([2], [0.0]), [-1], 500.0)
    assert (outcome.broken, outcome.highest) == (0, 0.0)

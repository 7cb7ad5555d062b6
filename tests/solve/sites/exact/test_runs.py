"""A start never keeps HiGHS from what is better."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from scipy.sparse import csc_array

from planner.solve.highs import new_highs, put_matrix
from planner.solve.sites.exact.runs import run_from


def covering(seed: int) -> tuple[highspy.Highs, np.ndarray, np.ndarray]:
    """Six units in two of many parts, each unit once: a programme, its costs, and a dear solution of it."""
    rng = np.random.default_rng(seed)
    halves = [rng.permutation(6)[: rng.integers(2, 5)] for _ in range(50)]
    parts = [np.isin(np.arange(6), half) for half in halves]
    parts += [~part for part in parts]
    cost = rng.uniform(20, 130, len(parts))
    rows = np.vstack([np.array(parts).T, np.ones(len(parts))]).astype(float)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(parts), 7
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(parts)), np.ones(len(parts))
    lp.row_lower_ = lp.row_upper_ = np.r_[np.ones(6), 2.0]
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(parts)
    put_matrix(lp, csc_array(rows))
    highs = new_highs(seed=0)
    highs.passModel(lp)
    both = cost[:50] + cost[50:]
    start = np.zeros(len(parts))
    start[[both.argmax(), both.argmax() + 50]] = 1.0
    return highs, cost, start


@pytest.mark.parametrize("seed", range(8))
def test_a_dear_start_is_left_for_what_is_better(seed: int) -> None:
    """With a start and without the same optimum comes out."""
    highs, cost, start = covering(seed)
    from_start = run_from(highs, cost, start)
    highs, _, _ = covering(seed)
    plain = run_from(highs, cost, None)
    assert from_start is not None
    assert plain is not None
    assert cost @ from_start == pytest.approx(cost @ plain)
    assert cost @ plain < cost @ start


def test_what_cannot_be_is_none() -> None:
    """No columns for a row: nothing is found."""
    highs, cost, _ = covering(0)
    highs.changeRowBounds(6, 60.0, 60.0)
    assert run_from(highs, cost, None) is None

"""Figures read off a finished assignment."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planner.model.problem import Problem, RuleOutcome

__all__ = ["METRES_A_MINUTE", "walk_outcome", "walk_summary"]

METRES_A_MINUTE = 60
"""Pace of walks told in minutes: GB 50180-2018 counts 300 m as five minutes."""


def walk_summary(walk_m: ArrayLike, weight: ArrayLike) -> dict[str, float]:
    """Summarise walks, each counted as often as households make it.

    Parameters
    ----------
    walk_m : array_like of float, shape (n,)
        Metres; NaN is left out.
    weight : array_like of float, shape (n,)
        Households that walk it.

    Returns
    -------
    dict
        ``mean, p90, max`` in metres; zeros when nobody walks.  p90 is the shortest distance within
        which at least 90 % of the households live.
    """
    walks, weights = np.asarray(walk_m, float), np.asarray(weight, float)
    used = np.isfinite(walks) & (weights > 0)
    if not used.any():
        return {"mean": 0.0, "p90": 0.0, "max": 0.0}
    walks, weights = walks[used], weights[used]
    order = np.argsort(walks, kind="stable")
    share = np.cumsum(weights[order])
    # A hair less than nine tenths: the sum of shares may come out above what they add up to.
    p90 = walks[order][np.searchsorted(share, 0.9 * share[-1] * (1 - 1e-12))]
    mean = float((walks * weights).sum() / weights.sum())
    return {"mean": mean, "p90": float(p90), "max": float(walks.max())}


def walk_outcome(problem: Problem, assignment: ArrayLike, limit_m: float) -> RuleOutcome:
    """Hold the walks of an assignment against the limit; `broken` counts households beyond it."""
    pair = problem.pairs_of(assignment)
    # Units in which nobody lives (a centre's own, at times) have a walk that nobody makes.
    lived = (pair >= 0) & (problem.households > 0)
    walk_m = problem.walk_m[pair[lived]]
    beyond = int(problem.households[lived][walk_m > limit_m].sum())
    low, high = (float(walk_m.min()), float(walk_m.max())) if len(walk_m) else (0.0, 0.0)
    return RuleOutcome("walk_m", None, limit_m, low, high, beyond)

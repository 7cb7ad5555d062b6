"""Says which hard rule cannot hold, where, and by how much."""

from __future__ import annotations

import numpy as np

from planner.errors import InfeasibleError
from planner.model.problem import Problem
from planner.solve.zones.anneal import Annealer
from planner.solve.zones.track import Track

__all__ = ["refusal"]


def refusal(problem: Problem, track: Track) -> InfeasibleError:
    """Word the error for a part whose hard rules cannot hold together.

    Parameters
    ----------
    problem : Problem
        The whole problem.
    track : Track
        The part, with the plan that comes nearest.
    """
    one = track.instance
    annealer = Annealer(one, track.pair, 0)
    mean = max(float(one.cost[track.pair[track.pair >= 0]].mean()), 1.0)
    annealer.run(200 * one.n_units, 10.0 * mean, 0.01 * mean)
    excess = one.excess(annealer.pair)
    excess[~np.isinf(one.rows.price)] = 0.0
    k, c = np.unravel_index(int(excess.argmax()), excess.shape)
    name = one.rows.name[k]
    rule = next(r for r in problem.rules if r.name == name)
    total = float(rule.amount[one.unit_ids].sum())
    low = "no floor" if rule.low is None else f"at least {rule.low:g}"
    high = "no ceiling" if rule.high is None else f"at most {rule.high:g}"
    per = "" if rule.per is None else f" for each of {rule.per[one.unit_ids].sum():g}"
    fence = int(problem.fence[one.unit_ids[0]])
    return InfeasibleError(
        f"hard rules cannot hold together in a part of {one.n_units} units and {one.n_centres} "
        f"centres (fence {fence}): {name} asks for {low} and {high}{per}, the part has {total:g} in "
        f"all, and the best attempt misses by {float(excess[k, c]):g} at centre "
        f"{int(one.centre_ids[c])}",
        remedy="make the rule elastic, widen its limits, or add or drop a centre there",
    )

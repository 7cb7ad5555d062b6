"""The search for zones, as a table of contents."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import InfeasibleError
from planner.model import Part, Problem, Result
from planner.solve.instance import Instance, split
from planner.solve.start import must_serve, nearest_plan, repaired
from planner.solve.exact import solve_exactly
from planner.solve.stop import Clock, Progress, Stop

__all__ = ["Progress", "Stop", "solve"]


def solve(
    problem: Problem,
    *,
    stop: Stop = Stop(),  # noqa: B008 - frozen
    start: ArrayLike | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Find a plan."""
    clock = Clock(stop.seconds)
    parts = split(problem)
    assignment = np.full(problem.n_units, -1, np.int32)
    told, bound = [], parts.lost_m
    for instance in parts.instances:
        instance = must_serve(instance)
        pair = nearest_plan(instance)
        found = solve_exactly(instance, start=pair, gap=stop.gap, seconds=clock.left, seed=seed)
        if found.infeasible:
            raise InfeasibleError("hard rules cannot hold")
        pair = pair if found.pair is None else found.pair
        value, cost = instance.value(pair), instance.walk_cost[pair[pair >= 0]].sum()
        assignment[instance.unit_ids[pair >= 0]] = instance.centre_ids[instance.centre[pair[pair >= 0]]]
        bound += found.bound_m
        told.append(Part(instance.n_units, instance.n_centres, value, found.bound_m, cost, (value - found.bound_m) / cost, "exact", 0.0))
    return Result(assignment, bound, tuple(told), (), "gap")

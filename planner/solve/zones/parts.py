"""A problem falls apart into independent parts: units and centres that share pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.errors import PlannerError
from planner.model.arrays import AnyInts, Bools, Floats, Ints
from planner.model.problem import Problem
from planner.solve.zones.contiguity import neighbours, order_by_centre, spans, usable_pairs
from planner.solve.zones.instance import Instance, Pairs, Rows, assembled, local_neighbours, rows_of

__all__ = ["Split", "split"]


@dataclass(frozen=True, eq=False)
class Split:
    """The independent parts of a problem, and what is left over.

    Parameters
    ----------
    instances : tuple of Instance
        Largest first.
    lost : ndarray of int
        Units that no centre can reach.
    lost_m : float
        What they cost.
    """

    instances: tuple[Instance, ...]
    lost: Ints
    lost_m: float


def _skip_prices(problem: Problem) -> Floats:
    """Price of leaving each unit out: a unit without load weighs as much as one of load 1."""
    return problem.unserved_m * np.where(problem.load > 0, problem.load, 1.0)


def split(problem: Problem) -> Split:
    """Drop what cannot be used, and fall apart into independent parts.

    Raises
    ------
    PlannerError
        A centre may not serve its own home.
    """
    near = neighbours(problem.n_units, problem.adjacency)
    alive = usable_pairs(problem, near)
    unit, centre = problem.pair_unit[alive], problem.pair_centre[alive]
    homeless = np.setdiff1d(np.arange(problem.n_centres), centre[unit == problem.home[centre]])
    if len(homeless):
        raise PlannerError.of("centre-without-home", centre=homeless[0])
    served = np.zeros(problem.n_units, bool)
    served[unit] = True
    rank = np.empty(problem.n_pairs, np.int64)
    rank[order_by_centre(problem)] = np.arange(problem.n_pairs)
    skip, cost = _skip_prices(problem), problem.pair_cost_m
    # where rules differ by fence no pair crosses one, so that a part has the rules of any of its homes
    shared = all(rule.fences is None for rule in problem.rules)
    stated: dict[int, Rows] = {}

    def part(units: Ints, centres: Ints) -> Instance:
        owner, pair = spans(problem.pair_start, units)
        owner, pair = owner[alive[pair]].astype(np.int32), pair[alive[pair]]
        among = np.searchsorted(centres, problem.pair_centre[pair]).astype(np.int32)
        walk_m = problem.walk_m[pair]
        walk_cost = problem.load[units][owner] * walk_m
        fence = 0 if shared else int(problem.fence[problem.home[centres[0]]])
        if fence not in stated:
            stated[fence] = rows_of(problem, fence)
        return assembled(
            (units, centres),
            Pairs(owner, among, rank[pair], cost[pair], walk_cost, walk_m),
            local_neighbours(near, units, problem.n_units),
            stated[fence].take(units),
            skip[units],
        )

    made = [part(*group) for group in _groups(problem, unit, centre, served)]
    # The largest first: it needs the time most, and what it leaves goes to the others.
    made.sort(key=lambda one: (-one.n_pairs, int(one.unit_ids[0])))
    lost = np.flatnonzero(~served)
    return Split(tuple(made), lost, float(skip[lost].sum()))


def _groups(
    problem: Problem, unit: AnyInts, centre: AnyInts, served: Bools
) -> list[tuple[Ints, Ints]]:
    """Sort units and centres by the islands that their pairs make."""
    n, m = problem.n_units, problem.n_centres
    if m == 0:
        return []
    graph = coo_array((np.ones(len(unit), np.int8), (unit, n + centre)), shape=(n + m, n + m))
    _, label = connected_components(graph, directed=False)
    units = np.flatnonzero(served)
    units = units[np.argsort(label[units], kind="stable")]
    centres = np.argsort(label[n:], kind="stable")
    # Every island has a centre: units without one are not served.
    inner = np.unique(label[n:])[1:]
    return list(
        zip(
            np.split(units, np.searchsorted(label[units], inner)),
            np.split(centres, np.searchsorted(label[n:][centres], inner)),
            strict=True,
        )
    )

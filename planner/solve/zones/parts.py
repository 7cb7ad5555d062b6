"""A problem falls apart into independent parts: units and centres that share pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.errors import PlannerError
from planner.model.problem import Problem
from planner.solve.zones.contiguity import neighbours, order_by_centre, usable_pairs
from planner.solve.zones.instance import Instance, Rows, assembled, local_neighbours, rows_of

__all__ = ["Split", "skip_prices", "split"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer[Any]]


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
    lost: NDArray[np.int64]
    lost_m: float


def skip_prices(problem: Problem) -> FloatArray:
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
    homeless = np.setdiff1d(
        np.arange(problem.n_centres), centre[unit == problem.home[centre]], assume_unique=False
    )
    if len(homeless):
        raise PlannerError(f"centre {homeless[0]} may not serve its own home")
    n, m = problem.n_units, problem.n_centres
    graph = coo_array((np.ones(len(unit), np.int8), (unit, n + centre)), shape=(n + m, n + m))
    _, label = connected_components(graph, directed=False)
    served = np.zeros(n, bool)
    served[unit] = True
    lost = np.flatnonzero(~served)
    order = order_by_centre(problem)
    rank = np.empty(problem.n_pairs, np.int64)
    rank[order] = np.arange(problem.n_pairs)
    rows, skip = rows_of(problem), skip_prices(problem)
    members = _groups(label, n, served)
    made = [
        _instance(problem, units, centres, alive, rank, near, rows, skip)
        for units, centres in members
    ]
    made.sort(key=lambda part: (-part.n_pairs, int(part.unit_ids[0])))
    return Split(tuple(made), lost, float(skip[lost].sum()))


def _groups(
    label: IntArray, n: int, served: NDArray[np.bool_]
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    units = np.flatnonzero(served)
    units = units[np.argsort(label[units], kind="stable")]
    centres = np.argsort(label[n:], kind="stable")
    names = np.unique(label[n:])
    at = [np.searchsorted(label[:n][units], names, side) for side in ("left", "right")]
    ct = [np.searchsorted(label[n:][centres], names, side) for side in ("left", "right")]
    return [(units[at[0][i] : at[1][i]], centres[ct[0][i] : ct[1][i]]) for i in range(len(names))]


def _instance(
    problem: Problem,
    units: NDArray[np.int64],
    centres: NDArray[np.int64],
    alive: NDArray[np.bool_],
    rank: NDArray[np.int64],
    near: tuple[NDArray[np.int64], NDArray[np.int32]],
    rows: Rows,
    skip: FloatArray,
) -> Instance:
    lengths = np.diff(problem.pair_start)[units]
    first = np.cumsum(lengths) - lengths
    pair = np.repeat(problem.pair_start[units] - first, lengths) + np.arange(lengths.sum())
    owner = np.repeat(np.arange(len(units), dtype=np.int32), lengths)
    keep = alive[pair]
    pair, owner = pair[keep], owner[keep]
    centre = np.searchsorted(centres, problem.pair_centre[pair]).astype(np.int32)
    walk_cost = problem.load[units][owner] * problem.walk_m[pair]
    return assembled(
        (units, centres),
        (owner, centre, rank[pair]),
        (
            walk_cost + problem.penalty_m[pair] + problem.change_m[pair],
            walk_cost,
            problem.walk_m[pair],
        ),
        local_neighbours(near, units, problem.n_units),
        rows.take(units),
        skip[units],
    )

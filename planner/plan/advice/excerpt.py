"""A few zones of a problem by themselves, and variants of it: one centre more, one less, other rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.model.problem import Problem

__all__ = ["Excerpt", "excerpt", "with_centre", "with_limit", "without_centre"]

IntArray = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Some units and centres of a problem by themselves.

    Parameters
    ----------
    assignment : ndarray of int, shape (n_units,)
        The plan that stands, by position in `centres`; -1 for none.
    """

    problem: Problem
    units: NDArray[np.int64]
    centres: NDArray[np.int64]
    assignment: NDArray[np.int64]


def excerpt(problem: Problem, assignment: IntArray, centres: IntArray) -> Excerpt:
    """Take some zones of a plan, with their units.

    Parameters
    ----------
    assignment : ndarray of int, shape (n_units,)
        Its plan.
    """
    chosen = np.unique(np.asarray(centres, np.int64))
    units = np.flatnonzero(np.isin(assignment, chosen))
    of = np.full(problem.n_centres, -1, np.int64)
    of[chosen] = np.arange(len(chosen))
    small = _restricted(problem, units, of, chosen)
    return Excerpt(small, units, chosen, of[np.asarray(assignment)[units]])


def _restricted(
    problem: Problem, units: NDArray[np.int64], of: NDArray[np.int64], chosen: NDArray[np.int64]
) -> Problem:
    place = np.full(problem.n_units, -1, np.int64)
    place[units] = np.arange(len(units))
    pair = np.flatnonzero((place[problem.pair_unit] >= 0) & (of[problem.pair_centre] >= 0))
    unit = place[problem.pair_unit[pair]]
    edges = place[problem.adjacency]
    edges = edges[(edges >= 0).all(axis=1)]
    return Problem(
        load=problem.load[units],
        households=problem.households[units],
        home=place[problem.home[chosen]].astype(np.int32),
        pair_start=np.searchsorted(unit, np.arange(len(units) + 1)),
        pair_centre=of[problem.pair_centre[pair]].astype(np.int32),
        walk_m=problem.walk_m[pair],
        penalty_m=problem.penalty_m[pair],
        change_m=problem.change_m[pair],
        adjacency=edges.astype(np.int32),
        fence=problem.fence[units],
        rules=tuple(rule.take(units) for rule in problem.rules),
        unserved_m=problem.unserved_m,
    )


def with_centre(
    problem: Problem, unit: int, walk_m: NDArray[np.float64], penalty_m: NDArray[np.float64]
) -> Problem:
    """Add a centre who lives in a unit.

    Parameters
    ----------
    unit : int
        Home of the new centre; nobody else's.
    walk_m, penalty_m : ndarray of float, shape (n_units,)
        Walk of each unit to the new centre, NaN where it may not serve, and the price of the pair for a
        broken walk limit.
    """
    may = np.flatnonzero(np.isfinite(walk_m))
    owner = np.concatenate([problem.pair_unit, may])
    centre = np.concatenate([problem.pair_centre, np.full(len(may), problem.n_centres)])
    order = np.lexsort((centre, owner))

    def joined(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate([old, new])[order]

    return problem.replace(
        home=np.append(problem.home, unit),
        pair_start=np.searchsorted(owner[order], np.arange(problem.n_units + 1)),
        pair_centre=centre[order],
        walk_m=joined(problem.walk_m, walk_m[may]),
        penalty_m=joined(problem.penalty_m, penalty_m[may]),
        change_m=joined(problem.change_m, np.zeros(len(may))),
    )


def without_centre(problem: Problem, centre: int) -> Problem:
    """Drop a centre: its home becomes a unit like any other."""
    keep = problem.pair_centre != centre
    unit = problem.pair_unit[keep]
    others = problem.pair_centre[keep]
    return problem.replace(
        home=np.delete(problem.home, centre),
        pair_start=np.searchsorted(unit, np.arange(problem.n_units + 1)),
        pair_centre=others - (others > centre),
        walk_m=problem.walk_m[keep],
        penalty_m=problem.penalty_m[keep],
        change_m=problem.change_m[keep],
    )


def with_limit(problem: Problem, rule: str, side: str, limit: float) -> Problem:
    """Move one side of one rule."""
    rules = tuple(replace(r, **{side: limit}) if r.name == rule else r for r in problem.rules)
    return problem.replace(rules=rules)

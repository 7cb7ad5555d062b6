"""Re-cutting a plan: a price on every home that changes hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.model.arrays import Bools, Floats, Ints32
from planner.model.problem import Problem, Result
from planner.solve.zones.search import Progress, Stop, solve

__all__ = [
    "GONE",
    "Previous",
    "changes_of",
    "majority",
    "moved_households",
    "price_changes",
    "resolve",
]

GONE = -2


@dataclass(frozen=True, eq=False)
class Previous:
    """Who was served by whom before.

    Parameters
    ----------
    zone : array_like of int, shape (n_people,)
        Position of the centre of each household and member, -1 for who had none, is new, or whose
        centre is gone: there is no hand to leave.
    homes : array_like of float, shape (n_people,)
        1 for a household, 0 for a member: only homes are charged for.
    fingerprint : str
        `Problem.fingerprint` of the previous problem.
    move_price_m : float
        Metres charged for each home that changes hands.
    lost : int
        Homes whose centre is none any more: they change hands whatever is done.
    member : array_like of int, shape (n_people,), optional
        Number of the member who serves each household, -1 for none, or for one who serves nobody any more;
        None where that is not known.
    """

    zone: Ints32
    homes: Floats
    fingerprint: str
    move_price_m: float
    lost: int = 0
    member: Ints32 | None = None

    def __post_init__(self) -> None:
        if not self.move_price_m >= 0:
            raise ValueError(f"move_price_m must not be negative, but is {self.move_price_m}")


def price_changes(problem: Problem, unit: ArrayLike, previous: Previous) -> Problem:
    """Charge each pair for the homes of its unit that would change hands.

    Parameters
    ----------
    unit : array_like of int, shape (n_people,)
        Unit of each household and member, -1 if it has none.

    Returns
    -------
    Problem
        The same with `change_m` filled.
    """
    return problem.replace(change_m=previous.move_price_m * changes_of(problem, unit, previous))


def changes_of(problem: Problem, unit: ArrayLike, previous: Previous) -> Floats:
    """Count, for each pair, the homes of its unit that change hands if it is taken, shape (n_pairs,)."""
    units, zone = np.asarray(unit), previous.zone
    counted = (units >= 0) & (zone >= 0)
    had = np.bincount(units[counted], previous.homes[counted], minlength=problem.n_units)
    return had[problem.pair_unit] - _kept(problem, units, zone, previous.homes)


def _kept(
    problem: Problem, units: NDArray[np.integer], zone: NDArray[np.integer], weight: ArrayLike
) -> Floats:
    """Weigh, for each pair, the people of its unit whom its centre served before."""
    counted = (units >= 0) & (zone >= 0)
    keys = problem.pair_unit.astype(np.int64) * problem.n_centres + problem.pair_centre
    wanted = units[counted].astype(np.int64) * problem.n_centres + zone[counted]
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    # A centre that may no longer serve the unit has no pair: those people leave it whatever happens.
    hit = keys[at] == wanted
    return np.bincount(at[hit], np.asarray(weight)[counted][hit], problem.n_pairs).astype(float)


def moved_households(assignment: ArrayLike, unit: ArrayLike, previous_zone: ArrayLike) -> Bools:
    """Tell which households change hands.

    Parameters
    ----------
    assignment : array_like of int, shape (n_units,)
        Centre of each unit, -1 for none.
    unit, previous_zone : array_like of int, shape (n_households,)
        Unit and previous centre of each household, -1 for none, `GONE` for one that is none any more.

    Returns
    -------
    ndarray of bool, shape (n_households,)
        True where a household had a centre and now has another one, or none.
    """
    before = np.asarray(previous_zone)
    # Those without a unit, -1, read the last entry.
    now = np.append(np.asarray(assignment, np.int64), -1)[np.asarray(unit)]
    return (before != -1) & (now != before)


def resolve(
    problem: Problem,
    unit: ArrayLike,
    previous: Previous,
    *,
    stop: Stop,
    seed: int,
    progress: Callable[[Progress], None] | None = None,
    begun: ArrayLike | None = None,
) -> tuple[Problem, Result]:
    """Solve again from where the homes were.

    A plan whose input did not change stands as it is: no home changes hands for a gain that the
    earlier search did not find worth proving.

    Parameters
    ----------
    problem, unit, previous
        As for `price_changes`.
    stop, seed, progress
        As for `planner.solve.zones.search.solve`.
    begun : array_like of int, shape (n_units,), optional
        A plan to begin with, in place of where the homes were.

    Returns
    -------
    tuple of Problem and Result
        The problem with its price of changes, and what was found.
    """
    priced = price_changes(problem, unit, previous)
    start = majority(problem, unit, previous)
    # Solved all the same: the plan that stays carries a bound and a certificate of today.
    first = start if begun is None else begun
    result = solve(priced, stop=stop, start=first, seed=seed, progress=progress)
    if previous.fingerprint == problem.fingerprint():
        result = replace(result, assignment=start, stopped="unchanged")
    return priced, result


def majority(problem: Problem, unit: ArrayLike, previous: Previous) -> Ints32:
    """Give each unit the centre that served most of its homes, then members; -1 where none did.

    The home of a centre is its own.
    """
    # A thousandth for everyone: members anchor a unit where no home does.
    kept = _kept(problem, np.asarray(unit), previous.zone, previous.homes + 1e-3)
    known = np.flatnonzero(kept > 0)
    order = known[np.lexsort((-problem.pair_centre[known], kept[known]))]
    start = np.full(problem.n_units, -1, np.int32)
    start[problem.pair_unit[order]] = problem.pair_centre[order]
    start[problem.home] = np.arange(problem.n_centres)
    return start

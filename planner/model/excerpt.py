"""A few zones of a problem by themselves, and variants of it: one centre more, one less, other rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.model.arrays import AnyInts, Bools, Floats, Ints
from planner.model.problem import Problem, ZoneRule
from planner.model.rules import WalkLimit
from planner.model.ties import Ties

__all__ = [
    "Excerpt",
    "beside_walks",
    "excerpt",
    "of_pairs",
    "own_ceilings",
    "pairs_beside_walks",
    "places_of",
    "restricted",
    "with_centre",
    "with_limit",
    "without_centre",
]


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Some units and centres of a problem by themselves.

    `assignment`, shape (n_units,): the plan that stands, by position in `centres`; -1 for none.
    """

    problem: Problem
    units: Ints
    centres: Ints
    assignment: Ints


def excerpt(problem: Problem, assignment: AnyInts, centres: AnyInts) -> Excerpt:
    """Take some zones of a plan, with their units.

    `assignment`, shape (n_units,): its plan.
    """
    chosen = np.unique(np.asarray(centres, np.int64))
    units = np.flatnonzero(np.isin(assignment, chosen))
    of = places_of(chosen, problem.n_centres)
    # repairs are sought by walks and rules alone
    small = restricted(problem.replace(ties=None), units, chosen)
    return Excerpt(small, units, chosen, of[np.asarray(assignment)[units]])


def places_of(chosen: Ints, n: int) -> Ints:
    """Give each of `n` positions its place among the chosen, -1 for the others; the last entry is of -1."""
    places = np.full(n + 1, -1, np.int64)
    places[chosen] = np.arange(len(chosen))
    return places


def restricted(problem: Problem, units: Ints, chosen: Ints) -> Problem:
    """Leave all but some units and centres out; ties are kept where both ends are.

    `units` and `chosen`: positions, ascending; the home of each chosen centre is among the units.
    """
    place, of = places_of(units, problem.n_units), places_of(chosen, problem.n_centres)
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
        ties=_tied(problem.ties, place),
    )


def _tied(ties: Ties | None, place: Ints) -> Ties | None:
    if ties is None:
        return None
    inside = (place[ties.a] >= 0) & (place[ties.b] >= 0)
    kept = ties.take(inside)
    return replace(kept, a=place[kept.a], b=place[kept.b])


def with_centre(problem: Problem, unit: int, walk_m: Floats, penalty_m: Floats) -> Problem:
    """Add a centre who lives in a unit.

    `unit`: home of the new centre; nobody else's.
    `walk_m` and `penalty_m`, shape (n_units,): walk of each unit to the new centre, NaN where it may
    not serve, and the price of the pair for a broken walk limit.
    """
    may = np.flatnonzero(np.isfinite(walk_m))
    owner = np.concatenate([problem.pair_unit, may])
    centre = np.concatenate([problem.pair_centre, np.full(len(may), problem.n_centres)])
    order = np.lexsort((centre, owner))

    # nobody was with a new centre before: to go there is no change that a price is asked for
    new = {"walk_m": walk_m[may], "penalty_m": penalty_m[may], "change_m": np.zeros(len(may))}
    columns = {k: np.concatenate([getattr(problem, k), v])[order] for k, v in new.items()}
    return problem.replace(
        home=np.append(problem.home, unit),
        pair_start=np.searchsorted(owner[order], np.arange(problem.n_units + 1)),
        pair_centre=centre[order],
        **columns,
    )


def of_pairs(problem: Problem, keep: Bools, **others: Any) -> Problem:
    """Keep some pairs of a problem; `others` are fields that change besides."""
    start = np.searchsorted(problem.pair_unit[keep], np.arange(problem.n_units + 1))
    columns = ("pair_centre", "walk_m", "penalty_m", "change_m")
    kept = {name: getattr(problem, name)[keep] for name in columns}
    return problem.replace(pair_start=start, **(kept | others))


def without_centre(problem: Problem, centre: int) -> Problem:
    """Drop a centre: its home becomes a unit like any other."""
    keep = problem.pair_centre != centre
    rest = problem.pair_centre[keep]
    return of_pairs(
        problem, keep, home=np.delete(problem.home, centre), pair_centre=rest - (rest > centre)
    )


def with_limit(problem: Problem, rule: str, side: str, limit: float) -> Problem:
    """Move one side of one rule; whoever has a limit of its own keeps it."""
    rules = tuple(_moved(r, side, limit) if r.name == rule else r for r in problem.rules)
    return problem.replace(rules=rules)


def _moved(rule: ZoneRule, side: str, limit: float) -> ZoneRule:
    was = getattr(rule, side)
    if rule.own is None or was is None:
        return replace(rule, **{side: limit})
    own, row = rule.own.copy(), 0 if side == "low" else 1
    own[row] = np.where(own[row] != 0, own[row] + was - limit, 0.0)
    return replace(rule, own=own, **{side: limit})


def beside_walks(problem: Problem, walk: WalkLimit) -> Floats:
    """Give what each unit is charged besides for a centre for which nobody wishes, shape (n_units,)."""
    found = np.zeros(problem.n_units)
    np.maximum.at(found, problem.pair_unit, pairs_beside_walks(problem, walk))
    return found


def pairs_beside_walks(problem: Problem, walk: WalkLimit) -> Floats:
    """Give what each pair is charged besides for its walk: wishes unmet, shape (n_pairs,)."""
    extra = problem.penalty_m - problem.load[problem.pair_unit] * walk.charge_m(problem.walk_m)
    # of some thousandths rounding is the cause, and no wish
    return np.where(extra > 0.01, extra, 0.0)


def own_ceilings(problem: Problem) -> Floats:
    """Give by how many homes the ceiling of each centre differs from that of all, shape (n_centres,)."""
    found = np.zeros(problem.n_centres)
    for rule in problem.rules:
        if rule.own is not None and rule.name.partition("@")[0] == "households_per_zone":
            mine = rule.is_for(problem.fence[problem.home]) & (rule.high is not None)
            found += np.where(mine, rule.own[1, problem.home], 0.0)
    return found

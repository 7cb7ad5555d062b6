"""How far a plan has come from what a fresh cut would be, by month; only what was open is asked anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.model.arrays import AnyInts, Ints
from planner.model.audit import audit
from planner.model.excerpt import places_of, restricted
from planner.model.problem import Problem
from planner.model.tables import PlanTables
from planner.solve.keeping import Fresh

if TYPE_CHECKING:
    from planner.api.task import Case, Solved

__all__ = ["Drift", "drifted"]


@dataclass(frozen=True, eq=False)
class Drift:
    """What a fresh cut would save.

    Parameters
    ----------
    parts : mapping of str to list of float
        By the least number of the zones in each part, metres: what a plan that was found for it alone comes
        to, and the least that any comes to.
    figures : mapping or None
        What that plan would save in all, ``share``, and what none can save more than, ``most``, as shares of
        the walks; None where a part is not known.
    """

    parts: Mapping[str, list[float]] = field(default_factory=dict)
    figures: Mapping[str, float] | None = None


def drifted(case: Case, solved: Solved, tables: PlanTables) -> Drift:
    """Hold a re-zoned plan against a fresh cut of its parts; those that stand keep what was found of them."""
    recut, problem = solved.recut, case.demand.problem
    assert recut is not None
    number = tables.centres["number"].to_numpy(int)
    known: Mapping[str, list[float]] = {}
    if case.before is not None and case.before.tables is not None:
        known = case.before.tables.provenance.get("drift") or {}
    made: dict[str, list[float]] = {}
    saved, most, whole = 0.0, 0.0, bool(recut.fresh) or not recut.open_units
    for part in (*recut.fresh, *_standing(case, known, number)):
        centres = np.flatnonzero(np.isin(problem.home, part.unit))
        if not len(centres):
            continue
        whole &= bool(np.isfinite(part.fresh_m))
        if np.isfinite(part.fresh_m):
            made[str(number[centres].min())] = [round(part.fresh_m, 1), round(part.bound_m, 1)]
        now = _value(recut.unpriced, solved.result.assignment, part.unit, centres)
        saved += max(now - part.fresh_m, 0.0)
        most += max(now - part.bound_m, 0.0)
    cost = solved.certificate.cost_m
    if not whole or cost <= 0:
        return Drift(made)
    return Drift(made, {"share": round(saved / cost, 4), "most": round(most / cost, 4)})


def _standing(case: Case, known: Mapping[str, list[float]], number: Ints) -> Iterator[Fresh]:
    """Give the parts that stand; one that no re-zoning has cut is known by its own proof.

    Numbers of zones stay with their centres, positions do not: by them a part is known again.
    """
    assert case.kept is not None
    standing, problem = case.kept.standing, case.demand.problem
    for part in standing.parts:
        units = np.array(part.unit, np.int64)
        centres = np.flatnonzero(np.isin(problem.home, units))
        found = known.get(str(number[centres].min())) if len(centres) else None
        # at a price the proof of a part would tell of something else
        free = not standing.change_m[np.isin(problem.pair_unit, units)].any()
        fresh = found or ([part.value_m, part.bound_m] if free else [np.nan, np.nan])
        yield Fresh(units, float(fresh[0]), float(fresh[1]))


def _value(problem: Problem, assignment: AnyInts, units: Ints, centres: Ints) -> float:
    """Give what one part of a plan comes to: walks, rules and ties."""
    own = places_of(centres, problem.n_centres)[np.asarray(assignment)[units]]
    return audit(restricted(problem, units, centres), own, 0.0).value_m

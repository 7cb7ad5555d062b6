"""Rules that the plan before broke: opened where that is asked for, and what each that was mended has cost.

What a rule costs is found by doing without it: the community is cut once more, by the same price for each
home, as if there were no such rule; so many homes fewer would have changed hands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.demand.demand import Demand
from planner.model.arrays import Ints
from planner.model.certificate import Violation
from planner.model.tables import PlanTables
from planner.model.ties import MUST_TIES
from planner.plan.frames import positions
from planner.solve.keeping import Keeping, Recut, Standing
from planner.solve.recut import recut
from planner.solve.stop import Stop

if TYPE_CHECKING:
    from planner.api.task import Case

__all__ = ["Mended", "broken_anew", "broken_units", "mended"]


@dataclass(frozen=True, slots=True)
class Mended:
    """One rule that a community broke, and keeps now, or breaks less.

    Parameters
    ----------
    rule : str
        Its name.
    fence : str
        The community.
    zones : tuple of int
        Numbers of the zones that broke it before.
    excess_before, excess : float
        By how much in all, before and now, in units of the rule.
    homes : int
        How many homes fewer would change hands without this rule.
    """

    rule: str
    fence: str
    zones: tuple[int, ...]
    excess_before: float
    excess: float
    homes: int


def broken_units(tables: PlanTables, demand: Demand) -> Ints:
    """Give the units of today in which those centres live whose zones broke a rule in the plan before."""
    ids = tables.centres["centre_id"].to_numpy(object)
    broken = sorted({v.centre for v in tables.certificate.violations})
    now = positions(demand.centres["centre_id"], ids[broken])
    return np.asarray(demand.problem.home)[now[now >= 0]].astype(np.int64)


def broken_anew(case: Case, violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
    """Give the rules that zones break and did not break in the plan before.

    What that plan broke already is not mended unasked, and no repairs of it are sought every month.
    """
    wish = case.task.rezone
    before = None if case.before is None else case.before.tables
    if before is None or wish is None or wish.mend or wish.everywhere:
        return violations
    was, now = (p["centre_id"].to_numpy(object) for p in (before.centres, case.demand.centres))
    known = {(v.rule, was[v.centre]) for v in before.certificate.violations}
    return tuple(v for v in violations if (v.rule, now[v.centre]) not in known)


def mended(case: Case, found: Recut, violations: tuple[Violation, ...]) -> Iterator[Mended]:
    """Tell of each rule that was mended, by community.

    `violations`: of the plan that was found.
    """
    assert case.kept is not None
    assert case.before is not None
    tables, problem = case.before.tables, case.demand.problem
    assert tables is not None
    island = case.kept.island
    now = positions(case.demand.centres["centre_id"], tables.centres["centre_id"])
    home = np.asarray(problem.home)
    before: dict[tuple[int, str], list[Violation]] = {}
    for violation in tables.certificate.violations:
        at = now[violation.centre]
        # the zone of a centre that has retired is mended by that alone
        if at >= 0 and not case.kept.standing.closed[home[at]]:
            before.setdefault((int(island[home[at]]), violation.rule), []).append(violation)
    left: dict[tuple[int, str], float] = {}
    for violation in violations:
        key = int(island[home[violation.centre]]), violation.rule
        left[key] = left.get(key, 0.0) + violation.excess
    numbers = tables.centres["number"].to_numpy(int)
    for (part, rule), were in sorted(before.items()):
        excess_before, excess = sum(v.excess for v in were), left.get((part, rule), 0.0)
        if excess < excess_before - 1e-9:
            units = np.flatnonzero(island == part)
            fence = str(case.demand.units["fence"].iloc[units[0]])
            zones = tuple(sorted({int(numbers[v.centre]) for v in were}))
            homes = found.moved - _without(case, found, units, rule)
            yield Mended(rule, fence, zones, float(excess_before), float(excess), max(homes, 0))


def _without(case: Case, found: Recut, units: Ints, rule: str) -> int:
    """Count the homes that change hands in all if one part is cut again without a rule."""
    assert case.kept is not None
    assert case.before is not None
    problem, search = case.demand.problem, case.opened.project.search
    less = problem.replace(rules=tuple(r for r in problem.rules if r.name != rule))
    if rule == MUST_TIES and less.ties is not None:
        less = less.replace(ties=less.ties.take(~less.ties.hard))
    zone = np.asarray(found.result.assignment, np.int64).copy()
    zone[units] = -1
    standing = Standing(zone, (), case.kept.standing.change_m, case.kept.standing.held)
    stop = Stop(search.gap, max(search.seconds / 10, 1.0))
    assert case.task.rezone is not None
    # with the fewest no home moves for a shorter walk, and none would without the rule
    wish = Keeping(found.price_m, fewest=case.task.rezone.keeping.fewest)
    before = replace(case.before, tables=None)
    return recut(less, case.people_unit, before, standing, wish, stop=stop, seed=search.seed).moved

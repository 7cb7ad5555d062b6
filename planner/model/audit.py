"""Re-reads a finished plan and recomputes every figure, from the problem and the plan alone.

Nothing of the search is used here: an error there cannot hide here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.errors import PlannerError
from planner.model.arrays import Bools, Floats, Ints
from planner.model.certificate import Certificate, RuleOutcome, TieOutcome, Violation
from planner.model.problem import Problem, Result, ZoneRule
from planner.model.ties import MUST_TIES

__all__ = ["audit", "check"]

TOLERANCE = 1e-6  # share of a limit, or of a value, that rounding may account for


def audit(problem: Problem, assignment: ArrayLike, bound_m: float) -> Certificate:
    """Recompute cost, penalties, rules, ties and connection of a plan.

    Parameters
    ----------
    assignment : array_like of int, shape (n_units,)
        Centre of each unit, -1 for none.
    bound_m : float
        Proven lower bound that the search claims, metres.

    Returns
    -------
    Certificate
        A unit left out is charged for its load, one without load as if it had 1.

    Raises
    ------
    ValueError
        A unit is given a centre that may not serve it, or the length is wrong.
    """
    chosen = np.asarray(assignment, np.int64)
    if chosen.shape != (problem.n_units,):
        raise ValueError(f"{len(chosen)} units are assigned, but the problem has {problem.n_units}")
    pair = problem.pairs_of(chosen)
    served = pair >= 0
    used = pair[served]
    # A unit without load costs as one of 1: else plans would lose empty units for nothing.
    left_out = np.maximum(problem.load[~served], np.where(problem.load[~served] > 0, 0.0, 1.0))
    outcomes, violations, slack_m = _rules(problem, chosen)
    must, parted = _must(problem, chosen)
    return Certificate(
        cost_m=float((problem.load[served] * problem.walk_m[used]).sum()),
        penalty_m=float(
            problem.penalty_m[used].sum() + slack_m + problem.unserved_m * left_out.sum()
        ),
        change_m=float(problem.change_m[used].sum()),
        bound_m=float(bound_m),
        rules=(*outcomes, *must),
        violations=(*violations, *parted),
        disconnected=_disconnected(problem, chosen),
        unserved=int((~served).sum()),
        ties=_ties(problem, chosen),
    )


def check(problem: Problem, result: Result) -> Certificate:
    """Audit a result and refuse one that is not a plan at all.

    Raises
    ------
    PlannerError
        The length is wrong, a centre may not serve a unit it is given, a home is not in its own
        zone, a zone falls apart, or the bound lies above the value.
    """
    chosen = np.asarray(result.assignment, np.int64)
    try:
        certificate = audit(problem, chosen, result.bound_m)
    except ValueError as error:
        raise PlannerError.of("audit-other-problem", error=error) from None
    astray = np.flatnonzero(chosen[problem.home] != np.arange(problem.n_centres))
    if len(astray):
        raise PlannerError.of("audit-centre-astray", centre=astray[0])
    if certificate.disconnected:
        raise PlannerError.of("audit-not-connected", centre=certificate.disconnected[0])
    if any(v.rule in problem.hard for v in certificate.violations):
        # The bound is of plans that keep hard rules; whoever asked decides what this one is worth.
        return certificate
    allowed = certificate.value_m + TOLERANCE * max(abs(certificate.value_m), 1.0)
    if not certificate.bound_m <= allowed:
        raise PlannerError.of(
            "audit-bound-above-value", bound_m=certificate.bound_m, value_m=certificate.value_m
        )
    return certificate


def _rules(
    problem: Problem, chosen: Ints
) -> tuple[tuple[RuleOutcome, ...], tuple[Violation, ...], float]:
    outcomes: list[RuleOutcome] = []
    violations: list[Violation] = []
    total = 0.0
    for rule in problem.rules:
        amount = _per_zone(rule.amount, chosen, problem.n_centres)
        per = None if rule.per is None else _per_zone(rule.per, chosen, problem.n_centres)
        mine = rule.is_for(problem.fence[problem.home])
        own = np.zeros((2, problem.n_centres)) if rule.own is None else rule.own[:, problem.home]
        found = _violations(rule, amount, per, own, mine)
        violations += found
        total += rule.price_m * sum(v.excess for v in found)
        # A zone may be over and short at once (of a ratio to nobody): it is one zone that breaks it.
        zones = len({v.centre for v in found})
        outcomes.append(
            RuleOutcome(rule.name, rule.low, rule.high, *_extremes(amount, per, mine), zones)
        )
    return tuple(outcomes), tuple(violations), total


def _per_zone(weight: Floats, chosen: Ints, n_centres: int) -> Floats:
    served = chosen >= 0
    return np.asarray(np.bincount(chosen[served], weight[served], n_centres), np.float64)


def _violations(
    rule: ZoneRule, amount: Floats, per: Floats | None, own: Floats, mine: Bools
) -> list[Violation]:
    """List the zones of the rule that are over, then those that are short, by more than rounding."""
    found: list[Violation] = []
    counted = np.ones(len(amount)) if per is None else per
    for limit, sign, differs in ((rule.high, 1.0, own[1]), (rule.low, -1.0, own[0])):
        if limit is None:
            continue
        allowed = limit * counted + differs
        excess = sign * (amount - allowed)
        slack = TOLERANCE * np.maximum(1.0, np.abs(allowed))
        found += [
            Violation(rule.name, int(c), float(amount[c]), float(allowed[c]), float(excess[c]))
            for c in np.flatnonzero(mine & (excess > slack))
        ]
    return found


def _extremes(amount: Floats, per: Floats | None, mine: Bools) -> tuple[float, float]:
    """Smallest and largest zone; a ratio to nothing is infinite, nothing to nothing is left out."""
    if per is None:
        seen = amount[mine]
    else:
        # Homes without a member are infinitely many a member; neither is no ratio at all.
        with np.errstate(divide="ignore", invalid="ignore"):
            seen = amount[mine] / per[mine]
        seen = seen[~np.isnan(seen)]
    return (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 0.0)


def _ties(problem: Problem, chosen: Ints) -> TieOutcome | None:
    """Count who is in one zone, and who should be or should not; a unit left out is with nobody."""
    ties = problem.ties
    if ties is None:
        return None
    first, second = chosen[ties.a], chosen[ties.b]
    in_one = (first >= 0) & (first == second)
    people, compound = ties.people > 0, (ties.people == 0) & ~ties.apart

    def count(rows: Bools) -> int:
        return int(ties.people[rows].sum())

    return TieOutcome(
        kept=count(in_one & ~ties.apart),
        ties=count(people & ~ties.apart),
        parted=count(~in_one & ties.apart),
        aparts=count(people & ties.apart),
        joined=int((in_one & compound).sum()),
        neighbours=int(compound.sum()),
        broken_m=float(ties.price_m[in_one == ties.apart].sum()),
    )


def _must(problem: Problem, chosen: Ints) -> tuple[list[RuleOutcome], list[Violation]]:
    """Count the ties that must hold and do not, at the zone of the first of the two, or of the second."""
    ties = problem.ties
    if ties is None or not ties.hard.any():
        return [], []
    first, second = chosen[ties.a[ties.hard]], chosen[ties.b[ties.hard]]
    in_one, apart = (first >= 0) & (first == second), ties.apart[ties.hard]
    off = in_one == apart
    # two that nobody serves have no zone to tell it of: it is told of the first one that there is
    at = np.maximum(np.where(first >= 0, first, second)[off], 0)
    count = np.bincount(at, minlength=problem.n_centres)
    found = [
        Violation(MUST_TIES, int(c), float(count[c]), 0.0, float(count[c]))
        for c in np.flatnonzero(count)
    ]
    most = float(count.max(initial=0))
    return [RuleOutcome(MUST_TIES, None, 0.0, 0.0, most, len(found))], found


def _disconnected(problem: Problem, chosen: Ints) -> tuple[int, ...]:
    """Walk each zone from its home: list the centres that do not reach all their units."""
    first, second = problem.adjacency[:, 0], problem.adjacency[:, 1]
    inside = (chosen[first] == chosen[second]) & (chosen[first] >= 0)
    n = problem.n_units
    graph = coo_array((np.ones(int(inside.sum())), (first[inside], second[inside])), shape=(n, n))
    # Within a zone edges stay within it, so pieces of all zones are found in one run.
    _, piece = connected_components(graph, directed=False)
    served = np.flatnonzero(chosen >= 0)
    apart = piece[served] != piece[problem.home[chosen[served]]]
    stray = np.flatnonzero(chosen[problem.home] != np.arange(problem.n_centres))
    return tuple(int(c) for c in np.union1d(chosen[served[apart]], stray))

"""Repairs around the zones that break rules, each tried by solving again and checked by the auditor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.model.audit import audit
from planner.model.problem import Certificate, Problem, Violation, ZoneRule
from planner.plan.advice.excerpt import Excerpt, excerpt, with_centre, with_limit, without_centre
from planner.plan.advice.wording import Wording, added, dropped, widened
from planner.solve.stop import Clock
from planner.solve.zones.search import Stop, solve

__all__ = ["Candidate", "Repair", "repairs"]

FloatArray = NDArray[np.float64]
MOST_ZONES = 12
"""A repair is looked for among so many zones at most: the broken ones and those that touch them."""
MOST_TRIED = 6
GAP = 0.01


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who could become a centre.

    Parameters
    ----------
    name : str
        Id of the member.
    unit : int
        Position of the home among the units.
    """

    name: str
    unit: int


@dataclass(frozen=True, slots=True)
class Repair:
    """A change after which more rules hold, confirmed by solving again with it.

    Parameters
    ----------
    where : str
        Fence, else the label of the worst zone's centre.
    kind : str
        ``add_centre, drop_centre`` or ``widen``.
    change : mapping
        What to change: ``centre`` (id), or ``rule, side, limit``.
    what, what_zh : str
        In words.
    walk_change_m : float
        Metres of walking that it adds for each home around, negative if walks become shorter.
    broken_before, broken_after : int
        Rules broken by the zones around, before and after.
    homes_moved : int
        Homes around that change hands.
    """

    where: str
    kind: str
    change: Mapping[str, Any]
    what: str
    what_zh: str
    walk_change_m: float
    broken_before: int
    broken_after: int
    homes_moved: int


Walks = Callable[[int, NDArray[np.int64]], tuple[FloatArray, FloatArray]]
"""Unit of a new centre, units around: their walks to it (NaN: may not serve) and prices."""


@dataclass(eq=False)
class _Site:
    """The zones around one breach, and what stands there now."""

    problem: Problem
    part: Excerpt
    now: Certificate
    where: str
    names: tuple[str, ...]
    seed: int
    clock: Clock
    found: list[Repair] = field(default_factory=list)

    def offer(
        self, kind: str, change: Mapping[str, Any], wording: Wording, variant: Problem,
        plan: NDArray[np.int64], then: Certificate,
    ) -> None:  # fmt: skip
        """Keep a change if it leaves fewer rules broken."""
        before, after = len(self.now.violations), len(then.violations)
        if after >= before or then.unserved > self.now.unserved or then.disconnected:
            return
        homes = max(float(self.problem.households[self.part.units].sum()), 1.0)
        load = max(float(variant.load.sum()), 1.0)
        walk = (then.cost_m - self.now.cost_m) / load
        moved = int(variant.households[plan != self._same(kind, change)].sum())
        what, what_zh = wording(self.where, walk, before - after, after, min(moved, int(homes)))
        self.found.append(
            Repair(
                self.where, kind, dict(change), what, what_zh, round(walk, 1), before, after, moved
            )
        )

    def _same(self, kind: str, change: Mapping[str, Any]) -> NDArray[np.int64]:
        """Give the plan that stands, in the numbering of the variant."""
        stands = self.part.assignment
        if kind != "drop_centre":
            return stands
        gone = self.names.index(change["centre"])
        return np.where(stands == gone, -2, stands - (stands > gone))


def repairs(
    problem: Problem,
    assignment: NDArray[np.integer[Any]],
    *,
    names: tuple[str, ...],
    places: tuple[str, ...],
    candidates: tuple[Candidate, ...] = (),
    walks: Walks | None = None,
    seconds: float = 30.0,
    sites: int = 5,
    seed: int = 0,
) -> list[Repair]:
    """Look for the cheapest changes after which the rules hold, worst breach first.

    Parameters
    ----------
    problem : Problem
        What was solved.
    assignment : ndarray of int, shape (n_units,)
        The plan.
    names, places : tuple of str, length n_centres
        Id of each centre, and how its surroundings are called.
    candidates : tuple of Candidate
        Members who could become centres.
    walks : callable, optional
        Measures the walks to a new centre; without it none is proposed.
    seconds : float
        Time for all of it.
    sites : int
        How many breaches to look at.
    seed : int
        For the solver.

    Returns
    -------
    list of Repair
        For each breach the repairs that mend most, cheapest first; each was solved again, and the
        figures are those of the auditor.
    """
    clock = Clock(seconds)
    plan = np.asarray(assignment, np.int64)
    whole = audit(problem, plan, -np.inf)
    found: list[Repair] = []
    for group in _groups(problem, plan, whole.violations, sites):
        if clock.left <= 0:
            break
        part = excerpt(problem, plan, group)
        now = audit(part.problem, part.assignment, -np.inf)
        inside = tuple(names[c] for c in part.centres)
        worst = max(now.violations, key=lambda v: _weight(problem, v))
        where = places[int(part.centres[worst.centre])]
        site = _Site(problem, part, now, where, inside, seed, clock)
        _widen(site)
        if walks is not None:
            _add(site, candidates, walks)
        _drop(site)
        found += _best(site.found)
    return found


def _best(tried: list[Repair]) -> list[Repair]:
    """Of each kind the repair that mends most and costs least; the best kind first."""
    order = sorted(tried, key=lambda r: (r.broken_after, r.walk_change_m, r.what))
    first: dict[tuple[str, str], Repair] = {}
    for repair in order:
        first.setdefault((repair.kind, str(repair.change.get("rule", ""))), repair)
    return list(first.values())


def _weight(problem: Problem, v: Violation) -> float:
    rule = next(r for r in problem.rules if r.name == v.rule)
    return v.excess * (1e6 if rule.hard else rule.price_m)


def _groups(
    problem: Problem, plan: NDArray[np.int64], violations: tuple[Violation, ...], sites: int
) -> Iterator[NDArray[np.int64]]:
    """Gather the zones around the worst breaches; no breach is looked at twice."""
    weight = np.zeros(problem.n_centres)
    for v in violations:
        weight[v.centre] += _weight(problem, v)
    seen = np.zeros(problem.n_centres, bool)
    a, b = plan[problem.adjacency[:, 0]], plan[problem.adjacency[:, 1]]
    apart = (a != b) & (a >= 0) & (b >= 0)
    touching = np.unique(np.sort(np.stack([a[apart], b[apart]], 1), axis=1), axis=0)
    for _ in range(sites):
        open_ = np.where(seen, 0.0, weight)
        if not (open_ > 0).any():
            return
        group = [int(open_.argmax())]
        ring = 0
        while ring < len(group) and len(group) < MOST_ZONES:
            c = group[ring]
            near = np.unique(touching[(touching == c).any(axis=1)])
            near = near[np.lexsort((near, -weight[near]))]
            group += [int(n) for n in near if n not in group]
            ring += 1
        group = group[:MOST_ZONES]
        seen[group] = True
        yield np.array(sorted(group))


def _again(site: _Site, variant: Problem, start: NDArray[np.int64] | None) -> tuple[
    NDArray[np.int64], Certificate
]:  # fmt: skip
    """Solve a variant, and let the auditor say what came of it."""
    stop = Stop(gap=GAP, seconds=min(5.0, site.clock.left))
    found = solve(variant, stop=stop, start=start, seed=site.seed)
    plan = np.asarray(found.assignment, np.int64)
    return plan, audit(variant, plan, found.bound_m)


def _widen(site: _Site) -> None:
    """For each broken side of a rule, the least limit with which it holds here."""
    problem, now = site.part.problem, site.now
    for rule in problem.rules:
        for side in ("high", "low"):
            limit = getattr(rule, side)
            worst = _worst(rule, side, now.violations)
            if limit is None or worst is None:
                continue
            step = 1.0 if side == "high" else -1.0
            far = int(np.ceil(abs(worst - limit) - 1e-9))
            low, high, kept = 1, max(far, 1), None
            while low <= high and site.clock.left > 0:
                middle = (low + high) // 2 if kept is None or low < high else low
                variant = with_limit(problem, rule.name, side, limit + step * middle)
                plan, then = _again(site, variant, site.part.assignment)
                if _worst(rule, side, then.violations) is not None:
                    low = middle + 1
                else:
                    kept, high = (middle, plan, then, variant), middle - 1
            if kept is None:
                continue
            moved, plan, then, variant = kept
            value = limit + step * moved
            change = {"rule": rule.name, "side": side, "limit": value}
            site.offer("widen", change, widened(rule.name, side, value), variant, plan, then)


def _worst(rule: ZoneRule, side: str, violations: tuple[Violation, ...]) -> float | None:
    """Find the extreme that breaks this side, in the rule's own units."""
    ratios = []
    for v in violations:
        if v.rule != rule.name or (v.amount > v.limit) != (side == "high"):
            continue
        limit = getattr(rule, side)
        per = v.limit / limit if limit else 0.0
        ratios.append(v.amount if rule.per is None or per == 0 else v.amount / per)
    if not ratios:
        return None
    return max(ratios) if side == "high" else min(ratios)


def _add(site: _Site, candidates: tuple[Candidate, ...], walks: Walks) -> None:
    """Try the candidates who live where most walking would be saved."""
    part, problem = site.part, site.part.problem
    place = {int(u): i for i, u in enumerate(part.units)}
    taken = set(problem.home.tolist())
    homes: dict[int, str] = {}
    for candidate in sorted(candidates, key=lambda c: c.name):
        at = place.get(candidate.unit)
        if at is not None and at not in taken:
            homes.setdefault(at, candidate.name)
    if not homes:
        return
    pair = problem.pairs_of(part.assignment)
    walk = np.where(pair >= 0, problem.walk_m[pair], 0.0)
    offers: list[tuple[float, int, FloatArray, FloatArray]] = []
    for at in sorted(homes):
        new, price = walks(int(part.units[at]), part.units)
        gain = (problem.load * np.maximum(walk - np.nan_to_num(new, nan=np.inf), 0.0)).sum()
        offers.append((-float(gain), at, new, price))
    offers.sort(key=lambda o: o[:2])
    for _, at, new, price in offers[:MOST_TRIED]:
        if site.clock.left <= 0:
            return
        variant = with_centre(problem, at, new, price)
        plan, then = _again(site, variant, None)
        site.offer("add_centre", {"centre": homes[at]}, added(homes[at]), variant, plan, then)


def _drop(site: _Site) -> None:
    """Where zones are too small, try to do with one centre less."""
    problem = site.part.problem
    short = [v for v in site.now.violations if v.amount < v.limit]
    if not short or problem.n_centres < 2:
        return
    tried = sorted({v.centre for v in short}, key=lambda c: (-_most(short, c), c))[:MOST_TRIED]
    for c in tried:
        if site.clock.left <= 0:
            return
        variant = without_centre(problem, c)
        plan, then = _again(site, variant, None)
        name = site.names[c]
        site.offer("drop_centre", {"centre": name}, dropped(name), variant, plan, then)


def _most(violations: list[Violation], centre: int) -> float:
    return max(v.excess for v in violations if v.centre == centre)

"""Repairs around the zones that break rules, each tried by solving again and checked by the auditor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.errors import InfeasibleError
from planner.model.arrays import AnyInts, Floats, Ints
from planner.model.audit import audit
from planner.model.excerpt import Excerpt, excerpt, with_centre, with_limit, without_centre
from planner.model.problem import Certificate, Problem, Violation, ZoneRule
from planner.model.rules import rule_words
from planner.solve.stop import Clock
from planner.solve.zones.search import Stop, solve

__all__ = ["Around", "Candidate", "Repair", "limit_words", "repairs"]

# A repair is looked for among so many zones at most: the broken ones and those that touch them.
MOST_ZONES = 12
MOST_TRIED = 6
GAP = 0.01
SIDES = {"high": ("at most", "上限"), "low": ("at least", "下限")}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who could become a centre.

    `unit`: position of the home among the units.
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
    walk_change_m : float
        Metres of walking that it adds for each home around, negative if walks become shorter.
    broken_before, broken_after : int
        Rules broken by the zones around, before and after.
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


# Unit of a new centre, units around: their walks to it (NaN: may not serve) and prices.
Walks = Callable[[int, Ints], tuple[Floats, Floats]]


@dataclass(frozen=True, eq=False)
class Around:
    """What the numbers of a problem stand for, and what may be tried.

    `names` and `places`: id of each centre, and how its surroundings are called.
    `walks`: measures the walks to a new centre; without it none is proposed.
    """

    names: tuple[str, ...]
    places: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()
    walks: Walks | None = None


@dataclass(frozen=True, eq=False)
class _Variant:
    """One change, and the part of the problem with it."""

    kind: str
    change: Mapping[str, Any]
    words: tuple[str, str]
    problem: Problem
    keeps: bool = False
    """Whether the plan that is there can be the start: the centres are the same."""


@dataclass(frozen=True, eq=False)
class _Site:
    """The zones around one breach, and what is there now."""

    part: Excerpt
    now: Certificate
    where: str
    names: tuple[str, ...]
    seed: int
    clock: Clock

    def again(self, tried: _Variant) -> tuple[Ints, Certificate]:
        """Solve a variant, and let the auditor say what came of it."""
        stop = Stop(gap=GAP, seconds=min(5.0, self.clock.left))
        start = self.part.assignment if tried.keeps else None
        try:
            found = solve(tried.problem, stop=stop, start=start, seed=self.seed)
        except InfeasibleError:
            # what rules or ties that must hold forbid mends nothing
            return self.part.assignment, self.now
        plan = np.asarray(found.assignment, np.int64)
        return plan, audit(tried.problem, plan, found.bound_m)

    def offered(self, tried: _Variant, plan: Ints, then: Certificate) -> Iterator[Repair]:
        """Offer a change that leaves fewer rules broken."""
        before, after = len(self.now.violations), len(then.violations)
        if after >= before or then.unserved > self.now.unserved or then.disconnected:
            return
        walk = (then.cost_m - self.now.cost_m) / max(float(tried.problem.load.sum()), 1.0)
        moved = int(tried.problem.households[plan != self._same(tried)].sum())
        rest, rest_zh = f"{after} still broken", f"仍有{after}处不符"
        if after == 0:
            rest, rest_zh = "all rules hold here", "此处规则全部符合"
        what, what_zh = tried.words
        yield Repair(
            self.where,
            tried.kind,
            dict(tried.change),
            f"{self.where}: {what}: {before - after} broken rules mended, {rest}; "
            f"{walk:+.0f} m a home, {moved} homes change hands",
            f"{self.where}：{what_zh}，修复{before - after}处，{rest_zh}；户均步行{walk:+.0f}米，"
            f"变动{moved}户",
            round(walk, 1),
            before,
            after,
            moved,
        )

    def _same(self, tried: _Variant) -> Ints:
        """Give the present plan in the numbering of the variant."""
        now = self.part.assignment
        if tried.kind != "drop_centre":
            return now
        # -2 is nobody of the variant: homes of the dropped centre all count as moved
        gone = self.names.index(tried.change["centre"])
        return np.where(now == gone, -2, now - (now > gone))


def repairs(
    problem: Problem,
    assignment: AnyInts,
    around: Around,
    *,
    seconds: float = 30.0,
    sites: int = 5,
    seed: int = 0,
    breaches: tuple[Violation, ...] | None = None,
) -> list[Repair]:
    """Look for the cheapest changes after which the rules hold, worst breach first.

    `assignment`, shape (n_units,): the plan.
    `breaches`: those around which repairs are sought; all of the plan by default.
    Gives: for each breach the repairs that mend most, cheapest first; each was solved again, and the
    figures are those of the auditor.
    """
    clock = Clock(seconds)
    plan = np.asarray(assignment, np.int64)
    if breaches is None:
        breaches = audit(problem, plan, -np.inf).violations
    found: list[Repair] = []
    # Small problems around each breach: the whole district would take minutes a try, and a repair
    # acts on its neighbours only.
    for group in _groups(problem, plan, breaches, sites):
        if clock.left <= 0:
            break
        part = excerpt(problem, plan, group)
        now = audit(part.problem, part.assignment, -np.inf)
        inside = tuple(around.names[c] for c in part.centres)
        worst = max(now.violations, key=lambda v: _weight(problem, v))
        where = around.places[int(part.centres[worst.centre])]
        site = _Site(part, now, where, inside, seed, clock)
        found += _best([*_widened(site), *_added(site, around), *_dropped(site)])
    return found


def _best(tried: list[Repair]) -> list[Repair]:
    """Of each kind the repair that mends most and costs least; the best kind first."""
    order = sorted(tried, key=lambda r: (r.broken_after, r.walk_change_m, r.what))
    first: dict[tuple[str, str], Repair] = {}
    for repair in order:
        first.setdefault((repair.kind, str(repair.change.get("rule", ""))), repair)
    return list(first.values())


def _weight(problem: Problem, v: Violation) -> float:
    rule = next((r for r in problem.rules if r.name == v.rule), None)
    if rule is None:  # of ties that must hold
        return v.excess * 1e6
    return v.excess * (1e6 if rule.hard else rule.price_m)


def _groups(
    problem: Problem, plan: Ints, violations: tuple[Violation, ...], sites: int
) -> Iterator[Ints]:
    """Gather the zones around the worst breaches; no breach is looked at twice."""
    # By what a breach costs and not by how many there are: a hard rule outweighs every elastic one.
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


def _widened(site: _Site) -> Iterator[Repair]:
    """For each broken side of a rule, the least limit with which it holds here."""
    for rule in site.part.problem.rules:
        for side in ("high", "low"):
            limit, worst = getattr(rule, side), _worst(rule, side, site.now.violations)
            if limit is not None and worst is not None:
                yield from _least(site, rule, side, int(np.ceil(abs(worst - limit) - 1e-9)))


def _least(site: _Site, rule: ZoneRule, side: str, far: int) -> Iterator[Repair]:
    """Halve the way to a limit that surely holds."""
    step = 1 if side == "high" else -1
    low, high = 1, max(far, 1)
    kept: tuple[_Variant, Ints, Certificate] | None = None
    while low <= high and site.clock.left > 0:
        middle = (low + high) // 2 if kept is None or low < high else low
        # Halving is sound, for a rule that holds under a limit holds under any wider one.
        limit = getattr(rule, side) + step * float(middle)
        change = {"rule": rule.name, "side": side, "limit": limit}
        variant = with_limit(site.part.problem, rule.name, side, limit)
        tried = _Variant("widen", change, limit_words(rule.name, side, limit), variant, True)
        plan, then = site.again(tried)
        if _worst(rule, side, then.violations) is not None:
            low = middle + 1
        else:
            kept, high = (tried, plan, then), middle - 1
    if kept is not None:
        yield from site.offered(*kept)


def limit_words(rule: str, side: str, limit: float) -> tuple[str, str]:
    """Word the repair "another limit", in English and Chinese."""
    what_zh, what = rule_words(rule)
    word, word_zh = SIDES[side]
    return f"allow {word} {limit:g} {what}", f"将{what_zh}{word_zh}放宽到{limit:g}"


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


def _added(site: _Site, around: Around) -> Iterator[Repair]:
    """Try the candidates who live where most walking would be saved."""
    part, problem = site.part, site.part.problem
    at = {int(u): i for i, u in enumerate(part.units)}
    taken = set(problem.home.tolist())
    homes: dict[int, str] = {}
    for candidate in sorted(around.candidates, key=lambda c: c.name):
        home = at.get(candidate.unit)
        if home is not None and home not in taken:
            homes.setdefault(home, candidate.name)
    if not homes or around.walks is None:
        return
    pair = problem.pairs_of(part.assignment)
    walk = np.where(pair >= 0, problem.walk_m[pair], 0.0)
    offers: list[tuple[float, int, Floats, Floats]] = []
    for home in sorted(homes):
        new, price = around.walks(int(part.units[home]), part.units)
        gain = (problem.load * np.maximum(walk - np.nan_to_num(new, nan=np.inf), 0.0)).sum()
        offers.append((-float(gain), home, new, price))
    offers.sort(key=lambda o: o[:2])
    for _, home, new, price in offers[:MOST_TRIED]:
        if site.clock.left <= 0:
            return
        name, variant = homes[home], with_centre(problem, home, new, price)
        words = f"add {name} as a centre", f"增设中心户{name}"
        tried = _Variant("add_centre", {"centre": name}, words, variant)
        yield from site.offered(tried, *site.again(tried))


def _dropped(site: _Site) -> Iterator[Repair]:
    """Where zones are too small, try to do with one centre less."""
    problem = site.part.problem
    short = [v for v in site.now.violations if v.amount < v.limit]
    if not short or problem.n_centres < 2:
        return
    worst: dict[int, float] = {}
    for v in short:
        worst[v.centre] = max(v.excess, worst.get(v.centre, 0.0))
    for c in sorted(worst, key=lambda c: (-worst[c], c))[:MOST_TRIED]:
        if site.clock.left <= 0:
            return
        name = site.names[c]
        words = f"do without centre {name}", f"撤并中心户{name}"
        tried = _Variant("drop_centre", {"centre": name}, words, without_centre(problem, c))
        yield from site.offered(tried, *site.again(tried))

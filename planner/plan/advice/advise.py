"""What to tell a planner whose rules cannot all hold: the arithmetic, and repairs that were tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from planner.demand.demand import Demand
from planner.errors import InfeasibleError
from planner.model.arrays import AnyInts, Floats, Ints
from planner.model.audit import audit
from planner.model.clash import RuleClash, TieClash
from planner.model.excerpt import beside_walks
from planner.model.problem import Certificate, Result, Violation
from planner.model.project import Search
from planner.model.rules import RuleBook, rule_words
from planner.network import Network
from planner.plan.advice import Around, Candidate, Clash, Repair, arithmetic, fitting_rules, repairs
from planner.plan.advice.arithmetic import counts_of, fitting_of_fences
from planner.solve.zones.search import Stop, solve

__all__ = ["Advice", "Setting", "advise", "in_names", "refuse_broken", "with_repairs"]

MOST_NAMED = 5
Must = Mapping[tuple[int, int], str]
"""Where the ties that must hold stand in their sheet, by the two units."""
NONE: Must = MappingProxyType({})


@dataclass(frozen=True)
class Advice:
    """What clashes, and what would mend it.

    `clashes`: what the counts alone rule out: the district first, then each fence.
    `repairs`: changes that were solved again with and confirmed, worst breach first.
    `fitting`: the nearest rule book that the district's counts allow; None if the present one is.
    `by_fence`: the nearest rules that the counts of a community allow, where its own are not.
    """

    clashes: tuple[Clash, ...] = ()
    repairs: tuple[Repair, ...] = ()
    fitting: RuleBook | None = None
    by_fence: Mapping[str, RuleBook] = field(default_factory=dict)

    def to_mapping(self) -> dict[str, Any]:
        """Give plain values, for files."""
        return {
            "clashes": [asdict(c) for c in self.clashes],
            "repairs": [{**asdict(r), "change": dict(r.change)} for r in self.repairs],
            "fitting": None if self.fitting is None else _limits(self.fitting),
            "fitting_by_fence": {name: _limits(book) for name, book in self.by_fence.items()},
        }

    @classmethod
    def of_counts(cls, demand: Demand, rules: RuleBook) -> Advice:
        """Say what the counts alone rule out, before anything is solved."""
        units, centres = demand.units, demand.centres
        counts = counts_of(units, centres, rules)
        fitting = fitting_rules(counts, rules)
        return cls(
            tuple(arithmetic(units, centres, rules)),
            (),
            None if fitting is rules else fitting,
            fitting_of_fences(units, centres, rules),
        )


def _limits(rules: RuleBook) -> Mapping[str, Any]:
    return {name: {"low": b.low, "high": b.high} for name, b in rules.bounds.items()}


@dataclass(frozen=True, eq=False)
class Setting:
    """What was asked for, and where.

    `demand`: units, centres, and where each unit joins the network; `Demand.problem` is the one that is
    solved.
    `members`: ``id``, in the order of `Demand.member_unit`: any of them may become a centre.
    `network`: to measure the walks to a new centre.
    """

    demand: Demand
    members: pd.DataFrame
    network: Network
    rules: RuleBook

    def walks(self, unit: int, around: Ints) -> tuple[Floats, Floats]:
        """Measure walks from units to a new centre, and price them, as the problem itself does."""
        snaps, problem, walk = self.demand.snaps, self.demand.problem, self.rules.walk
        found = self.network.walks(
            snaps.take(np.array([unit])), snaps.take(around), limit_m=walk.reach
        )
        walk_m = np.full(len(around), np.nan)
        walk_m[found.target] = found.walk_m
        walk_m[problem.fence[around] != problem.fence[unit]] = np.nan
        if walk.hard:
            walk_m[walk_m > walk.limit_m] = np.nan
        price = problem.load[around] * walk.charge_m(walk_m) + beside_walks(problem, walk)[around]
        return walk_m, np.nan_to_num(price)


def advise(
    counted: Advice,
    setting: Setting,
    result: Result,
    search: Search,
    breaches: tuple[Violation, ...] | None = None,
) -> Advice:
    """Try repairs around the zones that break rules.

    `breaches`: those to be mended; all that there are by default.

    Gives: with repairs; none if no rule is broken.
    """
    demand, centres = setting.demand, setting.demand.centres
    chosen = set(centres["centre_id"])
    candidates = tuple(
        Candidate(str(name), int(unit))
        for name, unit in zip(setting.members["id"], demand.member_unit, strict=True)
        if unit >= 0 and name not in chosen
    )
    # where there are no fences, a breach is placed by the address of its centre
    fence = centres["fence"].astype(str)
    around = centres["label"].astype(str).where(centres["label"] != "", centres["centre_id"])
    found = repairs(
        demand.problem,
        result.assignment,
        Around(
            tuple(centres["centre_id"].astype(str)),
            tuple(fence.where(fence != "", around)),
            candidates,
            setting.walks,
        ),
        seconds=search.advice_seconds,
        seed=search.seed,
        breaches=breaches,
    )
    return replace(counted, repairs=tuple(found))


def with_repairs(
    refused: InfeasibleError, setting: Setting, search: Search, must: Must = NONE
) -> InfeasibleError:
    """Say what would mend hard rules that cannot hold: plan with elastic ones, and repair that."""
    counted = Advice.of_counts(setting.demand, setting.rules)
    problem = setting.demand.problem.softened()
    softened = replace(setting, demand=replace(setting.demand, problem=problem))
    # Two per cent will do: the plan is only asked which zones break rules, and the user waits for a
    # refusal.
    stop = Stop(gap=0.02, seconds=min(search.seconds, search.advice_seconds))
    result = solve(problem, stop=stop, seed=search.seed)
    advice = advise(counted, softened, result, search)
    repairs, clashes = advice.repairs[:3], advice.clashes[:3]
    given = _given_up(setting.demand, result.assignment, must)
    return InfeasibleError(
        "; ".join([refused.message, *(c.what for c in clashes)]),
        certificate=audit(problem, result.assignment, result.bound_m),
        remedy="; or ".join([*(en for _, en in given), *(r.what for r in repairs)])
        or refused.remedy,
        clash=refused.clash,
        proven=refused.proven,
        zh="；".join([refused.zh, *(c.what_zh for c in clashes)]),
        remedy_zh="；或".join([*(zh for zh, _ in given), *(r.what_zh for r in repairs)])
        or refused.remedy_zh,
    )


def _given_up(demand: Demand, assignment: AnyInts, must: Must) -> list[tuple[str, str]]:
    """Say which ties that must hold the cheapest plan gives up, Chinese and English; one sentence or none."""
    ties = demand.problem.ties
    if ties is None:
        return []
    broken = np.flatnonzero(ties.hard & ties.broken(assignment))
    if not len(broken):
        return []
    ends = [_ends(demand, must, int(ties.a[k]), int(ties.b[k])) for k in broken[:MOST_NAMED]]
    more = f"（等{len(broken)}对）" if len(broken) > len(ends) else ""
    more_en = f" ({len(broken)} in all)" if more else ""
    rest = int(ties.hard.sum()) - len(broken)
    return [
        (
            "放弃代价最小的关系（写明折合米数或删去该行）："
            + "、".join(f"{a[0]}与{b[0]}" for a, b in ends)
            + f"{more}，其余{rest}对即可满足",
            "give up the cheapest ties (a price in their rows, or take them out): "
            + ", ".join(f"{a[1]} and {b[1]}" for a, b in ends)
            + f"{more_en}; the other {rest} then hold",
        )
    ]


def _ends(demand: Demand, must: Must, a: int, b: int) -> list[tuple[str, str]]:
    """Name two units that are tied; the second with the rows of the sheet."""
    units = demand.units
    names = [str(units["label"].iloc[u] or units["unit_id"].iloc[u]) for u in (a, b)]
    row = must.get((a, b), "")
    return [
        (names[0], names[0]),
        (f"{names[1]}（第{row}行）", f"{names[1]} (row {row})") if row else (names[1], names[1]),
    ]


def in_names(refused: InfeasibleError, demand: Demand, must: Must = NONE) -> InfeasibleError:
    """Name the centre and the community, or the two units, that a refusal speaks of by position.

    `must`: where ties that must hold stand, by their two units.
    """
    clash = refused.clash
    if isinstance(clash, TieClash):
        return clash.error(
            *_ends(demand, must, clash.a, clash.b),
            remedy=(refused.remedy_zh, refused.remedy),
            certificate=refused.certificate,
            proven=refused.proven,
        )
    if not isinstance(clash, RuleClash):
        return refused
    row, fence = demand.centres.iloc[clash.centre], str(demand.units["fence"].iloc[clash.unit])
    label = f" ({row['label']})" if row["label"] else ""
    return clash.error(
        (f"中心户{row['centre_id']}{label}", f"centre {row['centre_id']}{label}"),
        (fence or "全区", fence or "the district"),
        remedy=(refused.remedy_zh, refused.remedy),
        certificate=refused.certificate,
        proven=refused.proven,
    )


def refuse_broken(demand: Demand, certificate: Certificate, advice: Advice) -> None:
    """Refuse a plan that breaks a hard rule.

    Raises `InfeasibleError`: the search ends with an error of its own where it has a proof; so this is
    not one, and says so.
    """
    broken = [v for v in certificate.violations if v.rule in demand.problem.hard]
    if not broken:
        return
    worst = max(broken, key=lambda v: v.excess)
    centre = demand.centres["centre_id"].iloc[worst.centre]
    rule_zh, rule = rule_words(worst.rule)
    repairs = advice.repairs[:3]
    raise InfeasibleError(
        f"no plan that keeps the hard rule on {rule} was found in time, and whether there is one is "
        f"not known: the zone of centre {centre} has {worst.amount:g}, allowed is {worst.limit:g}",
        certificate=certificate,
        remedy="; or ".join(r.what for r in repairs)
        or "allow more seconds, make the rule elastic, add a centre there, or widen the limit",
        proven=False,
        zh=f"限时内未找到满足硬性规则“{rule_zh}”的方案，是否存在尚未证明："
        f"中心户{centre}的责任区为{worst.amount:g}，限值为{worst.limit:g}",
        remedy_zh="；或".join(r.what_zh for r in repairs)
        or "请延长时限、将该规则改为弹性、在该处增设中心户或放宽上下限",
    )

"""What to tell a planner whose rules cannot all hold: the arithmetic, and repairs that were tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from planner.demand.demand import Demand
from planner.errors import InfeasibleError
from planner.model.arrays import Floats, Ints
from planner.model.audit import audit
from planner.model.clash import RuleClash
from planner.model.excerpt import beside_walks
from planner.model.problem import Certificate, Result
from planner.model.project import Search
from planner.model.rules import RuleBook, rule_words
from planner.network import Network
from planner.plan.advice import Around, Candidate, Clash, Repair, arithmetic, fitting_rules, repairs
from planner.plan.advice.arithmetic import counts_of, fitting_of_fences
from planner.solve.zones.search import Stop, solve

__all__ = ["Advice", "Setting", "advise", "in_names", "refuse_broken", "with_repairs"]


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


def advise(counted: Advice, setting: Setting, result: Result, search: Search) -> Advice:
    """Try repairs around the zones that break rules.

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
    )
    return replace(counted, repairs=tuple(found))


def with_repairs(refused: InfeasibleError, setting: Setting, search: Search) -> InfeasibleError:
    """Say what would mend hard rules that cannot hold: plan with elastic ones, and repair that."""
    counted = Advice.of_counts(setting.demand, setting.rules)
    elastic = tuple(replace(rule, hard=False) for rule in setting.demand.problem.rules)
    problem = setting.demand.problem.replace(rules=elastic)
    softened = replace(setting, demand=replace(setting.demand, problem=problem))
    # Two per cent will do: the plan is only asked which zones break rules, and the user waits for a
    # refusal.
    stop = Stop(gap=0.02, seconds=min(search.seconds, search.advice_seconds))
    result = solve(problem, stop=stop, seed=search.seed)
    advice = advise(counted, softened, result, search)
    repairs, clashes = advice.repairs[:3], advice.clashes[:3]
    return InfeasibleError(
        "; ".join([refused.message, *(c.what for c in clashes)]),
        certificate=audit(problem, result.assignment, result.bound_m),
        remedy="; or ".join(r.what for r in repairs) or refused.remedy,
        clash=refused.clash,
        proven=refused.proven,
        zh="；".join([refused.zh, *(c.what_zh for c in clashes)]),
        remedy_zh="；或".join(r.what_zh for r in repairs) or refused.remedy_zh,
    )


def in_names(refused: InfeasibleError, demand: Demand) -> InfeasibleError:
    """Name the centre and the community that a refusal of the search speaks of by position."""
    clash = refused.clash
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
    hard = {rule.name for rule in demand.problem.rules if rule.hard}
    broken = [v for v in certificate.violations if v.rule in hard]
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

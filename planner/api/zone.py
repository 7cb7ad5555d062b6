"""The stages in order, one call a line: read this page first.

Files come in, narrow to a `Problem`, are solved, and widen to a `Plan`; nothing flows back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from planner.api.plan import Plan
from planner.demand.bind import Strengths, bind, strengths_in
from planner.demand.demand import Demand, build_demand
from planner.demand.ground import Ground, read_ground
from planner.demand.locate import locate
from planner.demand.trust import trusted
from planner.errors import ConfigError, Finding, InfeasibleError, Severity
from planner.intake.fences.read import survey_fences
from planner.intake.online import Estimate
from planner.intake.online.consent import Online, Pace
from planner.intake.residents import Residents, read_households, read_members
from planner.intake.tie_sheet import TieSheet, read_ties
from planner.model import audit
from planner.model.problem import Certificate, Problem, Result
from planner.model.project import Affinity, Project, Search
from planner.model.rules import RuleBook
from planner.network import Network
from planner.plan.advice.advise import Advice, Setting, advise, with_repairs
from planner.plan.build import assemble
from planner.plan.draft import Survey
from planner.plan.guiding import Guides, guided, read_guides
from planner.plan.previous import PreviousPlan, place_previous, read_previous_plan
from planner.plan.provenance import stamped
from planner.render.notebook import NotebookProgress, in_notebook
from planner.solve import rezone
from planner.solve.zones.search import Progress, Stop, solve

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["STAGES", "Event", "Listener", "make_plan", "run"]

STAGES = ("read", "ground", "geocode", "demand", "zones", "check", "advice", "draw")
MOVE_PRICE_M = 200.0


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a run, for whoever shows its progress.

    Parameters
    ----------
    stage : str
        One of `STAGES`.
    done : float
        Share of the stage that is done, 0 to 1.
    detail : str
        What is known so far, such as the optimality gap.
    """

    stage: str
    done: float
    detail: str = ""


Listener = Callable[[Event], None]


@dataclass(eq=False)
class _Clock:
    """Times the stages and tells the listener."""

    listener: Listener | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.tell(Event(name, 0.0))
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
        self.tell(Event(name, 1.0))

    def tell(self, event: Event) -> None:
        if self.listener is not None:
            self.listener(event)


def run(
    project: Project,
    *,
    previous: Plan | str | Path | None = None,
    move_price_m: float = MOVE_PRICE_M,
    fit_rules: bool = False,
    offline: bool = False,
    consent: Callable[[Estimate], bool] | None = None,
    listener: Listener | None = None,
) -> Plan:
    """Do the whole job that a project file states.

    Parameters
    ----------
    project : Project
        From `Project.read`.
    previous : Plan or path, optional
        The plan that stands now; homes that change hands are charged for.  A path may also be a sheet
        that the office keeps, with the columns 编号/id and 中心户/centre: a roster, or a plan drawn by
        hand.
    move_price_m : float
        Metres charged for each home that changes hands.
    fit_rules : bool
        Where the district's counts rule out the rule book, plan under the nearest one that they allow;
        see `planner.plan.advice.fitting_rules`.
    offline : bool
        Send nothing, whatever the project file says; answers that were kept are still used.
    consent : callable, optional
        Told what an online provider would be asked before anything is sent; False sends nothing.
        Without it, naming the provider in the project file is the consent.
    listener : callable, optional
        Told of every `Event`; in a notebook bars are drawn if there is none.

    Returns
    -------
    Plan

    Raises
    ------
    InputError, NetworkError, ConfigError
        A file cannot be used as it is.
    InfeasibleError
        Hard rules cannot hold together.
    """
    listener = listener or _bars()
    clock, inputs = _Clock(listener), project.inputs
    online = Online.of(project, consent)
    with clock.stage("read"):
        households = read_households(inputs.households)
        members = read_members(inputs.members)
        fences = None if inputs.fences is None else survey_fences(inputs.fences)
        ties = None if inputs.ties is None else read_ties(inputs.ties)
        asked = bool(project.affinity.talents)
        strengths = strengths_in(inputs.members, members) if asked else None
        guides = read_guides(project.levels, inputs.members, members)
    with clock.stage("ground"):
        ground = read_ground(inputs, households.kept)
    return make_plan(
        households,
        members,
        ground,
        rules=project.rules,
        fences=None if fences is None else fences.layer,
        findings=() if fences is None else fences.findings,
        search=project.search,
        affinity=project.affinity,
        ties=ties,
        strengths=strengths,
        guides=guides,
        previous=previous,
        move_price_m=move_price_m,
        fit_rules=fit_rules,
        datum=None if inputs.datum == "wgs84" else inputs.datum,
        online=online.offline() if online and offline else online,
        title=project.title,
        listener=listener,
        seconds=clock.seconds,
    )


def make_plan(
    households: Residents,
    members: Residents,
    ground: Ground | Network | str | Path,
    *,
    rules: RuleBook | None = None,
    fences: gpd.GeoDataFrame | None = None,
    findings: Sequence[Finding] = (),
    search: Search | None = None,
    affinity: Affinity | None = None,
    ties: TieSheet | str | Path | None = None,
    strengths: Strengths | None = None,
    guides: Sequence[Guides] = (),
    previous: Plan | str | Path | None = None,
    move_price_m: float = MOVE_PRICE_M,
    fit_rules: bool = False,
    datum: str | None = None,
    online: Online | None = None,
    title: str = "",
    listener: Listener | None = None,
    seconds: Mapping[str, float] | None = None,
) -> Plan:
    """Make zones for residents on walkable ground.

    Parameters
    ----------
    households, members : Residents
        From `read_households` and `read_members`.
    ground : Ground, Network or path
        What is walked on and where addresses are looked up: a street extract, or a network alone for
        homes that come with lon/lat.
    rules : RuleBook, optional
        The default profile if None.
    fences : GeoDataFrame, optional
        Polygons with a column ``fence``; else the residents' community is the fence.
    findings : sequence of Finding
        What was noticed before, such as in the fences: the plan carries it along.
    search : Search, optional
        When to stop; the seed.
    affinity : Affinity, optional
        What ties and talents are worth.
    ties : TieSheet or path, optional
        Who belongs together, and who is to be kept apart.
    strengths : mapping, optional
        Id of each member -> what the member is good at; needed where talents are asked for.
    guides : sequence of Guides
        Who can look after the centres, and so on up; from `planner.plan.guiding.read_guides`.
    previous, move_price_m, fit_rules
        See `run`.
    datum : str, optional
        ``wgs84, gcj02`` or ``bd09``: what the residents' lon/lat are in.  The ground must not say
        otherwise.
    online : Online, optional
        A provider to ask for addresses that the ground does not know; nothing is sent without it.
    title : str
        Heading of the map and the summary.
    listener : callable, optional
        Told of every `Event`; in a notebook bars are drawn if there is none.
    seconds : mapping, optional
        Time already spent, by stage.

    Returns
    -------
    Plan
        Checked by `audit`, whose figures it carries.

    Raises
    ------
    ConfigError
        Nobody is marked as a centre.
    DatumError
        The coordinates are in another datum than was declared.
    NetworkError
        The streets do not cover the homes.
    InfeasibleError
        Hard rules cannot hold together.
    """
    clock = _Clock(listener or _bars(), dict(seconds or {}))
    rules, search = rules or RuleBook.profile(), search or Search()
    sheet = read_ties(ties) if isinstance(ties, str | Path) else ties
    standing = None if previous is None else _standing(previous)
    noticed: tuple[Finding, ...] = ()
    with clock.stage("ground"):
        ground = Ground.of(ground)
    with clock.stage("geocode"):
        households = trusted(households, ground, datum=datum).residents
        members = trusted(members, ground, datum=datum).residents
        tell = partial(_tell_online, clock, Pace())
        located = locate(households, members, ground, fences, online=online, progress=tell)
    with clock.stage("demand"):
        demand = build_demand(located.households, located.members, ground.network, rules)
        _refuse_without_centres(demand)
        fitting = Advice.of_counts(demand, rules).fitting if fit_rules else None
        if fitting is not None:
            rules, noticed = fitting, (_other_rules(rules, fitting),)
            demand = build_demand(located.households, located.members, ground.network, rules)
        bound = bind(
            demand, located, affinity=affinity or Affinity(), sheet=sheet, strengths=strengths
        )
        demand, noticed = bound.demand, (*noticed, *bound.findings)
    with clock.stage("zones"):
        before = None
        if standing is not None:
            before, said = place_previous(standing, located, demand, move_price_m)
            noticed += said
        try:
            problem, result = _solve(demand, before, search, clock)
        except InfeasibleError as refused:
            if not search.advice_seconds:
                raise
            setting = Setting(demand, located.members, ground.network, rules)
            raise with_repairs(refused, setting, search) from None
        demand = replace(demand, problem=problem)
    with clock.stage("check"):
        certificate = audit.check(problem, result)
    with clock.stage("advice"):
        advice = Advice.of_counts(demand, rules)
        if certificate.violations and search.advice_seconds > 0:
            setting = Setting(demand, located.members, ground.network, rules)
            advice = advise(advice, setting, result, search)
        _refuse_broken_hard_rules(problem, certificate, demand, advice)
    with clock.stage("draw"):
        survey = Survey(located, demand, ground, fences, rules)
        tables = assemble(survey.draft(before, bound.helpers), result, certificate, survey)
        tables = guided(tables, guides, located, demand, ground, datum=datum)
    tables = stamped(
        tables, ground, title=title, seed=search.seed, seconds=clock.seconds,
        sources=(*households.sources, *members.sources, *(sheet.sources if sheet else ())),
        synthetic=households.synthetic or members.synthetic,
        previous=None if standing is None else standing.fingerprint,
    )  # fmt: skip
    asked = None if located.asked is None else located.asked.to_dict()
    told = {"online": asked, "advice": advice.to_mapping()}
    tables = replace(tables, findings=(*findings, *noticed, *tables.findings))
    return Plan.of(replace(tables, provenance={**tables.provenance, **told}))


def _other_rules(asked: RuleBook, taken: RuleBook) -> Finding:
    """Say which limits were moved to where the counts are."""
    names = ("members_per_zone", "households_per_member", "households_per_zone")
    moved = "; ".join(
        f"{name} {getattr(asked, name)} -> {getattr(taken, name)}"
        for name in names
        if getattr(asked, name) != getattr(taken, name)
    )
    return Finding(
        "rules-fitted", Severity.WARN,
        f"the rules of {asked.name} do not fit the counts; planned under the nearest that do: {moved}",
        f"规则 {asked.name} 与实际数量不符，已按最接近的可行规则规划：{moved}",
    )  # fmt: skip


def _standing(previous: Plan | str | Path) -> PreviousPlan:
    if isinstance(previous, str | Path):
        return read_previous_plan(previous)
    return PreviousPlan.of(previous)


def _bars() -> Listener | None:
    return NotebookProgress() if in_notebook() else None


def _tell_online(clock: _Clock, pace: Pace, done: int, total: int) -> None:
    clock.tell(Event("geocode", done / max(total, 1), pace(done, total)))


def _solve(
    demand: Demand, before: rezone.Previous | None, search: Search, clock: _Clock
) -> tuple[Problem, Result]:
    stop = Stop(gap=search.gap, seconds=search.seconds)

    def tell(p: Progress) -> None:
        share = p.done / p.total if p.total else 0.0
        clock.tell(Event("zones", share, _gap_words(p)))

    if before is None:
        return demand.problem, solve(demand.problem, stop=stop, seed=search.seed, progress=tell)
    people = np.concatenate([demand.household_unit, demand.member_unit])
    return rezone.resolve(
        demand.problem, people, before, stop=stop, seed=search.seed, progress=tell
    )


def _gap_words(p: Progress) -> str:
    if not (np.isfinite(p.value_m) and np.isfinite(p.bound_m)) or p.value_m <= 0:
        return ""
    return f"within {100 * max(p.value_m - p.bound_m, 0.0) / p.value_m:.2f} %"


def _refuse_without_centres(demand: Demand) -> None:
    if not len(demand.centres):
        raise ConfigError(
            "no member with a known home is marked as a centre",
            remedy="mark the central households in the column 是否中心户/centre with 是 or yes",
        )


def _refuse_broken_hard_rules(
    problem: Problem, certificate: Certificate, demand: Demand, advice: Advice
) -> None:
    hard = {rule.name for rule in problem.rules if rule.hard}
    broken = [v for v in certificate.violations if v.rule in hard]
    if broken:
        worst = max(broken, key=lambda v: v.excess)
        centre = demand.centres["centre_id"].iloc[worst.centre]
        raise InfeasibleError(
            f"the hard rule {worst.rule} cannot hold: the zone of centre {centre} has "
            f"{worst.amount:g}, allowed is {worst.limit:g}",
            certificate=certificate,
            remedy="; or ".join([r.what for r in advice.repairs[:3]])
            or "make the rule elastic, add a centre there, or widen the limit",
        )

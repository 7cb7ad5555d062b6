"""The stages in order, one call a line: read this page first.

Files come in, narrow to a `Problem`, are solved, and widen to a `Plan`; nothing flows back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from planner.api.opening import Estimate, Online, Opened, online_of, open_project
from planner.api.people import people_in
from planner.api.plan import Plan
from planner.api.progress import Clock, Listener
from planner.demand.bind import bind
from planner.demand.demand import Demand, build_demand
from planner.demand.ground import Ground
from planner.demand.locate import Located
from planner.errors import ConfigError, Finding, InfeasibleError, Severity
from planner.intake.residents import Residents
from planner.intake.sheets.formats.grids import opened_once
from planner.model import audit
from planner.model.problem import Certificate, Problem, Result
from planner.model.project import Inputs, Project, Search
from planner.model.rules import RuleBook
from planner.model.tables import PlanTables
from planner.model.ties import Helpers
from planner.network import Network
from planner.plan.advice.advise import (
    Advice,
    Setting,
    advise,
    in_names,
    refuse_broken,
    with_repairs,
)
from planner.plan.build import assemble
from planner.plan.draft import Survey
from planner.plan.guiding import guided
from planner.plan.previous import PreviousPlan, place_previous, read_previous_plan
from planner.plan.provenance import stamped
from planner.solve import rezone
from planner.solve.zones.search import Progress, Stop, solve

__all__ = ["STAGES", "make_plan", "run", "run_and_save"]

STAGES = ("read", "ground", "geocode", "demand", "zones", "check", "advice", "draw")


@dataclass(frozen=True, eq=False)
class Wish:
    """What is asked of this run, beside what the project says.

    Parameters
    ----------
    previous : PreviousPlan or None
        The plan that stands.
    move_price_m : float
        Metres charged for each home that changes hands.
    fit_rules : bool
        Plan under the nearest rules that the counts allow.
    online : Online or None
        A service to ask for addresses that the ground does not know.
    """

    previous: PreviousPlan | None
    move_price_m: float
    fit_rules: bool = False
    online: Online | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """People and streets as a problem of numbers, with the way back to their ids.

    Parameters
    ----------
    opened : Opened
    located : Located
    rules : RuleBook
        The project's, or the nearest that fit.
    demand : Demand
    helpers : Helpers or None
        Households that a member looks after already.
    before : Previous or None
        Where people were, if the plan is a re-cut.
    findings : tuple of Finding
        What was noticed on the way.
    """

    opened: Opened
    located: Located
    rules: RuleBook
    demand: Demand
    helpers: Helpers | None = None
    before: rezone.Previous | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def setting(self) -> Setting:
        """What repairs are sought around."""
        return Setting(self.demand, self.located.members, self.opened.ground.network, self.rules)


@dataclass(frozen=True, eq=False)
class Solved:
    """What the search found, and what an independent reading of it says.

    Parameters
    ----------
    result : Result
    certificate : Certificate
    advice : Advice
        What would mend broken rules.
    """

    result: Result
    certificate: Certificate
    advice: Advice


def run(
    project: Project,
    *,
    previous: Plan | str | Path | None = None,
    move_price_m: float | None = None,
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
    move_price_m : float, optional
        Metres charged for each home that changes hands; the project's ``[affinity] move_price_m`` if None.
    fit_rules : bool
        Where the district's counts rule out the rule book, plan under the nearest one that they allow;
        see `planner.plan.advice.fitting_rules`.
    offline : bool
        Send nothing, whatever the project file says; answers that were kept are still used.
    consent : callable, optional
        Told what an online provider would be asked before anything is sent; False sends nothing.
        Without it, naming the provider in the project file is the consent.
    listener : callable, optional
        Told of every `planner.api.progress.Event`; in a notebook bars are drawn if there is none.

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
    clock, online = Clock.of(listener), online_of(project, consent, offline=offline)
    wish = _wish(project, previous, move_price_m, fit_rules, online)
    return zoned(open_project(project, clock), wish, clock)


def run_and_save(
    project: Project,
    folder: str | Path,
    *,
    previous: Plan | str | Path | None = None,
    move_price_m: float | None = None,
    fit_rules: bool = False,
    offline: bool = False,
    consent: Callable[[Estimate], bool] | None = None,
    listener: Listener | None = None,
) -> tuple[Plan, dict[str, Path]]:
    """Do the whole job and write it: `run`, then `Plan.save`, whose gate knows the sheets' people.

    Parameters are those of `run`, and the folder; what is given back is the plan and where each file lies.
    """
    clock, online = Clock.of(listener), online_of(project, consent, offline=offline)
    wish = _wish(project, previous, move_price_m, fit_rules, online)
    with opened_once():
        opened = open_project(project, clock)
        people = people_in(project, (opened.households, opened.members))
    plan = zoned(opened, wish, clock)
    return plan, plan.save(folder, people=people)


def make_plan(
    households: Residents,
    members: Residents,
    ground: Ground | Network | str | Path,
    *,
    rules: RuleBook | None = None,
    search: Search | None = None,
    previous: Plan | str | Path | None = None,
    move_price_m: float | None = None,
    title: str = "",
) -> Plan:
    """Make zones for residents on walkable ground.

    Fences, ties, talents, guides and an online service are stated in a `Project`: see `run`.

    Parameters
    ----------
    households, members : Residents
        From `read_households` and `read_members`.
    ground : Ground, Network or path
        What is walked on and where addresses are looked up: a street extract, or a network alone for
        homes that come with lon/lat.
    rules : RuleBook, optional
        The default profile if None.
    search : Search, optional
        When to stop; the seed.
    previous, move_price_m
        See `run`.
    title : str
        Heading of the map and the summary.

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
    clock = Clock.of(None)
    # the files were read by the caller, so the project names none
    project = Project(
        Inputs(Path(), Path()), rules or RuleBook.profile(), search or Search(), title=title
    )
    wish = _wish(project, previous, move_price_m)
    with clock.stage("ground"):
        opened = Opened(project, households, members, Ground.of(ground))
    return zoned(opened, wish, clock)


def zoned(opened: Opened, wish: Wish, clock: Clock) -> Plan:
    """Go through the stages: what was read becomes a plan."""
    believed, located = place(opened, wish, clock)
    case = demand(believed, located, wish, clock)
    case, solved = settle(case, clock)
    tables = draw(case, solved, clock)
    return tell(case, wish, solved, tables, clock)


def place(opened: Opened, wish: Wish, clock: Clock) -> tuple[Opened, Located]:
    """Hold coordinates, addresses and streets against each other, then give everyone a place."""
    with clock.stage("geocode"):
        believed = opened.believed()
        return believed, believed.placed(wish.online, clock)


def demand(opened: Opened, located: Located, wish: Wish, clock: Clock) -> Case:
    """Turn people and walks into demand units, centres, rules, ties and prices."""
    project, network = opened.project, opened.ground.network
    rules, said = project.rules, ()
    with clock.stage("demand"):
        made = build_demand(located.households, located.members, network, rules)
        _refuse_without_centres(made)
        fitting = Advice.of_counts(made, rules).fitting if wish.fit_rules else None
        if fitting is not None:
            said = (_other_rules(rules, fitting),)
            rules = fitting
            made = build_demand(located.households, located.members, network, rules)
        bound = bind(
            made, located, affinity=project.affinity, sheet=opened.ties, strengths=opened.strengths
        )
        before, noticed = None, ()
        if wish.previous is not None:
            before, noticed = place_previous(
                wish.previous, located, bound.demand, wish.move_price_m
            )
    findings = (*said, *bound.findings, *noticed)
    return Case(opened, located, rules, bound.demand, bound.helpers, before, findings)


def settle(case: Case, clock: Clock) -> tuple[Case, Solved]:
    """Search, audit what was found from the problem and the plan alone, and seek repairs.

    The case comes back with the prices of changes in its problem, if the plan is a re-cut.
    """
    search = case.opened.project.search
    with clock.stage("zones"):
        problem, result = _searched(case, search, clock)
        case = replace(case, demand=replace(case.demand, problem=problem))
    with clock.stage("check"):
        certificate = audit.check(problem, result)
    with clock.stage("advice"):
        advice = Advice.of_counts(case.demand, case.rules)
        if certificate.violations and search.advice_seconds > 0:
            advice = advise(advice, case.setting, result, search)
        solved = Solved(result, certificate, advice)
        refuse_broken(case.demand, certificate, advice)
    return case, solved


def draw(case: Case, solved: Solved, clock: Clock) -> PlanTables:
    """Staff the zones, give them shapes, list the gaps, fill the levels above the centres."""
    opened = case.opened
    with clock.stage("draw"):
        survey = Survey(case.located, case.demand, opened.ground, opened.fences, case.rules)
        draft = survey.draft(case.before, case.helpers)
        tables = assemble(draft, solved.result, solved.certificate, survey)
        return guided(
            tables, opened.guides, case.located, case.demand, opened.ground, datum=opened.datum
        )


def tell(case: Case, wish: Wish, solved: Solved, tables: PlanTables, clock: Clock) -> Plan:
    """Say where the plan comes from, what was noticed, and what would mend it."""
    opened, located = case.opened, case.located
    tables = stamped(
        tables,
        opened.ground,
        title=opened.project.title,
        seed=opened.project.search.seed,
        seconds=clock.seconds,
        sources=opened.sources,
        synthetic=opened.households.synthetic or opened.members.synthetic,
        previous=None if wish.previous is None else wish.previous.fingerprint,
    )
    asked = None if located.asked is None else located.asked.to_dict()
    pieces = [asdict(piece) for piece in case.demand.pieces]
    told = {"online": asked, "advice": solved.advice.to_mapping(), "pieces": pieces}
    told["smallest"] = opened.project.smallest
    findings = (*opened.findings, *case.findings, *tables.findings)
    provenance = {**tables.provenance, **told}
    return Plan.of(replace(tables, findings=findings, provenance=provenance))


def _wish(
    project: Project,
    previous: Plan | str | Path | None,
    move_price_m: float | None,
    fit_rules: bool = False,
    online: Online | None = None,
) -> Wish:
    if isinstance(previous, str | Path):
        known = read_previous_plan(previous)
    else:
        known = None if previous is None else PreviousPlan.of(previous)
    price = project.affinity.move_price_m if move_price_m is None else move_price_m
    return Wish(known, price, fit_rules, online)


def _other_rules(asked: RuleBook, taken: RuleBook) -> Finding:
    """Say which limits were moved to where the counts are."""
    names = ("members_per_zone", "households_per_member", "households_per_zone")
    moved = "; ".join(
        f"{name} {getattr(asked, name)} -> {getattr(taken, name)}"
        for name in names
        if getattr(asked, name) != getattr(taken, name)
    )
    return Finding(
        "rules-fitted",
        Severity.WARN,
        f"the rules of {asked.name} do not fit the counts; planned under the nearest that do: {moved}",
        f"规则 {asked.name} 与实际数量不符，已按最接近的可行规则规划：{moved}",
    )


def _searched(case: Case, search: Search, clock: Clock) -> tuple[Problem, Result]:
    stop, problem = Stop(gap=search.gap, seconds=search.seconds), case.demand.problem

    def say(p: Progress) -> None:
        clock.tell("zones", p.done / p.total if p.total else 0.0, _gap_words(p))

    try:
        if case.before is None:
            return problem, solve(problem, stop=stop, seed=search.seed, progress=say)
        people = np.concatenate([case.demand.household_unit, case.demand.member_unit])
        return rezone.resolve(
            problem, people, case.before, stop=stop, seed=search.seed, progress=say
        )
    except InfeasibleError as refused:
        named = in_names(refused, case.demand)
        if not search.advice_seconds:
            raise named from None
        raise with_repairs(named, case.setting, search) from None


def _gap_words(p: Progress) -> str:
    if not (np.isfinite(p.value_m) and np.isfinite(p.bound_m)) or p.value_m <= 0:
        return ""
    return f"within {100 * max(p.value_m - p.bound_m, 0.0) / p.value_m:.2f} %"


def _refuse_without_centres(made: Demand) -> None:
    if not len(made.centres):
        raise ConfigError(
            "no member with a known home is marked as a centre",
            remedy="mark the central households in the column 是否中心户/centre with 是 or yes",
        )

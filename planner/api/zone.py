"""The stages in order, one call a line: read this page first.

Files come in, narrow to a `Problem`, are solved, and widen to a `Plan`; nothing flows back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from planner.api.checkpoint import Checkpoint
from planner.api.opening import Estimate, Opened, alone, online_of, open_project
from planner.api.people import seal_of
from planner.api.plan import AUDIENCE_OF, Plan
from planner.api.progress import Clock, Listener
from planner.api.rezone.account import rezoned
from planner.api.rezone.broken_rules import broken_anew
from planner.api.rezone.wish import kept_from
from planner.api.standing import care_of
from planner.api.task import Case, Solved, Task, Wishes
from planner.demand.demand import build_demand
from planner.demand.locate import Located
from planner.demand.ties.bind import bind
from planner.errors import ConfigError, Finding, InfeasibleError
from planner.files import begin_beside, mark_as_read, probe
from planner.intake.sheets.headings import role_of
from planner.model import audit
from planner.model.problem import Problem, Result
from planner.model.project import Project, Search
from planner.model.rules import RuleBook, rule_words
from planner.model.schema import MEMBERS, PREVIOUS
from planner.model.tables import PlanTables
from planner.plan.advice.advise import Advice, advise, in_names, refuse_broken, with_repairs
from planner.plan.build import assemble
from planner.plan.changes import refuse_parted
from planner.plan.draft import Survey
from planner.plan.guiding import guided
from planner.plan.ledger import Ledger, require_centres
from planner.plan.previous import place_previous
from planner.plan.provenance import locks_of, stamped
from planner.plan.store.past import with_past
from planner.plan.undisturbed import ground_of, with_shapes_of
from planner.plan.venues import venues_told
from planner.privacy import SEAL
from planner.solve import rezone
from planner.solve.keeping import Recut
from planner.solve.recut import recut
from planner.solve.zones.anneal import first_run
from planner.solve.zones.search import Progress, Stop, solve
from planner.solve.zones.together.company import helped

__all__ = [
    "STAGES",
    "Wishes",
    "demand",
    "draw",
    "judge",
    "place",
    "run",
    "run_and_save",
    "tell",
    "zoned",
]

STAGES = ("read", "ground", "geocode", "demand", "zones", "check", "advice", "draw")


def run(
    project: Project | Mapping[str, Any] | str | Path,
    *,
    previous: Plan | str | Path | None = None,
    move_price_m: float | None = None,
    fit_rules: bool = False,
    allow_missing_centres: bool = False,
    offline: bool = False,
    consent: Callable[[Estimate], bool] | None = None,
    listener: Listener | None = None,
) -> Plan:
    """Do the whole job that a project file states.

    Parameters
    ----------
    project : Project, path or mapping
        A project file, or the folder it lies in; or what such a file states.
    previous, move_price_m, fit_rules, allow_missing_centres, offline
        See `Wishes`.
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
        A file cannot be used as it is, or centres have no place.
    InfeasibleError
        Hard rules cannot hold together.
    """
    wishes = Wishes(previous, move_price_m, fit_rules, allow_missing_centres, offline)
    project, clock = Project.of(project), Clock.of(listener)
    previous_plan = wishes.previous_plan(project.inputs.told(PREVIOUS))
    online = online_of(project, consent, offline=offline)
    opened = open_project(project, clock)
    return zoned(Task(opened, wishes, previous_plan, online), clock)


def run_and_save(
    project: Project,
    folder: str | Path,
    wishes: Wishes | None = None,
    *,
    consent: Callable[[Estimate], bool] | None = None,
    listener: Listener | None = None,
    replacing: bool = False,
    resume: str | Path | None = None,
) -> tuple[Plan, dict[str, Path]]:
    """Do the whole job and write it: `run`, then `Plan.save`, whose gate knows the sheets' people.

    A search of more than some seconds keeps its best plan so far in the folder, until the plan is written.

    Parameters
    ----------
    project : Project
    folder : str or Path
        Tried before the search begins.
    wishes, consent, listener
        See `run`.
    replacing : bool
        See `Plan.save`.
    resume : str or Path, optional
        Folder of a run that was ended: the search goes on from the best plan that it had found.

    Returns
    -------
    Plan
    dict of str to Path
        Where each file lies.
    """
    wishes = wishes or Wishes()
    mark_as_read(*project.files)
    clock = Clock.of(listener)
    previous = wishes.previous_plan(project.inputs.told(PREVIOUS))
    # a folder that cannot be written is told of before minutes of search
    probe(folder, AUDIENCE_OF, replacing=replacing)
    online = online_of(project, consent, offline=wishes.offline)
    with alone(folder):
        saved = Checkpoint.of(folder, resume)
        opened = open_project(project, clock)
        plan = zoned(Task(opened, wishes, previous, online, checkpoint=saved), clock)
        written = plan.save(folder, people=opened.people, replacing=replacing)
        saved.drop(plan.provenance["stopped"])
        return plan, written


def zoned(task: Task, clock: Clock) -> Plan:
    """Go through the stages: what was read becomes a plan."""
    task, located = place(task, clock)
    case = demand(task, located, clock)
    case, solved = settle(case, clock)
    tables = draw(case, solved, clock)
    return tell(case, solved, tables, clock)


def place(task: Task, clock: Clock) -> tuple[Task, Located]:
    """Hold coordinates, addresses and streets against each other, then give everyone a place."""
    with clock.stage("geocode"):
        believed = task.opened.believed()
        return replace(task, opened=believed), believed.placed(task.online, clock)


def demand(task: Task, located: Located, clock: Clock) -> Case:
    """Turn people and walks into demand units, centres, rules, ties and prices."""
    opened, wishes = task.opened, task.wishes
    project, network = opened.project, opened.ground.network
    rules, said = project.rules, ()
    with clock.stage("demand"):
        made = build_demand(located.households, located.members, network, rules)
        if not len(made.centres):
            raise _without_centres(opened)
        require_centres(Ledger.of(located, made), allow_missing=wishes.allow_missing_centres)
        fitting = Advice.of_counts(made, rules).fitting if wishes.fit_rules else None
        if fitting is not None:
            said = (_other_rules(rules, fitting),)
            rules = fitting
            made = build_demand(located.households, located.members, network, rules)
        bound = bind(
            made,
            located,
            affinity=project.affinity,
            sheet=opened.ties,
            strengths=opened.strengths,
            shares=project.shares,
            care=care_of(opened, located) if project.shares else (),
            wishes=opened.wishes,
        )
        before, kept, noticed = None, None, ()
        if task.previous is not None:
            before, noticed = place_previous(
                task.previous, located, bound.demand, task.move_price_m
            )
            if task.rezone is not None:
                kept = kept_from(task.rezone, before, located, bound.demand)
                noticed = (*noticed, *kept.findings)
            elif task.previous.tables is not None and (n := len(locks_of(task.previous.tables))):
                noticed = (*noticed, Finding.of("locks-not-kept", n=n))
    findings = (*said, *bound.findings, *noticed)
    people = (bound.demand, bound.helpers, before, kept, findings, bound.wished, bound.must)
    return Case(task, located, rules, *people, cared=bound.cared)


def settle(case: Case, clock: Clock) -> tuple[Case, Solved]:
    """Search, audit what was found from the problem and the plan alone, and seek repairs.

    The case comes back with the prices of changes in its problem, if the plan is a re-cut.
    """
    with clock.stage("zones"), helped(begin_beside):
        found = _searched(case, case.opened.project.search, clock)
        if case.task.checkpoint is not None:
            case.task.checkpoint.end(found.result if isinstance(found, Recut) else found[1])
    judged, solved = judge(case, found, clock)
    if case.task.checkpoint is not None and solved.result.stopped == "interrupt":
        case.task.checkpoint.end(solved.result)
    return judged, solved


def judge(case: Case, found: tuple[Problem, Result] | Recut, clock: Clock) -> tuple[Case, Solved]:
    """Audit what was found, from the problem and the plan alone, and seek repairs."""
    search, recut = case.opened.project.search, found if isinstance(found, Recut) else None
    problem, result = (found.problem, found.result) if isinstance(found, Recut) else found
    if case.kept is not None:
        # a lock that connection forbids is no plan: it is refused, and never left out in silence
        held = case.kept.standing.held
        # by the words of the map: an id of today stands in no file yet
        units = case.demand.units
        names = units["label"].where(units["label"] != "", units["unit_id"])
        refuse_parted(names, held, result.assignment)
    # the search of a re-cut puts prices of changes into the problem: the audit must see them
    case = replace(case, demand=replace(case.demand, problem=problem))
    with clock.stage("check"):
        certificate = audit.check(problem, result)
    with clock.stage("advice"):
        advice = Advice.of_counts(case.demand, case.rules)
        # whoever ended the search by hand is not made to wait for repairs
        asked = broken_anew(case, certificate.violations) if search.advice_seconds > 0 else ()
        if asked and result.stopped != "interrupt":
            try:
                advice = advise(advice, case.setting, result, search, asked)
            except KeyboardInterrupt:
                # the plan is there: whoever ends the run now is not made to lose it for its repairs
                result = replace(result, stopped="interrupt")
        solved = Solved(result, certificate, advice, recut)
        refuse_broken(case.demand, certificate, advice)
    return case, solved


def draw(case: Case, solved: Solved, clock: Clock) -> PlanTables:
    """Staff the zones, give them shapes, list the gaps, fill the levels above the centres."""
    opened = case.opened
    with clock.stage("draw"):
        survey = Survey(case.located, case.demand, opened.ground, opened.fences, case.rules)
        was = None if case.kept is None or case.before is None else case.before.tables
        still = np.zeros(0, bool)
        if was is not None and case.kept is not None:
            still = case.kept.standing.closed[case.demand.problem.home]
            survey = replace(
                survey, standing=ground_of(was, case.demand.centres["centre_id"], still)
            )
        draft = survey.draft(case.before, case.helpers, case.cared, case.wished)
        wish = case.task.rezone
        most_lost = None if wish is None else wish.keeping.member_budget
        tables = assemble(draft, solved.result, solved.certificate, survey, most_lost)
        if was is not None:
            tables = with_shapes_of(tables, was, still, survey.plane)
        return guided(
            tables, opened.guides, case.located, case.demand, opened.ground, datum=opened.datum
        )


def tell(case: Case, solved: Solved, tables: PlanTables, clock: Clock) -> Plan:
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
        previous=None if case.task.previous is None else case.task.previous.fingerprint,
    )
    asked = None if located.asked is None else located.asked.to_dict()
    pieces = [asdict(piece) for piece in case.demand.pieces]
    told = {"online": asked, "advice": solved.advice.to_mapping(), "pieces": pieces}
    told["smallest"] = opened.project.smallest
    findings = (*opened.findings, *case.findings, *tables.findings)
    if opened.project.organisation:
        told["organisation"] = asdict(opened.project.organisation)
    if opened.kinds:
        told["centre_kinds"] = dict(sorted(opened.kinds.items()))
    if opened.venues is not None:
        findings = (*findings, *opened.venues.findings)
        snaps, network = case.demand.snaps, opened.ground.network
        told["venues"] = venues_told(opened.venues.frame, network, snaps)
    told |= rezoned(case, solved, tables)
    before = case.before.tables if case.kept is not None and case.before is not None else None
    if opened.people is not None:
        # a plan keeps events of its past: whoever has left since is known by the digests of that time
        told[SEAL] = seal_of(opened.people, before and before.provenance.get(SEAL))
    provenance = {**tables.provenance, **told}
    made = replace(tables, findings=findings, provenance=provenance)
    return Plan.of(made if before is None else with_past(made, before))


class _Told(TypedDict):
    stop: Stop
    seed: int
    progress: Callable[[Progress], None]


def _other_rules(asked: RuleBook, taken: RuleBook) -> Finding:
    """Say which limits were moved to where the counts are."""
    moved = [
        (*rule_words(name), f"{old} -> {taken.bounds[name]}")
        for name, old in asked.bounds.items()
        if taken.bounds[name] != old
    ]
    told = {
        "moved": "; ".join(f"{en} {limits}" for _, en, limits in moved),
        "moved_zh": "；".join(f"{zh}{limits}" for zh, _, limits in moved),
    }
    return Finding.of("rules-fitted", name=asked.name, **told)


def _searched(case: Case, search: Search, clock: Clock) -> tuple[Problem, Result] | Recut:
    stop, problem = Stop(gap=search.gap, seconds=search.seconds), case.demand.problem

    kept, saved = case.kept, case.task.checkpoint
    begun = None if saved is None else saved.begin(case)

    def say(p: Progress) -> None:
        clock.tell("zones", p.done / p.total if p.total else 0.0, _gap_words(p), p)
        if saved is not None:
            saved.offer(p)

    if first_run():
        said = "the first run compiles the search, some twenty seconds 首次运行需编译，约二十秒"
        clock.tell("zones", 0.0, said)
    try:
        if case.before is None:
            return problem, solve(problem, stop=stop, start=begun, seed=search.seed, progress=say)
        people = case.people_unit
        told: _Told = {"stop": stop, "seed": search.seed, "progress": say}
        if kept is None or case.task.rezone is None:
            return rezone.resolve(problem, people, case.before, begun=begun, **told)
        standing, wish = replace(kept.standing, begun=begun), case.task.rezone.keeping
        return recut(problem, people, case.before, standing, wish, **told)
    except InfeasibleError as refused:
        named = in_names(refused, case.demand, case.must)
        if not search.advice_seconds:
            raise named from None
        raise with_repairs(named, case.setting, search, case.must) from None


def _gap_words(p: Progress) -> str:
    if not (np.isfinite(p.value_m) and np.isfinite(p.bound_m)) or p.value_m <= 0:
        return ""
    gap = f"within {100 * max(p.value_m - p.bound_m, 0.0) / p.value_m:.2f} %"
    if p.part is None or p.part.limit not in _LIMITS:
        return gap
    of = f" {p.part.number + 1}/{p.total}" if p.total > 1 else ""
    return f"{gap}; part 分区{of}: {_LIMITS[p.part.limit]}"


_LIMITS = {
    "plan": "the plan was the weaker half 方案尚可改进",
    "bound": "the proof was the weaker half 证明尚可加强",
    "neither": "neither plan nor proof moved 方案与证明均无进展",
}


def _without_centres(opened: Opened) -> ConfigError:
    """Say that nobody is a centre; where the other sheet says who is one, the two are exchanged."""
    marks = [h for h in sorted(opened.households.unread) if role_of(h, MEMBERS) == "is_centre"]
    if marks and not any("is_centre" in own for own in opened.members.headings.values()):
        return ConfigError.of("centre-column-misplaced", header=marks[0])
    return ConfigError.of("no-centres")

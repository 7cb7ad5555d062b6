"""The verb: a plan, what happened since, and how much may change hands become the next plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from planner.api.opening import Estimate, Opened, alone, online_of, open_project
from planner.api.people import require_office
from planner.api.plan import AUDIENCE_OF, Plan
from planner.api.progress import Clock, Listener
from planner.api.rezone.wish import RezoneWish
from planner.api.task import Case, Task, Wishes
from planner.api.zone import demand, draw, judge, place, tell, zoned
from planner.errors import ConfigError, Finding
from planner.files import free_file, probe, write_files
from planner.intake.events.apply import OF_ZONES, Register, registered, with_rules
from planner.intake.events.read import EventSheet, read_events
from planner.model import audit
from planner.model.events import Event
from planner.model.given import Source, one_source
from planner.model.problem import Problem
from planner.model.project import Project
from planner.model.schema import EVENTS, Table
from planner.plan.changes import office
from planner.plan.previous import PreviousPlan
from planner.privacy import Secrets
from planner.render.books.change_book import change_bytes
from planner.solve.keeping import Keeping, Recut
from planner.solve.recut import curve
from planner.solve.stop import Stop

__all__ = [
    "Changed",
    "CurvePoint",
    "Keeping",
    "Options",
    "problem_of",
    "rezone",
    "rezone_and_save",
    "rezone_curve",
    "write_template",
]

_OVER_HOMES = ("home-out", "home-move", "home-minutes")
_OVER_MEMBERS = ("member-out", "member-move", "member-rest", "centre-out", "centre-new")
"""Kinds of earlier events that go before what a sheet says of somebody."""


@dataclass(frozen=True, eq=False)
class Changed:
    """What is different from what the plan was made of.

    Parameters
    ----------
    changes : path or DataFrame, optional
        A sheet of events; see `planner.intake.events.read.read_events`.
    households, members : path or DataFrame, optional
        The office's register of today, in place of the project's: it knows all that happened before to those
        that it lists, and nothing of the others, nor of rules.
    """

    changes: Any = None
    households: Any = None
    members: Any = None

    def project(self, project: Project | str | Path) -> Project:
        """Give the project with the register of today."""
        found = Project.of(project)
        sheets = {"households": self.households, "members": self.members}
        named = {name: sheet for name, sheet in sheets.items() if sheet is not None}
        return replace(found, inputs=replace(found.inputs, **named)) if named else found

    def known(self, event: Event) -> bool:
        """Whether a register that is handed in anew knows of an earlier event."""
        if event.kind in OF_ZONES:
            return False
        sheet = self.households if event.kind.startswith("home") else self.members
        return sheet is not None


def rezone(
    plan: Plan | str | Path,
    project: Project | str | Path,
    changed: Changed | None = None,
    keeping: Keeping | None = None,
    *,
    options: Options | None = None,
    when: datetime | None = None,
    listener: Listener | None = None,
) -> Plan:
    """Re-cut a plan where something happened.

    Parameters
    ----------
    plan : Plan or path
        The plan that stands; a path may be that of its folder.
    project : Project or path
        What it was made from.
    changed : Changed, optional
        What happened since; without it only the files of the project may have changed.
    keeping : Keeping, optional
        A price for each home that changes hands (by default the project's), a number of homes, or the fewest.
    options : Options, optional
        How it is run; ``replacing`` and ``take`` are for what is written.
    when : datetime, optional
        Time of recording; now by default.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    Plan
        Zones of parts that nothing happened to are those of `plan`; ``provenance["rezone"]`` has ``moved,
        forced, least, price_m, budget, fewest, bound_m, open_units``.

    Raises
    ------
    InputError
        A file cannot be used as it is, or events name nobody.
    InfeasibleError
        Hard rules cannot hold, or more homes must change hands than the budget allows.
    """
    clock = Clock.of(listener)
    wish = _Wish(plan, project, changed or Changed(), keeping, options or Options(), when)
    return zoned(wish.task(clock), clock)


def rezone_and_save(
    plan: str | Path,
    project: Project,
    folder: str | Path,
    changed: Changed,
    keeping: Keeping | None = None,
    *,
    options: Options | None = None,
    listener: Listener | None = None,
) -> tuple[Plan, dict[str, Path]]:
    """Do what `rezone` does, and write the plan: `Plan.save`, whose gate knows the sheets' people."""
    options, clock = options or Options(), Clock.of(listener)
    probe(folder, AUDIENCE_OF, replacing=options.replacing)
    wish = _Wish(plan, project, changed, keeping, options)
    with alone(folder, plan):
        task = wish.task(clock)
        if options.take is None:
            made = zoned(task, clock)
        else:
            case = _case(task, clock)
            made = _taken(case, options.chosen(_curve(case)), clock)
        return made, made.save(folder, people=task.opened.people, replacing=options.replacing)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One plan of the curve.

    Parameters
    ----------
    number : int
        From 1; what `Options.take` asks for.
    homes_moved, forced : int
        Homes that change hands, and those that do so in every plan.
    price_m : float
        Metres that one home changing hands had to be worth.
    value_m, bound_m : float
        Walks, rules and ties of the plan, metres; the least that plans with as few homes moved come to.
    """

    number: int
    homes_moved: int
    forced: int
    price_m: float
    value_m: float
    bound_m: float


@dataclass(frozen=True, eq=False)
class Options:
    """How a re-zoning is run.

    Parameters
    ----------
    everywhere : bool
        Solve all parts again, also those that nothing happened to.
    mend : bool
        Solve also those again whose zones broke a rule, and tell what each rule that was mended costs.
    by : str
        The office that decided, for the plan's history; never a person.
    allow_missing_centres, offline, consent
        See `planner.api.zone.run`.
    replacing : bool
        See `planner.api.plan.Plan.save`.
    take : int, optional
        Number of a point of the curve, from 1, that is made a plan.
    """

    everywhere: bool = False
    mend: bool = False
    by: str = ""
    allow_missing_centres: bool = False
    offline: bool = False
    consent: Callable[[Estimate], bool] | None = None
    replacing: bool = False
    take: int | None = None

    def chosen(self, points: list[Recut]) -> Recut:
        """Give the point that was asked for.

        Raises `ConfigError`: the curve has none of that number.
        """
        assert self.take is not None
        if not 1 <= self.take <= len(points):
            raise ConfigError.of("curve-no-point", n=len(points), take=self.take)
        return points[self.take - 1]


def rezone_curve(
    plan: Plan | str | Path,
    project: Project | str | Path,
    changed: Changed | None = None,
    *,
    options: Options | None = None,
    listener: Listener | None = None,
) -> list[CurvePoint]:
    """Give the plans between "nothing moves that need not" and "best walks".

    Returns
    -------
    list of CurvePoint
        From the fewest homes that change hands to the shortest walks; each beats all before it in walks and
        rules.
    """
    options, clock = options or Options(), Clock.of(listener)
    wish = _Wish(plan, project, changed or Changed(), None, options)
    case = _case(wish.task(clock), clock)
    with clock.stage("zones"):
        return [
            CurvePoint(
                number,
                point.moved,
                point.forced,
                point.price_m,
                audit.audit(point.unpriced, point.result.assignment, 0.0).value_m,
                point.bound_m,
            )
            for number, point in enumerate(_curve(case), 1)
        ]


def problem_of(
    plan: Plan, project: Project | str | Path, options: Options, clock: Clock
) -> tuple[Problem, tuple[tuple[str, str], ...]]:
    """Make the problem of a plan anew: from its project, and the events that the plan keeps.

    Gives also the bare name and SHA-256 of each file of people that was read.
    """
    task = _Wish(plan, project, Changed(), None, options).task(clock)
    return _case(task, clock).demand.problem, task.opened.sources


def _case(task: Task, clock: Clock) -> Case:
    task, located = place(task, clock)
    return demand(task, located, clock)


def _curve(case: Case) -> list[Recut]:
    assert case.kept is not None
    assert case.before is not None
    search = case.opened.project.search
    stop = Stop(search.gap, 5 * search.seconds)
    problem, people = case.demand.problem, case.people_unit
    kept = case.kept.standing
    return list(curve(problem, people, case.before, kept, stop=stop, seed=search.seed))


def _taken(case: Case, point: Recut, clock: Clock) -> Plan:
    judged, solved = judge(case, point, clock)
    return tell(judged, solved, draw(judged, solved, clock), clock)


@dataclass(frozen=True, eq=False)
class _Wish:
    """All that a re-zoning is asked, before anything is read."""

    plan: Plan | str | Path
    project: Project | str | Path
    changed: Changed
    keeping: Keeping | None
    options: Options
    when: datetime | None = None

    def task(self, clock: Clock) -> Task:
        """Read the plan, the project and the changes."""
        if self.options.mend and self.keeping is not None and self.keeping.fewest:
            raise ConfigError.of("mend-or-fewest")
        before = self.plan if isinstance(self.plan, Plan) else Plan.load(self.plan)
        project, options = self.changed.project(self.project), self.options
        sheet, beside = EventSheet(), list[tuple[Source, Table]]()
        if self.changed.changes is not None:
            path = one_source(self.changed.changes, "changes")
            sheet, beside = read_events(path), [(path, EVENTS)]
        earlier = tuple(e for e in _events_of(before) if not self.changed.known(e))
        online = online_of(project, options.consent, offline=options.offline)
        opened = open_project(project, clock, beside=beside)
        require_office(options.by, Secrets.of(before, opened.people))
        events = (*earlier, *sheet.events)
        register = registered(opened.households, opened.members, events, len(earlier))
        price = project.affinity.move_price_m
        wish = RezoneWish(
            self.keeping or Keeping(price),
            register.events,
            len(earlier),
            register.resting,
            everywhere=options.everywhere,
            mend=options.mend,
            by=office(options.by),
            when=self.when,
        )
        return Task(
            _after(opened, register, sheet, self._noted(before, opened, earlier)),
            Wishes(allow_missing_centres=options.allow_missing_centres),
            PreviousPlan.of(before),
            online,
            wish,
        )

    def _noted(self, before: Plan, opened: Opened, earlier: Sequence[Event]) -> list[Finding]:
        """Say where the project's own sheets and what the plan that stands was made from may contradict."""
        known = before.provenance.get("inputs") or {}
        read = (
            (self.changed.households, opened.households, _OVER_HOMES),
            (self.changed.members, opened.members, _OVER_MEMBERS),
        )
        said: list[Finding] = []
        for anew, residents, kinds in read:
            if anew is not None or not known or not residents.sources:
                continue
            place = {"file": residents.sources[0][0]}
            over = sum(event.kind in kinds for event in earlier)
            if not any(name in known for name, _ in residents.sources):
                said.append(Finding.of("register-other", place))
            elif over and any(known.get(name) != sha for name, sha in residents.sources):
                said.append(Finding.of("events-over-sheet", place, n=over))
        return said


def _events_of(plan: Plan) -> tuple[Event, ...]:
    return tuple(msgspec.convert(dict(told), Event) for told in plan.provenance.get("events") or ())


def _after(
    opened: Opened, register: Register, sheet: EventSheet, noted: Sequence[Finding]
) -> Opened:
    """Put the events into what was read."""
    homes = replace(
        register.households,
        estates=register.households.estates | sheet.estates,
    )
    project = replace(opened.project, rules=with_rules(opened.project.rules, register.events))
    said = (*opened.findings, *noted, *sheet.findings, *register.findings)
    return replace(
        opened, project=project, households=homes, members=register.members, findings=said
    )


def write_template(path: str | Path, *, replacing: bool = False) -> Path:
    """Write the workbook in which an office tells what happened since its plan.

    Parameters
    ----------
    path : str or Path
        The file.
    replacing : bool
        Whether one that is there may be overwritten.

    Raises
    ------
    ConfigError
        There is one, and it is not to be replaced.
    OutputError
        It cannot be written.
    """
    file = free_file(Path(path), replacing=replacing)
    return write_files(file.parent, {file.name: change_bytes()}, replacing=True)[file.name]

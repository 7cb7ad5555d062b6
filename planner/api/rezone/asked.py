"""What a re-zoning is asked: the plan, what happened since, and how it is run; read, it becomes a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from planner.api.opening import Estimate, Online, Opened, online_of, open_project
from planner.api.people import require_office
from planner.api.plan import Plan
from planner.api.progress import Clock
from planner.api.rezone.sited import with_sited
from planner.api.rezone.wish import RezoneWish
from planner.api.task import Task, Wishes
from planner.errors import ConfigError, Finding
from planner.intake.events.apply import OF_ZONES, Register, registered, with_rules
from planner.intake.events.read import EventSheet, read_events
from planner.model.events import Event
from planner.model.given import Source, one_source
from planner.model.project import Project
from planner.model.schema import EVENTS, Table
from planner.plan.changes import office
from planner.plan.previous import PreviousPlan
from planner.privacy import Secrets
from planner.solve.keeping import Keeping, Recut

__all__ = ["Asked", "Changed", "Options", "Readied"]

_OVER_HOMES = ("home-out", "home-move", "home-minutes")
_OVER_MEMBERS = (
    "member-out",
    "member-move",
    "member-rest",
    "centre-out",
    "centre-new",
    "objection",
)
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


@dataclass(frozen=True, eq=False)
class Options:
    """How a re-zoning is run.

    Parameters
    ----------
    everywhere : bool
        Solve all parts again, also those that nothing happened to.
    mend : bool
        Solve also those again whose zones broke a rule, and tell what each rule that was mended costs.
    why : bool
        Find for each event of a community with several which homes would have stayed without it.
    by : str
        The office that decided, for the plan's history; never a person.
    allow_missing_centres, offline, consent
        See `planner.api.zone.run`.
    replacing : bool
        See `planner.api.plan.Plan.save`.
    take : int, optional
        Number of a point of the curve, from 1, that is made a plan.
    resume : str or Path, optional
        Folder of a run that was ended: the search goes on from the best plan that it had found, with `take`
        from the points of the curve that it had found.
    """

    everywhere: bool = False
    mend: bool = False
    why: bool = False
    by: str = ""
    allow_missing_centres: bool = False
    offline: bool = False
    consent: Callable[[Estimate], bool] | None = None
    replacing: bool = False
    take: int | None = None
    resume: str | Path | None = None

    def chosen(self, points: list[Recut]) -> Recut:
        """Give the point that was asked for.

        Raises `ConfigError`: the curve has none of that number.
        """
        assert self.take is not None
        if not 1 <= self.take <= len(points):
            raise ConfigError.of("curve-no-point", n=len(points), take=self.take)
        return points[self.take - 1]


@dataclass(frozen=True, eq=False)
class Asked:
    """All that a re-zoning is asked, before anything is read."""

    plan: Plan | str | Path
    project: Project | str | Path
    changed: Changed
    keeping: Keeping | None
    options: Options
    when: datetime | None = None

    def read(self, clock: Clock) -> Readied:
        """Read the plan, the project and the changes.

        Raises `InputError`, `ConfigError`, `SchemaError`: a file cannot be used, or a wish is none.
        """
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
        known = {*opened.members.kept["id"].astype(str), *(e.id for e in earlier)}
        events, said = with_sited(before, sheet.events, known, project.search.seed)
        sheet = replace(sheet, events=events, findings=(*sheet.findings, *said))
        return Readied(self, before, opened, sheet, earlier, online)

    def noted(self, before: Plan, opened: Opened, earlier: Sequence[Event]) -> list[Finding]:
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
            where = {"file": residents.sources[0][0]}
            over = sum(event.kind in kinds for event in earlier)
            if not any(name in known for name, _ in residents.sources):
                said.append(Finding.of("register-other", where))
            elif over and any(known.get(name) != sha for name, sha in residents.sources):
                said.append(Finding.of("events-over-sheet", where, n=over))
        return said


@dataclass(frozen=True, eq=False)
class Readied:
    """All that a re-zoning is asked, and what its files hold.

    Parameters
    ----------
    asked : Asked
    before : Plan
        The plan that stands.
    opened : Opened
        The project's files, without the events.
    sheet : EventSheet
        What happened since that plan.
    earlier : tuple of Event
        What happened before it, and its sheets may not know.
    online : Online or None
    """

    asked: Asked
    before: Plan
    opened: Opened
    sheet: EventSheet
    earlier: tuple[Event, ...]
    online: Online | None

    def task(self, without: int | None = None) -> Task:
        """Put the events into what was read; `without`: position of a new one that shall not have been.

        Raises `SchemaError`: events name nobody; `ConfigError`: a rule cannot be changed so.
        """
        asked, opened = self.asked, self.opened
        new = tuple(e for i, e in enumerate(self.sheet.events) if i != without)
        register = registered(
            opened.households, opened.members, (*self.earlier, *new), len(self.earlier)
        )
        wish = RezoneWish(
            replace(
                asked.keeping or Keeping(opened.project.affinity.move_price_m),
                mend=asked.options.mend,
            ),
            register.events,
            len(self.earlier),
            register.resting,
            everywhere=asked.options.everywhere,
            mend=asked.options.mend,
            by=office(asked.options.by),
            when=asked.when,
        )
        return Task(
            _after(opened, register, self.sheet, asked.noted(self.before, opened, self.earlier)),
            Wishes(allow_missing_centres=asked.options.allow_missing_centres),
            PreviousPlan.of(self.before),
            self.online,
            wish,
        )


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

"""The report of a period: the log is kept beside the plan, and counted by community and zone."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from planner.api.people import people_of
from planner.api.plan import Plan
from planner.api.progress import Clock, Listener
from planner.api.standing import Answer, about_of, save_internal
from planner.errors import ConfigError, Finding
from planner.files import held, write_files
from planner.intake.service_log import read_log
from planner.model.project import Project
from planner.model.schema import LOG
from planner.model.serving import ServiceCount, service_counts
from planner.plan.service.kept_log import (
    KEPT_NAME,
    Merged,
    empty_log,
    merged_log,
    read_kept,
    store_kept,
)
from planner.plan.service.periods import Period
from planner.plan.service.tallies import tallies
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.person import People
from planner.render.service.year_book import MOST_ROWS, rows_csv, year_bytes
from planner.render.service.year_text import Year, public_text, year_figures, year_lines

__all__ = ["STORE", "YearReport", "day_named", "kept_rows", "year_report"]

STORE = KEPT_NAME
BOOK, ROWS = "year.internal.xlsx", "year_rows.internal.csv"
TEXT, MAP = "year.public.md", "year.public.html"


@dataclass(frozen=True, eq=False)
class YearReport(Answer):
    """What the service did in a period, and in the one before.

    Parameters
    ----------
    plan : Plan
    year : Year
        Figures, in the order in which they are told; ``year.tallies`` has the tables.
    findings : tuple of Finding
        Rows of the log that say neither when nor where.
    people : People or None
        Whom the public text must not name, besides those the plan knows.
    """

    plan: Plan
    year: Year
    findings: tuple[Finding, ...] = ()
    people: People | None = None

    def figures(self) -> dict[str, Any]:
        """Give plain values, without an id; a count below the threshold is None."""
        return year_figures(self.year)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same in lines, each as Chinese and English."""
        return tuple(year_lines(self.year))

    def public_text(self) -> str:
        """Write the report for anyone, past the gate: communities, and counts of the threshold or more.

        Raises
        ------
        PrivacyError
            It would tell of a person, or nobody knows whom it must not name.
        """
        text = public_text(self.year)
        released(text.encode(), TEXT, Audience.PUBLIC, Secrets.of(self.plan, self.people))
        return text

    def save(
        self, folder: str | Path, *, with_map: bool = False, replacing: bool = False
    ) -> dict[str, Path]:
        """Write ``year.public.md``, and ``year.internal.xlsx`` for the office alone.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.
        with_map : bool
            The public map of the plan too.
        replacing : bool
            Files that were edited since may be lost.

        Returns
        -------
        dict of str to Path
            A log of many rows stands in ``year_rows.internal.csv`` beside the workbook.

        Raises
        ------
        OutputError
            The folder cannot be written.
        PrivacyError
            As for `public_text`; then nothing is written.
        """
        shown = {TEXT: self.public_text().encode()}
        if with_map:
            page = self.plan.map(audience=Audience.PUBLIC, people=self.people)
            shown[MAP] = page.html.encode()
        own = {BOOK: year_bytes(self.year)}
        if len(self.year.tallies.rows) > MOST_ROWS:
            own[ROWS] = rows_csv(self.year)
        made = save_internal(folder, own, replacing=replacing)
        return made | write_files(folder, shown, replacing=replacing)


def year_report(
    plan: Plan,
    logs: Iterable[str | Path] = (),
    since: date | str | None = None,
    until: date | str | None = None,
    *,
    project: Project | str | Path | None = None,
    store: str | Path | None = None,
    listener: Listener | None = None,
) -> YearReport:
    """Count what was done in a period, by community and zone, against the period before.

    Parameters
    ----------
    plan : Plan
        A plan that does not know its people learns them from `project`; see `Plan.release_unknown`.
    logs : iterable of paths
        Sheets of what was done (走访记录); see `planner.intake.service_log.read_log`.
    since, until : date or ISO text
        First and last day; of `since` alone a year.
    project : Project or path, optional
        Headings and figures of the office's own, and whom the public text must not name.
    store : path, optional
        Where every row is kept once, whichever files bring it; nothing is kept if left out.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    YearReport

    Raises
    ------
    ConfigError
        The period is none, or there is no log.
    InputError
        A file cannot be used, or what stands at `store` is no store.
    """
    period = Period.of(day_named(since), None if until is None else day_named(until))
    task = None if project is None else Project.of(project)
    clock, kept = Clock.of(listener), None if store is None else Path(store)
    with clock.stage("read"):
        merged, counts, findings, left_out = kept_rows(logs, task, kept)
        counted = tallies(plan, merged.rows, counts, period)
    people = None
    if task is not None and not plan.knows_people:
        people = people_of(task, plan)
        plan = plan.sealed(people)
    about = {
        **about_of(plan),
        "read": merged.added + merged.known + left_out,
        "added": merged.added,
        "known": merged.known,
        "left_out": left_out,
    }
    return YearReport(plan, Year(counted, counts, about), findings, people)


def kept_rows(
    logs: Iterable[str | Path], task: Project | None, store: Path | None
) -> tuple[Merged, tuple[ServiceCount, ...], tuple[Finding, ...], int]:
    """Read logs, and keep what is new of them in the store.

    Gives: all rows, those of earlier runs too; the figures that are counted; rows left out, and how many.
    Raises `ConfigError`: there is no log.  `InputError`: a file cannot be used.
    """
    told = LOG if task is None else task.inputs.told(LOG)
    table = service_counts(None if task is None else task.care.counts)
    files = [Path(log) for log in logs]
    if not files and task is not None and task.care.log is not None:
        files = [task.care.log]
    if not files and (store is None or not store.exists()):
        raise ConfigError.of("no-log-rows")
    with nullcontext() if store is None else held(store.parent):
        lines = empty_log() if store is None else read_kept(store)
        merged, findings, left_out = Merged(lines, 0, 0), list[Finding](), 0
        for file in files:
            log = read_log(file, told=told, counts=table)
            one = merged_log(merged.lines, log.rows)
            merged = Merged(one.lines, merged.added + one.added, merged.known + one.known)
            findings, left_out = findings + list(log.findings), left_out + log.left_out
        if store is not None and merged.added:
            _keep(merged.lines, store)
    return merged, table[0], tuple(findings), left_out


def _keep(lines: pd.DataFrame, store: Path) -> None:
    def made(path: Path) -> None:
        store_kept(lines, path)
        released(path, store.name, Audience.INTERNAL, Secrets({}))

    write_files(store.parent, {store.name: made}, private=(store.name,))


def day_named(text: date | str | None) -> date:
    """Read a day that somebody asks for.

    Raises `ConfigError`: it is none.
    """
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ConfigError.of("no-day", text=text) from None

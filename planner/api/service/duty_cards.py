"""Duties of the centres, needs of households and talents of members, from a plan and its project's sheets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from planner.api.plan import Plan
from planner.api.progress import Clock, Listener
from planner.api.service.year import day_named, kept_rows
from planner.api.standing import (
    BookAnswer,
    about_of,
    matched_needs,
    open_standing,
)
from planner.demand.ties.bind import strengths_in
from planner.errors import Finding
from planner.model.duties import duties, need_kinds
from planner.model.project import Project
from planner.plan.service.cards import card_tables
from planner.plan.service.periods import Period
from planner.render.service.cards_book import CardsTold, cards_bytes, cards_figures, cards_lines

__all__ = ["DutyCards", "duty_cards"]


@dataclass(frozen=True, eq=False)
class DutyCards(BookAnswer):
    """What each centre has to do, what its zone needs, and who can meet it.

    Parameters
    ----------
    told : CardsTold
        ``told.cards`` and ``told.matched`` have the tables; see `planner.plan.service.cards.Cards` and
        `planner.plan.service.matching.Matched`.
    findings : tuple of Finding
        Rows of needs that could not be read.
    """

    book: ClassVar[str] = "duties.internal.xlsx"
    told: CardsTold
    findings: tuple[Finding, ...] = ()

    def figures(self) -> dict[str, Any]:
        """Give plain values, without an id; counts of needs below the threshold are None."""
        return cards_figures(self.told)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same in lines, each as Chinese and English."""
        return tuple(cards_lines(self.told))

    def book_bytes(self) -> bytes:
        """Make the workbook."""
        return cards_bytes(self.told)


def duty_cards(
    plan: Plan,
    project: Project | str | Path,
    logs: Iterable[str | Path] = (),
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    store: str | Path | None = None,
    listener: Listener | None = None,
) -> DutyCards:
    """Write the card of each centre, and match needs with talents.

    Parameters
    ----------
    plan : Plan
    project : Project or path
        The project that it was made from: talents (特长) in the members' sheets, needs (需求) in the
        households' or under ``[care] needs``, tables of the office's own under ``[care]``.
    logs : iterable of paths
        What was done is counted by duty; see `planner.api.service.year.year_report`.
    since, until : date or ISO text, optional
        First and last day that are counted; the year up to the last day of the log.
    store : path, optional
        Where rows of earlier runs are kept.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    DutyCards

    Raises
    ------
    ConfigError
        A day is none.
    InputError, NetworkError
        A file cannot be used, or the streets are others than the plan's.
    """
    task, clock = Project.of(project), Clock.of(listener)
    standing = open_standing(plan, task, clock)
    inputs, care = task.inputs, task.care
    kinds, files = need_kinds(care.need_kinds), list(logs)
    with clock.stage("read"):
        strengths = strengths_in(inputs.member_files, standing.opened.members)
        kept = None if store is None else Path(store)
        log = None
        if files or care.log is not None or (kept is not None and kept.exists()):
            rows = kept_rows(files, task, kept)[0].rows
            log = (rows, _period(rows, since, until))
    with clock.stage("visits"):
        matched, read = matched_needs(standing, task, kinds, strengths)
        asked = duties(care.duties)
        cards = card_tables(plan, asked, kinds, strengths, matched, log)
    period = None if log is None else log[1]
    return DutyCards(CardsTold(cards, matched, asked, kinds, period, about_of(plan)), read.findings)


def _period(rows: pd.DataFrame, since: date | str | None, until: date | str | None) -> Period:
    """Take the days that are asked for; the year that ends with the log where nothing is."""
    if since is not None:
        return Period.of(day_named(since), None if until is None else day_named(until))
    last = rows["day"].max().date() if len(rows) else date(2000, 12, 31)
    last = last if until is None else day_named(until)
    # the year begins on the day after this one a year ago; of a leap day on the first of March
    first = date(last.year - 1, last.month, min(last.day, 28))
    return Period((pd.Timestamp(first) + pd.Timedelta(days=1)).date(), last)

"""What is due on a day: visits by class, open problems, mentors' contacts, from the log that is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from planner.api.people import people_of
from planner.api.plan import Plan
from planner.api.progress import Clock, Listener
from planner.api.service.year import kept_rows
from planner.api.standing import BookAnswer, about_of, needs_of
from planner.api.visiting import helpers_in
from planner.intake.service_log import read_visit_classes
from planner.model.caring import care_kinds
from planner.model.project import Project
from planner.model.schema import HOUSEHOLDS
from planner.model.serving import class_of, visit_classes
from planner.plan.service.due import Asked, due
from planner.render.service.due_book import DueTold, due_bytes, due_figures, due_lines

__all__ = ["Asked", "VisitsDue", "visits_due"]


@dataclass(frozen=True, eq=False)
class VisitsDue(BookAnswer):
    """Who is to be visited, what is open, and which centres no mentor was in touch with.

    Parameters
    ----------
    told : DueTold
        ``told.due`` has the tables; see `planner.plan.service.due.Due`.
    """

    book: ClassVar[str] = "due.internal.xlsx"
    told: DueTold

    def figures(self) -> dict[str, Any]:
        """Give plain values, without an id; counts of homes below the threshold are None."""
        return due_figures(self.told)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same in lines, each as Chinese and English."""
        return tuple(due_lines(self.told))

    def book_bytes(self) -> bytes:
        """Make the workbook."""
        return due_bytes(self.told)


def visits_due(
    plan: Plan,
    project: Project | str | Path,
    logs: Iterable[str | Path] = (),
    *,
    asked: Asked | None = None,
    helpers: str | Path | None = None,
    store: str | Path | None = None,
    listener: Listener | None = None,
) -> VisitsDue:
    """Say what is due on a day.

    Parameters
    ----------
    plan : Plan
    project : Project or path
        The project that it was made from: marks of care, classes of visits (走访频次), headings, the log.
    logs : iterable of paths
        See `planner.api.service.year.year_report`.
    asked : Asked, optional
        The day (the last of the log if left out), how far ahead is looked, how long mentors may be silent.
    helpers : path, optional
        A ``visits.internal.xlsx``: its first helpers visit the care households.
    store : path, optional
        Where rows are kept.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    VisitsDue

    Raises
    ------
    ConfigError
        There is no log.
    InputError
        A file cannot be used, or the sheets are not those of the plan.
    """
    task, clock = Project.of(project), Clock.of(listener)
    with clock.stage("read"):
        kept = None if store is None else Path(store)
        merged, counts, _, _ = kept_rows(logs, task, kept)
        needs = needs_of(plan, task, people_of(task, plan))
        said = read_visit_classes(task.inputs.household_files, task.inputs.told(HOUSEHOLDS))
        first = {} if helpers is None else {h: p[0] for h, p in helpers_in(Path(helpers)).items()}
    kinds = {kind.code: kind.visits_a_month for kind in care_kinds(task.care.kinds)}
    classes = visit_classes(task.care.classes)
    homes = plan.households["household_id"].astype(str).tolist()
    usual = task.care.home_visits_a_month
    asked_a_month = [max((kinds[k] for k in codes), default=usual) for codes in needs.kinds]
    own = [
        class_of(said.get(home, ""), visits, classes)
        for home, visits in zip(homes, asked_a_month, strict=True)
    ]
    found = due(plan, merged.rows, own, np.asarray(needs.care, bool), first, asked or Asked())
    return VisitsDue(DueTold(found, classes, counts, about_of(plan)))

"""A finished plan and its project, opened again: what every answer about a plan rests on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from planner.api.opening import Opened, open_project
from planner.api.people import people_in
from planner.api.progress import Clock
from planner.demand.locate import Located
from planner.demand.ties.bind import Strengths
from planner.files import write_files
from planner.intake.household_needs import HouseholdNeeds, read_household_needs
from planner.intake.sheets.formats.grids import opened_once
from planner.model.caring import care_kinds
from planner.model.duties import NeedKind, needs_in
from planner.model.project import Project
from planner.model.schema import HOUSEHOLDS
from planner.model.service_sheets import NEEDS
from planner.model.tables import PlanTables
from planner.plan.care.onstreets import OnStreets, on_streets
from planner.plan.care.shares import Needs
from planner.plan.care.visits import REACH
from planner.plan.service.matching import Matched, match_needs
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.person import People

__all__ = [
    "Answer",
    "BookAnswer",
    "Standing",
    "about_of",
    "care_of",
    "matched_needs",
    "needs_of",
    "open_standing",
    "save_internal",
]


class Answer:
    """What is told of a plan, a line each, in two languages."""

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The lines, each as Chinese and English."""
        raise NotImplementedError

    @property
    def lines(self) -> tuple[str, ...]:
        """What it comes to, a line each, in Chinese and English."""
        return tuple(f"{zh} · {en.strip()}" for zh, en in self.said)


class BookAnswer(Answer, ABC):
    """An answer whose one file is a workbook of the office's own."""

    book: ClassVar[str]
    """Name of the workbook."""

    @abstractmethod
    def book_bytes(self) -> bytes:
        """Make the workbook: equal answers give equal bytes."""

    def save(self, folder: str | Path, *, replacing: bool = False) -> dict[str, Path]:
        """Write the workbook (`book`), readable by its owner alone.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.
        replacing : bool
            A workbook that was edited since may be lost.

        Returns
        -------
        dict of str to Path
            Where it lies.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        return save_internal(folder, {self.book: self.book_bytes()}, replacing=replacing)


@dataclass(frozen=True, eq=False)
class Standing:
    """A plan on its streets, and what its sheets say of its households.

    Parameters
    ----------
    opened : Opened
        The project's files.
    needs : Needs
        Which households need more than others.
    ground : OnStreets
    """

    opened: Opened
    needs: Needs
    ground: OnStreets


def open_standing(plan: PlanTables, task: Project, clock: Clock) -> Standing:
    """Read the project of a plan again.

    Raises
    ------
    InputError, NetworkError
        A file cannot be used, or the streets are others than the plan's.
    """
    with opened_once():
        opened = open_project(task, clock)
        people = people_in(task, (opened.households, opened.members))
    return Standing(
        opened,
        needs_of(plan, task, people),
        on_streets(plan, opened.ground.network, opened.ground.relief),
    )


def needs_of(plan: PlanTables, project: Project, people: People) -> Needs:
    """Read off the sheets which households of a plan need more than others."""
    kinds = care_kinds(project.care.kinds)
    said = {home: person.care for home, person in people.households.items() if person.care}
    ids = plan.households["household_id"].astype(str)
    doubtful = {home for home, person in people.households.items() if person.doubtful}
    return replace(Needs.of(ids, said, kinds), doubtful=int(ids.isin(doubtful).sum()))


def care_of(opened: Opened, located: Located) -> list[tuple[str, ...]]:
    """Read off the sheets which kinds of care each located household is marked with, in both languages."""
    known = care_kinds(opened.project.care.kinds)
    people = people_in(opened.project, (opened.households, opened.members))
    said = {home: person.care for home, person in people.households.items() if person.care}
    words = {k.code: f"{k.zh} {k.en} {k.code}" for k in known}
    own = Needs.of(located.households["id"].astype(str), said, known).kinds
    # what the sheet itself says counts too: an office asks for its own words
    return [
        (*(words[code] for code in codes), *said.get(home, ()))
        for home, codes in zip(located.households["id"].astype(str), own, strict=True)
    ]


def matched_needs(
    standing: Standing, task: Project, kinds: tuple[NeedKind, ...], strengths: Strengths
) -> tuple[Matched, HouseholdNeeds]:
    """Match what households need with what members are good at; see `planner.plan.service.matching`."""
    inputs, care, plan = task.inputs, task.care, standing.ground.plan
    read = read_household_needs(
        inputs.household_files,
        care.needs,
        told=inputs.told(HOUSEHOLDS),
        needs=inputs.told(NEEDS),
    )
    wanted = [(home, code) for home, text in read.rows for code in needs_in([text], kinds)]
    limit = plan.rules.walk.limit_m if care.limit_m is None else care.limit_m
    found = match_needs(standing.ground, wanted, kinds, strengths, REACH * limit, care.needs_each)
    return found, read


def about_of(plan: PlanTables) -> dict[str, Any]:
    """Say of which plan an answer is: ``title, created, synthetic, network, detour_factor, smallest``."""
    note = plan.provenance
    return {
        "title": str(note.get("title") or ""),
        "created": str(note.get("created") or ""),
        "synthetic": bool(note.get("synthetic", False)),
        "network": str(note.get("network") or ""),
        "detour_factor": note.get("detour_factor"),
        "smallest": int(note.get("smallest") or 10),
    }


def save_internal(
    folder: str | Path, files: Mapping[str, bytes], *, replacing: bool
) -> dict[str, Path]:
    """Write the office's own files, readable by their owner alone, each through the gate.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    for name, data in files.items():
        # whose they are is in them by right; the gate still knows a kind of file that it cannot read
        released(data, name, Audience.INTERNAL, Secrets({}))
    return write_files(folder, {**files}, private=tuple(files), replacing=replacing)

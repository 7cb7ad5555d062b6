"""Before a plan's files go out: who its people are, or who answers for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from planner.api.people import people_of, seal_of
from planner.files import Content, write_files
from planner.model.tables import PlanTables
from planner.plan.provenance import RELEASES, moment
from planner.plan.store import store_plan
from planner.plan.store.plans import plan_file
from planner.privacy import SEAL, Secrets
from planner.privacy.person import People

__all__ = ["Guarded", "answered_for", "kept_in"]


@dataclass(frozen=True, eq=False)
class Guarded(PlanTables):
    """What a plan knows of the people whom its files must not name."""

    def sealed(self, people: People) -> Self:
        """Keep digests of what no file for others may hold: every later command knows it by them.

        Parameters
        ----------
        people : People
            From `people_of`; one that holds nobody says that there is nobody.

        Returns
        -------
        Plan
            With ``provenance["guard"]``, which holds no name.
        """
        seal = seal_of(people, self.provenance.get(SEAL) or None)
        return replace(self, provenance={**self.provenance, SEAL: seal})

    @property
    def knows_people(self) -> bool:
        """Whether it carries the digests of `sealed`, so that the gate knows whom its files must not name."""
        return not Secrets.of(replace(self, waived=False)).blind

    def release_unknown(
        self, *, by: str = "", door: str = "", when: datetime | None = None
    ) -> Self:
        """Answer for it that its files may go out although nobody's names are known to the gate.

        Ids, phones, rooms and care flags are found all the same; names have no form of their own.

        Parameters
        ----------
        by : str
            The office that answers; never a person.
        door : str
            What is to be written, for the history.
        when : datetime, optional
            Time of recording; now by default.

        Returns
        -------
        Plan
            Its files pass, and ``provenance["releases"]`` says so; a plan file that it is read from later
            asks again.  The plan itself where it knows its people.

        Raises
        ------
        InputError
            `by` is not an office's name.
        """
        from planner.plan.changes import office

        if self.knows_people:
            return self
        entry = {"when": moment(when), "by": office(by), "door": door}
        releases = [*(self.provenance.get(RELEASES) or ()), entry]
        return replace(self, provenance={**self.provenance, RELEASES: releases}, waived=True)


_Plan = TypeVar("_Plan", bound=Guarded)


def answered_for(
    plan: _Plan, project: Path | None, *, release: bool, door: str
) -> tuple[_Plan, People | None]:
    """Let a plan know its people, from the project that it was made from, or have somebody answer for it.

    `release`: what `Guarded.release_unknown` says, where it would know nobody; `door`: what is to be written.
    Gives: the plan with what it knows now; the people, with a project.
    Raises `InputError`: the project's sheets are not those of the plan, or cannot be read.
    """
    people = None if project is None else people_of(project, plan)
    if not plan.knows_people and people is not None:
        plan = plan.sealed(people)
    return (plan.release_unknown(door=door) if release else plan), people


def kept_in(path: Path, plan: PlanTables, before: PlanTables) -> None:
    """Write into a plan's own file what it has learnt, or who answered for it; its zones are as they were."""
    if plan is not before:
        file = plan_file(path)
        content: Content = lambda made: store_plan(plan, made)  # noqa: E731
        write_files(file.parent, {file.name: content}, private=(file.name,), replacing=True)

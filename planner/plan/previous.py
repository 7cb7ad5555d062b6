"""The previous plan, by id: from a plan file, or from a sheet that the office keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.errors import Finding, InputError
from planner.intake.identity import match_ids
from planner.intake.previous_sheet import PreviousSheet, match_centres, read_previous_sheet
from planner.model.arrays import Ints32
from planner.model.given import Given, Source
from planner.model.schema import PREVIOUS, Table
from planner.model.tables import PlanTables
from planner.plan.frames import positions, taken
from planner.solve.rezone import Previous

__all__ = ["Placed", "PreviousPlan", "place_previous", "read_previous_plan"]

SQLITE = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class PreviousPlan:
    """Who has which centre before a re-cut.

    `zone`: household or member id -> id of its centre, "" for none.
    `homes`: which of these ids are households; None where a sheet does not tell.
    `fingerprint`: `Problem.fingerprint`; "" for a sheet.
    `tables`: the plan itself; None for a sheet.
    """

    zone: dict[str, str]
    homes: frozenset[str] | None
    centres: tuple[str, ...]
    fingerprint: str = ""
    sheet: PreviousSheet | None = None
    # what it stands on, not what it says
    tables: PlanTables | None = field(default=None, compare=False)

    @classmethod
    def of(cls, tables: PlanTables) -> PreviousPlan:
        """Take it from a plan."""
        zone = dict(zip(tables.members["member_id"], tables.members["zone"], strict=True))
        homes = dict(zip(tables.households["household_id"], tables.households["zone"], strict=True))
        centres = tuple(tables.centres["centre_id"])
        digest = tables.problem.fingerprint()
        return cls({**zone, **homes}, frozenset(homes), centres, digest, tables=tables)


# Of a district's homes a few in a hundred come and go in a year; a plan that shares less than one in ten
# is another office's, or its ids were made anew, and to say that nothing changes hands would be no answer.
_LEAST_SHARED = 0.1


@dataclass(frozen=True, eq=False)
class Placed(Previous):
    """A previous plan, found among the people of now.

    `was`: id of the centre that each household and member had; "" for none.  A centre that is none any more
    keeps the id that it had.
    `tables`: the plan itself, None for a sheet.
    `since`: how many homes are ``new``, ``gone``, and were there ``before``.
    """

    was: NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, object))
    tables: PlanTables | None = None
    since: Mapping[str, int] = field(default_factory=dict)


def read_previous_plan(path: str | Path | Given, told: Table = PREVIOUS) -> PreviousPlan:
    """Read the previous plan: ``plan.gpkg`` of an earlier run, its folder, or a table of homes and centres.

    `told`: how the office heads its sheet.

    Raises `InputError`: the file is missing, damaged, or says nothing of homes and centres.
    """
    from planner.plan.store.plans import is_plan, plan_file, read_plan

    source: Source = path if isinstance(path, Given) else plan_file(path)
    if isinstance(source, Path):
        if not source.is_file():
            raise InputError.of("no-previous-plan", file=source)
        with source.open("rb") as opened:
            database = opened.read(len(SQLITE)) == SQLITE
        if database and is_plan(source):
            return PreviousPlan.of(read_plan(source))
    sheet = read_previous_sheet(source, told=told)
    return PreviousPlan(sheet.zone, None, tuple(sheet.places), sheet=sheet)


def place_previous(
    plan: PreviousPlan, located: Located, demand: Demand, move_price_m: float
) -> tuple[Placed, tuple[Finding, ...]]:
    """Find, by id, where each household and member of now was.

    `move_price_m`: metres charged for each home that changes hands.
    Gives: how many homes are new or gone; zones that are dissolved.
    Raises `SchemaError`: a sheet names a zone after nobody known; `InputError`: hardly a home is in both.
    """
    now = {c: i for i, c in enumerate(demand.centres["centre_id"])}
    findings: tuple[Finding, ...] = ()
    if plan.sheet is None:
        same = match_ids(plan.centres, now)
    else:
        same, dissolved = match_centres(plan.sheet, now, located.members["id"])
        findings = (*plan.sheet.findings, *dissolved)
    centre = {was: now[c] for was, c in same.items()}
    homes, people = located.households["id"], located.members["id"]
    before = _zones_before(homes, plan) + _zones_before(people, plan)
    weight = np.repeat([1.0, 0.0], [len(homes), len(people)])
    zone = np.array([centre.get(z, -1) for z in before], np.int32)
    ids = demand.centres["centre_id"]
    was = np.array([ids[centre[z]] if z in centre else z for z in before], object)
    if plan.sheet is None:
        lost = Counter(z for z in before[: len(homes)] if z not in centre)
        findings = tuple(
            Finding.of("centre-gone", centre=c, n=lost[c]) for c in plan.centres if c not in centre
        )
    lost = int(((was[: len(homes)] != "") & (zone[: len(homes)] < 0)).sum())
    served = _served(plan.tables, homes, people)
    since, told = _come_and_gone(plan, homes, people)
    named = {"was": was, "tables": plan.tables, "member": served, "since": since}
    placed = Placed(zone, weight, plan.fingerprint, move_price_m, lost, **named)
    return placed, (*findings, *told)


def _served(
    tables: PlanTables | None, homes: pd.Series[Any], people: pd.Series[Any]
) -> Ints32 | None:
    """Give the number of the member who served each household before; -1 for none, or one who is gone."""
    if tables is None:
        return None
    was = taken(
        tables.households["member"], positions(tables.households["household_id"], homes.astype(str))
    )
    found = positions(people.astype(str), was)
    return np.append(found, np.full(len(people), -1)).astype(np.int32)


def _zones_before(ids: Iterable[str], plan: PreviousPlan) -> list[str]:
    known = match_ids(ids, plan.zone)
    return [plan.zone[known[i]] if i in known else "" for i in ids]


def _come_and_gone(
    plan: PreviousPlan, homes: Iterable[str], people: Iterable[str]
) -> tuple[dict[str, int], tuple[Finding, ...]]:
    """Count the homes that are new and those that are gone, and say so, if any are."""
    ids = list(homes)
    mine = match_ids(ids, plan.zone)
    theirs = set(match_ids(people, plan.zone).values()) if plan.homes is None else set()
    listed = set(plan.zone) - theirs if plan.homes is None else plan.homes
    if len(mine) < _LEAST_SHARED * min(len(ids), len(listed)):
        raise InputError.of("previous-other-people", n=len(mine), listed=len(listed), now=len(ids))
    new, gone = len(ids) - len(mine), len(listed - set(mine.values()))
    since = {"new": new, "gone": gone, "before": len(listed)}
    if not new and not gone:
        return since, ()
    return since, (Finding.of("homes-come-and-gone", new=new, gone=gone, both=len(mine)),)

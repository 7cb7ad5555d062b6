"""The plan that stands, by id: from a plan file, or from a sheet that the office keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.errors import Finding, InputError, Severity
from planner.intake.identity import match_ids
from planner.intake.previous_sheet import StandingSheet, match_centres, read_standing
from planner.model.tables import PlanTables
from planner.solve.rezone import Previous

__all__ = ["Standing", "place_standing", "read_standing_plan"]

SQLITE = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who has which centre before a re-cut.

    Parameters
    ----------
    zone : dict of str to str
        Household or member id -> id of its centre, "" for none.
    homes : frozenset of str or None
        Which of these ids are households; None where a sheet does not tell.
    centres : tuple of str
        Centres of the plan.
    fingerprint : str
        `Problem.fingerprint`; "" for a sheet.
    sheet : StandingSheet or None
        What was read, if it was a sheet.
    """

    zone: dict[str, str]
    homes: frozenset[str] | None
    centres: tuple[str, ...]
    fingerprint: str = ""
    sheet: StandingSheet | None = None

    @classmethod
    def of(cls, plan: PlanTables) -> Standing:
        """Take it from a plan."""
        zone = dict(zip(plan.members["member_id"], plan.members["zone"], strict=True))
        homes = dict(zip(plan.households["household_id"], plan.households["zone"], strict=True))
        return cls(
            {**zone, **homes}, frozenset(homes), tuple(plan.centres["centre_id"]),
            plan.problem.fingerprint(),
        )  # fmt: skip


def read_standing_plan(path: str | Path) -> Standing:
    """Read the plan that stands: ``plan.gpkg`` of an earlier run, or a sheet of homes and centres.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    InputError
        The file is missing, damaged, or says nothing of homes and centres.
    """
    from planner.plan.store.plans import is_plan, read_plan

    file = Path(path)
    if not file.is_file():
        raise InputError(
            f"there is no plan that stands at {file}",
            remedy="give the plan.gpkg of an earlier run, or a sheet with the columns 编号 and 中心户",
        )
    with file.open("rb") as opened:
        database = opened.read(len(SQLITE)) == SQLITE
    if database and is_plan(file):
        return Standing.of(read_plan(file))
    sheet = read_standing(file)
    return Standing(sheet.zone, None, tuple(sheet.places), sheet=sheet)


def place_standing(
    standing: Standing, located: Located, demand: Demand, move_price_m: float
) -> tuple[Previous, tuple[Finding, ...]]:
    """Find, by id, where each household and member of now was.

    Parameters
    ----------
    standing : Standing
    located, demand
        The residents and centres of now.
    move_price_m : float
        Metres charged for each home that changes hands.

    Returns
    -------
    Previous
    tuple of Finding
        How many homes are new or gone; zones that are dissolved.

    Raises
    ------
    SchemaError
        A sheet names a zone after nobody known.
    """
    now = {c: i for i, c in enumerate(demand.centres["centre_id"])}
    findings: tuple[Finding, ...] = ()
    if standing.sheet is None:
        same = match_ids(standing.centres, now)
    else:
        same, findings = match_centres(standing.sheet, now, located.members["id"])
    centre = {was: now[c] for was, c in same.items()}
    homes, people = located.households["id"], located.members["id"]
    before = _zones_before(homes, standing) + _zones_before(people, standing)
    weight = np.repeat([1.0, 0.0], [len(homes), len(people)])
    zone = np.array([centre.get(z, -1) for z in before], np.int32)
    return (
        Previous(zone, weight, standing.fingerprint, move_price_m),
        (*findings, *_come_and_gone(standing, homes, people)),
    )


def _zones_before(ids: Iterable[str], standing: Standing) -> list[str]:
    known = match_ids(ids, standing.zone)
    return [standing.zone[known[i]] if i in known else "" for i in ids]


def _come_and_gone(
    standing: Standing, homes: Iterable[str], people: Iterable[str]
) -> tuple[Finding, ...]:
    """Say how many homes are new and how many are gone, if any."""
    ids = list(homes)
    mine = match_ids(ids, standing.zone)
    theirs = set(match_ids(people, standing.zone).values()) if standing.homes is None else set()
    listed = set(standing.zone) - theirs if standing.homes is None else standing.homes
    new, gone = len(ids) - len(mine), len(listed - set(mine.values()))
    if not new and not gone:
        return ()
    return (
        Finding(
            "homes-come-and-gone", Severity.WARN,
            f"since the plan that stands, {new} homes are new and {gone} are gone; {len(mine)} are in both",
            f"与原方案相比，新增{new}户，减少{gone}户，{len(mine)}户不变",
        ),
    )  # fmt: skip

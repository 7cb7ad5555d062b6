"""The card of each centre: its duties and who helps with them, its zone's needs and talents, its mentor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.arrays import Floats
from planner.model.duties import Duty, NeedKind, is_able
from planner.model.levels import MENTOR
from planner.model.tables import PlanTables
from planner.plan.care.served import zones_of_rows
from planner.plan.frames import above_centres, centre_positions, positions
from planner.plan.service.matching import Matched
from planner.plan.service.periods import Period

__all__ = ["Cards", "card_tables"]

_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, eq=False)
class Cards:
    """What each centre has to do, and with whom.

    Parameters
    ----------
    duties : DataFrame
        A row a centre and duty: ``number, zone, fence, duty`` (code)``, able`` (members of the zone whose
        talents help)``, who`` (their ids)``, done`` (rows of the log, NaN without a log)``, asked`` (NaN
        where nothing is).
    members : DataFrame
        A row a member of a zone: ``member_id, number, zone, fence, centre`` (bool)``, households, talents,
        duties`` (codes that these help with)``, needs`` (how many it is asked to meet).
    cards : DataFrame
        A row a line: ``number, zone, fence, part`` (``duty``, ``need``, ``talent`` or ``mentor``)``,
        item`` (code, or the talent)``, count, said`` (ids, or how many needs are met); by number.
    """

    duties: pd.DataFrame
    members: pd.DataFrame
    cards: pd.DataFrame


def card_tables(
    plan: PlanTables,
    duties: Sequence[Duty],
    kinds: Sequence[NeedKind],
    strengths: Mapping[str, Sequence[str]],
    matched: Matched,
    log: tuple[pd.DataFrame, Period] | None = None,
) -> Cards:
    """Write the cards of a plan.

    Parameters
    ----------
    strengths : mapping
        Member -> what the member is good at.
    matched : Matched
    log : (DataFrame, Period), optional
        Rows as `planner.plan.service.tallies.tallies` takes them, and from when to when they are counted.
    """
    members = _members(plan, duties, strengths, matched)
    table = _duties(plan, duties, members, log)
    lines = sorted(
        _lines(plan, table, members, matched, kinds), key=lambda row: (row[0], _PARTS.index(row[3]))
    )
    columns = ["number", "zone", "fence", "part", "item", "count", "said"]
    return Cards(table, members, pd.DataFrame(lines, columns=columns))


_PARTS = ("duty", "need", "talent", "mentor")


def _members(
    plan: PlanTables,
    duties: Sequence[Duty],
    strengths: Mapping[str, Sequence[str]],
    matched: Matched,
) -> pd.DataFrame:
    at = centre_positions(plan, plan.members["zone"])
    there = np.flatnonzero(at >= 0)
    frame, centre = plan.members.iloc[there], plan.centres.iloc[at[there]]
    ids = frame["member_id"].astype(str).tolist()
    own = [tuple(strengths.get(i, ())) for i in ids]
    asked = matched.needs["member_id"].value_counts()
    made = pd.DataFrame(
        {
            "member_id": ids,
            "number": centre["number"].to_numpy(np.int64),
            "zone": centre["centre_id"].to_numpy(object),
            "fence": centre["fence"].to_numpy(object),
            "centre": frame["member_id"].to_numpy(object) == centre["centre_id"].to_numpy(object),
            "households": frame["households"].to_numpy(np.int64),
            "talents": ["、".join(t) for t in own],
            "duties": [[d.code for d in duties if is_able(t, d.talents)] for t in own],
            "needs": asked.reindex(ids).fillna(0).to_numpy(np.int64),
        }
    )
    order = np.lexsort((made["member_id"].to_numpy(str), ~made["centre"], made["number"]))
    return made.iloc[order].reset_index(drop=True)


def _duties(
    plan: PlanTables,
    duties: Sequence[Duty],
    members: pd.DataFrame,
    log: tuple[pd.DataFrame, Period] | None,
) -> pd.DataFrame:
    numbers = plan.centres["number"].to_numpy(np.int64)
    done, months = _done(plan, duties, log)
    rows = []
    for c in np.argsort(numbers, kind="stable").tolist():
        mine = members[members["number"] == numbers[c]]
        for k, duty in enumerate(duties):
            who = [
                i
                for i, own in zip(mine["member_id"], mine["duties"], strict=True)
                if duty.code in own
            ]
            rows.append(
                {
                    "number": int(numbers[c]),
                    "zone": plan.centres["centre_id"].iloc[c],
                    "fence": plan.centres["fence"].iloc[c],
                    "duty": duty.code,
                    "able": len(who),
                    "who": "、".join(who),
                    "done": done[c, k],
                    "asked": round(duty.a_month * months, 1) if duty.a_month else np.nan,
                }
            )
    return pd.DataFrame(rows)


def _done(
    plan: PlanTables, duties: Sequence[Duty], log: tuple[pd.DataFrame, Period] | None
) -> tuple[Floats, float]:
    """Count the rows of each duty by zone, and the months of the period; 1 where there is no log."""
    if log is None:
        return np.full((len(plan.centres), len(duties)), np.nan), 1.0
    rows, period = log
    first, last = (pd.Timestamp(str(day)) for day in (period.since, period.until))
    rows = rows[(rows["day"] >= first) & (rows["day"] <= last)].reset_index(drop=True)
    home = positions(plan.households["household_id"], rows["household"].astype(str))
    zone = zones_of_rows(plan, rows, home)
    found = np.zeros((len(plan.centres), len(duties)))
    for k, duty in enumerate(duties):
        mine = zone[rows["count"].isin(duty.counts).to_numpy(bool) & (zone >= 0)]
        found[:, k] = np.bincount(mine, minlength=len(plan.centres))
    days = (period.until - period.since).days + 1
    return found, float(period.months or days / _DAYS_A_MONTH)


def _lines(
    plan: PlanTables,
    duties: pd.DataFrame,
    members: pd.DataFrame,
    matched: Matched,
    kinds: Sequence[NeedKind],
) -> Iterator[tuple[int, str, str, str, str, int, str]]:
    for row in duties.to_dict("records"):
        where = (row["number"], row["zone"], row["fence"])
        yield (*where, "duty", row["duty"], row["able"], row["who"])
    numbers = plan.centres["number"].astype(int).tolist()
    places = zip(plan.centres["centre_id"], plan.centres["fence"], strict=True)
    where_of = {n: (n, str(z), str(f)) for n, (z, f) in zip(numbers, places, strict=True)}
    needs = matched.needs.assign(met=matched.met)
    for number, where in where_of.items():
        mine = needs[needs["number"] == number]
        for kind in kinds:
            some = mine[mine["kind"] == kind.code]
            if len(some):
                yield (
                    *where,
                    "need",
                    kind.code,
                    len(some),
                    f"{int(some['met'].sum())}/{len(some)}",
                )
        held: dict[str, list[str]] = {}
        people = members[members["number"] == number]
        for who, talents in zip(people["member_id"], people["talents"], strict=True):
            for talent in filter(None, talents.split("、")):
                held.setdefault(talent, []).append(who)
        for talent in sorted(held):
            yield (*where, "talent", talent, len(held[talent]), "、".join(held[talent]))
    mentors = above_centres(plan, MENTOR)
    if mentors is not None:
        for number, mentor in zip(numbers, mentors, strict=True):
            if str(mentor):
                yield (*where_of[int(number)], "mentor", "mentor", 1, str(mentor))

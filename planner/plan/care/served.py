"""What was done, counted: by zone, by member and by month against need, and who was not visited for long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from planner.model.arrays import Ints
from planner.model.tables import PlanTables
from planner.plan.care.visits import Helping
from planner.plan.frames import positions, taken, unit_positions

__all__ = ["Served", "served", "zones_of_rows"]


@dataclass(frozen=True, eq=False)
class Served:
    """A log held against a plan.

    Parameters
    ----------
    counts : DataFrame
        One row a month and zone: ``month, number, zone``, one column a kind of service, ``minutes, needed``
        (visits that its care households need a month).
    members : DataFrame
        One row a member and month: ``month, member_id, zone, services, minutes``.
    unseen : DataFrame
        Care households that were not visited for so long: ``household_id, zone, place, last`` (day, "" for
        never)``, days`` (NaN for never)``, helper``; the longest first.
    zones : DataFrame
        One row a zone: ``number, zone, last, days`` since anything was done in it.
    places : DataFrame
        One row a door at which anything was done: ``unit`` (its position)``, services``; what is told of a
        zone alone counts where its centre lives.
    unknown : int
        Rows whose household or zone no plan knows.
    unread : int
        Rows that are in none of these, their day or place being unreadable.
    """

    counts: pd.DataFrame
    members: pd.DataFrame
    unseen: pd.DataFrame
    zones: pd.DataFrame
    places: pd.DataFrame
    unknown: int
    unread: int = 0


def served(
    plan: PlanTables, rows: pd.DataFrame, told: Helping, kinds: list[str], unseen_days: int
) -> Served:
    """Count a log.

    Parameters
    ----------
    rows : DataFrame
        ``day, kind, household, zone, member, minutes``: see `planner.intake.service_log.ServiceLog`.
    kinds : list of str
        Codes of the kinds of service, each a column.
    unseen_days : int
        Counted back from the last day of the log: the clock would make equal logs differ.
    """
    home = positions(plan.households["household_id"], rows["household"].astype(str))
    zone = zones_of_rows(plan, rows, home)
    live = zone >= 0
    log = rows[live].assign(
        at=zone[live], home=home[live], month=rows["day"][live].dt.strftime("%Y-%m")
    )
    last = rows["day"].max() if len(rows) else None
    return Served(
        _counts(plan, log, told, kinds),
        _members(plan, log),
        _unseen(plan, log, told, last, unseen_days),
        _since(plan, log, last),
        _places(plan, log),
        int((~live).sum()),
    )


def _places(plan: PlanTables, log: pd.DataFrame) -> pd.DataFrame:
    home = log["home"].to_numpy(np.int64)
    seats = plan.problem.home.astype(np.int64)[log["at"].to_numpy(np.int64)]
    doors = np.append(unit_positions(plan, plan.households["unit_id"]), -1)[home]
    count = np.bincount(np.where(doors >= 0, doors, seats), minlength=len(plan.units))
    unit = np.flatnonzero(count)
    return pd.DataFrame({"unit": unit, "services": count[unit]})


def zones_of_rows(plan: PlanTables, rows: pd.DataFrame, home: Ints) -> Ints:
    """Find the zone of each row: that of its household, else by number or centre."""
    centres = plan.centres["centre_id"]
    of_home = positions(centres, plan.households["zone"])
    numbers = plan.centres["number"].astype(str)
    # 3, 3号, 第3责任区 and 责任区3 are one zone
    said = rows["zone"].astype(str).str.replace(r"^第|号?(?:责任区)?$|^责任区|\.0$", "", regex=True)
    by_name = positions(centres, rows["zone"].astype(str))
    named = np.where(by_name >= 0, by_name, positions(numbers, said))
    return np.where(home >= 0, np.append(of_home, -1)[home], named).astype(np.int64)


def _counts(plan: PlanTables, log: pd.DataFrame, told: Helping, kinds: list[str]) -> pd.DataFrame:
    zone_of = positions(plan.centres["centre_id"], plan.households["zone"])[told.home]
    needed = np.bincount(
        zone_of[zone_of >= 0], told.visits[zone_of >= 0], minlength=len(plan.centres)
    )
    keys = ["month", "at"]
    table = log.groupby([*keys, "kind"]).size().unstack("kind", fill_value=0)
    table = table.reindex(columns=kinds, fill_value=0)
    minutes = log.groupby(keys)["minutes"].sum()
    # Months in which nothing was done in a zone are told too: they are what is looked for.
    months = sorted(log["month"].unique())
    every = pd.MultiIndex.from_product([months, range(len(plan.centres))], names=keys)
    table = table.reindex(every, fill_value=0).reset_index()
    at = table["at"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "month": table["month"].to_numpy(object),
            "number": plan.centres["number"].to_numpy(np.int64)[at],
            "zone": plan.centres["centre_id"].to_numpy(object)[at],
            **{kind: table[kind].to_numpy(np.int64) for kind in kinds},
            "minutes": minutes.reindex(every, fill_value=0.0).to_numpy(float).round(1),
            "needed": np.asarray(needed, float)[at],
        }
    )


def _members(plan: PlanTables, log: pd.DataFrame) -> pd.DataFrame:
    members = plan.members["member_id"]
    # Who went is who is named; where nobody is, the member who looks after that home.
    usual = taken(plan.households["member"], log["home"].to_numpy(np.int64))
    who = np.where(log["member"] != "", log["member"], usual).astype(object)
    made = log.assign(who=who)[np.isin(who, members.to_numpy(object))]
    sums = made.groupby(["month", "who"]).agg(services=("kind", "size"), minutes=("minutes", "sum"))
    frame = sums.reset_index().rename(columns={"who": "member_id"})
    zone = taken(plan.members["zone"], positions(members, frame["member_id"]))
    return frame.assign(zone=zone)[["month", "member_id", "zone", "services", "minutes"]]


def _unseen(
    plan: PlanTables, log: pd.DataFrame, told: Helping, last: datetime | None, unseen_days: int
) -> pd.DataFrame:
    seen = log[log["home"] >= 0].groupby("home")["day"].max()
    day = seen.reindex(told.home)
    days = np.full(len(told.home), np.nan)
    if last is not None:
        days = (pd.Timestamp(last) - day).dt.days.to_numpy(float)
    rows = np.flatnonzero(~(days <= unseen_days))
    home = told.home[rows]
    frame = pd.DataFrame(
        {
            "household_id": plan.households["household_id"].to_numpy(object)[home],
            "zone": plan.households["zone"].to_numpy(object)[home],
            "place": taken(
                plan.units["label"],
                positions(plan.units["unit_id"], plan.households["unit_id"].iloc[home]),
            ),
            "last": day.dt.strftime("%Y-%m-%d").fillna("").to_numpy(object)[rows],
            "days": days[rows],
            "helper": taken(plan.members["member_id"], told.first[rows]),
        }
    )
    return frame.sort_values(
        "days", ascending=False, na_position="first", kind="stable", ignore_index=True
    )


def _since(plan: PlanTables, log: pd.DataFrame, last: datetime | None) -> pd.DataFrame:
    day = log.groupby("at")["day"].max().reindex(range(len(plan.centres)))
    days = np.full(len(day), np.nan)
    if last is not None:
        days = (pd.Timestamp(last) - day).dt.days.to_numpy(float)
    frame = pd.DataFrame(
        {
            "number": plan.centres["number"].to_numpy(np.int64),
            "zone": plan.centres["centre_id"].to_numpy(object),
            "last": day.dt.strftime("%Y-%m-%d").fillna("").to_numpy(object),
            "days": days,
        }
    )
    return frame.sort_values(
        "days", ascending=False, na_position="first", kind="stable", ignore_index=True
    )

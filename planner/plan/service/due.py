"""What is due: visits by class, open problems by age, centres that no mentor was in touch with.

Days are counted back from the day that is asked for, never from the clock: equal logs give equal lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from planner.model.arrays import Bools, Ints
from planner.model.levels import MENTOR
from planner.model.serving import VisitClass
from planner.model.tables import PlanTables
from planner.plan.care.served import zones_of_rows
from planner.plan.frames import above_centres, positions, taken

__all__ = ["STATES", "Asked", "Due", "due"]

STATES = ("overdue", "due", "done")


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of a log.

    Parameters
    ----------
    on : date or None
        The day for which it is told; the last one of the log if None.
    ahead : int
        A visit that falls due within so many days is due, but not before half of its time is over.
    silent : int
        A centre that its mentor was not in touch with for longer is listed, days.
    """

    on: date | None = None
    ahead: int = 7
    silent: int = 90

    @property
    def day(self) -> pd.Timestamp:
        """The day, once it is known."""
        return pd.Timestamp(str(self.on))


@dataclass(frozen=True, eq=False)
class Due:
    """What is due on a day.

    Parameters
    ----------
    asked : Asked
    homes : DataFrame
        A row a household that is to be visited: ``household_id, fence, number, zone, place, care`` (bool)``,
        visit_class`` (code)``, last`` (day, "" for never)``, days`` (NaN for never)``, next`` (day, "" for at
        once)``, late`` (days overdue, NaN for never visited)``, state`` (one of `STATES`)``, member``;
        overdue care households first, those never visited and then the latest before the others.
    members : DataFrame
        A row a member who visits: ``member_id, number, zone, homes, overdue, overdue_care, due, done``.
    problems : DataFrame
        What is open, the oldest first: ``day, age`` (days)``, count, number, zone, fence, household, member,
        file, sheet, row``.
    mentors : DataFrame or None
        A row a mentor: ``mentor, centres, contacts, trainings, last, days, silent`` (centres without contact
        for too long); None where the plan has none.
    silent : DataFrame or None
        Centres without contact: ``mentor, number, zone, fence, last, days``, the longest first.
    """

    asked: Asked
    homes: pd.DataFrame
    members: pd.DataFrame
    problems: pd.DataFrame
    mentors: pd.DataFrame | None
    silent: pd.DataFrame | None


def due(
    plan: PlanTables,
    rows: pd.DataFrame,
    classes: Sequence[VisitClass | None],
    care: Bools,
    helper: Mapping[str, str],
    asked: Asked,
) -> Due:
    """Hold a log against what is to be visited.

    Parameters
    ----------
    rows : DataFrame
        See `planner.plan.service.kept_log.Merged`; what lies after the day that is asked for is left out.
    classes : sequence of VisitClass or None
        Of each household of the plan; None for one that is not visited.
    care : ndarray of bool, shape (n_households,)
    helper : mapping of str to str
        Who visits a household, where that is not the member who looks after it.
    """
    if asked.on is None:
        last = rows["day"].max() if len(rows) else pd.Timestamp(2000, 1, 1)
        asked = replace(asked, on=last.date())
    day = asked.day
    log = rows[rows["day"] <= day].reset_index(drop=True)
    home = positions(plan.households["household_id"], log["household"].astype(str))
    at = zones_of_rows(plan, log, home)
    homes = _homes(plan, log.assign(home=home), classes, care, helper, asked)
    mentors, silent = _mentors(plan, log, at, asked)
    return Due(asked, homes, _members(plan, homes), _problems(plan, log, at, day), mentors, silent)


def _homes(
    plan: PlanTables,
    log: pd.DataFrame,
    classes: Sequence[VisitClass | None],
    care: Bools,
    helper: Mapping[str, str],
    asked: Asked,
) -> pd.DataFrame:
    wanted = np.flatnonzero([one is not None for one in classes])
    kept = [one for one in classes if one is not None]
    frame = plan.households.iloc[wanted]
    zone = positions(plan.centres["centre_id"], frame["zone"])
    # a row that is open tells that somebody was there, too
    last = log[log["home"] >= 0].groupby("home")["day"].max().reindex(wanted)
    days = (asked.day - last).dt.days.to_numpy(float)
    every = np.array([one.days for one in kept], float)
    late = days - every
    # whoever is visited each week would always be due within seven days
    soon = np.minimum(asked.ahead, every // 2)
    state = np.where(np.isnan(days) | (late > 0), 0, np.where(late >= -soon, 1, 2))
    following = last + pd.to_timedelta(every, unit="D")
    usual = frame["member"].astype(str).to_numpy(object)
    ids = frame["household_id"].astype(str).to_numpy(object)
    named = [helper.get(home, "") or own for home, own in zip(ids.tolist(), usual, strict=True)]
    # whom nobody serves is the centre's own task
    who = np.where(np.array(named, object) != "", named, frame["zone"].to_numpy(object))
    units = positions(plan.units["unit_id"], frame["unit_id"])
    made = pd.DataFrame(
        {
            "household_id": ids,
            "fence": frame["fence"].to_numpy(object),
            "number": np.append(plan.centres["number"].to_numpy(float), np.nan)[zone],
            "zone": frame["zone"].to_numpy(object),
            "place": taken(plan.units["label"], units),
            "care": np.asarray(care, bool)[wanted],
            "visit_class": [one.code for one in kept],
            "last": last.dt.strftime("%Y-%m-%d").fillna("").to_numpy(object),
            "days": days,
            "next": following.dt.strftime("%Y-%m-%d").fillna("").to_numpy(object),
            "late": np.where(late > 0, late, np.where(np.isnan(late), np.nan, 0.0)),
            "state": np.array(STATES, object)[state],
            "member": who,
        }
    )
    never = np.isnan(made["days"])
    order = np.lexsort(
        (
            ids.astype(str),
            -np.nan_to_num(late, nan=0.0),
            ~never,
            ~made["care"].to_numpy(bool),
            state,
        )
    )
    return made.iloc[order].reset_index(drop=True)


def _members(plan: PlanTables, homes: pd.DataFrame) -> pd.DataFrame:
    grouped = homes.assign(
        **{state: homes["state"] == state for state in STATES},
        overdue_care=(homes["state"] == STATES[0]) & homes["care"],
        homes=1,
    ).groupby("member")[["homes", "overdue", "overdue_care", "due", "done"]]
    frame = grouped.sum().astype(np.int64).rename_axis("member_id").reset_index()
    zone = taken(plan.members["zone"], positions(plan.members["member_id"], frame["member_id"]))
    at = positions(plan.centres["centre_id"], zone.astype(str))
    number = np.append(plan.centres["number"].to_numpy(float), np.nan)[at]
    made = frame.assign(zone=zone, number=number)
    worst = ["overdue_care", "overdue", "due"]
    return made.sort_values(
        [*worst, "member_id"], ascending=[False] * 3 + [True], ignore_index=True
    )


def _problems(plan: PlanTables, log: pd.DataFrame, at: Ints, day: pd.Timestamp) -> pd.DataFrame:
    made = log.assign(
        age=(day - log["day"]).dt.days,
        zone=taken(plan.centres["centre_id"], at),
        fence=taken(plan.centres["fence"], at),
        number=np.append(plan.centres["number"].to_numpy(float), np.nan)[at],
    )[(log["state"] == "open").to_numpy(bool)]
    names = ["day", "age", "count", "number", "zone", "fence", "household", "member"]
    oldest = made.sort_values("age", ascending=False, kind="stable", ignore_index=True)
    return oldest[[*names, "file", "sheet", "row"]]


def _mentors(
    plan: PlanTables, log: pd.DataFrame, at: Ints, asked: Asked
) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Say of each mentor and centre when they last had to do with one another."""
    own = above_centres(plan, MENTOR)
    if own is None:
        return None, None
    mentors = sorted(set(own) - {""})
    mine = log["member"].isin(mentors).to_numpy(bool)
    contact = log.assign(at=at)[mine & (at >= 0)]
    # a mentor's word with another's centre is no contact of its own mentor
    contact = contact[contact["member"].to_numpy(object) == own[contact["at"].to_numpy(np.int64)]]
    last = contact.groupby("at")["day"].max().reindex(range(len(own)))
    days = (asked.day - last).dt.days.to_numpy(float)
    quiet = np.isnan(days) | (days > asked.silent)
    listed = pd.DataFrame(
        {
            "mentor": own,
            "number": plan.centres["number"].to_numpy(np.int64),
            "zone": plan.centres["centre_id"].to_numpy(object),
            "fence": plan.centres["fence"].to_numpy(object),
            "last": last.dt.strftime("%Y-%m-%d").fillna("").to_numpy(object),
            "days": days,
        }
    )
    latest = log[mine].groupby("member")["day"].max().reindex(mentors)
    held = log[mine & (log["count"] == "training").to_numpy(bool)].groupby("member").size()
    told = pd.DataFrame(
        {
            "mentor": mentors,
            "centres": [int((own == m).sum()) for m in mentors],
            "contacts": contact.groupby("member")
            .size()
            .reindex(mentors, fill_value=0)
            .to_numpy(int),
            "trainings": held.reindex(mentors, fill_value=0).to_numpy(int),
            "last": latest.dt.strftime("%Y-%m-%d").fillna("").to_numpy(object),
            "days": (asked.day - latest).dt.days.to_numpy(float),
            "silent": [int((quiet & (own == m)).sum()) for m in mentors],
        }
    )
    worst = listed[quiet].sort_values(
        ["days", "number"], ascending=[False, True], na_position="first", ignore_index=True
    )
    return told, worst

"""The figures of a period, counted from a log: by community, zone and month, each from rows that are marked.

A figure is the sum of a column of its rows, and no row vanishes: what names no home or zone of the plan is
counted under no community, and what no word of the table fits is told as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.model.arrays import Bools, Floats, Ints
from planner.model.serving import ServiceCount
from planner.model.tables import PlanTables
from planner.plan.care.served import zones_of_rows
from planner.plan.frames import positions, taken
from planner.plan.service.periods import Period

__all__ = ["Tallies", "few_of", "tallies"]


@dataclass(frozen=True, eq=False)
class Tallies:
    """What was done in a period, and in the one before.

    Parameters
    ----------
    period : Period
    total : DataFrame
        A row a figure: ``code, now, before``.
    by_fence, by_fence_before : DataFrame
        A row a community: ``fence`` ("" for what the plan does not know), a column a figure.
    by_zone, by_zone_before : DataFrame
        A row a zone: ``number, zone, fence``, a column a figure.
    by_month : DataFrame
        A row a month of the period: ``month``, a column a figure.
    rows : DataFrame
        The rows of the period and of the one before: ``day, count, fence, number, zone, household, member,
        minutes, people, state, file, sheet, row, now`` (whether it is of this period)``, counted`` (how much
        the row adds to the figure that it counts for, ``people`` to that of people).
    unnamed, unplaced, elsewhere : int
        Rows of the period that no word of the table fits; that name no home or zone of the plan; rows of
        the log that lie in neither period.
    """

    period: Period
    total: pd.DataFrame
    by_fence: pd.DataFrame
    by_fence_before: pd.DataFrame
    by_zone: pd.DataFrame
    by_zone_before: pd.DataFrame
    by_month: pd.DataFrame
    rows: pd.DataFrame
    unnamed: int
    unplaced: int
    elsewhere: int

    def sums(self, column: str = "now") -> dict[str, int]:
        """Give each figure by its code; of the period before with ``before``."""
        codes, values = self.total["code"].tolist(), self.total[column].tolist()
        return {str(code): int(value) for code, value in zip(codes, values, strict=True)}


def tallies(
    plan: PlanTables, rows: pd.DataFrame, counts: Sequence[ServiceCount], period: Period
) -> Tallies:
    """Count a log.

    Parameters
    ----------
    rows : DataFrame
        ``day, count, household, zone, member, minutes, people, state, file, sheet, row``.
    counts : sequence of ServiceCount
    period : Period
    """
    both = [_within(rows["day"], one) for one in (period, period.before)]
    used = rows[both[0] | both[1]].reset_index(drop=True)
    now = both[0][both[0] | both[1]]
    home = positions(plan.households["household_id"], used["household"].astype(str))
    at = zones_of_rows(plan, used, home)
    of_zone = taken(plan.centres["fence"], at)
    fence = np.where(home >= 0, taken(plan.households["fence"], home), of_zone)
    made = used.assign(fence=fence, at=at, now=now)
    made = made.assign(counted=_counted(made, counts))
    codes = [(one.code, one.counted == "people") for one in counts]
    fences = _fences(plan, made["fence"])
    zones = pd.Index(np.arange(len(plan.centres)))
    now_rows, old_rows = made[now], made[~now]
    months = pd.Index(sorted(set(now_rows["day"].dt.strftime("%Y-%m"))))
    by_month = now_rows.assign(month=now_rows["day"].dt.strftime("%Y-%m"))
    sums = [_sums(part, "fence", fences, codes) for part in (now_rows, old_rows)]
    each = [_sums(part, "at", zones, codes) for part in (now_rows, old_rows)]
    names = pd.DataFrame(
        {n: plan.centres[c].to_numpy(object) for n, c in _OF_ZONE.items()}, index=zones
    )
    return Tallies(
        period,
        pd.DataFrame(
            {
                "code": [code for code, _ in codes],
                "now": sums[0].sum().to_numpy(),
                "before": sums[1].sum().to_numpy(),
            }
        ),
        sums[0].rename_axis("fence").reset_index(),
        sums[1].rename_axis("fence").reset_index(),
        pd.concat([names, each[0]], axis=1),
        pd.concat([names, each[1]], axis=1),
        _sums(by_month, "month", months, codes).rename_axis("month").reset_index(),
        _told(plan, made),
        int((now_rows["count"] == "").sum()),
        int((now & (home < 0) & (at < 0)).sum()),
        int((~(both[0] | both[1])).sum()),
    )


_OF_ZONE = {"number": "number", "zone": "centre_id", "fence": "fence"}


def _within(day: pd.Series, period: Period) -> Bools:
    since, until = pd.Timestamp(period.since), pd.Timestamp(period.until)
    return ((day >= since) & (day < until + pd.Timedelta(1, "D"))).to_numpy(bool)


def _fences(plan: PlanTables, named: pd.Series) -> pd.Index[Any]:
    """Every community of the plan, those where nothing was done too; last what the plan does not know."""
    known = sorted({*plan.households["fence"].astype(str), *named.astype(str)} - {""})
    return pd.Index([*known, ""] if (named == "").any() or not known else known)


def _counted(rows: pd.DataFrame, counts: Sequence[ServiceCount]) -> Ints:
    """Say how much each row adds: of households that are counted once a period, the first row of each."""
    how = rows["count"].map({one.code: one.counted for one in counts}).fillna("")
    first = ~rows.duplicated(["now", "count", "household"]) | (rows["household"] == "")
    adds = (how == "rows") | ((how == "solved") & (rows["state"] != "open"))
    return np.asarray(adds | ((how == "homes") & first), np.int64)


def _sums(
    rows: pd.DataFrame, by: str, index: pd.Index[Any], codes: list[tuple[str, bool]]
) -> pd.DataFrame:
    counted = rows.groupby([by, "count"])["counted"].sum().unstack("count", fill_value=0)
    people = rows.groupby(by)["people"].sum()
    made = {
        code: (
            people.reindex(index, fill_value=0.0)
            if of_people
            else counted.get(code, pd.Series(dtype=float)).reindex(index, fill_value=0)
        ).to_numpy(float)
        for code, of_people in codes
    }
    return pd.DataFrame(made, index=index).round().astype(np.int64)


def _told(plan: PlanTables, made: pd.DataFrame) -> pd.DataFrame:
    at = made["at"].to_numpy(np.int64)
    number = np.append(plan.centres["number"].to_numpy(float), np.nan)[at]
    kept = made.drop(columns=["at", "zone"], errors="ignore").assign(
        number=number, zone=taken(plan.centres["centre_id"], at)
    )
    return kept.sort_values(
        ["now", "day"], ascending=[False, True], kind="stable", ignore_index=True
    )


def few_of(values: Floats, least: int) -> Bools:
    """Say which of some counts that add up to a known sum must be hidden, so that no small one can be told.

    Parameters
    ----------
    values : ndarray
        Counts; 0 may show.
    least : int
        Counts from 1 up to this are hidden, and beside them as many others, from the last on, as keep a
        reader from telling them by subtraction: two counts at least, which add up to twice the threshold.

    Returns
    -------
    ndarray of bool
    """
    counts = np.asarray(values, float)
    if 0 < counts.sum() < least:
        # beside a small sum noughts would tell how it is shared out
        return np.ones(len(counts), bool)
    hidden = (counts > 0) & (counts < least)
    while hidden.any() and (hidden.sum() < 2 or counts[hidden].sum() < 2 * least):
        left = np.flatnonzero(~hidden & (counts > 0))
        if not len(left):
            break
        # by its place and not by its size: to hide the smallest would tell that the others are larger
        hidden[left[-1]] = True
    return hidden

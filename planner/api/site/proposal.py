"""What was chosen, as tables: each centre with its reasons, everyone else, what stays uncovered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.api.site.quarters import Quarter, swaps
from planner.demand.demand import Demand
from planner.network import Network
from planner.solve.sites import Answer
from planner.solve.staff import staff

__all__ = ["Outcome", "chosen_table", "fence_table", "left_table", "uncovered_table"]

UNCOVERED = {
    "no_candidate": ("本社区没有候选户", "the community has no candidate"),
    "no_path": ("没有步行路径到任何候选户", "no walking path to any candidate"),
    "beyond_every": ("任何候选户都超出步行上限", "every candidate is beyond the walk limit"),
    "beyond_this": (
        "所选中心户超出步行上限，另有候选户在内",
        "its centre is beyond the walk limit, some candidate is not",
    ),
}  # fmt: skip
ASIDE = {
    "forbidden": ("指定不选", "forbidden"),
    "role": ("角色不在限定范围内", "not of the roles asked for"),
    "no_place": ("住址未能定位", "the home has no place on the walking network"),
}
LARGE = 100_000
"""Pairs above which the present centres are told by each home's nearest one."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answer for one fence.

    Parameters
    ----------
    quarter : Quarter
    answer : Answer or None
        None where there is nobody to choose.
    """

    quarter: Quarter
    answer: Answer | None

    @property
    def chosen(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Chosen candidates and who serves each unit, positions among the quarter's candidates."""
        if self.answer is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return self.quarter.chosen(self.answer)

    @property
    def walk_m(self) -> NDArray[np.float64]:
        """Walk of each unit to its centre, metres."""
        serves = self.chosen[1]
        return self.quarter.walk_m[np.arange(len(serves)), serves]


def chosen_table(
    outcomes: Sequence[Outcome], candidates: pd.DataFrame, demand: Demand
) -> pd.DataFrame:
    """List the chosen, with what each is to serve and why it was taken.

    Parameters
    ----------
    outcomes : sequence of Outcome
    candidates : DataFrame
        ``id, fence, label, role, score, strengths, was_centre, forced, merit_m``.
    demand : Demand

    Returns
    -------
    DataFrame
        ``candidate_id, fence, label, role, score, strengths, was_centre, forced, households, members,
        within_reach`` (homes of the fence within the walk limit)``, walk_mean_m, walk_max_m, beyond``
        (homes beyond it)``, runner_up, instead_m`` (metres for each home that the runner-up would
        cost)``, why, why_zh``.  By fence and id.
    """
    rows: list[dict[str, Any]] = []
    members = demand.units["members"].to_numpy(int)
    for outcome in outcomes:
        q = outcome.quarter
        at, serves = outcome.chosen
        if not len(at):
            continue
        merit = candidates["merit_m"].to_numpy(float)[q.candidates]
        ids = candidates["id"].to_numpy(str)[q.candidates]
        swap, walk = swaps(q, serves, merit), outcome.walk_m
        for c in at:
            zone = serves == c
            homes = q.households[zone]
            rivals = np.flatnonzero((swap.centre == c) & (np.arange(len(ids)) != c))
            rivals = rivals[np.lexsort((ids[rivals], swap.instead_m[rivals]))]
            next_best = int(rivals[0]) if len(rivals) else None
            row = candidates.iloc[int(q.candidates[c])]
            rows.append(
                {
                    "candidate_id": row["id"],
                    **{name: row[name] for name in _CHOSEN[1:8]},
                    "households": int(homes.sum()),
                    "members": int(members[q.units[zone]].sum()),
                    "within_reach": int(q.households[q.walk_m[:, c] <= q.limit_m].sum()),
                    "walk_mean_m": round(_mean(walk[zone], homes), 1),
                    "walk_max_m": round(float(walk[zone][homes > 0].max(initial=0.0)), 1),
                    "beyond": int(homes[walk[zone] > q.limit_m].sum()),
                    "runner_up": "" if next_best is None else ids[next_best],
                    "instead_m": np.nan if next_best is None else round(float(swap.instead_m[next_best]), 1),
                    **_why(bool(row["forced"]), next_best, ids, swap.walk_m, swap.merit_m),
                }
            )  # fmt: skip
    table = pd.DataFrame(rows, columns=_CHOSEN)
    return table.sort_values(["fence", "candidate_id"], kind="stable", ignore_index=True)


_CHOSEN = [
    "candidate_id", "fence", "label", "role", "score", "strengths", "was_centre", "forced", "households",
    "members", "within_reach", "walk_mean_m", "walk_max_m", "beyond", "runner_up", "instead_m", "why",
    "why_zh",
]  # fmt: skip


def _why(
    forced: bool,
    next_best: int | None,
    ids: NDArray[Any],
    walk_m: NDArray[np.float64],
    merit_m: NDArray[np.float64],
) -> dict[str, str]:
    en, zh = ("asked for by name; ", "指定入选；") if forced else ("", "")
    if next_best is None:
        return {
            "why": en + "no other candidate lives in its zone",
            "why_zh": zh + "责任区内没有其他候选户",
        }
    walk, merit = walk_m[next_best], merit_m[next_best]
    if not np.isfinite(walk):
        return {
            "why": f"{en}from {ids[next_best]} some of the homes have no path",
            "why_zh": f"{zh}次优{ids[next_best]}与部分住户之间没有步行路径",
        }
    return {
        "why": f"{en}with {ids[next_best]} each home would walk {walk:+.0f} m, merit {merit:+.0f} m",
        "why_zh": f"{zh}若换成次优{ids[next_best]}，每户步行{walk:+.0f}米，得分与特长折合{merit:+.0f}米",
    }


def _mean(walk: NDArray[np.float64], homes: NDArray[np.float64]) -> float:
    return float((walk * homes).sum() / homes.sum()) if homes.sum() else 0.0


def left_table(
    outcomes: Sequence[Outcome], candidates: pd.DataFrame, aside: pd.DataFrame
) -> pd.DataFrame:
    """List everyone who was not chosen, and what it would cost to take them.

    Parameters
    ----------
    outcomes : sequence of Outcome
    candidates : DataFrame
        See `chosen_table`.
    aside : DataFrame
        ``id, fence, label, role, score, strengths, was_centre, cause`` of those who were never looked at.

    Returns
    -------
    DataFrame
        ``candidate_id, fence, label, role, score, strengths, was_centre, centre_id`` (in whose zone the
        candidate lives)``, walk_m`` (to that centre)``, instead_m`` (metres for each home of that zone,
        were the candidate its centre)``, why, why_zh``.  By fence, then by `instead_m`.
    """
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        q = outcome.quarter
        at, serves = outcome.chosen
        merit = candidates["merit_m"].to_numpy(float)[q.candidates]
        ids = candidates["id"].to_numpy(str)[q.candidates]
        if not len(at):
            continue
        swap = swaps(q, serves, merit)
        for c in np.setdiff1d(np.arange(len(ids)), at):
            centre = int(swap.centre[c])
            cost = float(swap.instead_m[c])
            said = (
                (
                    f"instead of {ids[centre]}: {cost:+.0f} m a home",
                    f"替换{ids[centre]}：每户{cost:+.0f}米",
                )
                if np.isfinite(cost)
                else (
                    f"some homes of {ids[centre]} have no path to it",
                    f"{ids[centre]}的部分住户无路径可达",
                )
            )
            rows.append(
                {
                    **_person(candidates.iloc[int(q.candidates[c])]),
                    "centre_id": ids[centre],
                    "walk_m": round(float(q.walk_m[q.home[c], centre]), 1),
                    "instead_m": round(cost, 1),
                    "why": said[0],
                    "why_zh": said[1],
                }
            )
    for _, row in aside.iterrows():
        zh, en = ASIDE[row["cause"]]
        rows.append({**_person(row), "centre_id": "", "walk_m": np.nan, "instead_m": np.nan,
                     "why": en, "why_zh": zh})  # fmt: skip
    table = pd.DataFrame(rows, columns=_LEFT)
    by = ["fence", "instead_m", "candidate_id"]
    return table.sort_values(by, kind="stable", ignore_index=True, na_position="last")


_LEFT = [
    "candidate_id", "fence", "label", "role", "score", "strengths", "was_centre", "centre_id", "walk_m",
    "instead_m", "why", "why_zh",
]  # fmt: skip


def _person(row: pd.Series) -> dict[str, Any]:
    names = ("fence", "label", "role", "score", "strengths", "was_centre")
    return {"candidate_id": row["id"], **{name: row[name] for name in names}}


def uncovered_table(
    outcomes: Sequence[Outcome], candidates: pd.DataFrame, demand: Demand
) -> pd.DataFrame:
    """List the units with homes that no centre reaches as the rules ask.

    Parameters
    ----------
    outcomes, candidates, demand
        See `chosen_table`.

    Returns
    -------
    DataFrame
        ``unit_id, fence, label, households, centre_id, walk_m, cause`` (a key of the causes)``, why,
        why_zh``.
    """
    rows: list[dict[str, Any]] = []
    ids = candidates["id"].to_numpy(str)
    for outcome in outcomes:
        q = outcome.quarter
        cause = "no_path" if len(q.candidates) else "no_candidate"
        rows += [_unit(demand, int(u), "", np.nan, cause) for u in q.lost]
        at, serves = outcome.chosen
        if not len(at):
            continue
        walk = outcome.walk_m
        near = q.walk_m.min(axis=1)
        for i in np.flatnonzero((q.households > 0) & (walk > q.limit_m)):
            cause = "beyond_every" if near[i] > q.limit_m else "beyond_this"
            centre = ids[q.candidates[serves[i]]]
            rows.append(_unit(demand, int(q.units[i]), centre, float(walk[i]), cause))
    names = [
        "unit_id",
        "fence",
        "label",
        "households",
        "centre_id",
        "walk_m",
        "cause",
        "why",
        "why_zh",
    ]
    return pd.DataFrame(rows, columns=names)


def _unit(demand: Demand, unit: int, centre: str, walk_m: float, cause: str) -> dict[str, Any]:
    row = demand.units.iloc[unit]
    zh, en = UNCOVERED[cause]
    return {
        **{name: row[name] for name in ("unit_id", "fence", "label")},
        "households": int(row["households"]),
        "centre_id": centre,
        "walk_m": round(walk_m, 1),
        "cause": cause,
        "why": en,
        "why_zh": zh,
    }


def fence_table(
    outcomes: Sequence[Outcome], demand: Demand, network: Network, present: NDArray[np.integer]
) -> pd.DataFrame:
    """Sum each fence up, with the centres of today beside the proposal.

    Parameters
    ----------
    outcomes, demand
        See `chosen_table`.
    network : Network
        To measure the walks to the centres of today.
    present : ndarray of int
        Units in which they live.

    Returns
    -------
    DataFrame
        ``fence, households, members, candidates, least, most`` (centres that the rules ask for)``,
        centres_before, centres, walk_before_m`` (mean over homes with today's centres, at best; NaN
        where there are none)``, walk_m, value_m, bound_m, optimality_gap, misfit`` (homes over and short
        of what zones may have).
    """
    members = demand.units["members"].to_numpy(int)
    rows = []
    fence = demand.units["fence"].to_numpy(str)
    for outcome in outcomes:
        q, answer = outcome.quarter, outcome.answer
        today = present[fence[present] == q.name]
        rows.append(
            {
                "fence": q.name,
                "households": int(q.households.sum() + demand.units["households"].to_numpy()[q.lost].sum()),
                "members": int(members[q.units].sum()),
                "candidates": len(q.candidates),
                "least": q.least,
                "most": q.most,
                "centres_before": len(today),
                "centres": len(outcome.chosen[0]),
                "walk_before_m": _before(q, today, demand, network),
                "walk_m": np.nan if answer is None else round(_mean(outcome.walk_m, q.households), 1),
                "value_m": np.nan if answer is None else float(answer.value_m),
                "bound_m": np.nan if answer is None else float(answer.bound_m),
                "optimality_gap": np.nan if answer is None else float(answer.gap),
                "misfit": 0.0 if answer is None else _misfit(q, answer),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _misfit(q: Quarter, answer: Answer) -> float:
    """Homes by which zones are larger or smaller than the rules say."""
    high = max(q.high, float(q.households.max()))
    over, short = answer.load - high, q.low - answer.load
    return round(float(np.maximum(over, 0.0).sum() + np.maximum(short, 0.0).sum()), 1)


def _before(q: Quarter, today: NDArray[np.integer], demand: Demand, network: Network) -> float:
    """Mean walk with the centres of today, shared out as well as their rules allow; never too long.

    Homes of one unit may part here, which a plan would not let them.
    """
    walk = np.full((len(q.units), len(today)), np.inf)
    found = network.walks(demand.snaps.take(today), demand.snaps.take(q.units), limit_m=None)
    walk[found.target, found.source] = found.walk_m
    walk = np.where(q.units[:, None] == today[None, :], 0.0, walk)
    if not len(today) or not np.isfinite(walk.min(axis=1)).all():
        return np.nan
    total, count = q.households.sum(), len(today)
    if walk.size > LARGE:
        return round(_mean(walk.min(axis=1), q.households), 1)
    low = q.low if q.low * count <= total else None
    high = q.high if q.high * count >= total else None
    shared = staff(np.round(q.households), walk, low, high)
    return round(shared.cost_m / total, 1)

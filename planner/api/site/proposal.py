"""What was chosen, as tables: each centre with its reasons, everyone else, what stays uncovered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.api.site.quarters import Quarter
from planner.demand.demand import Demand
from planner.model.arrays import Floats, Ints
from planner.solve.sites import Answer

__all__ = [
    "Outcome",
    "Swaps",
    "chosen_table",
    "left_table",
    "mean_walk",
    "one_more",
    "one_more_table",
    "swaps",
    "uncovered_table",
]

UNCOVERED = {
    "no_candidate": ("本社区没有候选户", "the community has no candidate"),
    "no_path": ("没有步行路径到任何候选户", "no walking path to any candidate"),
    "beyond_every": ("任何候选户都超出步行上限", "every candidate is beyond the walk limit"),
    "beyond_this": (
        "所选中心户超出步行上限，另有候选户在内",
        "its centre is beyond the walk limit, some candidate is not",
    ),
}
ASIDE = {
    "forbidden": ("指定不选", "forbidden"),
    "objection": ("公示异议成立", "an objection to the published list was upheld"),
    "role": ("角色不在限定范围内", "not of the roles asked for"),
    "no_place": ("住址未能定位", "the home has no place on the walking network"),
}
PERSON = ["candidate_id", "fence", "label", "role", "score", "strengths", "was_centre"]
CHOSEN = [
    *PERSON,
    *["forced", "households", "members", "within_reach", "walk_mean_m", "walk_max_m", "beyond"],
    *["runner_up", "instead_m", "why", "why_zh"],
]
LEFT = [*PERSON, *["centre_id", "walk_m", "instead_m", "why", "why_zh"]]
OPEN = ["unit_id", "fence", "label", "households", "centre_id", "walk_m", "cause", "why", "why_zh"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answer for one fence.

    `answer`: None where there is nobody to choose.
    """

    quarter: Quarter
    answer: Answer | None

    @property
    def chosen(self) -> tuple[Ints, Ints]:
        """Chosen candidates and who serves each unit, positions among the quarter's candidates."""
        if self.answer is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return self.quarter.chosen(self.answer)

    @property
    def walk_m(self) -> Floats:
        """Walk of each unit to its centre, metres."""
        serves = self.chosen[1]
        return self.quarter.walk_m[np.arange(len(serves)), serves]


@dataclass(frozen=True, eq=False)
class Swaps:
    """What it would cost to have each candidate instead of the centre in whose zone it lives.

    `centre`, shape (n_candidates,): the centre, a position among the quarter's candidates.
    `instead_m` and `walk_m` and `merit_m`, shape (n_candidates,): metres for each home of the zone: in
    all, by walk, and by merit; 0 for the centre itself.
    """

    centre: Ints
    instead_m: Floats
    walk_m: Floats
    merit_m: Floats


def swaps(quarter: Quarter, serves: Ints, merit_m: Floats) -> Swaps:
    """Hold every candidate against the centre of the zone it lives in, the zone as it is.

    `serves`, shape (n_units,): from `Quarter.chosen`.
    `merit_m`, shape (n_candidates,): of the quarter's candidates.
    """
    centre = serves[quarter.home]
    total, walk = np.zeros(len(centre)), np.zeros(len(centre))
    for c in np.unique(centre):
        zone, rivals = serves == c, np.flatnonzero(centre == c)
        load = quarter.load[zone]
        # for each home, so that small and large zones can be told in one column
        weight = max(float(load.sum()), 1e-9)
        cost, metres = quarter.cost_m[zone], quarter.walk_m[zone]
        with np.errstate(invalid="ignore"):  # a home without a path to either
            more = load[:, None] * (metres[:, rivals] - metres[:, [c]])
            total[rivals] = (cost[:, rivals] - cost[:, [c]]).sum(axis=0) / weight
            walk[rivals] = more.sum(axis=0) / weight
    # Infinite less infinite: a swap that nobody could walk is no swap.
    total, walk = (np.where(np.isnan(x), np.inf, x) for x in (total, walk))
    return Swaps(centre, total, walk, merit_m - merit_m[centre])


def chosen_table(
    outcomes: Sequence[Outcome], candidates: pd.DataFrame, demand: Demand
) -> pd.DataFrame:
    """List the chosen, with what each is to serve and why it was taken.

    `candidates`: ``id, fence, label, role, score, strengths, was_centre, forced, merit_m``.
    Gives: ``candidate_id, fence, label, role, score, strengths, was_centre, forced, households,
    members, within_reach`` (homes of the fence within the walk limit)``, walk_mean_m, walk_max_m,
    beyond`` (homes beyond it)``, runner_up, instead_m`` (metres for each home that the runner-up would
    cost)``, why, why_zh``. By fence and id.
    """
    rows: list[dict[str, Any]] = []
    members = demand.units["members"].to_numpy(int)
    for outcome in outcomes:
        q, (at, serves) = outcome.quarter, outcome.chosen
        ids, swap = _rivals(outcome, candidates)
        for c in at:
            zone, row = serves == c, candidates.iloc[int(q.candidates[c])]
            homes, walk = q.households[zone], outcome.walk_m[zone]
            rivals = np.flatnonzero((swap.centre == c) & (np.arange(len(ids)) != c))
            # By id where two cost the same: a second run names the same runner-up.
            rivals = rivals[np.lexsort((ids[rivals], swap.instead_m[rivals]))]
            instead = swap.instead_m[rivals[0]] if len(rivals) else np.nan
            served = {
                "forced": row["forced"],
                "households": int(homes.sum()),
                "members": int(members[q.units[zone]].sum()),
                "within_reach": int(q.households[q.walk_m[:, c] <= q.limit_m].sum()),
                "walk_mean_m": round(mean_walk(walk, homes), 1),
                "walk_max_m": round(float(walk[homes > 0].max(initial=0.0)), 1),
                "beyond": int(homes[walk > q.limit_m].sum()),
                "runner_up": ids[rivals[0]] if len(rivals) else "",
                "instead_m": round(float(instead), 1),
            }
            why = _why(ids, swap, int(rivals[0]) if len(rivals) else None)
            if row["forced"]:
                why = f"指定入选；{why[0]}", f"asked for by name; {why[1]}"
            rows.append(_person(row) | served | _said(*why))
    table = pd.DataFrame(rows, columns=CHOSEN)
    return table.sort_values(["fence", "candidate_id"], kind="stable", ignore_index=True)


def _rivals(outcome: Outcome, candidates: pd.DataFrame) -> tuple[NDArray[Any], Swaps]:
    """Ids of a quarter's candidates, and what each would cost instead of its centre."""
    q = outcome.quarter
    merit = candidates["merit_m"].to_numpy(float)[q.candidates]
    ids = candidates["id"].to_numpy(str)[q.candidates]
    if outcome.answer is None:
        return ids, Swaps(np.zeros(0, np.int64), *[np.zeros(0)] * 3)
    return ids, swaps(q, outcome.chosen[1], merit)


def _why(ids: NDArray[Any], swap: Swaps, next_best: int | None) -> tuple[str, str]:
    """Chinese and English reason, from the runner-up of a zone."""
    if next_best is None:
        return "责任区内没有其他候选户", "no other candidate lives in its zone"
    name, walk, merit = ids[next_best], swap.walk_m[next_best], swap.merit_m[next_best]
    if not np.isfinite(walk):
        return (
            f"次优{name}与部分住户之间没有步行路径",
            f"from {name} some of the homes have no path",
        )
    return (
        f"若换成次优{name}，每户步行{walk:+.0f}米，得分与特长折合{merit:+.0f}米",
        f"with {name} each home would walk {walk:+.0f} m, merit {merit:+.0f} m",
    )


def _said(zh: str, en: str) -> dict[str, str]:
    return {"why": en, "why_zh": zh}


def _person(row: pd.Series) -> dict[str, Any]:
    return {"candidate_id": row["id"], **{name: row[name] for name in PERSON[1:]}}


def mean_walk(walk: Floats, homes: Floats) -> float:
    """Mean over homes, metres; 0 where there are none."""
    return float((walk * homes).sum() / homes.sum()) if homes.sum() else 0.0


def left_table(
    outcomes: Sequence[Outcome], candidates: pd.DataFrame, aside: pd.DataFrame
) -> pd.DataFrame:
    """List everyone who was not chosen, and what it would cost to take them.

    `aside`: ``id, fence, label, role, score, strengths, was_centre, cause`` of those who were never
    looked at.
    Gives: ``candidate_id, fence, label, role, score, strengths, was_centre, centre_id`` (in whose zone
    the candidate lives)``, walk_m`` (to that centre)``, instead_m`` (metres for each home of that zone,
    were the candidate its centre)``, why, why_zh``. By fence, then by `instead_m`.
    """
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        q, (at, _) = outcome.quarter, outcome.chosen
        ids, swap = _rivals(outcome, candidates)
        for c in np.setdiff1d(np.arange(len(swap.centre)), at):
            centre, cost = int(swap.centre[c]), float(swap.instead_m[c])
            name = ids[centre]
            why = f"替换{name}：每户{cost:+.0f}米", f"instead of {name}: {cost:+.0f} m a home"
            if not np.isfinite(cost):
                why = f"{name}的部分住户无路径可达", f"some homes of {name} have no path to it"
            where = {
                "centre_id": name,
                "walk_m": round(float(q.walk_m[q.home[c], centre]), 1),
                "instead_m": round(cost, 1),
            }
            rows.append(_person(candidates.iloc[int(q.candidates[c])]) | where | _said(*why))
    nowhere = {"centre_id": "", "walk_m": np.nan, "instead_m": np.nan}
    rows += [_person(row) | nowhere | _said(*ASIDE[row["cause"]]) for _, row in aside.iterrows()]
    by = ["fence", "instead_m", "candidate_id"]
    return pd.DataFrame(rows, columns=LEFT).sort_values(by, kind="stable", ignore_index=True)


def one_more_table(outcomes: Sequence[Outcome], candidates: pd.DataFrame) -> pd.DataFrame:
    """Find what one centre more would change in each fence, those chosen kept: the best candidate left.

    Homes go to the new centre where that is nearer; zones are not cut again for it.
    Gives: ``fence, candidate_id, saved_m`` (metres of all homes together)``, within`` (homes that come within
    the walk limit); a fence without anybody left has no row.
    """
    rows: list[dict[str, Any]] = []
    ids = candidates["id"].to_numpy(str)
    for outcome in outcomes:
        q, (at, _) = outcome.quarter, outcome.chosen
        left = np.setdiff1d(np.arange(len(q.candidates)), at)
        if outcome.answer is None or not len(left):
            continue
        now, new = outcome.walk_m[:, None], q.walk_m[:, left]
        homes = q.households[:, None]
        # of a home without a path today no metres are known, but it comes within the limit
        shorter = np.where(np.isfinite(now) & (new < now), now, 0.0) - np.where(
            np.isfinite(now) & (new < now), new, 0.0
        )
        saved = (homes * shorter).sum(axis=0)
        within = (homes * ((now > q.limit_m) & (new <= q.limit_m))).sum(axis=0)
        name = ids[q.candidates[left]]
        best = int(np.lexsort((name, -within, -saved))[0])
        rows.append(
            {
                "fence": q.name,
                "candidate_id": name[best],
                "saved_m": round(float(saved[best]), 1),
                "within": int(within[best]),
            }
        )
    columns = ["fence", "candidate_id", "saved_m", "within"]
    table = pd.DataFrame(rows, columns=columns)
    order = ["saved_m", "candidate_id"]
    return table.sort_values(order, ascending=[False, True], kind="stable", ignore_index=True)


def one_more(centres: pd.DataFrame, scored: pd.DataFrame) -> dict[str, Any]:
    """Say what one centre more would change, the best of each community, and what one point of score more."""
    points = scored.loc[scored["outcome"] == "left", "points"].to_numpy(float)
    known = points[np.isfinite(points)]
    return {
        "one_more": centres.to_dict("records"),
        "one_point": int((-known < 1.0).sum()) if len(known) else None,
    }


def uncovered_table(
    outcomes: Sequence[Outcome], candidates: pd.DataFrame, demand: Demand
) -> pd.DataFrame:
    """List the units with homes that no centre reaches as the rules ask.

    Gives: ``unit_id, fence, label, households, centre_id, walk_m, cause`` (a key of the causes)``, why,
    why_zh``.
    """
    rows: list[dict[str, Any]] = []
    ids = candidates["id"].to_numpy(str)

    def add(unit: int, centre: str, walk_m: float, cause: str) -> None:
        row = demand.units.iloc[unit]
        place = {name: row[name] for name in ("unit_id", "fence", "label")}
        walk = {"centre_id": centre, "walk_m": round(walk_m, 1), "cause": cause}
        homes = {"households": int(row["households"])}
        rows.append(place | homes | walk | _said(*UNCOVERED[cause]))

    for outcome in outcomes:
        q, (at, serves), walk = outcome.quarter, outcome.chosen, outcome.walk_m
        for u in q.lost:
            add(int(u), "", np.nan, "no_path" if len(q.candidates) else "no_candidate")
        if not len(at):
            continue
        for i in np.flatnonzero((q.households > 0) & (walk > q.limit_m)):
            # nobody could serve it: no choice of centres is to blame
            every = q.walk_m[i].min() > q.limit_m
            centre = ids[q.candidates[serves[i]]]
            add(int(q.units[i]), centre, float(walk[i]), "beyond_every" if every else "beyond_this")
    return pd.DataFrame(rows, columns=OPEN)

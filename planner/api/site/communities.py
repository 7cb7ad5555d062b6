"""Each community summed up: what the rules ask for there, who is centre today, who is to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from planner.api.site.proposal import Outcome, mean_walk
from planner.api.site.quarters import Quarter
from planner.demand.demand import Demand
from planner.errors import Finding
from planner.model.arrays import AnyInts
from planner.network import Network
from planner.solve.sites import Answer
from planner.solve.staff import staff

__all__ = ["beyond_rules", "fence_table"]

LARGE = 100_000  # pairs above which the present centres are told by each home's nearest one


def fence_table(
    outcomes: Sequence[Outcome], demand: Demand, network: Network, present: AnyInts
) -> pd.DataFrame:
    """Sum each fence up, with the centres of today beside the proposal.

    `network`: to measure the walks to the centres of today.
    `present`: units in which they live.
    Gives: ``fence, households, members, candidates, least, most`` (centres that the rules ask for)``,
    centres_before, centres, walk_before_m`` (mean over homes with today's centres, at best; NaN where
    there are none)``, walk_m, value_m, bound_m, optimality_gap, misfit`` (homes over and short of what
    zones may have)``, why, why_zh`` (of the number).
    """
    members, homes = (demand.units[name].to_numpy(int) for name in ("members", "households"))
    fence = demand.units["fence"].to_numpy(str)
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        q, answer = outcome.quarter, outcome.answer
        today = present[fence[present] == q.name]
        row = {
            "fence": q.name,
            "households": int(q.households.sum() + homes[q.lost].sum()),
            "members": int(members[fence == q.name].sum()),
            "candidates": len(q.candidates),
            "least": q.least,
            "most": q.most,
            "centres_before": len(today),
            "centres": len(outcome.chosen[0]),
            "walk_before_m": _before(q, today, demand, network),
            **dict.fromkeys(("walk_m", "value_m", "bound_m", "optimality_gap"), np.nan),
            "misfit": 0.0,
        }
        if answer is not None:
            row |= {
                "walk_m": round(mean_walk(outcome.walk_m, q.households), 1),
                "value_m": float(answer.value_m),
                "bound_m": float(answer.bound_m),
                "optimality_gap": float(answer.gap),
                "misfit": _misfit(q, answer),
            }
        row["why_zh"], row["why"] = _why(q, row["centres"])
        rows.append(row)
    return pd.DataFrame(rows)


def _why(q: Quarter, centres: int) -> tuple[str, str]:
    """Say in Chinese and English why a community gets so many."""
    if not len(q.candidates):
        return "没有候选户", "no candidate lives here"
    homes, each = f"{q.households.sum():,.0f}", q.households.sum() / max(centres, 1)
    zh, en = f"{homes}户，每区{each:.0f}户", f"{homes} homes, {each:.0f} a zone"
    limits_zh = f"规则{q.least}至{q.most}个"
    limits = f"the rules ask for {q.least} to {q.most}"
    if centres > q.most:
        return f"{zh}；{limits_zh}，所求总数更多", f"{en}; {limits}, more were asked for in all"
    if centres < q.least:
        return f"{zh}；{limits_zh}，所求总数更少", f"{en}; {limits}, fewer were asked for in all"
    if centres == int(q.forced.sum()):
        return f"{zh}；均为指定入选", f"{en}; all of them asked for by name"
    if centres == q.most:
        return f"{zh}；已达规则上限", f"{en}; the most that the rules allow"
    if centres == q.least:
        return f"{zh}；规则所需最少", f"{en}; the least that the rules ask for"
    return (
        f"{zh}；{limits_zh}，再加一个不如加在别处",
        f"{en}; {limits}, one more would save less here than elsewhere",
    )


def beyond_rules(quarters: Sequence[Quarter], counts: Sequence[int]) -> tuple[Finding, ...]:
    """Say where more, or fewer, centres were asked for than the rules allow."""
    live = [(q, k) for q, k in zip(quarters, counts, strict=True) if len(q.candidates)]
    asked, least, most = (
        sum(n) for n in zip(*((k, q.least, q.most) for q, k in live), strict=True)
    )
    where = [
        f"{q.name} {k} ({q.least}-{q.most})".strip() for q, k in live if not q.least <= k <= q.most
    ]
    if least <= asked <= most:
        return ()
    code = "siting-more-than-rules" if asked > most else "siting-fewer-than-rules"
    words = {"where": ", ".join(where), "where_zh": "、".join(where)}
    return (Finding.of(code, asked=asked, least=least, most=most, **words),)


def _misfit(q: Quarter, answer: Answer) -> float:
    """Homes by which zones are larger or smaller than the rules say."""
    # a building larger than a zone may be is not the proposal's fault
    high = max(q.high, float(q.households.max()))
    over, short = answer.load - high, q.low - answer.load
    return round(float(np.maximum(over, 0.0).sum() + np.maximum(short, 0.0).sum()), 1)


def _before(q: Quarter, today: AnyInts, demand: Demand, network: Network) -> float:
    """Mean walk with the centres of today, shared out as well as their rules allow; never too long.

    Homes of one unit may part here, which a plan would not let them.
    """
    lived = q.households > 0
    units, homes = q.units[lived], q.households[lived]
    walk = np.full((len(units), len(today)), np.inf)
    found = network.walks(demand.snaps.take(today), demand.snaps.take(units), limit_m=None)
    walk[found.target, found.source] = found.walk_m
    walk = np.where(units[:, None] == today[None, :], 0.0, walk)
    if not len(today) or not np.isfinite(walk.min(axis=1)).all():
        return np.nan
    total, count = homes.sum(), len(today)
    # each home to its nearest centre, a little too short: sharing out so many takes minutes
    if walk.size > LARGE:
        return round(mean_walk(walk.min(axis=1), homes), 1)
    # limits that these few or many centres cannot meet are left out, so that there is a figure at
    # all
    low = q.low if q.low * count <= total else None
    high = q.high if q.high * count >= total else None
    shared = staff(np.round(homes), walk, low, high)
    return round(shared.cost_m / total, 1)

"""Two-way choice, told of a finished plan: whose wishes are met, what more would cost, who fills gaps.

The trade-off is a row of plans, each at another price of a wish and with its own proven bound.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.demand.ties.wishes import MOST, Wished, wish_shares
from planner.model.audit import check
from planner.model.tables import PlanTables
from planner.plan.care.onstreets import OnStreets
from planner.plan.frames import assignment_of, positions, taken
from planner.solve.stop import Stop
from planner.solve.zones.search import solve

__all__ = ["PRICES_M", "committee_fill", "trade_off", "wish_table"]

PRICES_M = (0.0, 25.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 6400.0)
"""Metres that a wish is worth, a plan each."""
_REACH = 10_000.0


def wish_table(plan: PlanTables, wishes: Wished) -> pd.DataFrame:
    """List whose wishes are met.

    Gives: ``id, kind`` (``home`` or ``member``)``, fence, number, zone`` (the own one, NaN and "" for
    none)``, wish1, wish2, wish3`` (centres)``, met`` (1 to 3, 0 for none)``; those unmet first.
    """
    met, zone = wishes.met(assignment_of(plan)), assignment_of(plan)
    own = np.append(zone, -1)[wishes.unit]
    centres = plan.centres["centre_id"]
    frame = pd.DataFrame(
        {
            "id": list(wishes.name),
            "kind": np.where(wishes.member, "member", "home"),
            "fence": taken(plan.units["fence"], wishes.unit),
            "number": np.append(plan.centres["number"].to_numpy(float), np.nan)[own],
            "zone": taken(centres, own),
            **{f"wish{k + 1}": taken(centres, wishes.centre[:, k]) for k in range(MOST)},
            "met": met,
        }
    )
    order = np.lexsort((frame["id"].to_numpy(str), np.where(met == 0, -1, met)))
    return frame.iloc[order].reset_index(drop=True)


def trade_off(
    plan: PlanTables,
    wishes: Wished,
    *,
    prices: Sequence[float] = PRICES_M,
    gap: float = 0.005,
    seconds: float = 60.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Hold wishes met against metres walked.

    Parameters
    ----------
    prices : sequence of float
        Metres that a wish is worth, ascending.
    gap, seconds, seed
        See `planner.solve.zones.search.solve`; the seconds are for all plans together.

    Returns
    -------
    DataFrame
        ``price_m, first, second, third, unmet, walk_m`` (mean of a home)``, more_m`` (metres of walking more
        than without wishes, all together)``, broken`` (zones that break some rule)``, gap`` (proven, of
        all that is minimised at this price, against the walks).
    """
    problem = plan.problem
    walk = problem.load[problem.pair_unit] * plan.rules.walk.charge_m(problem.walk_m)
    shares = wish_shares(problem, wishes)
    # what was charged for homes that changed hands is over: each plan is one of its own
    bare = problem.replace(change_m=np.zeros(problem.n_pairs))
    start, rows = assignment_of(plan), []
    for number, price in enumerate(prices):
        asked = bare.replace(penalty_m=walk + price * shares)
        stop = Stop(gap, max(seconds / len(prices), 0.5))
        # from the plan before: at a price that is hardly higher little is different
        found = solve(asked, stop=stop, start=start, seed=seed + number)
        told = check(asked, found)
        start = found.assignment
        counts = wishes.counts(found.assignment)
        load = max(float(problem.load[np.asarray(start) >= 0].sum()), 1.0)
        rows.append(
            {
                "price_m": float(price),
                **{name: counts[name] for name in ("first", "second", "third", "unmet")},
                "walk_m": round(told.cost_m / load, 1),
                "cost_m": told.cost_m,
                "broken": len({v.centre for v in told.violations}),
                "gap": told.optimality_gap,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.assign(more_m=(frame["cost_m"] - frame["cost_m"].iloc[0]).round()).drop(
        columns="cost_m"
    )


def committee_fill(ground: OnStreets, committee: Sequence[str]) -> pd.DataFrame:
    """Give each home that no zone holds a committee member of its community.

    Parameters
    ----------
    committee : sequence of str
        Ids of committee members.

    Returns
    -------
    DataFrame
        ``household_id, fence, place, cause`` (of the gap)``, member_id`` ("" where the community has none)``,
        walk_m`` (NaN where no path is known: then whoever has fewest is taken).
    """
    plan = ground.plan
    homes = plan.households[plan.households["zone"] == ""].reset_index(drop=True)
    unit = positions(plan.units["unit_id"], homes["unit_id"])
    known = plan.members["member_id"].astype(str)
    rows = np.flatnonzero(known.isin(list(committee)).to_numpy(bool))
    rows = rows[np.argsort(known.to_numpy(str)[rows], kind="stable")]
    door, fence = ground.member_unit[rows], plan.members["fence"].astype(str).to_numpy(object)[rows]
    walk = np.full((len(rows), len(homes)), np.inf)
    live, placed = np.flatnonzero(door >= 0), np.flatnonzero(unit >= 0)
    if len(live) and len(placed):
        found = ground.walks(door[live], unit[placed], _REACH)
        walk[live[found.source], placed[found.target]] = found.walk_m
    held = np.zeros(len(rows), np.int64)
    who = np.full(len(homes), -1, np.int64)
    for h, own in enumerate(homes["fence"].astype(str)):
        able = np.flatnonzero((fence == own) | (own == ""))
        if len(able):
            # the nearest; where no path is known whoever has fewest so far
            who[h] = able[np.lexsort((held[able], walk[able, h]))[0]]
            held[who[h]] += 1
    return pd.DataFrame(
        {
            "household_id": homes["household_id"].to_numpy(object),
            "fence": homes["fence"].to_numpy(object),
            "place": taken(plan.units["label"], unit),
            "cause": homes["gap"].to_numpy(object),
            "member_id": taken(known.iloc[rows], who),
            "walk_m": [
                walk[m, h] if m >= 0 and np.isfinite(walk[m, h]) else np.nan
                for h, m in enumerate(who.tolist())
            ],
        }
    ).round({"walk_m": 1})

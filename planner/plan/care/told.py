"""Gaps and their repairs as tables for people: who is not reached, why, and what would mend it cheapest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.arrays import Floats
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.plan.care.mending import KINDS, Mend
from planner.plan.frames import taken, unit_positions

__all__ = ["TRIED", "Mended", "mend_words", "mended"]

TRIED = {
    "walked": ("已量步行", "walks measured with it"),
    "solved": ("已重新求解并核验", "cut again and audited"),
    "counted": ("已按方案核算", "held against the plan"),
    "": ("未试算", "not tried"),
}
"""How a repair was tried, in words."""
_WORDS = {
    "address": ("将地址核定为{0}", "settle the address as {0}"),
    "fence": ("将社区边界扩至该处（{0}）", "extend the fence of {0} to there"),
    "gate": ("开放{0}处的大门", "open the gate at {0}"),
    "link": ("补一段通道：{0}", "add the missing way: {0}"),
    "centre": ("增设中心户{0}", "make member {0} a centre"),
    "person": ("在{0}物色并增设中心户", "win a neighbour at {0} as a centre"),
    "walk": ("将步行上限放宽到{0}米", "raise the walk limit to {0} m"),
    "households": ("将每个责任区的户数上限放宽到{0}", "raise the households of a zone to {0}"),
}


def mend_words(mend: Mend) -> tuple[str, str]:
    """Say what is to be changed, in Chinese and English."""
    kind, target = mend.kind, mend.target
    if kind == "rule":
        kind, _, target = target.partition(" ")
    zh, en = _WORDS[kind]
    return zh.format(target), en.format(target)


@dataclass(frozen=True, eq=False)
class Mended:
    """Every uncovered household with its cause, and what would mend it.

    Parameters
    ----------
    gaps : DataFrame
        One row an uncovered household: ``household_id, fence, zone, place, cause, what, what_zh, remedy,
        remedy_zh, walk_m`` (to its centre today, NaN for none)``, repair`` (number of the cheapest, 0 for
        none)``, then_m`` (mean walk with it).
    repairs : DataFrame
        One row a repair, the cheapest kind first: ``number, kind, where, target, what, what_zh, homes`` (that
        it brings within the rules)``, cheapest_for`` (homes for which nothing is cheaper)``, walk_m,
        homes_moved, walk_change_m, tried, tried_zh``.
    """

    gaps: pd.DataFrame
    repairs: pd.DataFrame


def mended(plan: PlanTables, found: Sequence[Mend]) -> Mended:
    """Match gaps and repairs: each home is told the cheapest that mends it.

    Cheapest is first the kind (see `planner.plan.care.mending.KINDS`), then the homes that change hands, the
    metres, and of rules the least that suffices.
    """
    order = sorted(found, key=_cost)
    cheapest: dict[int, int] = {}
    for number, mend in enumerate(order, 1):
        for home in mend.homes:
            cheapest.setdefault(home, number)
    return Mended(_gaps(plan, order, cheapest), _repairs(order, list(cheapest.values())))


def _cost(mend: Mend) -> tuple[int, int, float, float, str]:
    moved = 0 if mend.homes_moved is None else mend.homes_moved
    metres = 0.0 if mend.walk_change_m is None else mend.walk_change_m
    limit = float(mend.target.rpartition(" ")[2]) if mend.kind == "rule" else 0.0
    return KINDS.index(mend.kind), moved, metres, limit, mend.target


def _repairs(order: Sequence[Mend], chosen: Sequence[int]) -> pd.DataFrame:
    counts = np.bincount(np.asarray(chosen, np.int64), minlength=len(order) + 1)
    rows = []
    for number, mend in enumerate(order, 1):
        zh, en = mend_words(mend)
        tried_zh, tried = TRIED[mend.tried]
        known = np.isfinite(mend.walk_m)
        rows.append(
            {
                "number": number,
                "kind": mend.kind,
                "where": mend.where,
                "target": mend.target,
                "what": en,
                "what_zh": zh,
                "homes": len(mend.homes),
                "cheapest_for": int(counts[number]),
                "walk_m": round(mend.walk_m, 1) if known else np.nan,
                "homes_moved": np.nan if mend.homes_moved is None else float(mend.homes_moved),
                "walk_change_m": np.nan if mend.walk_change_m is None else mend.walk_change_m,
                "tried": tried,
                "tried_zh": tried_zh,
            }
        )
    columns = (
        *("number", "kind", "where", "target", "what", "what_zh", "homes", "cheapest_for"),
        *("walk_m", "homes_moved", "walk_change_m", "tried", "tried_zh"),
    )
    return pd.DataFrame(rows, columns=list(columns))


def _gaps(plan: PlanTables, order: Sequence[Mend], cheapest: dict[int, int]) -> pd.DataFrame:
    homes = plan.households
    rows = np.flatnonzero(homes["gap"].to_numpy(str) != "")
    lost = homes.iloc[rows]
    repair = np.array([cheapest.get(int(r), 0) for r in rows], np.int64)
    causes = [GAP_CAUSES.get(code) for code in lost["gap"]]
    walks: Floats = np.array([np.nan, *(m.walk_m for m in order)])
    said = [("", ""), *(mend_words(m) for m in order)]
    return pd.DataFrame(
        {
            "household_id": lost["household_id"].to_numpy(object),
            "fence": lost["fence"].to_numpy(object),
            "zone": lost["zone"].to_numpy(object),
            "place": taken(plan.units["label"], unit_positions(plan, lost["unit_id"])),
            "cause": lost["gap"].to_numpy(object),
            "what": [c.title if c else code for c, code in zip(causes, lost["gap"], strict=True)],
            "what_zh": [
                c.title_zh if c else code for c, code in zip(causes, lost["gap"], strict=True)
            ],
            # where nothing that was tried mends it, the remedy of its cause is all that is known
            "remedy": [
                said[k][1] or (c.remedy if c else "") for k, c in zip(repair, causes, strict=True)
            ],
            "remedy_zh": [
                said[k][0] or (c.remedy_zh if c else "")
                for k, c in zip(repair, causes, strict=True)
            ],
            "walk_m": lost["walk_m"].to_numpy(float),
            "repair": repair,
            "then_m": np.round(walks[repair], 1),
        }
    )

"""How evenly walks and loads are shared out, between homes, members, zones and fences, in standard terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from planner.model.arrays import Floats
from planner.model.tables import PlanTables
from planner.plan.frames import positions

__all__ = ["equity", "equity_figures", "gini"]

WORST = 0.1  # the tenth that has it worst


def gini(values: Floats, weight: Floats | None = None) -> float:
    """Give the Gini coefficient: 0 where all have the same, towards 1 where one has all.

    Half the mean difference of two drawn at random, by the mean.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Not negative; what is not finite is left out.
    weight : ndarray of float, shape (n,), optional
        How many each stands for.

    Returns
    -------
    float
        NaN where there is nobody, 0 where all have nothing.
    """
    known = np.isfinite(values)
    x = np.asarray(values, float)[known]
    w = np.ones(len(x)) if weight is None else np.asarray(weight, float)[known]
    if not w.sum() > 0:
        return float("nan")
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order]
    total = float((x * w).sum())
    if total <= 0:
        return 0.0
    # The area under the Lorenz curve, by trapezia.
    share = np.cumsum(x * w) / total
    below = share - x * w / total
    return float(1.0 - ((share + below) * w).sum() / w.sum())


def _spread(values: Floats) -> dict[str, float]:
    """Give mean, median, mean of the worst tenth, and Gini of some values; NaN of none."""
    known = np.sort(np.asarray(values, float)[np.isfinite(values)])
    if not len(known):
        return dict.fromkeys(("mean", "median", "worst_decile", "gini"), float("nan"))
    worst = known[-max(1, round(WORST * len(known))) :]
    return {
        "mean": float(known.mean()),
        "median": float(np.median(known)),
        "worst_decile": float(worst.mean()),
        "gini": gini(known),
    }


def _loads(plan: PlanTables) -> Floats:
    """Give the load that each member looks after; NaN for who rests, who is no part of a comparison."""
    homes = plan.households
    member = positions(plan.members["member_id"], homes["member"])
    load = np.bincount(
        member[member >= 0], homes["load"].to_numpy(float)[member >= 0], minlength=len(plan.members)
    )
    return np.where(load > 0, load, np.nan)


def equity(plan: PlanTables) -> pd.DataFrame:
    """Compare all, each fence and each zone.

    Gives: ``level`` (``all, fence, zone``)``, name, number`` (of a zone, 0 else)``, households`` (served)``,
    walk_mean_m, walk_median_m, walk_worst_m`` (mean of the tenth that walks farthest)``, walk_gini, members``
    (serving)``, load_mean, load_median, load_worst, load_gini``.
    """
    return pd.DataFrame(list(_rows(plan)))


def _rows(plan: PlanTables) -> Iterator[dict[str, Any]]:
    homes, members = plan.households, plan.members
    walk = np.where(homes["zone"] != "", homes["walk_m"].to_numpy(float), np.nan)
    load = _loads(plan)
    yield _row("all", "", 0, walk, load)
    for name in sorted(set(plan.units["fence"].astype(str))):
        here, own = (frame["fence"].to_numpy(str) == name for frame in (homes, members))
        yield _row("fence", name, 0, walk[here], load[own])
    zone, zone_of = homes["zone"].to_numpy(str), members["zone"].to_numpy(str)
    for name, number in zip(plan.centres["centre_id"], plan.centres["number"], strict=True):
        yield _row("zone", str(name), int(number), walk[zone == name], load[zone_of == name])


def _row(level: str, name: str, number: int, walk: Floats, load: Floats) -> dict[str, Any]:
    w, x = _spread(walk), _spread(load)
    return {
        "level": level,
        "name": name,
        "number": number,
        "households": int(np.isfinite(walk).sum()),
        **{
            f"walk_{told}": round(w[of], digits)
            for told, of, digits in (
                ("mean_m", "mean", 1),
                ("median_m", "median", 1),
                ("worst_m", "worst_decile", 1),
                ("gini", "gini", 4),
            )
        },
        "members": int(np.isfinite(load).sum()),
        **{
            f"load_{told}": round(x[of], digits)
            for told, of, digits in (
                ("mean", "mean", 2),
                ("median", "median", 2),
                ("worst", "worst_decile", 2),
                ("gini", "gini", 4),
            )
        },
    }


def equity_figures(plan: PlanTables) -> dict[str, Any]:
    """Give the figures of all, and how unlike fences and zones are.

    Gives: ``walk_m`` and ``load`` (of a serving member), each with ``mean, median, worst_decile, gini``, and
    ``between_fences, between_zones``: the Gini of their means, each counted by its homes, or by its members.
    """
    table = equity(plan)
    every = table.iloc[0]
    told: dict[str, Any] = {}
    for name, value, unit in (("walk_m", "walk", "_m"), ("load", "load", "")):
        weight = "households" if value == "walk" else "members"
        told[name] = {
            "mean": _plain(every[f"{value}_mean{unit}"]),
            "median": _plain(every[f"{value}_median{unit}"]),
            "worst_decile": _plain(every[f"{value}_worst{unit}"]),
            "gini": _plain(every[f"{value}_gini"]),
        }
        for level, plural in (("fence", "fences"), ("zone", "zones")):
            own = table[table["level"] == level]
            between = gini(own[f"{value}_mean{unit}"].to_numpy(float), own[weight].to_numpy(float))
            told[name][f"between_{plural}"] = _plain(round(between, 4))
    return told


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

"""Two plans side by side: which homes have another centre, and what each plan comes to.

Homes are matched by their ids.  Where two registers do not share them - ids are few, or stand for
homes elsewhere - whole units are matched by label and place instead.  Centres are matched by id, and
where no id is shared, by label and place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from planner.errors import InputError
from planner.model.arrays import Floats, Ints
from planner.model.measures import walk_summary
from planner.model.plane import LocalProjection
from planner.model.tables import PlanTables
from planner.plan.frames import assignment_of, centre_positions, positions, taken, unit_positions

__all__ = ["NEAR_M", "Comparison", "compared"]

NEAR_M = 60.0
"""Metres within which two units of one label, or two homes of one id, stand in the same place."""
TOUCHING_M = 10.0  # metres within which units of other labels are taken for the same


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changes between two plans.

    Parameters
    ----------
    before, after : PlanTables
        The plans.
    centre : ndarray of int, shape (n_centres of before,)
        The same centre in the plan after, -1 where it is none any more.
    rows : DataFrame
        Homes that change hands, one row for those of one unit that go from one centre to another:
        ``before_unit, after_unit`` (positions, -1 for none)``, from_centre, to_centre`` (positions in
        each plan's centres, -1 for none)``, households``.  Sorted by these.
    matched : str
        ``homes`` or ``units``: what was held against each other.
    joined, left : int
        Households of one plan only; 0 where units were matched.
    """

    before: PlanTables
    after: PlanTables
    centre: Ints
    rows: pd.DataFrame
    matched: str
    joined: int
    left: int

    @property
    def moved(self) -> int:
        """Households that had a centre and have another one now, or none."""
        return int(self.rows.loc[self.rows["from_centre"] >= 0, "households"].sum())

    def figures(self) -> Mapping[str, tuple[Any, Any]]:
        """Give what each plan comes to, before and after.

        Returns
        -------
        mapping
            ``households, served, zones, mean_m, p90_m, max_m`` (of served homes)``, broken_zones,
            broken_homes`` (rules broken, by zone and by home)``, gaps, disconnected, optimality_gap``.
        """
        pairs = zip(_figures(self.before).items(), _figures(self.after).values(), strict=True)
        return MappingProxyType({name: (a, b) for (name, a), b in pairs})

    def table(self) -> pd.DataFrame:
        """Tell the rows by names, for people.

        Returns
        -------
        DataFrame
            ``building, from_zone, from_centre, to_zone, to_centre, households, walk_before_m,
            walk_after_m``; "" and NaN where there is none.  Exact counts: for the office itself.
        """
        rows, old, new = self.rows, self.before, self.after
        at_old, at_new = rows["before_unit"].to_numpy(), rows["after_unit"].to_numpy()
        after, before = taken(new.units["label"], at_new), taken(old.units["label"], at_old)
        return pd.DataFrame(
            {
                "building": np.where(at_new >= 0, after, before),
                "from_zone": taken(old.centres["number"], rows["from_centre"]),
                "from_centre": taken(old.centres["label"], rows["from_centre"]),
                "to_zone": taken(new.centres["number"], rows["to_centre"]),
                "to_centre": taken(new.centres["label"], rows["to_centre"]),
                "households": rows["households"].to_numpy(),
                "walk_before_m": np.append(old.units["walk_m"].to_numpy(float), np.nan)[at_old],
                "walk_after_m": np.append(new.units["walk_m"].to_numpy(float), np.nan)[at_new],
            }
        )

    def __repr__(self) -> str:
        figures = self.figures()
        (a, b), (c, d) = figures["mean_m"], figures["zones"]
        return (
            f"<Comparison: {self.moved} of {figures['households'][1]} households change hands, "
            f"zones {c} -> {d}, mean walk {a:.0f} -> {b:.0f} m>"
        )


def compared(before: PlanTables, after: PlanTables) -> Comparison:
    """Hold two plans against each other.

    Raises `InputError`: the plans have nothing in common.
    """
    centre = _same_centres(before, after)
    homes = _same_homes(before, after)
    if homes is None:
        old, new = _same_units(before, after)
        if len(before.units) and len(after.units) and not len(old):
            raise InputError.of("plans-nothing-common")
        weight = after.units["households"].to_numpy(np.int64)[new]
        zones = assignment_of(before)[old], assignment_of(after)[new]
        joined = left = 0
    else:
        one, other = homes
        old, new = (
            unit_positions(plan, plan.households["unit_id"])[rows]
            for plan, rows in ((before, one), (after, other))
        )
        weight = np.ones(len(one), np.int64)
        zones = (
            centre_positions(before, before.households["zone"])[one],
            centre_positions(after, after.households["zone"])[other],
        )
        joined, left = len(after.households) - len(other), len(before.households) - len(one)
    rows = _rows(old, new, zones, centre, weight)
    return Comparison(
        before, after, centre, rows, "units" if homes is None else "homes", joined, left
    )


def _rows(old: Ints, new: Ints, zones: tuple[Ints, Ints], centre: Ints, weight: Ints) -> Any:
    stays = np.append(centre, -1)[zones[0]]
    other = (stays != zones[1]) | ((stays < 0) & (zones[0] >= 0))
    other &= weight > 0
    columns = {
        "before_unit": old,
        "after_unit": new,
        "from_centre": zones[0],
        "to_centre": zones[1],
    }
    frame = pd.DataFrame({name: values[other] for name, values in columns.items()})
    frame["households"] = weight[other]
    return frame.groupby(list(columns), as_index=False, sort=True)["households"].sum()


def _metres(before: Any, after: Any) -> tuple[Floats, Floats]:
    """Positions of two tables of points in one plane; NaN where there is none."""
    lon, lat = before.geometry.x.to_numpy(), before.geometry.y.to_numpy()
    more = after.geometry.x.to_numpy(), after.geometry.y.to_numpy()
    every = np.append(lon, more[0]), np.append(lat, more[1])
    if not np.isfinite(every[0]).any():
        return np.full((len(lon), 2), np.nan), np.full((len(more[0]), 2), np.nan)
    plane = LocalProjection.around(*every)
    return plane.to_xy(lon, lat), plane.to_xy(*more)


def _same_centres(before: PlanTables, after: PlanTables) -> Ints:
    found = centre_positions(after, before.centres["centre_id"])
    if len(found) and (found < 0).all():
        old, new = _near_namesakes(before.centres, after.centres)
        found[old] = new
    return found


def _same_homes(before: PlanTables, after: PlanTables) -> tuple[Ints, Ints] | None:
    """Positions of the same homes in both plans, by id; None where ids do not tell."""
    one, other = before.households, after.households
    at = positions(one["household_id"], other["household_id"])
    new = np.flatnonzero(at >= 0)
    old = at[new]
    # Ids that few share, or that stand for homes elsewhere, are row numbers and not identities.
    if 2 * len(new) < min(len(one), len(other)):
        return None
    was, now = _metres(one.iloc[old], other.iloc[new])
    away = np.hypot(*(was - now).T)
    away = away[np.isfinite(away)]
    if len(away) and (away <= NEAR_M).mean() < 0.5:
        return None
    return old, new


def _same_units(before: PlanTables, after: PlanTables) -> tuple[Ints, Ints]:
    """Positions of the same units in both plans: by label and place, the others by place alone."""
    old, new = _near_namesakes(before.units, after.units)
    rest_old = np.setdiff1d(np.arange(len(before.units)), old)
    rest_new = np.setdiff1d(np.arange(len(after.units)), new)
    if not len(rest_old) or not len(rest_new):
        return old, new
    was, now = _metres(before.units.iloc[rest_old], after.units.iloc[rest_new])
    away, near = (np.asarray(found) for found in KDTree(now).query(was))
    back = np.asarray(KDTree(was).query(now)[1])
    # each the nearest of the other: a new building beside an old one is not taken for it
    both = (away <= TOUCHING_M) & (back[near] == np.arange(len(was)))
    return np.append(old, rest_old[both]), np.append(new, rest_new[near[both]])


def _near_namesakes(before: Any, after: Any) -> tuple[Ints, Ints]:
    """Rows of one label that stand near each other, each once, the nearest first."""
    at: dict[str, list[int]] = {}
    for i, label in enumerate(after["label"]):
        at.setdefault(str(label), []).append(i)
    pairs = np.array(
        [(i, j) for i, label in enumerate(before["label"]) for j in at.get(str(label), ())],
        np.int64,
    ).reshape(-1, 2)
    was, now = _metres(before, after)
    away = np.hypot(*(was[pairs[:, 0]] - now[pairs[:, 1]]).T)
    order = np.argsort(away, kind="stable")
    # Greedy from the nearest on: labels repeat (a street's number in two villages), and the best
    # matching of all would move far ones to save near ones a metre.
    used: tuple[set[int], set[int]] = (set(), set())
    kept: list[tuple[int, int]] = []
    for k in order[away[order] <= NEAR_M].tolist():
        i, j = pairs[k].tolist()
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            kept.append((i, j))
    chosen = np.array(sorted(kept), np.int64).reshape(-1, 2)
    return chosen[:, 0], chosen[:, 1]


def _figures(tables: PlanTables) -> dict[str, Any]:
    c, homes = tables.certificate, tables.households
    walks = walk_summary(homes["walk_m"].to_numpy(float), np.ones(len(homes)))
    by_home = [r for r in c.rules if r.name.startswith("walk")]
    return {
        "households": len(homes),
        "served": int((homes["zone"] != "").sum()),
        "zones": len(tables.zones),
        "mean_m": walks["mean"],
        "p90_m": walks["p90"],
        "max_m": walks["max"],
        "broken_zones": sum(r.broken for r in c.rules if r not in by_home),
        "broken_homes": sum(r.broken for r in by_home),
        "gaps": len(tables.gaps),
        "disconnected": len(c.disconnected),
        "optimality_gap": c.optimality_gap,
    }

"""Who hangs on one person: the nearest helpers of each household, and who is left when one of them is away.

A helper is a serving member, wherever the zone's border runs: who is near is near.  All absences are told by
one computation, for who is left by an absence is who had nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.arrays import Bools, Floats, Ints
from planner.model.caring import CareKind, Pace
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.shares import Needs
from planner.plan.frames import taken

__all__ = ["WORST", "Helped", "absences", "care_table", "helped", "left_alone"]

WORST = 10
"""So many absences are told of first."""
REACH = 3.0  # a second helper is looked for within so many walk limits


@dataclass(frozen=True, eq=False)
class _ByUnit:
    """The same by unit, as `Helped` has it by household."""

    first: Ints
    second: Ints
    first_m: Floats
    second_m: Floats
    helpers: Ints
    centres: Ints
    only: Ints
    only_centre: Ints


@dataclass(frozen=True, eq=False)
class Helped(_ByUnit):
    """Helpers of every household; positions of members, -1 for none.

    Parameters
    ----------
    first, second : ndarray of int, shape (n_households,)
        Nearest serving member, and the nearest in another building.
    first_m, second_m : ndarray of float, shape (n_households,)
        Walks to them, infinite for none.
    helpers, centres : ndarray of int, shape (n_households,)
        Serving members, and centres, within the limit.
    only, only_centre : ndarray of int, shape (n_households,)
        The one, where there is but one; -1 else.
    placed : ndarray of bool, shape (n_households,)
        Whether the home is on the map at all.
    limit_m : float
        The walk limit.
    """

    placed: Bools
    limit_m: float


def helped(ground: OnStreets, needs: Needs, pace: Pace, limit_m: float | None = None) -> Helped:
    """Find the helpers of every household.

    Who cannot climb is measured on streets without steps.

    `limit_m`: within which a helper counts; that of the rules if None.
    """
    unit, slow = ground.home_unit, needs.slow
    limit = ground.plan.rules.walk.limit_m if limit_m is None else limit_m
    every = _of_units(ground, np.unique(unit[unit >= 0]), limit)
    columns = {name: np.append(getattr(every, name), _BLANK[name])[unit] for name in _BLANK}
    if slow.any() and not pace.elders_climb:
        level = ground.without_steps()
        if level is not ground:
            at = unit[slow & (unit >= 0)]
            other = _of_units(level, np.unique(at), limit) if len(at) else every
            for name, blank in _BLANK.items():
                walked = np.append(getattr(other, name), blank)[unit]
                columns[name] = np.where(slow, walked, columns[name])
    return Helped(**columns, placed=unit >= 0, limit_m=limit)


_BLANK: dict[str, float | int] = {
    "first": -1,
    "second": -1,
    "first_m": np.inf,
    "second_m": np.inf,
    "helpers": 0,
    "centres": 0,
    "only": -1,
    "only_centre": -1,
}


def _of_units(ground: OnStreets, asked: Ints, limit: float) -> _ByUnit:
    """Measure from the units in which helpers live to those asked about; the others stay blank."""
    plan, n = ground.plan, ground.plan.problem.n_units
    first, second = (np.full(n, -1, np.int64) for _ in range(2))
    first_m, second_m = (np.full(n, np.inf) for _ in range(2))
    unit, helper = _nearest(ground, asked, limit, (first, first_m), (second, second_m))
    serving, only = _counted(unit, helper, ground.member_unit, ground.serving, n)
    is_centre = plan.members["is_centre"].to_numpy(bool)
    near = ground.walks(ground.centre_units, asked, limit)
    of = asked[near.target], ground.centre_units[near.source]
    centres, only_centre = _counted(*of, ground.member_unit, is_centre, n)
    # Beyond the limit for who has no helper, or no second one, within it.
    open_ = asked[~np.isfinite(second_m[asked])]
    if len(open_):
        _nearest(ground, open_, REACH * limit, (first, first_m), (second, second_m))
    return _ByUnit(first, second, first_m, second_m, serving, centres, only, only_centre)


def _nearest(
    ground: OnStreets,
    asked: Ints,
    limit: float,
    first: tuple[Ints, Floats],
    second: tuple[Ints, Floats],
) -> tuple[Ints, Ints]:
    """Fill in the nearest helper of each unit, and the nearest in another building; give all pairs."""
    homes, house = ground.serving_units, _buildings(ground)
    lowest = _lowest_member(ground, ground.serving)
    found = ground.walks(homes, asked, limit)
    # Ids break ties: equal registers in another order must tell the same helpers.
    order = np.lexsort((homes[found.source], found.walk_m, found.target))
    unit, helper = asked[found.target[order]], homes[found.source[order]]
    walk, nearest = found.walk_m[order], np.full(len(first[0]), -1, np.int64)
    head = np.flatnonzero(np.diff(unit, prepend=-1))
    nearest[unit[head]] = house[helper[head]]
    other = np.flatnonzero(house[helper] != nearest[unit])
    away = other[np.flatnonzero(np.diff(unit[other], prepend=-1))]
    for (who, metres), rows in ((first, head), (second, away)):
        who[unit[rows]], metres[unit[rows]] = lowest[helper[rows]], walk[rows]
    return unit, helper


def _buildings(ground: OnStreets) -> Ints:
    """Give the building of each unit as a number; a unit without one is a building of its own."""
    units = ground.plan.units
    name = np.where(units["building"] != "", units["building"], units["unit_id"])
    keys = pd.Series(name).astype(str) + "\x00" + units["fence"].astype(str).to_numpy()
    return pd.factorize(keys)[0].astype(np.int64)


def _lowest_member(ground: OnStreets, among: Bools) -> Ints:
    """Give one member of each unit, the first by id; -1 for none."""
    ids = ground.plan.members["member_id"].to_numpy(str)
    rows = np.flatnonzero(among & (ground.member_unit >= 0))
    rows = rows[np.argsort(ids[rows], kind="stable")[::-1]]
    lowest = np.full(ground.plan.problem.n_units, -1, np.int64)
    lowest[ground.member_unit[rows]] = rows
    return lowest


def _counted(
    unit: Ints, helper: Ints, member_unit: Ints, among: Bools, n: int
) -> tuple[Ints, Ints]:
    """Count the members within reach of each unit, and name the one where there is but one."""
    rows = np.flatnonzero(among & (member_unit >= 0))
    live = np.bincount(member_unit[rows], minlength=n)
    # The sum of their positions is the position itself where there is one.
    sums = np.bincount(member_unit[rows], rows.astype(float), minlength=n)
    count = np.bincount(unit, live[helper].astype(float), minlength=n).astype(np.int64)
    total = np.bincount(unit, sums[helper], minlength=n).astype(np.int64)
    return count, np.where(count == 1, total, -1)


def care_table(
    ground: OnStreets, needs: Needs, told: Helped, kinds: Sequence[CareKind]
) -> pd.DataFrame:
    """List the care households with their helpers.

    Gives: ``household_id, fence, zone, place, kinds, kinds_zh, first, first_m, second, second_m`` (in another
    building; "" and NaN for none within three limits)``, helpers`` (within the limit)``, alone`` (bool: none
    or one only).
    """
    plan = ground.plan
    rows = np.flatnonzero(needs.care)
    homes, ids = plan.households.iloc[rows], plan.members["member_id"]
    words = {k.code: (k.zh, k.en) for k in kinds}
    own = [[words[code] for code in needs.kinds[r]] for r in rows.tolist()]
    return pd.DataFrame(
        {
            "household_id": homes["household_id"].to_numpy(object),
            "fence": homes["fence"].to_numpy(object),
            "zone": homes["zone"].to_numpy(object),
            "place": taken(plan.units["label"], ground.home_unit[rows]),
            "kinds": ["; ".join(en for _, en in said) for said in own],
            "kinds_zh": ["、".join(zh for zh, _ in said) for said in own],
            "first": taken(ids, told.first[rows]),
            "first_m": np.where(np.isfinite(told.first_m[rows]), told.first_m[rows], np.nan).round(
                1
            ),
            "second": taken(ids, told.second[rows]),
            "second_m": np.where(
                np.isfinite(told.second_m[rows]), told.second_m[rows], np.nan
            ).round(1),
            "helpers": told.helpers[rows],
            "alone": told.helpers[rows] <= 1,
        }
    )


def absences(ground: OnStreets, needs: Needs, told: Helped) -> pd.DataFrame:
    """Tell for each serving member, and each centre, who is left without anyone when they are away.

    Gives: ``member_id, fence, zone, is_centre, clients`` (homes looked after)``, left, left_care`` (homes,
    and care households among them, that no other serving member reaches within the limit)``, left_centre,
    left_centre_care`` (that no other centre reaches); the worst first: by care households, then homes.
    """
    members = ground.plan.members
    n = len(members)

    def by(only: Ints, rows: Bools) -> Ints:
        return np.bincount(only[rows & (only >= 0)], minlength=n).astype(np.int64)

    every = np.ones(len(needs.care), bool)
    frame = pd.DataFrame(
        {
            "member_id": members["member_id"].to_numpy(object),
            "fence": members["fence"].to_numpy(object),
            "zone": members["zone"].to_numpy(object),
            "is_centre": members["is_centre"].to_numpy(bool),
            "clients": members["households"].to_numpy(np.int64),
            "left": by(told.only, every),
            "left_care": by(told.only, needs.care),
            "left_centre": by(told.only_centre, every),
            "left_centre_care": by(told.only_centre, needs.care),
        }
    )
    frame = frame[(frame["clients"] > 0) | frame["is_centre"]]
    keys = ["left_care", "left", "left_centre_care", "left_centre", "clients"]
    down = frame.sort_values(["member_id"], kind="stable")
    return down.sort_values(keys, ascending=False, kind="stable", ignore_index=True)


def left_alone(ground: OnStreets, needs: Needs, told: Helped, table: pd.DataFrame) -> pd.DataFrame:
    """Say who is left by the worst absences, a row a door.

    `table`: from `absences`; of it the first `WORST` that leave anybody count.
    Gives: ``member_id, unit`` (position of the door; the member's own first, with no homes)``, homes, care``
    (left without any other serving member, or any other centre, within the limit).
    """
    ids = ground.plan.members["member_id"].tolist()
    leaves = table[(table["left"] > 0) | (table["left_centre"] > 0)].head(WORST)
    rows = []
    for name in leaves["member_id"]:
        m = ids.index(name)
        left = ((told.only == m) | (told.only_centre == m)) & (ground.home_unit >= 0)
        unit = ground.home_unit[left]
        homes = np.bincount(unit, minlength=len(ground.snaps))
        care = np.bincount(unit, needs.care[left], minlength=len(ground.snaps)).astype(np.int64)
        rows.append((name, int(ground.member_unit[m]), 0, 0))
        rows += [(name, u, int(homes[u]), int(care[u])) for u in np.flatnonzero(homes).tolist()]
    return pd.DataFrame(rows, columns=["member_id", "unit", "homes", "care"])

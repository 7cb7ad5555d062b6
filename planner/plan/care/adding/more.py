"""Where one more would help most: what each candidate closes alone, and which sets close most.

The centres and members that are there stay.  A centre serves its own community; a member who helps may be of
any, for who is near is near.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from planner.model.arrays import Floats, Ints
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.shares import Needs
from planner.solve.cover import Gains, Pick, best_sets

__all__ = ["MODELS", "WHAT", "Candidates", "Choosable", "brought", "ranked", "sets_table"]

WHAT = {"centre": ("中心户", "centre"), "member": ("联系党员", "serving member")}
MODELS = {
    "cover": ("覆盖户数最多", "most homes brought within the limit"),
    "median": ("步行总和最短", "least walking in all"),
}
"""Maximal covering, and p-median with what is there kept."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Who could be one more, and what everybody would gain.

    Parameters
    ----------
    what : str
        A key of `WHAT`.
    unit : ndarray of int, shape (n,)
        Where each lives.
    name : ndarray of str, shape (n,)
        Id of the member, or the label of the door where a neighbour would have to be won.
    weight : ndarray of float, shape (n_units,)
        Homes that count.
    now_m : ndarray of float, shape (n_units,)
        Walk to the nearest of those there are, infinite for none.
    limit_m : float
        Who is within it is reached.
    at, to, walk_m : ndarray
        Pairs of a candidate and a unit within the limit, and the walk.
    """

    what: str
    unit: Ints
    name: np.ndarray
    weight: Floats
    now_m: Floats
    limit_m: float
    at: Ints
    to: Ints
    walk_m: Floats

    @classmethod
    def centres(cls, ground: OnStreets, limit_m: float) -> Candidates:
        """Take every member who is no centre; homes beyond the limit of a centre of their own fence gain."""
        plan = ground.plan
        ids = plan.members["member_id"].to_numpy(str)
        rows = np.argsort(ids, kind="stable")
        taken = set(plan.problem.home.tolist())
        first: dict[int, str] = {}
        for at in rows.tolist():
            unit = int(ground.member_unit[at])
            if unit >= 0 and unit not in taken:
                first.setdefault(unit, str(ids[at]))
        units = np.array(sorted(first), np.int64)
        home, now = plan.problem.home.astype(np.int64), np.full(plan.problem.n_units, np.inf)
        for name in np.unique(ground.fence).tolist():
            own = np.flatnonzero(ground.fence == name)
            sources = np.unique(home[ground.fence[home] == name])
            if len(sources):
                now[own] = ground.nearest_m(sources, own)
        weight = plan.units["households"].to_numpy(float)
        names = np.array([first[u] for u in units.tolist()], object)
        return cls(
            "centre", units, names, weight, now, limit_m, *_pairs(ground, units, limit_m, True)
        )

    @classmethod
    def members(cls, ground: OnStreets, needs: Needs, limit_m: float) -> Candidates:
        """Take every door where somebody lives and nobody serves; care households gain, or all homes."""
        units = ground.plan.units
        lived = units["households"].to_numpy(np.int64) > 0
        lived[ground.serving_units] = False
        free = np.flatnonzero(lived)
        label = np.where(units["label"] != "", units["label"], units["unit_id"])
        counted = needs.care if needs.care.any() else np.ones(len(needs.care), bool)
        at = ground.home_unit[counted & (ground.home_unit >= 0)]
        weight = np.bincount(at, minlength=len(units)).astype(float)
        now = ground.nearest_m(ground.serving_units)
        pairs = _pairs(ground, free, limit_m, False)
        return cls("member", free, label[free].astype(object), weight, now, limit_m, *pairs)

    def gains(self, model: str) -> Gains:
        """Say who gains what: a home that is reached, or metres, not more of them than the limit."""
        now, weight = self.now_m[self.to], self.weight[self.to]
        if model == "cover":
            gain = np.where(now > self.limit_m, weight, 0.0)
        else:
            # Who is out of reach counts the limit twice over: a long walk, and nothing infinite.
            gain = weight * np.maximum(np.minimum(now, 2 * self.limit_m) - self.walk_m, 0.0)
        good = gain > 0
        return Gains(len(self.unit), self.to[good], self.at[good], gain[good])

    def sets(self, model: str, most: int, *, seconds: float, seed: int) -> list[Pick]:
        """Choose the best sets of 1 up to `most`."""
        return best_sets(self.gains(model), most, seconds=seconds, seed=seed)


class Choosable(Protocol):
    """What sets can be chosen of: candidates, or gates."""

    @property
    def name(self) -> np.ndarray:
        """What each is called, shape (n,)."""
        ...

    def sets(self, model: str, most: int, *, seconds: float, seed: int) -> list[Pick]:
        """Choose the best sets of 1 up to `most`."""
        ...


def _pairs(
    ground: OnStreets, units: Ints, limit_m: float, fenced: bool
) -> tuple[Ints, Ints, Floats]:
    found = ground.walks(units, np.arange(ground.plan.problem.n_units), limit_m)
    at, to = found.source.astype(np.int64), found.target.astype(np.int64)
    same = ground.fence[units[at]] == ground.fence[to] if fenced else np.ones(len(at), bool)
    return at[same], to[same], found.walk_m[same]


def ranked(ground: OnStreets, needs: Needs, asked: Candidates) -> pd.DataFrame:
    """Rank the candidates by what each closes alone: homes, then metres.

    Gives: ``rank, candidate, place, fence, homes`` (that count, and come within the limit)``, care`` (care
    households among them)``, within`` (all that count and would be within the limit of this one)``, saved_m``
    (metres of walking, all together).
    """
    units = ground.plan.units
    n = len(asked.unit)
    cover, metres = (asked.gains(model).alone() for model in ("cover", "median"))
    care = np.bincount(
        ground.home_unit[needs.care & (ground.home_unit >= 0)], minlength=len(units)
    ).astype(float)
    new = asked.now_m[asked.to] > asked.limit_m
    closed = np.bincount(asked.at[new], care[asked.to[new]], minlength=n)
    within = np.bincount(asked.at, asked.weight[asked.to], minlength=n)
    order = np.lexsort((asked.name.astype(str), -metres, -cover))
    at = asked.unit[order]
    return pd.DataFrame(
        {
            "rank": np.arange(1, n + 1),
            "candidate": asked.name[order],
            "place": units["label"].to_numpy(object)[at],
            "fence": units["fence"].to_numpy(object)[at],
            "homes": cover[order].astype(np.int64),
            "care": closed[order].astype(np.int64),
            "within": within[order].astype(np.int64),
            "saved_m": metres[order].round(1),
        }
    )


def brought(asked: Candidates, best: pd.DataFrame) -> pd.DataFrame:
    """Say whom some candidates would bring nearer, a row a door: what happens if one of them opens.

    `best`: rows of `ranked`.
    Gives: ``rank, unit`` (position of the door; the candidate's own first)``, homes, now_m``
    (today's walk, infinite for none)``, walk_m`` (then)``, new`` (within the limit then, and not today).
    """
    place = {name: k for k, name in enumerate(asked.name.astype(str).tolist())}
    parts = []
    for rank, name in zip(best["rank"], best["candidate"].astype(str), strict=True):
        k = place[name]
        mine = asked.at == k
        to, walk = asked.to[mine], asked.walk_m[mine]
        nearer = (walk < asked.now_m[to]) & (asked.weight[to] > 0) & (to != asked.unit[k])
        to, walk = np.append(asked.unit[k], to[nearer]), np.append(0.0, walk[nearer])
        now = asked.now_m[to]
        frame = pd.DataFrame({"unit": to, "homes": asked.weight[to].astype(np.int64), "now_m": now})
        new = (now > asked.limit_m) & (walk <= asked.limit_m)
        parts.append(frame.assign(rank=int(rank), walk_m=walk, new=new))
    columns = ["rank", "unit", "homes", "now_m", "walk_m", "new"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def sets_table(asked: Choosable, most: int, *, seconds: float, seed: int) -> pd.DataFrame:
    """Tell the best sets of each model, and what each further one adds.

    Gives: ``model`` (a key of `MODELS`)``, number, chosen`` (names, comma-joined)``, value`` (homes, or
    metres)``, more`` (than with one less)``, bound, proven`` (bool: no set of so many gains more).
    """
    rows = []
    for model in MODELS:
        before = 0.0
        for number, pick in enumerate(
            asked.sets(model, most, seconds=seconds / len(MODELS), seed=seed), 1
        ):
            chosen = ", ".join(str(asked.name[s]) for s in pick.sites)
            proven = pick.bound <= pick.value * (1 + 1e-6) + 1e-6
            value, bound = round(pick.value, 1), round(pick.bound, 1)
            rows.append(
                (model, number, chosen, value, round(pick.value - before, 1), bound, proven)
            )
            before = pick.value
    columns = ["model", "number", "chosen", "value", "more", "bound", "proven"]
    return pd.DataFrame(rows, columns=columns)

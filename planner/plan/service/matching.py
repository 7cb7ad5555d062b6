"""Needs of households against talents of members: who meets what, of the own zone and of those beside it.

One flow of least cost over all needs, so that as many are met as can be, with the shortest walks together;
nobody is asked for more things than was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.arrays import Bools, Floats, Ints
from planner.model.duties import NeedKind, is_able
from planner.model.tables import PlanTables
from planner.plan.care.onstreets import OnStreets
from planner.plan.frames import assignment_of, centre_positions, positions, taken
from planner.solve.helping import share_homes

__all__ = ["UNMET", "Matched", "match_needs"]

UNMET = ("no_place", "no_zone", "nobody", "busy")
"""Why a need is not met: no place, or no zone, is known of the home; nobody near has the talent; who has it
has enough already."""
BESIDE_M = 200.0  # a member of the next zone is asked where that saves so much of the way


@dataclass(frozen=True, eq=False)
class Matched:
    """Needs and who meets them.

    Parameters
    ----------
    needs : DataFrame
        A row a need: ``household_id, kind`` (code)``, fence, number, zone, place, member_id`` ("" for
        nobody)``, member_zone`` (number, NaN for nobody)``, walk_m, cause`` ("" where it is met, else one of
        `UNMET`); by zone, household and kind.
    lost : int
        Needs of households that the plan does not know.
    """

    needs: pd.DataFrame
    lost: int

    @property
    def met(self) -> Bools:
        """Which needs are met, shape (n_needs,)."""
        return (self.needs["cause"] == "").to_numpy(bool)


def match_needs(
    ground: OnStreets,
    wanted: Sequence[tuple[str, str]],
    kinds: Sequence[NeedKind],
    strengths: Mapping[str, Sequence[str]],
    reach_m: float,
    each: int,
) -> Matched:
    """Give each need a member who can meet it.

    Parameters
    ----------
    wanted : sequence of (str, str)
        Household and code of its need.
    kinds : sequence of NeedKind
    strengths : mapping
        Member -> what the member is good at.
    reach_m : float
        Nobody walks farther, metres.
    each : int
        How many needs a member is asked to meet at most.
    """
    plan = ground.plan
    rows = sorted(set(wanted))
    home = positions(plan.households["household_id"], [h for h, _ in rows])
    known = home >= 0
    home, kind = home[known], np.array([k for _, k in rows], object)[known]
    unit = ground.home_unit[home]
    zone = np.append(assignment_of(plan), -1)[unit]
    able = _able(plan, kinds, strengths)
    need, member, walk = _pairs(ground, unit, zone, reach_m)
    fits = np.array([able[k][m] for k, m in zip(kind[need], member, strict=True)], bool)
    need, member, walk = need[fits], member[fits], walk[fits]
    own = centre_positions(plan, plan.members["zone"])
    cost = walk + np.where(own[member] == zone[need], 0.0, BESIDE_M)
    room = np.full(len(plan.members), each, np.int64)
    pair = share_homes(need, member, cost, len(home), room, strict=True).pair
    who = np.append(member, -1)[pair]
    could = np.bincount(need, minlength=len(home)) > 0
    cause = np.select([who >= 0, unit < 0, zone < 0, ~could], ["", *UNMET[:3]], UNMET[3])
    frame = _told(plan, home, kind, unit, zone).assign(
        member_id=taken(plan.members["member_id"], who),
        member_zone=np.append(plan.centres["number"].to_numpy(float), np.nan)[
            np.append(own, -1)[who]
        ],
        walk_m=np.append(walk, np.nan)[pair].round(1),
        cause=cause.astype(object),
    )
    order = np.lexsort((kind.astype(str), frame["household_id"].astype(str), zone))
    return Matched(frame.iloc[order].reset_index(drop=True), int((~known).sum()))


def _told(plan: PlanTables, home: Ints, kind: np.ndarray, unit: Ints, zone: Ints) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "household_id": plan.households["household_id"].to_numpy(object)[home],
            "kind": kind,
            "fence": plan.households["fence"].to_numpy(object)[home],
            "number": np.append(plan.centres["number"].to_numpy(float), np.nan)[zone],
            "zone": taken(plan.centres["centre_id"], zone),
            "place": taken(plan.units["label"], unit),
        }
    )


def _able(
    plan: PlanTables, kinds: Sequence[NeedKind], strengths: Mapping[str, Sequence[str]]
) -> dict[str, Bools]:
    """Tell which members can meet each kind of need; who belongs to no zone is asked for nothing."""
    ids = plan.members["member_id"].astype(str).tolist()
    there = (plan.members["zone"] != "").to_numpy(bool)
    return {
        k.code: there & np.array([is_able(strengths.get(i, ()), k.talents) for i in ids], bool)
        for k in kinds
    }


def _pairs(ground: OnStreets, unit: Ints, zone: Ints, reach_m: float) -> tuple[Ints, Ints, Floats]:
    """Give needs, members of the own zone or of one beside it within reach, and their walks."""
    plan = ground.plan
    own = centre_positions(plan, plan.members["zone"])
    members = np.flatnonzero((own >= 0) & (ground.member_unit >= 0))
    # by id where walks are alike: a second run asks the same
    members = members[np.argsort(plan.members["member_id"].to_numpy(str)[members], kind="stable")]
    placed = np.flatnonzero((unit >= 0) & (zone >= 0))
    if not len(members) or not len(placed):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0)
    doors, at = np.unique(unit[placed], return_inverse=True)
    seats, seat = np.unique(ground.member_unit[members], return_inverse=True)
    found = ground.walks(seats, doors, reach_m)
    walk = np.full((len(doors), len(seats)), np.inf)
    walk[found.target, found.source] = found.walk_m
    near = _beside(plan)[zone[placed]][:, own[members]]
    row, column = np.nonzero(near & np.isfinite(walk[at.reshape(-1)][:, seat.reshape(-1)]))
    return placed[row], members[column], walk[at.reshape(-1)[row], seat.reshape(-1)[column]]


def _beside(plan: PlanTables) -> Bools:
    """Tell which zones touch which, itself among them, shape (n_centres, n_centres)."""
    n, zone = len(plan.centres), assignment_of(plan)
    touch = np.eye(n, dtype=bool)
    a, b = zone[plan.problem.adjacency].T
    both = (a >= 0) & (b >= 0)
    touch[a[both], b[both]] = touch[b[both], a[both]] = True
    return touch

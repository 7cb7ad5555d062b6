"""The visit plan: who helps which care household first and second, what that takes, and the week's rounds.

A first helper makes the visits, a second one in another building steps in.  Both are flows of least cost,
the present helper kept where that costs no more than a short walk.  A round goes from the member's home
through the visits that are due and back, along the streets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from planner.model.arrays import Floats, Ints
from planner.model.caring import Care, CareKind, Pace
from planner.network import WalkingNetwork
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.shares import Needs
from planner.plan.frames import positions, taken
from planner.solve.helping import least_room, share_homes
from planner.solve.rounds import round_trip

__all__ = [
    "KEEP_M",
    "REACH",
    "WEEKS",
    "Helping",
    "Kept",
    "Way",
    "due_visits",
    "helping",
    "load_table",
    "rounds",
    "visit_table",
]

KEEP_M = 200.0
"""Metres that it must be worth to give a care household another helper than the one it has."""
WEEKS = 4
REACH, NEAREST = 3.0, 40  # a helper lives within three limits, among the forty nearest
FAR_M = 5000.0
Way = tuple[int, list[int], float]
"""Position of a member, the units of the round in turn, and its metres."""


@dataclass(frozen=True, eq=False)
class Helping:
    """Helpers of the care households that have a place.

    Parameters
    ----------
    home : ndarray of int, shape (n,)
        Positions of the households.
    first, second : ndarray of int, shape (n,)
        Positions of members, -1 for none.
    first_m, second_m : ndarray of float, shape (n,)
        Walks, NaN for none.
    visits, minutes : ndarray of float, shape (n,)
        Visits a month, and minutes of each.
    room : int
        Care households that the hours of a member allow.
    needed : int
        The fewest that would do for everybody within reach.
    """

    home: Ints
    first: Ints
    second: Ints
    first_m: Floats
    second_m: Floats
    visits: Floats
    minutes: Floats
    room: int
    needed: int


def helping(
    ground: OnStreets,
    needs: Needs,
    kinds: Sequence[CareKind],
    care: Care,
    before: Mapping[str, tuple[str, str]] | None = None,
) -> Helping:
    """Give each care household a first helper, and a second one in another building.

    Parameters
    ----------
    before : mapping, optional
        Household -> ids of its helpers in an earlier visit plan.
    """
    plan, unit = ground.plan, ground.home_unit
    home = np.flatnonzero(needs.care & (unit >= 0))
    visits, minutes = _needed(needs, kinds, home)
    each = float((visits * minutes).mean()) if len(home) else 0.0
    room = max(1, int(60 * care.hours_a_month / each)) if each > 0 else len(home)
    limit = plan.rules.walk.limit_m if care.limit_m is None else care.limit_m
    at, member, walk = _pairs(ground, unit[home], REACH * limit)
    members = len(plan.members)
    had = _had(ground, home, before or {})
    count = np.full(members, room, np.int64)
    keep = np.where(member == had[0][at], 0.0, KEEP_M)
    got = share_homes(at, member, walk + keep, len(home), count)
    first = np.append(member, -1)[got.pair]
    house = pd.factorize(
        np.where(plan.units["building"] != "", plan.units["building"], plan.units["unit_id"])
    )[0]
    # A second helper under the same roof would be away, or shut in, with the first.
    own = np.append(house, -1)[np.append(ground.member_unit, -1)]
    apart = own[member] != own[first][at]
    at2, member2, walk2 = at[apart], member[apart], walk[apart]
    keep = np.where(member2 == had[1][at2], 0.0, KEEP_M)
    other = share_homes(at2, member2, walk2 + keep, len(home), 2 * count)
    second = np.append(member2, -1)[other.pair]
    return Helping(
        home,
        first,
        second,
        np.append(walk, np.nan)[got.pair],
        np.append(walk2, np.nan)[other.pair],
        visits,
        minutes,
        room,
        least_room(at, member, len(home), members),
    )


def _needed(needs: Needs, kinds: Sequence[CareKind], home: Ints) -> tuple[Floats, Floats]:
    """Give visits and minutes: of several kinds the one that asks most often, and the longest visit."""
    known = {kind.code: kind for kind in kinds}
    own = [[known[code] for code in needs.kinds[h]] for h in home.tolist()]
    visits = np.array([max(k.visits_a_month for k in some) for some in own], float)
    return visits, np.array([max(k.minutes for k in some) for some in own], float)


def _pairs(ground: OnStreets, unit: Ints, reach: float) -> tuple[Ints, Ints, Floats]:
    """Give homes, the serving members within reach of each, and the walks; of many the nearest."""
    members = np.flatnonzero(ground.serving & (ground.member_unit >= 0))
    ids = ground.plan.members["member_id"].to_numpy(str)
    members = members[np.argsort(ids[members], kind="stable")]
    asked, place = np.unique(unit, return_inverse=True)
    if not len(members) or not len(asked):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0)
    found = ground.walks(ground.member_unit[members], asked, reach)
    order = np.lexsort((found.source, found.walk_m, found.target))
    target, source = found.target[order].astype(np.int64), found.source[order].astype(np.int64)
    start = np.searchsorted(target, np.arange(len(asked)))
    near = np.arange(len(target)) - start[target] < NEAREST
    target, source, walk = target[near], source[near], found.walk_m[order][near]
    start = np.searchsorted(target, np.arange(len(asked) + 1))
    count = np.diff(start)[place]
    at = np.repeat(np.arange(len(unit)), count)
    offset = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    row = np.repeat(start[place], count) + offset
    return at, members[source[row]], walk[row]


def _had(ground: OnStreets, home: Ints, before: Mapping[str, tuple[str, str]]) -> tuple[Ints, Ints]:
    ids = ground.plan.households["household_id"].iloc[home]
    pairs = [before.get(str(h), ("", "")) for h in ids]
    known = ground.plan.members["member_id"]
    first, second = (positions(known, [p[k] for p in pairs]) for k in (0, 1))
    return first, second


def visit_table(
    ground: OnStreets, needs: Needs, told: Helping, kinds: Sequence[CareKind]
) -> pd.DataFrame:
    """List the care households with their helpers and what they need.

    Gives: ``household_id, fence, zone, place, kinds, kinds_zh, visits, minutes`` (of a visit)``, first,
    first_m, second, second_m``; those without a place at the end, without helpers.
    """
    plan = ground.plan
    away = np.flatnonzero(needs.care & (ground.home_unit < 0))
    rows = np.concatenate([told.home, away])
    homes, ids = plan.households.iloc[rows], plan.members["member_id"]
    words = {k.code: (k.zh, k.en) for k in kinds}
    own = [[words[code] for code in needs.kinds[r]] for r in rows.tolist()]
    visits, minutes = _needed(needs, kinds, rows)
    none, nothing = np.full(len(away), -1), np.full(len(away), np.nan)
    return pd.DataFrame(
        {
            **{n: homes[n].to_numpy(object) for n in ("household_id", "fence", "zone")},
            "place": taken(plan.units["label"], ground.home_unit[rows]),
            "kinds": ["; ".join(en for _, en in said) for said in own],
            "kinds_zh": ["、".join(zh for zh, _ in said) for said in own],
            "visits": visits,
            "minutes": minutes,
            "first": taken(ids, np.append(told.first, none)),
            "first_m": np.append(told.first_m, nothing).round(1),
            "second": taken(ids, np.append(told.second, none)),
            "second_m": np.append(told.second_m, nothing).round(1),
        }
    )


def load_table(ground: OnStreets, told: Helping, care: Care) -> pd.DataFrame:
    """Hold the minutes of each serving member against the hours that a member can give.

    Gives: ``member_id, zone, homes`` (helped first)``, second`` (helped second)``, minutes`` (a month, walks
    not counted)``, allowed, over`` (minutes beyond)``, hours_needed``; the most laden first.
    """
    members = ground.plan.members
    n = len(members)
    live = told.first >= 0
    homes = np.bincount(told.first[live], minlength=n)
    second = np.bincount(told.second[told.second >= 0], minlength=n)
    minutes = np.bincount(told.first[live], (told.visits * told.minutes)[live], minlength=n)
    allowed = 60.0 * care.hours_a_month
    frame = pd.DataFrame(
        {
            "member_id": members["member_id"].to_numpy(object),
            "zone": members["zone"].to_numpy(object),
            "homes": homes,
            "second": second,
            "minutes": minutes.round(1),
            "allowed": allowed,
            "over": np.maximum(minutes - allowed, 0.0).round(1),
            "hours_needed": (np.ceil(minutes / 6.0) / 10.0).round(1),
        }
    )
    frame = frame[ground.serving].sort_values("member_id", kind="stable")
    return frame.sort_values(["over", "minutes"], ascending=False, kind="stable", ignore_index=True)


def due_visits(
    ground: OnStreets, told: Helping, care: Care, week: int
) -> tuple[Ints, Ints, Floats]:
    """Say which households are visited in a week of the month, by whom, and how many minutes that takes.

    Visits are spread evenly over the weeks, and the homes of a member over each other.

    Parameters
    ----------
    week : int
        From 1 to `WEEKS`.

    Returns
    -------
    home, member : ndarray of int
        A household that is due, once a visit, and who goes there.
    minutes : ndarray of float
    """
    n = len(ground.plan.households)
    who = positions(ground.plan.members["member_id"], ground.plan.households["member"])
    visits = np.full(n, care.home_visits_a_month)
    minutes = np.full(n, care.home_minutes)
    visits[told.home], minutes[told.home] = told.visits, told.minutes
    who[told.home] = np.where(told.first >= 0, told.first, who[told.home])
    live = np.flatnonzero((who >= 0) & (visits > 0) & (ground.home_unit >= 0))
    order = live[np.lexsort((live, who[live]))]
    head = np.flatnonzero(np.diff(who[order], prepend=-1))
    count = np.diff(np.append(head, len(order)))
    phase = (np.arange(len(order)) - np.repeat(head, count) + 0.5) / np.repeat(count, count)
    by = np.floor(visits[order] * week / WEEKS + phase)
    due = (by - np.floor(visits[order] * (week - 1) / WEEKS + phase)).astype(np.int64)
    return np.repeat(order, due), np.repeat(who[order], due), np.repeat(minutes[order], due)


class Kept(Protocol):
    """What a run that was stopped had made of the rounds; see `planner.api.rounds_kept`."""

    def begun(self, key: str) -> Mapping[int, list[Way]]:
        """Give the rounds that were made of just this, by the number of the zone."""
        ...

    def add(self, zone: int, ways: list[Way]) -> None:
        """Keep those of one more zone."""
        ...


def rounds(
    ground: OnStreets,
    told: Helping,
    care: Care,
    pace: Pace,
    week: int,
    *,
    kept: Kept | None = None,
    solutions: int = 0,
) -> tuple[pd.DataFrame, dict[int, Ints]]:
    """Make the week's round of every member.

    Parameters
    ----------
    kept : Kept, optional
        Where a killed run goes on: its zones are taken from there, and each new one is kept.
    solutions : int
        See `planner.solve.rounds.round_trip`.

    Returns
    -------
    DataFrame
        ``member_id, zone, stops`` (doors)``, visits, metres, minutes`` (of walking and visits)``, order``
        (doors in turn, then what is visited there).
    dict
        By position of the member the units in turn, the own home at both ends.
    """
    plan, unit = ground.plan, ground.home_unit
    home, member, minutes = due_visits(ground, told, care, week)
    rows: list[dict[str, Any]] = []
    ways: dict[int, Ints] = {}
    homes = plan.households["household_id"].to_numpy(str)
    labels = np.where(plan.units["label"] != "", plan.units["label"], plan.units["unit_id"])
    done: Mapping[int, list[Way]] = {}
    if kept is not None:
        done = kept.begun(_key(ground, home, member, solutions))
    for nth, (who, part) in enumerate(_by_zone(plan.members["zone"].to_numpy(str), member)):
        made = done.get(nth)
        if made is None:
            made = list(_round_trips(ground, unit[home[part]], member[part], who, solutions))
            if kept is not None:
                kept.add(nth, made)
        for m, turned, metres in made:
            own = part[member[part] == m]
            turn = ways[m] = np.array(turned, np.int64)
            said = []
            for door in dict.fromkeys(turn[:-1].tolist()):
                here = own[unit[home[own]] == door]
                if len(here):
                    said.append(f"{labels[door]}: {'、'.join(homes[home[here]])}")
            time = minutes[own].sum() + metres / pace.speed_m_s / 60.0
            rows.append(
                {
                    "member_id": str(plan.members["member_id"].iloc[m]),
                    "zone": str(plan.members["zone"].iloc[m]),
                    "stops": len(said),
                    "visits": len(own),
                    "metres": round(metres, 1),
                    "minutes": round(float(time), 1),
                    "order": " → ".join(said),
                }
            )
    columns = ["member_id", "zone", "stops", "visits", "metres", "minutes", "order"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["zone", "member_id"], kind="stable", ignore_index=True), ways


def _round_trips(
    ground: OnStreets, door: Ints, member: Ints, who: Ints, solutions: int
) -> Iterator[Way]:
    """Make the rounds of the members of one zone: door and member of each visit."""
    doors = np.unique(np.concatenate([door, ground.member_unit[who]]))
    reach = max(FAR_M, REACH * ground.plan.rules.walk.limit_m)
    walk = _table(ground, doors, reach)
    for m in who.tolist():
        seat = int(ground.member_unit[m])
        stops = np.unique(door[member == m])
        stops = stops[stops != seat]
        at = np.searchsorted(doors, np.append(seat, stops))
        order, metres = round_trip(walk[np.ix_(at, at)], solutions=solutions)
        yield m, [seat, *stops[order - 1].tolist(), seat], metres


def _key(ground: OnStreets, home: Ints, member: Ints, solutions: int) -> str:
    """Give a digest of all that the rounds are made of: another plan, street or week is another key."""
    found = hashlib.sha256(f"rounds 1 {solutions} {ground.plan.rules.walk.limit_m}".encode())
    snaps, parts = ground.snaps, [home, member, ground.home_unit, ground.member_unit]
    parts += [snaps.edge, snaps.along_m, snaps.access_m, snaps.home_xy]
    if isinstance(ground.network, WalkingNetwork):
        parts += [ground.network.edges, ground.network.length_m]
    for part in parts:
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


def _by_zone(zone: Any, member: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Give the members of each zone who go anywhere, and their visits."""
    names = zone[member]
    for name in np.unique(names).tolist():
        part = np.flatnonzero(names == name)
        yield np.unique(member[part]), part


def _table(ground: OnStreets, doors: Ints, reach: float) -> Floats:
    """Tabulate the walks between some doors; where there is none within reach, a long straight line."""
    found = ground.walks(doors, doors, reach)
    walk = np.full((len(doors), len(doors)), np.inf)
    walk[found.source, found.target] = found.walk_m
    xy = ground.snaps.home_xy[doors]
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    # Nobody walks there; a round that must is told with so long a leg that it is looked at.
    return np.where(np.isfinite(walk), walk, reach + apart)

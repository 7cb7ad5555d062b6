"""Inside each zone: which member looks after which household, runs of floors kept together.

One staffing serves a first plan and a changed one.  What differs is where walks are measured, and
that in a changed plan homes know a member already: to give one to somebody else costs metres, as it
does where a home has a helper of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.model.arrays import Bools, Floats, Ints
from planner.model.problem import Problem, ZoneRule
from planner.model.rules import Bound
from planner.model.tables import PlanTables
from planner.plan.frames import positions, unit_positions
from planner.solve.staff import Staffing, staff
from planner.solve.staff_shares import HARD_M, Shared, staff_shared

__all__ = ["KEEP_M", "Roster", "Walks", "share_figures", "staffed"]

KEEP_M = 200.0
"""Metres that it must be worth to give a home another member than the one it has."""
DEARER_M = (800.0, 6_400.0, 51_200.0)
"""What is charged besides, step by step, where a member would lose too many: less than a missed rule."""


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks between units and members of one zone.

    `to_centre`, shape (n_units,): walk of each unit to its centre, metres; NaN for none.
    `direct`: units and homes of members, by unit -> metres, shape (n_units, n_members); not finite
    where nothing was measured.
    """

    to_centre: Floats
    direct: Callable[[Ints, Ints], Floats]

    @classmethod
    def of(
        cls, problem: Problem, assignment: Ints, direct: Callable[[Ints, Ints], Floats]
    ) -> Walks:
        """Measure by `direct`, and by way of the centre where that is shorter or all that is known."""
        return cls(np.append(problem.walk_m, np.nan)[problem.pairs_of(assignment)], direct)

    def between(self, units: Ints, homes: Ints) -> Floats:
        """Give the walks of units to the homes of members, shape (n_units, n_members), metres."""
        by_centre = self.to_centre[units][:, None] + self.to_centre[homes][None, :]
        # fmin, not minimum: where one of the two was not measured the other one counts
        walk = np.fmin(self.direct(units, homes), by_centre)
        return np.where(units[:, None] == homes[None, :], 0.0, walk)


@dataclass(frozen=True, eq=False)
class Roster:
    """Who looks after whom.

    Parameters
    ----------
    member : ndarray of int, shape (n_households,)
        Position of the serving member of each household; -1 where its zone has none.
    walk_m : ndarray of float, shape (n_households,)
        Walk between the two homes, metres; NaN where nobody serves.
    households : ndarray of int, shape (n_members,)
        Households that each member looks after; 0 for one who rests.
    figures : mapping
        ``serving, short, over`` (members below the floor, above the ceiling), ``walk_mean_m``, and where
        somebody helps already ``helpers, helpers_kept``: as the provenance of a plan tells them.
    """

    member: Ints
    walk_m: Floats
    households: Ints
    figures: Mapping[str, Any]


def staffed(
    plan: PlanTables,
    assignment: Ints,
    walks: Walks,
    touched: Ints,
    floor: Floats | None = None,
    most_lost: int | None = None,
) -> Roster:
    """Share the households of some zones out among their members; all else stays as it is.

    Parameters
    ----------
    plan : PlanTables
        Households and members; who served whom before, and who helps whom.
    assignment : ndarray of int, shape (n_units,)
        Centre of each unit, -1 for none.
    floor : ndarray of float, shape (n_households,), optional
        Heights: neighbours on a stairwell come to one member.  A plan does not keep them; there the
        homes that had one member before stay together.
    most_lost : int, optional
        How many of its homes a member may lose at most, those that change their zone counted; within a zone
        as far as floors and ceilings allow.

    Returns
    -------
    Roster
        The same whatever the order of the rows.  Every household of a touched zone has a member, if the
        zone has one at all.
    """
    homes, people = plan.households, plan.members
    names = people["member_id"].to_numpy(str)
    unit, door = (unit_positions(plan, frame["unit_id"]) for frame in (homes, people))
    zone, own = (np.append(assignment, -1)[at] for at in (unit, door))
    was = positions(people["member_id"], homes["member"])
    stays = (zone >= 0) & ~np.isin(zone, touched)
    member = np.where(stays, was, -1)
    walk_m = np.where(stays, homes["member_walk_m"].to_numpy(float), np.nan)
    used_to, cared = _UsedTo.of(plan, was), _Cared.of(plan)
    away = (was >= 0) & (zone != np.append(own, -1)[was])
    gone = np.bincount(was[away], minlength=len(people))
    # Ids break ties throughout: equal registers in another order must give equal rosters.
    height = np.zeros(len(homes)) if floor is None else floor
    order = np.lexsort((homes["household_id"].to_numpy(str), height, was))
    fences = plan.centres["fence"].astype(str).tolist()
    for c in np.unique(touched).tolist():
        rows, serving = order[zone[order] == c], np.flatnonzero(own == c)
        serving = serving[np.argsort(names[serving], kind="stable")]
        if not len(rows) or not len(serving):
            continue
        bound = plan.rules.in_fence(fences[c]).households_per_member
        first, client, load = used_to.clients(unit, rows, serving, cared.mark)
        apart = walks.between(unit[first], door[serving])
        cost = apart + used_to.surcharge(first, serving)
        # Homes of one unit that are used to one member are one client of several: the flow is then
        # over some 30 clients a zone, and not over 250 homes.
        own_most = _ceilings(plan, serving, bound)
        shares = cared.of_zone(first, serving)
        share = _shared(load, cost, bound, own_most, shares)
        mine = used_to.member[first][:, None] == serving[None, :]
        left = np.maximum((most_lost or 0) - gone[serving], 0)
        for dearer in () if most_lost is None else DEARER_M:
            over = (mine * (load[:, None] - share)).sum(axis=0) > left
            # every way out of a member who loses more here than is left to lose
            dear = mine[:, over].any(axis=1)[:, None] & ~mine
            if not dear.any():
                break
            cost = cost + np.where(dear, dearer, 0.0)
            share = _shared(load, cost, bound, own_most, shares)
        for i in range(len(first)):
            mine, chosen = rows[client == i], np.repeat(np.arange(len(serving)), share[i])
            member[mine] = serving[chosen]
            walk_m[mine] = apart[i, chosen]
    rounded = np.asarray(np.round(walk_m, 2), np.float64)
    held = np.bincount(member[member >= 0], minlength=len(people))
    figures = _figures(plan, member, rounded, held)
    if most_lost is not None:
        lost = np.bincount(was[(was >= 0) & (member != was)], minlength=1)
        figures["most_lost"] = int(lost.max())
    return Roster(member, rounded, held, figures)


def _shared(
    load: Ints, cost: Floats, bound: Bound, own: Floats | None, shares: Sequence[Shared]
) -> Ints:
    """Share homes out; where some have ceilings of their own, nobody rests while one of them has too many."""

    def made(low: float | None, high: float | None) -> Staffing:
        if not shares:
            return staff(load, cost, low, high, own)
        return staff_shared(load, cost, low, high, own, shares)

    if own is None:
        return made(bound.low, bound.high).share
    found = made(bound.low, None)
    if found.over.any():
        every = made(None, None)
        found = every if every.over.sum() < found.over.sum() else found
    return found.share


def _ceilings(plan: PlanTables, serving: Ints, bound: Bound) -> Floats | None:
    """Give the most homes of each of some members, where any has a ceiling of its own."""
    if "most" not in plan.members:
        return None
    own = plan.members["most"].to_numpy(float)[serving]
    return np.where(np.isnan(own), bound.high or np.inf, own)


@dataclass(frozen=True, eq=False)
class _Cared:
    """Shares of care households: their rules, who counts for each, and the homes by what they count for.

    `counts`, shape (n_rules, n_households), and `able`, shape (n_rules, n_members).
    `mark`, shape (n_households,): equal for homes that count for the same.
    """

    rules: tuple[ZoneRule, ...]
    counts: Bools
    able: Bools
    mark: Ints

    @classmethod
    def of(cls, plan: PlanTables) -> _Cared:
        homes, people = len(plan.households), len(plan.members)
        if plan.cared is None:
            none = np.zeros((0, homes), bool), np.zeros((0, people), bool)
            return cls((), *none, np.zeros(homes, np.int64))
        names = plan.cared["rule"].to_numpy(object)
        rules = tuple(r for r in plan.problem.rules if (names == r.name).any())
        counts, able = np.zeros((len(rules), homes), bool), np.zeros((len(rules), people), bool)
        for marked, frame, column, member in (
            (counts, plan.households, "household_id", 0),
            (able, plan.members, "member_id", 1),
        ):
            own = plan.cared["member"].to_numpy(int) == member
            for k, rule in enumerate(rules):
                mine = plan.cared["person_id"][own & (names == rule.name)]
                marked[k, frame[column].isin(set(mine)).to_numpy()] = True
        return cls(rules, counts, able, counts.T @ (1 << np.arange(len(rules), dtype=np.int64)))

    def of_zone(self, homes: Ints, serving: Ints) -> list[Shared]:
        """Give the shares of one zone, by a home of each client and the members."""
        return [
            Shared(
                self.counts[k, homes],
                self.able[k, serving],
                rule.low,
                rule.high,
                HARD_M if rule.hard else rule.price_m,
            )
            for k, rule in enumerate(self.rules)
            if self.counts[k, homes].any()
        ]


def share_figures(plan: PlanTables) -> list[dict[str, Any]]:
    """Count how care households are shared out among single members, from the plan's tables alone.

    Gives: of each share ``rule, low, high, homes, members`` (who serve and are given such homes)``, least,
    most`` (of one of them)``, off`` (members beyond a limit)``, others`` (homes with somebody else, or with
    nobody).
    """
    cared = _Cared.of(plan)
    member = positions(plan.members["member_id"], plan.households["member"])
    serves = plan.members["households"].to_numpy(int) > 0
    told = []
    for k, rule in enumerate(cared.rules):
        with_ = member[cared.counts[k]]
        held = np.bincount(with_[with_ >= 0], minlength=len(serves))
        asked = held[serves & cared.able[k]]
        low, high = rule.low or 0.0, np.inf if rule.high is None else rule.high
        told.append(
            {
                "rule": rule.name,
                "low": rule.low,
                "high": rule.high,
                "homes": int(cared.counts[k].sum()),
                "members": len(asked),
                "least": int(asked.min()) if len(asked) else 0,
                "most": int(asked.max(initial=0)),
                "off": int(((asked < low) | (asked > high)).sum()),
                "others": int((~np.append(cared.able[k], False)[with_]).sum()),
            }
        )
    return told


@dataclass(frozen=True, eq=False)
class _UsedTo:
    """The member that each home is used to, -1 for none, and the metres that it is worth to leave it so."""

    member: Ints
    price_m: Floats

    @classmethod
    def of(cls, plan: PlanTables, was: Ints) -> _UsedTo:
        member, price = was.copy(), np.where(was >= 0, KEEP_M, 0.0)
        if plan.helpers is not None:  # the office's word counts for more than habit
            at, helper = _helped(plan)
            member[at], price[at] = helper, plan.helpers["price_m"].to_numpy(float)
        return cls(member, price)

    def clients(self, unit: Ints, rows: Ints, serving: Ints, mark: Ints) -> tuple[Ints, Ints, Ints]:
        """Gather homes of one unit that are used to one member here: first home, client, homes."""
        here = np.isin(self.member[rows], serving)
        member, price = np.where(here, self.member[rows], -1), np.where(here, self.price_m[rows], 0)
        key = np.column_stack([unit[rows], member, price, mark[rows]])
        _, first, client, load = np.unique(
            key, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        return rows[first], client.ravel(), load

    def surcharge(self, homes: Ints, serving: Ints) -> Floats:
        """Give what it costs a client to be looked after by another, shape (n_clients, n_members)."""
        other = self.member[homes][:, None] != serving[None, :]
        # whose member does not serve here loses it to everybody alike: no price can tell them apart
        here = ~other.all(axis=1, keepdims=True)
        return np.where(here & other, self.price_m[homes][:, None], 0.0)


def _helped(plan: PlanTables) -> tuple[Ints, Ints]:
    assert plan.helpers is not None
    return (
        positions(plan.households["household_id"], plan.helpers["household_id"]),
        positions(plan.members["member_id"], plan.helpers["member_id"]),
    )


def _figures(plan: PlanTables, member: Ints, walk_m: Floats, held: Ints) -> dict[str, Any]:
    """Count from the outcome, not from what the search believed."""
    rules = plan.rules
    own = plan.members["fence"].astype(str) if rules.by_fence else ["" for _ in held]
    each = [rules.in_fence(fence).households_per_member for fence in own]
    low = np.array([bound.low or 0.0 for bound in each])
    high = np.array([bound.high or np.inf for bound in each])
    if "most" in plan.members:
        own_most = plan.members["most"].to_numpy(float)
        high, low = np.where(np.isnan(own_most), high, own_most), np.fmin(low, own_most)
    known = walk_m[np.isfinite(walk_m)]
    told: dict[str, Any] = {
        "serving": int((held > 0).sum()),
        "short": int(((held > 0) & (held < low)).sum()),
        "over": int((held > high).sum()),
        "walk_mean_m": round(float(known.mean()), 1) if len(known) else None,
    }
    if plan.helpers is not None:
        at, helper = _helped(plan)
        told |= {"helpers": len(at), "helpers_kept": int((member[at] == helper).sum())}
    return told

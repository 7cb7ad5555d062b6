"""One independent part of a problem, in the form that the search works on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from planner.model.arrays import AnyInts, Bools, Floats, Ints, Ints32
from planner.model.problem import Problem, ZoneRule
from planner.solve.zones.contiguity import Near, Support, spans, support

__all__ = [
    "Instance",
    "Pairs",
    "Rows",
    "assembled",
    "cut_out",
    "local_neighbours",
    "restrict",
    "rows_of",
]


@dataclass(frozen=True, eq=False)
class Rows:
    """The sides of the zone rules: ``sum of weight over a zone - limit`` is what a zone breaks.

    Parameters
    ----------
    name : tuple of str, length n_rows
        Rule of each side.
    weight : ndarray of float, shape (n_rows, n_units)
        What each unit adds.
    limit : ndarray of float, shape (n_rows,)
        What a zone may have.
    price : ndarray of float, shape (n_rows,)
        Metres for each unit above it; infinite for a hard rule.
    amounts : ndarray of float, shape (n_amounts, n_units)
        What is counted, such as households and members, each once.
    share : ndarray of float, shape (n_rows, n_amounts)
        ``weight = share @ amounts``.
    """

    name: tuple[str, ...]
    weight: Floats
    limit: Floats
    price: Floats
    amounts: Floats
    share: Floats

    def take(self, units: AnyInts) -> Rows:
        """Restrict to some units."""
        weight = np.ascontiguousarray(self.weight[:, units])
        amounts, share = np.ascontiguousarray(self.amounts[:, units]), self.share
        if len(amounts) > 2:
            # pricing knows two amounts: what nobody of a part has is none there
            some = amounts.any(axis=1)
            amounts, share = np.ascontiguousarray(amounts[some]), share[:, some]
        return replace(self, weight=weight, amounts=amounts, share=share)

    def charge(self, sums: Floats, hard_m: float = np.inf) -> float:
        """Price of what zones break, by what they add up to, shape (n_rows, n_zones).

        A hard rule costs `hard_m`; what is broken by less than rounding does not count.
        """
        excess = np.maximum(sums - self.limit[:, None], 0.0).sum(axis=1)
        broken = (
            excess > 1e-9
        )  # of sums of shares; infinity times rounding would forbid a good plan
        price = np.where(np.isinf(self.price), hard_m, self.price)[broken]
        return float((excess[broken] * price).sum())

    def table(self, cap: AnyInts) -> Floats:
        """Price of what a zone breaks, by what it adds up to; shape ``cap + 1``, two amounts."""
        first = np.arange(cap[0] + 1.0)[:, None]
        second = np.arange(cap[1] + 1.0)[None, :]
        total = np.zeros((len(first), second.shape[1]))
        for share, limit, price in zip(self.share, self.limit, self.price, strict=True):
            both = np.concatenate([share, np.zeros(2 - len(share))])
            excess = both[0] * first + both[1] * second - limit
            broken = excess > 1e-9
            total[broken] += price * excess[broken]
        return total


def rows_of(problem: Problem, fence: int = 0) -> Rows:
    """State each rule of a fence as one or two sides, all of the form ``sum of weight <= limit``."""
    amounts: list[Floats] = []
    names: list[str] = []
    shares: list[dict[int, float]] = []
    limits: list[float] = []
    prices: list[float] = []
    for rule in problem.rules:
        if not rule.is_for(np.array([fence]))[0]:
            continue
        counted = _position(amounts, rule.amount)
        for limit, sign in ((rule.high, 1.0), (rule.low, -1.0)):
            if limit is None:
                continue
            share = {counted: sign}
            if rule.per is not None:
                # amount <= limit x per is amount - limit x per <= 0: a ratio is linear in the units.
                per = _position(amounts, rule.per)
                share[per] = share.get(per, 0.0) - sign * limit
            if (own := _own(problem, rule, sign)) is not None:
                share[_position(amounts, own)] = -sign
            names.append(rule.name)
            shares.append(share)
            limits.append(sign * float(limit) if rule.per is None else 0.0)
            prices.append(np.inf if rule.hard else rule.price_m)
    share = np.zeros((len(names), len(amounts)))
    for k, entries in enumerate(shares):
        for i, value in entries.items():
            share[k, i] = value
    matrix = np.array(amounts, float).reshape(len(amounts), problem.n_units)
    limit, price = np.array(limits, float), np.array(prices, float)
    return Rows(tuple(names), share @ matrix, limit, price, matrix, share)


def _own(problem: Problem, rule: ZoneRule, sign: float) -> Floats | None:
    """Give by how much the limits of single centres differ, at their homes; None where none does."""
    if rule.own is None:
        return None
    # each zone holds the home of its centre, and no other home: there its limit can be counted
    own = np.zeros(problem.n_units)
    own[problem.home] = rule.own[1 if sign > 0 else 0, problem.home]
    return own if own.any() else None


def _position(amounts: list[Floats], amount: Floats) -> int:
    """Find what is counted among what was counted before, or append it.

    Pricing knows two amounts at most, so households that three rules count must be one of them.
    """
    for i, known in enumerate(amounts):
        if np.array_equal(known, amount):
            return i
    amounts.append(amount)
    return len(amounts) - 1


@dataclass(frozen=True, eq=False)
class Instance:
    """Units and centres of one part, with pairs that a plan could use, and who holds up whom.

    Parameters
    ----------
    unit_ids, centre_ids : ndarray of int
        Positions in the problem.
    start : ndarray of int, shape (n_units + 1,)
        Offsets of each unit's pairs.
    unit, centre : ndarray of int, shape (n_pairs,)
        Of each pair.
    cost : ndarray of float, shape (n_pairs,)
        Load x walk + penalty + change, metres.
    walk_cost : ndarray of float, shape (n_pairs,)
        Load x walk alone, metres.
    walk_m : ndarray of float, shape (n_pairs,)
        Walk, metres.
    home_pair : ndarray of int, shape (n_centres,)
        Pair of each centre with its own home.
    by_centre, centre_start : ndarray of int
        Pairs of each centre, nearest first.
    support : Support
        Who holds up whom.
    near : Near
        Neighbours of each unit.
    rows : Rows
        The zone rules.
    skip_cost : ndarray of float, shape (n_units,)
        Price of leaving a unit without a centre; infinite where that is not allowed.
    """

    unit_ids: Ints
    centre_ids: Ints
    start: Ints
    unit: Ints32
    centre: Ints32
    cost: Floats
    walk_cost: Floats
    walk_m: Floats
    home_pair: Ints
    by_centre: Ints
    centre_start: Ints
    support: Support
    near: Near
    rows: Rows
    skip_cost: Floats

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.unit_ids)

    @property
    def n_centres(self) -> int:
        """Number of centres."""
        return len(self.centre_ids)

    @property
    def n_pairs(self) -> int:
        """Number of pairs."""
        return len(self.unit)

    def sums(self, pair: AnyInts) -> Floats:
        """Add up each side of each rule over each zone of a plan, shape (n_rows, n_centres).

        The plan is the chosen pair of each unit, -1 for none.
        """
        served = pair >= 0
        zone = self.centre[pair[served]]
        weight = self.rows.weight[:, served]
        n = self.n_centres
        sums = [np.bincount(zone, w, n) for w in weight]
        return np.array(sums, np.float64).reshape(len(weight), n)

    def excess(self, pair: AnyInts) -> Floats:
        """By how much each zone breaks each side, shape (n_rows, n_centres)."""
        return np.maximum(self.sums(pair) - self.rows.limit[:, None], 0.0)

    @property
    def hard_price(self) -> float:
        """What a search may charge for breaking a hard rule by one, to compare failed attempts."""
        # Dearer than any walk, and no more: annealing compares differences of it.
        return 10.0 * max(float(self.cost.max(initial=0.0)), 1000.0)

    def value(self, pair: AnyInts, *, forgiving: bool = False) -> float:
        """Cost + penalties of a plan, metres.

        Infinite if it breaks a hard rule; if `forgiving`, that costs `hard_price` instead.
        """
        served = pair >= 0
        total = self.cost[pair[served]].sum() + self.skip_cost[~served].sum()
        hard_m = self.hard_price if forgiving else np.inf
        return float(total + self.rows.charge(self.sums(pair), hard_m))

    def local(self, assignment: AnyInts) -> Ints:
        """Give each unit's centre by its position in the part, -1 for none or another part's."""
        given = assignment[self.unit_ids].astype(np.int64)
        place = np.minimum(np.searchsorted(self.centre_ids, given), self.n_centres - 1)
        return np.where(self.centre_ids[place] == given, place, -1)

    def connected(self, pair: AnyInts) -> Bools:
        """Tell which units are held up in a plan, or at home, or left out; shape (n_units,)."""
        chosen = np.zeros(self.n_pairs + 1, bool)
        chosen[pair[pair >= 0]] = True
        held = np.zeros(self.n_pairs, bool)
        held[self.home_pair] = True
        holder = np.repeat(np.arange(self.n_pairs), np.diff(self.support.held_start))
        held[self.support.held[chosen[holder]]] = True
        return (pair < 0) | held[pair]


class Pairs(NamedTuple):
    """Pairs of a part that is put together, sorted by unit and centre.

    Parameters
    ----------
    unit, centre : ndarray of int
        Of each pair.
    rank : ndarray of int
        Those of a centre are in this order, nearest first.
    cost, walk_cost, walk_m : ndarray of float
        As in `Instance`.
    """

    unit: Ints32
    centre: Ints32
    rank: Ints
    cost: Floats
    walk_cost: Floats
    walk_m: Floats


def restrict(instance: Instance, units: AnyInts, centres: AnyInts) -> tuple[Instance, Ints]:
    """Take some units and centres of a part by themselves, as `cut_out` does."""
    inside, among = np.zeros(instance.n_units, bool), np.zeros(instance.n_centres, bool)
    inside[units], among[centres] = True, True
    return cut_out(instance, inside[instance.unit] & among[instance.centre], centres)


def cut_out(instance: Instance, keep: Bools, centres: AnyInts) -> tuple[Instance, Ints]:
    """Make a part of some pairs of some centres, and of the units that they belong to.

    Parameters
    ----------
    keep : ndarray of bool, shape (n_pairs,)
        Pairs to keep, all of them of the centres, each home's among them.
    centres : ndarray of int
        Positions in the part, ascending.

    Returns
    -------
    instance, pair : Instance, ndarray of int64
        Ids are positions in the part; and the pair of the part that each pair stands for.
    """
    one, pair = instance, np.flatnonzero(keep)
    units, owner = np.unique(one.unit[pair], return_inverse=True)
    rank = np.empty(one.n_pairs, np.int64)
    rank[one.by_centre] = np.arange(one.n_pairs)
    centre = np.searchsorted(centres, one.centre[pair]).astype(np.int32)
    costs = one.cost[pair], one.walk_cost[pair], one.walk_m[pair]
    made = assembled(
        (units.astype(np.int64), centres.astype(np.int64)),
        Pairs(owner.astype(np.int32), centre, rank[pair], *costs),
        local_neighbours(one.near, units, one.n_units),
        one.rows.take(units),
        one.skip_cost[units],
    )
    return made, pair


def assembled(
    ids: tuple[Ints, Ints], pairs: Pairs, near: Near, rows: Rows, skip: Floats
) -> Instance:
    """Put a part together.

    Parameters
    ----------
    ids : tuple of ndarray
        Positions of units and centres where the part was cut from.
    pairs, near, rows, skip
        Pairs, neighbours, rules and prices of leaving out, of these units and centres.
    """
    start = np.searchsorted(pairs.unit, np.arange(len(ids[0]) + 1)).astype(np.int64)
    # Ranks come from a larger part where centres follow one another in the same order.
    by_centre = np.argsort(pairs.rank, kind="stable").astype(np.int64)
    place = np.empty(len(by_centre), np.int64)
    place[by_centre] = np.arange(len(by_centre))
    ends = np.searchsorted(pairs.centre[by_centre], np.arange(len(ids[1]) + 1)).astype(np.int64)
    return Instance(
        unit_ids=ids[0],
        centre_ids=ids[1],
        start=start,
        unit=pairs.unit,
        centre=pairs.centre,
        cost=pairs.cost,
        walk_cost=pairs.walk_cost,
        walk_m=pairs.walk_m,
        home_pair=by_centre[ends[:-1]],
        by_centre=by_centre,
        centre_start=ends,
        support=support(start, pairs.centre, place, near),
        near=near,
        rows=rows,
        skip_cost=skip,
    )


def local_neighbours(near: Near, units: AnyInts, n: int) -> Near:
    """Restrict lists of neighbours to some of `n` units, ascending."""
    position = np.full(n, -1, np.int32)
    position[units] = np.arange(len(units))
    owner, at = spans(near.start, units)
    to = position[near.to[at]]
    start = np.searchsorted(owner[to >= 0], np.arange(len(units) + 1)).astype(np.int64)
    return Near(start, to[to >= 0])

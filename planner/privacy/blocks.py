"""What a meeting may know of homes: counts of blocks, and nothing that is finer.

A block is some demand units of one zone that hang together and have many homes between them.  All that a
file for a meeting says of homes is worked out from the blocks: their counts are rounded, their walks are
means over units and not over homes, and what is said of a zone is the sum over its blocks.  So no sum,
total or difference of two files leads below a block, whatever is done with them.

The threshold of 10 is usual for publications of this kind; random rounding to base 3 is after Statistics New
Zealand.  Rounding here is not random, for equal plans must give equal files; it is to the nearest
multiple, except where the interval that the reader may infer would hold one value only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.model.arrays import Bools, Floats, Ints
from planner.model.problem import Problem, ZoneRule
from planner.model.rules import WalkLimit

__all__ = [
    "FEW",
    "HIDDEN",
    "LEAST",
    "MANY",
    "PERCENT_STEP",
    "Blocks",
    "blocks_of",
    "bounds_of",
    "shown_counts",
    "shown_shares",
]

FEW = -1
"""A count from 1 up to the threshold."""
HIDDEN = -2
"""A count that is not told because another one would follow from it."""
LEAST = 5
"""No threshold is below this."""
MANY = 100
"""From so many homes on, what is said of all of them together tells of nobody."""
PERCENT_STEP = 5
"""Shares of what is sensitive are told in steps of so many per cent."""
LARGEST = 1 << 40


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of a plan.

    Parameters
    ----------
    of : ndarray of int, shape (n_units,)
        Block of each unit, numbered in the order of their first units.
    zone : ndarray of int, shape (n_blocks,)
        Centre that each block is served by, -1 for none.
    fixed : ndarray of int, shape (n_blocks,)
        1 where a centre lives, 2 where units were joined that do not touch, else 0.
    homes : ndarray of int, shape (n_blocks,)
        Homes as they may be told: rounded, `FEW` or `HIDDEN` below the threshold.
    far_m : ndarray of float, shape (n_pairs of `problem`,)
        Farthest walk from a unit of the block to the centre, metres.
    problem : Problem
        The plan's problem with blocks for units, made of nothing but what may be told.
    """

    of: Ints
    zone: Ints
    fixed: Ints
    homes: Ints
    far_m: Floats
    problem: Problem

    def zone_homes(self) -> Ints:
        """Homes of each zone, as they may be told: the sum of its blocks, or as hidden as they are."""
        served = self.zone >= 0
        n = self.problem.n_centres
        total = np.bincount(self.zone[served], np.maximum(self.homes, 0)[served], n).astype(
            np.int64
        )
        worst = np.zeros(n, np.int64)
        np.minimum.at(worst, self.zone[served], self.homes[served])
        return np.where((total == 0) & (worst < 0), worst, total)


def shown_counts(
    counts: Ints, smallest: int, base: int, *, least: Ints | int = 0, most: Ints | int = LARGEST
) -> Ints:
    """Round counts so that none tells of a small one.

    Parameters
    ----------
    counts : ndarray of int, shape (n,)
    smallest : int
        Counts from 1 up to this are hidden; 1 tells all as they are.
    base : int
        Odd.  Counts are told in steps of it from the threshold on, mostly as the nearest one.
    least, most : ndarray of int, shape (n,), or int
        What the reader knows a count to be at least and at most, such as one home for each of its
        places.

    Returns
    -------
    ndarray of int, shape (n,)
        `FEW` for a hidden one, `HIDDEN` where even that would tell it.
    """
    if smallest <= 1:
        return counts
    half = base // 2
    # told counts begin at the threshold itself, so that many counts just above it add up without a bias
    near = smallest + np.rint((counts - smallest) / base).astype(np.int64) * base
    # were it all that is left of what the reader may infer from the nearest one, take the next one
    near = near + base * ((near + half <= least) & (counts == near + half))
    near = near - base * ((near - half >= most) & (counts == near - half))
    near = np.where(counts > 0, np.maximum(near, smallest), 0)
    few = np.where(
        least >= smallest - 1, HIDDEN, FEW
    )  # "fewer than 10" of nine houses would be nine
    return np.where((counts > 0) & (counts < smallest), few, near)


def shown_shares(
    counts: Ints, total: int, smallest: int, rounded: int, *, sensitive: bool = False
) -> Ints:
    """Give shares of one total in whole per cent, so that none tells of few homes.

    Parameters
    ----------
    counts : ndarray of int, shape (n,)
        Homes within so many minutes, say; each is a share of `total`.
    smallest : int
        A share is told where from this on are within, are left over, and lie between any two that are told.
    rounded : int
        Shares are those of counts rounded to multiples of this, the total too.
    sensitive : bool
        What marks these homes is nobody's business: shares are told of `MANY` or more, in steps of
        `PERCENT_STEP`, and neither none nor all of them, for that would tell of each.

    Returns
    -------
    ndarray of int64, shape (n,)
        `FEW` for a hidden one.
    """
    told = np.full(len(counts), FEW, np.int64)
    if total < (MANY if sensitive else smallest):
        return told
    known = [0, total]
    for at, count in enumerate(counts.tolist()):
        apart = [abs(count - other) for other in known if sensitive or count != other]
        if count in known[2:] or min(apart, default=smallest) >= smallest:
            known.append(count)
            base = max(round(total / rounded) * rounded, rounded)
            percent = 100.0 * round(count / rounded) * rounded / base
            step = PERCENT_STEP if sensitive else 1
            told[at] = min(round(percent / step) * step, 100)
    return told


def bounds_of(
    told: Ints, smallest: int, base: int, *, spread: int | None = None
) -> tuple[Ints, Ints]:
    """Give what a reader may infer of told counts: the least and the most that each can be.

    Parameters
    ----------
    told : ndarray of int, shape (n,)
        From `shown_counts`.
    spread : int, optional
        How far a told count may lie from the truth: half the base if None, base - 1 for `Blocks.homes`.
    """
    spread = base // 2 if spread is None else spread
    low = np.where(told == 0, 0, np.where(told < 0, 1, np.maximum(told - spread, smallest)))
    few = np.where(told == FEW, smallest - 1, LARGEST)
    return low, np.where(told < 0, few, np.where(told == 0, 0, told + spread))


def blocks_of(problem: Problem, zone: Ints, walk: WalkLimit, *, smallest: int, base: int) -> Blocks:
    """Join units into blocks, and say of these what may be told.

    `zone`, shape (n_units,): centre of each unit, -1 for none.
    `smallest`: the threshold: a unit with as many homes may be a block by itself, other blocks have at
    least twice as many less one unless their whole zone has fewer. 1 makes each unit a block, told in
    full: for the office itself.
    """
    if smallest <= 1:
        of = np.arange(problem.n_units)
        fixed = np.zeros(problem.n_units, np.int64)
        fixed[problem.home] = 1
        return Blocks(of, zone, fixed, problem.households, problem.walk_m, problem)
    joined = _Joined(problem, zone)
    # The largest first: they can show alone, and are not swallowed to help small ones.
    for u in np.argsort(-problem.households, kind="stable").tolist():
        joined.fill(u, smallest)
    of, fixed = joined.numbered(problem)
    n = len(fixed)
    first = np.zeros(n, np.int64)
    first[of[::-1]] = np.arange(problem.n_units)[::-1]
    true = np.bincount(of, problem.households, n).astype(np.int64)
    places = np.bincount(of, minlength=n)
    homes = shown_counts(true, smallest, base, least=places)
    homes = _balanced(true, homes, zone[first], places, _limits(problem), smallest, base)
    told, far_m = _told(problem, of, np.where(homes < 0, smallest // 2, homes), walk)
    return Blocks(of, zone[first], fixed, homes, far_m, told)


def _limits(problem: Problem) -> tuple[Floats, Floats]:
    """Give the least and the most homes that the rules allow each zone; those of single fences aside."""
    low, high = np.full(problem.n_centres, -np.inf), np.full(problem.n_centres, np.inf)
    for r in problem.rules:
        if r.per is None and r.fences is None and np.array_equal(r.amount, problem.households):
            own = np.zeros((2, problem.n_centres)) if r.own is None else r.own[:, problem.home]
            low = np.maximum(low, -np.inf if r.low is None else r.low + own[0])
            high = np.minimum(high, np.inf if r.high is None else r.high + own[1])
    return low, high


def _balanced(
    true: Ints,
    told: Ints,
    zone: Ints,
    places: Ints,
    limits: tuple[Floats, Floats],
    smallest: int,
    base: int,
) -> Ints:
    """Round some counts the other way, so that what is told of a zone adds up near its truth.

    Rounded one by one, the blocks of a zone drift by one each: a zone that keeps a rule seems to break it.
    After controlled rounding (Cox, 1987) a zone is told within half the base, on the true side of the
    limits where its blocks allow that; each block stays within base - 1 of its truth.
    """
    told, half = told.copy(), base // 2
    order = np.argsort(zone, kind="stable")
    starts = np.flatnonzero(np.diff(zone[order], prepend=-2))
    for inside in np.split(order, starts[1:]):
        if not len(inside) or zone[inside[0]] < 0 or (told[inside] < 0).any():
            continue
        total = true[inside].sum()

        def turn(up: bool, inside: Ints = inside) -> bool:
            off = (true - told)[inside] * (1 if up else -1)
            # lowered too far, a block of single houses would be known to be one
            floor = np.maximum(places[inside], smallest + half)
            safe = up | (told[inside] - base + half > floor)
            best = int(np.argmax(np.where(safe, off, 0)))
            if not safe[best] or off[best] <= 0:
                return False
            told[inside[best]] += base if up else -base
            return True

        while abs(drift := total - told[inside].sum()) > half and turn(bool(drift > 0)):
            pass
        for side, at_least in zip(limits, (True, False), strict=True):
            limit = side[zone[inside[0]]]
            holds, seems = (
                (n >= limit) if at_least else (n <= limit) for n in (total, told[inside].sum())
            )
            if holds != seems:
                turn(bool(holds == at_least))
    return told


class _Joined:
    """Sets of units, each with its homes and its neighbours in its zone."""

    def __init__(self, problem: Problem, zone: Ints) -> None:
        n = problem.n_units
        self.parent, self.homes = list(range(n)), problem.households.tolist()
        self.size = [1] * n
        self.zone = zone.tolist()
        self.near: list[set[int]] = [set() for _ in range(n)]
        for u, v in problem.adjacency.tolist():
            if self.zone[u] == self.zone[v]:
                self.near[u].add(v)
                self.near[v].add(u)
        self.centre = set(problem.home.tolist())
        self.loose: list[int] = []
        self.of_zone: dict[int, list[int]] = {}
        for u in range(n):
            self.of_zone.setdefault(self.zone[u], []).append(u)

    def root(self, u: int) -> int:
        while self.parent[u] != u:
            self.parent[u] = self.parent[self.parent[u]]
            u = self.parent[u]
        return u

    def fill(self, u: int, smallest: int) -> None:
        """Let the set of a unit grow until its count may show, or its zone has no more."""
        while True:
            here = self.root(u)
            alone = self.size[here] == 1 and self.homes[here] >= smallest
            if alone or self.homes[here] >= 2 * smallest - 1 or not self._grow(u, here):
                return

    def _grow(self, u: int, here: int) -> bool:
        beside = {self.root(v) for v in self.near[here]} - {here}
        if not beside:
            beside = {self.root(v) for v in self.of_zone[self.zone[u]]} - {here}
            if beside:
                self.loose.append(u)
        # the homes of two centres stay apart: each is the place of its own zone
        beside = {v for v in beside if not (v in self.centre and here in self.centre)}
        if not beside:
            return False
        # The smallest neighbour joins, never a centre's home if another will do: few homes are to
        # lose their own count.
        other = min(beside, key=lambda v: (v in self.centre, self.homes[v], v))
        low, high = min(here, other), max(here, other)
        self.parent[high] = low
        self.homes[low] += self.homes[high]
        self.size[low] += self.size[high]
        self.near[low] |= self.near[high]
        if high in self.centre:
            self.centre.add(low)
        return True

    def numbered(self, problem: Problem) -> tuple[Ints, Ints]:
        """Give the block of each unit, in the order of their first units, and which cannot move."""
        roots = np.array([self.root(u) for u in range(problem.n_units)], np.int64)
        _, first, block = np.unique(roots, return_index=True, return_inverse=True)
        block = np.argsort(np.argsort(first))[block.reshape(-1)].astype(np.int64)
        fixed = np.zeros(len(first), np.int64)
        fixed[block[self.loose]] = 2
        fixed[block[problem.home]] = 1
        return block, fixed


def _told(problem: Problem, of: Ints, homes: Ints, walk: WalkLimit) -> tuple[Problem, Floats]:
    """Give the problem of the blocks, for centres that may serve all units of one.

    Walks are whole metres, so that sums in the page and here are the same.
    """
    n, width = len(homes), max(problem.n_centres, 1)
    unit = problem.pair_unit
    key, row = np.unique(of[unit] * width + problem.pair_centre, return_inverse=True)
    row = row.reshape(-1)
    count = np.bincount(row, minlength=len(key))
    far_m = np.zeros(len(key))
    np.maximum.at(far_m, row, problem.walk_m)
    mean_m = np.rint(np.bincount(row, problem.walk_m, len(key)) / np.maximum(count, 1))
    change = np.asarray(np.bincount(row, problem.change_m, len(key)), np.float64)
    # a centre that may serve a part of a block only would tell the parts apart
    whole = count == np.bincount(of, minlength=n)[key // width]
    key, mean_m, far_m, change = key[whole], mean_m[whole], far_m[whole], change[whole]
    owner = key // width
    edges = np.unique(np.sort(of[problem.adjacency], axis=1), axis=0)
    own_of = of[problem.home]

    def own(rule: ZoneRule) -> Floats | None:
        if rule.own is None:
            return None
        told = np.zeros((2, n))
        told[:, own_of] = rule.own[:, problem.home]
        return told

    rules = [
        replace(r, amount=homes.astype(float), own=own(r))
        for r in problem.rules
        # other amounts, members or loads, would tell what a block holds beside its homes
        if r.per is None and np.array_equal(r.amount, problem.households)
    ]
    fence = np.zeros(n, np.int32)
    fence[of] = problem.fence
    told = Problem(
        load=homes.astype(float),
        households=homes,
        home=of[problem.home].astype(np.int32),
        pair_start=np.searchsorted(owner, np.arange(n + 1)),
        pair_centre=key % width,
        walk_m=mean_m,
        adjacency=edges[edges[:, 0] != edges[:, 1]].astype(np.int32),
        rules=tuple(rules),
        penalty_m=homes[owner].astype(float)
        * np.rint(walk.price * np.maximum(mean_m - walk.limit_m, 0.0)),
        change_m=homes[owner].astype(float) * _change_price(problem) * _changes(owner, change, n),
        fence=fence,
        unserved_m=problem.unserved_m,
    )
    return told, np.rint(far_m)


def _change_price(problem: Problem) -> float:
    """Price of one home that changes hands, metres: what the dearest pair pays for each of its homes."""
    homes = problem.households[problem.pair_unit]
    return float(np.rint((problem.change_m[homes > 0] / homes[homes > 0]).max(initial=0.0)))


def _changes(owner: Ints, change: Floats, n: int) -> Bools:
    """Whether a block that goes to a centre counts as changing hands: all but where most of it was."""
    least = np.full(n, np.inf)
    np.minimum.at(least, owner, change)
    return change > least[owner]

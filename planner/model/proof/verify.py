"""Proves a plan's lower bound again, from the problem and one prize for each unit.

Nothing of the search is used, neither its code nor its solver's interface: the model is written down here a
second time, from its statement.  Take any prize for each unit.  A plan costs the prizes of all units and,
for each zone, its cost less its prizes, which is never less than that of the cheapest connected zone of that
centre; so the prizes and the cheapest zones together lie below every plan (Lagrangian relaxation of "each
unit once").  Bad prizes, whether by chance or by intent, prove little, and never anything false.  Where they
prove less than is claimed, parts that are small enough are solved as a whole.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from planner.model.arrays import Floats, Ints
from planner.model.audit import audit, check
from planner.model.certificate import Certificate
from planner.model.problem import Problem, Result

__all__ = ["Verification", "proven_bound", "verify"]

CLOSE = 1e-6  # share of the bound that rounding, of sums and inside a solver, may account for
MOST_PAIRS = 8_000  # of a part that is solved as a whole where its prizes prove too little


@dataclass(frozen=True, slots=True)
class Verification:
    """What was proven again.

    Parameters
    ----------
    claimed, certificate : Certificate
        What the plan carries, and every figure of it recomputed, with the bound that was proven here.
    proven_m : float
        That bound; it may lie above the claimed one.
    seconds : float
        Time that it took.
    """

    claimed: Certificate
    certificate: Certificate
    proven_m: float
    seconds: float

    @property
    def differs(self) -> tuple[str, ...]:
        """Figures of the plan that are not what they are said to be."""
        room = CLOSE * max(abs(self.certificate.value_m), 1.0)
        return tuple(
            name
            for name in ("cost_m", "penalty_m", "change_m", "value_m", "unserved")
            if not abs(getattr(self.claimed, name) - getattr(self.certificate, name)) <= room
        )

    @property
    def holds(self) -> bool:
        """Whether all figures are right and the claimed bound is proven, to rounding."""
        claimed = self.claimed.bound_m
        return not self.differs and self.proven_m >= claimed - CLOSE * max(abs(claimed), 1.0)


def verify(
    problem: Problem,
    assignment: ArrayLike,
    claimed: Certificate,
    prizes: Mapping[int, float],
    *,
    seconds: float = 120.0,
) -> Verification:
    """Check a plan and prove its bound again.

    Parameters
    ----------
    assignment : array_like of int, shape (n_units,)
        Centre of each unit, -1 for none.
    prizes : mapping of int to float
        Metres by unit; a unit without one counts as 0.
    seconds : float
        Time after which no more is proven.

    Raises
    ------
    PlannerError
        It is no plan of this problem, or the claimed bound lies above its value.
    """
    began = time.perf_counter()
    until = began + seconds
    claimed_m, plan = claimed.bound_m, np.asarray(assignment, np.int32)
    if claimed.disconnected and not claimed_m:
        # a meeting insisted on it, and nothing is claimed: then only the figures can be wrong
        told = audit(problem, plan, 0.0)
        if told.disconnected == claimed.disconnected:
            return Verification(claimed, told, 0.0, time.perf_counter() - began)
    check(problem, Result(plan, claimed_m))
    model = _Model(problem, prizes)
    parts = model.parts()
    bounds = [model.by_prizes(units, centres, until) for units, centres in parts]
    proven = model.lost_m + sum(bounds)
    # Other ties cost something or nothing: what is proven without them is true with them.
    wanted = claimed_m - CLOSE * max(abs(claimed_m), 1.0)
    for i, (_, centres) in enumerate(parts):
        if proven >= wanted or time.perf_counter() >= until:
            break
        whole = model.as_a_whole(centres, until)
        proven, bounds[i] = proven + max(whole - bounds[i], 0.0), max(whole, bounds[i])
    certificate = check(problem, Result(plan, min(proven, claimed_m)))
    return Verification(claimed, certificate, proven, time.perf_counter() - began)


def proven_bound(problem: Problem, prizes: Mapping[int, float], *, seconds: float = 20.0) -> float:
    """Prove a lower bound of a problem by prizes that were made for another one like it.

    `prizes`: metres by unit.
    Gives: metres; minus infinity where time ran out.
    """
    until = time.perf_counter() + seconds
    model = _Model(problem, prizes)
    return model.lost_m + sum(model.by_prizes(u, c, until) for u, c in model.parts())


class _Model:
    """The statement of the problem: who may serve whom, at what cost, held up by whom."""

    def __init__(self, problem: Problem, prizes: Mapping[int, float]) -> None:
        self.problem = problem
        p, n = problem, problem.n_units
        unit, centre = p.pair_unit.astype(np.int64), p.pair_centre.astype(np.int64)
        # Not `Problem.pair_cost_m`, which the search uses: an error there must not hide here.
        cost = p.load[unit] * p.walk_m + p.penalty_m + p.change_m
        home = np.full(n, -1, np.int64)
        home[p.home] = np.arange(p.n_centres)
        edges = np.concatenate([p.adjacency, p.adjacency[:, ::-1]]).astype(np.int64)
        self._beside = [edges[at, 1].tolist() for at in _grouped(edges[:, 0], n)]
        self.skip = p.unserved_m * np.where(p.load > 0, p.load, 1.0)
        groups = _grouped(centre, p.n_centres)
        while True:
            self._reach = [
                self._reached(c, unit[mine], p.walk_m[mine], cost[mine], home)
                for c, mine in enumerate(groups)
            ]
            shut = self._shut()
            if not shut:
                break
            groups = [
                np.array([i for i in mine if (int(unit[i]), c) not in shut], np.int64)
                for c, mine in enumerate(groups)
            ]
        served = np.zeros(n, bool)
        for reach in self._reach:
            served[reach.unit] = True
        self.lost_m = float(self.skip[~served].sum()) + self._parted_m()
        # A unit may be left out at its price, so no prize above that proves anything.
        self.prize = np.zeros(n)
        for u, prize in prizes.items():
            if 0 <= u < n and np.isfinite(prize):
                self.prize[u] = min(float(prize), float(self.skip[u]))
        self._served = served

    def _parted_m(self) -> float:
        """Price of ties between units that no centre may serve both: every plan pays it."""
        if (ties := self.problem.ties) is None:
            return 0.0
        parted = (ties.a != ties.b) & ~ties.apart
        for reach in self._reach:
            parted &= ~(np.isin(ties.a, reach.unit) & np.isin(ties.b, reach.unit))
        return float(ties.price_m[parted].sum())

    def _reached(self, c: int, units: Ints, walk_m: Floats, cost: Floats, home: Ints) -> _Reach:
        """Go out from a home: a unit may join if a neighbour that is nearer may."""
        own = self.problem.home[c]
        mine = (home[units] < 0) | (units == own)
        units, walk_m, cost = units[mine], walk_m[mine], cost[mine]
        # Nearest first, ties by position: whoever may hold a unit up has been placed before it.
        order = np.lexsort((units, walk_m, units != own))
        place: dict[int, int] = {}
        holders: list[list[int]] = []
        kept: list[int] = []
        for i in order:
            u = int(units[i])
            held = [place[v] for v in self._beside[u] if v in place]
            if u == own or held:
                place[u] = len(kept)
                kept.append(int(i))
                holders.append(sorted(set(held)))
        return _Reach(units[kept], cost[kept], holders)

    def _shut(self) -> set[tuple[int, int]]:
        """List the centres, by unit, that are open to it and not to one with whom it must be together."""
        ties = self.problem.ties
        if ties is None or not ties.hard.any():
            return set()
        open_to: dict[int, set[int]] = {}
        for c, reach in enumerate(self._reach):
            for u in reach.unit.tolist():
                open_to.setdefault(u, set()).add(c)
        found: set[tuple[int, int]] = set()
        for k in np.flatnonzero(ties.hard & ~ties.apart):
            a, b = int(ties.a[k]), int(ties.b[k])
            mine, other = open_to.get(a, set()), open_to.get(b, set())
            found |= {(a, c) for c in mine - other} | {(b, c) for c in other - mine}
        return found

    def _tied(self, unit: Ints, zone: Ints, wide: int) -> list[LinearConstraint]:
        """Write down the ties that must hold: both of two in each zone or neither, or one at most."""
        ties = self.problem.ties
        if ties is None or not ties.hard.any():
            return []
        at = {(int(u), int(z)): i for i, (u, z) in enumerate(zip(unit, zone, strict=True))}
        row: list[int] = []
        column: list[int] = []
        value: list[float] = []
        low: list[float] = []
        high: list[float] = []
        for k in np.flatnonzero(ties.hard & (ties.a != ties.b)):
            for z in np.unique(zone).tolist():
                ends = [at.get((int(u), z)) for u in (ties.a[k], ties.b[k])]
                here = [(i, s) for i, s in zip(ends, (1.0, -1.0), strict=True) if i is not None]
                row += [len(low)] * len(here)
                column += [i for i, _ in here]
                value += [1.0 if ties.apart[k] else s for _, s in here]
                low.append(-np.inf if ties.apart[k] else 0.0)
                high.append(1.0 if ties.apart[k] else 0.0)
        matrix = csr_array((value, (row, column)), (len(low), wide))
        least, most = np.array(low), np.array(high)
        limits: Any = (matrix, least, most)
        return [LinearConstraint(*limits)] if low else []

    def parts(self) -> list[tuple[Ints, Ints]]:
        """Give units and centres that have to do with one another."""
        n, m = self.problem.n_units, self.problem.n_centres
        if m == 0:
            return []
        unit = np.concatenate([reach.unit for reach in self._reach])
        centre = np.repeat(np.arange(m), [len(reach.unit) for reach in self._reach])
        graph = coo_array((np.ones(len(unit)), (unit, n + centre)), shape=(n + m, n + m))
        _, label = connected_components(graph, directed=False)
        return [
            (np.flatnonzero((label[:n] == k) & self._served), np.flatnonzero(label[n:] == k))
            for k in np.unique(label[n:])
        ]

    def by_prizes(self, units: Ints, centres: Ints, until: float) -> float:
        """Add up prizes and cheapest zones of a part; not proven in time is minus infinity."""
        total = float(self.prize[units].sum())
        for c in centres:
            total += self._cheapest([int(c)], until, once=False)
            if not np.isfinite(total):
                break
        return total

    def as_a_whole(self, centres: Ints, until: float) -> float:
        """Bound the best plan of a small part."""
        pairs = sum(len(self._reach[c].unit) for c in centres)
        if pairs > MOST_PAIRS:
            return -np.inf
        return self._cheapest([int(c) for c in centres], until, once=True)

    def _cheapest(self, centres: list[int], until: float, *, once: bool) -> float:
        """Bound zones of some centres from below: each unit once, or, less its prize, at will."""
        reaches = [self._reach[c] for c in centres]
        unit = np.concatenate([reach.unit for reach in reaches])
        cost = np.concatenate([reach.cost for reach in reaches])
        first = np.cumsum([0, *(len(reach.unit) for reach in reaches)])
        n, rules = len(unit), self._sides()
        zone = np.repeat(np.arange(len(reaches)), np.diff(first))
        rows = [_held(reaches, first)]
        high = [np.zeros(_size(rows[0])[0])]
        fence = self.problem.fence[self.problem.home[centres]]
        for weight, limit, _, fences in rules:
            # a zone that a rule is not for adds nothing, and may have what it likes
            mine = np.ones(len(reaches), bool) if fences is None else np.isin(fence, fences)
            counted = np.where(mine[zone], weight[unit], 0.0)
            rows.append(csr_array((counted, (zone, np.arange(n))), (len(reaches), n)))
            high.append(np.where(mine, limit, np.inf))
        slack = sum(np.isfinite(price) for _, _, price, _ in rules) * len(reaches)
        extra = np.unique(unit) if once else np.zeros(0, np.int64)
        wide = n + slack + len(extra)
        matrix, objective = _with_slack(rows, rules, len(reaches), wide), np.zeros(wide)
        objective[:n] = cost if once else cost - self.prize[unit]
        objective[n : n + slack] = np.repeat(
            [p for _, _, p, _ in rules if np.isfinite(p)], len(reaches)
        )
        upper: Any = np.ones(wide)
        upper[n : n + slack] = np.inf
        lower: Any = np.zeros(wide)
        lower[first[:-1]] = 1.0
        most: Any = np.concatenate(high)  # SciPy takes arrays here, whatever its types say
        limits = [LinearConstraint(matrix, -np.inf, most)]
        if once:
            objective[n + slack :] = self.skip[extra]
            each = np.searchsorted(extra, unit)
            where = np.concatenate([each, np.arange(len(extra))])
            column = np.concatenate([np.arange(n), n + slack + np.arange(len(extra))])
            exact = csr_array((np.ones(len(where)), (where, column)), (len(extra), wide))
            limits.append(LinearConstraint(exact, 1.0, 1.0))
            limits += self._tied(unit, zone, wide)
        whole = np.zeros(wide)
        whole[:n] = 1
        left = until - time.perf_counter()
        if left <= 0:  # not proven is not false: the claim stands unproven
            return -np.inf
        found = milp(
            objective,
            integrality=whole,
            bounds=Bounds(lower, upper),
            constraints=limits,
            options={
                "time_limit": left,
                "mip_rel_gap": 1e-9,
            },  # by default 1e-4, more than `CLOSE`
        )
        if found.status == 2:  # infeasible: some hard rule lets this centre have no zone
            return np.inf
        # The dual bound, not the value: what a solver found is above the best, never surely below it.
        proven = getattr(found, "mip_dual_bound", None)
        if proven is None:
            return float(found.fun) if found.status == 0 else -np.inf
        return float(proven)

    def _sides(self) -> list[tuple[Floats, float, float, tuple[int, ...] | None]]:
        """State each rule as ``sum of weight <= limit``, at a price, an infinite one is hard; and where."""
        sides: list[tuple[Floats, float, float, tuple[int, ...] | None]] = []
        for rule in self.problem.rules:
            price = np.inf if rule.hard else rule.price_m
            for limit, sign in ((rule.high, 1.0), (rule.low, -1.0)):
                if limit is None:
                    continue
                weight, most = sign * rule.amount, sign * limit
                if rule.per is not None:
                    weight, most = sign * (rule.amount - limit * rule.per), 0.0
                if rule.own is not None:
                    # a zone holds the home of its own centre and of no other, which brings its difference
                    homes = self.problem.home
                    weight = weight.copy()
                    weight[homes] -= sign * rule.own[1 if sign > 0 else 0, homes]
                sides.append((weight, most, price, rule.fences))
        return sides


@dataclass(frozen=True, eq=False)
class _Reach:
    """Units that a centre may serve, its home first, then by walk; what each costs, and who holds it up."""

    unit: Ints
    cost: Floats
    holders: list[list[int]]


def _grouped(label: Ints, count: int) -> list[Ints]:
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(1, count))) if count else []


def _held(reaches: list[_Reach], first: Ints) -> csr_array:
    """Write a row for each unit but the homes: taken only if one that holds it up is."""
    row: list[int] = []
    column: list[int] = []
    value: list[float] = []
    count = 0
    for reach, start in zip(reaches, first, strict=False):
        for i, holders in enumerate(reach.holders[1:], 1):
            row += [count] * (1 + len(holders))
            column += [start + i, *(start + j for j in holders)]
            value += [1.0, *([-1.0] * len(holders))]
            count += 1
    return csr_array((value, (row, column)), (count, int(first[-1])))


def _size(matrix: csr_array) -> tuple[int, int]:
    size: Any = matrix.shape  # scipy's types do not say how many
    return int(size[0]), int(size[1])


def _with_slack(
    rows: list[csr_array], rules: list[tuple[Floats, float, float, Any]], zones: int, wide: int
) -> csr_array:
    """Put the rows above one another, with a column for what each zone breaks of each elastic side."""
    blocks, at = [], _size(rows[0])[1]
    for i, block in enumerate(rows):
        part = block.tocoo()
        row, column, value = part.row, part.col, part.data
        if i and np.isfinite(rules[i - 1][2]):
            row = np.concatenate([row, np.arange(zones)])
            column = np.concatenate([column, at + np.arange(zones)])
            value = np.concatenate([value, np.full(zones, -1.0)])
            at += zones
        blocks.append(coo_array((value, (row, column)), (_size(block)[0], wide)))
    return csr_array(vstack(blocks, format="csr"))

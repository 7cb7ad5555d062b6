"""How much may change hands: a price for each home, a number of homes, or the fewest.

A number of homes is priced, too: of all prices the one is sought whose best plan keeps within the number
(Lagrangian relaxation of one side constraint; Everett, "Generalized Lagrange Multiplier Method", Operations
Research 11, 1963).  Each price gives a bound for the number, so that what is missed by pricing is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from planner.errors import InfeasibleError
from planner.model import audit
from planner.model.arrays import Floats, Ints
from planner.model.excerpt import of_pairs, places_of, restricted
from planner.model.problem import Part, Problem, Result
from planner.solve.keeping import Keeping, Point, Recut, Standing
from planner.solve.rezone import Previous, changes_of, majority, moved_households
from planner.solve.stop import Clock, Progress, Stop
from planner.solve.zones.search import solve

__all__ = ["CURVE_M", "FEWEST_M", "curve", "recut"]

FEWEST_M = 100_000.0
"""What one home is worth where as few as possible may change hands: no walk is as long."""
CURVE_M = (FEWEST_M, 2000.0, 1000.0, 600.0, 400.0, 250.0, 150.0, 80.0, 40.0, 20.0, 8.0, 0.0)
"""Prices of the curve, metres a home: from "nothing moves that need not" to "best walks"."""
ATTEMPTS = 7  # prices tried for one number of homes


def recut(
    problem: Problem,
    unit: ArrayLike,
    previous: Previous,
    standing: Standing,
    keeping: Keeping,
    *,
    stop: Stop,
    seed: int,
    progress: Callable[[Progress], None] | None = None,
) -> Recut:
    """Re-cut the zones where something happened.

    Parameters
    ----------
    problem : Problem
    unit : array_like of int, shape (n_people,)
        Unit of each household and member, -1 if it has none.
    previous : Previous
        Who was served by whom; its price is not looked at.
    standing : Standing
    keeping : Keeping
    stop, seed, progress
        As for `planner.solve.zones.search.solve`.

    Raises
    ------
    InfeasibleError
        Hard rules cannot hold, or more homes must change hands than the budget allows.
    """
    desk = _Desk(problem, unit, previous, standing, stop, seed, progress)
    if not desk.units.size:
        return desk.whole(None, keeping.price_m, desk.lost)
    if keeping.budget is not None:
        point, least = desk.within(keeping.budget)
    elif keeping.zone_budget is not None:
        point = desk.spread(keeping.zone_budget, FEWEST_M if keeping.fewest else keeping.price_m)
        least = desk.least(point) if keeping.fewest else desk.forced
    elif keeping.fewest:
        point = desk.attempt(FEWEST_M, desk.start, 0.7)
        least = desk.least(point)
    else:
        point, least = desk.attempt(keeping.price_m, desk.start, 1.0), desk.forced
    return desk.whole(point, point.price_m, least)


def curve(
    problem: Problem,
    unit: ArrayLike,
    previous: Previous,
    standing: Standing,
    *,
    stop: Stop,
    seed: int,
    prices_m: tuple[float, ...] = CURVE_M,
) -> Iterator[Recut]:
    """Give the plans between "nothing moves that need not" and "best walks", each from the one before.

    `stop.seconds` is for all of them together.  Plans that another one beats in both are left out.
    """
    desk = _Desk(problem, unit, previous, standing, stop, seed, None)
    if not desk.units.size:
        yield desk.whole(None, prices_m[0], desk.lost)
        return
    start, best = desk.start, math.inf
    for number, price in enumerate(prices_m):
        point = desk.attempt(price, start, 1.0 / (len(prices_m) - number))
        start = point.result.assignment
        if point.value_m < best - 1e-6:
            best = point.value_m
            yield desk.whole(point, price, desk.forced)


@dataclass(eq=False)
class _Desk:
    """The part of a problem that is open, and the plans that were found for it."""

    problem: Problem
    unit: ArrayLike
    previous: Previous
    standing: Standing
    stop: Stop
    seed: int
    progress: Callable[[Progress], None] | None
    clock: Clock = field(init=False)
    halted: bool = False  # ended by hand: what was found is taken, and nothing more is begun

    def __post_init__(self) -> None:
        self.clock = Clock(self.stop.seconds)

    @cached_property
    def units(self) -> Ints:
        return np.flatnonzero(~self.standing.closed)

    @cached_property
    def centres(self) -> Ints:
        return np.flatnonzero(~self.standing.closed[self.problem.home])

    @cached_property
    def _places(self) -> Ints:
        """Position of each centre in the open part, -1 for one that stands."""
        return places_of(self.centres, self.problem.n_centres)

    @cached_property
    def counts(self) -> Floats:
        """Homes that change hands if a pair is taken, shape (n_pairs,)."""
        return changes_of(self.problem, self.unit, self.previous)

    @cached_property
    def avoidable(self) -> Floats:
        """The same less those of the unit that change hands whatever is taken: only this is priced.

        A price on what nobody can help would only make every gap look small.
        """
        return self.counts - self._least(self.counts)[self.problem.pair_unit]

    def _least(self, counts: Floats) -> Floats:
        """Give the least that a unit comes to, whatever is taken; 0 of one that nobody may serve."""
        least = np.zeros(self.problem.n_units)
        served = np.diff(self.problem.pair_start) > 0
        starts = self.problem.pair_start[:-1][served]
        if len(starts):
            least[served] = np.minimum.reduceat(counts, starts)
        return least

    @property
    def lost(self) -> int:
        """Homes whose centre is gone: whatever is done, they change hands."""
        return self.previous.lost

    @cached_property
    def small(self) -> Problem:
        """The open part, with the number of each pair in the whole problem for what it is charged."""
        numbered = self.problem.replace(change_m=np.arange(self.problem.n_pairs, dtype=float))
        return restricted(numbered, self.units, self.centres)

    @cached_property
    def tight(self) -> Problem:
        """The open part as it is searched: of a unit that is held only the pair with that centre is left."""
        want = self._places[self.standing.held[self.units]][self.small.pair_unit]
        return of_pairs(self.small, (want < 0) | (self.small.pair_centre == want))

    @staticmethod
    def priced(part: Problem, charged_m: Floats) -> Problem:
        """Charge the pairs of `small` or `tight` what those of the whole problem are charged."""
        return part.replace(change_m=charged_m[part.change_m.astype(np.int64)])

    @cached_property
    def start(self) -> Ints:
        """The plan before, of the open part; what is held is where it shall be."""
        held = self.standing.held
        was = majority(self.problem, self.unit, self.previous)
        return self._places[np.where(held >= 0, held, was)[self.units]]

    @cached_property
    def forced(self) -> int:
        """Homes that change hands in every plan, unit by unit."""
        served = np.diff(self.problem.pair_start) > 0
        open_ = ~self.standing.closed
        must = (self.counts - self.avoidable)[self.problem.pair_start[:-1][served & open_]].sum()
        # whoever has no unit any more (-1 reads the last), or one that nobody may serve, lost its centre, too
        nobody = np.append(~served & open_, True)[np.asarray(self.unit)]
        gone = self.previous.homes[nobody & (self.previous.zone >= 0)].sum()
        return self.lost + round(float(must + gone))

    def moved(self, assignment: ArrayLike) -> int:
        """Count the homes that change hands under a plan of the open part."""
        whole = self.standing.zone.astype(np.int64)
        whole[self.units] = np.append(self.centres, -1)[np.asarray(assignment)]
        # whose centre is gone is none of these, and is counted as lost
        moved = moved_households(whole, self.unit, self.previous.zone)
        return self.lost + round(float(self.previous.homes[moved].sum()))

    def losses(self, assignment: ArrayLike) -> Floats:
        """Count the homes that each zone of before loses under a plan of the open part."""
        whole = self.standing.zone.astype(np.int64)
        whole[self.units] = np.append(self.centres, -1)[np.asarray(assignment)]
        zone = self.previous.zone
        gone = moved_households(whole, self.unit, zone) & (zone >= 0)
        weight = self.previous.homes[gone]
        return np.bincount(zone[gone], weight, self.problem.n_centres).astype(float)

    def attempt(
        self, price_m: float, start: ArrayLike, share: float, charged_m: Floats | None = None
    ) -> Point:
        """Find the best plan at one price, in a share of the time that is left.

        `charged_m`: what each pair is charged, where that is not the price for each home.
        """
        charged = price_m * self.avoidable if charged_m is None else charged_m
        priced = self.priced(self.tight, charged)
        stop = Stop(self.stop.gap, max(self.clock.left * share, 1.0))
        found = solve(priced, stop=stop, start=start, seed=self.seed, progress=self.progress)
        self.halted |= found.stopped == "interrupt"
        moved = self.moved(found.assignment)
        plain = self.tight.replace(change_m=np.zeros(self.tight.n_pairs))
        value = audit.audit(plain, found.assignment, 0.0).value_m
        # what changes hands whatever is done is no part of what was priced
        bound = found.bound_m - price_m * (moved - self.forced)
        return Point(price_m, moved, value, bound, found, charged)

    def spread(self, limit: int, price_m: float) -> Point:
        """Find a plan in which no zone loses more homes than allowed.

        Zones that would lose more are fined for each home, and the fines grow until all keep to it: the
        multipliers of as many side constraints, each of which gives a bound for all plans that keep to them.
        """
        fines, low, start = np.zeros(self.problem.n_centres), None, self.start
        best: tuple[float, Point, Floats] | None = None
        bounds: list[float] = []
        fewest = math.inf
        for number in range(2 * ATTEMPTS):
            charged, spared = self._fined(price_m, fines, limit)
            point = self.attempt(price_m, start, 1.0 / (2 * ATTEMPTS - number), charged)
            bounds.append(point.result.bound_m + spared)
            lost = self.losses(point.result.assignment)
            fewest = min(fewest, float(lost.max(initial=0.0)))
            if (lost <= limit).all():
                worth = point.value_m + price_m * (point.moved - self.forced)
                best = min(best or (worth, point, fines), (worth, point, fines), key=lambda b: b[0])
                start = best[1].result.assignment
                if not fines.any() or worth <= max(bounds) + 1e-6 * max(abs(worth), 1.0):
                    break
            else:
                low = fines
                if best is None and fines[lost > limit].min() >= FEWEST_M:
                    break
            if self.halted:
                break
            if best is None:
                fines = np.where(lost > limit, np.clip(4.0 * fines, 50.0, FEWEST_M), fines)
            else:
                fines = (best[2] + (low if low is not None else 0.0)) / 2.0
        if best is None:
            self._go_on()
            raise InfeasibleError.of("zone-budget-not-found", budget=limit, found=round(fewest))
        chosen = self._ended(best[1])
        return replace(chosen, bound_m=max(bounds) - price_m * (chosen.moved - self.forced))

    def _fined(self, price_m: float, fines: Floats, limit: int) -> tuple[Floats, float]:
        """Charge each pair the price and the fines of the zones that its homes leave.

        Gives also what a plan that keeps to the limit is spared: its bound is that much higher.
        """
        zone, open_ = self.previous.zone, ~self.standing.closed
        fine = np.append(fines, 0.0)[zone]
        counts = changes_of(
            self.problem, self.unit, replace(self.previous, homes=self.previous.homes * fine)
        )
        served, least = np.diff(self.problem.pair_start) > 0, self._least(counts)
        # of homes that nobody may serve the fine is paid whatever is done
        nobody = np.append(~served & open_, True)[np.asarray(self.unit)] & (zone >= 0)
        paid = float((self.previous.homes * fine)[nobody].sum())
        spared = float(least[open_ & served].sum()) + paid - limit * float(fines.sum())
        return price_m * self.avoidable + counts - least[self.problem.pair_unit], spared

    def within(self, budget: int) -> tuple[Point, int]:
        """Find the price whose best plan moves no more homes than a budget, and nearly as many."""
        free = self.attempt(0.0, self.start, 0.2)
        if free.moved <= budget:
            return free, self.forced
        self._go_on()
        few = self.attempt(FEWEST_M, self.start, 0.25)
        if few.moved > budget:
            self._go_on()
            raise self._too_few(budget, few)
        best, low, high = few, 1.0, 5_000.0
        tried = [free, few]
        for number in range(0 if self.halted else ATTEMPTS):
            price = math.sqrt(low * high)
            point = self.attempt(price, best.result.assignment, 1.0 / (ATTEMPTS - number))
            tried.append(point)
            if point.moved > budget:
                low = price
            else:
                high = price
                best = min(best, point, key=lambda p: p.value_m)
                if point.moved == budget:
                    break
            if self.halted:
                break
        # the bound of a plan at a price holds for any number of homes, at that price for each
        bound = max(p.bound_m + p.price_m * (p.moved - budget) for p in tried)
        return self._ended(replace(best, bound_m=bound)), self.forced

    def _go_on(self) -> None:
        """Stop for good where the search was ended before there was a plan that is allowed."""
        if self.halted:
            raise KeyboardInterrupt

    def _ended(self, point: Point) -> Point:
        """Say of the plan that is taken whether more would have been tried."""
        stopped = "interrupt" if self.halted else point.result.stopped
        return replace(point, result=replace(point.result, stopped=stopped))

    def least(self, found: Point) -> int:
        """Prove how few homes any plan moves: walks and elastic rules left out of account."""
        if found.moved <= self.forced:
            return found.moved
        if self.halted:
            return self.forced
        scale = 1_000.0
        bare = self.tight.replace(
            # a thread of walking, so that there is something to divide by
            walk_m=self.tight.walk_m * 1e-9,
            penalty_m=np.zeros(self.tight.n_pairs),
            change_m=scale * self.priced(self.tight, self.avoidable).change_m,
            rules=tuple(rule for rule in self.tight.rules if rule.hard),
            ties=None,
        )
        stop = Stop(0.0, max(self.clock.left, 1.0))
        proven = solve(bare, stop=stop, start=found.result.assignment, seed=self.seed)
        longest = float(self.tight.walk_m.max(initial=0.0)) * 1e-9
        bound = proven.bound_m - longest * float(self.small.load.sum())
        return self.forced + max(0, math.ceil(bound / scale - 1e-6))

    def _too_few(self, budget: int, few: Point) -> InfeasibleError:
        told = {"budget": budget, "found": few.moved, "least": self.least(few)}
        if told["least"] <= budget:
            return InfeasibleError.of("budget-not-found", **told)
        return InfeasibleError.of("budget-too-small", **told)

    def whole(self, point: Point | None, price_m: float, least: int) -> Recut:
        """Put the open part back beside what stands."""
        standing = self.standing
        assignment = standing.zone.astype(np.int32)
        parts = standing.parts
        bound, stopped, curve = sum(p.bound_m for p in parts), "unchanged", ()
        moved, limit = self.lost, 0.0
        if point is not None:
            found = point.result
            assignment[self.units] = np.append(self.centres, -1)[found.assignment]
            free = self._free(point)
            parts = (*parts, *(self._placed(p) for p in free.parts))
            bound += free.bound_m
            stopped, curve, moved, limit = found.stopped, found.curve, point.moved, point.bound_m
        result = Result(assignment, bound, parts, curve, stopped)
        closed = standing.closed[self.problem.pair_unit]
        charged = price_m * self.avoidable if point is None else point.charged_m
        change = np.where(closed, standing.change_m, charged)
        return Recut(
            self.problem.replace(change_m=change),
            result,
            price_m,
            moved,
            self.forced if point is not None else self.lost,
            least,
            limit + sum(p.bound_m for p in standing.parts),
            len(self.units),
            0
            if point is None
            else round(float(self.losses(point.result.assignment).max(initial=0))),
        )

    def _free(self, point: Point) -> Result:
        """Give the bound without what is held: a plan keeps no lock in its problem, only beside it."""
        if self.tight.n_pairs == self.small.n_pairs:
            return point.result
        priced = self.priced(self.small, point.charged_m)
        stop = Stop(self.stop.gap, max(self.clock.left, self.stop.seconds / 4, 1.0))
        return solve(priced, stop=stop, start=point.result.assignment, seed=self.seed)

    def _placed(self, part: Part) -> Part:
        return replace(part, unit=tuple(self.units[list(part.unit)].tolist()))

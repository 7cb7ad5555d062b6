"""How much may change hands: a price for each home, a number of homes, or the fewest.

A number of homes is priced, too: of all prices the one is sought whose best plan keeps within the number
(Lagrangian relaxation of one side constraint; Everett, "Generalized Lagrange Multiplier Method", Operations
Research 11, 1963).  Each price gives a bound for the number, so that what is missed by pricing is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from planner.errors import InfeasibleError
from planner.model.arrays import AnyInts, Floats, Ints
from planner.model.problem import Problem
from planner.solve.keeping import Keeping, Point, Recut, Standing
from planner.solve.openpart import FEWEST_M, OpenPart
from planner.solve.rezone import Previous, changes_of
from planner.solve.stop import Progress, Stop

__all__ = ["CURVE_M", "curve", "recut"]

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
    elif keeping.by_group:
        point = desk.spread(keeping, FEWEST_M if keeping.fewest else keeping.price_m)
        least = desk.least(point) if keeping.fewest else desk.forced
    elif keeping.fewest and keeping.mend:
        point, least = desk.mending()
    elif keeping.fewest:
        point = desk.attempt(FEWEST_M, desk.start, 0.7)
        least = desk.least(point)
    else:
        point, least = desk.attempt(keeping.price_m, desk.start, desk.month), desk.forced
    return replace(desk.whole(point, point.price_m, least), fresh=desk.fresh(point))


def curve(
    problem: Problem,
    unit: ArrayLike,
    previous: Previous,
    standing: Standing,
    *,
    stop: Stop,
    seed: int,
    begun: Sequence[AnyInts] = (),
    keep: Callable[[Ints], None] | None = None,
) -> Iterator[Recut]:
    """Give the plans between "nothing moves that need not" and "best walks", each from the one before.

    `stop.seconds` is for all of them together.  Plans that another one beats in both are left out.
    `begun`: plans of the first prices, where an earlier run had come as far.
    `keep`: told of the plan of each price.
    Raises `KeyboardInterrupt`: it was ended by hand; what was given by then stands.
    """
    desk = _Desk(problem, unit, previous, standing, stop, seed, None)
    if not desk.units.size:
        yield desk.whole(None, CURVE_M[0], desk.lost)
        return
    start, best = desk.start, math.inf
    for number, price in enumerate(CURVE_M):
        if number < len(begun):
            start = desk.within_held(begun[number])
        point = desk.attempt(price, start, 1.0 / (len(CURVE_M) - number))
        desk.go_on()
        start = point.result.assignment
        if keep is not None:
            keep(desk.placed(start))
        if point.value_m < best - 1e-6:
            best = point.value_m
            yield desk.whole(point, price, desk.forced)


@dataclass(eq=False)
class _Desk(OpenPart):
    """The open part, and the ways in which the number of homes that change hands is limited."""

    def spread(self, keeping: Keeping, price_m: float) -> Point:
        """Find a plan in which no zone, and no member, loses more homes than allowed.

        Those that would lose more are fined for each home, and the fines grow until all keep to it: the
        multipliers of as many side constraints, each of which gives a bound for all plans that keep to them.
        """
        low, start, limit = None, self.start, self._limits(keeping)
        fines = np.zeros(len(limit))
        best: tuple[float, Point, Floats] | None = None
        bounds: list[float] = []
        # of each kind the least that is lost by whoever loses most
        fewest = np.full(2, np.inf)
        for number in range(2 * ATTEMPTS):
            charged, spared = self._fined(price_m, fines, limit)
            point = self.attempt(price_m, start, 1.0 / (2 * ATTEMPTS - number), charged)
            bounds.append(point.result.bound_m + spared)
            lost = self.losses(point.result.assignment)
            n = self.problem.n_centres
            fewest = np.fmin(fewest, [part.max(initial=0.0) for part in (lost[:n], lost[n:])])
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
            self.go_on()
            raise _not_kept(keeping, fewest)
        chosen = self._ended(best[1])
        return replace(chosen, bound_m=max(bounds) - price_m * (chosen.moved - self.forced))

    def _limits(self, keeping: Keeping) -> Floats:
        """Give what each zone of before, and behind them each member, may lose; infinite for any number."""
        limit = np.full(len(self.losses(self.start)), np.inf)
        n = self.problem.n_centres
        if keeping.zone_budget is not None:
            limit[:n] = keeping.zone_budget
        if keeping.member_budget is not None:
            limit[n:] = keeping.member_budget
        return limit

    def _fined(self, price_m: float, fines: Floats, limit: Floats) -> tuple[Floats, float]:
        """Charge each pair the price and the fines of the zones and members that its homes leave.

        Gives also what a plan that keeps to the limits is spared: its bound is that much higher.
        """
        zone, open_ = self.previous.zone, ~self.standing.closed
        fine = sum(np.append(fines, 0.0)[group] for group in self.groups)
        counts = changes_of(
            self.problem, self.unit, replace(self.previous, homes=self.previous.homes * fine)
        )
        served, least = np.diff(self.problem.pair_start) > 0, self._least(counts)
        # of homes that nobody may serve the fine is paid whatever is done
        nobody = np.append(~served & open_, True)[np.asarray(self.unit)] & (zone >= 0)
        paid = float((self.previous.homes * fine)[nobody].sum())
        held = fines > 0
        spared = (
            float(least[open_ & served].sum()) + paid - float((limit[held] * fines[held]).sum())
        )
        return price_m * self.avoidable + counts - least[self.problem.pair_unit], spared

    def within(self, budget: int) -> tuple[Point, int]:
        """Find the price whose best plan moves no more homes than a budget, and nearly as many."""
        free = self.attempt(0.0, self.start, 0.2)
        if free.moved <= budget:
            return free, self.forced
        self.go_on()
        few = self.attempt(FEWEST_M, self.start, 0.25)
        if few.moved > budget:
            self.go_on()
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

    def mending(self) -> tuple[Point, int]:
        """Find the highest price at which rules hold that hold where homes change hands for nothing.

        The fewest homes by far would leave every rule broken that costs a move to mend.  Gives also how few
        homes any plan moves in which those rules hold.
        """
        best = self.attempt(0.0, self.start, 0.2)
        wanted = self.penalty_m(best) + 1e-6
        low, high = 1.0, FEWEST_M
        for number in range(0 if self.halted else 2 * ATTEMPTS):
            price = high if number == 0 else math.sqrt(low * high)
            share = 1.0 / (2 * ATTEMPTS + 1 - number)
            point = self.attempt(price, best.result.assignment, share)
            if self.penalty_m(point) <= wanted:
                low = price
                best = min(best, point, key=lambda p: (p.moved, p.value_m))
                if number == 0:
                    break
            else:
                high = price
            if self.halted or high / low < 1.05:
                break
        return self._ended(best), self.least(best, self.kept_rules(best))

    def _ended(self, point: Point) -> Point:
        """Say of the plan that is taken whether more would have been tried."""
        stopped = "interrupt" if self.halted else point.result.stopped
        return replace(point, result=replace(point.result, stopped=stopped))

    def _too_few(self, budget: int, few: Point) -> InfeasibleError:
        told = {"budget": budget, "found": few.moved, "least": self.least(few)}
        if told["least"] <= budget:
            return InfeasibleError.of("budget-not-found", **told)
        return InfeasibleError.of("budget-too-small", **told)


def _not_kept(keeping: Keeping, found: Floats) -> InfeasibleError:
    """Say which limit no plan was found to keep to, and the least that was found."""
    if keeping.zone_budget is not None and found[0] > keeping.zone_budget:
        told = {"budget": keeping.zone_budget, "found": round(float(found[0]))}
        return InfeasibleError.of("zone-budget-not-found", **told)
    if keeping.member_budget is not None and found[1] > keeping.member_budget:
        told = {"budget": keeping.member_budget, "found": round(float(found[1]))}
        return InfeasibleError.of("member-budget-not-found", **told)
    # each by itself can be kept to, but not both
    return InfeasibleError.of("budgets-not-found")

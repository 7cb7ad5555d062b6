"""The part of a problem that a re-cut may change, and the plans that are found for it at a price.

What nothing happened to stands beside it, with what was proven of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from planner.model import audit
from planner.model.arrays import AnyInts, Floats, Ints
from planner.model.excerpt import of_pairs, places_of, restricted
from planner.model.problem import Part, Problem, Result
from planner.model.ties import Ties
from planner.solve.keeping import Fresh, Point, Recut, Standing
from planner.solve.rezone import Previous, changes_of, majority, moved_households
from planner.solve.stop import Clock, Progress, Stop
from planner.solve.zones.parts import split
from planner.solve.zones.search import solve

__all__ = ["FEWEST_M", "OpenPart"]

FEWEST_M = 100_000.0
"""What one home is worth where as few as possible may change hands: no walk is as long."""
_MONTH, _QUICK = 0.2, 20.0
_PROOF = 0.05
_FRESH = 0.03  # a plan as near to the best as this needs no fresh cut


@dataclass(eq=False)
class OpenPart:
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
        """Units that are open, ascending."""
        return np.flatnonzero(~self.standing.closed)

    @cached_property
    def centres(self) -> Ints:
        """Centres who live in them, ascending."""
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

    @cached_property
    def _plain(self) -> Problem:
        """The same with nothing charged for changes."""
        return self.tight.replace(change_m=np.zeros(self.tight.n_pairs))

    @staticmethod
    def priced(part: Problem, charged_m: Floats) -> Problem:
        """Charge the pairs of `small` or `tight` what those of the whole problem are charged."""
        return part.replace(change_m=charged_m[part.change_m.astype(np.int64)])

    @cached_property
    def start(self) -> Ints:
        """The plan before, or one found already, of the open part; what is held is where it shall be."""
        was = self.standing.begun
        return self.within_held(
            majority(self.problem, self.unit, self.previous) if was is None else was
        )

    def within_held(self, plan: AnyInts) -> Ints:
        """Take a plan of all units as one of the open part, what is held where it shall be."""
        held = self.standing.held
        return self._places[np.where(held >= 0, held, plan)[self.units]]

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

    def placed(self, assignment: ArrayLike) -> Ints:
        """Put a plan of the open part beside what stands."""
        whole = self.standing.zone.astype(np.int64)
        whole[self.units] = np.append(self.centres, -1)[np.asarray(assignment)]
        return whole

    def moved(self, assignment: ArrayLike) -> int:
        """Count the homes that change hands under a plan of the open part."""
        whole = self.placed(assignment)
        # whose centre is gone is none of these, and is counted as lost
        moved = moved_households(whole, self.unit, self.previous.zone)
        return self.lost + round(float(self.previous.homes[moved].sum()))

    @cached_property
    def groups(self) -> tuple[Ints, Ints]:
        """To whom each home is a loss: its zone of before, and behind all zones its member; -1 for none."""
        zone, n = self.previous.zone.astype(np.int64), self.problem.n_centres
        member = np.full(len(zone), -1) if self.previous.member is None else self.previous.member
        return zone, np.where(member >= 0, n + member.astype(np.int64), -1)

    def losses(self, assignment: ArrayLike) -> Floats:
        """Count the homes that each zone of before, and behind them each member, loses under a plan."""
        zone = self.previous.zone
        gone = moved_households(self.placed(assignment), self.unit, zone) & (zone >= 0)
        weight = self.previous.homes[gone]
        size = max(self.problem.n_centres, 1 + max(int(g.max(initial=-1)) for g in self.groups))
        lost = np.zeros(size)
        for group in self.groups:
            known = group[gone] >= 0
            np.add.at(lost, group[gone][known], weight[known])
        return lost

    @property
    def month(self) -> float:
        """Share of the time that one plan is given: what stands is near its best already.

        All of it where that is a few seconds.
        """
        return max(_MONTH, min(_QUICK / max(self.stop.seconds, 1e-9), 1.0))

    def attempt(
        self, price_m: float, start: ArrayLike, share: float, charged_m: Floats | None = None
    ) -> Point:
        """Find the best plan at one price, in a share of the time that is left.

        `charged_m`: what each pair is charged, where that is not the price for each home.
        """
        charged = price_m * self.avoidable if charged_m is None else charged_m
        priced = self.priced(self.tight, charged)
        stop = Stop(self.stop.gap, max(self.clock.left * share, 1.0))
        found = solve(priced, stop=stop, start=start, seed=self.seed, progress=self._told)
        self.halted |= found.stopped == "interrupt"
        moved = self.moved(found.assignment)
        value = audit.audit(self._plain, found.assignment, 0.0).value_m
        # what changes hands whatever is done is no part of what was priced
        bound = found.bound_m - price_m * (moved - self.forced)
        return Point(price_m, moved, value, bound, found, charged)

    def _told(self, now: Progress) -> None:
        """Pass on how far a search has come; of the plan so far that of all units is told."""
        if self.progress is not None:
            part = now.plan
            plan = None if part is None else lambda: self.placed(part())
            self.progress(replace(now, plan=plan))

    def go_on(self) -> None:
        """Stop for good where the search was ended before there was a plan that is allowed."""
        if self.halted:
            raise KeyboardInterrupt

    def penalty_m(self, point: Point) -> float:
        """Give what a plan pays for broken rules on zones."""
        told = audit.audit(self._plain, point.result.assignment, 0.0)
        price = {rule.name: rule.price_m for rule in self._plain.rules}
        return sum(price[v.rule] * v.excess for v in told.violations)

    def kept_rules(self, point: Point) -> frozenset[str]:
        """Name the rules that no zone of a plan breaks."""
        told = audit.audit(self._plain, point.result.assignment, 0.0)
        return frozenset(r.name for r in self._plain.rules) - {v.rule for v in told.violations}

    def least(self, found: Point, kept: Collection[str] = ()) -> int:
        """Prove how few homes any plan moves by hard rules, and those that are kept, alone."""
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
            rules=tuple(
                replace(rule, hard=True)
                for rule in self.tight.rules
                if rule.hard or rule.name in kept
            ),
            ties=_hard(self.tight.ties),
        )
        stop = Stop(0.0, max(self.clock.left, 1.0))
        proven = solve(bare, stop=stop, start=found.result.assignment, seed=self.seed)
        longest = float(self.tight.walk_m.max(initial=0.0)) * 1e-9
        bound = proven.bound_m - longest * float(self.small.load.sum())
        return self.forced + max(0, math.ceil(bound / scale - 1e-6))

    def whole(self, point: Point | None, price_m: float, least: int) -> Recut:
        """Put the open part back beside what stands."""
        standing = self.standing
        parts = standing.parts
        bound, stopped, curve = sum(p.bound_m for p in parts), "unchanged", ()
        moved, limit = self.lost, 0.0
        if point is not None:
            found = point.result
            free = self._free(point)
            parts = (*parts, *(self._placed(p) for p in free.parts))
            bound += free.bound_m
            stopped, curve, moved, limit = found.stopped, found.curve, point.moved, point.bound_m
        assignment = standing.zone if point is None else self.placed(point.result.assignment)
        result = Result(assignment.astype(np.int32), bound, parts, curve, stopped)
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
            *((0, 0) if point is None else self._most(point)),
        )

    def _most(self, point: Point) -> tuple[int, int]:
        """Count the most homes that any zone, and any member, loses."""
        lost, n = self.losses(point.result.assignment), self.problem.n_centres
        return round(float(lost[:n].max(initial=0))), round(float(lost[n:].max(initial=0)))

    def fresh(self, point: Point) -> tuple[Fresh, ...]:
        """Ask, roughly, what each part would come to if it cost nothing to change hands."""
        if self.halted:
            return ()
        plain, found = self._plain, point.result
        if point.charged_m.any():
            stop = Stop(max(_FRESH, self.stop.gap), self.stop.seconds / 20)
            found = solve(plain, stop=stop, start=found.assignment, seed=self.seed)
        placed = ((self.units[list(part.unit)], part) for part in found.parts)
        return tuple(Fresh(units, part.value_m, part.bound_m) for units, part in placed)

    def _free(self, point: Point) -> Result:
        """Give the bound without what is held: a plan keeps no lock in its problem, only beside it."""
        if self.tight.n_pairs == self.small.n_pairs:
            return point.result
        priced, found = self.priced(self.small, point.charged_m), point.result
        # a lock costs what it costs: no time mends that gap, and it is the plan that counts
        stop = Stop(self.stop.gap, max(_PROOF * self.stop.seconds, 1.0))
        if priced.ties is not None:  # they tie parts together
            return solve(priced, stop=stop, start=found.assignment, seed=self.seed)
        # where nothing is held the parts are the same, and so is what was proven of them
        whole = split(priced)
        freed = np.diff(self.small.pair_start) > np.diff(self.tight.pair_start)
        asked = [one for one in whole.instances if freed[one.unit_ids].any()]
        units = np.sort(np.concatenate([one.unit_ids for one in asked] or [self.units[:0]]))
        centres = np.flatnonzero(np.isin(priced.home, units))
        kept = [part for part in found.parts if not np.isin(part.unit, units).any()]
        if len(units):
            start = places_of(centres, priced.n_centres)[found.assignment[units]]
            small = restricted(priced, units, centres)
            proven = solve(small, stop=stop, start=start, seed=self.seed).parts
            kept += [replace(p, unit=tuple(units[list(p.unit)].tolist())) for p in proven]
        bound = whole.lost_m + sum(part.bound_m for part in kept)
        return replace(found, bound_m=bound, parts=tuple(kept))

    def _placed(self, part: Part) -> Part:
        return replace(part, unit=tuple(self.units[list(part.unit)].tolist()))


def _hard(ties: Ties | None) -> Ties | None:
    """Keep the ties that must hold, at no price."""
    if ties is None or not ties.hard.any():
        return None
    must = ties.take(ties.hard)
    return replace(must, price_m=np.zeros(len(must)))

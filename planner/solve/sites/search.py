"""The search for an answer: anneal, longer each time, and prove how good it is in between."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.solve.sites.anneal import Annealer, Phase
from planner.solve.sites.bound import Climber
from planner.solve.sites.exact.combine import combine
from planner.solve.sites.exact.pool import Pool
from planner.solve.sites.exact.reassign import reassign
from planner.solve.sites.exact.whole import MOST_PAIRS, MOST_PAIRS_LATE, solve_whole
from planner.solve.sites.instance import Answer, Sites
from planner.solve.sites.interchange import Interchange
from planner.solve.sites.start import first_answer, fitted
from planner.solve.sites.table import Layout
from planner.solve.stop import Clock, Progress, Stop

__all__ = ["Listener", "solve"]

Listener = Callable[[Progress], None]

# Steps between two looks at the clock and at the parts: so many, or so many a unit.
SHORTEST_PIECE, PIECE = 20_000, 10
FIRST, LONGER, LONGEST = 2_000, 4.0, 50_000  # steps a unit: of the first round, growth, at most
HOT, WARM, COLD = 0.6, 0.35, 0.06  # temperatures in mean costs of a unit
CHEAP, DEAR = 100.0, 1000.0  # the excess of one unit of demand, in mean costs, at both ends
HARVEST = 0.35  # below this heat parts are good enough to be kept
BOUND_STEPS, BOUND_SHARE, BOUND_S = 1_000, 0.1, 5.0
PARTS_A_UNIT, COMBINE_SHARE, COMBINE_S, COMBINE_MANY_S = (1.3, 2.6, 5.0, 10.0), 0.5, 8.0, 25.0
WHOLE_SHARE, SMALLER, LATE = 0.5, 0.7, 3
SMALLEST_PARTS, LARGE_PARTS, WALK_SHARE, STEP_WORK = 14.0, 25.0, 0.5, 5_000.0
COOL, COLDEST = 0.15, 0.02  # after a walk over centres, which a hot round would undo
REASSIGN_SHARE = 0.25
MANY, LONG_ENOUGH = 900, 8_000  # units from which rounds stay short; their steps a unit


def solve(
    sites: Sites,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    listener: Listener | None = None,
    start: Answer | None = None,
    cycles: int | None = None,
) -> Answer:
    """Choose the centres, and who is served by which.

    Parameters
    ----------
    stop : Stop, optional
        Gap and time that end the search; 0.5 % and two minutes by default.
    seed : int
        Same seed, same answer, unless time ends the search.
    listener : callable, optional
        Told of the progress now and then.
    start : Answer, optional
        A known answer to go on from; the best one returned is never worse.
    cycles : int, optional
        End after so many rounds of annealing, each four times as long as the one before.

    Returns
    -------
    Answer
        The best found, with its bound.  `Answer.feasible` tells whether it keeps every rule; if none
        was found that does, the one that breaks least.
    """
    return _Search(sites, stop or Stop(), seed, listener).run(start, cycles)


def _rank(answer: Answer) -> tuple[float, float, float, float]:
    """Order of answers: what is wrong comes before what it costs."""
    hard = answer.excess if np.isinf(answer.sites.price) else 0.0
    wrong = len(answer.faults) - (answer.unreached > 0)
    value = answer.value_m if np.isfinite(answer.value_m) else answer.cost_m
    return float(wrong), float(answer.unreached), hard, value


class _Search:
    """One call of `solve`."""

    def __init__(self, sites: Sites, stop: Stop, seed: int, listener: Listener | None) -> None:
        self.sites, self.stop, self.seed = sites, stop, seed
        self._listener = listener
        self._clock = Clock(stop.seconds)
        self._steps_per_s = 2e6
        self._proven_m = -np.inf
        self._piece = max(PIECE * sites.n_units, SHORTEST_PIECE)

    def run(self, start: Answer | None, cycles: int | None) -> Answer:
        """Go through the rounds."""
        first = first_answer(self.sites, self.seed)
        self.best = min(first, start, key=_rank) if start is not None else first
        self._layout = Layout(self.sites, first)
        self._climber = Climber(self.sites, first)
        self._annealer = Annealer(self._layout, self.seed)
        self._pool = Pool(self._layout)
        total = max(first.cost_m, 1e-9) if np.isfinite(first.cost_m) else self._climber.dearest
        self._heat = total / self.sites.n_units
        self._price = self._heat / max(float(self.sites.demand.mean()), 1e-9)
        self._interchange = self._walker(total)
        self._tried: set[bytes] = set()
        self._walked, self._pairs = False, np.inf
        done, steps = 0, float(100 * SHORTEST_PIECE // 10 + FIRST * self.sites.n_units)
        self._climb(0.0)
        while not self._enough() and (cycles is None or done < cycles):
            began = self._clock.spent
            length = self._length(steps)
            self._walk(length)
            self._anneal(length, *self._heats(done))
            self._climb(self._clock.spent - began)
            self._combine(self._clock.spent - began)
            self._whole(done)
            done, steps = done + 1, min(steps * LONGER, self._longest)
        return self.best.replace(bound_m=self._bound_m, seconds=self._clock.spent)

    def _walker(self, total: float) -> Interchange | None:
        """Make the search over choices of centres, where parts are large enough for it."""
        one = self.sites
        large = one.n_units >= SMALLEST_PARTS * one.count and 1 < one.count < one.n_candidates
        return Interchange(self._layout, total, self.seed) if large else None

    def _walk(self, steps: int) -> None:
        """Try other centres, for about half as long as so many steps of annealing take."""
        if self._interchange is None:
            return
        trials = int(WALK_SHARE * steps * STEP_WORK / self._interchange.work)
        # With fewer trials than centres a walk gets nowhere.
        if trials < self.sites.count:
            return
        for found in self._interchange.walks(trials, self._clock.share(WALK_SHARE)):
            if found.value_m < self.best.value_m and found.chosen.tobytes() not in self._tried:
                self._tried.add(found.chosen.tobytes())
                self._reassign(fitted(self.sites, found.chosen, found.price))
        self._walked = True
        self._tell()

    def _reassign(self, answer: Answer) -> None:
        """Offer an answer, and the best assignment to its centres."""
        self._offer(answer)
        if self._interchange is None or answer.faults:
            return
        price = self._interchange.priced(answer.chosen).price
        clock = self._clock.share(REASSIGN_SHARE)
        self._offer(reassign(answer, price, clock=clock, seed=self.seed))

    @property
    def _longest(self) -> float:
        """Most steps of a round.

        Where there are many parts, several middling answers put together are better than one that took as
        long as all of them.
        """
        n = self.sites.n_units
        return float(n) * (LONG_ENOUGH if n >= MANY else LONGEST)

    @property
    def _bound_m(self) -> float:
        # Of what costs more than the best answer some was left aside, and nothing was proven of it.
        return min(max(self._climber.best.bound_m, self._proven_m), self.best.value_m)

    def _length(self, steps: float) -> int:
        """Give the steps of the next round: all that is left, if the one after would not be finished."""
        walking = WALK_SHARE * (self._interchange is not None)
        shares = BOUND_SHARE + COMBINE_SHARE + walking
        left = self._clock.left * self._steps_per_s / (1.0 + shares)
        return int(steps if left > 1.8 * steps else max(left, self._piece))

    def _enough(self) -> bool:
        known = self.best.replace(bound_m=self._bound_m)
        return self._clock.left <= 0 or (known.gap <= self.stop.gap)

    def _heats(self, done: int) -> tuple[float, float]:
        """Where a round begins and ends: after a walk only its assignment is left to mend.

        Where parts are not that large, every other round looks for other centres all the same.
        """
        large = self.sites.n_units >= LARGE_PARTS * self.sites.count
        if self._walked and (large or done % 2 == 0):
            return COOL, COLDEST
        fresh = done < 2 or (self.sites.n_units >= MANY and done % 2 == 0)
        return HOT if fresh else WARM, COLD

    def _anneal(self, steps: int, hot: float, cold: float) -> None:
        h, p, spent = self._heat, self._price, self._clock.spent
        # Never dearer than it is: what is worth breaking must not look as if it were not.
        price = self.sites.price
        phase = Phase(steps, hot * h, cold * h, min(CHEAP * p, price), min(DEAR * p, price))
        self._annealer.start(self.best)
        done = 0
        for piece in phase.cut(self._piece):
            self._annealer.run(piece)
            done += piece.steps
            if piece.hot < HARVEST * h:
                self._pool.harvest(self._annealer.parts)
            if self._clock.left <= 0:
                break
        self._steps_per_s = done / max(self._clock.spent - spent, 1e-9)
        best = self._annealer.answer()
        if best is not None:
            self._reassign(best)
        self._offer(self._annealer.present())
        self._tell()

    def _climb(self, spent: float) -> None:
        """Raise the bound, and judge the parts in the pool by its prizes from now on."""
        known = self.best.value_m if np.isfinite(self.best.value_m) else self.best.cost_m
        clock = Clock(min(max(BOUND_SHARE * spent, BOUND_S), self._clock.left))
        proven = self._climber.climb(known, BOUND_STEPS, clock, self.stop.gap)
        self._climber.fix(self.best.value_m)
        at = self._layout
        room = max(self.best.value_m - proven.bound_m, 0.0)
        self._pool.judge(proven.prize[at.unit], self._climber.offset[at.cand], room)
        self._tell()

    def _combine(self, spent: float) -> None:
        """Put together the best answer from the parts seen so far."""
        if self._enough():
            return
        self._pool.add(self.best)
        # HiGHS counts by the clock, and on a busy machine a few seconds would end it with nothing.
        least = COMBINE_MANY_S if self.sites.n_units >= MANY else COMBINE_S
        clock = Clock(min(max(COMBINE_SHARE * spent, least), self._clock.left))
        most = [int(share * max(self.sites.n_units, MANY)) for share in PARTS_A_UNIT]
        found = combine(self._pool, self.best, clock=clock, most=most, seed=self.seed)
        self._offer(found)
        self._tell()

    def _whole(self, done: int) -> None:
        """Give the whole of a small problem to branch and cut, and again once it has become much smaller."""
        pairs = int(self._climber.able.sum()) if done else self.sites.cost.size
        # Where rounds are few they are to be short.
        most = MOST_PAIRS if done < LATE else MOST_PAIRS_LATE
        if self._enough() or pairs > min(most, SMALLER * self._pairs):
            return
        self._pairs = pairs
        clock = self._clock.share(WHOLE_SHARE)
        found, bound = solve_whole(self.best, clock, seed=self.seed, able=self._climber.able)
        self._proven_m = max(self._proven_m, bound)
        self._offer(found)
        self._tell()

    def _offer(self, answer: Answer | None) -> None:
        if answer is not None and _rank(answer) < _rank(self.best):
            self.best = answer

    def _tell(self) -> None:
        if self._listener is not None:
            now = self._clock.spent, self.best.value_m, self._bound_m
            self._listener(Progress(*now, 0, 1))

"""All parts of a search side by side: who works on which, for how long, and how the whole comes along."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from planner.model.arrays import Ints32
from planner.solve.crew import cores
from planner.solve.stop import Clock, PartProgress, Progress
from planner.solve.zones.improve import improve
from planner.solve.zones.parts import Split
from planner.solve.zones.together.company import Company
from planner.solve.zones.together.hands import Hands
from planner.solve.zones.track import Track

__all__ = ["Desk"]

# Seconds of search after which other processes are begun, and of work that must then be left to do:
# each takes two seconds of processor to begin.
WORTH_S, LEFT_S = 3.0, 5.0


@dataclass(eq=False)
class Desk:
    """All parts side by side: shares out the time and tells how the whole comes along.

    Who works on a part changes nothing in what is found, but for what the time limit cuts off.

    Parameters
    ----------
    split : Split
    units : int
        Of the problem.
    clock : Clock
        Time for all of it.
    progress : callable, optional
        Told, in this thread alone, of every better plan or bound.
    seed : int
    """

    split: Split
    units: int
    clock: Clock
    progress: Callable[[Progress], None] | None
    seed: int
    tracks: list[Track] = field(default_factory=list)
    seconds: dict[int, float] = field(default_factory=dict)
    curve: list[tuple[float, float, float]] = field(default_factory=list)
    done: int = 0
    _weights: list[float] = field(default_factory=list)
    _waiting: list[int] = field(default_factory=list)
    _given: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _news: threading.Event = field(default_factory=threading.Event)
    _company: Company | None = None
    _hands: Hands | None = None

    def open(self, track: Track) -> None:
        """Add a part, largest first."""
        number = len(self.tracks)
        track.told = lambda: self.tell(number)
        self.tracks.append(track)

    def work(self) -> Track | None:
        """Bring all parts to a proof; give the first, in their order, that is proven to be hopeless.

        Each gets its share of the time that is left, smallest first.  The largest comes last: what the
        others did not use is its, and where it takes too long nobody else goes without a turn.  Threads work
        on other parts meanwhile; a search of some seconds is shared with processes, where they may be begun.
        """
        self._line_up()
        company = self._company = Company(self)
        hands = self._hands = Hands(self, company)
        last = 0
        try:
            hands.begin(len(self._waiting))
            while True:
                # looked at first: what a process that has just ended gave back waits by then
                busy = company.at_work or hands.at_work
                number = self.take()
                if number is not None:
                    last = number
                    improve(self.tracks[number], seed=self.seed)
                    self.end(number)
                    self.tell(number)
                elif not busy:
                    break
                # waits that end let Ctrl-C through on every system
                elif self._news.wait(0.2):
                    self._news.clear()
                    self.tell(last)
        finally:
            for number, track in hands.end().items():
                self.tracks[number] = track
            company.end()
        self.tell(0)
        return next((t for t in reversed(self.tracks) if t.hopeless), None)

    def take(self) -> int | None:
        """Give the next part out, its clock set; None where there is none, or no use in going on."""
        with self._lock:
            if not self._waiting or any(self._is_refused(i) for i in self.seconds):
                return None
            number = self._waiting.pop()
            hands = 1 + self._beside
            others = sum(self._weights[i] for i in self._waiting)
            # Of what is left, so that time which an easy part did not use goes to the next.
            share = min(hands * self._weights[number] / (self._weights[number] + others), 1.0)
            self.tracks[number].clock = self.clock.share(share)
            self._given[number] = self.clock.spent
            return number

    @property
    def _beside(self) -> int:
        """How many work on parts beside this thread."""
        if self._company is None or self._hands is None:
            return 0
        return max(self._company.ready, self._hands.at_work)

    def track(self, number: int) -> Track:
        """Give what is known of a part."""
        return self.tracks[number]

    def heard(self, number: int) -> None:
        """Be told by another thread that more is known of a part."""
        del number
        self._news.set()

    def give_back(self, number: int) -> None:
        """Take a part back whose process ended before it did."""
        with self._lock:
            self._waiting.append(number)

    def end(self, number: int) -> None:
        """Be told that a part is finished."""
        with self._lock:
            self.seconds[number] = self.clock.spent - self._given[number]
            self.done += 1
        self._news.set()

    @property
    def value_m(self) -> float:
        """Value of the best plan so far."""
        return sum(t.value_m for t in self.tracks) + self.split.lost_m

    @property
    def bound_m(self) -> float:
        """Bound of all parts."""
        return sum(min(t.bound_m, t.value_m) for t in self.tracks) + self.split.lost_m

    def tell(self, number: int) -> None:
        """Tell how the whole comes along, a part being worked on."""
        value, bound = self.value_m, self.bound_m
        if not np.isfinite(bound):
            return
        now = (self.clock.spent, value, bound)
        self.curve.append(now)
        if self._company is not None and self._company.may_begin and self._is_long():
            self._company.begin(min(cores(), len(self._waiting) + 1) - 1)
        if self.progress is not None:
            t = self.tracks[number]
            part = PartProgress(number, t.value_m, min(t.bound_m, t.value_m), t.doing, t.limit)
            plan = self.assignment
            self.progress(Progress(*now, self.done, len(self.tracks), part, plan))

    def assignment(self) -> Ints32:
        """Give the centre of each unit in the best plan so far."""
        made = np.full(self.units, -1, np.int32)
        for track in self.tracks:
            one, served = track.instance, track.pair >= 0
            made[one.unit_ids[served]] = one.centre_ids[one.centre[track.pair[served]]]
        return made

    def _line_up(self) -> None:
        # A hopeless part is not idle: it is given its turn, in which the error is worded.
        idle = [not track.hopeless and track.done for track in self.tracks]
        pairs = [t.instance.n_pairs for t in self.tracks]
        # A tenth of the time is shared out evenly: the smallest part needs some too.
        even = 0.1 * sum(pairs) / max(len(pairs), 1) + 1.0
        self._weights = [0.0 if i else n + even for i, n in zip(idle, pairs, strict=True)]
        self._waiting = [i for i, nothing in enumerate(idle) if not nothing]
        self.seconds = dict.fromkeys((i for i, nothing in enumerate(idle) if nothing), 0.0)
        self.done = len(self.seconds)

    def _is_refused(self, number: int) -> bool:
        return self.tracks[number].hopeless

    def _is_long(self) -> bool:
        """Whether so much is left to do that other processes are worth beginning."""
        spent, waiting = self.clock.spent, sum(self._weights[i] for i in self._waiting)
        if not self._waiting or spent < WORTH_S:
            return False
        ended = sum(self._weights[i] for i in self._given)
        return spent * waiting >= LEFT_S * ended

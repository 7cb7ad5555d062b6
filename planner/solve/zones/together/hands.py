"""Threads that work on the parts of one search beside this one, until other processes do."""

from __future__ import annotations

import threading
import time
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from planner.solve.crew import cores, limited
from planner.solve.zones.anneal import first_run
from planner.solve.zones.improve import improve
from planner.solve.zones.together.company import Company, Work
from planner.solve.zones.track import Track

__all__ = ["Hands"]

PATIENCE_S: Final = 2.0
"""So long a part may take to be laid down once the search is ended by hand."""


@dataclass(eq=False)
class Hands:
    """Threads of this process, at work at once: a process of its own takes two seconds to begin.

    Nearly all the time of a part goes into compiled loops and HiGHS, which let other threads run.

    Parameters
    ----------
    work : Work
        What there is to do.
    company : Company
        Processes; once one of them works, no thread takes another part.
    """

    work: Work
    company: Company
    _threads: dict[threading.Thread, int | None] = field(default_factory=dict, init=False)
    _halted: bool = field(default=False, init=False)

    @property
    def at_work(self) -> int:
        """How many of them still have to do with a part."""
        return sum(thread.is_alive() for thread in self._threads)

    def begin(self, parts: int) -> None:
        """Begin as many as there are processors and parts beside those of this thread."""
        if first_run():
            return  # what is compiled is compiled by one
        for _ in range(min(cores(), parts) - 1):
            thread = threading.Thread(target=self._serve, daemon=True)
            self._threads[thread] = None
            thread.start()

    def end(self) -> dict[int, Track]:
        """Let none go on; give, as they stand, the parts that one could not lay down at once."""
        self._halted = True
        for number in self._threads.values():
            if number is not None:
                self.work.track(number).clock.seconds = 0.0
        until, left = time.monotonic() + PATIENCE_S, {}
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))
            number = self._threads[thread]
            if thread.is_alive() and number is not None:
                left[number] = copy(self.work.track(number))
        return left

    def _serve(self) -> None:
        me = threading.current_thread()
        with limited(1):
            while not (self._halted or self.company.ready):
                number = self.work.take()
                if number is None:
                    return
                self._threads[me] = number
                done = self._done(number)
                self._threads[me] = None
                if not done:
                    self.work.give_back(number)
                    return
                self.work.end(number)

    def _done(self, number: int) -> bool:
        track = self.work.track(number)
        told, track.told = track.told, lambda: self.work.heard(number)
        try:
            improve(track, seed=self.work.seed)
        except Exception:  # noqa: BLE001 - it comes up again where this part is taken next
            return False
        finally:
            track.told = told
        return True

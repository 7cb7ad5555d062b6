"""Processes that work on the parts of one search beside this one."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Protocol

from planner.solve.zones.anneal import first_run
from planner.solve.zones.together.wire import hear, is_in, put_in, say, state_of, told_of
from planner.solve.zones.together.worker import serve
from planner.solve.zones.track import Track

__all__ = ["Company", "Work", "helped"]

Begin = Callable[[str], "subprocess.Popen[bytes]"]
"""Begins a module of this program as a process, with a pipe to it and one back."""

_WORKER: Final = serve.__module__
MOST: Final = 16
_begin: ContextVar[Begin | None] = ContextVar("begin", default=None)


@contextmanager
def helped(begin: Begin | None) -> Iterator[None]:
    """Let searches begin processes meanwhile; without this they never do."""
    before = _begin.set(begin)
    try:
        yield
    finally:
        _begin.reset(before)


def _allowed() -> Begin | None:
    # where the loops are not compiled yet, each process would compile them for itself
    return None if first_run() else _begin.get()


class Work(Protocol):
    """Parts that wait to be worked on; safe to be asked from several threads."""

    seed: int

    def take(self) -> int | None:
        """Give the next part out, its clock set; None where there is none."""

    def track(self, number: int) -> Track:
        """Give what is known of a part."""
        ...

    def heard(self, number: int) -> None:
        """Be told that more is known of a part."""

    def give_back(self, number: int) -> None:
        """Take a part back whose process ended before it did."""

    def end(self, number: int) -> None:
        """Be told that a part is finished."""


@dataclass(eq=False)
class Company:
    """Processes, each with a thread here that hands it parts and reads what it finds.

    Parameters
    ----------
    work : Work
        What there is to do.

    Attributes
    ----------
    ready : int
        Processes that have begun to work.
    """

    work: Work
    ready: int = field(default=0, init=False)
    _begin: Begin | None = field(default_factory=lambda: _allowed(), init=False)
    _begun: list[subprocess.Popen[bytes]] = field(default_factory=list, init=False)
    _threads: list[threading.Thread] = field(default_factory=list, init=False)

    @property
    def may_begin(self) -> bool:
        """Whether processes may be begun, and none has been."""
        return self._begin is not None and not self._begun

    @property
    def at_work(self) -> bool:
        """Whether any of them still has to do with a part."""
        return any(thread.is_alive() for thread in self._threads)

    def begin(self, hands: int) -> None:
        """Begin so many processes; where the machine gives none, the work is done without."""
        begin = self._begin
        if begin is None:
            return
        for _ in range(min(hands, MOST)):
            try:
                process = begin(_WORKER)
            except OSError:
                break
            self._begun.append(process)
            thread = threading.Thread(target=self._serve, args=(process,), daemon=True)
            self._threads.append(thread)
            thread.start()
        if not self._begun:
            self._begin = None

    def end(self) -> None:
        """End all of them, whatever they are at; what they told is known."""
        for process in self._begun:
            process.kill()
        for thread in self._threads:
            thread.join()
        for process in self._begun:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                # what was still on its way to it goes nowhere
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()

    def _serve(self, process: subprocess.Popen[bytes]) -> None:
        source = process.stdout
        if source is None or hear(source) is None:
            return
        self.ready += 1
        while (number := self.work.take()) is not None:
            if not self._done(process, number):
                self.ready -= 1
                self.work.give_back(number)
                return
            self.work.end(number)

    def _done(self, process: subprocess.Popen[bytes], number: int) -> bool:
        """Have a process work on a part; False where it ended before the part did."""
        track, (to, source) = self.work.track(number), (process.stdin, process.stdout)
        told = {"gap": track.gap, "seconds": track.clock.left, "seed": self.work.seed}
        if to is None or source is None:
            return False
        try:
            say(to, told_of(track.instance) | state_of(track) | told)
        except OSError:
            return False
        while (message := hear(source)) is not None:
            if "done" in message:
                return True
            if is_in(message):
                put_in(track, message)
                self.work.heard(number)
        return False

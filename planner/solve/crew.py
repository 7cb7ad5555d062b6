"""Work that is done side by side, and comes out as if it had been done in turn."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

__all__ = ["Crew", "cores", "limited"]

S = TypeVar("S")
T = TypeVar("T")
_most: ContextVar[int | None] = ContextVar("most", default=None)


def cores() -> int:
    """Count the processors that this process may use, `limited` or not."""
    # In a container or under taskset there are fewer than the machine has.
    allowed = getattr(os, "sched_getaffinity", None)
    found = len(allowed(0)) if allowed is not None else (os.cpu_count() or 1)
    return min(found, _most.get() or found)


@contextmanager
def limited(most: int | None) -> Iterator[None]:
    """Use no more processors than so many meanwhile: others are at work on the rest."""
    before = _most.set(most)
    try:
        yield
    finally:
        _most.reset(before)


class Crew:
    """Threads, one for each processor that this process may use.

    Parameters
    ----------
    most : int
        Never more than so many.

    Attributes
    ----------
    halt : threading.Event
        Set to stop all of them, and set by itself when the work is broken off.
    """

    def __init__(self, most: int) -> None:
        self.halt = threading.Event()
        self._hands = min(cores(), most)

    def all(self, work: Callable[[S], T], on: Iterable[S]) -> list[T]:
        """Do the work on everything, and give what came out in the same order.

        Raises
        ------
        KeyboardInterrupt
            After all work has been stopped.
        """
        if self._hands == 1:
            return [work(one) for one in on]
        with ThreadPoolExecutor(self._hands) as pool:
            pending = []
            try:
                # One by one: an interrupt may come while work is being given out.
                for one in on:
                    pending.append(pool.submit(work, one))
                # Waits that end let Ctrl-C through on every system.
                while wait(pending, timeout=0.2).not_done:
                    pass
            except BaseException:
                self.halt.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return [job.result() for job in pending]

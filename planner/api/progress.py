"""How a run goes on: stages, timed and told to whoever listens."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from planner.files import atomic_write
from planner.render.notebook import Event, NotebookProgress, in_notebook
from planner.solve.stop import PartProgress, Progress

__all__ = ["Clock", "Event", "Listener", "Trace"]


Listener = Callable[[Event], None]


_LOG = logging.getLogger(__name__)
# a library says nothing unless its user asks for it
logging.getLogger("planner").addHandler(logging.NullHandler())


@dataclass(frozen=True, eq=False)
class Clock:
    """Times the stages and tells the listener.

    `listener`: told of every `Event`; where there is none, a notebook draws bars.
    """

    listener: Listener | None
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, listener: Listener | None, seconds: Mapping[str, float] | None = None) -> Clock:
        """Start one."""
        if listener is None and in_notebook():
            listener = NotebookProgress()
        return cls(listener, dict(seconds or {}))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done within; one that fails is never told as done."""
        self.tell(name, 0.0)
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        # a stage may be entered twice: its times add up
        self.seconds[name] = self.seconds.get(name, 0.0) + took
        _LOG.info("%s: done in %.2f s", name, took)
        self.tell(name, 1.0)

    def tell(
        self, stage: str, done: float, detail: str = "", search: Progress | None = None
    ) -> None:
        """Say how far a stage is."""
        if detail:
            _LOG.debug("%s: %.0f %%, %s", stage, 100 * done, detail)
        if self.listener is not None:
            self.listener(Event(stage, done, detail, search))


@dataclass(eq=False)
class Trace:
    """A listener that keeps the curve of the search, and passes everything on.

    Parameters
    ----------
    listener : callable or None
        Who else listens.
    rows : list of tuple
        See `TRACED`.
    """

    listener: Listener | None = None
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Note where the search stands."""
        if isinstance(event.search, Progress) and event.search.part is not None:
            row = _traced(event.search, event.search.part)
            # A new turn that changed nothing is a row; a part told twice is not.
            if not self.rows or row[1:] != self.rows[-1][1:]:
                self.rows.append(row)
        if self.listener is not None:
            self.listener(event)

    def save(self, path: Path) -> None:
        """Write the curve as a CSV.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        lines = [",".join(row) for row in (TRACED, *self.rows)]
        atomic_write(path, ("\n".join(lines) + "\n").encode("utf-8-sig"))


_IN_METRES = ("part_plan_m", "part_bound_m", "plan_m", "bound_m")
TRACED = ("seconds", "part", "doing", "limited_by", *_IN_METRES, "gap")
"""Columns of a trace: values in metres, the gap as a share of the plan's."""


def _traced(p: Progress, part: PartProgress) -> tuple[str, ...]:
    gap = (p.value_m - p.bound_m) / p.value_m if math.isfinite(p.value_m) and p.value_m > 0 else 0.0
    values = (part.value_m, part.bound_m, p.value_m, p.bound_m)
    told = (f"{p.seconds:.2f}", str(part.number + 1), part.doing, part.limit)
    return (*told, *(f"{value:.1f}" for value in values), f"{max(gap, 0.0):.5f}")

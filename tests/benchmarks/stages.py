"""Seconds of the processor and of the clock that each stage of a run takes, and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from planner.api.progress import Event
from planner.api.zone import STAGES

__all__ = ["ALL", "Meter", "peak_gb"]

ALL = (*STAGES, "write")


def peak_gb() -> float:
    """Most memory that this process had so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


@dataclass(eq=False)
class Meter:
    """A listener of runs that times their stages.

    Attributes
    ----------
    cpu_s, wall_s : dict of str to float
        Seconds by stage; those of the processor are what others on the machine disturb least.
    memory_gb : dict of str to float
        Most memory up to the end of each stage.
    curve : list of (float, str)
        Seconds since the stage began, and what the search said then.
    """

    cpu_s: dict[str, float] = field(default_factory=dict)
    wall_s: dict[str, float] = field(default_factory=dict)
    memory_gb: dict[str, float] = field(default_factory=dict)
    curve: list[tuple[float, str]] = field(default_factory=list)
    _began: dict[str, tuple[float, float]] = field(default_factory=dict)

    def __call__(self, event: Event) -> None:
        """Note when a stage begins and ends."""
        wall, cpu = time.perf_counter(), time.process_time()
        first = self._began.setdefault(event.stage, (wall, cpu))
        if event.stage == "zones" and event.detail:
            self.curve.append((wall - first[0], event.detail))
        if event.done >= 1.0:
            self.wall_s[event.stage] = wall - first[0]
            self.cpu_s[event.stage] = cpu - first[1]
            self.memory_gb[event.stage] = peak_gb()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what no run tells of, such as writing."""
        self(Event(name, 0.0))
        yield
        self(Event(name, 1.0))

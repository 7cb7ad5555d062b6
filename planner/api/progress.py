"""How a run goes on: stages, timed and told to whoever listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from planner.render.notebook import Event, NotebookProgress, in_notebook

__all__ = ["Clock", "Event", "Listener"]


Listener = Callable[[Event], None]


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
        # a stage may be entered twice: its times add up
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
        self.tell(name, 1.0)

    def tell(self, stage: str, done: float, detail: str = "") -> None:
        """Say how far a stage is."""
        if self.listener is not None:
            self.listener(Event(stage, done, detail))

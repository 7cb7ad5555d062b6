"""When to stop, and what to tell whoever is waiting."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from planner.errors import ConfigError
from planner.model.arrays import AnyInts

__all__ = ["Clock", "PartProgress", "Progress", "Stop", "stand_still"]


@dataclass(frozen=True, slots=True)
class Stop:
    """When a search may stop.

    Parameters
    ----------
    gap : float
        Optimality gap, ``(value - bound) / cost``, that is good enough; 0 asks for a proven optimum.
    seconds : float
        Time after which the best plan so far is returned.  A search that ends by time alone may
        differ from one run to the next; one that ends by its gap does not.

    Raises
    ------
    ConfigError
        A number is negative or not a number.
    """

    gap: float = 0.005
    seconds: float = 120.0

    def __post_init__(self) -> None:
        for name in ("gap", "seconds"):
            value = getattr(self, name)
            # True is a number to Python, and would be a second.
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise ConfigError.of("stop-not-number", name=name, value=value)
        if math.isinf(self.gap):
            raise ConfigError.of("stop-gap")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come.

    Parameters
    ----------
    seconds : float
        Time since the search began.
    value_m, bound_m : float
        Best plan so far and proven lower bound, metres, all parts together.
    done, total : int
        Independent parts that are finished, and all of them.
    part : PartProgress, optional
        The part that is worked on.
    plan : callable, optional
        Gives the best plan so far: centre of each unit, -1 for none, shape (n_units,).
    """

    seconds: float
    value_m: float
    bound_m: float
    done: int
    total: int
    part: PartProgress | None = None
    plan: Callable[[], AnyInts] | None = None


@dataclass(frozen=True, slots=True)
class PartProgress:
    """How far one independent part has come.

    Parameters
    ----------
    number : int
        From 0, largest first.
    value_m, bound_m : float
        Its best plan and proven lower bound, metres.
    doing : str
        What is tried on it, such as ``annealing``.
    limit : str
        Which half closed more of the gap in its last turn, ``plan`` or ``bound``, and so was the weaker one;
        ``neither`` where both stood still; empty before the first turn has ended.
    """

    number: int
    value_m: float
    bound_m: float
    doing: str
    limit: str


class _Still:
    """Seconds, since the program began, in which no search could go on."""

    seconds = 0.0


def stand_still(seconds: float) -> None:
    """Let no clock count some seconds that have passed: the loops of a search were compiled meanwhile."""
    _Still.seconds += seconds


@dataclass(eq=False)
class Clock:
    """Time left for one piece of work; what goes into compiling it is not counted.

    Parameters
    ----------
    seconds : float
        Time allowed from now on.
    """

    seconds: float
    # Looked up when it is called: a measurement may count seconds of processor in its place.
    began: float = field(default_factory=lambda: time.perf_counter())
    still: float = field(default_factory=lambda: _Still.seconds)

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.began - (_Still.seconds - self.still)

    @property
    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(self.seconds - self.spent, 0.0)

    def share(self, part: float) -> Clock:
        """Give a clock that runs out after a share of what is left."""
        return Clock(self.left * part)

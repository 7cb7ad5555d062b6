"""Compilation of the inner loops, kept between runs where the disk allows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import event
from numpy.typing import NDArray

from planner.solve.stop import stand_still

__all__ = ["compiled", "draw", "uncompiled"]

F = TypeVar("F", bound=Callable[..., Any])


class _Compiling(event.Listener, threading.local):
    """Stop the clocks of searches while their loops are compiled: a first run has as much time as others."""

    depth = 0
    began = 0.0

    def on_start(self, event: Any) -> None:  # noqa: ARG002
        """Begin: what is compiled meanwhile belongs to it."""
        if self.depth == 0:
            self.began = time.perf_counter()
        self.depth += 1

    def on_end(self, event: Any) -> None:  # noqa: ARG002
        """End, with all that it called for."""
        self.depth -= 1
        if self.depth == 0:
            stand_still(time.perf_counter() - self.began)


event.register("numba:compile", _Compiling())


def compiled(function: F) -> F:
    """Compile a function of arrays; other threads may run meanwhile.

    The machine code is cached beside the package, or in the user's cache; where neither can be
    written it is compiled anew in each process.
    """
    try:
        return numba.njit(cache=True, nogil=True)(function)  # type: ignore[return-value]
    except RuntimeError:
        return numba.njit(nogil=True)(function)  # type: ignore[return-value]


def uncompiled(function: Callable[..., Any]) -> bool:
    """Tell whether a function has no machine code on the disk yet, so that its first call is slow."""
    stats: Any = getattr(function, "stats", None)
    if stats is None or not stats.cache_path or stats.cache_hits or stats.cache_misses:
        return False
    kept = Path(stats.cache_path).glob(f"*.{function.__name__}-*.nbi")
    return not any(True for _ in kept)


@compiled
def draw(random: NDArray[np.uint64]) -> float:
    """Draw from [0, 1): xorshift128+ (S. Vigna, 2014), two words of state changed in place."""
    a, b = random[0], random[1]
    random[0] = b
    a ^= a << np.uint64(23)
    random[1] = a ^ b ^ (a >> np.uint64(17)) ^ (b >> np.uint64(26))
    return float((random[1] + b) >> np.uint64(11)) * (1.0 / 9007199254740992.0)

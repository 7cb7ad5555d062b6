"""Compilation of the inner loops, kept between runs where the disk allows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["compiled", "draw", "uncompiled"]

F = TypeVar("F", bound=Callable[..., Any])


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

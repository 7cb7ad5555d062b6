"""Arrays by what they hold, so that a signature says it in one word; and arrays that nobody changes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = [
    "AnyInts",
    "Bools",
    "Floats",
    "Frozen",
    "Geometries",
    "Ints",
    "Ints32",
    "freeze",
    "frozen",
]

AnyInts = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Geometries = NDArray[Any]  # shapely has no dtype of its own
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]


def frozen(values: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """Give a read-only array; what nobody can change already is not copied."""
    given = np.asarray(values)
    flags = given.flags
    if given.dtype == dtype and not flags.writeable and flags.c_contiguous:
        return given
    # Copied first: freezing a view would freeze the caller's array too.
    array = np.array(given, dtype=dtype, order="C")
    array.setflags(write=False)
    return array


def freeze(value: object, **kinds: DTypeLike) -> None:
    """Make read-only arrays of some fields of a frozen dataclass, each of its kind."""
    for name, kind in kinds.items():
        object.__setattr__(value, name, frozen(getattr(value, name), kind))


class Frozen:
    """A dataclass of read-only arrays that comes back read-only from a pickle or a deep copy."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Come back through the constructor: a pickled array forgets that it is read-only."""
        kept: Any = self
        return type(self), tuple(getattr(kept, f.name) for f in fields(kept))

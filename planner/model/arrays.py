"""Arrays by what they hold, so that a signature says it in one word."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["AnyInts", "Bools", "Floats", "Geometries", "Ints", "Ints32"]

AnyInts = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Geometries = NDArray[Any]  # of geometries: shapely has no dtype of its own

"""Made-up points for the tests of cutting points into zones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.solve.points import Points
from planner.solve.points.kernels import Cloud

FloatArray = NDArray[np.float64]


def scatter(n: int, seed: int, features: int = 2) -> FloatArray:
    """Make up points: half of them anywhere, half in knots."""
    rng = np.random.default_rng(seed)
    knots = rng.uniform(0, 1000, (max(n // 20, 1), features))
    even = rng.uniform(0, 1000, (n - n // 2, features))
    both = np.concatenate([even, knots[rng.integers(len(knots), size=n // 2)]])
    return both + rng.normal(0, 5, (n, features))


def sized(x: FloatArray, zones: int, low: float, high: float) -> Points:
    """Give points that all count as one."""
    one = np.ones(len(x))
    return Points(x, one, one, zones, low, high)


def cloud(
    x: FloatArray, low: float, high: float, price: float, unit: FloatArray | None = None
) -> Cloud:
    """Give points of weight one as the compiled loops take them."""
    one = np.ones(len(x))
    return Cloud(x, one, one if unit is None else unit, float(low), float(high), price)


def cost_of(x: FloatArray, label: NDArray[np.int64]) -> float:
    """Recompute the squared distances to the means, zone by zone."""
    zones = (x[label == z] for z in np.unique(label))
    return sum(float(((one - one.mean(0)) ** 2).sum()) for one in zones)

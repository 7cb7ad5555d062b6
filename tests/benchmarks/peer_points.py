"""Points to be cut into zones: of an extract, or made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.model.plane import LocalProjection
from planner.network.streets.osm import read_extract

__all__ = ["points_of"]


def points_of(extract: Path | None, count: int) -> NDArray[np.float64]:
    """Give so many points in metres: of an extract, or made up with towns and open country."""
    rng = np.random.default_rng(0)
    if extract is None:
        side = 60.0 * np.sqrt(count)
        knots = rng.uniform(0, side, (max(count // 150, 1), 2))
        spread = rng.uniform(20, 200, len(knots))
        which = rng.integers(len(knots), size=count // 2)
        dense = knots[which] + rng.normal(size=(count // 2, 2)) * spread[which, None]
        return np.concatenate([dense, rng.uniform(0, side, (count - count // 2, 2))])
    here = _located(extract)
    copies = -(-count // len(here))
    wide = np.ptp(here, axis=0) + 500.0
    across = int(np.ceil(np.sqrt(copies)))
    here = np.concatenate([here + wide * np.divmod(c, across) for c in range(copies)])
    away = ((here - np.median(here, axis=0)) ** 2).sum(1)
    return here[np.sort(np.argsort(away, kind="stable")[:count])]


def _located(extract: Path) -> NDArray[np.float64]:
    found = read_extract(extract)
    layer = found.addresses if len(found.addresses) > 200 else found.buildings
    place = layer.geometry.representative_point()
    plane = LocalProjection.around(place.x, place.y)
    return np.unique(np.round(plane.to_xy(place.x, place.y), 1), axis=0)

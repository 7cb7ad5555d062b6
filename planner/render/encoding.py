"""Shapes as short lists of whole numbers, and values as text that a page cannot mistake for markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["SCALE", "Grid", "island_json"]

SCALE = 1_000_000
"""Steps of a degree: 0.11 m of latitude."""


class Grid:
    """Whole-number coordinates about an origin.

    Parameters
    ----------
    bounds : sequence of float, shape (4,)
        West, south, east, north in degrees, EPSG:4326.
    tolerance : float
        Degrees by which a line may be simplified; 0 keeps every vertex.
    """

    def __init__(self, bounds: Sequence[float], *, tolerance: float = 0.0) -> None:
        self.bounds = tuple(float(b) for b in bounds)
        self.tolerance = tolerance
        self.origin = (round(self.bounds[0] * SCALE), round(self.bounds[1] * SCALE))

    def points(self, shapes: NDArray[Any]) -> tuple[list[int], list[int]]:
        """Give x and y of points, not delta-coded.

        Parameters
        ----------
        shapes : ndarray of Point, shape (n,)
            None may be empty.
        """
        xy = self.steps(shapely.get_coordinates(shapes))
        return xy[:, 0].tolist(), xy[:, 1].tolist()

    def lines(self, shapes: NDArray[Any]) -> list[list[list[int]]]:
        """Give for each shape its lines or rings, each as x, y, dx, dy, dx, dy, ...

        Parameters
        ----------
        shapes : ndarray of LineString, Polygon or their multi forms, shape (n,)
            What lies outside the bounds is cut away.

        Returns
        -------
        list of list of list of int
            Rings are left open: their first point is not repeated.
        """
        cut = shapely.clip_by_rect(shapes, *self.bounds)
        if self.tolerance:
            cut = shapely.simplify(cut, self.tolerance)
        return [self._parts(shape) for shape in cut]

    def _parts(self, shape: Any) -> list[list[int]]:
        coded: list[list[int]] = []
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                for ring in shapely.get_rings(part):
                    coded.append(self._deltas(shapely.get_coordinates(ring)[:-1]))
            elif part.geom_type in {"LineString", "LinearRing"}:
                coded.append(self._deltas(shapely.get_coordinates(part)))
            elif part.geom_type.startswith("Multi"):
                coded += self._parts(part)
        return [line for line in coded if len(line) >= 4]

    def _deltas(self, xy: NDArray[np.float64]) -> list[int]:
        steps = self.steps(xy)
        if not len(steps):
            return []
        deltas = np.diff(steps, axis=0)
        moves = deltas[deltas.any(axis=1)]
        return np.concatenate([steps[:1], moves]).ravel().tolist()

    def steps(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Turn degrees, shape (n, 2), into whole steps from the origin."""
        return np.rint(np.asarray(xy) * SCALE).astype(np.int64) - np.array(self.origin)


def island_json(value: Any) -> str:
    """Write a value as JSON that may stand inside a script element.

    No character of it can end the element, open a comment, or end a line of script.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    text = text.encode("utf-8", "replace").decode("utf-8")
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text

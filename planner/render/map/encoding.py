"""Shapes as short lists of whole numbers, and values as text that a page cannot mistake for markup."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.model.arrays import Bools, Floats, Ints
from planner.model.plane import SCALE

__all__ = ["Grid", "island_json"]


class Grid:
    """Whole-number coordinates about an origin.

    Parameters
    ----------
    bounds : sequence of float, shape (4,)
        West, south, east, north in degrees, EPSG:4326.
    tolerance : float
        Degrees by which a line may be simplified; 0 keeps every vertex.
    step : int
        Positions are multiples of so many steps, wherever the origin lies.
    origin : (int, int), optional
        In steps; the south-west corner by default.
    """

    def __init__(
        self,
        bounds: Sequence[float],
        *,
        tolerance: float = 0.0,
        step: int = 1,
        origin: tuple[int, int] | None = None,
    ) -> None:
        self.bounds = tuple(float(b) for b in bounds)
        self.tolerance, self.step = tolerance, step
        west, south = (round(b * SCALE / step) * step for b in self.bounds[:2])
        self.origin = origin or (west, south)

    def points(self, shapes: NDArray[Any]) -> tuple[list[int], list[int]]:
        """Give x and y of points, not delta-coded.

        `shapes`, shape (n,): none may be empty.
        """
        xy = self.steps(shapely.get_coordinates(shapes))
        return xy[:, 0].tolist(), xy[:, 1].tolist()

    def lines(self, shapes: NDArray[Any]) -> list[list[list[int]]]:
        """Give for each shape its lines or rings, each as x, y, dx, dy, dx, dy, ...

        `shapes`, shape (n,): what lies outside the bounds is cut away.
        Gives: rings are left open: their first point is not repeated.
        """
        # clipped first: a river is simplified where it shows and not to its source
        cut = shapely.clip_by_rect(shapes, *self.bounds)
        if self.tolerance:
            cut = shapely.simplify(cut, self.tolerance)
        chains, owner, ring = _chains(cut)
        coded: list[list[list[int]]] = [[] for _ in range(len(cut))]
        for shape, line in zip(owner.tolist(), self._deltas(chains, ring), strict=True):
            if len(line) >= 4:
                coded[shape].append(line)
        return coded

    def _deltas(self, chains: NDArray[Any], ring: Bools) -> list[list[int]]:
        """Give each chain as its first point and the steps that follow; steps of nothing are left out."""
        xy, chain = shapely.get_coordinates(chains, return_index=True)
        last = np.append(chain[1:] != chain[:-1], True)[: len(chain)]
        # a ring is closed by whoever draws it
        keep = ~(last & ring[chain])
        steps, chain = self.steps(xy[keep]), chain[keep]
        first = np.append(True, chain[1:] != chain[:-1])[: len(chain)]
        moves = np.diff(steps, axis=0, prepend=0)
        moves[first] = steps[first]
        keep = first | moves.any(axis=1)
        ends = 2 * np.cumsum(np.bincount(chain[keep], minlength=len(chains)))
        flat = moves[keep].ravel().tolist()
        starts = [0, *ends.tolist()]
        return [flat[a:b] for a, b in itertools.pairwise(starts)]

    def steps(self, xy: Floats) -> Ints:
        """Turn degrees, shape (n, 2), into whole steps from the origin."""
        # Rounded before differences are taken, so that errors do not add up along a line.
        steps = np.rint(np.asarray(xy) * (SCALE / self.step)).astype(np.int64) * self.step
        return steps - np.array(self.origin)


def _chains(shapes: NDArray[Any]) -> tuple[NDArray[Any], Ints, Bools]:
    """Lines and rings of shapes in their order, the shape of each, and whether it is a ring."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner, kind = owner[inner], shapely.get_type_id(parts)
    area, line = np.flatnonzero(kind == 3), np.flatnonzero((kind == 1) | (kind == 2))
    rings, of = shapely.get_rings(parts[area], return_index=True)
    place = np.concatenate([area[of], line]).astype(np.int64)
    order = np.argsort(place, kind="stable")
    chains = np.concatenate([rings, parts[line]]).astype(object)[order]
    ring = np.repeat([True, False], [len(rings), len(line)])[order]
    return chains, owner[place[order]].astype(np.int64), ring


def island_json(value: Any) -> str:
    """Write a value as JSON that may stand inside a script element.

    No character of it can end the element, open a comment, or end a line of script.

    Raises `ValueError`: a number is not finite.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # half characters of broken workbooks are no UTF-8
    text = text.encode("utf-8", "replace").decode("utf-8")
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text

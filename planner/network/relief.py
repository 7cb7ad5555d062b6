"""How steep the streets are, where their layer says so, and what that does to the time of a walk.

Two things are read: the tag ``incline`` of OpenStreetMap (``8%``, ``5°``; ``up`` and ``down`` say no number),
or a column of one's own that is called so, and the heights that lines of one's own carry (Z, metres).  A walk
there and back along a street of slope s takes as long as one on the level of f(s) times its length, with the
walking function of W. Tobler (Three Presentations on Geographical Analysis and Modeling, NCGIA 93-1, 1993),
6 exp(-3.5 |s + 0.05|) km/h, as the mean of both ways: so a walk stays the same number from both ends.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.model.arrays import Floats, Geometries
from planner.network.graph import WalkingNetwork
from planner.network.mesh import quantised
from planner.network.values import Snaps

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["STEEPEST", "Relief", "grade_in", "on_slopes", "slower"]

STEEPEST = 0.5
"""Slopes beyond it are taken for it: there are steps, or an error."""
STATION_M = (
    20.0  # heights are compared so far apart: what errs by a metre is a cliff from vertex to vertex
)
SAMPLE_M, NEAR_M = 5.0, 0.5
_INCLINE = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*(%|°|deg(?:rees)?)?")


def grade_in(text: object) -> float:
    """Read the slope that a tag or a cell states, metres of height a metre of way; NaN where there is none.

    A bare number is in per cent, as the tag's documentation has it.
    """
    found = _INCLINE.fullmatch(str(text).strip().lower())
    if found is None:
        return math.nan
    value = abs(float(found[1].replace(",", ".")))
    if (found[2] or "%") == "%":
        return min(value / 100.0, STEEPEST)
    return min(math.tan(math.radians(min(value, 60.0))), STEEPEST)


def slower(grade: Floats) -> Floats:
    """Give how many metres on the level take as long as one on a slope, there and back; 1 where unknown."""
    s = np.nan_to_num(np.minimum(np.abs(grade), STEEPEST))
    ways = np.exp(3.5 * np.abs(s + 0.05)) + np.exp(3.5 * np.abs(s - 0.05))
    return ways / (2.0 * math.exp(3.5 * 0.05))


@dataclass(frozen=True, eq=False)
class Relief:
    """What a street layer says of slopes and steps, in degrees (EPSG:4326).

    Parameters
    ----------
    line : ndarray of LineString, shape (n,)
        Stretches of known slope.
    grade : ndarray of float, shape (n,)
        Metres of height a metre of way, not negative.
    flights : ndarray of LineString
        Steps.
    """

    line: Geometries
    grade: Floats
    flights: Geometries

    @classmethod
    def of(cls, lines: Geometries, incline: Any, steps: Any) -> Relief:
        """Read it off lines, EPSG:4326, with Z where heights are known.

        `incline`: what the layer says of each; `steps`: whether each is a flight of steps.
        """
        said = np.array([grade_in(text) for text in incline], float)
        flat = shapely.force_2d(lines)
        shapes, grades = [flat[~np.isnan(said)]], [said[~np.isnan(said)]]
        for at in np.flatnonzero(np.isnan(said) & shapely.has_z(lines)).tolist():
            parts, grade = _stretches(shapely.get_coordinates(lines[at], include_z=True))
            shapes.append(parts)
            grades.append(grade)
        flights = flat[np.asarray(steps, bool)]
        return cls(np.concatenate(shapes), np.concatenate(grades), flights)

    @classmethod
    def of_ways(cls, ways: gpd.GeoDataFrame) -> Relief:
        """Read it off the walked ways of an extract, with ``highway`` and ``incline``."""
        return cls.of(ways.geometry.to_numpy(), ways["incline"], ways["highway"] == "steps")

    def sampled(self, network: WalkingNetwork) -> tuple[Floats, Floats]:
        """Look at points along each edge of a network, some metres apart.

        Returns
        -------
        factor, known : ndarray of float, shape (e,)
            Metres on the level that take as long as one of the edge; the share of it whose slope is known.
        """
        if not len(self.line):
            return np.ones(len(network.edges)), np.zeros(len(network.edges))
        count = np.maximum(np.ceil(network.length_m / SAMPLE_M), 1.0).astype(np.int64)
        edge = np.repeat(np.arange(len(count)), count)
        nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        lines = network.edge_lines[edge]
        points = shapely.line_interpolate_point(lines, (nth + 0.5) / count[edge], normalized=True)
        grade = np.full(len(edge), np.nan)
        flat = shapely.transform(self.line, lambda c: network.projection.to_xy(*c.T))
        found = shapely.STRtree(flat).query_nearest(points, max_distance=NEAR_M, all_matches=False)
        grade[found[0]] = self.grade[found[1]]
        n = len(count)
        factor = np.bincount(edge, slower(grade), minlength=n) / count
        return factor, np.bincount(edge, ~np.isnan(grade), minlength=n) / count


def _stretches(xyz: Floats) -> tuple[Geometries, Floats]:
    """Cut a line with heights into stretches of some twenty metres; give each with its slope."""
    # Degrees are made metres by the middle of the line alone: a slope is a quotient.
    scale = np.array([111_320.0 * math.cos(math.radians(float(xyz[:, 1].mean()))), 110_574.0])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*(np.diff(xyz[:, :2], axis=0) * scale).T))])
    nothing = np.zeros(0, object), np.zeros(0)
    if along[-1] <= 0 or not np.isfinite(xyz[:, 2]).all():
        return nothing
    stations = np.linspace(0.0, along[-1], max(1, round(along[-1] / STATION_M)) + 1)
    height = np.interp(stations, along, xyz[:, 2])
    grade = np.minimum(np.abs(np.diff(height)) / np.diff(stations), STEEPEST)
    made = np.empty(len(grade), object)
    for k, (start, end) in enumerate(pairwise(stations.tolist())):
        inner = (along > start) & (along < end)
        ends = [[np.interp(m, along, xyz[:, c]) for c in (0, 1)] for m in (start, end)]
        made[k] = shapely.LineString([ends[0], *xyz[inner, :2].tolist(), ends[1]])
    return made, grade


def on_slopes(
    network: WalkingNetwork, snaps: Snaps, factor: Floats
) -> tuple[WalkingNetwork, Snaps]:
    """Give the network with lengths that take as long on the level, and homes where they join it."""
    length = np.maximum(quantised(network.length_m * factor), network.length_m)
    on = snaps.edge >= 0
    along = snaps.along_m.copy()
    along[on] = np.minimum(quantised(along[on] * factor[snaps.edge[on]]), length[snaps.edge[on]])
    return replace(network, length_m=length), replace(snaps, along_m=along)

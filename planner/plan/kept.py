"""What a finished plan stands on: nothing but itself, so that a meeting's laptop can change it.

Walks between members and homes run on the streets that the plan keeps for its own walks.  Zones that
change share out among themselves what they covered together; all others keep their shapes to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.model.arrays import Floats, Ints
from planner.model.plane import LocalProjection
from planner.model.tables import PlanTables
from planner.plan.frames import assignment_of
from planner.plan.shapes.cells import dissolve, distinct_points, voronoi_cells
from planner.plan.staffing import Walks

__all__ = ["Kept", "detour", "polygons", "shared_out"]

# Homes as close together as this, on the ground and on the street, have no walk between them.
SPOT_M = 0.02
REACH_M = 60.0


@dataclass(frozen=True, eq=False)
class Kept:
    """A finished plan as the terrain of the next one: see `planner.plan.build.assemble`."""

    tables: PlanTables
    freed: tuple[Any, ...] = ()
    """Ground of zones that are given up, in degrees: those that take their homes share it out."""

    floors = None
    """No plan keeps the floor of a home."""

    @property
    def plane(self) -> LocalProjection:
        """A plane around the units."""
        units = self.tables.units.geometry
        return LocalProjection.around(units.x.to_numpy(), units.y.to_numpy())

    @cached_property
    def _xy(self) -> Floats:
        units = self.tables.units.geometry
        return self.plane.to_xy(units.x.to_numpy(), units.y.to_numpy())

    def walks(self, assignment: Ints) -> Walks:
        """Measure walks inside a zone on the plan's own streets, or straight where it keeps none."""
        return Walks.of(self.tables.problem, assignment, self.apart)

    @cached_property
    def apart(self) -> _Straight | _Streets:
        """Walks of some units to the homes of others, metres, shape (units, homes); infinite for no way."""
        ways, joins = self.tables.ways, self.tables.joins
        if ways is None or joins is None or not len(ways):
            return _Straight(self._xy, detour(self.tables, self._xy))
        return _Streets(self.tables, self._xy)

    def shapes(self, assignment: Ints, touched: Ints) -> NDArray[Any]:
        """Share out what some zones cover together, in the plane."""
        before = assignment_of(self.tables)
        inside = np.isin(assignment, touched) | np.isin(before, touched)
        flat = self.tables.zones.geometry.to_crs(self.plane.crs).to_numpy()[touched]
        freed = [shapely.transform(g, self._flat) for g in self.freed]
        flat = np.append(flat, np.array([*freed, None], object)[:-1])
        return shared_out(flat, self._xy[inside], assignment[inside], touched)

    def _flat(self, points: Floats) -> Floats:
        return self.plane.to_xy(points[:, 0], points[:, 1])


def shared_out(shapes: NDArray[Any], xy: Floats, zone: Ints, touched: Ints) -> NDArray[Any]:
    """Cut what some zones cover together into the ground of each: what lies nearest to its homes."""
    # Only what the touched zones had is shared out anew, so that no neighbour loses ground to a
    # move it took no part in.
    region = shapely.union_all(shapely.make_valid(shapes), grid_size=0.001)
    spots, zone = distinct_points(xy, zone)
    cells = voronoi_cells(spots, REACH_M)
    served = zone >= 0
    local = np.where(served, np.searchsorted(touched, np.where(served, zone, touched[0])), -1)
    made = dissolve(cells, local, len(touched))
    cut = shapely.intersection(made, region, grid_size=0.001)
    return np.array([polygons(shape) for shape in cut], dtype=object)


def polygons(shape: Any) -> Any:
    """Leave out the lines and points in which shapes merely touched."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _apart(xy: Floats, units: Ints, homes: Ints) -> Floats:
    return np.linalg.norm(xy[units][:, None] - xy[homes][None, :], axis=2)


def detour(tables: PlanTables, xy: Floats) -> float:
    """Tell how much longer a plan's walks are than straight lines; where it walks those, the factor."""
    problem = tables.problem
    apart = np.linalg.norm(xy[problem.pair_unit] - xy[problem.home[problem.pair_centre]], axis=1)
    far = apart > 20
    # The median, not the mean: a few walks round a river would lengthen every other one.
    return float(np.median(problem.walk_m[far] / apart[far])) if far.any() else 1.0


@dataclass(frozen=True, eq=False)
class _Straight:
    """Walks of a plan without streets."""

    xy: Floats
    detour: float

    def __call__(self, units: Ints, homes: Ints) -> Floats:
        return _apart(self.xy, units, homes) * self.detour


class _Streets:
    """Walks on the pieces of street that a plan keeps."""

    def __init__(self, tables: PlanTables, xy: Floats) -> None:
        assert tables.ways is not None
        assert tables.joins is not None
        self._xy, self._limit_m = xy, tables.rules.walk.limit_m or np.inf
        self._access_m = tables.units["access_m"].to_numpy(float)
        ends = tables.ways[["start", "end"]].to_numpy(np.int64)
        length = tables.ways["length_m"].to_numpy(float)
        self._join = tables.joins["way"].to_numpy(np.int64)
        self._along = tables.joins["along_m"].to_numpy(float)
        self._ends = np.where(self._join[:, None] >= 0, ends[self._join], -1)
        to_end = np.clip(length[self._join] - self._along, 0.0, None)
        self._off_m = np.column_stack([self._along, to_end]) + self._access_m[:, None]
        low, high = ends.min(axis=1), ends.max(axis=1)
        order = np.lexsort((length, high, low))
        low, high, length = low[order], high[order], length[order]
        # of two pieces between the same crossings the shorter one; loops lead nowhere
        kept = np.append(True, (np.diff(low) != 0) | (np.diff(high) != 0)) & (low != high)
        n = int(ends.max()) + 1
        # a sparse matrix takes a nought for no edge at all
        data = np.maximum(length[kept], 1e-6)
        self._graph = csr_array((data, (low[kept], high[kept])), shape=(n, n))

    def __call__(self, units: Ints, homes: Ints) -> Floats:
        joined, own = self._join[homes] >= 0, self._join[units] >= 0
        found = np.full((len(units), len(homes)), np.inf)
        if not joined.any():
            return found
        source, at = np.unique(self._ends[homes[joined]], return_inverse=True)
        # Both ends of the piece that a home joins are sources: the shorter way out is not known
        # before.
        apart = dijkstra(self._graph, directed=False, indices=source, limit=self._limit_m)
        reach = np.full((len(source), len(units)), np.inf)
        for k in (0, 1):
            there = apart[:, self._ends[units[own], k]] + self._off_m[units[own], k]
            reach[:, own] = np.minimum(reach[:, own], there)
        at, off = at.reshape(-1, 2), self._off_m[homes[joined]]
        best = np.minimum(reach[at[:, 0]] + off[:, :1], reach[at[:, 1]] + off[:, 1:])
        found[:, joined] = best.T
        same = (self._join[units][:, None] == self._join[homes][None, :]) & own[:, None]
        return np.where(same, np.minimum(found, self._along_one_piece(units, homes)), found)

    def _along_one_piece(self, units: Ints, homes: Ints) -> Floats:
        """Walk between two that join the same piece of street."""
        level = np.abs(self._along[units][:, None] - self._along[homes][None, :])
        one_spot = (level < SPOT_M) & (_apart(self._xy, units, homes) < SPOT_M)
        doors = self._access_m[units][:, None] + self._access_m[homes][None, :]
        return np.where(one_spot, 0.0, level + doors)

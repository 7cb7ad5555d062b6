"""Streets and doors of a plan in whole eighths of a metre: walks from any door, the same in the page.

A centre may be moved in the page, and `planner apply` measures its walks again.  Both add up whole numbers,
and eighths are exact in binary fractions: not a metre lies between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.model.arrays import Floats, Ints
from planner.model.plane import LocalProjection
from planner.model.tables import PlanTables
from planner.plan.kept import detour

__all__ = ["EIGHTHS", "Doors"]

EIGHTHS: Final = 8


def _eighths(metres: Any) -> Ints:
    return np.rint(np.asarray(metres, float) * EIGHTHS).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Doors:
    """Where the units of a plan join its streets.

    Parameters
    ----------
    start, end, length : ndarray of int, shape (n_ways,)
        Crossings that each piece of street joins, and its length in eighths of a metre; none of a plan that
        walks straight lines.
    join, along, access : ndarray of int, shape (n_units,)
        Piece that each unit joins, -1 for none; how far from its start, and how far off, in eighths.
    spot : ndarray of int, shape (n_units, 2)
        Degrees times a million; of a plan without streets eighths of a metre in a plane.
    detour : float
        How much longer walks are than straight lines, where there are no streets.
    """

    start: Ints
    end: Ints
    length: Ints
    join: Ints
    along: Ints
    access: Ints
    spot: Ints
    detour: float

    @classmethod
    def of(cls, tables: PlanTables) -> Doors:
        """Read them from a plan."""
        points = tables.units.geometry
        lon, lat = points.x.to_numpy(), points.y.to_numpy()
        ways, joins = tables.ways, tables.joins
        none = np.zeros(0, np.int64)
        if ways is None or joins is None or not len(ways):
            xy = LocalProjection.around(lon, lat).to_xy(lon, lat)
            still = np.zeros(len(points), np.int64)
            # to three digits: the page has it as text, and must multiply by the same number
            factor = round(detour(tables, xy), 3)
            return cls(none, none, none, still - 1, still, still, _eighths(xy), factor)
        return cls(
            ways["start"].to_numpy(np.int64),
            ways["end"].to_numpy(np.int64),
            # a sparse matrix takes a nought for no edge at all
            np.maximum(_eighths(ways["length_m"]), 1),
            joins["way"].to_numpy(np.int64),
            _eighths(joins["along_m"]),
            _eighths(tables.units["access_m"]),
            np.rint(np.column_stack([lon, lat]) * 1e6).astype(np.int64),
            1.0,
        )

    def walks(self, unit: int) -> Floats:
        """Measure from one unit to all, metres; infinite where no street leads; shape (n_units,)."""
        if not len(self.length):
            apart = (self.spot - self.spot[unit]).astype(float)
            straight = np.sqrt(apart[:, 0] * apart[:, 0] + apart[:, 1] * apart[:, 1])
            return np.floor(straight * self.detour + 0.5) / EIGHTHS
        found = np.full(len(self.join), np.inf)
        if self.join[unit] >= 0:
            found = self._by_streets(unit)
        found[unit] = 0.0
        return found / EIGHTHS

    def _by_streets(self, unit: int) -> Floats:
        ends = np.column_stack([self.start, self.end])[self.join]
        off = np.column_stack([self.along, np.maximum(self.length[self.join] - self.along, 0)])
        off += self.access[:, None]
        # both ends of the piece are sources: the shorter way out is not known before
        far = dijkstra(self._graph(), directed=False, indices=ends[unit])
        by_start, by_end = far[0] + off[unit, 0], far[1] + off[unit, 1]
        best = np.minimum(by_start, by_end)
        found = np.minimum(best[ends[:, 0]] + off[:, 0], best[ends[:, 1]] + off[:, 1])
        found[self.join < 0] = np.inf
        same = self.join == self.join[unit]
        level = np.abs(self.along - self.along[unit])
        along = level + self.access + self.access[unit]
        # homes above one another have no walk between them
        above = (level == 0) & (self.spot == self.spot[unit]).all(axis=1)
        return np.where(same, np.minimum(found, np.where(above, 0, along)), found)

    def _graph(self) -> csr_array:
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        order = np.lexsort((self.length, high, low))
        low, high, length = low[order], high[order], self.length[order]
        # of two pieces between the same crossings the shorter one; loops lead nowhere
        first = np.append(True, (np.diff(low) != 0) | (np.diff(high) != 0)) & (low != high)
        n = int(max(self.start.max(), self.end.max())) + 1
        return csr_array((length[first].astype(float), (low[first], high[first])), shape=(n, n))

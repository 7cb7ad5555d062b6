"""How whole the zones of a plan look on the map: in how many pieces, how compact, and what they cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from planner.model.plane import LocalProjection
from planner.model.tables import PlanTables
from planner.plan.frames import assignment_of, buildings_of

__all__ = ["wholeness"]

CRUMB = 0.02  # share of a zone below which a piece is a crumb of drawing, not ground with homes


def wholeness(tables: PlanTables) -> dict[str, Any]:
    """Measure the ground of the zones.

    Gives: ``zone_parts`` (zones whose ground lies in several pieces, crumbs aside)``, most_parts``,
    ``compactness`` (of the zones, the median and the least of 4 pi area / perimeter squared, 1 for a circle:
    Polsby and Popper, 1991)``, split_buildings`` (buildings whose stairwells are in several zones).
    """
    points = tables.units.geometry
    shapes: Any = tables.zones.geometry.to_numpy()
    counts, compact = [], []
    # a plan made of numbers alone has no places
    if np.isfinite(points.x.to_numpy()).any() and len(shapes):
        plane = LocalProjection.around(points.x.to_numpy(), points.y.to_numpy())
        flat = shapely.transform(shapes, lambda xy: plane.to_xy(xy[:, 0], xy[:, 1]))
        for shape in flat[~shapely.is_empty(flat)]:
            area = shapely.area(shapely.get_parts(shape))
            counts.append(int((area >= CRUMB * area.sum()).sum()))
            # a zone in pieces is as compact as all of them together: cutting it up makes it no rounder
            compact.append(4 * np.pi * area.sum() / shapely.length(shape) ** 2)
    return {
        "zone_parts": sum(n > 1 for n in counts),
        "most_parts": max(counts, default=0),
        "compactness": {
            "median": round(float(np.median(compact)), 3) if compact else None,
            "least": round(float(min(compact)), 3) if compact else None,
        },
        "split_buildings": _split(tables),
    }


def _split(tables: PlanTables) -> int:
    zone, building = assignment_of(tables), buildings_of(tables)
    served = zone >= 0
    pairs = np.unique(np.column_stack([building, zone])[served], axis=0)
    return int((np.bincount(pairs[:, 0]) > 1).sum()) if len(pairs) else 0

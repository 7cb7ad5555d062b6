"""Streets for the small made-up town of `tests.plans`: a lattice that its units join."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from planner.model.tables import PlanTables
from planner.plan.frames import geo_frame
from tests.plans import LAT, LON, STEP_X, STEP_Y


def with_streets(
    tables: PlanTables, nx: int = 12, ny: int = 8, metres: float = 100.03
) -> PlanTables:
    """Give the town streets between its blocks; every unit joins that below it."""
    number = np.arange((nx + 1) * (ny + 1)).reshape(ny + 1, nx + 1)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    up = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    ends = np.concatenate([across, up])
    x, y = ends % (nx + 1), ends // (nx + 1)
    points = np.stack([LON + x * STEP_X, LAT + y * STEP_Y], axis=2)
    long = np.full(len(ends), metres) + np.arange(len(ends)) % 7 * 0.31
    columns = {"start": ends[:, 0], "end": ends[:, 1], "length_m": long}
    block = np.arange(len(tables.units)) // 2
    along = np.where(np.arange(len(tables.units)) % 2, 0.73, 0.27) * long[block]
    joins = pd.DataFrame({"way": block, "along_m": along})
    return replace(tables, ways=geo_frame(columns, shapely.linestrings(points)), joins=joins)

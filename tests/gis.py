"""A plan file as a GIS opens it: with the functions that keep spatial indexes true."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import shapely

__all__ = ["opened"]

_ENDS = {"ST_MinX": 0, "ST_MinY": 1, "ST_MaxX": 2, "ST_MaxY": 3}
_OFFSETS = (8, 40, 56, 56, 72)


def _shape(blob: Any) -> Any:
    """Read a blob; what is no shape is empty, as a GIS that was handed nonsense takes it."""
    try:
        return shapely.from_wkb(blob[_OFFSETS[(blob[3] >> 1) & 7] :])
    except (TypeError, IndexError, shapely.errors.GEOSException):
        return shapely.Point()


def opened(path: str | Path) -> sqlite3.Connection:
    """Open a file for editing, as QGIS would."""
    db = sqlite3.connect(path)
    db.create_function("ST_IsEmpty", 1, lambda blob: bool(_shape(blob).is_empty))
    for name, at in _ENDS.items():
        db.create_function(name, 1, lambda blob, at=at: _shape(blob).bounds[at])
    return db

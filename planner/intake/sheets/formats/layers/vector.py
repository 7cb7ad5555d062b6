"""One map layer: shapes, and columns whose text was tested before it was believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.errors import Finding
from planner.intake.sheets.formats.charset import repaired
from planner.model.given import Given

__all__ = [
    "VectorLayer",
    "layer_of_frame",
    "plain_value",
    "read_as",
    "shapes_of",
    "unscrambled",
]


@dataclass(frozen=True, eq=False)
class VectorLayer:
    """One layer of a file.

    Parameters
    ----------
    name : str
    headers : tuple of str
    rows : list of list
        Values of each feature: text, int, float, bool, date, or None.
    shapes : ndarray of geometries or None, shape (n,); None for a layer that is a table only
    crs : pyproj.CRS or None
        What the layer states.
    closed : tuple of int
        Features whose rings were open and have been closed.
    findings : tuple of Finding
    datum : str
        ``gcj02`` or ``bd09`` where a GeoJSON declares one of those, which the others take for WGS-84.
    encoding : str
        In which its text was written, where that had to be found out.
    """

    name: str
    headers: tuple[str, ...]
    rows: list[list[Any]]
    shapes: NDArray[Any] | None = None
    crs: Any = None
    closed: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()
    datum: str = ""
    encoding: str = ""


def layer_of_frame(given: Given) -> VectorLayer:
    """Take a frame as a layer; without geometry it is a table only."""
    headers, rows = given.table
    own = [[plain_value(value) for value in row] for row in rows]
    return VectorLayer("", tuple(headers), own, shapes=given.shapes, crs=given.crs)


def shapes_of(wkb: NDArray[Any]) -> tuple[NDArray[Any], tuple[int, ...]]:
    """Build shapes from their bytes; say which had rings that were not closed."""
    shapes = shapely.from_wkb(wkb, on_invalid="fix")
    # Once more: what the first reading closed cannot be told from its result.
    strict = shapely.from_wkb(wkb, on_invalid="ignore")
    closed = np.flatnonzero(shapely.is_missing(strict) & ~shapely.is_missing(shapes))
    return shapes, tuple(closed.tolist())


def plain_value(value: Any) -> Any:
    """Give a value of a column as text, number, truth or None; a list of values as one text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, bytes):  # pictures and the like
        return None
    parts = list(value) if isinstance(value, Sequence | np.ndarray) else [value]
    return "、".join(map(str, parts))


def read_as(encoding: str, name: str, sheet: str) -> Finding:
    """Say in which encoding a text was read."""
    shown = "BIG5" if encoding == "big5hkscs" else encoding.upper()
    return Finding.of("encoding", {"file": name, "sheet": sheet}, encoding=shown)


def unscrambled(layer: VectorLayer, file: str) -> VectorLayer:
    """Undo what a program did that took Chinese text for Western and saved it so."""
    texts = [*layer.headers, *(v for row in layer.rows for v in row if isinstance(v, str))]
    own = repaired(texts)
    if own is None:
        return layer

    def back(value: Any) -> Any:
        foreign = isinstance(value, str) and not value.isascii()
        return value.encode("latin-1").decode(own) if foreign else value

    told = Finding.of("garbled", {"file": file, "sheet": layer.name}, encoding=own.upper())
    return replace(
        layer,
        headers=tuple(back(h) for h in layer.headers),
        rows=[[back(v) for v in row] for row in layer.rows],
        findings=(*layer.findings, told),
    )

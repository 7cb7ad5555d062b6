"""The cells of any file of rows, each at its place, before anyone knows what they mean."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.errors import Finding, SheetError
from planner.intake.coordinates.datum import convert
from planner.intake.sheets.formats.books.sparse import Cells, WorkbookError
from planner.intake.sheets.formats.csvs import read_csv
from planner.intake.sheets.formats.guard import (
    damaged,
    encrypted,
    kind_of,
    kind_of_zip,
    read_bytes,
)
from planner.intake.sheets.formats.layers.vector import VectorLayer, layer_of_frame
from planner.intake.sheets.formats.vectors import VECTORS, read_vectors
from planner.intake.sheets.formats.workbooks import cells_of
from planner.model.given import Given, Source, one_source
from planner.model.schema import HOUSEHOLDS, header_key

__all__ = ["RawSheet", "copied_from", "opened_once", "read_grids", "row_numbers"]

Grid = list[list[Any]]
Floats = NDArray[np.float64]
NUMBERED = 20
"""Rows whose numbers are told in one finding."""
SAME_DEG = 1e-4
"""Coordinates in columns are often rounded: closer than about ten metres they agree."""


@dataclass(frozen=True, eq=False)
class RawSheet:
    """A sheet before its header is known.

    Parameters
    ----------
    sheet : str
        Its name, "" for a CSV.
    grid : list of list
        Cells as they were read.
    first, left : int
        Row and column of the sheet, from 0, at which the grid begins.
    merges : tuple of (int, int, int, int)
        First row, first column, last row, last column of each merged range, from 0.
    faults : mapping of (int, int) to str
        Row and column of the sheet, from 0 -> ``error`` or ``formula`` (no stored value).
    strays : tuple of str
        Addresses of cells far from all others, which are not in the grid.
    findings : tuple of Finding
    encoding, separator : str
        Of a delimited text.
    notes : tuple of (int, str)
        Row of the sheet, from 0, and text of each note that is pinned to a cell.
    labels : tuple of int
        What the rows below the header are called, of a frame; files number them.
    """

    sheet: str
    grid: Grid
    first: int
    left: int = 0
    merges: tuple[tuple[int, int, int, int], ...] = ()
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    encoding: str = ""
    separator: str = ""
    labels: tuple[int, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()

    def told(self, row: int) -> int:
        """Give the number under which people know a row of the sheet, first row 1."""
        return self.labels[row - 2] if self.labels and row > 1 else row

    def place(self, told: int) -> int:
        """Give the row of the sheet, first row 1, that people know under a number."""
        return self.labels.index(told) + 2 if told in self.labels else told


def read_grids(
    path: str | Path | Given,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    name: str = "",
) -> list[RawSheet]:
    """Read the cells of a file as they are, each at its place.

    Parameters
    ----------
    path : str, Path or Given
        See `planner.intake.sheets.read.read_table`.
    sheet : str, optional
        This sheet or layer only, hidden or not; else all that are visible.
    encoding, name
        See `planner.intake.sheets.read.read_table`.

    Raises
    ------
    SheetError
        The file cannot be read as a table.
    """
    path = one_source(path, "table")
    name = name or path.name
    if isinstance(path, Given):
        return [_of_frame(path, name)]
    shelf = _OPENED.get()
    if shelf is None:
        return _read(path, sheet, encoding, name)
    key = (path.resolve(), sheet, encoding, name)
    if key not in shelf:
        shelf[key] = _read(path, sheet, encoding, name)
    # whoever asks may change rows in place
    return [replace(raw, grid=[list(row) for row in raw.grid]) for raw in shelf[key]]


def row_numbers(rows: Sequence[int], between: str) -> str:
    """List the numbers of some rows, the first ones where they are many."""
    return between.join(map(str, rows[:NUMBERED])) + (" ..." if len(rows) > NUMBERED else "")


def copied_from(path: Source) -> tuple[list[RawSheet], bytes | None]:
    """Read a file of which a copy is to be made: its cells, and its bytes where they are an ``.xlsx``.

    Raises
    ------
    SheetError
        The file cannot be read as a table.
    """
    raws = read_grids(path)
    if isinstance(path, Given):
        return raws, None
    data = read_bytes(path)
    whole = kind_of(data, path.name) == "zip" and kind_of_zip(data, path.name) == "xlsx"
    return raws, data if whole else None


@contextmanager
def opened_once() -> Iterator[None]:
    """Within it a file is opened once, whoever asks for it; afterwards nothing of it is kept."""
    outer = _OPENED.get()
    token = _OPENED.set({} if outer is None else outer)
    try:
        yield
    finally:
        _OPENED.reset(token)


# Of the context, not of the module: two runs side by side share nothing.
_OPENED: ContextVar[dict[tuple[Path, str | None, str | None, str], list[RawSheet]] | None] = (
    ContextVar("opened", default=None)
)


def _read(path: Path, sheet: str | None, encoding: str | None, name: str) -> list[RawSheet]:
    data = read_bytes(path)
    kind = kind_of(data, name)
    if kind == "zip":
        kind = kind_of_zip(data, name)
    if kind == "text":
        text = read_csv(data, name, encoding)
        made = RawSheet("", text.rows, 0, findings=text.findings)
        return [replace(made, encoding=text.encoding, separator=text.separator)]
    if kind in VECTORS:
        layers = read_vectors(path, data, kind, wanted=sheet, encoding=encoding)
        return [_table(layer, name) for layer in layers]
    return _sheets(data, kind, name, sheet)


def _of_frame(given: Given, name: str) -> RawSheet:
    """Lay a frame out as a sheet: one row of headers, then its rows."""
    labels = tuple(given.rows.tolist())
    headers, rows = given.table
    if given.shapes is None:
        return RawSheet("", [headers, *([*row] for row in rows)], 0, labels=labels)
    return replace(_table(layer_of_frame(given), name), labels=labels)


def _sheets(data: bytes, kind: str, name: str, wanted: str | None) -> list[RawSheet]:
    try:
        sheets = cells_of(data, kind, wanted)
    except WorkbookError as fault:
        raise _refusal(str(fault), data, name) from None
    raws = [
        _sheet(cells, name)
        for cells in sheets
        if (cells.visible if wanted is None else cells.name == wanted)
    ]
    if wanted is not None and not raws:
        there = ", ".join(cells.name for cells in sheets)
        raise SheetError.of("no-sheet", name=name, wanted=wanted, there=there)
    hidden = [cells.name for cells in sheets if not cells.visible] if wanted is None else []
    if hidden and raws:
        told = {"n": len(hidden), "names": ", ".join(hidden)}
        note = Finding.of("hidden-sheet", {"file": name}, **told)
        raws[0] = replace(raws[0], findings=(note, *raws[0].findings))
    return raws


def _refusal(fault: str, data: bytes, name: str) -> SheetError:
    """Say why a workbook was not read."""
    if fault == "password":
        return encrypted(name)
    if fault == "large":
        return SheetError.of("workbook-too-large", name=name)
    if fault.startswith("wide:"):
        _, height, width = fault.split(":")
        return SheetError.of("sheet-too-large", name=name, height=int(height), width=int(width))
    return damaged(data, name)


def _sheet(cells: Cells, name: str) -> RawSheet:
    place = {"file": name, "sheet": cells.name}
    findings = [Finding.of("stray-cell", place, cell=address) for address in cells.strays]
    hidden = {"hidden-rows": cells.hidden_rows, "hidden-columns": cells.hidden_columns}
    findings += Finding.counted(hidden, place)
    if cells.struck:
        rows = row_numbers([row + 1 for row in cells.struck], "、")
        at = {**place, "row": cells.struck[0] + 1}
        findings.append(Finding.of("struck-rows", at, n=len(cells.struck), rows=rows))
    return RawSheet(
        cells.name,
        cells.grid,
        *cells.start,
        cells.merges,
        cells.faults,
        cells.strays,
        tuple(findings),
        notes=cells.notes,
    )


def _table(layer: VectorLayer, name: str) -> RawSheet:
    """Make a layer a table: what its points say stands in ``lon`` and ``lat`` behind its own columns."""
    headers, rows, said = list(layer.headers), layer.rows, list(layer.findings)
    if layer.shapes is not None and not shapely.is_missing(layer.shapes).all():
        lon, lat, told = _degrees(layer, name)
        said += told
        own = [HOUSEHOLDS.roles.get(header_key(h), "") for h in headers]
        # Two sources of coordinates would be a question; the points are what the map shows.
        spare = [k for k, role in enumerate(own) if role in ("lon", "lat", "coordinates")]
        said += _disagreement(layer, own, lon, lat, name)
        keep = [k for k in range(len(headers)) if k not in spare]
        headers = [*(headers[k] for k in keep), "lon", "lat"]
        rows = [
            [*(row[k] for k in keep), x, y]
            for row, x, y in zip(layer.rows, lon.tolist(), lat.tolist(), strict=True)
        ]
    return RawSheet(layer.name, [headers, *rows], 0, findings=tuple(said))


def _degrees(layer: VectorLayer, name: str) -> tuple[Floats, Floats, list[Finding]]:
    """Give a point inside each shape, degrees WGS-84; NaN where there is none."""
    import geopandas as gpd

    if layer.crs is None:
        raise SheetError.of("layer-without-crs", name=name, layer=layer.name)
    # Inside the outline even of a building around a yard, where a centroid lies beside it.
    at = gpd.GeoSeries(layer.shapes, crs=layer.crs).to_crs("EPSG:4326").representative_point()
    lon, lat = np.asarray(at.x, np.float64), np.asarray(at.y, np.float64)
    if not layer.datum:
        return lon, lat, []
    turned = convert(lon, lat, layer.datum, "wgs84")
    place = {"file": name, "sheet": layer.name}
    told = Finding.of("converted/layer", place, datum=layer.datum.upper())
    return turned[:, 0], turned[:, 1], [told]


def _disagreement(
    layer: VectorLayer, roles: Sequence[str], lon: Floats, lat: Floats, name: str
) -> list[Finding]:
    """Say where the coordinates in columns are not those of the points, which were taken."""
    if "lon" not in roles or "lat" not in roles:
        return []
    said = [
        np.array([_number(row[roles.index(axis)]) for row in layer.rows], float)
        for axis in ("lon", "lat")
    ]
    apart = (np.abs(said[0] - lon) > SAME_DEG) | (np.abs(said[1] - lat) > SAME_DEG)
    if not apart.any():
        return []
    n, first = int(apart.sum()), int(np.flatnonzero(apart)[0])
    columns = "、".join(layer.headers[roles.index(axis)] for axis in ("lon", "lat"))
    place = {"row": first + 2, "column": layer.headers[roles.index("lon")]}
    place |= {"file": name, "sheet": layer.name}
    return [Finding.of("points-differ", place, n=n, columns=columns)]


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan

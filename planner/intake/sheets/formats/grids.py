"""The cells of any file of rows, each at its place, before anyone knows what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from planner.errors import Finding, Severity, SheetError
from planner.intake.sheets.formats.csvs import read_csv
from planner.intake.sheets.formats.guard import SheetMarks, kind_of, open_book, read_bytes
from planner.intake.sheets.formats.layers import read_layers
from planner.intake.sheets.formats.workbooks import Cells, WorkbookError, cells_of, cells_of_unsafe

__all__ = ["RawSheet", "opened_once", "read_grids"]

Grid = list[list[Any]]


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
    marks : SheetMarks
    findings : tuple of Finding
    encoding, separator : str
        Of a delimited text.
    """

    sheet: str
    grid: Grid
    first: int
    left: int = 0
    merges: tuple[tuple[int, int, int, int], ...] = ()
    marks: SheetMarks = field(default_factory=SheetMarks)
    findings: tuple[Finding, ...] = ()
    encoding: str = ""
    separator: str = ""


def read_grids(
    path: str | Path, *, sheet: str | None = None, encoding: str | None = None, name: str = ""
) -> list[RawSheet]:
    """Read the cells of a file as they are, each at its place.

    Parameters
    ----------
    path : str or Path
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
    path = Path(path)
    name = name or path.name
    shelf = _OPENED.get()
    if shelf is None:
        return _read(path, sheet, encoding, name)
    key = (path.resolve(), sheet, encoding, name)
    if key not in shelf:
        shelf[key] = _read(path, sheet, encoding, name)
    # whoever asks may change rows in place
    return [replace(raw, grid=[list(row) for row in raw.grid]) for raw in shelf[key]]


@contextmanager
def opened_once() -> Iterator[None]:
    """Within it a file is opened once, whoever asks for it; afterwards nothing of it is kept."""
    outer = _OPENED.get()
    token = _OPENED.set({} if outer is None else outer)
    try:
        yield
    finally:
        _OPENED.reset(token)


_OPENED: ContextVar[dict[tuple[Path, str | None, str | None, str], list[RawSheet]] | None] = (
    ContextVar("opened", default=None)
)


def _read(path: Path, sheet: str | None, encoding: str | None, name: str) -> list[RawSheet]:
    data = read_bytes(path)
    kind = kind_of(data, name)
    if kind == "text":
        text = read_csv(data, name, encoding)
        made = RawSheet("", text.rows, 0, findings=text.findings)
        return [replace(made, encoding=text.encoding, separator=text.separator)]
    if kind in ("gpkg", "geojson"):
        return [RawSheet(name, grid, 0) for name, grid in read_layers(path, sheet)]
    return _sheets(data, kind, name, sheet)


def _sheets(data: bytes, kind: str, name: str, wanted: str | None) -> list[RawSheet]:
    book = open_book(data, kind, name)
    read = cells_of if book.kind == "xlsx" else cells_of_unsafe
    try:
        sheets = read(book.data, wanted)
    except WorkbookError as fault:
        if str(fault) == "password":
            raise SheetError(
                f"{name} is encrypted", remedy="remove its password and save it again"
            ) from None
        raise SheetError(
            f"{name} is damaged or incomplete ({len(data):,} bytes)",
            remedy="copy it again from where it came, or save it as .xlsx in Excel or WPS",
        ) from None
    raws = [
        _sheet(cells, book.marks.get(cells.name, SheetMarks()), name)
        for cells in sheets
        if (cells.visible if wanted is None else cells.name == wanted)
    ]
    if wanted is not None and not raws:
        there = ", ".join(cells.name for cells in sheets)
        raise SheetError(f"{name} has no sheet {wanted!r}", remedy=f"its sheets are: {there}")
    hidden = [cells.name for cells in sheets if not cells.visible] if wanted is None else []
    if hidden and raws:
        what = f"{len(hidden)} hidden sheet(s) were not read: {', '.join(hidden)}"
        note = Finding(
            "hidden-sheet", Severity.WARN, what, f"未读取隐藏工作表：{', '.join(hidden)}",
            "unhide the sheet if it is meant", "如需读取请取消隐藏", name,
        )  # fmt: skip
        raws[0] = replace(raws[0], findings=(note, *raws[0].findings))
    return raws


def _sheet(cells: Cells, mark: SheetMarks, name: str) -> RawSheet:
    findings = [
        Finding("stray-cell", Severity.FIX, f"the stray cell {address} was left out",
                f"已忽略孤立单元格{address}", file=name, sheet=cells.name)
        for address in mark.strays
    ]  # fmt: skip
    if mark.hidden_rows:
        what = f"{mark.hidden_rows} hidden row(s) were included"
        zh = f"已包含{mark.hidden_rows}个隐藏行"
        findings.append(
            Finding("hidden-rows", Severity.WARN, what, zh, file=name, sheet=cells.name)
        )
    return RawSheet(cells.name, cells.grid, *cells.start, cells.merges, mark, tuple(findings))

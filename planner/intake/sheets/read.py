"""Any workbook, CSV or layer becomes text tables that know where each row stands in the file.

Text is kept exactly; ids never turn into floats; nothing is taken for a missing value but an empty
cell.  Columns that no role of the asked table needs are never turned into text at all.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import Finding, SheetError
from planner.files import mark_as_read
from planner.intake.sheets.exported import LONG_DIGITS, undone
from planner.intake.sheets.footers import is_subtotal, notes_below
from planner.intake.sheets.formats.csvs import RAGGED_SHARE
from planner.intake.sheets.formats.grids import RawSheet, read_grids, row_numbers
from planner.intake.sheets.headers import Header, find_header, is_header_row, is_total_row
from planner.intake.sheets.headings import role_of
from planner.intake.sheets.left_out import (
    headings_over_several,
    rooms_across,
    rows_unread,
    unheaded,
)
from planner.intake.sheets.stacked import blocks_of
from planner.model.given import Given, one_source
from planner.model.schema import HOUSEHOLDS, MEMBERS, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SheetTable", "read_table", "text_of"]

Grid = list[list[Any]]
LISTED = 100


@dataclass(frozen=True, eq=False)
class SheetTable:
    """One sheet as text.

    Parameters
    ----------
    file, sheet : str
        Bare file name; sheet or layer name, "" for a CSV.
    headers : tuple of str
        Headers of the columns kept, as written; two-row headers are joined by ``/``.
    cells : ndarray of str objects, shape (n, m)
        Text of each row and kept column.
    row : ndarray of int64, shape (n,)
        Row as the spreadsheet shows it, first row 1.
    unread : tuple of str
        Headers of columns that were not read.
    ragged : tuple of int
        Rows with more fields than the header has; they are not in `cells`.
    faults : mapping of (int, int) to str
        Row and column of `cells` -> ``error``, ``formula``, ``long`` (a number past 15 digits) or
        ``date`` (what the spreadsheet holds for a date).
    findings : tuple of Finding
    title : str
        What stands above the header.
    roles : tuple of str
        What each kept column is in the asked table; empty where none was asked for.
    places : tuple of int
        Column of the sheet, from 0, at which each kept column stands.
    header_row : int
        Last row of the header, as the spreadsheet shows it.
    encoding, separator : str
        Of a delimited text; "" for other files.
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    cells: NDArray[Any]
    row: NDArray[np.int64]
    unread: tuple[str, ...] = ()
    ragged: tuple[int, ...] = ()
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    title: str = ""
    roles: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    header_row: int = 1
    encoding: str = ""
    separator: str = ""

    def at(self, row: int | None = None, column: str = "") -> dict[str, Any]:
        """Say where in the file a finding stands."""
        return {"file": self.file, "sheet": self.sheet, "row": row, "column": column}

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as text under their headers, with ``file``, ``sheet`` and ``row`` behind them."""
        import pandas as pd

        frame = pd.DataFrame(self.cells, columns=list(self.headers), dtype=object)
        return frame.assign(file=self.file, sheet=self.sheet, row=self.row)


def read_table(
    path: str | Path | Given,
    *,
    sheet: str | None = None,
    table: Table | None = HOUSEHOLDS,
    encoding: str | None = None,
    name: str = "",
) -> list[SheetTable]:
    """Read the tables of a file, whatever kind of file it is.

    Parameters
    ----------
    path : str, Path or Given
        xlsx, xlsb, xls, ods, CSV (UTF-8, UTF-16, GB18030; comma, semicolon, tab, bar), GeoPackage
        or GeoJSON; told apart by content, not by ending.  Or a frame.
    sheet : str, optional
        Read this sheet or layer only, hidden or not; else all that are visible and hold rows.
    table : Table, optional
        What the file should be: its headers help to find the header row, and only columns that
        have a role in it are read.  With None every column is read.
    encoding : str, optional
        Of a CSV; found by itself if None, which is right for UTF-8, UTF-16 and GB18030.
    name : str
        What the file is called in messages; its bare name if "".

    Returns
    -------
    list of SheetTable
        One or more; none where the table says that no sheet of this file is meant.

    Raises
    ------
    SheetError
        The file cannot be read as a table; names the file and what to do.
    """
    source = one_source(path, "table")
    name = name or source.name
    mark_as_read(source)
    raws = read_grids(source, sheet=sheet, encoding=encoding, name=name)
    if table is not None and sheet is None:
        # A CSV has no sheet name, so no choice of sheets leaves it out.
        kept = [raw for raw in raws if not raw.sheet or table.means(raw.sheet)]
        if raws and not kept:
            return []
        raws = kept
    parts = [part for raw in raws for part in blocks_of(raw, table)]
    tables = [t for t in (_tabulate(part, name, table) for part in parts) if t is not None]
    if not tables:
        names = ", ".join(raw.sheet for raw in raws if raw.sheet)
        where = f"{name} (sheets: {names})" if names else name
        raise SheetError.of("sheets-without-rows", where=where)
    return tables


def _tabulate(raw: RawSheet, file: str, table: Table | None) -> SheetTable | None:
    """Find the header, keep the columns that have a role, drop totals and blanks, turn cells to text."""
    grid = raw.grid
    header = find_header(grid, raw.merges, raw.first, raw.left, table)
    if header is None:
        return None
    # a row of nothing but an error is somebody, and no blank
    wrong = {i - raw.first for i, _ in raw.faults}
    body = [
        (i, row)
        for i, row in enumerate(grid[header.last + 1 :], header.last + 1)
        if i in wrong or any(v is not None and v != "" for v in row)
    ]
    said = [*header.findings(raw.first), *_blank_rows([i for i, _ in body], header.last, raw.first)]
    ragged = _ragged(body, len(header.names))
    # A few are slips of the pen; many shift the columns of the whole sheet.
    if len(ragged) > RAGGED_SHARE * max(len(body), 1) and len(ragged) > 1:
        raise SheetError.of(
            "ragged-rows", file=file, n=len(ragged), rows=len(body), row=min(ragged) + raw.first + 1
        )
    body, left_out = _without_repeats([(i, r) for i, r in body if i not in ragged], header, raw)
    if not body and not ragged:
        return None
    at = raw.first, raw.left
    body, joined = headings_over_several(body, header, raw.merges, at, text_of)
    keep = header.kept(table)
    unread = [i for i, n in enumerate(header.names) if i not in set(keep) and n]
    left_out += [*joined, *unheaded(body, header, at), *rooms_across(body, header, at, table)]
    left_out += [*_gone(body, header, unread, raw, table)]
    cells, faults = _texts(body, keep, raw)
    cells, filled = _fill_merged(cells, body, keep, raw)
    headers = tuple(header.names[i] for i in keep)
    cells, faults, repaired = undone(cells, faults, headers, [role_of(h, table) for h in headers])
    full = np.array([any(v != "" for v in line) for line in cells], bool)
    full[sorted({r for r, _ in faults})] = True
    named, told = rows_unread(body, np.flatnonzero(~full).tolist(), header, raw.first, table)
    full[named] = True
    rows = np.array([raw.told(i + raw.first + 1) for i, _ in body], np.int64)
    where = [
        replace(f, file=file, sheet=raw.sheet, row=f.row and raw.told(f.row))
        for f in (*said, *left_out, *told, *filled, *repaired)
    ]
    return SheetTable(
        file=file,
        sheet=raw.sheet,
        headers=headers,
        cells=cells[full],
        row=rows[full],
        unread=tuple(header.names[i] for i in unread),
        ragged=tuple(sorted(raw.told(i + raw.first + 1) for i in ragged)),
        faults=_moved(faults, full),
        findings=(*raw.findings, *where),
        title=_title(grid[: header.top]),
        roles=() if table is None else tuple(header.roles[i] for i in keep),
        places=tuple(i + raw.left for i in keep),
        header_row=header.last + raw.first + 1,
        encoding=raw.encoding,
        separator=raw.separator,
    )


def _gone(
    body: Sequence[tuple[int, list[Any]]],
    header: Header,
    unread: Sequence[int],
    raw: RawSheet,
    table: Table | None,
) -> list[Finding]:
    """Tell of people who are said to be gone."""
    if table is None or table.name not in (HOUSEHOLDS.name, MEMBERS.name):
        return []
    # with pandas behind it, which nobody needs who asks for a table alone
    from planner.intake.sheets.gone_remarks import absences, noted

    address = [i for i, role in enumerate(header.roles) if role == "address"]
    said = absences(header.names, unread, body, raw.first, address)
    return [*said, *noted(raw.notes, [i + raw.first for i, _ in body])]


def _ragged(body: Sequence[tuple[int, list[Any]]], width: int) -> set[int]:
    """Find the rows with more fields than the header has."""
    return {i for i, row in body if any(v not in ("", None) for v in row[width:])}


def _blank_rows(filled: Sequence[int], last: int, first: int) -> list[Finding]:
    """List the empty rows between others."""
    if not filled or filled[-1] - last == len(filled):
        return []
    there = set(filled)
    empty = [i + first + 1 for i in range(last + 1, filled[-1]) if i not in there]
    numbers = row_numbers(empty, ", ")
    return [Finding.of("blank-rows", {"row": empty[0]}, n=len(empty), rows=numbers)]


def _title(rows: Grid) -> str:
    return " ".join(str(v) for row in rows for v in row if isinstance(v, str) and v.strip())


def _moved(
    faults: Mapping[tuple[int, int], str], full: NDArray[np.bool_]
) -> dict[tuple[int, int], str]:
    """Follow faults to the rows that are left."""
    place = np.cumsum(full) - 1
    return {(int(place[r]), c): code for (r, c), code in faults.items() if full[r]}


def _without_repeats(
    body: list[tuple[int, list[Any]]], header: Header, raw: RawSheet
) -> tuple[list[tuple[int, list[Any]]], list[Finding]]:
    """Drop totals, footers and headers that are printed again; each is listed."""
    kept: list[tuple[int, list[Any]]] = []
    said: list[Finding] = []
    wide = [r1 - raw.first for r1, c1, r2, c2 in raw.merges if c2 > c1]
    roles = [role_of(n) for n in header.names]
    notes = notes_below(body, roles, wide)
    # nobody merges the id of a home with its address
    across = set(wide) if sum(map(bool, header.names)) > 1 else set()
    titles = {str(v).strip() for row in raw.grid[: header.top] for v in row if v}
    for k, (i, row) in enumerate(body):
        if i in notes or is_total_row(row) or is_subtotal(row, header.names, roles):
            said.append(Finding.of("totals-row", {"row": i + raw.first + 1}))
        elif is_header_row(row, header) or (
            titles and _is_title(row, titles) and _heads(body[k + 1 :], header)
        ):
            said.append(Finding.of("repeated-header", {"row": i + raw.first + 1}))
        elif i in across and sum(v is not None and v != "" for v in row) == 1:
            said.append(Finding.of("section-row", {"row": i + raw.first + 1}))
        else:
            kept.append((i, row))
    return kept, said


def _is_title(row: Sequence[Any], titles: set[str]) -> bool:
    """Tell whether a row is of what stands above the header, printed again on another page."""
    return {str(v).strip() for v in row if v is not None and v != ""} <= titles


def _heads(below: Sequence[tuple[int, list[Any]]], header: Header) -> bool:
    return any(is_header_row(row, header) for _, row in below[: header.top + 1])


def _texts(
    body: list[tuple[int, list[Any]]], keep: Sequence[int], raw: RawSheet
) -> tuple[NDArray[Any], dict[tuple[int, int], str]]:
    """Turn the kept cells into text."""
    cells = np.empty((len(body), len(keep)), object)
    faults: dict[tuple[int, int], str] = {}
    for k, column in enumerate(keep):
        for r, (_, row) in enumerate(body):
            value = row[column] if column < len(row) else ""
            if value.__class__ is str:
                cells[r, k] = value
                continue
            cells[r, k] = text_of(value)
            if isinstance(value, float) and abs(value) >= 10**LONG_DIGITS:
                faults[r, k] = "long"  # whole numbers come from formats that keep every digit
            elif isinstance(value, datetime.date | datetime.time | datetime.timedelta):
                faults[r, k] = "date"
    if raw.faults:
        where_row = {i + raw.first: r for r, (i, _) in enumerate(body)}
        where_column = {c + raw.left: k for k, c in enumerate(keep)}
        for (i, j), code in raw.faults.items():
            if i in where_row and j in where_column:
                faults[where_row[i], where_column[j]] = code
                cells[where_row[i], where_column[j]] = ""
    return cells, faults


def text_of(value: Any) -> str:
    """Write a value of a cell as text: whole numbers without a point, days as 2026-03-02."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value != value:  # NaN
            return ""
        # Past 1e22 a float has figures that nobody wrote.
        return str(int(value)) if value.is_integer() and abs(value) < 1e22 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, np.generic):
        return text_of(value.item())
    return str(value)


def _fill_merged(
    cells: NDArray[Any], body: list[tuple[int, list[Any]]], keep: Sequence[int], raw: RawSheet
) -> tuple[NDArray[Any], list[Finding]]:
    """Give each row of a merged range the value that stands in its first cell."""
    place = {i + raw.first: r for r, (i, _) in enumerate(body)}
    order = sorted(place)
    column = {c + raw.left: k for k, c in enumerate(keep)}
    cells, said = cells.copy(), list[Finding]()
    for r1, c1, r2, _ in raw.merges:
        if r1 == r2 or c1 not in column or r1 not in place or cells[place[r1], column[c1]] == "":
            continue
        inside = order[bisect_right(order, r1) : bisect_right(order, r2)]  # a range may have no end
        cells[[place[r] for r in inside], column[c1]] = cells[place[r1], column[c1]]
        said.append(Finding.of("merged-cells", {"row": r1 + 1}, first=r1 + 2, last=r2 + 1))
    if more := len(said[LISTED:]):
        said = [*said[:LISTED], Finding.of("merged-cells/more", n=more)]
    return cells, said

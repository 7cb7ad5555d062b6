"""The cells of a workbook, read in a process of its own with bounded memory.

A damaged or hostile workbook of a few kilobytes can make a reader ask for a hundred gigabytes, upon which it
ends the whole process.  So that end is the child's, and here only a message.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from typing import Any, Final

from planner.files import run_beside
from planner.intake.sheets.formats.books.legacy import marks_of_xls
from planner.intake.sheets.formats.books.ods import sheets_of_ods
from planner.intake.sheets.formats.books.package import BROKEN, Package
from planner.intake.sheets.formats.books.sparse import Cells, Sheet, WorkbookError, laid_out
from planner.intake.sheets.formats.books.xlsb import marks_of_xlsb
from planner.intake.sheets.formats.books.xlsx import sheets_of_xlsx

__all__ = ["cells_here", "cells_of"]

MOST_BYTES: Final = 3 << 30
MOST_SECONDS: Final = 300
_MODULE: Final = "planner.intake.sheets.formats.workbooks"


def cells_of(data: bytes, kind: str, wanted: str | None) -> list[Cells]:
    """Read a workbook in a process of its own.

    Parameters
    ----------
    data : bytes
    kind : {"xlsx", "xlsb", "ods", "xls"}
    wanted : str or None
        Read this sheet only, hidden or not; else all that are visible.

    Returns
    -------
    list of Cells
        Every worksheet, in the order of the book; empty where it was not asked for.

    Raises
    ------
    WorkbookError
        Encrypted, damaged, past the limits, or the end of its reader.
    """
    asked = [kind, *([] if wanted is None else [wanted])]
    try:
        child = run_beside(_MODULE, asked, data=data, seconds=MOST_SECONDS)
        answer = json.loads(child.stdout) if child.returncode == 0 else "damaged"
    except (subprocess.TimeoutExpired, ValueError, OSError):
        raise WorkbookError("damaged") from None
    if isinstance(answer, str):
        raise WorkbookError(answer)
    return [_received(*sheet) for sheet in answer]


def cells_here(data: bytes, kind: str, wanted: str | None) -> list[Cells]:
    """Read a workbook in this process; see `cells_of`."""
    try:
        if kind in ("xlsx", "ods"):
            package = Package(data)
            read = sheets_of_xlsx if kind == "xlsx" else sheets_of_ods
            return [laid_out(sheet) for sheet in read(package, wanted)]
        return [laid_out(sheet) for sheet in _sheets_of_binary(data, kind, wanted)]
    except NotImplementedError:  # a compression that zipfile does not know
        raise WorkbookError("damaged") from None
    except BROKEN:
        raise WorkbookError("damaged") from None


def _sheets_of_binary(data: bytes, kind: str, wanted: str | None) -> list[Sheet]:
    """Read the binary formats, whose faults and hidden parts stand in other records than their values."""
    import io

    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        metas = [m for m in book.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
        sheets = [Sheet(m.name, m.visible == calamine.SheetVisibleEnum.Visible) for m in metas]
        for sheet in sheets:
            if sheet.visible if wanted is None else sheet.name == wanted:
                own = book.get_sheet_by_name(sheet.name)
                sheet.merges += [
                    (r1, c1, r2, c2) for (r1, c1), (r2, c2) in own.merged_cell_ranges or ()
                ]
                top, left = own.start or (0, 0)
                for row, line in enumerate(own.to_python(skip_empty_area=True), top):
                    for column, value in enumerate(line, left):
                        sheet.put(row, column, value)
    except calamine.PasswordError:
        raise WorkbookError("password") from None
    except calamine.CalamineError:
        raise WorkbookError("damaged") from None
    marks = marks_of_xls(data) if kind == "xls" else marks_of_xlsb(Package(data))
    # Both count worksheets; where they differ no mark is known to be of its sheet.
    if len(marks) == len(sheets):
        for sheet, own in zip(sheets, marks, strict=True):
            asked = sheet.visible if wanted is None else sheet.name == wanted
            for row, column in own.errors if asked else ():
                sheet.blame(row, column, "error")
            sheet.merges = sheet.merges or own.merges
            sheet.hidden_rows |= own.hidden_rows
            sheet.hidden_columns += own.hidden_columns
            sheet.struck.update(own.struck)
    return sheets


def _answer(kind: str, wanted: str | None) -> None:
    """Be the child: a workbook comes in, its cells or its fault go out."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    except (ImportError, ValueError, OSError):
        pass  # a system without such limits: the end of the child is still not ours
    answer: str | list[tuple[Any, ...]]
    try:
        cells = cells_here(sys.stdin.buffer.read(), kind, wanted)
        answer = [_sent(c) for c in cells]
        text = json.dumps(answer, default=_tagged)
    except WorkbookError as fault:
        text = json.dumps(str(fault))
    except MemoryError:
        text = json.dumps("large")
    sys.stdout.write(text)


def _sent(c: Cells) -> tuple[Any, ...]:
    faults = [(row, column, fault) for (row, column), fault in c.faults.items()]
    told = (c.hidden_rows, c.hidden_columns, c.struck, c.notes)
    return c.name, c.visible, c.grid, c.start, c.merges, faults, c.strays, told


def _received(*sent: Any) -> Cells:
    name, visible, grid, start, merges, faults, strays, told = sent
    rows, columns, struck, notes = told
    for row in grid:
        for k, value in enumerate(row):
            if value.__class__ is list:
                row[k] = _back(value)
    return Cells(
        name,
        visible,
        grid,
        (start[0], start[1]),
        tuple((r1, c1, r2, c2) for r1, c1, r2, c2 in merges),
        {(row, column): fault for row, column, fault in faults},
        tuple(strays),
        rows,
        columns,
        tuple(struck),
        tuple((row, text) for row, text in notes),
    )


def _tagged(value: Any) -> list[Any]:
    """Give a date or a time as JSON."""
    if isinstance(value, datetime.timedelta):
        return ["span", value.total_seconds()]
    return [type(value).__name__, value.isoformat()]


def _back(value: list[Any]) -> Any:
    kind, text = value
    return datetime.timedelta(seconds=text) if kind == "span" else _KINDS[kind].fromisoformat(text)


_KINDS: Final[dict[str, Any]] = {
    "date": datetime.date,
    "datetime": datetime.datetime,
    "time": datetime.time,
}

if __name__ == "__main__":
    _answer(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)

"""The cells of a workbook, read by calamine: in this process where that is safe, else in one of its own.

A damaged ``.xls`` or ``.ods`` can make the reader ask for a hundred gigabytes, upon which it ends the whole
process.  An ``.xlsx`` has been scanned before (see `planner.intake.sheets.formats.guard`); the others are
read by a child with bounded memory, whose end is only a message.
"""

from __future__ import annotations

import datetime
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Cells", "WorkbookError", "cells_of", "cells_of_unsafe"]

MOST_BYTES: Final = 2 << 30
MOST_SECONDS: Final = 60


class WorkbookError(Exception):
    """A workbook cannot be read; its text is ``password`` or ``damaged``."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One worksheet.

    Parameters
    ----------
    name : str
    visible : bool
    grid : list of list
        Empty where the sheet was not asked for.
    start : (int, int)
        Row and column, from 0, of the first cell of the grid.
    merges : tuple of (int, int, int, int)
        First row, first column, last row, last column of each merged range, from 0.
    """

    name: str
    visible: bool
    grid: list[list[Any]]
    start: tuple[int, int]
    merges: tuple[tuple[int, int, int, int], ...]


def cells_of(data: bytes, wanted: str | None) -> list[Cells]:
    """Read a workbook that was scanned before.

    Parameters
    ----------
    data : bytes
    wanted : str or None
        Read this sheet only, hidden or not; else all that are visible.

    Returns
    -------
    list of Cells
        Every worksheet, in the order of the book.

    Raises
    ------
    WorkbookError
        Encrypted or damaged.
    """
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        metas = [m for m in book.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
        read = []
        for m in metas:
            visible = m.visible == calamine.SheetVisibleEnum.Visible
            if not (visible if wanted is None else m.name == wanted):
                read.append(Cells(m.name, visible, [], (0, 0), ()))
                continue
            sheet = book.get_sheet_by_name(m.name)
            merges = tuple(
                (r1, c1, r2, c2) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ()
            )
            grid = sheet.to_python(skip_empty_area=True)
            read.append(Cells(m.name, visible, grid, sheet.start or (0, 0), merges))
    except calamine.PasswordError:
        raise WorkbookError("password") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise WorkbookError("damaged") from None
    return read


def cells_of_unsafe(data: bytes, wanted: str | None) -> list[Cells]:
    """Read a workbook that may bring its reader down; see `cells_of`."""
    command = [sys.executable, "-m", __name__, *([] if wanted is None else [wanted])]
    try:
        child = subprocess.run(  # noqa: S603 - this very module
            command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False
        )
        answer = json.loads(child.stdout) if child.returncode == 0 else "damaged"
    except (subprocess.TimeoutExpired, ValueError, OSError):
        raise WorkbookError("damaged") from None
    if isinstance(answer, str):
        raise WorkbookError(answer)
    return [
        Cells(name, visible, [[_back(v) for v in row] for row in grid], (start[0], start[1]),
              tuple((r1, c1, r2, c2) for r1, c1, r2, c2 in merges))
        for name, visible, grid, start, merges in answer
    ]  # fmt: skip


def _answer(wanted: str | None) -> None:
    """Be the child: a workbook comes in, its cells or its fault go out."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    except (ImportError, ValueError, OSError):
        pass  # a system without such limits: the end of the child is still not ours
    answer: str | list[tuple[Any, ...]]
    try:
        cells = cells_of(sys.stdin.buffer.read(), wanted)
        answer = [(c.name, c.visible, c.grid, c.start, c.merges) for c in cells]
    except WorkbookError as fault:
        answer = str(fault)
    sys.stdout.write(json.dumps(answer, default=_tagged))


def _tagged(value: Any) -> list[Any]:
    """Give a date or a time as JSON."""
    if isinstance(value, datetime.timedelta):
        return ["span", value.total_seconds()]
    return [type(value).__name__, value.isoformat()]


def _back(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, text = value
    return datetime.timedelta(seconds=text) if kind == "span" else _KINDS[kind].fromisoformat(text)


_KINDS: Final[dict[str, Any]] = {
    "date": datetime.date, "datetime": datetime.datetime, "time": datetime.time,
}  # fmt: skip

if __name__ == "__main__":
    _answer(sys.argv[1] if len(sys.argv) > 1 else None)

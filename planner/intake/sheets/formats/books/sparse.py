"""A worksheet as the cells that it holds, and the rectangle that they span without those gone astray."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

__all__ = [
    "Cells",
    "Range",
    "Sheet",
    "WorkbookError",
    "address_of",
    "laid_out",
    "place_of",
    "range_of",
]

MOST_CELLS: Final = 60_000_000  # half a gigabyte of references
# One cell typed by mistake at the foot of a sheet would make it a million rows long.
EMPTY_ROWS: Final = 10_000
EMPTY_COLUMNS: Final = 200
STRAYS: Final = 50
Range = tuple[int, int, int, int]


class WorkbookError(Exception):
    """A workbook cannot be read: ``password``, ``damaged``, ``large``, or ``wide:rows:columns``."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One worksheet, laid out.

    Parameters
    ----------
    name : str
    visible : bool
    grid : list of list
        "" where there is nothing; no row or column before the first that holds something.
    start : (int, int)
        Row and column, from 0, of the first cell of the grid.
    merges : tuple of (int, int, int, int)
        First row, first column, last row, last column of each merged range, from 0.
    faults : mapping of (int, int) to str
        Row and column of the sheet, from 0 -> ``error`` (an error cell) or ``formula`` (no stored value).
    strays : tuple of str
        Addresses of cells that were left out, such as ``XFD1048576``.
    hidden_rows, hidden_columns : int
        How many of those that hold something are hidden; they are read all the same.
    struck : tuple of int
        Rows, from 0, of which more than half of the cells are struck through; read all the same.
    notes : tuple of (int, str)
        Row, from 0, and text of each note that is pinned to a cell.
    """

    name: str
    visible: bool
    grid: list[list[Any]]
    start: tuple[int, int] = (0, 0)
    merges: tuple[Range, ...] = ()
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    hidden_rows: int = 0
    hidden_columns: int = 0
    struck: tuple[int, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()


class Sheet:
    """A worksheet while it is read: cells come one by one, and in any order."""

    def __init__(self, name: str, visible: bool = True) -> None:
        self.name = name
        self.visible = visible
        self.rows: dict[int, dict[int, Any]] = {}
        self.faults: dict[tuple[int, int], str] = {}
        self.merges: list[Range] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.struck: Counter[int] = Counter()
        self.notes: list[tuple[int, str]] = []

    def put(self, row: int, column: int, value: Any) -> None:
        """Set a cell; an empty text is nothing."""
        if value is None or value == "":
            return
        own = self.rows.get(row)
        if own is None:
            own = self.rows[row] = {}
        own[column] = value

    def blame(self, row: int, column: int, fault: str) -> None:
        """Note a cell that holds an error, or a formula without its value."""
        self.faults[row, column] = fault
        # Or a row with nothing but the fault would count as empty and drop out.
        self.rows.setdefault(row, {})[column] = ""


def laid_out(sheet: Sheet) -> Cells:
    """Lay a worksheet out as a rectangle, leaving out the few cells that lie far from all others.

    Parameters
    ----------
    sheet : Sheet

    Raises
    ------
    WorkbookError
        The rectangle is past the limit.
    """
    rows = sheet.rows
    if not rows:
        return Cells(sheet.name, sheet.visible, [], merges=tuple(sheet.merges))
    columns = Counter(column for own in rows.values() for column in own)
    last = _reach({row: len(own) for row, own in rows.items()}, EMPTY_ROWS)
    right = _reach(columns, EMPTY_COLUMNS)
    strays = [
        (row, column)
        for row, own in rows.items()
        if row > last or max(own) > right
        for column in own
        if row > last or column > right
    ]
    inside = {row for row in rows if row <= last and min(rows[row]) <= right}
    first, left = min(inside), min(column for column in columns if column <= right)
    height, width = last - first + 1, right - left + 1
    if height * width > MOST_CELLS:
        raise WorkbookError(f"wide:{last + 1}:{right + 1}")
    grid: list[list[Any]] = [[""] * width for _ in range(height)]
    for row in inside:
        line = grid[row - first]
        for column, value in rows[row].items():
            if column <= right:
                line[column - left] = value
    away = set(strays)
    return Cells(
        sheet.name,
        sheet.visible,
        grid,
        (first, left),
        tuple(sheet.merges),
        {at: fault for at, fault in sheet.faults.items() if at not in away},
        tuple(address_of(*at) for at in sorted(away)),
        len(sheet.hidden_rows & inside),
        sum(
            any(a <= column <= b for a, b in sheet.hidden_columns)
            for column in columns
            if column <= right
        ),
        tuple(sorted(row for row in inside if 2 * sheet.struck[row] > len(rows[row]))),
        tuple(sorted(note for note in sheet.notes if note[0] in inside)),
    )


def _reach(count: Mapping[int, int], gap: int) -> int:
    """Last used row or column before a wide empty stretch behind which only few cells lie."""
    used = sorted(count)
    behind = sum(count.values())
    for here, following in pairwise(used):
        behind -= count[here]
        if following - here > gap and behind <= STRAYS:
            return here
    return used[-1]


def address_of(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does, such as ``C7``; row and column count from 0."""
    return f"{letters_of(column)}{row + 1}"


def letters_of(column: int) -> str:
    """Name a column, counted from 0, such as ``C``."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(address: str) -> tuple[int, int]:
    """Read the address of a cell, ``C7`` or ``$C$7`` or ``c7``; row and column count from 0.

    Raises
    ------
    WorkbookError
        It is none.
    """
    column = row = 0
    for sign in address:
        if "0" <= sign <= "9":
            row = row * 10 + ord(sign) - 48
        elif sign != "$":
            letter = ord(sign) & ~32
            if not 65 <= letter <= 90 or row:
                raise WorkbookError("damaged")
            column = column * 26 + letter - 64
    if not row or not column or row > 1 << 24 or column > 1 << 16:
        raise WorkbookError("damaged")
    return row - 1, column - 1


def range_of(reference: str) -> Range:
    """Read a range such as ``A1:D4``: first row, first column, last row, last column, from 0."""
    ends = [place_of(part) for part in reference.split(":")[:2]]
    (r1, c1), (r2, c2) = ends[0], ends[-1]
    return min(r1, r2), min(c1, c2), max(r1, r2), max(c1, c2)

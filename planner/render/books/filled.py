"""The office's own sheets with columns filled in: who has which zone, centre and member, row by row.

They are copies like the marked ones (see `planner.render.books.marked`): values in place of formulas, every
text a text.  They hold what the sheets held, people included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from planner.render.books.copied import copied_book
from planner.render.books.marked import Grid, book_bytes, laid_out, put

__all__ = ["Fill", "fill_rows", "fill_workbook"]


@dataclass(frozen=True, slots=True)
class Fill:
    """What is filled into one sheet.

    Parameters
    ----------
    sheet : str
        Its name, "" for that of a CSV.
    header_row : int
        From 1, as the sheet shows it.
    columns : tuple of (int, str)
        Place of each column, from 1, and its heading.
    rows : mapping of int to sequence of cells
        Row, from 1, to the values of the columns.
    """

    sheet: str
    header_row: int
    columns: tuple[tuple[int, str], ...]
    rows: Mapping[int, Sequence[str | int]]


def fill_workbook(
    data: bytes, fills: Sequence[Fill], strays: Mapping[str, Collection[str]] | None = None
) -> bytes:
    """Fill columns of a copy of a workbook, which keeps its layout but for cells gone astray.

    Raises
    ------
    ValueError
        The workbook cannot be laid out again; see `fill_rows`.
    """
    return _filled(copied_book(data, strays), fills, {})


def fill_rows(grids: Sequence[Grid], fills: Sequence[Fill]) -> bytes:
    """Lay rows out in a new workbook, in the places they had, and fill columns."""
    book, names = laid_out(grids)
    return _filled(book, fills, names)


def _filled(book: Any, fills: Sequence[Fill], names: Mapping[str, str]) -> bytes:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.utils import get_column_letter

    for fill in fills:
        sheet = book[names.get(fill.sheet, fill.sheet)]
        for at, (column, heading) in enumerate(fill.columns):
            head = sheet.cell(fill.header_row, column)
            # Only the first cell of a merged range holds a value.
            if isinstance(head, MergedCell):
                continue
            beside = sheet.cell(fill.header_row, max(column - 1, 1))
            put(head, heading)
            # As its neighbour looks: the sheet stays the office's own.
            head._style = copy(beside._style)
            letter = get_column_letter(column)
            if letter not in sheet.column_dimensions:
                sheet.column_dimensions[letter].width = 14
            for row, values in fill.rows.items():
                cell = sheet.cell(row, column)
                if values[at] != "" and not isinstance(cell, MergedCell):
                    put(cell, values[at])
    return book_bytes(book)

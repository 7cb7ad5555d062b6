"""What a sheet holds beside the columns that are read: nobody is left out without a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from planner.errors import Finding
from planner.intake.sheets.formats.grids import row_numbers
from planner.intake.sheets.headers import Header
from planner.model.schema import EVENTS, HOUSEHOLDS, MEMBERS, Table, header_key, is_personal

__all__ = ["headings_over_several", "rooms_across", "rows_unread", "unheaded"]

PEOPLE: Final = (HOUSEHOLDS.name, MEMBERS.name, EVENTS.name)
Body = list[tuple[int, list[Any]]]
Merges = Sequence[tuple[int, int, int, int]]
_SERIAL: Final = frozenset(map(header_key, ("序号", "序", "顺序号", "行号", "serial", "s/n", "#")))
_REMARKS: Final = frozenset(map(header_key, ("备注", "remarks", "notes")))
_ROOM: Final = re.compile(
    r"(?:\d{1,4}|[一二三四五六七八九十]{1,2}|[东西南北中左右]{1,2})(?:室|户|房|号|号房|楼|层|单元)"
)
SHOWN: Final = 6
FEW: Final = 0.1
"""Up to this share of a sheet rows without a place are slips; more, and it is how the sheet is kept."""


def headings_over_several(
    body: Body, header: Header, merges: Merges, at: tuple[int, int], text_of: Callable[[Any], str]
) -> tuple[Body, list[Finding]]:
    """Read an address whose heading is merged over several columns as the one line that it is.

    Parameters
    ----------
    body : list of (int, row)
        Rows below the header, with their places in the grid.
    header : Header
    merges : sequence of (first row, first column, last row, last column)
        Counted from 0 in the sheet.
    at : (int, int)
        Row and column of the sheet at which the grid begins.
    text_of : callable
        Writes a cell as text.

    Returns
    -------
    list of (int, row)
        With the line in the first of the columns, numbers that meet set apart by a stroke: ``3-2-501``.
    list of Finding
    """
    said: list[Finding] = []
    for _, c1, r2, c2 in merges:
        first, last = c1 - at[1], min(c2 - at[1], len(header.names) - 1)
        if not (header.top <= r2 - at[0] <= header.last and 0 <= first < last):
            continue
        if header.roles[first] != "address" or any(header.names[first + 1 : last + 1]):
            continue
        if not any(_filled(row, range(first + 1, last + 1)) for _, row in body):
            continue
        made: Body = []
        for i, row in body:
            parts = [text_of(row[c]).strip() for c in range(first, min(last + 1, len(row)))]
            line = row[:first] + [_line(parts)] + [""] * (last - first) + row[last + 1 :]
            made.append((i, line))
        body = made
        place = {"row": header.last + at[0] + 1, "column": header.names[first]}
        said.append(Finding.of("columns-joined", place, n=last - first + 1))
    return body, said


def _line(parts: Sequence[str]) -> str:
    line = ""
    for part in parts:
        meet = line[-1:].isdigit() and part[:1].isdigit()
        line += ("-" if meet else "") + part
    return line


def _filled(row: Sequence[Any], columns: Collection[int]) -> list[int]:
    return [c for c in columns if c < len(row) and row[c] is not None and row[c] != ""]


def unheaded(body: Body, header: Header, at: tuple[int, int]) -> list[Finding]:
    """Tell of columns that hold something under no heading."""
    bare = [c for c, name in enumerate(header.names) if not name]
    there = sorted({c for _, row in body for c in _filled(row, bare)})
    if not there:
        return []
    letters = "、".join(_letters(c + at[1]) for c in there)
    place = {"row": header.last + at[0] + 1}
    return [Finding.of("columns-unheaded", place, n=len(there), columns=letters)]


def rooms_across(
    body: Body, header: Header, at: tuple[int, int], table: Table | None
) -> list[Finding]:
    """Tell of columns that are called after rooms or floors, with a home in each of their cells."""
    rooms = [c for c, name in enumerate(header.names) if _ROOM.fullmatch(header_key(name))]
    rooms = [c for c in rooms if not header.roles[c]]
    cells = sum(len(_filled(row, rooms)) for _, row in body)
    if table is None or table.name != HOUSEHOLDS.name or len(rooms) < 2 or not cells:
        return []
    names = "、".join(header.names[c] for c in rooms[:SHOWN]) + (
        " ..." if len(rooms) > SHOWN else ""
    )
    place = {"row": header.last + at[0] + 1, "column": header.names[rooms[0]]}
    return [Finding.of("rooms-across", place, n=cells, rows=len(body), columns=names)]


def _letters(column: int) -> str:
    """Give the letters under which a spreadsheet shows a column, counted from 0."""
    text = ""
    while column >= 0:
        text = chr(ord("A") + column % 26) + text
        column = column // 26 - 1
    return text


def rows_unread(
    body: Body, empty: Sequence[int], header: Header, first: int, table: Table | None
) -> tuple[list[int], list[Finding]]:
    """Judge the rows that hold nothing in any column that is read.

    Parameters
    ----------
    body : list of (int, row)
    empty : sequence of int
        Positions in `body` of those rows.
    header : Header
    first : int
        Row of the sheet, from 0, at which the grid begins.
    table : Table or None
        What the sheet should be.

    Returns
    -------
    list of int
        Positions in `body` of rows that name somebody: they are homes of which nothing is known but that.
    list of Finding
        Of the rows that stay out; a serial number alone is an empty line of a form.
    """
    if table is None or table.name not in PEOPLE or not empty:
        return [], []
    serial = [c for c, name in enumerate(header.names) if header_key(name) in _SERIAL]
    persons = [
        c
        for c, name in enumerate(header.names)
        if name and is_personal(name) and header_key(name) not in _REMARKS
    ]
    others = [c for c in range(len(header.names)) if c not in (*serial, *persons)]
    named = [k for k in empty if _filled(body[k][1], persons)]
    rest = [k for k in empty if k not in set(named) and _filled(body[k][1], others)]
    numbered = any(_filled(row, serial) for _, row in body)
    if table.name == EVENTS.name:  # whatever happened to them is not said
        homes = named
    elif numbered:  # whoever has a number of their own has a line of their own
        homes = [k for k in named if _filled(body[k][1], serial)]
    else:
        homes = named if len(named) <= max(1, FEW * len(body)) else []
    below = [k for k in named if k not in set(homes)]
    said: list[Finding] = []
    for key, which in (("rows-unread/people", below), ("rows-unread/other", rest)):
        if which:
            rows = [body[k][0] + first + 1 for k in which]
            told = {"n": len(rows), "rows": row_numbers(rows, "、")}
            said.append(Finding.of(key, {"row": rows[0]}, **told))
    return homes, said

"""What exports do to texts and ids, undone in every column of such: guards, ``12.0``, dates, lost digits.

A spreadsheet guards a text against being computed (``="0012"``, ``'0012``), keeps whole numbers as decimals
where a cell of the column is empty (``12.0``), takes 3-2 for a day of March, and keeps fifteen digits of a
number (``3.40405E+17``).  The first two lose nothing and are undone; the others are marked, and whoever
knows what the column means decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from numpy.typing import NDArray

from planner.errors import Finding

if TYPE_CHECKING:
    from planner.intake.sheets.read import SheetTable

__all__ = ["IDS", "LONG_DIGITS", "undone", "unusable", "unusable_cell"]

LONG_DIGITS: Final = 15
_NUMBERS: Final = frozenset(
    {"lon", "lat", "coordinates", "load", "metres", "score", "capacity", "walk"}
)
"""Columns whose cells are read as numbers: 12.0 means what 12 means."""
IDS: Final = frozenset({"id", "zone", "a", "b"})
"""Columns that hold ids."""
_SUSPECT = re.compile(r"^\s*[=＝'’`＇]|\.0+$|[eE]\+\d|[-/年月]\d|-[A-Za-z]{3}", re.A)
# ="0012" keeps Excel from dropping the zeros; an apostrophe is its own mark of a text.
_EQUALS = re.compile(r'\s*[=＝]\s*"((?:[^"]|"")*)"\s*')
_APOSTROPHE = re.compile(r"\s*['`＇](?=[\w=+\-@\u3400-\u9fff])([^'`＇]*)")
_POINT_ZERO = re.compile(r"(-?\d+)\.0+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d{2,3}")
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = re.compile(
    rf"\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}-{_MONTH}(?:-\d\d(?:\d\d)?)?|{_MONTH}-\d\d(?:\d\d)?"
    r"|(?:19|20)\d\d[-/年]\d{1,2}[-/月]\d{1,2}日?(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?",
    re.I,
)
"""What a spreadsheet makes of 3-1 when it is typed as a building."""
Faults = Mapping[tuple[int, int], str]


def undone(
    cells: NDArray[Any], faults: Faults, headers: Sequence[str], roles: Sequence[str]
) -> tuple[NDArray[Any], dict[tuple[int, int], str], list[Finding]]:
    """Undo what exports do to texts and ids, and mark what cannot be undone.

    Parameters
    ----------
    cells : ndarray of str objects, shape (n, m)
    faults : mapping of (int, int) to str
        What is known of the cells already; see `planner.intake.sheets.read.SheetTable`.
    headers, roles : sequence of str, m of them
        What each column is headed, and the column of a table that it is, "" if none.

    Returns
    -------
    cells : ndarray of str objects, shape (n, m)
    faults : dict
        With ``date`` and ``long`` for texts that were dates or numbers past `LONG_DIGITS` digits.
    said : list of Finding
        One a column and kind of repair, without a file.
    """
    cells, found, said = cells.copy(), dict(faults), list[Finding]()
    for k, (header, role) in enumerate(zip(headers, roles, strict=True)):
        number = role in _NUMBERS
        guarded = points = 0
        for r, text in enumerate(cells[:, k].tolist()):
            # One look first: hardly a cell of 35,000 rows needs more.
            if not text or not _SUSPECT.search(text) or (r, k) in found:
                continue
            bare = _unguarded(text)
            guarded += bare != text
            if not number and (whole := _POINT_ZERO.fullmatch(bare)):
                bare, points = whole[1], points + 1
                # Written from a float, whose digits past the fifteenth are made up.
                if len(bare.lstrip("-")) > LONG_DIGITS:
                    found[r, k] = "long"
            elif not number and _SCIENTIFIC.fullmatch(bare):
                found[r, k] = "long"
            elif not number and _DATE.fullmatch(bare):
                found[r, k] = "date"
            cells[r, k] = bare
        said += _told(header, role, guarded, points)
    return cells, found, said


def _unguarded(text: str) -> str:
    """Take off what keeps a spreadsheet from computing a text."""
    equals = _EQUALS.fullmatch(text)
    if equals:
        return equals[1].replace('""', '"')
    apostrophe = _APOSTROPHE.fullmatch(text)
    return apostrophe[1] if apostrophe else text


def _told(header: str, role: str, guarded: int, points: int) -> list[Finding]:
    said = []
    if guarded:
        said.append(Finding.of("text-guard", {"column": header}, n=guarded))
    if points:
        code = "id-float" if role in IDS else "point-zero"
        said.append(Finding.of(code, {"column": header}, n=points))
    return said


def unusable(t: SheetTable, roles: Mapping[str, int]) -> tuple[frozenset[int], list[Finding]]:
    """Find the rows of a table whose cells cannot be used, so that no fault is taken for an empty cell.

    Parameters
    ----------
    t : SheetTable
    roles : mapping of str to int
        Column of the table -> its position.

    Returns
    -------
    frozenset of int
        Positions of rows with an error, a formula without its value, or an id whose last digits are lost.
    list of Finding
        One for each such cell.
    """
    role_at = {position: role for role, position in roles.items()}
    at = [
        (r, c, code)
        for (r, c), code in sorted(t.faults.items())
        if c in role_at and (code in ("error", "formula") or (code == "long" and role_at[c] in IDS))
    ]
    said = [
        replace(unusable_cell(code, t.headers[c]), file=t.file, sheet=t.sheet, row=int(t.row[r]))
        for r, c, code in at
    ]
    return frozenset(r for r, _, _ in at), said


def unusable_cell(code: str, header: str) -> Finding:
    """Word why the row of a cell is left out of a table; the cell's fault is `code`."""
    kind = "formula" if code == "error" else code
    return Finding.of(f"cell-unusable/{kind}", {"column": header})

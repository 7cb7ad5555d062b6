"""Several tables on one sheet, one below the other under headers of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from planner.intake.sheets.flags import is_marked
from planner.intake.sheets.formats.grids import RawSheet
from planner.intake.sheets.headers import find_header, is_header_row
from planner.intake.sheets.headings import ENOUGH, role_of
from planner.model.schema import Table, header_key, is_personal

__all__ = ["blocks_of"]

KNOWN_SHARE: Final = 0.6
"""Of the cells of a header so many are headings that are known."""

Row = Sequence[Any]


def blocks_of(raw: RawSheet, table: Table | None) -> list[RawSheet]:
    """Part a sheet where another table begins, each part at its place in the sheet.

    Parameters
    ----------
    raw : RawSheet
    table : Table or None
        What the sheet should be.  Where it is parted does not depend on it: whoever reads more of the same
        people finds the same tables.

    Returns
    -------
    list of RawSheet
        The sheet itself where it holds one table of people or buildings, or another.  A header that is
        printed again as it is begins none, unless a title of its own stands above it.
    """
    found = [i for i, row in enumerate(raw.grid) if _is_header(row)]
    # the upper row of a header of several rows may be one by itself
    heads = [i for k, i in enumerate(found) if not k or i - found[k - 1] > 1]
    starts = [0]
    for k, head in enumerate(heads[1:], 1):
        own = raw.grid[starts[-1] : _start(raw.grid, head, heads[k - 1])]
        header = find_header(own, raw.merges, raw.first + starts[-1], raw.left, table)
        start = starts[-1] + len(own)
        if header is not None and (
            not is_header_row(raw.grid[head], header)
            or _title(raw.grid[start:head]) not in ("", _title(own[: header.top]))
        ):
            starts.append(start)
    ends = [*starts[1:], len(raw.grid)]
    return [
        replace(
            raw, grid=raw.grid[a:b], first=raw.first + a, findings=raw.findings if not a else ()
        )
        for a, b in zip(starts, ends, strict=True)
    ]


def _is_header(row: Row) -> bool:
    """Tell whether a row can be nothing but a header: headings alone, which say where people live."""
    cells = [v for v in row if v is not None and v != ""]
    if len(cells) < 2 or not all(isinstance(v, str) and len(v) < 40 for v in cells):
        return False
    if any(c.isdigit() for v in cells for c in v) or all(is_marked(v) is not None for v in cells):
        return False
    # one letter, as x or y, may be anybody's
    words = [v for v in cells if len(header_key(v)) > 1 or not v.isascii()]
    roles = {role for v in words if (role := role_of(v))}
    known = sum(bool(role_of(v)) or is_personal(v) for v in words)
    where = any(parts <= roles for parts in ENOUGH)
    return where and known > 1 and known >= KNOWN_SHARE * len(cells)


def _start(grid: Sequence[Row], head: int, before: int) -> int:
    """Give the first row of a block: what stands above its header is its title, or groups over its parts."""
    start = head
    above = grid[head - 1] if head else ()
    groups = [v for v in above if v is not None and v != ""]
    if len(groups) > 1 and all(
        isinstance(v, str) and not any(c.isdigit() for c in v) for v in groups
    ):
        known = sum(bool(role_of(v)) or is_personal(v) for v in groups)
        start -= 2 * known >= len(groups)
    left = next((c for c, v in enumerate(grid[head]) if v is not None and v != ""), 0)
    while start - 1 > before and _is_title(grid[start - 1], left):
        start -= 1
    return start


def _is_title(row: Row, left: int) -> bool:
    """Tell whether a row is empty, or has one cell at the left: an address alone stands further right."""
    there = [c for c, v in enumerate(row) if v is not None and v != ""]
    return not there or (len(there) == 1 and there[0] <= left)


def _title(rows: Sequence[Row]) -> str:
    return "".join(
        "".join(v.split()) for row in rows for v in row if isinstance(v, str) and v.strip()
    )

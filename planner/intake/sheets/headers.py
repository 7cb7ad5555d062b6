"""Find the header of a sheet: below titles, in one row or two, among synonyms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.errors import Finding
from planner.intake.sheets.headings import is_heading, role_of
from planner.model.characters import simplified
from planner.model.schema import Table, header_key, is_personal

__all__ = ["Header", "find_header", "is_header_row", "is_total_row"]

Merges = Sequence[tuple[int, int, int, int]]
SEARCHED: Final = 30
FOOTER_CELLS: Final = 4
DEEPEST: Final = 4
"""Rows of a header, at most."""
_TOTAL = re.compile(
    r"^(合计|小计|总计|共计|累计|本页合计|本页小计|subtotal|total|grand ?total|sum)(\b|[:\uff1a\d(]|$)",
    re.I,
)
_FOOTER = re.compile(
    r"^((填表|审核|制表|填报|统计|经办|复核)(人|单位|日期|时间)?|负责人|(签字|签名|盖章|日期))\s*[:\uff1a]"
    r"|^第\s*\d+\s*页|^page \d+",
    re.I,
)


@dataclass(frozen=True)
class Header:
    """The header of a sheet.

    Parameters
    ----------
    names : tuple of str
        One a column of the grid, "" where there is none.
    top, last : int
        First and last row of the header in the grid.
    roles : tuple of str
        What each column is in the asked table, "" if nothing.
    """

    names: tuple[str, ...]
    top: int
    last: int
    roles: tuple[str, ...]

    def kept(self, table: Table | None) -> list[int]:
        """Columns to be read: those with a role, or all where no table was asked for."""
        if table is None:
            return [i for i, n in enumerate(self.names) if n]
        return [i for i, role in enumerate(self.roles) if role]

    def findings(self, first: int) -> list[Finding]:
        """Say where the header was found, if not in row 1."""
        if self.top + first == 0 and self.top == self.last:
            return []
        deep = min(self.last - self.top, 2)
        key = ("header-row/one", "header-row/two", "header-row/several")[deep]
        top, last = self.top + first + 1, self.last + first + 1
        return [Finding.of(key, {"row": top}, first=top, last=last)]


def find_header(
    grid: Sequence[Sequence[Any]], merges: Merges, first: int, left: int, table: Table | None
) -> Header | None:
    """Find the header among the first rows of a sheet.

    Parameters
    ----------
    grid : sequence of rows
        Raw cells.
    merges : sequence of (first row, first column, last row, last column)
        Merged ranges, counted from 0 in the sheet.
    first, left : int
        Row and column of the sheet at which the grid begins.
    table : Table or None
        What the sheet should be.

    Returns
    -------
    Header or None
        None where the grid holds nothing.
    """
    best, best_score = -1, 0.0
    for i, row in enumerate(grid[:SEARCHED]):
        score = _score(row, table)
        if score > best_score:
            best, best_score = i, score
    if best < 0:
        return None
    ranges = [(r1 - first, c1 - left, r2 - first, c2 - left) for r1, c1, r2, c2 in merges]
    top, last = _extent(grid, best, ranges)
    if top == last:  # a text file keeps no merges, and some workbooks none either
        ranges += _as_merged(grid, best)
        top, last = _extent(grid, best, ranges)
    names = _joined(grid, top, last, ranges)
    return Header(names, top, last, tuple(role_of(n, table) for n in names))


def _score(row: Sequence[Any], table: Table | None) -> float:
    """Count the known headers of a row; any text counts a little, so that a foreign header is found."""
    texts = [v for v in row if isinstance(v, str) and v.strip()]
    if not texts:
        return 0.0
    known = sum(_known(t, table) + 0.5 * is_personal(t) for t in texts if len(t) < 40)
    short = (
        sum(len(t) < 40 and not t.strip()[:1].isdigit() for t in texts) if len(texts) > 1 else 0.1
    )
    # So little that no number of unknown headers outweighs a known one.
    return known + 0.001 * short


def _known(text: str, table: Table | None) -> float:
    """Count a heading of residents, or of the table that is asked for, whole; of any other table half."""
    if role_of(text) or _stated(text, table) or (table is not None and role_of(text, table)):
        return 1.0
    return 0.5 * (table is None and is_heading(text))


def _stated(text: str, table: Table | None) -> bool:
    return table is not None and header_key(text) in table.stated


def _as_merged(grid: Sequence[Sequence[Any]], best: int) -> list[tuple[int, int, int, int]]:
    """Give the merges that a header of two rows would have: known parts below groups and their blanks."""
    for top in (best, best - 1):
        if top < 0 or top + 1 >= len(grid):
            continue
        width = max(len(grid[top]), len(grid[top + 1]))
        upper, lower = (
            [_str(v) for v in row] + [""] * (width - len(row)) for row in grid[top : top + 2]
        )
        parts = [c for c, text in enumerate(lower) if text]
        if len(parts) < 2 or not all(role_of(lower[c]) for c in parts) or _filled(upper) < 2:
            continue
        ranges = [(top, c, top + 1, c) for c, text in enumerate(upper) if text and not lower[c]]
        covered = 0
        for c in (c for c in parts if upper[c]):
            end = c
            while end + 1 < width and lower[end + 1] and not upper[end + 1]:
                end += 1
            ranges.append((top, c, top, end))
            covered += (end - c + 1) if end > c else 0
        if covered == len(parts):
            return ranges
    return []


def _extent(grid: Sequence[Sequence[Any]], best: int, ranges: Merges) -> tuple[int, int]:
    """Widen the header to further rows where group cells are merged over their parts."""
    for top in range(best, max(best - DEEPEST, -1), -1):
        last = top
        while last - top + 1 < DEEPEST and _has_parts(grid, top, last, ranges):
            last += 1
        if last > top and last >= best:
            return top, last
    return best, best


def _has_parts(grid: Sequence[Sequence[Any]], top: int, last: int, ranges: Merges) -> bool:
    """Tell whether the row below holds the parts of groups in this one, and nothing else."""
    if last + 1 >= len(grid):
        return False
    below = grid[last + 1]
    # a cell that spans the whole sheet is a title
    wide = max(2, _filled(below) + _tall(ranges, top, last))
    groups = [(c1, c2) for r1, c1, r2, c2 in ranges if top <= r1 <= r2 == last and c2 > c1]
    groups = [(a, b) for a, b in groups if b - a + 1 < wide]
    under = [c for a, b in groups for c in range(a, b + 1) if c < len(below) and _str(below[c])]
    beside = [c for c, v in enumerate(below) if _str(v) and not any(a <= c <= b for a, b in groups)]
    # Values beside the groups, or numbers under them, make it a row of data.
    return len(under) > 1 and not beside and all(isinstance(below[c], str) for c in under)


def _tall(ranges: Merges, top: int, last: int) -> int:
    return sum(c2 - c1 + 1 for r1, c1, r2, c2 in ranges if top <= r1 <= last < r2)


def _filled(row: Sequence[Any]) -> int:
    return sum(bool(_str(v)) for v in row)


def _joined(grid: Sequence[Sequence[Any]], top: int, last: int, ranges: Merges) -> tuple[str, ...]:
    width = max(len(grid[r]) for r in range(top, last + 1))
    levels: list[list[str]] = []
    for r in range(top, last + 1):
        level = [_str(grid[r][c]) if c < len(grid[r]) else "" for c in range(width)]
        for r1, c1, r2, c2 in ranges:
            if r < last and r1 == r and r2 < last:
                end = min(c2 + 1, width)
                level[c1:end] = [level[c1]] * (end - c1)
        levels.append(level)
    return tuple("/".join(p for p in parts if p) for parts in zip(*levels, strict=True))


def _str(value: Any) -> str:
    return "" if value is None else re.sub(r"\s+", " ", str(value)).strip()


def is_header_row(row: Sequence[Any], header: Header) -> bool:
    """Tell whether a row prints the header again."""
    said = 0
    for value, name in zip(row, header.names, strict=False):
        if value is None or value == "":
            continue
        own, printed = header_key(_str(value)), header_key(name)
        # Of a header of two rows the lower one may stand alone.
        if own != printed and not ("/" in printed and own and printed.endswith(own)):
            return False
        said += 1
    return said > 1


def is_total_row(row: Iterable[Any]) -> bool:
    """Tell whether a row is a total, a page number or a line for signatures."""
    first = next((v for v in row if v is not None and v != ""), None)
    if not isinstance(first, str):
        return False
    head = simplified(unicodedata.normalize("NFKC", first)).strip()
    # Clerks space the word out: 合  计.
    if _TOTAL.match(head.replace(" ", "")):
        return True
    # A full row that begins so is one of residents.
    return bool(_FOOTER.match(head)) and sum(bool(_str(v)) for v in row) <= FOOTER_CELLS

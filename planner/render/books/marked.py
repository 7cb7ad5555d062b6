"""The marked copy: the office's own sheet, each problem marked where it stands.

A workbook keeps its layout: merged cells, widths, fonts, filters.  What its formulas showed when it was
last saved stands in their place as a value, and links that lead out of the file are taken out: a
copy that is handed round must not compute or call anything.  Every text stays text, whatever it
begins with.  The copy holds what the sheet held, people included: treat it like the sheet.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from planner.errors import Finding, Severity
from planner.render.books.copied import copied_book
from planner.render.books.look import sheet_title
from planner.render.text.check_words import SEVERITY_WORDS

__all__ = [
    "Grid",
    "Spot",
    "book_bytes",
    "laid_out",
    "mark_rows",
    "mark_workbook",
    "put",
]

LIST_SHEET: Final = "体检结果"
# Comments are heavy: past this many cells of a file the colour and the list must do.
COMMENTS: Final = 3000
LISTED: Final = 60_000  # excel takes 65,530 links in a sheet
_LONGEST: Final = 32_000
_EXACT: Final = 1e15
_FILL: Final[Mapping[Severity, str]] = {
    Severity.STOP: "FFF4A6A0",
    Severity.HOLD: "FFFBD08B",
    Severity.WARN: "FFFFF2A8",
    Severity.FIX: "FFCFE8CF",
}
_RANK: Final = list(SEVERITY_WORDS)
_BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A finding and the cell it belongs to.

    `sheet`: name of the sheet; "" for that of a CSV.
    `row` and `column`: counted from 1, as the sheet shows them; None where the finding is of the whole
    sheet.
    """

    finding: Finding
    sheet: str = ""
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, eq=False)
class Grid:
    """A sheet as it was read.

    `rows`: cells; text, numbers, dates or None.
    `first` and `left`: where the grid begins in the sheet, from 0.
    """

    name: str
    rows: Sequence[Sequence[Any]]
    first: int = 0
    left: int = 0


def mark_workbook(
    data: bytes,
    spots: Sequence[Spot],
    summary: Sequence[tuple[str, str]],
    strays: Mapping[str, Collection[str]] | None = None,
) -> bytes:
    """Mark the findings in a copy of a workbook.

    `data`: an ``.xlsx`` that was read before; `strays`: addresses, by sheet, of cells far from all others,
    which whoever opens the copy is spared.
    Gives: the marked ``.xlsx``.
    Raises `ValueError`: the workbook cannot be laid out again; see `mark_rows`.
    """
    return _finished(copied_book(data, strays), spots, summary)


def mark_rows(
    grids: Iterable[Grid], spots: Sequence[Spot], summary: Sequence[tuple[str, str]]
) -> bytes:
    """Lay rows out in a new workbook, in the places they had, and mark the findings.

    `grids`: none at all where the file could not be read: the list of findings stands alone then.
    Gives: the marked ``.xlsx``.
    """
    book, names = laid_out(grids)
    renamed = [Spot(s.finding, names.get(s.sheet, s.sheet), s.row, s.column) for s in spots]
    return _finished(book, renamed, summary)


def laid_out(grids: Iterable[Grid]) -> tuple[Any, dict[str, str]]:
    """Lay rows out in a new workbook, in the places they had; give what each sheet is called there."""
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    names: dict[str, str] = {}
    for grid in grids:
        title = sheet_title(grid.name or "数据", book.sheetnames)
        names[grid.name] = title
        sheet = book.create_sheet(title)
        for r, row in enumerate(grid.rows, start=grid.first + 1):
            for c, value in enumerate(row, start=grid.left + 1):
                if value is not None and value != "":
                    put(sheet.cell(r, c), value)
    return book, names


def _finished(book: Any, spots: Sequence[Spot], summary: Sequence[tuple[str, str]]) -> bytes:
    # The gravest first: it gives a cell its colour, and comes before comments run out.
    ordered = sorted(
        spots, key=lambda s: (_RANK.index(s.finding.severity), s.sheet, s.row or 0, s.column or 0)
    )
    _colour(book, ordered)
    lines = list(summary)
    if len(ordered) > COMMENTS:
        lines.append(
            (
                "批注 comments",
                f"仅前{COMMENTS}格有批注，其余见颜色和下表 / first {COMMENTS} cells only",
            )
        )
    _list(book, ordered, lines)
    return book_bytes(book)


def put(cell: Any, value: Any) -> None:
    """Write a value as what it is; a text never becomes a formula, a number or a link."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        # Assigned behind openpyxl's back: it would make a formula of "=1+1", and refuse some texts.
        cell.value = "x"
        cell._value = _BAD_CHARACTERS.sub("", value)[:_LONGEST]
        cell.data_type = "s"
        return
    if value != value:  # NaN or NaT: nothing
        return
    # beyond 15 digits a cell rounds: an id number would come back as another one
    if isinstance(value, int | float) and abs(value) >= _EXACT:
        put(cell, str(value))  # infinity, or more digits than a cell keeps
        return
    if getattr(value, "tzinfo", None) is not None:
        put(cell, str(value))
        return
    try:
        cell.value = value
    except ValueError:
        put(cell, str(value))


def _colour(book: Any, spots: Sequence[Spot]) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fills = {s: PatternFill("solid", fgColor=colour) for s, colour in _FILL.items()}
    said: dict[tuple[str, int, int], list[Finding]] = {}
    anchors = {title: _anchors(book[title]) for title in book.sheetnames}
    for spot in spots:
        if spot.sheet in anchors and spot.row and spot.column:
            place = anchors[spot.sheet].get((spot.row, spot.column), (spot.row, spot.column))
            said.setdefault((spot.sheet, *place), []).append(spot.finding)
    for n, ((title, row, column), findings) in enumerate(said.items()):
        cell = book[title].cell(row, column)
        if isinstance(cell, MergedCell):
            continue
        cell.fill = fills[findings[0].severity]
        if n < COMMENTS:
            text = "\n".join(dict.fromkeys(_said(f) for f in findings[:4]))
            before = f"{cell.comment.text}\n---\n" if cell.comment else ""
            cell.comment = Comment(
                _BAD_CHARACTERS.sub("", before + text)[:2000], "data check", 160, 320
            )


def _anchors(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Map the cells of merged ranges to the first of each: the others cannot be marked."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                found[row, column] = area.min_row, area.min_col
    return found


def _said(f: Finding) -> str:
    zh, en = SEVERITY_WORDS[f.severity]
    return f"【{zh}】{f.what_zh} → {f.remedy_zh}\n[{en}] {f.what} -> {f.remedy}"


def _list(book: Any, spots: Sequence[Spot], summary: Sequence[tuple[str, str]]) -> None:
    """Add the sheet that lists every finding, each with a way to its cell."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(sheet_title(LIST_SHEET, book.sheetnames), 0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    bold, wrap = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for r, (left, right) in enumerate(summary, start=1):
        put(sheet.cell(r, 1), left)
        put(sheet.cell(r, 2), right)
        sheet.cell(r, 1).font = bold
    top = len(summary) + 2
    heads = (
        "级别 severity",
        "工作表 sheet",
        "行 row",
        "列 column",
        "问题",
        "怎么办",
        "what",
        "what to do",
        "code",
    )
    for c, head in enumerate(heads, start=1):
        put(sheet.cell(top, c), head)
        sheet.cell(top, c).font = bold
    fills = {s: PatternFill("solid", fgColor=colour) for s, colour in _FILL.items()}
    for r, spot in enumerate(spots, start=top + 1):
        f = spot.finding
        values = (
            " ".join(SEVERITY_WORDS[f.severity]),
            spot.sheet,
            f.row,
            f.column,
            f.what_zh,
            f.remedy_zh,
            f.what,
            f.remedy,
            f.code,
        )
        for c, value in enumerate(values, start=1):
            if value not in (None, ""):
                put(sheet.cell(r, c), value)
        sheet.cell(r, 1).fill = fills[f.severity]
        for c in (5, 6, 7, 8):
            sheet.cell(r, c).alignment = wrap
        if spot.sheet in book.sheetnames and spot.row and r - top <= LISTED:
            cell = sheet.cell(r, 3)
            place = f"{get_column_letter(spot.column or 1)}{spot.row}"
            quoted = spot.sheet.replace("'", "''")
            if f.row is None:
                put(cell, "整列 all" if f.column else "表头 head")
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{place}")
            cell.font = Font(color="FF0563C1", underline="single")
    for letter, width in zip("ABCDEFGHI", (20, 18, 8, 16, 44, 40, 44, 40, 18), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = sheet.cell(top + 1, 1)


class _Archive(zipfile.ZipFile):
    """An archive whose members carry no date."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        info = zinfo_or_arcname
        if isinstance(info, str):
            info = zipfile.ZipInfo(info, _EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
        super().writestr(info, data, *args, **kwargs)


def book_bytes(book: Any) -> bytes:
    """Lay a workbook out: in memory alone, and the same bytes for the same workbook.

    openpyxl itself lays each sheet down in the folder for temporary files, where a killed run leaves the
    residents' rows behind and a full disk is a fault of nobody; and it stamps the hour of the day.
    """
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):
        def write_worksheet(self, ws: Any) -> None:
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts = ws._charts
            ws._drawing.images = ws._images
            writer: Any = WorksheetWriter(ws, out=io.BytesIO())
            writer.write()
            ws._rels = writer._rels
            archive.writestr(ws.path[1:], writer.read())
            self.manifest.append(ws)

    for name in ("created", "modified"):
        setattr(book.properties, name, datetime(2000, 1, 1))  # equal sheets give equal copies
    buffer = io.BytesIO()
    with _Archive(buffer, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        InMemory(book, archive).write_data()
    return buffer.getvalue()

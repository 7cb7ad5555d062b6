"""Worksheets of OpenDocument, read by an XML parser: values, dates, faults, merges, what is hidden."""

from __future__ import annotations

import datetime
import re
from typing import Any, Final

from planner.intake.sheets.formats.books.package import Attributes, Package, local, parse
from planner.intake.sheets.formats.books.sparse import Sheet, WorkbookError

__all__ = ["sheets_of_ods"]

MOST_HELD: Final = 20_000_000
"""Cells that repeat one another are kept one by one: so many at most."""
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)|Err:\d+")
_SPAN = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_UNSEEN: Final = frozenset(("collapse", "filter"))
_ASIDE: Final = frozenset(("annotation", "tracked-changes", "shapes", "forms", "ruby-text"))
"""What stands inside a table or a cell and is no content of it."""


def sheets_of_ods(package: Package, wanted: str | None) -> list[Sheet]:
    """Read the worksheets of an OpenDocument workbook; see `planner.intake.sheets.formats.books.xlsx`."""
    manifest = "META-INF/manifest.xml"
    if package.has(manifest) and b"encryption-data" in package.read(manifest):
        raise WorkbookError("password")
    reader = _Reader(wanted)
    parse(package.read("content.xml"), reader.start, reader.end, reader.text)
    return reader.sheets


class _Reader:
    """Follows the XML of a document."""

    def __init__(self, wanted: str | None) -> None:
        self.wanted = wanted
        self.sheets: list[Sheet] = []
        self.unseen: set[str] = set()  # styles of tables that are not shown
        self.striking: set[str] = set()  # styles of cells that are struck through
        self.struck = 0
        self.style = ""
        self.depth = self.aside = self.held = 0
        self.asked = False
        self.row = self.column = self.column_spans = 0
        self.rows = self.columns = 1
        self.line: list[tuple[int, int, Any, str]] = []
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[str] = []
        self.writing = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        name = local(tag)
        if self.aside or name in _ASIDE:
            self.aside += 1
            return
        if name == "table":
            self.depth += 1
        if name == "style":
            self.style = _of(attributes, "name")
        elif name == "table-properties" and _of(attributes, "display") == "false":
            self.unseen.add(self.style)
        elif name == "text-properties" and self.depth == 0:
            if _of(attributes, "text-line-through-style") not in ("", "none"):
                self.striking.add(self.style)
        elif self.depth == 1:
            self._inside(name, attributes)

    def _inside(self, name: str, attributes: Attributes) -> None:
        if name == "table":
            style = _of(attributes, "style-name")
            sheet = Sheet(_of(attributes, "name"), style not in self.unseen)
            self.asked = sheet.visible if self.wanted is None else sheet.name == self.wanted
            self.sheets.append(sheet)
            self.row = self.column_spans = 0
        elif name == "table-column":
            times = _times(attributes, "columns")
            if _of(attributes, "visibility") in _UNSEEN:
                span = self.column_spans, self.column_spans + times - 1
                self.sheets[-1].hidden_columns.append(span)
            self.column_spans += times
        elif name == "table-row":
            self.rows, self.column, self.line = _times(attributes, "rows"), 0, []
            self.struck = 0
            if _of(attributes, "visibility") in _UNSEEN:
                # a filter hides the empty rest of a sheet too: that is nothing anyone misses
                last = self.row + min(self.rows, 1 << 17)
                self.sheets[-1].hidden_rows.update(range(self.row, last))
        elif name in ("table-cell", "covered-table-cell"):
            self.cell = {local(k): v for k, v in attributes.items()}
            # LibreOffice states a type of its own beside the standard one, and it alone says "error".
            stated = [(k, v) for k, v in attributes.items() if local(k) == "value-type"]
            own = [v for k, v in stated if k.endswith("calcext:1.0}value-type")]
            self.cell["error"] = str("error" in own)
            standard = (v for k, v in stated if k.endswith("office:1.0}value-type"))
            self.cell["value-type"] = next(standard, "")
            self.columns, self.paragraphs = _times(attributes, "columns"), []
        elif self.cell is not None:
            self._text_inside(name, attributes)

    def _text_inside(self, name: str, attributes: Attributes) -> None:
        if name in ("p", "h"):
            self.writing += 1
            if self.writing == 1:
                self.paragraphs.append("")
        elif name == "s":
            self.text(" " * int(_of(attributes, "c") or 1))
        elif name == "tab":
            self.text("\t")
        elif name == "line-break":
            self.text("\n")

    def text(self, piece: str) -> None:
        if self.writing and not self.aside and self.paragraphs:
            self.paragraphs[-1] += piece

    def end(self, tag: str) -> None:
        if self.aside:
            self.aside -= 1
            return
        name = local(tag)
        if name == "table":
            self.depth -= 1
        elif self.depth != 1:
            return
        elif name in ("p", "h") and self.writing:
            self.writing -= 1
        elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._finish(self.cell)
            self.cell = None
        elif name == "table-row":
            self._close_row()

    def _finish(self, cell: dict[str, str]) -> None:
        said = "\n".join(self.paragraphs)
        tall, wide = (
            int(cell.get("number-rows-spanned", 1)),
            int(cell.get("number-columns-spanned", 1)),
        )
        if (tall > 1 or wide > 1) and self.asked:
            ends = self.row + tall - 1, self.column + wide - 1
            self.sheets[-1].merges.append((self.row, self.column, *ends))
        value, fault = _value(cell, said if self.paragraphs else None)
        if fault or value not in (None, ""):
            self.line.append((self.column, self.columns, value, fault))
            if cell.get("style-name") in self.striking:
                self.struck += self.columns
        self.column += self.columns

    def _close_row(self) -> None:
        if self.asked and self.line:
            self.held += self.rows * sum(times for _, times, _, _ in self.line)
            if self.held > MOST_HELD:
                raise WorkbookError(f"wide:{self.row + self.rows}:{self.column}")
            sheet = self.sheets[-1]
            for row in range(self.row, self.row + self.rows):
                if self.struck:
                    sheet.struck[row] = self.struck
                for first, times, value, fault in self.line:
                    for column in range(first, first + times):
                        if fault:
                            sheet.blame(row, column, fault)
                        else:
                            sheet.put(row, column, value)
        self.row += self.rows


def _of(attributes: Attributes, name: str) -> str:
    """Give an attribute by its name without a namespace."""
    return next((v for k, v in attributes.items() if local(k) == name), "")


def _times(attributes: Attributes, what: str) -> int:
    return max(1, int(_of(attributes, f"number-{what}-repeated") or 1))


def _value(cell: dict[str, str], said: str | None) -> tuple[Any, str]:
    """Give the value of a cell and its fault; an empty paragraph is an empty text, none is no value."""
    kind, formula = cell["value-type"], "formula" in cell
    if cell["error"] == "True" or (formula and _ERROR.fullmatch((said or "").strip())):
        return None, "error"
    if formula and not kind and said is None:
        return None, "formula"
    if kind in ("float", "percentage", "currency"):
        return float(cell["value"]) if cell.get("value") else None, ""
    if kind == "boolean":
        return cell.get("boolean-value") == "true", ""
    if kind == "date":
        return _day(cell.get("date-value", "")), ""
    if kind == "time":
        return _span(cell.get("time-value", "")), ""
    return said or cell.get("string-value", ""), ""


def _day(text: str) -> Any:
    try:
        made = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return made.date() if made.time() == datetime.time() else made


def _span(text: str) -> Any:
    found = _SPAN.fullmatch(text)
    if found is None:
        return text
    sign, days, hours, minutes, seconds = found.groups()
    span = datetime.timedelta(
        int(days or 0), float(seconds or 0), 0, 0, int(minutes or 0), int(hours or 0)
    )
    if sign or span >= datetime.timedelta(1):
        return -span if sign else span
    return (datetime.datetime.min + span).time()

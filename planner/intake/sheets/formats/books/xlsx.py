"""Worksheets of ``.xlsx`` and ``.xlsm``, read by an XML parser: values, faults, merges, hidden parts."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any, Final

from planner.intake.sheets.formats.books.package import Attributes, Package, local, parse
from planner.intake.sheets.formats.books.serials import (
    DATE_FORMATS,
    ELAPSED_FORMATS,
    moment,
    shows_date,
    shows_elapsed,
)
from planner.intake.sheets.formats.books.sparse import Sheet, WorkbookError, place_of, range_of

__all__ = ["sheets_of_xlsx"]

# Excel writes a control character as _x000D_.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE: Final = frozenset(("1", "true", "on"))
PLAIN, DATE, ELAPSED = range(3)


@dataclass(frozen=True, slots=True)
class Book:
    """What the sheets of a workbook share.

    Parameters
    ----------
    texts : list of str
        Shared strings.
    shows : list of int
        Whether each cell style shows a plain number, a date or a span.
    struck : frozenset of int
        Cell styles whose text is struck through.
    epoch_1904 : bool
    """

    texts: list[str]
    shows: list[int]
    struck: frozenset[int]
    epoch_1904: bool


def sheets_of_xlsx(package: Package, wanted: str | None) -> list[Sheet]:
    """Read the worksheets of a workbook.

    Parameters
    ----------
    package : Package
    wanted : str or None
        Read this sheet only, hidden or not; else all that are visible.

    Returns
    -------
    list of Sheet
        Every worksheet, in the order of the book; without cells where it was not asked for.

    Raises
    ------
    WorkbookError, expat.ExpatError
        A part is missing or damaged.
    """
    main = package.main()
    listed, epoch_1904 = _listed(package.read(main))
    related = package.related(main)
    parts = dict(related.values())
    # Either part may be missing: a book of numbers alone has no texts, a plain one no styles.
    texts, styles = (
        package.read(parts[name]) if package.has(parts.get(name, "")) else None
        for name in ("sharedStrings", "styles")
    )
    shows, struck = ([], frozenset[int]()) if styles is None else _styles(styles)
    book = Book([] if texts is None else _texts(texts), shows, struck, epoch_1904)
    sheets: list[Sheet] = []
    for name, visible, key in listed:
        kind, target = related.get(key, ("", ""))
        if kind and kind != "worksheet":  # charts and macros hold no rows
            continue
        sheet = Sheet(name, visible)
        if visible if wanted is None else name == wanted:
            _fill(sheet, package.read(target), book)
            for beside, part in package.related(target).values():
                if beside == "comments" and package.has(part):
                    sheet.notes += _notes(package.read(part))
        sheets.append(sheet)
    return sheets


def _listed(xml: bytes) -> tuple[list[tuple[str, bool, str]], bool]:
    """Give name, visibility and reference of each sheet, and whether days count from 1904."""
    found: list[tuple[str, bool, str]] = []
    epoch: list[bool] = []

    def start(tag: str, attributes: Attributes) -> None:
        name = local(tag)
        if name == "sheet":
            key = next((v for k, v in attributes.items() if k.endswith("}id")), "")
            visible = attributes.get("state", "visible") == "visible"
            found.append((attributes.get("name", ""), visible, key))
        elif name == "workbookPr":
            epoch.append(attributes.get("date1904", "0") in _TRUE)

    parse(xml, start)
    return found, any(epoch)


def _texts(xml: bytes) -> list[str]:
    """Give the shared strings; of one in several fonts all pieces, of a reading aid nothing."""
    texts: list[str] = []
    pieces: list[str] = []
    aside = 0  # how deep inside a reading aid
    open_text = False

    def start(tag: str, _: Attributes) -> None:
        nonlocal aside, open_text
        name = local(tag)
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            aside += 1
        open_text = name == "t" and not aside

    def end(tag: str) -> None:
        nonlocal aside, open_text
        name = local(tag)
        if name == "si":
            texts.append(_unescaped("".join(pieces)))
        elif name == "rPh":
            aside -= 1
        open_text = False

    def text(piece: str) -> None:
        if open_text:
            pieces.append(piece)

    parse(xml, start, end, text)
    return texts


def _notes(xml: bytes) -> list[tuple[int, str]]:
    """Give row and text of the notes that are pinned to cells."""
    notes: list[tuple[int, str]] = []
    pieces: list[str] = []
    open_text = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal open_text
        name = local(tag)
        if name == "comment":
            pieces.clear()
            notes.append((place_of(attributes.get("ref", ""))[0], ""))
        open_text = name == "t" and bool(notes)

    def end(tag: str) -> None:
        nonlocal open_text
        if local(tag) == "comment":
            notes[-1] = notes[-1][0], _unescaped("".join(pieces))
        open_text = False

    def text(piece: str) -> None:
        if open_text:
            pieces.append(piece)

    parse(xml, start, end, text)
    return notes


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _styles(xml: bytes) -> tuple[list[int], frozenset[int]]:
    """Say of each cell style whether it shows a date, and which ones are struck through."""
    codes: dict[int, str] = {}
    fonts: list[bool] = []
    styles: list[tuple[int, int]] = []
    inside = [""]

    def start(tag: str, attributes: Attributes) -> None:
        name = local(tag)
        if name == "numFmt":
            codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "xf" and inside[-1] == "cellXfs":
            shown, font = (int(attributes.get(k, "0")) for k in ("numFmtId", "fontId"))
            styles.append((shown, font))
        elif name == "font" and inside[-1] == "fonts":
            fonts.append(False)
        elif name == "strike" and inside[-2:] == ["fonts", "font"]:
            fonts[-1] = attributes.get("val", "1") in _TRUE
        inside.append(name)

    def end(_: str) -> None:
        inside.pop()

    parse(xml, start, end)
    struck = {at for at, font in enumerate(fonts) if font}
    return (
        [_shown(number, codes.get(number, "")) for number, _ in styles],
        frozenset(at for at, (_, font) in enumerate(styles) if font in struck),
    )


def _shown(number: int, code: str) -> int:
    if code:
        return ELAPSED if shows_elapsed(code) else DATE if shows_date(code) else PLAIN
    return ELAPSED if number in ELAPSED_FORMATS else DATE if number in DATE_FORMATS else PLAIN


def _fill(sheet: Sheet, xml: bytes, book: Book) -> None:
    reader = _SheetReader(sheet, book)
    parse(xml, reader.start, reader.end, reader.text)


class _SheetReader:
    """Follows the XML of one worksheet."""

    def __init__(self, sheet: Sheet, book: Book) -> None:
        self.sheet, self.book = sheet, book
        self.row = self.column = -1
        self.kind, self.style = "n", 0
        self.formula = self.stated = self.taking = False
        self.aside = 0
        self.pieces: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        space, _, name = tag.rpartition("}")
        if space and not space.endswith("main"):
            return
        if name == "c":
            self._cell(attributes)
        elif name == "v":
            self.taking = self.stated = True
        elif name == "t":
            self.taking = self.stated = self.kind == "inlineStr" and not self.aside
        elif name == "f":
            self.formula = True
        elif name == "row":
            stated = attributes.get("r")
            self.row = int(stated) - 1 if stated else self.row + 1
            self.column = -1
            if attributes.get("hidden") in _TRUE:
                self.sheet.hidden_rows.add(self.row)
        elif name == "rPh":
            self.aside += 1
        elif name == "mergeCell":
            self.sheet.merges.append(range_of(attributes.get("ref", "")))
        elif name == "col" and attributes.get("hidden") in _TRUE:
            span = int(attributes.get("min", "1")) - 1, int(attributes.get("max", "1")) - 1
            self.sheet.hidden_columns.append(span)

    def _cell(self, attributes: Attributes) -> None:
        address = attributes.get("r")
        if address:
            self.row, self.column = place_of(address)
        else:  # a cell without an address stands behind the one before it
            self.column += 1
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", "0"))
        self.formula = self.stated = False
        self.pieces = []

    def text(self, piece: str) -> None:
        if self.taking:
            self.pieces.append(piece)

    def end(self, tag: str) -> None:
        space, _, name = tag.rpartition("}")
        if space and not space.endswith("main"):
            return
        if name in ("v", "t"):
            self.taking = False
        elif name == "rPh":
            self.aside -= 1
        elif name == "c":
            self._finish("".join(self.pieces))

    def _finish(self, said: str) -> None:
        row, column, kind = self.row, self.column, self.kind
        if self.style in self.book.struck and said.strip():
            self.sheet.struck[row] += 1
        if kind == "e":
            self.sheet.blame(row, column, "error")
        elif kind in ("str", "inlineStr"):
            # <v></v> is how an empty text is kept, no <v> at all is no value
            if self.formula and not self.stated:
                self.sheet.blame(row, column, "formula")
            else:
                self.sheet.put(row, column, _unescaped(said))
        elif not said.strip():
            if self.formula:
                self.sheet.blame(row, column, "formula")
        else:
            self.sheet.put(row, column, self._value(kind, said.strip()))

    def _value(self, kind: str, said: str) -> Any:
        if kind == "s":
            place = int(said)
            if not 0 <= place < len(self.book.texts):
                raise WorkbookError("damaged")
            return self.book.texts[place]
        if kind == "b":
            return said in _TRUE
        if kind == "d":
            return _from_iso(said)
        number = float(said)
        shows = self.book.shows[self.style] if 0 <= self.style < len(self.book.shows) else PLAIN
        if shows == PLAIN:
            return number
        return moment(number, elapsed=shows == ELAPSED, epoch_1904=self.book.epoch_1904)


def _from_iso(said: str) -> Any:
    if ":" in said and "-" not in said:
        return datetime.time.fromisoformat(said)
    made = datetime.datetime.fromisoformat(said)
    return made.date() if made.time() == datetime.time() else made

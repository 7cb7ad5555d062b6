"""The look of the office's own workbooks: headings in two languages, for the printer, marked internal.

Every text stays text: nothing that a cell of the input holds becomes a formula, a number or a link.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from planner.privacy.audience import INTERNAL_WORDS

__all__ = [
    "SYNTHETIC",
    "Column",
    "Sheet",
    "add_table",
    "book_styles",
    "day_of",
    "internal_book",
    "new_book",
    "plain_text",
    "put",
    "set_page",
    "sheet_title",
    "watermark",
]

SYNTHETIC = "合成示例数据，非真实居民  SYNTHETIC DATA, not real residents"
_OPTIONS = {
    "in_memory": True,  # on the disk a killed run would leave the residents' rows behind
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_WIDEST = 135.0  # characters of a page of A4 across, at full size
_MOST_BREAKS = 1000  # a sheet holds 1,023
_LONGEST_CELL = 32_000
_BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BAD_TITLE = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
_FONT = "Microsoft YaHei"
_INK, _ACCENT, _PALE, _RULE = "#1F2933", "#8C2F2B", "#F6F1EC", "#D9D2CA"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it comes from, its two headings, its width in characters and its kind."""

    source: str
    zh: str
    en: str
    width: float
    kind: str = "text"  # text, id, count, metres, share


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the frame to show and the columns of it.

    `apart`: a column each of whose values begins a page of its own on paper; "" for none.
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    apart: str = ""


@contextmanager
def new_book(
    title: str, created: datetime, status: str | None = ""
) -> Iterator[tuple[Any, io.BytesIO]]:
    """Open a workbook that computes and calls nothing; its bytes are in the buffer when it is closed.

    `created`: of the content: the clock would make equal contents differ.
    `status`: what its properties say of who may see it; None for a sheet as an office would save it.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, dict(_OPTIONS)) as book:
        own = {} if status is None else {"author": "", "comments": "", "status": status}
        book.set_properties({"title": plain_text(title)[:200], "created": created, **own})
        yield book, buffer


def internal_book(
    title: str,
    created: datetime,
    sheets: Iterable[Sheet],
    *,
    mark: str = "",
    notes: Callable[[Any, dict[str, Any]], None] | None = None,
) -> bytes:
    """Make a workbook for the office alone, each page marked so; equal contents give equal bytes.

    `mark`: what stands beside the watermark, such as the day.
    `notes`: adds a sheet of words before the tables, from the book and its styles.
    """
    with new_book(title, created, INTERNAL_WORDS) as (book, buffer):
        styles = book_styles(book)
        if notes is not None:
            notes(book, styles)
        for sheet in sheets:
            add_table(book, styles, sheet, title)
        for sheet in book.worksheets():
            watermark(sheet, mark)
    return buffer.getvalue()


def day_of(created: object) -> datetime:
    """Take a plan's own day: the clock would make equal plans differ."""
    try:
        return datetime.fromisoformat(str(created)[:10])
    except ValueError:
        return datetime(2000, 1, 1)


def book_styles(book: Any) -> dict[str, Any]:
    """Add the styles of titles, headings and cells to a workbook; one for each kind of column too."""
    plain = {"font_name": _FONT, "font_color": _INK, "valign": "vcenter"}
    cell = plain | {"font_size": 10, "bottom": 1, "bottom_color": _RULE}
    strong = plain | {"font_size": 10, "bold": True}
    ruled = {"bottom": 2, "bottom_color": _ACCENT}
    head = strong | ruled | {"bg_color": _PALE, "text_wrap": True, "align": "left"}
    right = {"align": "right"}
    made = {
        "title": plain | {"font_size": 15, "bold": True, "font_color": _ACCENT},
        "warning": strong | {"font_color": "#FFFFFF", "bg_color": _ACCENT},
        "head": head,
        "head_right": head | right,
        "section": strong | ruled | {"font_size": 11, "font_color": _ACCENT, "bottom": 1},
        "text": cell,
        "wrap": cell | {"text_wrap": True},
        "id": cell | {"num_format": "@"},
        "count": cell | right | {"num_format": "#,##0"},
        "metres": cell | right | {"num_format": "#,##0"},
        "share": cell | right | {"num_format": "0.00"},
        "degrees": cell | right | {"num_format": "0.000000"},
        "choice": cell | {"bg_color": "#FFF8DC", "border": 1, "num_format": "@"},
        "pale": cell | {"font_color": "#9AA5B1"},
        "bad": cell | {"font_color": _ACCENT, "bold": True, "text_wrap": True},
    }
    return {name: book.add_format(form) for name, form in made.items()}


def set_page(sheet: Any, title: str) -> None:
    """Set a sheet up for A4 across, as many pages as it takes, the title at the foot of each."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    # One page wide and as many long as it takes: columns that run onto a second page are lost in an
    # office.
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    plain = title.replace("&", "&&")[:120]
    sheet.set_footer(f'&L&"{_FONT}"&8{plain}&C&8&A&R&8第 &P 页 / 共 &N 页')


def watermark(sheet: Any, day: str = "") -> None:
    """Print behind each page that it is internal, and above it of when: a header lies under the cells."""
    sheet.set_tab_color(_ACCENT)
    # A header has one line for text; line feeds push the large letters down to the middle of the
    # page.
    large = f'&"{_FONT},Bold"&60&KF3E3E0{INTERNAL_WORDS}'
    head = " · ".join(filter(None, (INTERNAL_WORDS, day)))
    sheet.set_header(f'&C&"{_FONT}"&9&K8C2F2B{head}' + "\n" * 9 + large)


def add_table(book: Any, styles: dict[str, Any], content: Sheet, title: str) -> None:
    """Lay one sheet out: headings that stay, a filter, one style for each kind of column."""
    taken = [other.name for other in book.worksheets()]
    sheet = book.add_worksheet(sheet_title(content.name, taken))
    set_page(sheet, plain_text(title))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_row(0, 32)
    rows = len(content.frame)
    sheet.autofilter(0, 0, max(rows, 1), len(content.columns) - 1)
    for at, column in enumerate(content.columns):
        sheet.set_column(at, at, column.width)
        right = column.kind in {"count", "metres", "share"}
        sheet.write_string(
            0, at, f"{column.zh}\n{column.en}", styles["head_right" if right else "head"]
        )
        for row, value in enumerate(content.frame[column.source].tolist(), start=1):
            put(sheet, row, at, value, styles[column.kind])
    if content.apart:
        _set_apart(sheet, content)


def _set_apart(sheet: Any, content: Sheet) -> None:
    """Begin a page for each value of a column: whoever walks there takes those pages along."""
    values = content.frame[content.apart].tolist()
    starts = [row for row in range(1, len(values)) if values[row] != values[row - 1]]
    # A scale instead of one page's width: with that, spreadsheets pass over breaks that were set.
    wide = sum(column.width for column in content.columns)
    sheet.set_print_scale(max(10, min(100, int(100 * _WIDEST / wide))))
    sheet.set_h_pagebreaks([row + 1 for row in starts[:_MOST_BREAKS]])


def put(sheet: Any, row: int, at: int, value: Any, style: Any = None) -> None:
    """Write one value as what it is: text as text, no number as a blank."""
    if isinstance(value, str):
        sheet.write_string(row, at, plain_text(value), style)
    elif value is None or not math.isfinite(value):
        sheet.write_blank(row, at, None, style)
    else:
        sheet.write_number(row, at, value, style)


def plain_text(value: str) -> str:
    """Keep text that a workbook can hold: no control characters, no half characters, not too long."""
    whole = value.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c >= " " or c in "\t\n" else " " for c in whole)[:_LONGEST_CELL]


def sheet_title(wanted: str, taken: Sequence[str]) -> str:
    """Make a sheet title that Excel takes, and that no other sheet has.

    Parameters
    ----------
    wanted : str
        Any text, such as what a project calls a level.
    taken : sequence of str
        Titles of the other sheets.

    Returns
    -------
    str
    """
    folded = _BAD_CHARACTERS.sub("", unicodedata.normalize("NFC", wanted))
    name = _BAD_TITLE.sub("_", folded).strip("' ")[:31].strip("' ") or "数据"
    used, made, n = {t.casefold() for t in taken}, name, 2
    while made.casefold() in used or made.casefold() == "history":
        made, n = f"{name[:27]}-{n}", n + 1
    return made

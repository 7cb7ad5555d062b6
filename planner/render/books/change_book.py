"""The template of the sheet of changes: lists to choose from, a line for each kind, and what each means."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from planner.model.events import KINDS
from planner.model.rules import RuleBook, rule_words
from planner.model.schema import EVENTS
from planner.render.books.look import book_styles, new_book, plain_text, put, set_page

__all__ = ["CHANGES_SHEET", "change_bytes", "is_change_book"]

CHANGES_SHEET: Final = "变动 changes"
_EXAMPLES: Final = "示例 examples"
_NOTES_SHEET: Final = "说明 notes"
_DAY: Final = datetime(2000, 1, 1)  # never the clock: the template is always the same bytes
_ROWS: Final = 500  # as many lines have the lists
_COLUMNS: Final = (
    ("event", 20),
    ("id", 12),
    ("new_id", 12),
    ("address", 32),
    ("building", 10),
    ("stairwell", 10),
    ("floor", 8),
    ("community", 14),
    ("lon", 12),
    ("lat", 12),
    ("load", 10),
    ("target", 20),
    ("centre", 14),
    ("rule", 20),
    ("low", 8),
    ("high", 8),
)
_SAMPLES: Final = {
    "id": "示例001",
    "new_id": "示例002",
    "address": "示例小区3号楼1单元",
    "load": "2",
    "target": "示例小区3号楼1单元",
    "centre": "12",
    "rule": "每个责任区户数",
    "high": "120",
}
_NOTES: Final = (
    "变动表 Changes",
    "",
    "自现行方案以来发生的每件事填一行，然后运行：",
    "One line for each thing that happened since the plan that stands, then run:",
    "    planner rezone out/ --changes changes.xlsx --out new/",
    "",
    "只有发生变动的社区会重新划分，其余责任区保持不变。",
    "Only communities in which something happened are cut again; all other zones stay as they are.",
    "请勿填写姓名、电话、证件号。 No names, telephones or identity numbers.",
    "“对象”为楼栋、单元（按地图写法）或责任区编号。",
    "A target is a building or a stairwell, as the map has it, or the number of a zone.",
    "",
)


def is_change_book(path: Path) -> bool:
    """Tell whether a file is this workbook, empty or filled in: by the sheet of examples that it has."""
    try:
        with ZipFile(path) as book:
            return _EXAMPLES in book.read("xl/workbook.xml").decode("utf-8", "replace")
    except (OSError, BadZipFile, KeyError):
        return False


def change_bytes() -> bytes:
    """Lay out the workbook; always the same bytes."""
    with new_book("变动表 Changes", _DAY, None) as (book, buffer):
        styles = book_styles(book)
        heads = [f"{EVENTS[name].headers[0]} {EVENTS[name].headers[1]}" for name, _ in _COLUMNS]
        # the reader knows a heading by either language, so each is written whole
        for title in (CHANGES_SHEET, _EXAMPLES):
            sheet = book.add_worksheet(title)
            set_page(sheet, title)
            sheet.freeze_panes(1, 1)
            sheet.repeat_rows(0)
            for at, (name, width) in enumerate(_COLUMNS):
                # ids, floors and numbers of buildings stay as they are typed
                sheet.set_column(at, at, width, styles["id"])
                sheet.write_string(0, at, heads[at], styles["head"])
                if name in ("event", "rule"):
                    choice = {"validate": "list", "source": _list(name)}
                    sheet.data_validation(1, at, _ROWS, at, choice)
            if title == _EXAMPLES:
                for row, kind in enumerate(KINDS, start=1):
                    put(sheet, row, 0, _words()[row - 1], styles["id"])
                    for at, (name, _) in enumerate(_COLUMNS):
                        if name in kind.needs or (name == "high" and kind.code == "rule"):
                            put(sheet, row, at, _SAMPLES[name], styles["id"])
        notes = book.add_worksheet(_NOTES_SHEET)
        set_page(notes, _NOTES_SHEET)
        notes.set_column(0, 0, 28)
        notes.set_column(1, 1, 60)
        for row, text in enumerate(_NOTES):
            put(notes, row, 0, plain_text(text), styles["title" if row == 0 else "text"])
        for row, kind in enumerate(KINDS, start=len(_NOTES)):
            put(notes, row, 0, _words()[row - len(_NOTES)], styles["text"])
            put(notes, row, 1, f"{kind.means_zh}  {kind.means}", styles["text"])
        for row, text in enumerate(_rules(), start=len(_NOTES) + len(KINDS) + 1):
            put(notes, row, 0, text, styles["text"])
    return buffer.getvalue()


def _list(name: str) -> str:
    """Say where the words of a list stand: Excel takes no list longer than 255 letters in the cell itself."""
    first = len(_NOTES) + (1 if name == "event" else len(KINDS) + 2)
    last = first + len(_words() if name == "event" else _rules()) - 1
    return f"='{_NOTES_SHEET}'!$A${first}:$A${last}"


def _words() -> list[str]:
    return [f"{kind.zh} / {kind.en}" for kind in KINDS]


def _rules() -> list[str]:
    return [rule_words(code)[0] for code in (*RuleBook().bounds, "walk_m")]

"""The template of changes: lists to choose from, a line for each kind, no formula, no person."""

from __future__ import annotations

import io

import openpyxl

from planner.model.events import KINDS, kind_of_event
from planner.model.schema import EVENTS
from planner.render.books.change_book import CHANGES_SHEET, change_bytes


def test_every_list_points_at_what_can_be_read() -> None:
    """The words behind the drop-down lists are kinds and rules that the reader knows."""
    book = openpyxl.load_workbook(io.BytesIO(change_bytes()))
    sheet = book[CHANGES_SHEET]
    heads = [cell.value for cell in sheet[1]]
    assert heads[0] == "事项 event"
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert set(lists) == {"A2:A501", "N2:N501"}
    for ref, formula in lists.items():
        name, _, area = formula.replace("'", "").lstrip("=").rpartition("!")
        words = [row[0].value for row in book[name][area.replace("$", "")]]
        if ref.startswith("A"):
            assert [kind_of_event(word) for word in words] == list(KINDS)
        else:
            assert words[-1] == "到中心户步行距离（米）"
            assert len(words) == 4


def test_headings_are_those_of_the_table() -> None:
    """In both languages, each known to the reader."""
    book = openpyxl.load_workbook(io.BytesIO(change_bytes()))
    for cell in book[CHANGES_SHEET][1]:
        zh, en = str(cell.value).split(" ", 1)
        assert EVENTS.column_named(zh) == EVENTS.column_named(en) is not None


def test_it_is_always_the_same_bytes() -> None:
    """No clock, no author."""
    assert change_bytes() == change_bytes()

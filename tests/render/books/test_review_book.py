"""The review workbook holds text as text and offers choices."""

from __future__ import annotations

import io

import openpyxl

from planner.render.books.review_book import CHOICE, KEY, REVIEW_SHEET, Line, Option, review_bytes

HOSTILE = '=HYPERLINK("http://x","y")\x07'
OPTIONS = (
    Option(HOSTILE, "street", 0.0, 116.8, 32.6),
    Option("乙", "building", 812.3, 116.81, 32.6),
)
LINE = Line("k1", HOSTILE, "@社区", 3, "a.xlsx 1, 2", "未找到", "not found", OPTIONS)


def book(data: bytes) -> openpyxl.Workbook:
    """Open a workbook as it stands, formulas and all."""
    return openpyxl.load_workbook(io.BytesIO(data))


def test_hostile_texts_stay_text() -> None:
    """Nothing becomes a formula or a link, and control characters fall out."""
    sheet = book(review_bytes([LINE]))[REVIEW_SHEET]
    cells = [c for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    assert sheet["B2"].value == HOSTILE.replace("\x07", " ")


def test_choices_are_offered() -> None:
    """The choice cells are empty, offer 1 to 5 and 无, and let lon,lat pass with a question."""
    sheet = book(review_bytes([LINE, LINE]))[REVIEW_SHEET]
    head = [c.value for c in sheet[1]]
    at = sheet.cell(2, head.index(CHOICE) + 1)
    assert at.value is None
    (rule,) = sheet.data_validations.dataValidation
    assert rule.type == "list"
    assert rule.formula1 == '"1,2,3,4,5,无"'
    assert rule.errorStyle == "warning"
    assert str(rule.sqref) == "H2:H3"
    assert head[-1] == KEY


def test_equal_reviews_give_equal_bytes() -> None:
    """Also an empty one is a workbook with its instructions."""
    assert review_bytes([LINE]) == review_bytes([LINE])
    assert len(book(review_bytes([])).sheetnames) == 3

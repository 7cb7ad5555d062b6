"""The workbook of coverage: text stays text, both languages in each cell, internal on each page."""

from __future__ import annotations

import io
from dataclasses import replace

from openpyxl import load_workbook

from planner.render.books.gaps_book import gaps_bytes
from tests.plan.care.town import care_town


def test_every_text_stays_text() -> None:
    """A fence that begins as a formula is a text, and nothing is a link."""
    plan, _ = care_town()
    told = plan.coverage()
    told = replace(told, gaps=told.gaps.assign(fence="=1+1"))
    book = load_workbook(io.BytesIO(gaps_bytes(told)))
    cells = list(book["覆盖空白 gaps"].iter_rows(min_row=2, values_only=False))
    assert {row[1].data_type for row in cells} == {"s"}
    assert {row[1].value for row in cells} == {"=1+1"}
    assert all(not s._hyperlinks for s in book.worksheets)
    # an empty sheet of repairs has its headings still
    assert book["补救办法 repairs"].max_row == 1


def test_it_says_what_it_is() -> None:
    """Internal, the figures of the screen, and made-up data as such."""
    plan, _ = care_town()
    told = plan.coverage()
    told = replace(told, about={**told.about, "synthetic": True, "created": "no day"})
    book = load_workbook(io.BytesIO(gaps_bytes(told)))
    notes = [str(row[0]) for row in book["说明 notes"].iter_rows(values_only=True)]
    assert "合成示例镇" in notes[0]
    assert "SYNTHETIC" in notes[1]
    assert "INTERNAL" in notes[2]
    assert any("30 of 85 homes are uncovered" in line for line in notes)
    causes = [row[4] for row in book["覆盖空白 gaps"].iter_rows(min_row=2, values_only=True)]
    assert "被大门或围墙隔开 on the other side of a gate or wall" in causes

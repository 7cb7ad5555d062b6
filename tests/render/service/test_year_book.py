"""The office's workbook of a period: every figure, and the rows behind it, in the book or beside it."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.intake.service_log import read_log
from planner.model.serving import service_counts
from planner.plan.service.kept_log import empty_log, merged_log
from planner.plan.service.periods import Period
from planner.plan.service.tallies import tallies
from planner.render.service import year_book
from planner.render.service.year_book import rows_csv, year_bytes
from planner.render.service.year_text import Year
from tests.plan.care.town import care_town

ABOUT = {"title": "合成", "created": "2026-01-02", "synthetic": True, "smallest": 10}
ABOUT |= {"read": 3, "added": 3, "known": 0, "left_out": 0}


@pytest.fixture
def year(tmp_path: Path) -> Year:
    """A log of three rows, one of them hostile."""
    path = tmp_path / "log.csv"
    path.write_text(
        "日期,类型,户编号,党员编号\n2025-02-01,走访,H001,M1\n2025-02-02,走访,H001,=1+1\n2024-02-02,活动,H002,M2\n",
        "utf-8",
    )
    counts = service_counts()[0]
    rows = merged_log(empty_log(), read_log(path).rows).rows
    return Year(tallies(care_town()[0], rows, counts, Period.of(date(2025, 1, 1))), counts, ABOUT)


def test_every_figure_and_its_rows(year: Year) -> None:
    """The sum of what the rows of a figure add is the figure; equal figures give equal bytes."""
    data = year_bytes(year)
    assert data == year_bytes(year)
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames[:3] == ["说明 report", "合计 figures", "社区 communities"]
    figures = {r[0]: r[1:3] for r in book["合计 figures"].iter_rows(min_row=2, values_only=True)}
    assert figures["巡查走访 patrols and visits"] == (2, 0)
    assert figures["活动 activities"] == (0, 1)
    rows = list(book["明细 rows"].iter_rows(min_row=2, values_only=True))
    assert [r[0] for r in rows] == ["本期 now", "本期 now", "上期 before"]
    assert sum(int(r[3]) for r in rows if r[0] == "本期 now") == 2
    assert rows[0][-3:] == ("log.csv", "", 2)
    assert all("内部资料" in str(s.oddHeader.center.text) for s in book.worksheets)


def test_many_rows_stand_beside_the_book(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    """As text that no spreadsheet takes for a formula."""
    monkeypatch.setattr(year_book, "MOST_ROWS", 2)
    assert "明细 rows" not in load_workbook(io.BytesIO(year_bytes(year))).sheetnames
    lines = list(csv.reader(io.StringIO(rows_csv(year).decode("utf-8-sig"))))
    assert len(lines) == 4
    assert "'=1+1" in lines[2]
    assert lines[1][-1] == "2"

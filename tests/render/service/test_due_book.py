"""The list of what is due: an internal workbook, and lines without a household."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
from openpyxl import load_workbook

from planner.model.serving import service_counts, visit_classes
from planner.plan.service.due import Asked, due
from planner.plan.service.kept_log import empty_log
from planner.render.service.due_book import DueTold, due_bytes, due_figures, due_lines
from tests.plan.care.town import care_town

ABOUT = {"title": "合成", "created": "2025-01-02", "synthetic": True, "smallest": 10}


def told(homes: int) -> DueTold:
    """So many homes are due, and nobody was ever there."""
    plan, _ = care_town()
    weekly = visit_classes()[0]
    n = len(plan.households)
    classes = [weekly if k < homes else None for k in range(n)]
    asked = Asked(date(2025, 6, 30))
    found = due(plan, empty_log(), classes, np.arange(n) < 3, {}, asked)
    return DueTold(found, visit_classes(), service_counts()[0], ABOUT)


def test_lines_tell_counts_alone() -> None:
    """Of homes none below ten."""
    lines = "\n".join(en + zh for zh, en in due_lines(told(20)))
    assert "20 homes to be visited, 20 overdue (<10 of them care households" in lines
    assert "H0" not in lines
    assert due_figures(told(4))["homes"] is None
    assert due_figures(told(0))["homes"] == 0


def test_the_workbook() -> None:
    """Sheets by home and member, marked internal; equal lists, equal bytes."""
    data = due_bytes(told(20))
    assert data == due_bytes(told(20))
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["逾期与到期 due", "党员 by member", "未办结 open", "全部住户 all"]
    rows = list(book["逾期与到期 due"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 20
    assert [r[1] for r in rows[:4]] == ["关爱 care"] * 3 + [""]
    assert all("内部资料" in str(s.oddHeader.center.text) for s in book.worksheets)

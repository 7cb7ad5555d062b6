"""What one more is told as: lines in both languages, figures that hide the few, cells that stay text."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pandas as pd
from openpyxl import load_workbook

from planner.render.books.adding_book import adding_bytes, adding_figures, adding_lines


def told(*, care: bool):
    """One candidate and one set."""
    candidate = {
        "rank": 1,
        "candidate": "=M1",
        "place": "甲路1号",
        "fence": "甲",
        "homes": 7,
        "care": 3,
    }
    candidate |= {"within": 40, "saved_m": 512.5}
    rows = [
        ("cover", 1, "=M1", 7.0, 7.0, 7.0, True),
        ("median", 1, "=M1", 512.5, 512.5, 600.0, False),
    ]
    columns = ["model", "number", "chosen", "value", "more", "bound", "proven"]
    gate = {"gate": "东门", "lon": 117.0, "lat": 32.6, "homes": 214, "care": 3, "saved_m": 9.0}
    about = {"what": "member" if care else "centre", "limit_m": 300.0, "homes": 90, "uncovered": 7}
    about |= {"care_counts": care, "title": "", "created": "2026-01-01", "smallest": 10}
    about |= {"network": "streets", "detour_factor": None}
    return SimpleNamespace(
        candidates=pd.DataFrame([candidate]),
        sets=pd.DataFrame(rows, columns=columns),
        gates=pd.DataFrame([gate | {"detour_m": float("inf")}]),
        gate_sets=pd.DataFrame(
            [("cover", 2, "东门, =西门", 220.0, 6.0, 220.0, True)], columns=columns
        ),
        about=about,
    )


def test_homes_are_told_and_care_is_not() -> None:
    """Counts of homes are the office's screen; three that need care are nobody's."""
    figures = adding_figures(told(care=False))
    assert figures["candidates"][0]["homes"] == 7
    assert figures["candidates"][0]["care"] is None
    assert (figures["gates"][0]["care"], figures["gates"][0]["detour_m"]) == (None, None)
    lines = [" · ".join(pair) for pair in adding_lines(told(care=False))]
    assert (
        lines[0]
        == "90 户中有 7 户在 300 米内没有中心户 · 7 of 90 homes have no centre within 300 m"
    )
    assert "7 homes brought within the limit, 512 m of walking saved" in lines[1]
    assert any("(+7, proven best)" in line for line in lines)
    assert any("at most 600" in line for line in lines)
    assert any(
        line.endswith("opening 东门 brings 214 homes within the limit and saves 9 m of walking")
        for line in lines
    )
    assert "  2: 东门, =西门: 220 homes (+6, proven best)" in lines[-2]


def test_where_care_alone_counts_few_are_hidden() -> None:
    """Seven are fewer than ten, wherever they are told; metres are no count."""
    figures = adding_figures(told(care=True))
    assert figures["uncovered"] is None
    cover, median = figures["sets"]
    assert (cover["value"], cover["more"], cover["chosen"]) == (None, None, None)
    assert median["value"] == 512.5
    assert "<10 of 90" in next(iter(adding_lines(told(care=True))))[1]


def test_every_text_stays_text() -> None:
    """A candidate that begins as a formula."""
    book = load_workbook(io.BytesIO(adding_bytes(told(care=False))))
    cell = book["候选 candidates"]["B2"]
    assert (cell.value, cell.data_type) == ("=M1", "s")
    assert all("内部资料" in str(s.oddHeader.center.text) for s in book.worksheets)

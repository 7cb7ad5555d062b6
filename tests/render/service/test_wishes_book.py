"""The workbook of wishes, and lines that tell nobody's wish and no small count."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd

from planner.render.service.wishes_book import (
    WishesTold,
    wishes_bytes,
    wishes_figures,
    wishes_lines,
)


def told(met: list[int]) -> WishesTold:
    """Make wishes of so many people; two plans of a curve; a gap that is filled and one that is not."""
    n = len(met)
    wishes = pd.DataFrame(
        {
            "id": [f"H{i}" for i in range(n)], "kind": "home", "fence": "东", "number": 1.0, "zone": "C1",
            "wish1": "C2", "wish2": "", "wish3": "", "met": met,
        }
    )  # fmt: skip
    curve = pd.DataFrame(
        {
            "price_m": [0.0, 100.0], "first": [0, n - 2], "second": 0, "third": 0, "unmet": [n, 2],
            "walk_m": [100.0, 120.0], "broken": 0, "gap": [0.0, 0.01], "more_m": [0.0, 2000.0],
        }
    )  # fmt: skip
    filled = pd.DataFrame(
        {
            "household_id": ["H8", "H9"], "fence": "东", "place": "3栋", "cause": "no_path",
            "member_id": ["M1", ""], "walk_m": [12.0, float("nan")],
        }
    )  # fmt: skip
    about = {"title": "合成", "created": "2025-01-01", "synthetic": True, "smallest": 10}
    return WishesTold(wishes, curve, filled, about)


def test_small_counts_are_not_told() -> None:
    """Where few are met, or few are not, the sum alone is told."""
    figures = wishes_figures(told([1] * 15 + [0] * 12))
    assert (figures["wishes"], figures["first"], figures["unmet"]) == (27, 15, 12)
    figures = wishes_figures(told([1] * 25 + [0] * 2))
    assert (figures["wishes"], figures["first"], figures["unmet"]) == (27, None, None)
    assert [row["met"] for row in figures["curve"]] == [0, None]


def test_lines_and_book() -> None:
    """Both languages; equal answers give equal bytes; who fills a gap is marked as committee."""
    one = told([1] * 15 + [0] * 12)
    lines = list(wishes_lines(one))
    assert lines[0] == (
        "双向选择意愿 27 条：第一意愿 15，第二 0，第三 0，未满足 12",
        "27 wishes: first 15, second 0, third 0, unmet 12",
    )
    assert "met" in lines[1][1]
    assert "兜底 1 户" in lines[-1][0]
    assert "H8" not in str(lines)
    data = wishes_bytes(one)
    assert data == wishes_bytes(one)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [s.title for s in book] == ["意愿 wishes", "取舍 trade-off", "兜底 committee"]
    assert [c.value for c in book["兜底 committee"]["F"]][1:] == ["社区干部 committee", ""]

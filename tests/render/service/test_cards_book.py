"""The workbook of cards, and lines that tell no household: no count that is small, none by subtraction."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd

from planner.model.duties import duties, need_kinds
from planner.plan.service.cards import card_tables
from planner.plan.service.matching import Matched, match_needs
from planner.render.service.cards_book import CardsTold, cards_bytes, cards_figures, cards_lines
from tests.plan.care.town import care_town, ground_of

KINDS = need_kinds()


def told(kinds: dict[str, tuple[int, int]]) -> CardsTold:
    """Make cards with so many needs of each kind, and so many of them met."""
    plan, _ = care_town()
    matched = match_needs(ground_of(care_town()[0])[0], [], KINDS, {}, 400.0, 3)
    rows = [
        {
            **dict.fromkeys(("fence", "zone", "place", "member_id"), ""),
            "household_id": f"H{k}{i}",
            "kind": k,
            "cause": "" if i < met else "busy",
        }
        for k, (n, met) in kinds.items()
        for i in range(n)
    ]
    needs = pd.DataFrame(rows, columns=matched.needs.columns)
    matched = Matched(needs, 0)
    cards = card_tables(plan, duties(), KINDS, {}, matched)
    about = {"title": "合成", "created": "2025-01-01", "synthetic": True, "smallest": 10}
    return CardsTold(cards, matched, duties(), KINDS, None, about)


def test_small_counts_are_not_told() -> None:
    """Where one kind is small none is told; where few are met, or few are not, neither is."""
    figures = cards_figures(told({"study": (40, 20), "repair": (12, 0)}))
    assert figures["needs"] == 52
    assert figures["met"] == 20
    assert figures["kinds"]["study"] == {"needs": 40, "met": 20}
    figures = cards_figures(told({"study": (40, 20), "repair": (3, 3)}))
    assert figures["needs"] == 43
    assert {own["needs"] for own in figures["kinds"].values()} == {None}
    figures = cards_figures(told({"study": (40, 35)}))
    assert figures["met"] is None
    assert figures["kinds"]["study"] == {"needs": 40, "met": None}


def test_lines_and_book() -> None:
    """Both languages; equal cards give equal bytes; a page for each centre; nobody's home on the screen."""
    one = told({"study": (40, 35), "wish": (15, 0)})
    lines = list(cards_lines(one))
    assert any("居民需求 55 项" in zh for zh, _ in lines)
    assert any("explain policy" in en for _, en in lines)
    assert "Hstudy" not in str(lines)
    data = cards_bytes(one)
    assert data == cards_bytes(one)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [s.title.split()[0] for s in book] == ["中心户卡", "职责", "需求匹配", "未匹配", "党员"]
    assert book["未匹配 unmet"].max_row == 1 + 20
    assert (
        len(book["中心户卡 cards"].row_breaks.brk) == len(one.cards.duties["number"].unique()) - 1
    )
    assert "没有" not in str(lines)
    assert next(iter(cards_lines(told({}))))[1].endswith("with a talent")

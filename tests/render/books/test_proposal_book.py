"""The workbook of a proposal."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

from planner.privacy.person import People, Person
from planner.render.books.proposal_book import proposal_bytes, proposal_lines

PERSON: dict[str, Any] = {
    "fence": "南塘村",
    "label": "幸福小区3栋",
    "role": "=网格员",
    "score": 91.0,
    "strengths": "宣讲",
    "was_centre": True,
}
CHOSEN = pd.DataFrame(
    [
        {
            "candidate_id": "0012",
            **PERSON,
            "forced": True,
            "households": 40,
            "members": 6,
            "within_reach": 55,
            "walk_mean_m": 80.5,
            "walk_max_m": 300.0,
            "beyond": 2,
            "runner_up": "",
            "instead_m": float("nan"),
            "why": "asked for by name",
            "why_zh": "指定入选",
        }
    ]
)
LEFT = pd.DataFrame(
    [
        {
            "candidate_id": "0013",
            **PERSON,
            "centre_id": "0012",
            "walk_m": 120.0,
            "instead_m": 33.0,
            "why": "instead of 0012: +33 m a home",
            "why_zh": "替换0012：每户+33米",
        }
    ]
)
OPEN = pd.DataFrame(
    [
        {
            "unit_id": "U1",
            "fence": "南塘村",
            "label": "9栋",
            "households": 12,
            "centre_id": "0012",
            "walk_m": 700.0,
            "cause": "beyond_every",
            "why": "every candidate is beyond",
            "why_zh": "任何候选户都超出",
        }
    ]
)
FENCES = pd.DataFrame(
    [
        {
            "fence": "南塘村",
            "households": 52,
            "members": 6,
            "candidates": 2,
            "least": 1,
            "most": 2,
            "centres_before": 1,
            "centres": 1,
            "walk_before_m": 90.0,
            "walk_m": 80.5,
            "optimality_gap": 0.0123,
            "misfit": 0.0,
            "why": "the least that the rules ask for",
            "why_zh": "规则所需最少",
        }
    ]
)
SCORING = pd.DataFrame(
    {
        "candidate_id": ["M1"],
        "fence": ["东社区"],
        "way": ["people"],
        "by": ["东社区第一党支部"],
        "day": ["2025-03-01"],
        "score": [91.0],
        "rank": [1.0],
        "outcome": ["chosen"],
        "objection": ["open"],
        "政治素质": [92.0],
        "服务意识": [88.0],
        "points": [0.5],
        "change": ["with one point less M2 would replace it"],
        "change_zh": ["若少1分，将由M2替换"],
    }
)
TABLES = (CHOSEN, LEFT, OPEN, FENCES, SCORING)
FIGURES: dict[str, Any] = {
    "title": "八公山",
    "count": 1,
    "before": 2,
    "located": 1052,
    "members": 8,
    "members_located": 6,
    "uncovered": 12,
    "walk_m": 80.5,
    "walk_before_m": 90.0,
    "score": 91.0,
    "score_before": 85.0,
    "optimality_gap": 0.0123,
    "one_more": [{"fence": "东", "candidate_id": "M9", "saved_m": 5000.0, "within": 12}],
    "one_point": 2,
    "misfit": 0.0,
    "score_m": 2.0,
    "strength_m": 30.0,
    "strengths": ["宣讲", "调解"],
    "criteria": {"政治素质": 3.0, "服务意识": 1.0},
    "limit_m": 500.0,
    "network": "streets",
    "synthetic": False,
}


def book(
    figures: dict[str, Any] | None = None, people: People | None = None
) -> dict[str, pd.DataFrame]:
    """Write the workbook and read every sheet as text."""
    data = proposal_bytes(TABLES, FIGURES | (figures or {}), people)
    sheets = pd.read_excel(io.BytesIO(data), None, header=None, dtype=str, engine="calamine")
    return {str(name): frame.fillna("") for name, frame in sheets.items()}


def cells(frame: pd.DataFrame) -> dict[str, str]:
    """The first row by the Chinese half of its heading."""
    return {
        str(h).split("\n")[0]: str(v) for h, v in zip(frame.iloc[0], frame.iloc[1], strict=True)
    }


def test_six_sheets_with_headings_in_both_languages() -> None:
    """Notes first, then each table; every heading in Chinese and English."""
    found = book()
    assert list(found) == [
        "说明 notes",
        "入选 chosen",
        "未入选 not chosen",
        "仍未覆盖 uncovered",
        "评分表 scores",
        "社区 communities",
    ]
    for name, frame in found.items():
        if name != "说明 notes":
            assert all(len(str(h).split("\n")) == 2 for h in frame.iloc[0])


def test_the_chosen_stand_with_their_reasons() -> None:
    """Ids keep their zeros, formulas stay text, marks are words, no runner-up no number."""
    row = cells(book()["入选 chosen"])
    assert (row["党员编号"], row["序号"], row["角色"]) == ("0012", "1", "=网格员")
    assert (row["现中心户"], row["指定"]) == ("是 yes", "是 yes")
    assert row["入选理由"] == "指定入选 asked for by name"
    assert row["换人代价（米/户）"] == ""
    assert (row["服务户数"], row["超限户数"], row["步行上限内户数"]) == ("40", "2", "55")


def test_the_other_tables_too() -> None:
    """Who was left, what stays open, the sums; the gap in percent."""
    found = book()
    assert cells(found["未入选 not chosen"])["说明"].startswith("替换0012：每户+33米 instead of")
    assert (
        cells(found["仍未覆盖 uncovered"])["原因"] == "任何候选户都超出 every candidate is beyond"
    )
    sums = cells(found["社区 communities"])
    assert float(sums["与最优差距（%）"]) == pytest.approx(1.23)
    assert sums["数量理由"] == "规则所需最少 the least that the rules ask for"


def test_names_where_they_are_known() -> None:
    """With people a column of names, empty for who is not among them; without, no such column."""
    named = book(people=People(members={"0012": Person(name="甲")}))
    assert cells(named["入选 chosen"])["姓名"] == "甲"
    assert cells(named["未入选 not chosen"])["姓名"] == ""
    assert "姓名" not in cells(book()["入选 chosen"])


def test_equal_proposals_are_equal_files() -> None:
    """No time stamp in it."""
    one, two = (proposal_bytes(TABLES, FIGURES) for _ in range(2))
    assert one == two


def test_the_notes_warn_of_what_is_made_up() -> None:
    """Synthetic data and straight lines stand above all lines."""
    plain = book()["说明 notes"][0].tolist()
    assert plain[0] == "八公山 择优选户方案"
    assert not any("SYNTHETIC" in line for line in plain)
    made_up = book({"synthetic": True})["说明 notes"][0].tolist()
    assert "SYNTHETIC" in made_up[1]
    assert made_up[2:] == plain[1:]


def test_the_lines_say_what_it_comes_to() -> None:
    """Count, walks before and after, scores, the proof, what stays open."""
    lines = proposal_lines(FIGURES)
    assert lines == [
        "入选 1 名中心户（现 2 名），已定位居民户 1,052 户 · 1 centres chosen (2 today), 1,052 homes located",
        "已定位党员 6 名，共 8 名 · 6 of 8 members located",
        "平均步行 80.5 米 · mean walk 80.5 m",
        "现中心户平均步行最好为 90.0 米，每户变化 -9.5 米 · "
        "with today's centres 90.0 m at best: -9.5 m a home",
        "平均得分 91.0（现 85.0） · mean score 91.0 (85.0 today)",
        "若再增 1 个点位，东首选 M9：全部住户平均步行减少 4.8 米，新进入步行上限 12 户 · "
        "one centre more, 东: M9, 4.8 m less for a home on average, 12 homes more within the walk limit",
        "若得分多 1 分，未入选者中有 2 名会替换所在责任区的中心户（见评分表） · with one point of score "
        "more 2 of those left out would replace the centre of their zone (see the scores)",
        "在各社区此数量下，与最优选择的差距不超过 1.23% · "
        "proven within 1.23 % of the best choice of so many in each community",
        "仍超出步行上限或无路径 12 户 · 12 homes beyond the walk limit or without a path",
    ]


def test_what_is_not_known_is_not_said() -> None:
    """No centres today, no scores: no such lines; what does not fit has one of its own."""
    figures = FIGURES | {"walk_before_m": None, "score": None, "one_point": None, "misfit": 1500.0}
    lines = "\n".join(proposal_lines(figures))
    assert "today's centres" not in lines
    assert "mean score" not in lines
    assert "1,500 homes over or short" in lines
    alone = proposal_lines(FIGURES | {"score_before": None})
    assert "平均得分 91.0 · mean score 91.0" in alone


def test_the_terms_are_told() -> None:
    """What a point and a strength are worth, the limit, and the next command."""
    notes = "\n".join(book()["说明 notes"][0])
    assert "得分每差 1 分，折合每户步行 2 米" in notes
    assert "宣讲、调解；不具备折合每户 30 米" in notes
    assert "步行上限 500 米" in notes
    assert "planner zone planner.toml" in notes
    assert "特长" not in "\n".join(book({"strengths": []})["说明 notes"][0])


def test_the_scoring_sheet() -> None:
    """How each was nominated, every criterion, what came of it, and what one point would change."""
    told = cells(book()["评分表 scores"])
    assert told["推荐方式"] == "群众举荐 by residents"
    assert (told["政治素质"], told["服务意识"], told["得分"]) == ("92", "88", "91")
    assert told["公示异议"] == "核实中 open"
    assert told["多（少）1分的影响"].startswith("若少1分，将由M2替换 with one point less")
    notes = book()["说明 notes"].to_string()
    assert "政治素质 75%、服务意识 25%" in notes

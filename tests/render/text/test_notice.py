"""The list to be published: both languages, numbered, and nothing that a sheet says becomes markup."""

from __future__ import annotations

import pandas as pd

from planner.render.text.notice import notice_text

WAYS = {"self": ("自荐", "own application")}
CHOSEN = pd.DataFrame(
    {"candidate_id": ["M1", "M2"], "fence": ["东|社区", "西<b>"], "way": ["self", "odd"]}
)


def test_ids_and_names() -> None:
    """Who is named is named; a way that is not known is not repeated."""
    text = notice_text(CHOSEN, WAYS, {"M2": "合成乙某"}, {"title": "合成镇", "synthetic": True})
    assert text.startswith("# 合成镇 党员中心户拟定人选公示")
    assert "合成示例数据" in text
    assert "| 1 | 东&#124;社区 | M1 | 自荐 own application |" in text
    assert "| 2 | 西&#60;b&#62; | 合成乙某 |   |" in text
    assert "odd" not in text
    assert "M2" not in text


def test_without_a_title() -> None:
    """The heading stands alone."""
    assert notice_text(CHOSEN, WAYS, {}, {}).startswith("# 党员中心户")

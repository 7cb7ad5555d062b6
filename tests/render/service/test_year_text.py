"""The report in words: exact for the service, and for the public no count from 1 up to the threshold."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd

from planner.model.serving import service_counts
from planner.plan.service.periods import Period
from planner.plan.service.tallies import Tallies
from planner.render.service.year_text import Year, public_text, year_figures, year_lines

COUNTS = service_counts()[0]
CODES = [one.code for one in COUNTS]
ABOUT = {"title": "合成[镇]", "created": "2026-01-02", "synthetic": True, "smallest": 10}
ABOUT |= {"read": 9, "added": 8, "known": 1, "left_out": 0}


def told(fences: dict[str, int], before: int = 0) -> Year:
    """Make a year in which each community had so many visits and nothing else."""
    by = pd.DataFrame({"fence": list(fences), **dict.fromkeys(CODES, 0)}).assign(
        visit=list(fences.values())
    )
    old = by.assign(visit=0)
    old.loc[0, "visit"] = before
    total = pd.DataFrame(
        {"code": CODES, "now": by[CODES].sum().to_numpy(), "before": old[CODES].sum().to_numpy()}
    )
    rows = pd.DataFrame({"now": np.array([True, False])})
    period = Period.of(date(2025, 1, 1))
    return Year(Tallies(period, total, by, old, by, old, by, rows, 3, 0, 0), COUNTS, ABOUT)


def test_the_paragraph() -> None:
    """In both languages, against the year before; figures that nobody has are not told."""
    lines = dict(year_lines(told({"东": 300, "西": 250}, before=500)))
    assert lines["2025年共巡查走访550次。"] == "In 2025: 550 patrols and visits."
    assert lines["与2024年相比：巡查走访500→550（+10.0%）。"].endswith("500 → 550 (+10.0 %).")
    assert any("<10 行类型未列入统计" in zh for zh in lines)
    assert year_figures(told({"东": 300}))["figures"]["visit"] == 300
    assert year_figures(told({"东": 9}))["figures"]["visit"] is None


def test_the_public_text_tells_no_small_count() -> None:
    """Small ones are hidden, and one beside them that would give them away; the sum is exact."""
    text = public_text(told({"东": 300, "西": 4, "南": 20}))
    rows = dict(re.findall(r"^\| (\S+)[^|]*\| (\S+) \|$", text, re.M))
    assert rows["东"] == "300"
    assert rows["西"] == "·"
    assert rows["南"] == "·"
    assert rows["合计"] == "324"
    assert "SYNTHETIC" in text
    assert r"合成\[镇\]" in text


def test_a_year_in_which_little_was_done() -> None:
    """Sum and all are hidden; a year without a row says so."""
    text = public_text(told({"东": 4, "西": 0}))
    assert "巡查走访&lt;10次" in text
    assert not re.search(r"\| 4 \|", text)
    assert "2025年无服务记录。" in public_text(told({"东": 0}))

"""Logs of a year, plainly synthetic: as many rows of each kind as are asked for, on the homes of a plan."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

__all__ = ["YEAR", "log_text"]

YEAR: Mapping[str, int] = {
    "志愿服务活动": 1000,
    "解决困难": 600,
    "收集社情民意": 60,
    "入户走访": 300,
    "夜间巡查": 250,
    "邻里纠纷调解": 120,
    "结对帮扶": 50,
    "微心愿认领": 80,
}
"""Rows by kind; what a service publishes of a year."""
HEADS = ("日期", "类型", "户编号", "党员编号", "分钟", "参与群众", "是否解决", "处理结果")


def log_text(
    homes: Sequence[str],
    members: Sequence[str],
    rows: Mapping[str, int] = YEAR,
    *,
    since: date = date(2025, 1, 1),
    days: int = 365,
    seed: int = 0,
) -> str:
    """Write a log as CSV: kinds in turn, each home in turn, so that 50 pairings are those of 50 homes."""
    rng = np.random.default_rng(seed)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    for kind, count in rows.items():
        for k in range(count):
            day = since + timedelta(int(rng.integers(days)))
            many = int(rng.integers(5, 40)) if "活动" in kind else ""
            solved = "已解决" if "困难" in kind else ""
            home, member = homes[k % len(homes)], members[k % len(members)]
            writer.writerow(
                (day, kind, home, member, int(rng.integers(5, 60)), many, solved, "合成内容")
            )
    return out.getvalue()

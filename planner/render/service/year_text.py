"""The report of a period in words: for the screen, and for the public, counts of the threshold or more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.model.serving import ServiceCount
from planner.plan.service.tallies import Tallies, few_of
from planner.render.books.look import SYNTHETIC
from planner.render.text.summary import escaped
from planner.render.text.words import number

__all__ = ["Year", "public_text", "year_figures", "year_lines"]

FEW = -1
"""Stands for a count that is hidden."""


@dataclass(frozen=True, eq=False)
class Year:
    """What is told of a period.

    Parameters
    ----------
    tallies : Tallies
    counts : tuple of ServiceCount
        In the order in which they are told.
    about : mapping
        ``title, created, synthetic, smallest, read, added, known, left_out``: rows of the files handed in,
        how many were new to the store, how many it had, and how many said neither when nor where.
    """

    tallies: Tallies
    counts: tuple[ServiceCount, ...]
    about: Mapping[str, Any]

    @property
    def least(self) -> int:
        """Counts from 1 up to this are hidden."""
        return int(self.about["smallest"])


def year_figures(told: Year) -> dict[str, Any]:
    """Give plain values; a count below the threshold is None."""
    t = told.tallies

    def few(count: int) -> int | None:
        return None if 0 < count < told.least else count

    periods = {"period": t.period, "before": t.period.before}
    sums = {
        name: {code: few(count) for code, count in t.sums(column).items()}
        for name, column in (("figures", "now"), ("figures_before", "before"))
    }
    return {
        **told.about,
        **{name: [str(p.since), str(p.until)] for name, p in periods.items()},
        **sums,
        "rows": int(t.rows["now"].sum()),
        "rows_before": int((~t.rows["now"]).sum()),
        "unnamed": few(t.unnamed),
        "unplaced": few(t.unplaced),
        "elsewhere": t.elsewhere,
    }


def year_lines(told: Year) -> Iterator[tuple[str, str]]:
    """Say what was done, a line each: Chinese, English."""
    t, a = told.tallies, told.about
    yield (
        f"走访记录：读入 {number(a['read'])} 行，新增 {number(a['added'])} 行，"
        f"已有 {number(a['known'])} 行，缺日期或地点 {number(a['left_out'])} 行",
        f"log: {number(a['read'])} rows read, {number(a['added'])} new, {number(a['known'])} known, "
        f"{number(a['left_out'])} without day or place",
    )
    yield _paragraph(told)
    if changed := _changes(told):
        yield changed
    if t.unnamed or t.unplaced:
        unnamed, unplaced = (_n(_few(v, told.least), told.least) for v in (t.unnamed, t.unplaced))
        yield (
            f"本期有 {unnamed} 行类型未列入统计，{unplaced} 行的住户或责任区不在方案内",
            f"in the period {unnamed} rows are of a kind that is not counted; {unplaced} name no home or "
            "zone of the plan",
        )


def public_text(told: Year) -> str:
    """Write the report for anyone, Markdown: no zone, no row, no count from 1 up to the threshold.

    Parameters
    ----------
    told : Year
    """
    t = told.tallies
    (zh, en), (before_zh, before) = t.period.words, t.period.before.words
    title = escaped(told.about["title"] or "党员中心户")
    lines = [f"# {title} · {zh}服务情况 Service report, {en}", ""]
    if told.about["synthetic"]:
        lines += [f"**{SYNTHETIC}**", ""]
    said = [_paragraph(told), _changes(told)]
    lines += [line for pair in said if pair for text in pair for line in (escaped(text), "")]
    for frame, head in (
        (t.by_fence, f"## {zh} {en}"),
        (t.by_fence_before, f"## 上期 before: {before_zh} {before}"),
    ):
        if frame is t.by_fence or frame.drop(columns="fence").to_numpy().any():
            lines += [head, "", *_table(told, frame), ""]
    least = told.least
    lines.append(
        f"“·”为不公布：少于{least}的数字，以及会推算出它们的数字。 · is not told: counts below {least}, and "
        "others that would tell them."
    )
    return "\n".join(lines) + "\n"


def _few(count: int, least: int) -> int:
    return FEW if 0 < count < least else count


def _n(count: int, least: int) -> str:
    return f"<{least}" if count == FEW else number(count)


def _paragraph(told: Year) -> tuple[str, str]:
    zh, en = told.tallies.period.words
    sums = told.tallies.sums()
    some = [
        (one, _n(_few(sums[one.code], told.least), told.least))
        for one in told.counts
        if sums[one.code]
    ]
    if not some:
        return f"{zh}无服务记录。", f"In {en} nothing is recorded."
    return (
        f"{zh}共" + "，".join(one.said_zh.format(n=n) for one, n in some) + "。",
        f"In {en}: " + ", ".join(one.said_en.format(n=n) for one, n in some) + ".",
    )


def _changes(told: Year) -> tuple[str, str] | None:
    """Hold the figures against those of the period before, where both may be told."""
    after, earlier = told.tallies.sums(), told.tallies.sums("before")
    zh, en = [], []
    for one in told.counts:
        now, before = after[one.code], earlier[one.code]
        if min(now, before) < told.least:
            continue
        change = 100 * (now - before) / before
        zh.append(f"{one.zh}{number(before)}→{number(now)}（{change:+.1f}%）")
        en.append(f"{one.en} {number(before)} → {number(now)} ({change:+.1f} %)")
    if not zh:
        return None
    before_zh, before_en = told.tallies.period.before.words
    return f"与{before_zh}相比：" + "，".join(zh) + "。", f"Against {before_en}: " + ", ".join(
        en
    ) + "."


def _table(told: Year, frame: pd.DataFrame) -> list[str]:
    """Write the counts of the communities and their sum; figures that nobody has are left out."""
    least = told.least
    some = [one for one in told.counts if frame[one.code].any()]
    if not some:
        return ["无 none"]
    # a plan without communities has one row, and it is everything
    rest = "其他 elsewhere" if len(frame) > 1 else "全部 all"
    names = [escaped(name) if name else rest for name in frame["fence"].astype(str)]
    columns: list[list[str]] = []
    for one in some:
        values = frame[one.code].to_numpy(np.int64)
        cells = [
            _cell(int(v), bool(h), least)
            for v, h in zip(values, few_of(values, least), strict=True)
        ]
        columns.append([*cells, _cell(int(values.sum()), False, least)])
    rows = zip([*names, "合计 total"], *columns, strict=True)
    head = ["社区 Community", *(f"{one.zh} {one.en}" for one in some)]
    return [_row(head), "|---|" + "---:|" * len(some), *(_row(row) for row in rows)]


def _cell(count: int, hidden: bool, least: int) -> str:
    # one mark for all that is hidden: two of them would tell which is the small one
    if hidden:
        return "·"
    return f"&lt;{least}" if 0 < count < least else number(count)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"

"""The report of a period as the office's own workbook: every figure, and the rows that it comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from planner.render.books.look import Column, Sheet, day_of, internal_book, put
from planner.render.service.year_text import Year, year_lines

__all__ = ["MOST_ROWS", "rows_csv", "year_bytes"]

MOST_ROWS: Final = 20_000
"""Rows of a log up to which they stand in the workbook; more of them go to a text file beside it."""
_NUMBER: Final = Column("number", "责任区", "Zone", 8, "count")
_ZONE: Final = Column("zone", "中心户", "Centre", 12, "id")
_FENCE: Final = Column("fence", "社区", "Community", 16)
_ROWS: Final = (
    Column("period", "期", "Period", 10),
    Column("day", "日期", "Day", 12),
    Column("counts_for", "计入", "Counts for", 24),
    Column("counted", "计数", "Adds", 7, "count"),
    Column("people", "参与群众", "People", 9, "count"),
    _FENCE,
    _NUMBER,
    _ZONE,
    Column("household", "户编号", "Household", 14, "id"),
    Column("member", "党员编号", "Member", 14, "id"),
    Column("minutes", "分钟", "Minutes", 9, "count"),
    Column("state", "状态", "State", 9),
    Column("file", "文件", "File", 22),
    Column("sheet", "工作表", "Sheet", 14),
    Column("row", "行", "Row", 8, "count"),
)
_STATES: Final = {"open": "未办结 open", "solved": "已办结 solved"}


def year_bytes(told: Year) -> bytes:
    """Make the workbook: equal figures give equal bytes; each page is marked internal."""
    day = day_of(told.about["created"])
    title = str(told.about["title"] or "服务情况")

    def notes(book: Any, styles: dict[str, Any]) -> None:
        sheet = book.add_worksheet("说明 report")
        sheet.set_column(0, 0, 120)
        words = [text for pair in year_lines(told) for text in pair]
        words += [
            "每个数字等于“明细”中该类各行“计数”之和（参与群众为“参与群众”之和）；结对帮扶按户计，每期每户一次。",
            "Each figure is the sum of what its rows add (of people: who took part); each pair once.",
        ]
        for at, line in enumerate(words):
            put(sheet, at, 0, line, styles["wrap"])

    return internal_book(title, day, _sheets(told), mark=f"{day:%Y-%m-%d}", notes=notes)


def _sheets(told: Year) -> Iterator[Sheet]:
    t = told.tallies
    words = {one.code: f"{one.zh} {one.en}" for one in told.counts}
    counts = tuple(Column(one.code, one.zh, one.en, 11, "count") for one in told.counts)
    yield Sheet(
        "合计 figures",
        t.total.assign(name=t.total["code"].map(words), change=t.total["now"] - t.total["before"]),
        (
            Column("name", "统计项目", "Figure", 32),
            Column("now", t.period.words[0], t.period.words[1], 16, "count"),
            Column("before", t.period.before.words[0], t.period.before.words[1], 16, "count"),
            Column("change", "增减", "Change", 10, "count"),
        ),
    )
    unknown = {"": "其他 elsewhere"}
    yield Sheet("社区 communities", t.by_fence.replace({"fence": unknown}), (_FENCE, *counts))
    yield Sheet("上期社区 before", t.by_fence_before.replace({"fence": unknown}), (_FENCE, *counts))
    yield Sheet("责任区 zones", t.by_zone, (_NUMBER, _ZONE, _FENCE, *counts))
    yield Sheet("上期责任区 before", t.by_zone_before, (_NUMBER, _ZONE, _FENCE, *counts))
    yield Sheet("按月 months", t.by_month, (Column("month", "月份", "Month", 10), *counts))
    if len(t.rows) <= MOST_ROWS:
        yield Sheet("明细 rows", _rows(told), _ROWS)


def _rows(told: Year) -> pd.DataFrame:
    rows, names = told.tallies.rows, {one.code: f"{one.zh} {one.en}" for one in told.counts}
    return rows.assign(
        period=rows["now"].map({True: "本期 now", False: "上期 before"}),
        day=rows["day"].dt.strftime("%Y-%m-%d"),
        counts_for=rows["count"].map(names).fillna("未列入 not counted"),
        state=rows["state"].map(_STATES).fillna(""),
    )


def rows_csv(told: Year) -> bytes:
    """Write the rows that the figures were counted from as a text that spreadsheets open.

    Cells that would be taken for a formula begin with an apostrophe.
    """
    frame, out = _rows(told), io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([f"{column.zh} {column.en}" for column in _ROWS])
    columns = [
        _plain(frame[column.source], number=column.kind in ("count", "share")) for column in _ROWS
    ]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8-sig")


def _plain(values: pd.Series, *, number: bool) -> list[str]:
    if number:
        return ["" if v != v else f"{v:g}" if v % 1 else str(int(v)) for v in values.tolist()]
    code, texts = pd.factorize(values.astype(object))
    safe = [f"'{t}" if str(t)[:1] in ("=", "+", "-", "@", "\t", "\r") else str(t) for t in texts]
    return [safe[c] for c in code.tolist()]

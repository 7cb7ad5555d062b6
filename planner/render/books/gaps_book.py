"""The workbook of coverage: who is not reached, what would mend it, and how near everybody is; internal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from planner.plan.care.blanks import KINDS_OF_BLANK
from planner.plan.care.shares import SOURCES
from planner.render.books.look import (
    SYNTHETIC,
    Column,
    Sheet,
    day_of,
    internal_book,
    plain_text,
    put,
    set_page,
)
from planner.render.text.coverage_words import Told, coverage_lines

__all__ = ["gaps_bytes"]

_HOME = Column("household_id", "户编号", "Household", 14, "id")
_FENCE = Column("fence", "社区", "Fence", 16)
_ZONE = Column("zone", "中心户", "Centre", 12, "id")
_PLACE = Column("place", "楼栋单元", "Unit", 28)


def gaps_bytes(told: Told) -> bytes:
    """Make the workbook: equal coverage gives equal bytes; each page is marked internal."""
    title = str(told.about["title"] or "覆盖情况")
    day = day_of(told.about["created"])

    def notes(book: Any, styles: dict[str, Any]) -> None:
        _notes(book, styles, told, title)

    return internal_book(title, day, _sheets(told), mark=f"{day:%Y-%m-%d}", notes=notes)


def _notes(book: Any, styles: dict[str, Any], told: Told, title: str) -> None:
    sheet = book.add_worksheet("说明 notes")
    set_page(sheet, plain_text(title))
    sheet.set_column(0, 0, 130)
    put(sheet, 0, 0, title, styles["title"])
    row = 1
    if told.about["synthetic"]:
        put(sheet, row, 0, SYNTHETIC, styles["warning"])
        row += 1
    words = "内部资料：含居民户编号与关爱情况，请勿外传  INTERNAL: holds ids of households and what they need"
    put(sheet, row, 0, words, styles["warning"])
    for at, (zh, en) in enumerate(coverage_lines(told), row + 1):
        put(sheet, at, 0, f"{zh} · {en.strip()}", styles["wrap"])


def _sheets(told: Told) -> Iterator[Sheet]:
    yield Sheet(
        "覆盖空白 gaps",
        _both(told.gaps, "what", "remedy"),
        (
            _HOME,
            _FENCE,
            _PLACE,
            _ZONE,
            Column("what", "原因", "Cause", 34),
            Column("walk_m", "到中心户（米）", "To centre m", 11, "metres"),
            Column("repair", "办法编号", "Repair", 9, "count"),
            Column("remedy", "最省的办法", "Cheapest repair", 60),
            Column("then_m", "此后步行（米）", "Walk then m", 11, "metres"),
        ),
    )
    yield Sheet(
        "补救办法 repairs",
        _both(told.repairs, "what", "tried"),
        (
            Column("number", "编号", "No.", 7, "count"),
            Column("where", "社区", "Fence", 16),
            Column("what", "办法", "Repair", 60),
            Column("homes", "补救户数", "Homes mended", 11, "count"),
            Column("cheapest_for", "最省于", "Cheapest for", 10, "count"),
            Column("walk_m", "此后步行（米）", "Walk then m", 11, "metres"),
            Column("homes_moved", "换手户数", "Homes moved", 11, "count"),
            Column("walk_change_m", "周边户均步行变化（米）", "Change m a home", 13, "metres"),
            Column("tried", "试算", "Tried", 30),
        ),
    )
    shares = told.shares.assign(
        source=[" ".join(SOURCES[s]) for s in told.shares["source"]],
        group=[
            "关爱户 care households" if g == "care" else "全部 all" for g in told.shares["group"]
        ],
    )
    yield from _care_sheets(told)
    yield Sheet(
        "步行时段 bands",
        shares,
        (
            Column("source", "到", "To", 34),
            Column("group", "居民户", "Homes", 24),
            Column("minutes", "分钟", "Minutes", 9, "count"),
            Column("households", "户数", "Within", 10, "count"),
            Column("of", "总户数", "Of", 10, "count"),
            Column("share", "比例", "Share", 9, "share"),
        ),
    )


def _care_sheets(told: Told) -> Iterator[Sheet]:
    if told.care is not None:
        care = told.care.assign(alone=["是 yes" if alone else "" for alone in told.care["alone"]])
        yield Sheet(
            "关爱户 care",
            _both(care, "kinds").sort_values(["helpers", "household_id"], kind="stable"),
            (
                _HOME,
                _FENCE,
                _PLACE,
                _ZONE,
                Column("kinds", "类别", "Kind of care", 34),
                Column("first", "最近的联系党员", "Nearest member", 13, "id"),
                Column("first_m", "步行（米）", "Walk m", 9, "metres"),
                Column("second", "另一栋的第二人", "Second, elsewhere", 13, "id"),
                Column("second_m", "步行（米）", "Walk m", 9, "metres"),
                Column("helpers", "步行上限内人数", "Within the limit", 11, "count"),
                Column("alone", "至多一人", "One or none", 10),
            ),
        )
    if told.absences is not None:
        away = told.absences
        ticks = ["是 yes" if centre else "" for centre in away["is_centre"]]
        yield Sheet(
            "缺勤影响 absences",
            away.assign(is_centre=ticks, rank=range(1, len(away) + 1)),
            (
                Column("rank", "序", "Rank", 7, "count"),
                Column("member_id", "党员编号", "Member", 14, "id"),
                _FENCE,
                _ZONE,
                Column("is_centre", "是否中心户", "Is centre", 11),
                Column("clients", "联系户数", "Looks after", 10, "count"),
                Column("left", "缺勤时无联系党员可及", "Left without a member", 14, "count"),
                Column("left_care", "其中关爱户", "Care among them", 11, "count"),
                Column("left_centre", "缺勤时无中心户可及", "Left without a centre", 14, "count"),
                Column("left_centre_care", "其中关爱户", "Care among them", 11, "count"),
            ),
        )
    yield _equity_sheet(told)
    if told.blanks is not None:
        kinds = [" ".join(KINDS_OF_BLANK[kind]) for kind in told.blanks["kind"]]
        yield Sheet(
            "空白点核查 blank spots",
            # the last columns are for the pen of whoever goes there
            told.blanks.assign(kind=kinds, found="", day=""),
            (
                Column("number", "责任区", "Zone", 8, "count"),
                _FENCE,
                Column("kind", "情形", "What", 40),
                Column("place", "地点", "Place", 28),
                Column("homes", "登记户数", "Registered", 10, "count"),
                Column("area_m2", "面积（平方米）", "Area m2", 10, "count"),
                Column("lon", "经度", "Lon", 11, "degrees"),
                Column("lat", "纬度", "Lat", 11, "degrees"),
                Column("found", "核查结果", "Found", 30),
                Column("day", "日期", "Day", 12),
            ),
            apart="number",
        )


def _equity_sheet(told: Told) -> Sheet:
    levels = {"all": "全部 all", "fence": "社区 fence", "zone": "责任区 zone"}
    table = told.equity
    return Sheet(
        "公平 equity",
        table.assign(level=[levels[level] for level in table["level"]]),
        (
            Column("level", "层级", "Level", 13),
            Column("name", "名称", "Name", 18, "id"),
            Column("households", "户数", "Homes", 9, "count"),
            Column("walk_mean_m", "步行平均（米）", "Walk mean m", 10, "metres"),
            Column("walk_median_m", "中位（米）", "Median m", 10, "metres"),
            Column("walk_worst_m", "最远一成（米）", "Worst tenth m", 11, "metres"),
            Column("walk_gini", "基尼系数", "Gini", 9, "share"),
            Column("members", "联系党员", "Serving members", 10, "count"),
            Column("load_mean", "工作量平均", "Load mean", 10, "share"),
            Column("load_median", "中位", "Median", 9, "share"),
            Column("load_worst", "最重一成", "Worst tenth", 10, "share"),
            Column("load_gini", "基尼系数", "Gini", 9, "share"),
        ),
    )


def _both(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Put both languages into one cell."""
    made = {
        name: [f"{zh} {en}" for zh, en in zip(frame[f"{name}_zh"], frame[name], strict=True)]
        for name in names
    }
    return frame.assign(**made)

"""Two-way choice as the office's own workbook, and in lines that tell nobody's wish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from planner.model.tables import GAP_CAUSES
from planner.render.books.look import Column, Sheet, day_of, internal_book
from planner.render.text.words import number

__all__ = ["WishesTold", "wishes_bytes", "wishes_figures", "wishes_lines"]

_MET: Final = {0: "未满足 unmet", 1: "第一意愿 first", 2: "第二意愿 second", 3: "第三意愿 third"}
_KINDS: Final = {"home": "住户 home", "member": "党员 member"}


@dataclass(frozen=True, eq=False)
class WishesTold:
    """What is told of wishes.

    Parameters
    ----------
    wishes, curve, filled : DataFrame
        See `planner.plan.service.two_way`; the curve has no row where it was not asked for.
    about : mapping
        ``title, created, synthetic, smallest``.
    """

    wishes: pd.DataFrame
    curve: pd.DataFrame
    filled: pd.DataFrame
    about: Mapping[str, Any]


def wishes_figures(told: WishesTold) -> dict[str, Any]:
    """Give plain values, without an id; where one count is small none is told but the sum."""
    least, met = int(told.about["smallest"]), told.wishes["met"]
    counts = {
        name: int((met == k).sum()) for k, name in enumerate(("unmet", "first", "second", "third"))
    }
    hide = any(0 < n < least for n in counts.values())
    return {
        **told.about,
        "wishes": len(met) if not 0 < len(met) < least else None,
        **{name: None if hide else n for name, n in counts.items()},
        "curve": [_point(row, least) for row in told.curve.to_dict("records")],
        "filled": int((told.filled["member_id"] != "").sum()),
        "unfilled": int((told.filled["member_id"] == "").sum()),
    }


def _point(row: Mapping[Any, Any], least: int) -> dict[str, Any]:
    """Tell of one plan of the curve how many wishes it meets, unless few are met, or few are not."""
    met = int(row["first"] + row["second"] + row["third"])
    hide = any(0 < n < least for n in (met, row["unmet"]))
    told = {k: row[k] for k in ("price_m", "walk_m", "more_m", "broken", "gap")}
    return {**told, "met": None if hide else met}


def wishes_lines(told: WishesTold) -> Iterator[tuple[str, str]]:
    """Say what it comes to, a line each: Chinese, English."""
    f = wishes_figures(told)
    total = f"<{f['smallest']}" if f["wishes"] is None else number(f["wishes"])
    zh, en = f"双向选择意愿 {total} 条", f"{total} wishes"
    if f["first"] is not None:
        zh += f"：第一意愿 {f['first']}，第二 {f['second']}，第三 {f['third']}，未满足 {f['unmet']}"
        en += f": first {f['first']}, second {f['second']}, third {f['third']}, unmet {f['unmet']}"
    yield zh, en
    for row in f["curve"]:
        met = f"<{f['smallest']}" if row["met"] is None else number(row["met"])
        gap = 100 * row["gap"]
        yield (
            f"  每个意愿值 {row['price_m']:g} 米：满足 {met}，平均步行 {row['walk_m']:.1f} 米，"
            f"共多走 {number(row['more_m'])} 米，差距不超过 {gap:.2f}%",
            f"  a wish worth {row['price_m']:g} m: {met} met, mean walk "
            f"{row['walk_m']:.1f} m, {number(row['more_m'])} m more in all, proven within {gap:.2f} %",
        )
    if len(told.filled):
        yield (
            f"未覆盖住户由社区干部兜底 {f['filled']} 户，仍无人 {f['unfilled']} 户",
            f"{f['filled']} uncovered homes are filled by committee members, {f['unfilled']} have nobody",
        )


def wishes_bytes(told: WishesTold) -> bytes:
    """Make the workbook: equal answers give equal bytes; each page is marked internal."""
    title = str(told.about["title"] or "双向选择")
    return internal_book(title, day_of(told.about["created"]), _sheets(told), mark="双向选择")


def _sheets(told: WishesTold) -> Iterator[Sheet]:
    yield Sheet(
        "意愿 wishes",
        told.wishes.assign(met=told.wishes["met"].map(_MET), kind=told.wishes["kind"].map(_KINDS)),
        (
            Column("id", "编号", "Id", 14, "id"),
            Column("kind", "身份", "Kind", 14),
            Column("fence", "社区", "Community", 16),
            Column("number", "责任区", "Zone", 8, "count"),
            Column("zone", "中心户", "Centre", 12, "id"),
            Column("wish1", "意愿1", "Wish 1", 12, "id"),
            Column("wish2", "意愿2", "Wish 2", 12, "id"),
            Column("wish3", "意愿3", "Wish 3", 12, "id"),
            Column("met", "结果", "Met", 18),
        ),
    )
    if len(told.curve):
        yield Sheet(
            "取舍 trade-off",
            told.curve.assign(gap=100 * told.curve["gap"]),
            (
                Column("price_m", "每个意愿值（米）", "A wish is worth m", 14, "metres"),
                Column("first", "第一意愿", "First", 10, "count"),
                Column("second", "第二意愿", "Second", 10, "count"),
                Column("third", "第三意愿", "Third", 10, "count"),
                Column("unmet", "未满足", "Unmet", 10, "count"),
                Column("walk_m", "平均步行（米）", "Mean walk m", 12, "share"),
                Column("more_m", "共多走（米）", "Metres more", 12, "metres"),
                Column("broken", "违规责任区", "Zones breaking rules", 12, "count"),
                Column("gap", "与最优差距（%）", "Proven gap %", 12, "share"),
            ),
        )
    causes = {code: f"{c.title_zh} {c.title}" for code, c in GAP_CAUSES.items()}
    yield Sheet(
        "兜底 committee",
        told.filled.assign(
            cause=[causes.get(str(c), str(c)) for c in told.filled["cause"]],
            by=["社区干部 committee" if m else "" for m in told.filled["member_id"]],
        ),
        (
            Column("household_id", "户编号", "Household", 14, "id"),
            Column("fence", "社区", "Community", 16),
            Column("place", "楼栋单元", "Unit", 28),
            Column("cause", "未覆盖原因", "Cause", 30),
            Column("member_id", "兜底党员", "Filled by", 14, "id"),
            Column("by", "身份", "As", 18),
            Column("walk_m", "步行（米）", "Walk m", 9, "metres"),
        ),
    )

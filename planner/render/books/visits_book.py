"""The visit plan as a workbook and as lines: helpers, load, rounds, patrols, and what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd

from planner.render.books.look import Column, Sheet, day_of, internal_book
from planner.render.text.words import log_losses, network_words, number

__all__ = ["FIRST", "HOME", "SECOND", "Visited", "visits_bytes", "visits_figures", "visits_lines"]

HOME, FIRST, SECOND = "户编号", "第一联系人", "第二联系人"
"""Headings by which a later visit plan finds who helped whom."""
_WORDS: Final = {
    "visit": ("走访", "Visits"),
    "patrol": ("巡查", "Patrols"),
    "mediation": ("调解", "Mediations"),
    "activity": ("活动", "Activities"),
    "problem": ("困难", "Problems"),
    "wish": ("微心愿", "Wishes"),
    "pairing": ("结对", "Pairings"),
    "other": ("其他", "Other"),
}
_NUMBER: Final = Column("number", "责任区", "Zone", 8, "count")
_ZONE: Final = Column("zone", "中心户", "Centre", 12, "id")
_MEMBER: Final = Column("member_id", "党员编号", "Member", 14, "id")
_PLACE: Final = Column("place", "楼栋单元", "Unit", 28)


class Done(Protocol):
    """A log held against a plan; see `planner.plan.care.served.Served`."""

    counts: pd.DataFrame
    members: pd.DataFrame
    unseen: pd.DataFrame
    zones: pd.DataFrame
    unknown: int
    unread: int


class Visited(Protocol):
    """What is known of the visits; see `planner.api.visiting.VisitPlan`."""

    @property
    def visits(self) -> pd.DataFrame:
        """One row a care household."""
        ...

    @property
    def load(self) -> pd.DataFrame:
        """One row a serving member."""
        ...

    @property
    def rounds(self) -> pd.DataFrame:
        """One row a member who goes round."""
        ...

    @property
    def patrols(self) -> pd.DataFrame:
        """One row a zone."""
        ...

    @property
    def served(self) -> Any:
        """What was done, see `Done`; None where there is no log."""
        ...

    @property
    def about(self) -> Mapping[str, Any]:
        """Where it comes from."""
        ...


def visits_figures(told: Visited) -> dict[str, Any]:
    """Give plain values; a count of care households, or of services, that is few is None."""
    least, visits, load = int(told.about["smallest"]), told.visits, told.load

    def few(count: int) -> int | None:
        return None if 0 < count < least else count

    done = None
    if told.served is not None:
        sums = {k: few(int(told.served.counts[k].sum())) for k in _WORDS}
        unseen = few(len(told.served.unseen))
        done = {"services": sums, "unseen": unseen, "unknown_rows": told.served.unknown}
        done["unread_rows"] = told.served.unread
    return {
        **told.about,
        "care": few(len(visits)),
        "with_helper": few(int((visits["first"] != "").sum())),
        "with_two": few(int((visits["second"] != "").sum())),
        "visits_a_month": few(int(visits["visits"].sum())),
        "helpers": int((load["homes"] > 0).sum()),
        "over": few(int((load["over"] > 0).sum())),
        "rounds": len(told.rounds),
        "round_m": _mean(told.rounds, "metres"),
        "round_minutes": _mean(told.rounds, "minutes"),
        "patrols": len(told.patrols),
        "patrol_m": _mean(told.patrols, "metres"),
        "log": done,
    }


def _mean(frame: pd.DataFrame, name: str) -> float | None:
    return round(float(frame[name].mean()), 1) if len(frame) else None


def visits_lines(told: Visited) -> Iterator[tuple[str, str]]:
    """Say what it comes to, a line each: Chinese, English."""
    f = visits_figures(told)

    def n(value: Any) -> str:
        return f"<{f['smallest']}" if value is None else number(value)

    if stamp := network_words(told.about):
        yield stamp
    care, visits = n(f["care"]), n(f["visits_a_month"])
    one, two = n(f["with_helper"]), n(f["with_two"])
    yield (
        f"关爱户 {care} 户，每月应走访 {visits} 次；有第一联系人 {one} 户，两人都有 {two} 户",
        f"{care} care households, {visits} visits a month; {one} have a helper, {two} two",
    )
    hours, needed = f"{f['hours']:g}", f"{f['needed_hours']:g}"
    yield (
        f"每人每月 {hours} 小时：{n(f['over'])} 人超出；每人 {needed} 小时即可全部容纳",
        f"at {hours} h a month {n(f['over'])} members have too much; {needed} h each would do for all",
    )
    if f["rounds"]:
        week, count = f["week"], n(f["rounds"])
        metres, minutes = n(f["round_m"]), n(f["round_minutes"])
        yield (
            f"第 {week} 周走访路线 {count} 条，平均 {metres} 米、{minutes} 分钟",
            f"week {week}: {count} rounds, {metres} m and {minutes} min on average",
        )
    if f["patrols"]:
        yield (
            f"巡查路线 {n(f['patrols'])} 条，平均 {n(f['patrol_m'])} 米",
            f"{n(f['patrols'])} patrols, {n(f['patrol_m'])} m on average",
        )
    if f["log"] is not None:
        said = f["log"]["services"]
        zh = "，".join(f"{_WORDS[k][0]} {n(v)}" for k, v in said.items() if v != 0)
        en = ", ".join(f"{_WORDS[k][1].lower()} {n(v)}" for k, v in said.items() if v != 0)
        yield f"走访记录：{zh or 0}", f"log: {en or 0}"
        yield from log_losses(f["log"]["unread_rows"], f["log"]["unknown_rows"])
        yield (
            f"久未走访的关爱户 {n(f['log']['unseen'])} 户",
            f"{n(f['log']['unseen'])} care households were not visited for long",
        )


def visits_bytes(told: Visited) -> bytes:
    """Make the workbook: equal plans give equal bytes; each page is marked internal."""
    title = str(told.about["title"] or "走访计划")
    day = day_of(told.about["created"])
    return internal_book(title, day, _sheets(told), mark=f"{day:%Y-%m-%d}")


def _sheets(told: Visited) -> Iterator[Sheet]:
    visits = told.visits
    kinds = [f"{zh} {en}" for zh, en in zip(visits["kinds_zh"], visits["kinds"], strict=True)]
    yield Sheet(
        "走访计划 visits",
        visits.assign(kinds=kinds),
        (
            Column("household_id", HOME, "Household", 14, "id"),
            Column("fence", "社区", "Fence", 16),
            _PLACE,
            _ZONE,
            Column("kinds", "类别", "Kind of care", 34),
            Column("visits", "每月次数", "Visits a month", 10, "share"),
            Column("minutes", "每次分钟", "Minutes each", 10, "count"),
            Column("first", FIRST, "First helper", 13, "id"),
            Column("first_m", "步行（米）", "Walk m", 9, "metres"),
            Column("second", SECOND, "Second helper", 13, "id"),
            Column("second_m", "步行（米）", "Walk m", 9, "metres"),
        ),
    )
    yield Sheet(
        "工作量 load",
        told.load,
        (
            _MEMBER,
            _ZONE,
            Column("homes", "第一联系户数", "Helped first", 11, "count"),
            Column("second", "第二联系户数", "Helped second", 11, "count"),
            Column("minutes", "每月分钟", "Minutes a month", 10, "count"),
            Column("allowed", "可用分钟", "Minutes there are", 11, "count"),
            Column("over", "超出分钟", "Minutes beyond", 11, "count"),
            Column("hours_needed", "需小时", "Hours needed", 10, "share"),
        ),
    )
    yield Sheet(
        f"第{told.about['week']}周路线 rounds",
        told.rounds,
        (
            _ZONE,
            _MEMBER,
            Column("stops", "停留", "Stops", 8, "count"),
            Column("visits", "走访户次", "Visits", 9, "count"),
            Column("metres", "路程（米）", "Metres", 10, "metres"),
            Column("minutes", "用时（分钟）", "Minutes", 10, "count"),
            Column("order", "顺序", "In turn", 80),
        ),
        apart="zone",
    )
    yield _patrol_sheet(told)
    if told.served is not None:
        yield from _log_sheets(told.served)


def _patrol_sheet(told: Visited) -> Sheet:
    return Sheet(
        "巡查路线 patrols",
        told.patrols,
        (
            _NUMBER,
            _ZONE,
            Column("streets_m", "路段总长（米）", "Streets m", 11, "metres"),
            Column("metres", "路程（米）", "Walk m", 10, "metres"),
            Column("minutes", "用时（分钟）", "Minutes", 10, "count"),
            Column("parts", "互不相通的片数", "Parts apart", 11, "count"),
        ),
    )


def _log_sheets(done: Done) -> Iterator[Sheet]:
    month = Column("month", "月份", "Month", 10)
    kinds = tuple(Column(k, zh, en, 9, "count") for k, (zh, en) in _WORDS.items())
    minutes = Column("minutes", "分钟", "Minutes", 9, "count")
    needed = Column("needed", "应走访次数", "Visits needed", 10, "share")
    yield Sheet("服务统计 services", done.counts, (month, _NUMBER, _ZONE, *kinds, minutes, needed))
    services = Column("services", "服务次数", "Services", 10, "count")
    yield Sheet("党员服务 by member", done.members, (month, _MEMBER, _ZONE, services, minutes))
    last = Column("last", "上次", "Last", 12)
    days = Column("days", "已过天数", "Days since", 10, "count")
    yield Sheet(
        "久未走访 not visited",
        done.unseen,
        (
            Column("household_id", HOME, "Household", 14, "id"),
            _PLACE,
            _ZONE,
            last,
            days,
            Column("helper", FIRST, "First helper", 13, "id"),
        ),
    )
    yield Sheet(
        "责任区上次服务 zones",
        done.zones.assign(days=np.asarray(done.zones["days"], float)),
        (_NUMBER, _ZONE, last, days),
    )

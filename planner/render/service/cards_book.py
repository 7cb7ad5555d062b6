"""Cards of the centres, needs and talents, as the office's own workbook and in lines that tell no home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from planner.model.duties import Duty, NeedKind
from planner.plan.service.cards import Cards
from planner.plan.service.matching import Matched
from planner.plan.service.periods import Period
from planner.render.books.look import Column, Sheet, day_of, internal_book
from planner.render.text.words import number

__all__ = ["CardsTold", "cards_bytes", "cards_figures", "cards_lines"]

_PARTS: Final = {
    "duty": "职责 duty",
    "need": "需求 need",
    "talent": "特长 talent",
    "mentor": "指导员 mentor",
}
_CAUSES: Final = {
    "": "已匹配 met",
    "no_place": "住户未定位 the home has no place",
    "no_zone": "住户无责任区 the home has no zone",
    "nobody": "本区及邻区无人具备 nobody of the zone or the next has the talent",
    "busy": "具备者均已满 who has it has enough already",
}
_NUMBER: Final = Column("number", "责任区", "Zone", 8, "count")
_ZONE: Final = Column("zone", "中心户", "Centre", 12, "id")
_FENCE: Final = Column("fence", "社区", "Community", 16)
_WHERE: Final = (_NUMBER, _ZONE, _FENCE)


@dataclass(frozen=True, eq=False)
class CardsTold:
    """What is told of duties, needs and talents.

    Parameters
    ----------
    cards : Cards
    matched : Matched
    duties : tuple of Duty
    kinds : tuple of NeedKind
    period : Period or None
        Of the log that is counted; None without a log.
    about : mapping
        ``title, created, synthetic, smallest``.
    """

    cards: Cards
    matched: Matched
    duties: tuple[Duty, ...]
    kinds: tuple[NeedKind, ...]
    period: Period | None
    about: Mapping[str, Any]


def cards_figures(told: CardsTold) -> dict[str, Any]:
    """Give plain values, without an id; a count of needs below the threshold is None."""
    least, needs, met = int(told.about["smallest"]), told.matched.needs, told.matched.met

    def few(count: int) -> int | None:
        return None if 0 < count < least else int(count)

    def both(mine: pd.Series, which: Any) -> int | None:
        # met and unmet are told together or not at all: one would follow from the other and the sum
        of, part = int(mine.sum()), int((mine & which).sum())
        return None if few(part) is None or few(of - part) is None else few(part)

    kinds = {k.code: needs["kind"] == k.code for k in told.kinds if (needs["kind"] == k.code).any()}
    by_kind = {code: {"needs": few(int(m.sum())), "met": both(m, met)} for code, m in kinds.items()}
    for name in ("needs", "met"):
        # one kind that is not told would follow from the others and the sum
        if any(own[name] is None for own in by_kind.values()):
            by_kind = {code: own | {name: None} for code, own in by_kind.items()}
    table = told.cards.duties
    return {
        **told.about,
        "centres": int(table["number"].nunique()),
        "members": len(told.cards.members),
        "with_talent": int((told.cards.members["talents"] != "").sum()),
        "needs": few(len(needs)),
        "met": both(pd.Series(True, needs.index), met),
        "needs_unknown": few(told.matched.lost),
        "kinds": by_kind,
        "duties": {
            d.code: {
                "without": int((table.loc[table["duty"] == d.code, "able"] == 0).sum()),
                "done": None
                if told.period is None
                else int(table.loc[table["duty"] == d.code, "done"].sum()),
            }
            for d in told.duties
        },
        "period": None if told.period is None else [str(told.period.since), str(told.period.until)],
    }


def cards_lines(told: CardsTold) -> Iterator[tuple[str, str]]:
    """Say what it comes to, a line each: Chinese, English."""
    f = cards_figures(told)
    least = f["smallest"]

    def n(value: int | None) -> str:
        return f"<{least}" if value is None else number(value)

    def of(value: int | None) -> tuple[str, str]:
        # where either side is small neither is told
        return ("", "") if value is None else (f"，已匹配 {n(value)} 项", f", {n(value)} met")

    yield (
        f"中心户 {f['centres']} 个，党员 {f['members']} 名，其中有特长 {f['with_talent']} 名",
        f"{f['centres']} centres, {f['members']} members, {f['with_talent']} of them with a talent",
    )
    for duty in told.duties:
        own = f["duties"][duty.code]
        done_zh, done = ("", "")
        if own["done"] is not None:
            done_zh, done = f"，记录 {own['done']:,} 次", f", {own['done']:,} in the log"
        yield (
            f"{duty.zh}：{duty.task_zh}；{own['without']} 个责任区无对应特长{done_zh}",
            f"{duty.en}: {duty.task_en}; {own['without']} zones without a talent for it{done}",
        )
    if not len(told.matched.needs):
        yield "未登记居民需求", "no needs of households are stated"
        return
    zh, en = of(f["met"])
    yield f"居民需求 {n(f['needs'])} 项{zh}", f"{n(f['needs'])} needs of households{en}"
    for kind in told.kinds:
        own = f["kinds"].get(kind.code)
        if own is not None and own["needs"] is not None:
            zh, en = of(own["met"])
            yield f"　{kind.zh} {n(own['needs'])} 项{zh}", f"  {kind.en}: {n(own['needs'])}{en}"


def cards_bytes(told: CardsTold) -> bytes:
    """Make the workbook: equal cards give equal bytes; each page is marked internal."""
    title = str(told.about["title"] or "中心户职责卡")
    return internal_book(title, day_of(told.about["created"]), _sheets(told), mark="职责与需求")


def _sheets(told: CardsTold) -> Iterator[Sheet]:
    duties = {d.code: f"{d.zh} {d.en}" for d in told.duties}
    kinds = {k.code: f"{k.zh} {k.en}" for k in told.kinds}
    names = duties | kinds | {"mentor": ""}
    cards = told.cards.cards.assign(
        part=told.cards.cards["part"].map(_PARTS),
        item=[names.get(str(i), str(i)) for i in told.cards.cards["item"]],
    )
    said = Column("said", "党员／已匹配", "Members / met", 60)
    columns = (
        *_WHERE,
        Column("part", "类别", "Part", 14),
        Column("item", "内容", "Item", 26),
        Column("count", "数量", "Count", 8, "count"),
        said,
    )
    # a centre's card is a page of its own
    yield Sheet("中心户卡 cards", cards, columns, "number")
    table = told.cards.duties
    tasks = {d.code: f"{d.task_zh} {d.task_en}" for d in told.duties}
    yield Sheet(
        "职责 duties",
        table.assign(task=table["duty"].map(tasks), duty=table["duty"].map(duties)),
        (
            *_WHERE,
            Column("duty", "职责", "Duty", 22),
            Column("task", "任务", "Task", 40),
            Column("able", "有特长党员", "Members with talent", 11, "count"),
            Column("who", "党员", "Members", 40),
            Column("done", "记录次数", "In the log", 10, "count"),
            Column("asked", "应有次数", "Asked", 10, "count"),
        ),
    )
    yield from _matches(told, kinds)
    people = told.cards.members
    yield Sheet(
        "党员 members",
        people.assign(
            centre=people["centre"].map({True: "是 yes", False: ""}),
            duties=["、".join(duties[d].split(" ")[0] for d in own) for own in people["duties"]],
        ),
        (
            Column("member_id", "党员编号", "Member", 14, "id"),
            *_WHERE,
            Column("centre", "中心户", "Centre", 9),
            Column("households", "联系户数", "Homes", 9, "count"),
            Column("talents", "特长", "Talents", 30),
            Column("duties", "可助职责", "Helps with", 40),
            Column("needs", "认领需求", "Needs", 9, "count"),
        ),
    )


def _matches(told: CardsTold, kinds: Mapping[str, str]) -> Iterator[Sheet]:
    needs = told.matched.needs
    shown = needs.assign(kind=needs["kind"].map(kinds), cause=needs["cause"].map(_CAUSES))
    home = (
        *_WHERE,
        Column("household_id", "户编号", "Household", 14, "id"),
        Column("place", "楼栋单元", "Unit", 28),
        Column("kind", "需求", "Need", 22),
    )
    met = (
        Column("member_id", "匹配党员", "Member", 14, "id"),
        Column("member_zone", "其责任区", "Their zone", 9, "count"),
        Column("walk_m", "步行（米）", "Walk m", 9, "metres"),
    )
    yield Sheet("需求匹配 matched", shown[told.matched.met], (*home, *met))
    yield Sheet(
        "未匹配 unmet", shown[~told.matched.met], (*home, Column("cause", "原因", "Why", 50))
    )

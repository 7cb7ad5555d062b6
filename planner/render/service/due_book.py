"""What is due, as the office's own workbook and in lines that tell no household."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from planner.model.serving import ServiceCount, VisitClass
from planner.plan.service.due import STATES, Due
from planner.render.books.look import Column, Sheet, day_of, internal_book
from planner.render.text.words import number

__all__ = ["DueTold", "due_bytes", "due_figures", "due_lines"]

_STATES: Final = {"overdue": "逾期 overdue", "due": "应访 due", "done": "已访 done"}
_NUMBER: Final = Column("number", "责任区", "Zone", 8, "count")
_ZONE: Final = Column("zone", "中心户", "Centre", 12, "id")
_FENCE: Final = Column("fence", "社区", "Community", 16)
_HOME: Final = Column("household_id", "户编号", "Household", 14, "id")
_LAST: Final = Column("last", "上次", "Last", 12)
_DAYS: Final = Column("days", "已过天数", "Days since", 10, "count")
_MENTOR: Final = Column("mentor", "指导员", "Mentor", 14, "id")
_OLD_DAYS: Final = 30


@dataclass(frozen=True, eq=False)
class DueTold:
    """What is told of what is due.

    Parameters
    ----------
    due : Due
    classes : tuple of VisitClass
    counts : tuple of ServiceCount
    about : mapping
        ``title, created, synthetic, smallest``.
    """

    due: Due
    classes: tuple[VisitClass, ...]
    counts: tuple[ServiceCount, ...]
    about: Mapping[str, Any]


def due_figures(told: DueTold) -> dict[str, Any]:
    """Give plain values, without an id; a count of homes below the threshold is None."""
    d, least = told.due, int(told.about["smallest"])

    def few(count: int) -> int | None:
        return None if 0 < count < least else int(count)

    late = d.homes["state"] == STATES[0]
    return {
        **told.about,
        "on": str(d.asked.on),
        "homes": few(len(d.homes)),
        **{state: few((d.homes["state"] == state).sum()) for state in STATES},
        "overdue_care": few((late & d.homes["care"]).sum()),
        "never": few(d.homes["days"].isna().sum()),
        "members_overdue": int((d.members["overdue"] > 0).sum()),
        "problems_open": few(len(d.problems)),
        "problems_old": few((d.problems["age"] > _OLD_DAYS).sum()),
        "mentors": None if d.mentors is None else len(d.mentors),
        "centres_silent": None if d.silent is None else len(d.silent),
    }


def due_lines(told: DueTold) -> Iterator[tuple[str, str]]:
    """Say what is due, a line each: Chinese, English."""
    f, asked = due_figures(told), told.due.asked
    least = f["smallest"]

    def n(name: str) -> str:
        return f"<{least}" if f[name] is None else number(f[name])

    yield (
        f"{f['on']}：应走访 {n('homes')} 户，逾期 {n('overdue')} 户（其中关爱户 {n('overdue_care')} 户，"
        f"从未走访 {n('never')} 户），{asked.ahead} 天内到期 {n('due')} 户，已访 {n('done')} 户",
        f"{f['on']}: {n('homes')} homes to be visited, {n('overdue')} overdue ({n('overdue_care')} of them "
        f"care households; {n('never')} never visited), {n('due')} due within {asked.ahead} days, "
        f"{n('done')} done",
    )
    yield (
        f"有逾期的党员 {n('members_overdue')} 人；未办结事项 {n('problems_open')} 件，"
        f"其中超过 {_OLD_DAYS} 天 {n('problems_old')} 件",
        f"{n('members_overdue')} members have visits overdue; {n('problems_open')} things are open, "
        f"{n('problems_old')} of them for more than {_OLD_DAYS} days",
    )
    if told.due.mentors is not None:
        yield (
            f"指导员 {n('mentors')} 名；超过 {asked.silent} 天未联系的中心户 {n('centres_silent')} 个",
            f"{n('mentors')} mentors; {n('centres_silent')} centres without contact for more than "
            f"{asked.silent} days",
        )


def due_bytes(told: DueTold) -> bytes:
    """Make the workbook: equal lists give equal bytes; each page is marked internal."""
    day = day_of(told.due.asked.on)
    title = str(told.about["title"] or "走访提醒")
    return internal_book(title, day, _sheets(told), mark=f"{day:%Y-%m-%d}")


def _sheets(told: DueTold) -> Iterator[Sheet]:
    d = told.due
    classes = {c.code: f"{c.zh} {c.en}" for c in told.classes}
    shown = d.homes.assign(
        visit_class=d.homes["visit_class"].map(classes),
        care=d.homes["care"].map({True: "关爱 care", False: ""}),
        state=d.homes["state"].map(_STATES),
    )
    place = Column("place", "楼栋单元", "Unit", 28)
    columns = (
        Column("state", "状态", "State", 12),
        Column("care", "关爱", "Care", 10),
        _HOME,
        place,
        _FENCE,
        _NUMBER,
        _ZONE,
        Column("member", "走访人", "Visited by", 14, "id"),
        Column("visit_class", "频次", "Class", 16),
        _LAST,
        _DAYS,
        Column("next", "应访日", "Due on", 12),
        Column("late", "逾期天数", "Days late", 10, "count"),
    )
    open_now = d.homes["state"] != STATES[2]
    yield Sheet("逾期与到期 due", shown[open_now], columns)
    yield Sheet("党员 by member", d.members, _OF_MEMBERS)
    yield Sheet("未办结 open", _problems(told), _OF_PROBLEMS)
    if d.mentors is not None and d.silent is not None:
        yield Sheet("指导员 mentors", d.mentors, _OF_MENTORS)
        silent: Sequence[Column] = (_MENTOR, _NUMBER, _ZONE, _FENCE, _LAST, _DAYS)
        yield Sheet("久未联系 silent", d.silent, tuple(silent))
    yield Sheet("全部住户 all", shown, columns)


_OF_MEMBERS: Final = (
    Column("member_id", "党员编号", "Member", 14, "id"),
    _NUMBER,
    _ZONE,
    Column("homes", "应走访户数", "Homes", 11, "count"),
    Column("overdue_care", "逾期关爱户", "Care overdue", 11, "count"),
    Column("overdue", "逾期", "Overdue", 9, "count"),
    Column("due", "到期", "Due", 9, "count"),
    Column("done", "已访", "Done", 9, "count"),
)
_OF_PROBLEMS: Final = (
    Column("day", "日期", "Day", 12),
    Column("age", "已过天数", "Age, days", 10, "count"),
    Column("kind", "类别", "Kind", 24),
    _FENCE,
    _NUMBER,
    _ZONE,
    Column("household", "户编号", "Household", 14, "id"),
    Column("member", "党员编号", "Member", 14, "id"),
    Column("file", "文件", "File", 22),
    Column("sheet", "工作表", "Sheet", 14),
    Column("row", "行", "Row", 8, "count"),
)
_OF_MENTORS: Final = (
    _MENTOR,
    Column("centres", "联系中心户", "Centres", 10, "count"),
    Column("contacts", "联系次数", "Contacts", 10, "count"),
    Column("trainings", "培训次数", "Trainings", 10, "count"),
    _LAST,
    _DAYS,
    Column("silent", "久未联系", "Silent", 10, "count"),
)


def _problems(told: DueTold) -> pd.DataFrame:
    frame, names = told.due.problems, {one.code: f"{one.zh} {one.en}" for one in told.counts}
    return frame.assign(
        day=frame["day"].dt.strftime("%Y-%m-%d"),
        kind=frame["count"].map(names).fillna("其他 other"),
    )

"""The proposal as a workbook: who should be a centre, who was not chosen, what stays uncovered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd

from planner.privacy.person import People, Person
from planner.render.books.look import (
    SYNTHETIC,
    Column,
    Sheet,
    internal_book,
    plain_text,
    put,
    set_page,
)
from planner.render.text.words import network_words, number

__all__ = ["proposal_bytes", "proposal_lines"]

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]
_DAY: Final = datetime(2000, 1, 1)  # A day that never changes: equal proposals are equal files
_FENCE: Final = Column("fence", "社区", "Fence", 16)
_PERSON: Final = (
    Column("candidate_id", "党员编号", "Member", 14, "id"),
    Column("name", "姓名", "Name", 14),
    _FENCE,
    Column("label", "地址", "Place", 28),
    Column("role", "角色", "Role", 12),
    Column("score", "得分", "Score", 9, "share"),
    Column("strengths", "特长", "Strengths", 26),
    Column("was_centre", "现中心户", "Centre today", 10),
)
_CHOSEN: Final = (
    Column("households", "服务户数", "Homes", 9, "count"),
    Column("members", "党员", "Members", 9, "count"),
    Column("within_reach", "步行上限内户数", "Homes in reach", 12, "count"),
    Column("walk_mean_m", "平均步行（米）", "Mean walk m", 11, "metres"),
    Column("walk_max_m", "最远（米）", "Max walk m", 10, "metres"),
    Column("beyond", "超限户数", "Beyond limit", 9, "count"),
    Column("runner_up", "次优候选", "Runner-up", 12, "id"),
    Column("instead_m", "换人代价（米/户）", "Swap m a home", 12, "metres"),
    Column("said", "入选理由", "Why", 60),
    Column("forced", "指定", "Forced", 8),
)
_LEFT: Final = (
    Column("centre_id", "所在责任区中心户", "Zone of", 13, "id"),
    Column("walk_m", "到该中心户（米）", "Walk to it m", 12, "metres"),
    Column("instead_m", "替换代价（米/户）", "Swap m a home", 12, "metres"),
    Column("said", "说明", "Why not", 46),
)
_UNCOVERED: Final = (
    _FENCE,
    Column("label", "楼栋单元", "Unit", 28),
    Column("households", "户数", "Homes", 9, "count"),
    Column("centre_id", "中心户", "Centre", 13, "id"),
    Column("walk_m", "步行（米）", "Walk m", 10, "metres"),
    Column("said", "原因", "Cause", 60),
)
_WAYS: Final = {
    "self": "自荐 own application",
    "organisation": "组织推荐 by the organisation",
    "people": "群众举荐 by residents",
}
_OUTCOMES: Final = {
    "chosen": "入选 chosen",
    "left": "未入选 not chosen",
    "aside": "未列入 left out",
}
_OBJECTIONS: Final = {
    "": "",
    "open": "核实中 open",
    "dismissed": "不成立 dismissed",
    "upheld": "成立 upheld",
}
_NOMINATED: Final = (
    Column("way", "推荐方式", "Nominated", 22),
    Column("by", "推荐单位（人）", "By", 18),
    Column("day", "推荐日期", "On", 12),
)
_SCORED: Final = (
    Column("score", "得分", "Score", 9, "share"),
    Column("rank", "社区内名次", "Rank", 9, "count"),
    Column("outcome", "结果", "Outcome", 16),
    Column("objection", "公示异议", "Objection", 16),
    Column("points", "领先或差（分）", "Points ahead", 12, "share"),
    Column("said", "多（少）1分的影响", "What one point changes", 50),
)
_FENCES: Final = (
    _FENCE,
    Column("households", "居民户", "Homes", 10, "count"),
    Column("members", "党员", "Members", 10, "count"),
    Column("candidates", "候选户", "Candidates", 11, "count"),
    Column("least", "规则最少", "Rules ask least", 12, "count"),
    Column("most", "规则最多", "Rules allow most", 12, "count"),
    Column("centres_before", "现中心户", "Centres today", 11, "count"),
    Column("centres", "入选", "Chosen", 9, "count"),
    Column("walk_before_m", "现平均步行（米）", "Mean today m", 12, "metres"),
    Column("walk_m", "入选后（米）", "Mean chosen m", 12, "metres"),
    Column("gap", "与最优差距（%）", "Gap %", 11, "share"),
    Column("misfit", "超员或不足户数", "Over or short", 12, "count"),
    Column("said", "数量理由", "Why so many", 60),
)


def proposal_bytes(
    tables: Tables, figures: Mapping[str, Any], people: People | None = None
) -> bytes:
    """Make the workbook of a proposal: internal, and marked so on each page.

    `tables`: chosen, left, uncovered, fences and the scoring sheet, see `planner.api.site.site.Proposal`.
    Gives: an ``.xlsx``; equal proposals give equal bytes.
    """
    title = f"{figures.get('title') or ''} 择优选户方案".strip()

    def notes(book: Any, styles: dict[str, Any]) -> None:
        _notes(book, styles, title, figures)

    sheets = _sheets(tables, figures, people or People())
    return internal_book(title, _DAY, sheets, mark="择优选户", notes=notes)


def _sheets(tables: Tables, figures: Mapping[str, Any], people: People) -> Iterator[Sheet]:
    chosen, left, uncovered, fences, scoring = tables
    # a column of names without names looks like a fault
    person = tuple(c for c in _PERSON if c.source != "name" or people.members)
    number, forced = range(1, len(chosen) + 1), ["是 yes" if f else "" for f in chosen["forced"]]
    yield Sheet(
        "入选 chosen",
        _named(chosen, people).assign(number=number, forced=forced),
        (Column("number", "序号", "No.", 7, "count"), *person, *_CHOSEN),
    )
    yield Sheet("未入选 not chosen", _named(left, people), (*person, *_LEFT))
    yield Sheet("仍未覆盖 uncovered", uncovered.assign(said=_both(uncovered)), _UNCOVERED)
    if len(scoring):
        yield _scored(scoring, tuple(figures["criteria"]), people)
    gap = [100 * g for g in fences["optimality_gap"]]
    yield Sheet("社区 communities", fences.assign(gap=gap, said=_both(fences)), _FENCES)


def _scored(scoring: pd.DataFrame, criteria: tuple[str, ...], people: People) -> Sheet:
    """Lay the scoring sheet out: a column for each criterion, what came of it, what a point would change."""
    shown = scoring.assign(
        name=[people.members.get(m, Person()).name for m in scoring["candidate_id"]],
        way=[_WAYS.get(str(w), str(w)) for w in scoring["way"]],
        outcome=scoring["outcome"].map(_OUTCOMES),
        objection=scoring["objection"].map(_OBJECTIONS),
        said=[f"{zh} {en}" for zh, en in zip(scoring["change_zh"], scoring["change"], strict=True)],
    )
    person = (_PERSON[0], *((_PERSON[1],) if people.members else ()), _FENCE)
    points = (Column(name, name, "Points", 11, "share") for name in criteria)
    return Sheet("评分表 scores", shown, (*person, *_NOMINATED, *points, *_SCORED))


def _named(frame: pd.DataFrame, people: People) -> pd.DataFrame:
    return frame.assign(
        name=[people.members.get(m, Person()).name for m in frame["candidate_id"]],
        was_centre=["是 yes" if w else "" for w in frame["was_centre"]],
        said=_both(frame),
    )


def _both(frame: pd.DataFrame) -> list[str]:
    return [f"{zh} {en}" for zh, en in zip(frame["why_zh"], frame["why"], strict=True)]


def _notes(book: Any, styles: dict[str, Any], title: str, figures: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("说明 notes")
    set_page(sheet, plain_text(title))
    sheet.set_column(0, 0, 100)
    warnings = [SYNTHETIC] * bool(figures.get("synthetic"))
    if stamp := network_words(figures):
        warnings.append("  ".join(stamp))
    lines = [("title", title), *(("warning", text) for text in warnings)]
    lines += [("wrap", text) for text in (*proposal_lines(figures), *_terms(figures))]
    for row, (style, text) in enumerate(lines):
        put(sheet, row, 0, text, styles[style])


def proposal_lines(figures: Mapping[str, Any]) -> list[str]:
    """Say what a proposal comes to, a line each, in Chinese and English."""
    # at best: today's centres get the best sharing out that their rules allow
    was, now, count = figures["walk_before_m"], figures["walk_m"], figures["count"]
    homes, open_ = number(figures["located"]), number(figures["uncovered"])
    lines = [
        f"入选 {count} 名中心户（现 {figures['before']} 名），已定位居民户 {homes} 户 · "
        f"{count} centres chosen ({figures['before']} today), {homes} homes located",
        f"已定位党员 {figures['members_located']} 名，共 {figures['members']} 名 · "
        f"{figures['members_located']} of {figures['members']} members located",
        f"平均步行 {now:.1f} 米 · mean walk {now:.1f} m",
    ]
    if was is not None:
        lines.append(
            f"现中心户平均步行最好为 {was:.1f} 米，每户变化 {now - was:+.1f} 米 · "
            f"with today's centres {was:.1f} m at best: {now - was:+.1f} m a home"
        )
    if figures["score"] is not None:
        score, old = figures["score"], figures["score_before"]
        zh, en = ("", "") if old is None else (f"（现 {old:.1f}）", f" ({old:.1f} today)")
        lines.append(f"平均得分 {score:.1f}{zh} · mean score {score:.1f}{en}")
    lines += _one_more(figures)
    gap = 100 * figures["optimality_gap"]
    lines.append(
        f"在各社区此数量下，与最优选择的差距不超过 {gap:.2f}% · "
        f"proven within {gap:.2f} % of the best choice of so many in each community"
    )
    if figures["misfit"]:
        off = number(figures["misfit"])
        lines.append(
            f"责任区户数超出或不足共 {off} 户 · {off} homes over or short of what zones may have"
        )
    lines.append(
        f"仍超出步行上限或无路径 {open_} 户 · {open_} homes beyond the walk limit or without a path"
    )
    return lines


def _one_more(figures: Mapping[str, Any]) -> Iterator[str]:
    """Say what one centre more would change, the best three communities, and what one point of score more."""
    homes = max(figures["located"], 1)
    for row in figures["one_more"][:3]:
        where, who = row["fence"] or "全区 district", row["candidate_id"]
        mean, more = row["saved_m"] / homes, number(row["within"])
        yield (
            f"若再增 1 个点位，{where}首选 {who}：全部住户平均步行减少 {mean:.1f} 米，"
            f"新进入步行上限 {more} 户 · "
            f"one centre more, {where}: {who}, {mean:.1f} m less for a home on average, {more} homes more "
            f"within the walk limit"
        )
    if figures["one_point"] is not None:
        n = figures["one_point"]
        yield (
            f"若得分多 1 分，未入选者中有 {n} 名会替换所在责任区的中心户（见评分表） · "
            f"with one point of score more {n} of those left out would replace the centre of their "
            "zone (see the scores)"
        )


def _terms(figures: Mapping[str, Any]) -> Iterator[str]:
    """Say by what it was chosen."""
    point, strength, limit = (f"{figures[k]:g}" for k in ("score_m", "strength_m", "limit_m"))
    yield (
        f"得分每差 1 分，折合每户步行 {point} 米 · one point of score counts as {point} m of walk for "
        "each home served"
    )
    if figures["strengths"]:
        yield (
            f"应至少具备一项特长：{'、'.join(figures['strengths'])}；不具备折合每户 {strength} 米 · "
            f"one of these strengths counts as {strength} m for each home served"
        )
    if figures["criteria"]:
        total = sum(figures["criteria"].values())
        shares = "、".join(f"{n} {100 * w / total:.0f}%" for n, w in figures["criteria"].items())
        yield f"得分按评分项加权平均：{shares} · the score is the weighted mean of these criteria"
    yield (
        f"步行上限 {limit} 米；责任区户数上下限按规则，党员数按社区平均折算 · walk limit {limit} m; members "
        "of a zone are counted as the community's average"
    )
    yield (
        "换人代价：责任区不变，改由次优候选担任中心户时，每户增加的折合米数 · swap: what each home of the "
        "zone would lose, were the runner-up its centre"
    )
    yield "下一步 next: planner zone planner.toml  （本文件夹内 in this folder）"

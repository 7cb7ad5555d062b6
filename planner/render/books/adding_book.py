"""Where one more helps most, as a workbook and as lines: candidates alone, the best sets, gates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from planner.plan.care.adding.more import MODELS, WHAT
from planner.render.books.look import Column, Sheet, internal_book
from planner.render.text.words import network_words, number

__all__ = ["Added", "adding_bytes", "adding_figures", "adding_lines"]

BEST = 5  # members of each community
LISTED, TOLD = 100, 5  # candidates and gates on the screen; all of them are in the workbook
_DAY = datetime(2000, 1, 1)  # A day that never changes: equal proposals are equal files


class Added(Protocol):
    """What is known of one more; see `planner.api.site.adding.Addition`."""

    @property
    def candidates(self) -> pd.DataFrame:
        """One row a candidate."""
        ...

    @property
    def sets(self) -> pd.DataFrame:
        """One row a number of each model."""
        ...

    @property
    def gates(self) -> pd.DataFrame | None:
        """One row a gate."""
        ...

    @property
    def gate_sets(self) -> pd.DataFrame | None:
        """One row a number of each model, of gates."""
        ...

    @property
    def about(self) -> Mapping[str, Any]:
        """Where it comes from."""
        ...


def adding_figures(told: Added) -> dict[str, Any]:
    """Give plain values; where care households alone count no door is named and few of them are None."""
    hide, least = bool(told.about["care_counts"]), int(told.about["smallest"])
    sets = []
    for row in told.sets.to_dict("records"):
        kept: dict[str, Any] = {"chosen": None} if hide else {}
        # A difference of two counts tells of few as a count does.
        if hide and row["model"] == "cover" and any(0 < row[k] < least for k in ("value", "more")):
            kept |= dict.fromkeys(("value", "more", "bound"))
        sets.append(row | kept)
    # Whoever would be won near a care household lives near it: the workbook tells, the screen does not.
    listed = [] if hide else told.candidates.head(LISTED).to_dict("records")
    gates = None if told.gates is None else told.gates.to_dict("records")
    about = dict(told.about)
    for name in ("homes", "uncovered"):
        about[name] = _few(about[name], least) if hide else about[name]
    return {
        **about,
        "candidates": [_candidate(row, least) for row in listed],
        "sets": sets,
        "gates": None if gates is None else [_gate(row, least) for row in gates],
        "gate_sets": None if told.gate_sets is None else told.gate_sets.to_dict("records"),
    }


def _few(count: int, least: int) -> int | None:
    return None if 0 < count < least else count


def _candidate(row: Mapping[Any, Any], least: int) -> dict[str, Any]:
    score = {"score": None} if math.isnan(row.get("score", 0.0)) else {}
    return {**row, "care": _few(row["care"], least), **score}


def _gate(row: Mapping[Any, Any], least: int) -> dict[str, Any]:
    round_m = row["detour_m"] if math.isfinite(row["detour_m"]) else None
    return {**row, "care": _few(row["care"], least), "detour_m": round_m}


def adding_lines(told: Added) -> Iterator[tuple[str, str]]:
    """Say what it comes to, a line each: Chinese, English."""
    figures = adding_figures(told)
    zh, en = WHAT[figures["what"]]
    if stamp := network_words(told.about):
        yield stamp

    def n(value: Any) -> str:
        return f"<{figures['smallest']}" if value is None else number(value)

    homes, left, limit = n(figures["homes"]), n(figures["uncovered"]), f"{figures['limit_m']:g}"
    yield (
        f"{homes} 户中有 {left} 户在 {limit} 米内没有{zh}",
        f"{left} of {homes} homes have no {en} within {limit} m",
    )
    for row in figures["candidates"][:TOLD]:
        at = f" ({row['place']})" if row["place"] and row["place"] != row["candidate"] else ""
        closed, saved = number(row["homes"]), number(row["saved_m"])
        yield (
            f"  {row['rank']}. {row['candidate']}{at}: 新覆盖 {closed} 户，步行共少 {saved} 米",
            f"  {row['rank']}. {row['candidate']}{at}: {closed} homes brought within the limit, "
            f"{saved} m of walking saved",
        )
    yield from _set_lines(figures["sets"], figures["smallest"])
    for row in (figures["gates"] or [])[:TOLD]:
        name, opened = row["gate"], number(row["homes"])
        saved = number(row["saved_m"])
        yield (
            f"  开放{name}：新覆盖 {opened} 户，步行共少 {saved} 米",
            f"  opening {name} brings {opened} homes within the limit and saves {saved} m of walking",
        )
    if figures["gate_sets"] is not None:
        yield "同时开放几道门：", "gates opened together:"
        yield from _set_lines(figures["gate_sets"], figures["smallest"])


def _set_lines(sets: list[dict[str, Any]], smallest: int) -> Iterator[tuple[str, str]]:
    """Tell the best sets of each model, and what each further one adds."""

    def n(value: Any) -> str:
        return f"<{smallest}" if value is None else number(value)

    for model, (model_zh, model_en) in MODELS.items():
        yield f"{model_zh}：", f"{model_en}:"
        unit_zh, unit = ("户", "homes") if model == "cover" else ("米", "m")
        for row in (r for r in sets if r["model"] == model):
            value, more, bound = (n(row[k]) for k in ("value", "more", "bound"))
            proof_zh, proof = ("已证明最优", "proven best")
            if not row["proven"]:
                proof_zh, proof = f"上界 {bound}", f"at most {bound}"
            hidden = row["chosen"] is None
            who_zh = "见工作簿" if hidden else row["chosen"] or "-"
            who = "see the workbook" if hidden else row["chosen"] or "-"
            yield (
                f"  {row['number']}: {who_zh}: {value} {unit_zh}（增 {more}，{proof_zh}）",
                f"  {row['number']}: {who}: {value} {unit} (+{more}, {proof})",
            )


def adding_bytes(told: Added) -> bytes:
    """Make the workbook: equal answers give equal bytes; each page is marked internal."""
    title = str(told.about["title"] or "增设建议")
    return internal_book(title, _DAY, _sheets(told), mark=str(told.about["created"])[:10])


def _sets_sheet(title: str, sets: pd.DataFrame) -> Sheet:
    worded = sets.assign(
        model=[" ".join(MODELS[m]) for m in sets["model"]],
        proven=["已证明 yes" if p else "" for p in sets["proven"]],
    )
    return Sheet(
        title,
        worded,
        (
            Column("model", "目标", "Aim", 44),
            Column("number", "增设", "How many", 9, "count"),
            Column("chosen", "选定", "Chosen", 44),
            Column("value", "合计（户或米）", "Homes or metres", 12, "count"),
            Column("more", "比少一个多", "More than one less", 12, "count"),
            Column("bound", "上界", "At most", 11, "count"),
            Column("proven", "已证明最优", "Proven best", 11),
        ),
    )


def _potential(candidates: pd.DataFrame) -> Sheet:
    """List the members who would make the best next centre of each community, and what they have to learn."""
    best = candidates[candidates["best"] <= BEST].sort_values(["fence", "best"], kind="stable")
    both = zip(best["training_zh"], best["training"], strict=True)
    return Sheet(
        "潜力 potential",
        best.assign(training=[f"{zh} {en}".strip() for zh, en in both]),
        (
            Column("fence", "社区", "Fence", 16),
            Column("best", "社区内名次", "Best of it", 9, "count"),
            Column("candidate", "党员", "Member", 14, "id"),
            Column("place", "地点", "Place", 28),
            Column("homes", "新覆盖户数", "Homes closed", 11, "count"),
            Column("saved_m", "步行共少（米）", "Metres saved", 12, "metres"),
            Column("score", "得分", "Score", 9, "share"),
            Column("strengths", "特长", "Strengths", 26),
            Column("training", "宜培训", "Training", 50),
        ),
    )


def _sheets(told: Added) -> Iterator[Sheet]:
    yield _sets_sheet("最佳组合 best sets", told.sets)
    yield Sheet(
        "候选 candidates",
        told.candidates,
        (
            Column("rank", "序", "Rank", 7, "count"),
            Column("candidate", "候选", "Candidate", 24, "id"),
            Column("place", "地点", "Place", 28),
            Column("fence", "社区", "Fence", 16),
            Column("homes", "新覆盖户数", "Homes closed", 11, "count"),
            Column("care", "其中关爱户", "Care among them", 11, "count"),
            Column("within", "步行上限内户数", "Homes within", 11, "count"),
            Column("saved_m", "步行共少（米）", "Metres saved", 12, "metres"),
        ),
    )
    if "training" in told.candidates:
        yield _potential(told.candidates)
    if told.gates is not None:
        yield Sheet(
            "可开放的门 gates",
            told.gates,
            (
                Column("gate", "名称", "Gate", 24),
                Column("homes", "新覆盖户数", "Homes closed", 11, "count"),
                Column("care", "其中关爱户", "Care among them", 11, "count"),
                Column("saved_m", "步行共少（米）", "Metres saved", 12, "metres"),
                Column("detour_m", "现需绕行（米）", "Way round today m", 13, "metres"),
                Column("lon", "经度", "Lon", 11, "degrees"),
                Column("lat", "纬度", "Lat", 11, "degrees"),
            ),
        )
    if told.gate_sets is not None:
        yield _sets_sheet("开门组合 sets of gates", told.gate_sets)

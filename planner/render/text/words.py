"""What is said to people, in Chinese and English: rules, causes, the proof, the kind of walk."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from planner.model.problem import Certificate, RuleOutcome
from planner.model.rules import is_of_care, rule_words
from planner.model.tables import PlanTables
from planner.plan.frames import broken_codes
from planner.plan.provenance import history_of
from planner.plan.staffing import share_figures

__all__ = [
    "Both",
    "broken_rules",
    "counted_words",
    "drift_words",
    "equity_words",
    "insisted_words",
    "limit_text",
    "log_losses",
    "moved_words",
    "network_words",
    "number",
    "proof_words",
    "rule_words",
    "share_words",
    "tie_words",
    "wish_words",
]

Both = tuple[str, str]
"""One text in Chinese and in English."""


def broken_rules(tables: PlanTables, *, whole: bool = False) -> dict[str, list[Both]]:
    """Name the rules that each zone breaks, by the id of its centre; those of care for the office alone."""
    codes = broken_codes(tables.certificate, len(tables.centres))
    words = [[rule_words(n) for n in names if whole or not is_of_care(n)] for names in codes]
    return dict(zip(tables.centres["centre_id"], words, strict=True))


def counted_words(rule: RuleOutcome) -> Both:
    """Say what a rule counts its breaches in: homes for the walk, else zones."""
    return ("户", "households") if rule.name == "walk_m" else ("个责任区", "zones")


def limit_text(rule: RuleOutcome) -> str:
    """Write the limits of a rule: ``75-250``, ``<= 500``, ``>= 5`` or ``free``."""
    if rule.low is None and rule.high is None:
        return "free"
    if rule.high is None:
        return f">= {rule.low:g}"
    return f"<= {rule.high:g}" if rule.low is None else f"{rule.low:g}-{rule.high:g}"


def number(value: float, digits: int = 0) -> str:
    """Write a number with thousands apart; a dash where there is none."""
    return f"{value:,.{digits}f}" if math.isfinite(value) else "-"


def proof_words(certificate: Certificate) -> Both:
    """Say how near to the best possible plan this one is proven to be."""
    gap = 100 * certificate.optimality_gap
    if not math.isfinite(gap) or certificate.bound_m <= 0 < certificate.value_m:
        return (
            "尚未证明与最优方案的差距",
            "not yet proven how near the best possible plan this is",
        )
    # below what two decimals show
    if gap < 0.005:
        return ("已证明为最优方案", "proven to be the best possible plan")
    shown, whole = _percent(certificate.optimality_gap), _percent(certificate.gap_objective)
    said = (
        f"已证明与理论最优方案相差不超过 {shown}%",
        f"proven within {shown} % of the best possible plan",
    )
    if whole == shown:
        return said
    # Where broken rules outweigh the walks, what is left is a large share of the walks alone.
    return (
        f"{said[0]}（计入违规代价为 {whole}%）",
        f"{said[1]} ({whole} % with what broken rules cost)",
    )


def _percent(share: float) -> str:
    """Round up: a proof must not be flattered."""
    return f"{math.ceil(share * 10_000 - 1e-9) / 100:g}"


def tie_words(tables: PlanTables) -> tuple[Both, ...]:
    """Say what became of those who belong together (人文相亲); nothing where there are no ties.

    Counts of the whole plan only: who belongs to whom is nowhere told.

    Gives: sentences in Chinese and English: ties, those to be kept apart, compounds, helpers.
    """
    found, staffing = tables.certificate.ties, tables.provenance.get("staffing") or {}
    counts: list[tuple[int, int, str, str]] = []
    if found is not None:
        counts = [
            (found.kept, found.ties, "人文相亲：保留 {} 对", "ties kept: {}"),
            (found.parted, found.aparts, "应分开：已分开 {} 对", "kept apart: {}"),
            (
                found.joined,
                found.neighbours,
                "同小区（同街）邻居同区：{} 对",
                "neighbours of one compound or street in one zone: {}",
            ),
        ]
    if staffing.get("helpers"):
        kept, zh = staffing["helpers_kept"], "原联系人不变：{} 户"
        en = "homes that keep the member who helps them: {}"
        counts.append((kept, staffing["helpers"], zh, en))
    return tuple(
        (
            zh.format(f"{number(some)}/{number(every)}"),
            en.format(f"{number(some)} of {number(every)}"),
        )
        for some, every, zh, en in counts
        if every
    )


def wish_words(tables: PlanTables) -> tuple[Both, ...]:
    """Say whose wishes a plan meets, for the office alone: a sentence in Chinese and English, or none."""
    told = tables.provenance.get("wishes")
    if not told or not told["wishes"]:
        return ()
    met, every = number(told["wishes"] - told["unmet"]), number(told["wishes"])
    first = number(told["first"])
    return (
        (
            f"双向选择意愿：满足 {met}/{every} 条（第一意愿 {first}）",
            f"wishes for a centre: {met} of {every} met (the dearest: {first})",
        ),
    )


def share_words(tables: PlanTables) -> tuple[Both, ...]:
    """Say how care households are shared out among single members; for the office alone.

    Gives: a sentence in Chinese and English for each share.
    """
    found: list[Both] = []
    for told in share_figures(tables):
        zh, en = rule_words(told["rule"])
        homes, least, most = told["homes"], told["least"], told["most"]
        off = f"，{told['off']}名党员不在限值内" if told["off"] else "，全部符合"
        off_en = f", {told['off']} members beyond the limits" if told["off"] else ", all within"
        if told["others"]:
            off += f"，{told['others']}户由他人联系或无人联系"
            off_en += f", {told['others']} homes are with others or nobody"
        found.append(
            (
                f"{zh}，落实到人：{homes}户由{told['members']}名党员联系，每人{least}至{most}户{off}",
                f"{en}, member by member: {homes} homes, {told['members']} members, {least} to {most} "
                f"each{off_en}",
            )
        )
    return tuple(found)


def insisted_words(tables: PlanTables) -> Both | None:
    """Give the mark of a plan on which a meeting insists: what is broken, and who decided; else None."""
    entries = [entry for entry in history_of(tables) if entry.get("insisted")]
    parted = len(tables.certificate.disconnected)
    broken = sorted({v.rule for v in tables.certificate.violations} & tables.problem.hard)
    if not entries or not (parted or broken):
        return None
    last, zh, en = entries[-1], [], []
    if parted:
        zh.append(f"{parted}个责任区不连通")
        en.append(f"{parted} {'zone is' if parted == 1 else 'zones are'} not connected")
    for name in broken:
        rule_zh, rule = rule_words(name)
        zh.append(f"不符合硬性规则“{rule_zh}”")
        en.append(f"the hard rule on {rule} is broken")
    when, by = str(last["when"])[:10], str(last["by"] or "")
    return (
        f"会议坚持此方案：{'，'.join(zh)}（{'，'.join(filter(None, (by, when)))}）",
        f"the meeting insists: {', '.join(en)} ({', '.join(filter(None, (by, when)))})",
    )


def log_losses(unread: int, unknown: int) -> Iterator[Both]:
    """Say how many rows of a log count for nothing, and why; nothing where all do."""
    if unread:
        yield (
            f"走访记录中有 {number(unread)} 行未计入：日期或地点无法识别（planner year 列出所在行）",
            f"{number(unread)} rows of the log are not counted: no day or place that can be read"
            " (planner year lists them)",
        )
    if unknown:
        yield (
            f"走访记录中有 {number(unknown)} 行未计入：住户或责任区不在方案内",
            f"{number(unknown)} rows of the log are not counted: no household or zone of this plan",
        )


def network_words(note: Mapping[str, Any]) -> Both | None:
    """Give the stamp that a plan must carry when its walks do not follow streets; else None.

    `note`: ``network`` (what is walked on, in words) and, of straight lines, ``detour_factor``.
    """
    mode, factor = str(note.get("network") or ""), note.get("detour_factor")
    if not mode or mode == "streets":
        return None
    if factor is not None:
        return (
            f"步行距离按直线距离 × {factor:.2f} 估算，未使用路网",
            f"walks are straight lines x {factor:.2f}, not streets",
        )
    return (f"步行距离未使用路网：{mode}", f"walks do not follow streets: {mode}")


def drift_words(tables: PlanTables) -> Both | None:
    """Say whether a fresh cut would pay; nothing of a plan that no events were put into."""
    told = (tables.provenance.get("rezone") or {}).get("drift")
    # what a meeting changed since is not in it
    history = tables.provenance.get("history") or ({},)
    if not told or history[-1].get("kind") != "rezone":
        return None
    share, most = (100 * float(told[name]) for name in ("share", "most"))
    if share >= _PAYS:
        return (
            f"全部重新划分已有必要：步行与规则合计可减少 {share:.1f}% 至 {most:.1f}%",
            f"a fresh cut would pay: walks and rules together would fall by {share:.1f} to {most:.1f} %",
        )
    return (
        f"全部重新划分至多再减少步行与规则 {most:.1f}%",
        f"a fresh cut would save {most:.1f} % of walks and rules at most",
    )


_PAYS = 3.0  # per cent of the walks: below that a fresh cut is not worth the homes that it moves


def moved_words(tables: PlanTables, told: int | None = None, smallest: int = 0) -> Both | None:
    """Say how many homes change hands; None when there was no plan before.

    `told`: the count as its reader may know it, rounded, negative for one from 1 up to `smallest`.
    """
    moved = tables.provenance.get("homes_moved") if told is None else told
    if moved is None:
        return None
    if moved < 0:
        return f"少于 {smallest} 户变更中心户", f"fewer than {smallest} homes change hands"
    total = len(tables.households)
    share = 100 * moved / total if total else 0.0
    # A rounded count that does not say so contradicts the exact one on the screen.
    about, about_zh = ("about ", "约 ") if told and smallest > 1 else ("", "")
    return (
        f"{about_zh}{number(moved)} 户变更中心户（占 {share:.1f}%）",
        f"{about}{number(moved)} homes change hands ({share:.1f} %)",
    )


def equity_words(told: Mapping[str, Any]) -> tuple[str, str]:
    """Say how evenly walks and loads are shared out, in Chinese and English; what is not known is a dash."""
    walk, load = told["walk_m"], told["load"]

    def n(value: float | None, digits: int = 0) -> str:
        return "-" if value is None else f"{value:,.{digits}f}"

    median, worst = n(walk["median"]), n(walk["worst_decile"])
    even, loads = n(walk["gini"], 2), n(load["gini"], 2)
    fences, zones = n(walk["between_fences"], 2), n(walk["between_zones"], 2)
    return (
        f"步行：中位 {median} 米，最远一成平均 {worst} 米，基尼系数 {even}（社区间 {fences}，"
        f"责任区间 {zones}）；每名联系党员的工作量：基尼系数 {loads}",
        f"walks: median {median} m, the farthest tenth {worst} m on average, Gini {even} "
        f"(between fences {fences}, between zones {zones}); load of a serving member: Gini {loads}",
    )

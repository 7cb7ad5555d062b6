"""The summaries: ``summary.json`` for machines, and a page that a street office reads."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.model.measures import walk_summary
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.privacy.audience import Audience
from planner.render.text.level_words import level_words, plan_levels
from planner.render.text.words import (
    limit_text,
    moved_words,
    network_words,
    number,
    proof_words,
    rule_words,
    tie_words,
)

if TYPE_CHECKING:
    import pandas as pd

    from planner.model.problem import Certificate

__all__ = ["summary", "summary_json", "summary_markdown"]

_SMALLEST = Audience.MEETING.terms.smallest
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$@]|:(?=//)|(?<=www)\.)")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def summary(tables: PlanTables) -> dict[str, Any]:
    """Give the figures of a plan as plain values.

    Parameters
    ----------
    tables : PlanTables
        The plan.

    Returns
    -------
    dict
        ``households, located, zones, unassigned`` (households without a zone)``, cost_m, penalty_m,
        bound_m, optimality_gap, zones_connected, rules, gaps`` (each cause to its
        count)``, walk_m`` (mean, p90 and max over the served households)``, homes_moved, seconds,
        versions, seed``, then `gap_objective` and
        what else a reader may want, such as the ``levels`` above the centres; and where there are ties
        ``affinity``: counts, and `broken_m`, which is part of what is minimised.
    """
    c, note = tables.certificate, tables.provenance
    homes = tables.households
    return {
        "households": len(homes),
        "located": _located(homes),
        "zones": len(tables.zones),
        "unassigned": int((homes["zone"] == "").sum()),
        "cost_m": c.cost_m,
        "penalty_m": c.penalty_m,
        "bound_m": c.bound_m,
        "optimality_gap": c.optimality_gap,
        "zones_connected": c.zones_connected,
        "rules": [
            {"name": r.name, "limit": limit_text(r), "worst": r.worst, "broken": r.broken}
            for r in c.rules
        ],
        "gaps": _gap_counts(tables),
        "walk_m": _walks(homes),
        "homes_moved": note.get("homes_moved"),
        "seconds": dict(note.get("seconds") or {}),
        "versions": dict(note.get("versions") or {}),
        "seed": note.get("seed"),
        "peak_gb": note.get("peak_gb"),
        "gap_objective": c.gap_objective,
        "change_m": c.change_m,
        "unserved_units": c.unserved,
        "zones_disconnected": len(c.disconnected),
        "moved_by_zone": _moved_by_zone(tables),
        "findings": _finding_counts(tables),
        "stopped": note.get("stopped"),
        "previous": note.get("previous"),
        "network": note.get("network"),
        "pieces": list(note.get("pieces") or []),
        "title": note.get("title"),
        "created": note.get("created"),
        "data_date": note.get("data_date"),
        "inputs": dict(note.get("inputs") or {}),
        "synthetic": bool(note.get("synthetic", False)),
        "online": note.get("online"),
        "advice": dict(note.get("advice") or {}),
        "levels": [dict(level) for level in plan_levels(tables)],
        **_affinity(tables),
    }


def _affinity(tables: PlanTables) -> dict[str, Any]:
    """Give what became of ties, if there are any, and which rules ask for talents."""
    found, staffing = tables.certificate.ties, tables.provenance.get("staffing") or {}
    told: dict[str, Any] = {} if found is None else asdict(found)
    told |= {k: staffing[k] for k in ("helpers", "helpers_kept") if k in staffing}
    talents = {
        r.name.removeprefix("talent:"): _without(tables, r.name)
        for r in tables.certificate.rules
        if r.name.startswith("talent:")
    }
    if talents:
        told["zones_without"] = talents
    return {"affinity": told} if told else {}


def _without(tables: PlanTables, rule: str) -> list[int]:
    """Give the numbers of the zones that break a rule."""
    rows = zip(tables.zones["number"], tables.zones["broken"], strict=True)
    return [int(number) for number, broken in rows if rule in str(broken).split(",")]


def summary_json(tables: PlanTables) -> str:
    """Write `summary` as JSON text, UTF-8, indented; what is no number becomes null.

    So do counts of homes of one zone that a meeting may not see.
    """
    figures = summary(tables)
    moved = figures["moved_by_zone"]
    if moved is not None:
        figures["moved_by_zone"] = {z: None if 0 < n < _SMALLEST else n for z, n in moved.items()}
    return json.dumps(_finite(figures), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def summary_markdown(tables: PlanTables) -> str:
    """Write the page that a street office reads: Chinese and English, in Markdown.

    Parameters
    ----------
    tables : PlanTables
        The plan.

    Returns
    -------
    str
        Markdown; text of the input is escaped, and no household or member is named.
    """
    return "\n".join(line for block in _blocks(tables, summary(tables)) for line in (*block, ""))


def _blocks(tables: PlanTables, figures: dict[str, Any]) -> Iterator[list[str]]:
    note = tables.provenance
    yield [f"# {_escaped(note.get('title') or '责任区方案 Zone plan')}"]
    if figures["synthetic"]:
        yield ["> **合成示例数据，非真实居民 · SYNTHETIC DATA, not real residents**"]
    if stamp := network_words(str(note.get("network") or "")):
        yield [f"> **{_escaped(stamp[0])} · {_escaped(stamp[1])}**"]
    yield _headline(tables, figures)
    yield ["## 规则 Rules", "", *_rule_table(tables)]
    if figures["advice"].get("clashes") or figures["advice"].get("repairs"):
        yield [
            "## 规则协商 What does not fit, and what would mend it",
            "",
            *_advice(figures["advice"]),
        ]
    yield ["## 覆盖空白 Coverage gaps", "", *_gap_table(figures)]
    yield ["## 责任区 Zones", "", *_zone_table(tables)]
    if tables.findings:
        yield ["## 数据体检 What was found in the input", "", *_finding_table(tables)]
    yield ["## 说明 Notes", "", *_notes(tables)]


def _headline(tables: PlanTables, figures: dict[str, Any]) -> list[str]:
    walk, proof, moved = figures["walk_m"], proof_words(tables.certificate), moved_words(tables)
    lines = [
        f"- **{number(figures['households'])} 户居民，{number(figures['zones'])} 个责任区**，"
        f"已定位 {number(figures['located'])} 户，未分配 {number(figures['unassigned'])} 户 · "
        f"{number(figures['households'])} households, {number(figures['zones'])} zones, "
        f"{number(figures['located'])} located, {number(figures['unassigned'])} unassigned",
        f"- 步行距离：平均 **{number(walk['mean'])} 米**，九成居民户在 {number(walk['p90'])} 米以内，"
        f"最远 {number(walk['max'])} 米 · walk: mean {number(walk['mean'])} m, nine in ten within "
        f"{number(walk['p90'])} m, farthest {number(walk['max'])} m",
        f"- **{_escaped(proof[0])} · {_escaped(proof[1])}**",
        "- 所有责任区连通 · every zone is connected"
        if figures["zones_connected"]
        else f"- **{figures['zones_disconnected']} 个责任区不连通 · "
        f"{figures['zones_disconnected']} zones are not connected**",
    ]
    if moved:
        lines.append(f"- **{_escaped(moved[0])} · {_escaped(moved[1])}**")
    said = (*level_words(tables), *tie_words(tables))
    lines += [f"- {_escaped(zh)} · {_escaped(en)}" for zh, en in said]
    for talent, zones in figures.get("affinity", {}).get("zones_without", {}).items():
        if zones:
            listed, name = "、".join(map(str, zones)), _escaped(talent)
            lines.append(
                f"- 无“{name}”的责任区：{listed} · zones without a member with the strength {name}: "
                f"{listed.replace('、', ', ')}"
            )
    return lines


def _rule_table(tables: PlanTables) -> list[str]:
    lines = ["| 规则 Rule | 限值 Limit | 最差 Worst | 结果 Result |", "|---|---:|---:|---|"]
    for r in tables.certificate.rules:
        zh, en = rule_words(r.name)
        what = ("户", "households") if r.name.startswith("walk") else ("个责任区", "zones")
        state = (
            "符合 holds"
            if not r.broken
            else f"**{r.broken} {what[0]}不符 broken in {r.broken} {what[1]}**"
        )
        limit = limit_text(r).replace("<= ", "≤ ").replace(">= ", "≥ ").replace("-", "–")
        lines.append(
            f"| {_escaped(zh)} {_escaped(en)} | {limit} | {number(r.worst, 1).removesuffix('.0')} | {state} |"
        )
    return lines


def _advice(advice: dict[str, Any]) -> list[str]:
    """Give the arithmetic first, then the repairs; each repair was tried and checked."""
    lines: list[str] = []
    for clash in advice.get("clashes", []):
        where = _escaped(clash["fence"] or "全区 district")
        what = f"{_escaped(clash['what_zh'])} · {_escaped(clash['what'])}"
        lines.append(f"- **{where}**: {what}")
    fitting = advice.get("fitting")
    if fitting:
        limits = "; ".join(
            f"{' '.join(rule_words(name))} {_side(b['low'])}–{_side(b['high'])}"
            for name, b in fitting.items()
        )
        lines.append(f"- 与实际数量相符的最近规则 nearest rules that the counts allow: {limits}")
    if advice.get("repairs"):
        lines += ["", "逐项重新求解并独立核验 each solved again and checked independently:", ""]
    for repair in advice.get("repairs", []):
        lines.append(f"- {_escaped(repair['what_zh'])} · {_escaped(repair['what'])}")
    return lines


def _side(limit: float | None) -> str:
    return "∞" if limit is None else f"{limit:g}"


def _gap_table(figures: dict[str, Any]) -> list[str]:
    lines = ["| 原因 Cause | 户数 Households |", "|---|---:|"]
    for code, count in figures["gaps"].items():
        if not count:
            continue
        cause = GAP_CAUSES.get(code)
        words = f"{cause.title_zh} {cause.title}" if cause else _escaped(code)
        lines.append(f"| {words} | {number(count)} |")
    return lines


def _zone_table(tables: PlanTables) -> list[str]:
    """Give one row a zone; columns that would be empty throughout are left out."""
    zones, moved = tables.zones, _moved_by_zone(tables)
    broken = [
        "; ".join(" ".join(rule_words(rule)) for rule in str(names).split(",") if rule)
        for names in zones["broken"]
    ]
    columns: list[tuple[str, bool, list[str]]] = [
        ("编号 No.", True, [str(n) for n in zones["number"]]),
        ("中心户 Centre", False, [_escaped(label) for label in tables.centres["label"]]),
        ("社区 Fence", False, [_escaped(fence) for fence in zones["fence"]]),
        ("户数 Homes", True, [number(n) for n in zones["households"]]),
        ("党员 Members", True, [number(n) for n in zones["members"]]),
        ("平均 Mean m", True, [number(m) for m in zones["walk_mean_m"]]),
        ("最远 Max m", True, [number(m) for m in zones["walk_max_m"]]),
        ("空白 Gaps", True, [_few(n) for n in zones["gaps"]]),
        ("变更 Moved", True, [_few((moved or {}).get(z, 0)) for z in zones["centre_id"]]),
        ("未符合 Breaks", False, [_escaped(names) for names in broken]),
    ]
    shown = [c for c in columns if any(c[2]) and (moved is not None or "Moved" not in c[0])]
    lines = [
        "| " + " | ".join(head for head, _, _ in shown) + " |",
        "|" + "".join("---:|" if right else "---|" for _, right, _ in shown),
    ]
    rows = zip(*(cells for _, _, cells in shown), strict=True)
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def _few(count: int) -> str:
    return f"&lt;{_SMALLEST}" if 0 < count < _SMALLEST else number(count)


def _finding_table(tables: PlanTables) -> list[str]:
    lines = ["| 类别 Kind | 处理 Done | 次数 Times |", "|---|---|---:|"]
    done = {"stop": "停止 stop", "hold": "搁置 held", "fix": "修正 mended", "warn": "提示 noted"}
    for (code, severity), count in _finding_groups(tables).items():
        lines.append(f"| {_escaped(code)} | {done.get(severity, severity)} | {number(count)} |")
    return lines


def _notes(tables: PlanTables) -> list[str]:
    note, c = tables.provenance, tables.certificate
    book = tables.rules
    lines = [
        f"- 规则来源 rule book: {_escaped(book.title_zh or book.name)} · {_escaped(book.title)}",
        f"- 成本 cost {number(c.cost_m)} m + 违规折算 penalties {number(c.penalty_m)} m "
        f"+ 变动折算 changes {number(c.change_m)} m{_broken(c)}; "
        f"理论下界 proven bound {number(c.bound_m)} m",
        f"- 方案日期 plan of {_escaped(note.get('created') or '-')}; "
        f"地图数据日期 map data of {_escaped(note.get('data_date') or '-')}; "
        f"步行路网 walks on {_escaped(note.get('network') or '-')}",
    ]
    lines += _pieces(note.get("pieces") or [])
    if note.get("attribution"):
        lines.append(f"- 底图 map data: {_escaped(note['attribution'])}")
    return lines


def _pieces(pieces: list[dict[str, Any]]) -> list[str]:
    """Say who lives on which piece of street, where they do not hang together."""
    if len(pieces) < 2:
        return []
    told = [
        f"{p['length_m'] / 1000:,.1f} km ({100 * p['share']:.0f} %): {p['households']} 户 homes, "
        f"{p['centres']} 中心户 centres"
        for p in pieces
    ]
    return [f"- 互不相通的路网片 pieces of street that no way joins: {'; '.join(told)}"]


def _broken(certificate: Certificate) -> str:
    if certificate.ties is None:
        return ""
    return (
        f" + 相亲折算 broken ties {number(certificate.ties.broken_m)} m"
        "（下界已计入相亲 the bound counts ties）"
    )


def _gap_counts(tables: PlanTables) -> dict[str, int]:
    counts = tables.gaps["cause"].value_counts()
    known = {code: int(counts.get(code, 0)) for code in GAP_CAUSES}
    other = {str(k): int(v) for k, v in counts.items() if k not in GAP_CAUSES}
    return known | dict(sorted(other.items()))


def _located(homes: Any) -> int:
    import shapely

    points = homes.geometry.to_numpy()
    return int((~(shapely.is_empty(points) | shapely.is_missing(points))).sum())


def _walks(homes: pd.DataFrame) -> dict[str, float]:
    walk = homes.loc[homes["zone"] != "", "walk_m"].to_numpy(float)
    return {name: round(v, 2) for name, v in walk_summary(walk, np.ones(len(walk))).items()}


def _moved_by_zone(tables: PlanTables) -> dict[str, int] | None:
    """Count the homes that came to each zone; None when there was no plan before."""
    if tables.provenance.get("homes_moved") is None:
        return None
    came = tables.households.loc[tables.households["moved"].astype(bool), "zone"]
    counts = came.value_counts()
    return {str(z): int(counts[z]) for z in tables.zones["centre_id"] if z in counts.index}


def _finding_groups(tables: PlanTables) -> dict[tuple[str, str], int]:
    groups: dict[tuple[str, str], int] = {}
    for f in tables.findings:
        key = (f.code, str(f.severity))
        groups[key] = groups.get(key, 0) + 1
    return dict(sorted(groups.items()))


def _finding_counts(tables: PlanTables) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (code, _), count in _finding_groups(tables).items():
        counts[code] = counts.get(code, 0) + count
    return counts


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _escaped(text: object) -> str:
    """Make text inert in Markdown and in the HTML that is made of it."""
    flat = _BREAKS.sub(" ", str(text))
    return _SPECIAL.sub(
        lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(m[1], "\\" + m[1]), flat
    )

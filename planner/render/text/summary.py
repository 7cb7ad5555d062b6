"""The summary: a page that a street office reads and a meeting is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from planner.model.rules import is_of_care
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.plan.shapes.wholeness import wholeness
from planner.privacy.blocks import FEW
from planner.render.text.figures import finding_groups, summary
from planner.render.text.level_words import level_words
from planner.render.text.organisation_words import organisation_words
from planner.render.text.shown import Told, meeting_terms
from planner.render.text.words import (
    broken_rules,
    counted_words,
    drift_words,
    insisted_words,
    limit_text,
    network_words,
    number,
    proof_words,
    rule_words,
    tie_words,
)

if TYPE_CHECKING:
    from planner.model.problem import Certificate

__all__ = ["escaped", "summary_markdown"]

# GitHub makes links of bare addresses too, so :// and www. are broken up.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$@]|:(?=//)|(?<=www)\.)")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def summary_markdown(tables: PlanTables) -> str:
    """Write the page that a street office reads: Chinese and English, in Markdown.

    Gives: markdown; text of the input is escaped, no household or member is named, and homes are told
    as on the map of a meeting.
    """
    told = Told(tables, meeting_terms(tables))
    blocks = _blocks(tables, summary(tables) | told.figures(), told)
    return "\n".join(line for block in blocks for line in (*block, ""))


def _blocks(tables: PlanTables, figures: dict[str, Any], told: Told) -> Iterator[list[str]]:
    note = tables.provenance
    yield [f"# {escaped(note.get('title') or '责任区方案 Zone plan')}"]
    if figures["synthetic"]:
        yield ["> **合成示例数据，非真实居民 · SYNTHETIC DATA, not real residents**"]
    for stamp in (network_words(note), insisted_words(tables)):
        if stamp:
            yield [f"> **{escaped(stamp[0])} · {escaped(stamp[1])}**"]
    if (above := organisation_words(tables)) is not None:
        yield [f"- {escaped(above[0])} · {escaped(above[1])}"]
    yield [
        f"- {bold}{escaped(line.zh)} · {escaped(line.en)}{bold}"
        for line in told.ledger()
        for bold in ("**" * bool(line.lost),)
    ]
    if not told.whole:
        yield [
            "> 供会议使用：分项户数已取整，确数见内部文件 · "
            "for a meeting: partial counts of homes are rounded; the exact ones are in the internal files"
        ]
    yield _headline(tables, figures, told)
    yield ["## 规则 Rules", "", *_rule_table(tables, told)]
    if figures["advice"].get("clashes") or figures["advice"].get("repairs"):
        yield [
            "## 规则协商 What does not fit, and what would mend it",
            "",
            *_advice(figures["advice"]),
        ]
    yield ["## 覆盖空白 Coverage gaps", "", *_gap_table(figures, told)]
    yield ["## 责任区 Zones", "", *_zone_table(tables, told)]
    if tables.findings:
        yield ["## 数据体检 What was found in the input", "", *_finding_table(tables)]
    yield ["## 说明 Notes", "", *_notes(tables, told)]


def _headline(tables: PlanTables, figures: dict[str, Any], told: Told) -> list[str]:
    walk, proof, moved = figures["walk_m"], proof_words(tables.certificate), told.moved()
    homes, located, left = (_count(figures[n], told) for n in ("households", "located", "zoneless"))
    zones = number(figures["zones"])
    # what is told in steps is said to be so: it need not add up with the others
    zh, en = ("", "") if told.whole or figures["zoneless"] <= 0 else ("约", "about ")
    lines = [
        f"- **{homes} 户居民，{zones} 个责任区**，已定位 {located} 户，其中未划入责任区{zh} {left} 户 · "
        f"{homes} households, {zones} zones, {located} located, {en}{left} of them in no zone",
        f"- 步行距离：平均 **{number(walk['mean'])} 米**，九成居民户在 {number(walk['p90'])} 米以内，"
        f"最远 {number(walk['max'])} 米 · walk: mean {number(walk['mean'])} m, nine in ten within "
        f"{number(walk['p90'])} m, farthest {number(walk['max'])} m",
        *(f"- {' · '.join(map(escaped, said))}" for said in (told.equity(),) if said),
        f"- **{escaped(proof[0])} · {escaped(proof[1])}**",
        "- 所有责任区连通 · every zone is connected"
        if figures["zones_connected"]
        else f"- **{figures['zones_disconnected']} 个责任区不连通 · "
        f"{figures['zones_disconnected']} zones are not connected**",
    ]
    if moved:
        lines.append(f"- **{escaped(moved[0])} · {escaped(moved[1])}**")
    drift = drift_words(tables)
    said = (*([drift] if drift else []), *level_words(tables), *tie_words(tables))
    lines += [f"- {escaped(zh)} · {escaped(en)}" for zh, en in said]
    for talent, zones in figures.get("affinity", {}).get("zones_without", {}).items():
        if zones:
            listed, name = "、".join(map(str, zones)), escaped(talent)
            lines.append(
                f"- 无“{name}”的责任区：{listed} · zones without a member with the strength {name}: "
                f"{listed.replace('、', ', ')}"
            )
    return lines


def _rule_table(tables: PlanTables, told: Told) -> list[str]:
    lines = ["| 规则 Rule | 限值 Limit | 最差 Worst | 结果 Result |", "|---|---:|---:|---|"]
    for r in tables.certificate.rules:
        if is_of_care(r.name) and not told.whole:
            continue
        zh, en = rule_words(r.name)
        what, (worst, broken) = counted_words(r), told.rule(r)
        n = _count(broken, told)
        state = f"**{n} {what[0]}不符 broken in {n} {what[1]}**" if broken else "符合 holds"
        limit = limit_text(r).replace("<= ", "≤ ").replace(">= ", "≥ ").replace("-", "–")
        most = "-" if worst is None else number(worst, 1).removesuffix(".0")
        lines.append(f"| {escaped(zh)} {escaped(en)} | {limit} | {most} | {state} |")
    return lines


def _advice(advice: dict[str, Any]) -> list[str]:
    """Give the arithmetic first, then the repairs; each repair was tried and checked."""
    lines: list[str] = []
    for clash in advice.get("clashes", []):
        where = escaped(clash["fence"] or "全区 district")
        what = f"{escaped(clash['what_zh'])} · {escaped(clash['what'])}"
        lines.append(f"- **{where}**: {what}")
    fitting = advice.get("fitting")
    if fitting:
        limits = _limits(fitting)
        lines.append(f"- 与实际数量相符的最近规则 nearest rules that the counts allow: {limits}")
    for fence, limits in (advice.get("fitting_by_fence") or {}).items():
        own = escaped(f'[rules.by_fence."{fence}"]')
        lines.append(f"- 可为该社区另定 rules of its own that fit, {own}: {_limits(limits)}")
    if advice.get("repairs"):
        lines += ["", "逐项重新求解并独立核验 each solved again and checked independently:", ""]
    for repair in advice.get("repairs", []):
        if is_of_care(str(repair["change"].get("rule", ""))):
            continue  # what is amiss with care is the office's own affair
        lines.append(f"- {escaped(repair['what_zh'])} · {escaped(repair['what'])}")
    return lines


def _limits(fitting: dict[str, Any]) -> str:
    return "; ".join(
        f"{' '.join(rule_words(name))} {_side(b['low'])}–{_side(b['high'])}"
        for name, b in fitting.items()
    )


def _side(limit: float | None) -> str:
    return "∞" if limit is None else f"{limit:g}"


def _gap_table(figures: dict[str, Any], told: Told) -> list[str]:
    lines = ["| 原因 Cause | 户数 Households |", "|---|---:|"]
    for code, count in figures["gaps"].items():
        if not count:
            continue
        cause = GAP_CAUSES.get(code)
        words = f"{cause.title_zh} {cause.title}" if cause else escaped(code)
        lines.append(f"| {words} | {_count(count, told)} |")
    return lines


def _zone_table(tables: PlanTables, told: Told) -> list[str]:
    """Give one row a zone; columns that would be empty throughout are left out."""
    zones, counts = tables.zones, told.zones
    moved = tables.provenance.get("homes_moved")
    rules = broken_rules(tables)
    broken = ["; ".join(map(" ".join, rules[centre])) for centre in zones["centre_id"]]

    def counted(name: str) -> list[str]:
        return [_count(z[name], told) for z in counts]

    columns: list[tuple[str, bool, list[str]]] = [
        ("编号 No.", True, [str(n) for n in zones["number"]]),
        ("中心户 Centre", False, [escaped(label) for label in tables.centres["label"]]),
        ("社区 Fence", False, [escaped(fence) for fence in zones["fence"]]),
        ("户数 Homes", True, counted("homes")),
        ("党员 Members", True, counted("members")),
        ("平均 Mean m", True, [number(z["mean"]) for z in counts]),
        ("最远 Max m", True, [number(z["max"]) for z in counts]),
        ("空白 Gaps", True, counted("gaps")),
        ("变更 Moved", True, counted("moved")),
        ("未符合 Breaks", False, [escaped(names) for names in broken]),
    ]
    # an empty column says nothing and costs the width of a page
    shown = [c for c in columns if any(c[2]) and (moved is not None or "Moved" not in c[0])]
    lines = [
        "| " + " | ".join(head for head, _, _ in shown) + " |",
        "|" + "".join("---:|" if right else "---|" for _, right, _ in shown),
    ]
    rows = zip(*(cells for _, _, cells in shown), strict=True)
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def _count(count: int, told: Told) -> str:
    return number(count) if count >= 0 else f"&lt;{told.terms.smallest}" if count == FEW else "-"


def _finding_table(tables: PlanTables) -> list[str]:
    lines = ["| 类别 Kind | 处理 Done | 次数 Times |", "|---|---|---:|"]
    done = {"stop": "停止 stop", "hold": "搁置 held", "fix": "修正 mended", "warn": "提示 noted"}
    for (code, severity), count in finding_groups(tables).items():
        lines.append(f"| {escaped(code)} | {done.get(severity, severity)} | {number(count)} |")
    return lines


def _shape(tables: PlanTables) -> str:
    found = wholeness(tables)
    compact = found["compactness"]["median"]
    return (
        f"- 区界形状 shape: {found['zone_parts']} 个责任区分成几块 zones in several pieces, "
        f"{found['split_buildings']} 栋楼分属几区 buildings that zones share, "
        f"紧凑度 compactness (Polsby-Popper, median) {'-' if compact is None else f'{compact:.2f}'}"
    )


def _notes(tables: PlanTables, told: Told) -> list[str]:
    note, c = tables.provenance, tables.certificate
    book = tables.rules
    lines = [
        f"- 规则来源 rule book: {escaped(book.title_zh or book.name)} · {escaped(book.title)}",
        f"- 成本 cost {number(c.cost_m)} m + 违规折算 penalties {number(c.penalty_m)} m "
        f"+ 变动折算 changes {number(c.change_m)} m{_broken(c)}; "
        f"理论下界 proven bound {number(c.bound_m)} m",
        f"- 方案日期 plan of {escaped(note.get('created') or '-')}; "
        f"地图数据日期 map data of {escaped(note.get('data_date') or '-')}; "
        f"步行路网 walks on {escaped(note.get('network') or '-')}",
    ]
    lines.append(_shape(tables))
    lines += _pieces(note.get("pieces") or [], told)
    if note.get("attribution"):
        lines.append(f"- 底图 map data: {escaped(note['attribution'])}")
    return lines


def _pieces(pieces: list[dict[str, Any]], told: Told) -> list[str]:
    """Say who lives on which piece of street, where they do not hang together."""
    if len(pieces) < 2:
        return []
    homes = [_count(told.count(p["households"]), told) for p in pieces]
    said = [
        f"{p['length_m'] / 1000:,.1f} km ({100 * p['share']:.0f} %): {n} 户 homes, "
        f"{p['centres']} 中心户 centres"
        for p, n in zip(pieces, homes, strict=True)
    ]
    return [f"- 互不相通的路网片 pieces of street that no way joins: {'; '.join(said)}"]


def _broken(certificate: Certificate) -> str:
    if certificate.ties is None:
        return ""
    return (
        f" + 相亲与邻居折算 broken ties and parted neighbours {number(certificate.ties.broken_m)} m"
    )


def escaped(text: object) -> str:
    """Make text inert in Markdown and in the HTML that is made of it."""
    flat = _BREAKS.sub(" ", str(text))
    return _SPECIAL.sub(
        lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(m[1], "\\" + m[1]), flat
    )

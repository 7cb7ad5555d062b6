"""The data check as text: for the terminal, for a page of Markdown, for a notebook, for a program."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from planner.errors import Finding, Severity, by_kind, without_numbers
from planner.render.text.check_words import SEVERITY_WORDS, role_words

__all__ = ["NOT_TRIED", "html", "json_bytes", "markdown", "plain", "summary_lines"]

NOT_TRIED = "not looked up"
"""How addresses are counted that no streets were there to look up."""
REFUSED = "not used until corrected 未采用，须先改正"
_TABLES: Mapping[str, str] = {"households": "居民户 households", "members": "党员 members"}
_RANK = list(SEVERITY_WORDS)


def _worst_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: _RANK.index(f.severity))


def _shown(text: object) -> str:
    """Make a text safe for a line of a terminal: no control or direction characters, no phones."""
    shown = "".join(
        c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else "\ufffd"
        for c in str(text)
    )
    return without_numbers(shown)


def _closing(figures: Mapping[str, Any]) -> tuple[str, str]:
    if figures["exit_code"]:
        return (
            "有必须改正的问题，改正后才能划分",
            "some problems must be mended before anything is planned",
        )
    if figures["counts"]["held"]:
        n = figures["counts"]["held"]
        return (
            f"可以划分；{n}行已搁置，列为覆盖空白",
            f"zones can be planned; {n} held row(s) will be gaps",
        )
    return "可以划分", "zones can be planned"


def _count_line(figures: Mapping[str, Any]) -> tuple[str, str]:
    c = figures["counts"]
    untried = figures.get("placed_by", {}).get(NOT_TRIED, 0)
    zh, en = f"定位{c['placed'] - untried}", f"{c['placed'] - untried} placed"
    if untried:
        zh += f" + 未作匹配{untried}（没有可用的路网或楼栋表）"
        en += f" + {untried} not looked up (without streets or a building table)"
    return (
        f"共{c['rows']}行 = {zh} + 搁置{c['held']} + 重复{c['repeated']}",
        f"{c['rows']} rows = {en} + {c['held']} held + {c['repeated']} repeated",
    )


def _took(f: Mapping[str, Any], between: str) -> str:
    return between.join(f"{h} = {role_words(r, f['table'])}" for h, r in f["columns"].items())


def _file_line(f: Mapping[str, Any]) -> str:
    """Say what a file was, and which column was taken for what."""
    took = _took(f, ", ")
    read = f" ({f['encoding']}, {f['separator']})" if f["encoding"] else ""
    state = REFUSED if f["refused"] else f"{f['rows']} rows 行"
    return _shown(f"{f['file']}{read}: {state}; columns 列: {took or '-'}")


def plain(figures: Mapping[str, Any], findings: Sequence[Finding], most: int) -> str:
    """Write the report for a terminal.

    `figures`: from `planner.api.check.check.CheckReport.figures`.
    `most`: so many kinds of findings are shown, the gravest first, each with its count and examples.
    """
    lines = [" / ".join(_count_line(figures))]
    lines += [_file_line(f) for f in figures["files"]]
    kinds = by_kind(findings)
    for kind in kinds[:most]:
        first, (zh, en) = kind.first, SEVERITY_WORDS[kind.first.severity]
        count = f" ×{kind.count}" if kind.count > 1 else ""
        lines.append(_shown(f"[{en} {zh}{count}] {first.what_zh} {first.what}".rstrip()))
        more = kind.count - len(kind.examples)
        for alike in kind.alike:
            one, places = alike[0], "; ".join(f.where for f in alike if f.where)
            if one is not first:
                places = f"{places}: {one.what_zh} {one.what}"
            elif places and more:
                places += f" ... (+{more})"
            if places:
                lines.append(_shown(f"    {places}"))
            if one.remedy and (one is first or one.remedy != first.remedy):
                lines.append(_shown(f"    -> {one.remedy_zh} {one.remedy}".rstrip()))
    if len(kinds) > most:
        more = len(kinds) - most
        lines.append(
            f"... and {more} more kinds: --out lists all of them 另有{more}类，加 --out 可全部写出"
        )
    lines.append(" / ".join(_closing(figures)))
    return "\n".join(lines)


def summary_lines(figures: Mapping[str, Any], file: str) -> list[tuple[str, str]]:
    """Give the lines that head the list of findings in a marked copy."""
    lines = [("数据体检 data check", file), ("结论 result", " / ".join(_closing(figures)))]
    for f in figures["files"]:
        if f["file"] != file:
            continue
        counts = (
            f"{f['rows']} rows 行 = {f['placed']} placed 定位 + {f['held']} held 搁置 + "
            f"{f['repeated']} repeated 重复"
        )
        table = str(f["table"])
        lines.append((_TABLES.get(table, table), REFUSED if f["refused"] else counts))
        lines += [("列 columns", _took(f, "; "))]
        if f["encoding"]:
            lines.append(("编码 encoding", f"{f['encoding']}, {f['separator']}"))
    colours = {"stop": "红", "hold": "橙", "warn": "黄", "fix": "绿"}
    words = (f"{colours[s.value]} = {' '.join(SEVERITY_WORDS[s])}" for s in _RANK)
    return [*lines, ("颜色 colours", "; ".join(words))]


def json_bytes(figures: Mapping[str, Any], findings: Sequence[Finding]) -> bytes:
    """Write the report for a program: UTF-8 JSON with every finding."""
    whole = {**figures, "findings": [asdict(f) for f in findings]}
    # Once more over the whole: names of files and headings may hold a phone.
    text = without_numbers(json.dumps(whole, ensure_ascii=False, indent=1))
    return text.encode("utf-8", "replace")


def markdown(figures: Mapping[str, Any], findings: Sequence[Finding]) -> str:
    """Write the report as a page with every finding."""
    lines = ["# 数据体检 Data check", "", *_count_line(figures), "", *_closing(figures), ""]
    heads = ("文件 file", "表 table", "行 rows", "定位 placed", "搁置 held", "重复 repeated")
    heads += ("编码 encoding", "列 columns")
    lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for f in figures["files"]:
        took = _took(f, "；")
        read = f"{f['encoding']}, {f['separator']}" if f["encoding"] else ""
        counts = (f["rows"], f["placed"], f["held"], f["repeated"])
        counts = (REFUSED, "", "", "") if f["refused"] else counts
        row = (f["file"], _TABLES.get(f["table"], f["table"]), *counts, read, took)
        lines.append("| " + " | ".join(_cell(v) for v in row) + " |")
    lines += [
        "",
        "| 级别 severity | 位置 where | 问题 what | 怎么办 what to do |",
        "|---|---|---|---|",
    ]
    for f in _worst_first(findings):
        words = " ".join(SEVERITY_WORDS[f.severity])
        row = (words, f.where, f"{f.what_zh} / {f.what}", f"{f.remedy_zh} / {f.remedy}")
        lines.append("| " + " | ".join(_cell(v) for v in row) + " |")
    return "\n".join([*lines, ""])


def _cell(value: object) -> str:
    text = _shown(value)
    # Entities, not backslashes: what looks escaped in one dialect of Markdown is code in another.
    for mark in "\\`*_{}[]<>|#!~$&":
        text = text.replace(mark, f"&#{ord(mark)};") if mark != "&" else text
    return text


_PAGE = """<div><p><b>{{ closing }}</b><br>{{ counts }}</p><ul>
{%- for line in files %}<li>{{ line }}</li>{% endfor %}</ul><table><thead><tr>
{%- for head in heads %}<th>{{ head }}</th>{% endfor %}</tr></thead><tbody>
{%- for tint, cells in rows %}<tr>
{%- for cell in cells %}<td{% if loop.first %} style="background:{{ tint }};color:#222"{% endif %}>
{{- cell }}</td>{% endfor %}</tr>
{%- endfor %}</tbody></table>
{%- if more > 0 %}<p>另有{{ more }}条，见 .table() / {{ more }} more, see .table()</p>{% endif %}</div>"""
_HEADS = ("级别", "文件", "表", "行", "列", "问题", "怎么办", "what", "what to do")


def html(figures: Mapping[str, Any], findings: Sequence[Finding], most: int) -> str:
    """Write the report for a notebook; every text is escaped."""
    from jinja2 import Environment

    rows = []
    for f in _worst_first(findings)[:most]:
        cells = [" ".join(SEVERITY_WORDS[f.severity]), f.file, f.sheet, f.row or "", f.column]
        rows.append((_TINT[f.severity], [*cells, f.what_zh, f.remedy_zh, f.what, f.remedy]))
    page = Environment(autoescape=True, finalize=_shown).from_string(_PAGE)
    text = page.render(
        closing=" / ".join(_closing(figures)),
        counts=" / ".join(_count_line(figures)),
        files=[_file_line(f) for f in figures["files"]],
        heads=_HEADS,
        rows=rows,
        more=len(findings) - most,
    )
    # a notebook reads $...$ as a formula and `...` as code, inside of HTML too
    return text.replace("$", "&#36;").replace("`", "&#96;")


_TINT: Mapping[Severity, str] = {
    Severity.STOP: "#F4A6A0",
    Severity.HOLD: "#FBD08B",
    Severity.WARN: "#FFF2A8",
    Severity.FIX: "#CFE8CF",
}

"""The roster: one workbook, a sheet for each level of the service, ready for the office's printer."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from planner.render.words import (
    limit_text,
    moved_words,
    network_words,
    number,
    proof_words,
    rule_words,
)
from planner.tables import GAP_CAUSES, PlanTables

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["roster_bytes"]

_LONGEST_CELL = 32_000
_FONT = "Microsoft YaHei"
_INK, _ACCENT, _PALE, _RULE = "#1F2933", "#8C2F2B", "#F6F1EC", "#D9D2CA"


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: where it comes from, its two headings, its width in characters and its kind."""

    source: str
    zh: str
    en: str
    width: float
    kind: str = "text"  # text, id, count, metres, share


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet: its name, the frame to show and the columns of it."""

    name: str
    frame: pd.DataFrame
    columns: tuple[_Column, ...]


def roster_bytes(tables: PlanTables) -> bytes:
    """Make the workbook of centres, members, households and gaps.

    Every text stays text: nothing that a cell of the input holds becomes a formula, a number or a link.

    Parameters
    ----------
    tables : PlanTables
        The plan.

    Returns
    -------
    bytes
        An ``.xlsx`` file; equal plans give equal bytes.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        title = str(tables.provenance.get("title") or "责任区方案")
        book.set_properties(
            {"title": _text(title)[:200], "created": _created(tables), "author": "", "comments": ""}
        )
        styles = _styles(book)
        _notes_sheet(book, styles, tables, title)
        for sheet in _sheets(tables):
            _table_sheet(book, styles, sheet, title)
    return buffer.getvalue()


def _created(tables: PlanTables) -> datetime:
    """Take the plan's own day: the clock would make equal plans differ."""
    try:
        return datetime.fromisoformat(str(tables.provenance.get("created"))[:10])
    except ValueError:
        return datetime(2000, 1, 1)


def _styles(book: Any) -> dict[str, Any]:
    cell = {"font_name": _FONT, "font_size": 10, "font_color": _INK, "valign": "vcenter"}
    cell |= {"bottom": 1, "bottom_color": _RULE}
    plain = {"font_name": _FONT, "font_color": _INK, "valign": "vcenter"}
    made = {
        "title": {**plain, "font_size": 15, "bold": True, "font_color": _ACCENT},
        "warning": {
            **plain,
            "font_size": 10,
            "bold": True,
            "font_color": "#FFFFFF",
            "bg_color": _ACCENT,
        },
        "head": {
            **plain,
            "font_size": 10,
            "bold": True,
            "bg_color": _PALE,
            "text_wrap": True,
            "bottom": 2,
            "bottom_color": _ACCENT,
            "align": "left",
        },
        "head_right": {
            **plain,
            "font_size": 10,
            "bold": True,
            "bg_color": _PALE,
            "text_wrap": True,
            "bottom": 2,
            "bottom_color": _ACCENT,
            "align": "right",
        },
        "section": {
            **plain,
            "font_size": 11,
            "bold": True,
            "font_color": _ACCENT,
            "bottom": 1,
            "bottom_color": _ACCENT,
        },
        "text": cell,
        "wrap": {**cell, "text_wrap": True},
        "id": {**cell, "num_format": "@"},
        "count": {**cell, "num_format": "#,##0", "align": "right"},
        "metres": {**cell, "num_format": "#,##0", "align": "right"},
        "share": {**cell, "num_format": "0.00", "align": "right"},
        "bad": {**cell, "font_color": _ACCENT, "bold": True, "text_wrap": True},
    }
    return {name: book.add_format(form) for name, form in made.items()}


def _sheets(tables: PlanTables) -> Iterator[_Sheet]:
    """Give one sheet a level, each with the zone's number beside the centre's id."""
    number_of = dict(zip(tables.centres["centre_id"], tables.centres["number"], strict=True))
    units = dict(zip(tables.units["unit_id"], tables.units["label"], strict=True))

    def with_zone(frame: pd.DataFrame) -> pd.DataFrame:
        zone = [number_of.get(z, "") for z in frame["zone"]]
        return frame.assign(zone_number=zone, place=[units.get(u, "") for u in frame["unit_id"]])

    zone_number = _Column("zone_number", "责任区", "Zone", 8, "count")
    centre = _Column("zone", "中心户", "Centre", 12, "id")
    fence = _Column("fence", "社区", "Fence", 16)
    broken = [_rule_list(b) for b in tables.centres["broken"]]
    yield _Sheet(
        "中心户 centres",
        tables.centres.assign(broken=broken),
        (
            _Column("number", "责任区", "Zone", 8, "count"),
            _Column("centre_id", "中心户", "Centre", 12, "id"),
            fence,
            _Column("label", "地址", "Place", 30),
            _Column("households", "居民户", "Households", 11, "count"),
            _Column("members", "党员", "Members", 10, "count"),
            _Column("walk_mean_m", "平均步行（米）", "Mean walk m", 12, "metres"),
            _Column("walk_p90_m", "九成以内（米）", "P90 walk m", 12, "metres"),
            _Column("walk_max_m", "最远（米）", "Max walk m", 11, "metres"),
            _Column("broken", "未符合规则", "Breaks", 34),
        ),
    )
    centre_flag = ["是 yes" if c else "" for c in tables.members["is_centre"]]
    yield _Sheet(
        "党员 members",
        _ordered(with_zone(tables.members).assign(is_centre=centre_flag)),
        (
            zone_number,
            centre,
            _Column("member_id", "党员编号", "Member", 14, "id"),
            _Column("is_centre", "是否中心户", "Is centre", 11),
            _Column("households", "联系户数", "Households", 11, "count"),
            fence,
            _Column("matched", "匹配地址", "Matched place", 34),
            _Column("unit_id", "需求单元", "Unit", 16, "id"),
            _Column("precision", "精度", "Precision", 13),
        ),
    )
    homes = with_zone(tables.households)
    homes = homes.assign(
        gap=[_cause(g) for g in homes["gap"]], moved=["是 yes" if m else "" for m in homes["moved"]]
    )
    yield _Sheet(
        "居民户 households",
        _ordered(homes),
        (
            zone_number,
            centre,
            _Column("household_id", "户编号", "Household", 14, "id"),
            fence,
            _Column("place", "楼栋单元", "Unit", 28),
            _Column("matched", "匹配地址", "Matched place", 30),
            _Column("member", "联系党员", "Member", 12, "id"),
            _Column("member_walk_m", "到党员（米）", "To member m", 11, "metres"),
            _Column("walk_m", "到中心户（米）", "To centre m", 11, "metres"),
            _Column("precision", "精度", "Precision", 12),
            _Column("confidence", "把握", "Confidence", 10, "share"),
            _Column("gap", "覆盖空白", "Gap", 22),
            _Column("previous_zone", "原中心户", "Previous", 12, "id"),
            _Column("moved", "变更", "Moved", 8),
        ),
    )
    causes = [_cause(g) for g in tables.gaps["cause"]]
    yield _Sheet(
        "覆盖空白 gaps",
        _ordered(with_zone(tables.gaps).assign(cause=causes)),
        (
            _Column("household_id", "户编号", "Household", 14, "id"),
            _Column("cause", "原因", "Cause", 30),
            fence,
            _Column("place", "楼栋单元", "Unit", 28),
            zone_number,
            centre,
            _Column("detail", "说明", "Detail", 50),
        ),
    )


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort by zone, so that each centre finds its own people on a run of rows; the unserved come last."""
    rank = [n if isinstance(n, int) or n != "" else math.inf for n in frame["zone_number"]]
    return frame.assign(_rank=rank).sort_values("_rank", kind="stable")


def _cause(code: str) -> str:
    cause = GAP_CAUSES.get(code)
    return f"{cause.title_zh} {cause.title}" if cause else str(code)


def _rule_list(names: str) -> str:
    return "; ".join(" ".join(rule_words(n)) for n in str(names).split(",") if n)


def _page(sheet: Any, title: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    plain = title.replace("&", "&&")[:120]
    sheet.set_footer(f'&L&"{_FONT}"&8{plain}&C&8&A&R&8第 &P 页 / 共 &N 页')


def _table_sheet(book: Any, styles: dict[str, Any], content: _Sheet, title: str) -> None:
    sheet = book.add_worksheet(content.name)
    _page(sheet, _text(title))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_row(0, 32)
    rows = len(content.frame)
    sheet.autofilter(0, 0, max(rows, 1), len(content.columns) - 1)
    for at, column in enumerate(content.columns):
        sheet.set_column(at, at, column.width)
        right = column.kind in {"count", "metres", "share"}
        sheet.write_string(
            0, at, f"{column.zh}\n{column.en}", styles["head_right" if right else "head"]
        )
        _fill_column(sheet, at, content.frame[column.source].tolist(), styles[column.kind])


def _fill_column(sheet: Any, at: int, values: Sequence[Any], style: Any) -> None:
    for row, value in enumerate(values, start=1):
        if isinstance(value, str):
            sheet.write_string(row, at, _text(value), style)
        elif value is None or not math.isfinite(value):
            sheet.write_blank(row, at, None, style)
        else:
            sheet.write_number(row, at, value, style)


def _text(value: str) -> str:
    """Keep text that a workbook can hold: no control characters, no half characters, not too long."""
    whole = value.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c >= " " or c in "\t\n" else " " for c in whole)[:_LONGEST_CELL]


def _notes_sheet(book: Any, styles: dict[str, Any], tables: PlanTables, title: str) -> None:
    sheet = book.add_worksheet("说明 notes")
    _page(sheet, _text(title))
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 3, 26)
    for row, (style, cells) in enumerate(_note_rows(tables, title)):
        if style == "title":
            sheet.set_row(row, 30)
        for at, cell in enumerate(cells):
            wide = len(cells) == 1 and style not in {"text", "wrap"}
            if wide:
                sheet.merge_range(row, 0, row, 3, "", styles[style])
            sheet.write_string(row, at, _text(cell), styles[style])


def _note_rows(tables: PlanTables, title: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    note, c = tables.provenance, tables.certificate
    yield "title", (title,)
    if note.get("synthetic"):
        yield "warning", ("合成示例数据，非真实居民  SYNTHETIC DATA, not real residents",)
    if stamp := network_words(str(note.get("network") or "")):
        yield "warning", ("  ".join(stamp),)
    yield (
        "warning",
        ("内部资料：含居民户与党员编号，请勿外传  INTERNAL: holds ids of households and members",),
    )
    yield "section", ("方案证明  What is proven",)
    yield "wrap", ("与最优方案的差距\nDistance from the best plan", *proof_words(c))
    joined = (
        ("全部连通", "every zone is connected")
        if c.zones_connected
        else (
            f"{len(c.disconnected)} 个责任区不连通",
            f"{len(c.disconnected)} zones are not connected",
        )
    )
    yield "wrap", ("责任区连通\nZones connected", *joined)
    if moved := moved_words(tables):
        yield "wrap", ("变更户数\nHomes that change hands", *moved)
    yield "section", ("规则  Rules",)
    yield "head", ("规则 Rule", "限值 Limit", "最差 Worst", "结果 Result")
    for r in c.rules:
        unit = "户 households" if r.name.startswith("walk") else "个责任区 zones"
        state = "符合 holds" if not r.broken else f"不符 broken: {r.broken} {unit}"
        yield (
            "bad" if r.broken else "wrap",
            (
                "\n".join(rule_words(r.name)),
                limit_text(r),
                number(r.worst, 1).removesuffix(".0"),
                state,
            ),
        )
    yield "section", ("来源  Sources",)
    yield (
        "wrap",
        ("规则方案 Rule book", tables.rules.title_zh or tables.rules.name, tables.rules.title),
    )
    yield "wrap", ("规则来源 Published in", tables.rules.source)
    yield "wrap", ("方案日期 Plan of", str(note.get("created") or "-"))
    yield "wrap", ("地图数据日期 Map data of", str(note.get("data_date") or "-"))
    yield "wrap", ("步行路网 Walks on", str(note.get("network") or "-"))
    yield "wrap", ("底图 Map data", str(note.get("attribution") or "-"))

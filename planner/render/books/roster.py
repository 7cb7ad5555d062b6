"""The roster: one workbook, a sheet for each level of the service, ready for the office's printer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from planner.model.events import MOVED_BY
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.plan.ledger import ledger_lines
from planner.render.books.look import (
    SYNTHETIC,
    Column,
    Sheet,
    day_of,
    internal_book,
    plain_text,
    put,
    set_page,
)
from planner.render.text.level_words import level_columns, level_sheets, level_words
from planner.render.text.organisation_words import centre_kind, organisation_rows
from planner.render.text.words import (
    broken_rules,
    counted_words,
    limit_text,
    moved_words,
    network_words,
    number,
    proof_words,
    rule_words,
    share_words,
    wish_words,
)

__all__ = ["roster_bytes"]


def roster_bytes(tables: PlanTables) -> bytes:
    """Make the workbook of centres, members, households and gaps: internal, and marked so on each page.

    Every text stays text: nothing that a cell of the input holds becomes a formula, a number or a link.

    Gives: an ``.xlsx`` file; equal plans give equal bytes.
    """
    title = str(tables.provenance.get("title") or "责任区方案")
    day = day_of(tables.provenance.get("created"))

    def notes(book: Any, styles: dict[str, Any]) -> None:
        _notes_sheet(book, styles, tables, title)

    return internal_book(title, day, _sheets(tables), mark=f"{day:%Y-%m-%d}", notes=notes)


_NUMBER = Column("zone_number", "责任区", "Zone", 8, "count")
_CENTRE = Column("zone", "中心户", "Centre", 12, "id")
_FENCE = Column("fence", "社区", "Fence", 16)
_HOUSEHOLD = Column("household_id", "户编号", "Household", 14, "id")
_PLACE = Column("place", "楼栋单元", "Unit", 28)


def _sheets(tables: PlanTables) -> Iterator[Sheet]:
    """Give one sheet a level, each with the zone's number beside the centre's id."""
    yield _centres(tables)
    yield from level_sheets(tables)
    if len(listed := organisation_rows(tables)):
        yield _organisation(listed)
    yield _members(tables)
    yield _households(tables)
    yield _gaps(tables)
    if tables.provenance.get("moves"):
        yield _moves(tables)


def _with_zone(tables: PlanTables, frame: pd.DataFrame) -> pd.DataFrame:
    """Say zone and place of each row; sorted by zone, so that each centre finds its own people together."""
    number_of = dict(zip(tables.centres["centre_id"], tables.centres["number"], strict=True))
    units = dict(zip(tables.units["unit_id"], tables.units["label"], strict=True))
    number = [number_of.get(z, "") for z in frame["zone"]]
    rank = [math.inf if n == "" else n for n in number]  # the unserved come last
    place = [units.get(u, "") for u in frame["unit_id"]]
    made = frame.assign(zone_number=number, place=place, _rank=rank)
    return made.sort_values("_rank", kind="stable")


def _centres(tables: PlanTables) -> Sheet:
    cells, guides = level_columns(tables)
    broken = [
        "; ".join(map(" ".join, words)) for words in broken_rules(tables, whole=True).values()
    ]
    kinds = [centre_kind(tables, str(c)) for c in tables.centres["centre_id"]]
    # a column that says household throughout would only take room
    kind = (Column("kind", "中心户类型", "Kind", 16),) if any(kinds) else ()
    told = ["户 household" if k is None else " ".join(k) for k in kinds]
    return Sheet(
        "中心户 centres",
        tables.centres.assign(broken=broken, kind=told, **cells),
        (
            Column("number", "责任区", "Zone", 8, "count"),
            Column("centre_id", "中心户", "Centre", 12, "id"),
            _FENCE,
            Column("label", "地址", "Place", 30),
            *kind,
            Column("households", "居民户", "Households", 11, "count"),
            Column("members", "党员", "Members", 10, "count"),
            Column("walk_mean_m", "平均步行（米）", "Mean walk m", 12, "metres"),
            Column("walk_p90_m", "九成以内（米）", "P90 walk m", 12, "metres"),
            Column("walk_max_m", "最远（米）", "Max walk m", 11, "metres"),
            *guides,
            Column("broken", "未符合规则", "Breaks", 34),
        ),
    )


def _organisation(listed: pd.DataFrame) -> Sheet:
    return Sheet(
        "组织 organisation",
        listed,
        (
            Column("tier", "层级", "Tier", 24),
            Column("name", "组织", "Organisation", 30),
            Column("community", "社区", "Fence", 16),
            Column("centres", "中心户", "Centres", 10, "count"),
            Column("households", "居民户", "Households", 11, "count"),
        ),
    )


def _members(tables: PlanTables) -> Sheet:
    told, care = tables.members.assign(is_centre=_ticks(tables.members["is_centre"])), ()
    if tables.cared is not None:
        homes = tables.cared.loc[tables.cared["member"] == 0, "person_id"]
        held = tables.households.loc[tables.households["household_id"].isin(homes), "member"]
        told["care"] = told["member_id"].map(held.value_counts()).fillna(0).astype(int)
        care = (Column("care", "其中关爱户", "Of care", 11, "count"),)
    return Sheet(
        "党员 members",
        _with_zone(tables, told),
        (
            _NUMBER,
            _CENTRE,
            Column("member_id", "党员编号", "Member", 14, "id"),
            Column("is_centre", "是否中心户", "Is centre", 11),
            Column("households", "联系户数", "Households", 11, "count"),
            *care,
            _FENCE,
            Column("matched", "匹配地址", "Matched place", 34),
            Column("unit_id", "需求单元", "Unit", 16, "id"),
            Column("precision", "精度", "Precision", 13),
        ),
    )


def _households(tables: PlanTables) -> Sheet:
    homes = tables.households
    homes = homes.assign(gap=[_cause(g) for g in homes["gap"]], moved=_ticks(homes["moved"]))
    return Sheet(
        "居民户 households",
        _with_zone(tables, homes),
        (
            _NUMBER,
            _CENTRE,
            _HOUSEHOLD,
            _FENCE,
            _PLACE,
            Column("matched", "匹配地址", "Matched place", 30),
            Column("member", "联系党员", "Member", 12, "id"),
            Column("member_walk_m", "到党员（米）", "To member m", 11, "metres"),
            Column("walk_m", "到中心户（米）", "To centre m", 11, "metres"),
            Column("precision", "精度", "Precision", 12),
            Column("confidence", "把握", "Confidence", 10, "share"),
            Column("gap", "覆盖空白", "Gap", 22),
            Column("previous_zone", "原中心户", "Previous", 12, "id"),
            Column("moved", "变更", "Moved", 8),
        ),
    )


def _gaps(tables: PlanTables) -> Sheet:
    causes = [_cause(g) for g in tables.gaps["cause"]]
    return Sheet(
        "覆盖空白 gaps",
        _with_zone(tables, tables.gaps.assign(cause=causes)),
        (
            _HOUSEHOLD,
            Column("cause", "原因", "Cause", 30),
            _FENCE,
            _PLACE,
            _NUMBER,
            _CENTRE,
            Column("detail", "说明", "Detail", 50),
        ),
    )


def _moves(tables: PlanTables) -> Sheet:
    """List who changes hands, from whom to whom and why: what notices to homes and centres are made from."""
    told = {m["home"]: m for m in tables.provenance["moves"]}
    homes = tables.households[tables.households["household_id"].isin(told)]
    moves = [told[home] for home in homes["household_id"]]
    causes = [" ".join(MOVED_BY.get(m["cause"], (m["cause"],))) for m in moves]
    rows = [", ".join(map(str, m["rows"])) for m in moves]
    before = [m["walk_before_m"] for m in moves]
    return Sheet(
        "变更 moves",
        _with_zone(tables, homes.assign(cause=causes, rows=rows, walk_before_m=before)),
        (
            _HOUSEHOLD,
            _FENCE,
            _PLACE,
            Column("previous_zone", "原中心户", "Previous", 12, "id"),
            Column("walk_before_m", "原步行（米）", "Walk before m", 12, "metres"),
            _NUMBER,
            _CENTRE,
            Column("walk_m", "到中心户（米）", "To centre m", 11, "metres"),
            Column("member", "联系党员", "Member", 12, "id"),
            Column("cause", "原因", "Cause", 34),
            Column("rows", "变动表行", "Rows of the changes", 16),
        ),
    )


def _ticks(flags: Iterable[object]) -> list[str]:
    return ["是 yes" if flag else "" for flag in flags]


def _cause(code: str) -> str:
    cause = GAP_CAUSES.get(code)
    return f"{cause.title_zh} {cause.title}" if cause else str(code)


def _notes_sheet(book: Any, styles: dict[str, Any], tables: PlanTables, title: str) -> None:
    sheet = book.add_worksheet("说明 notes")
    set_page(sheet, plain_text(title))
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 3, 26)
    # One merged cell for headings, so that they do not widen the first column.
    for row, (style, cells) in enumerate(_note_rows(tables, title)):
        if style == "title":
            sheet.set_row(row, 30)
        for at, cell in enumerate(cells):
            wide = len(cells) == 1 and style not in {"text", "wrap"}
            if wide:
                sheet.merge_range(row, 0, row, 3, "", styles[style])
            put(sheet, row, at, cell, styles[style])


def _note_rows(tables: PlanTables, title: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    note, c = tables.provenance, tables.certificate
    yield "title", (title,)
    if note.get("synthetic"):
        yield "warning", (SYNTHETIC,)
    # walks that are no walks must be said before any figure
    if stamp := network_words(note):
        yield "warning", ("  ".join(stamp),)
    yield (
        "warning",
        ("内部资料：含居民户与党员编号，请勿外传  INTERNAL: holds ids of households and members",),
    )
    yield "section", ("人数台账  Ledger of people",)
    for line in ledger_lines(tables):
        yield "bad" if line.lost else "wrap", (line.zh, line.en)
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
    for words in level_words(tables):
        yield "wrap", ("上级联系\nLevels above", *words)
    for words in wish_words(tables):
        yield "wrap", ("意愿\nWishes", *words)
    for words in share_words(tables):
        yield "wrap", ("关爱户分担\nCare shared out", *words)
    yield "section", ("规则  Rules",)
    yield "head", ("规则 Rule", "限值 Limit", "最差 Worst", "结果 Result")
    for r in c.rules:
        counted = " ".join(counted_words(r))
        state = "符合 holds" if not r.broken else f"不符 broken: {r.broken} {counted}"
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

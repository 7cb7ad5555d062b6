"""Whether a sheet has the columns without which it says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.errors import Finding, SchemaError, Severity
from planner.intake.sheets.headings import role_of, toml_line
from planner.intake.sheets.read import SheetTable
from planner.model.schema import HOUSEHOLDS, Table, is_personal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ENOUGH", "is_complete", "missing_columns", "require_one_measure"]

ENOUGH = (
    {"address"}, {"lon", "lat"}, {"coordinates"}, {"community", "building"}, {"name", "building"},
    {"compound"}, {"road"}, {"community", "road_number"},
)  # fmt: skip
"""Columns that say where a home is, each set by itself."""


def is_complete(t: SheetTable, table: Table) -> bool:
    """Tell whether a sheet says where people live: an address, whole or in columns, or lon and lat.

    Parameters
    ----------
    t : SheetTable
    table : Table
        What it should be.
    """
    roles = {role_of(h, table) for h in t.headers}
    return any(parts <= roles for parts in ENOUGH)


def missing_columns(lacking: Sequence[SheetTable], table: Table) -> SchemaError:
    """Make the refusal of sheets that do not say where people live, with the headers that come near.

    Parameters
    ----------
    lacking : sequence of SheetTable
    table : Table
        What they should be.
    """
    from rapidfuzz import fuzz, process

    faults: list[Finding] = []
    wanted = {h: c for c in ("address", "lon", "lat") for h in table[c].headers}
    for t in lacking:
        found = [*t.headers, *t.unread]
        if _is_people(found):
            faults.append(_no_header(t))
            continue
        near = [
            (h, m)
            for h in t.unread
            if (m := process.extractOne(h, list(wanted), scorer=fuzz.ratio)) and m[1] >= 60
        ]
        hint = "; ".join(f"is {h!r} meant as {table[wanted[m[0]]].headers[0]}?" for h, m in near)
        if garbled := _garbled(found, table):
            pairs = ", ".join(f"{h!r} as {own!r}" for h, own in garbled)
            hint = f"in UTF-8 the headers read {pairs}: the encoding is wrong; save the file as CSV UTF-8"
        faults.append(
            Finding(
                "missing-column",
                Severity.STOP,
                "there is neither 地址/address nor 经度/lon with 纬度/lat; the headers found are: "
                + ", ".join(found),
                f"缺少地址列或经纬度列；现有表头：{'、'.join(found)}",
                hint or "head the column of addresses 地址, or the coordinates 经度 and 纬度",
                "文件编码有误，请另存为 CSV UTF-8"
                if garbled
                else "请将地址列命名为“地址”，或提供“经度”“纬度”两列",
                t.file,
                t.sheet,
            )
        )
    names = ", ".join(dict.fromkeys(t.file for t in lacking))
    return SchemaError(
        f"{names}: required columns of {table.name} are missing",
        findings=faults,
        zh=f"{names}：{table.name_zh}缺少必需的列",
    )


def require_one_measure(
    tables: Sequence[SheetTable], frames: Sequence[pd.DataFrame], table: Table
) -> None:
    """Refuse sheets of which some weigh their homes and some do not: 1 beside 45 minutes means nothing."""
    heads = [str(f["load_header"].iloc[0]) if len(f) else None for f in frames]
    weighed = [(t, h) for t, h in zip(tables, heads, strict=True) if h]
    bare = [t for t, h in zip(tables, heads, strict=True) if h == ""]
    if table.name != HOUSEHOLDS.name or not weighed or not bare:
        return
    first, header = weighed[0]
    lacking = ", ".join(dict.fromkeys(f"{t.file} {t.sheet}".strip() for t in bare[:10]))
    line = toml_line(table, header, "")
    fault = Finding(
        "load-in-part", Severity.STOP,
        f"the weight {header} stands in {len(weighed)} sheet(s) and is missing in {len(bare)}: {lacking}",
        f"“{header}”列在{len(weighed)}张表中有、在{len(bare)}张表中没有：{lacking}",
        f"fill it in everywhere, or leave it out under [columns]: {line}",
        f"请在各表补齐该列；如不使用，请在项目文件 [columns] 下写明：{line}",
        first.file, first.sheet, column=header,
    )  # fmt: skip
    raise SchemaError(
        "some sheets weigh their homes and some do not",
        findings=[fault],
        zh="有的表填写了权重，有的没有",
    )


_LONG = re.compile(r"\d{5,}|\d+\.\d{3,}")


def _is_people(cells: Sequence[str]) -> bool:
    """Tell whether a row that was taken for the header holds residents: their names are not told."""
    plain = [cell for cell in cells if not _LONG.search(cell)]
    known = sum(is_personal(cell) or bool(role_of(cell)) for cell in plain)
    return known < 2 and len(plain) < len(cells)


def _no_header(t: SheetTable) -> Finding:
    return Finding(
        "missing-column",
        Severity.STOP,
        "there is neither 地址/address nor 经度/lon with 纬度/lat; the first row looks like residents, not "
        "like headers",
        "缺少地址列或经纬度列；首行似为居民数据，而非表头",
        "write headers such as 编号, 地址 into a row above the data",
        "请在数据上方添加一行表头，如“编号”“地址”",
        t.file,
        t.sheet,
        t.header_row,
    )


def _garbled(headers: Sequence[str], table: Table) -> list[tuple[str, str]]:
    """Find headers that are known ones, their UTF-8 bytes read as GB18030."""
    found = []
    for header in headers:
        try:
            own = header.encode("gb18030").decode("utf-8", "ignore")
        except UnicodeEncodeError:
            continue
        if own != header and (role_of(own, table) or is_personal(own)):
            found.append((header, own))
    return found

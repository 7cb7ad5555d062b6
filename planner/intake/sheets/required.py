"""Whether a sheet has the columns without which it says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.errors import Finding, SchemaError
from planner.intake.sheets.committees import building_named
from planner.intake.sheets.headings import ENOUGH, role_of, toml_line
from planner.intake.sheets.read import SheetTable
from planner.model.schema import HOUSEHOLDS, Table, is_personal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["is_complete", "missing_columns", "require_one_measure"]


def is_complete(t: SheetTable, table: Table) -> bool:
    """Tell whether a sheet says where people live: an address, whole or in columns, or lon and lat.

    Parameters
    ----------
    t : SheetTable
    table : Table
        What it should be.
    """
    roles = {role_of(h, table) for h in t.headers}
    estate, building = building_named(t)
    roles |= {"compound"} if estate and building else set()
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
            faults.append(Finding.of("missing-column/first-row", t.at(t.header_row)))
            continue
        near = [
            (h, m)
            for h in t.unread
            if (m := process.extractOne(h, list(wanted), scorer=fuzz.ratio)) and m[1] >= 60
        ]
        told = {"found": ", ".join(found), "found_zh": "、".join(found)}
        if garbled := _garbled(found, table):
            pairs = ", ".join(f"{h!r} as {own!r}" for h, own in garbled)
            fault = Finding.of("missing-column/garbled", t.at(), **told, pairs=pairs)
        else:
            fault = Finding.of("missing-column/people", t.at(), **told)
            hint = "; ".join(
                f"is {h!r} meant as {table[wanted[m[0]]].headers[0]}?" for h, m in near
            )
            fault = replace(fault, remedy=hint) if hint else fault
        faults.append(fault)
    names = ", ".join(dict.fromkeys(t.file for t in lacking))
    return SchemaError.of(
        "columns-missing", {"findings": faults}, names=names, name=table.name, name_zh=table.name_zh
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
    told = {"header": header, "lacking": lacking, "line": line}
    place = first.at(column=header)
    fault = Finding.of("load-in-part", place, n=len(weighed), bare=len(bare), **told)
    raise SchemaError.of("load-in-some-sheets", {"findings": [fault]})


_LONG = re.compile(r"\d{5,}|\d+\.\d{3,}")


def _is_people(cells: Sequence[str]) -> bool:
    """Tell whether a row that was taken for the header holds residents: their names are not told."""
    plain = [cell for cell in cells if not _LONG.search(cell)]
    known = sum(is_personal(cell) or bool(role_of(cell)) for cell in plain)
    return known < 2 and len(plain) < len(cells)


def _garbled(headers: Sequence[str], table: Table) -> list[tuple[str, str]]:
    """Find headers that are known ones, their UTF-8 bytes read as GB18030."""
    found = []
    for header in headers:
        try:
            # Excel takes a CSV without a byte order mark for the encoding of its Windows, here GB18030.
            own = header.encode("gb18030").decode("utf-8", "ignore")
        except UnicodeEncodeError:
            continue
        if own != header and (role_of(own, table) or is_personal(own)):
            found.append((header, own))
    return found

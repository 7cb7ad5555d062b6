"""The office's log of what was done (走访记录): a row a visit, patrol, mediation, and so on.

What was found at a door is nobody else's business: the column of results is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import pandas as pd

from planner.errors import Finding, SchemaError
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.characters import simplified
from planner.model.schema import LOG, Table

__all__ = ["SERVICES", "ServiceLog", "read_log"]

SERVICES: Final = {
    "visit": ("走访", "visits", ("走访", "入户", "探访", "看望", "visit")),
    "patrol": ("巡查", "patrols", ("巡查", "巡逻", "排查", "patrol")),
    "mediation": ("调解", "mediations", ("调解", "纠纷", "mediat")),
    "activity": ("活动", "activities", ("活动", "宣讲", "志愿", "activit")),
    "problem": ("困难", "problems solved", ("困难", "问题", "诉求", "problem")),
    "wish": ("微心愿", "wishes claimed", ("心愿", "wish")),
    "pairing": ("结对", "pairings", ("结对", "帮扶", "pair")),
    "other": ("其他", "other", ()),
}
"""Kinds of service: code -> Chinese, English, words that tell it; the first that fits counts."""
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_SERIAL: Final = re.compile(r"\d{5}(?:\.0*)?")
_EPOCH: Final = date(1899, 12, 30)
LISTED: Final = 20


@dataclass(frozen=True, eq=False)
class ServiceLog:
    """What a log says.

    Parameters
    ----------
    rows : DataFrame
        ``day`` (datetime64)``, kind`` (a key of `SERVICES`)``, household, zone, member`` (as written, "" for
        none)``, minutes`` (NaN for none).
    findings : tuple of Finding
        Rows that are left out, and why.
    """

    rows: pd.DataFrame
    findings: tuple[Finding, ...] = ()


def read_log(path: Path, *, told: Table = LOG) -> ServiceLog:
    """Read a log: a row a service, each with its day and a household or zone.

    Columns 日期/date, 户编号/household or 责任区/zone, and 类型/kind, 党员编号/member, 分钟/minutes.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        No sheet has a date and a household or zone.
    """
    found: list[tuple[datetime, str, str, str, str, float]] = []
    said: list[Finding] = []
    read = 0
    for table in read_table(path, table=told):
        roles, _ = roles_of(table.headers, told, file=table.file, sheet=table.sheet)
        if "date" in roles and {"household", "zone"} & set(roles):
            read += 1
            rows, faults = _rows(table, roles)
            found += rows
            said += faults
    if not read:
        raise SchemaError.of("not-log", name=path.name)
    columns = ["day", "kind", "household", "zone", "member", "minutes"]
    frame = pd.DataFrame(found, columns=columns)
    return ServiceLog(
        frame.astype({"day": "datetime64[ns]", "minutes": float}), tuple(said[:LISTED])
    )


def _rows(
    table: SheetTable, roles: dict[str, int]
) -> tuple[list[tuple[datetime, str, str, str, str, float]], list[Finding]]:
    rows, said = [], []

    def cell(cells: list[str], name: str) -> str:
        return str(cells[roles[name]]).strip() if name in roles else ""

    for row, cells in zip(table.row.tolist(), table.cells.tolist(), strict=True):
        where = [cell(cells, name) for name in ("household", "zone", "member")]
        day = _day(cell(cells, "date"))
        if day is None or not (where[0] or where[1]):
            if any(where) or cell(cells, "date"):
                place = {"file": table.file, "sheet": table.sheet, "row": int(row)}
                said.append(Finding.of("log-row", place))
            continue
        minutes = re.match(r"\d+(?:\.\d+)?", cell(cells, "minutes"))
        spent = float(minutes[0]) if minutes else float("nan")
        rows.append((day, _kind(cell(cells, "kind")), *where, spent))
    return rows, said


def _day(text: str) -> datetime | None:
    """Read a day: written out, or the serial number that a spreadsheet keeps."""
    plain = text.split(" ")[0].split("T")[0]
    try:
        if _SERIAL.fullmatch(plain):
            day = _EPOCH + timedelta(days=int(float(plain)))
            return datetime(day.year, day.month, day.day)
        written = _DAY.match(plain)
        if written is None:
            return None
        year, month, day_of = map(int, written.groups())
        return datetime(year, month, day_of)
    except ValueError:  # the 31st of February
        return None


def _kind(text: str) -> str:
    told = simplified(text).casefold()
    if not told:
        return "visit"
    return next(
        (c for c, (_, _, words) in SERVICES.items() if any(w in told for w in words)), "other"
    )

"""Wishes of homes and members for a centre: up to three each, the dearest first.

Who wishes for whom is nobody else's business: it becomes a price, and the plan's file keeps it by
unit, without an id.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.errors import Finding, SchemaError
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import read_table
from planner.model.schema import Table
from planner.model.service_sheets import WISHES

__all__ = ["LISTED", "WishSheet", "read_wishes"]

LISTED = 20
_ORDER = ("wish1", "wish2", "wish3")


@dataclass(frozen=True)
class WishSheet:
    """What is wished.

    Parameters
    ----------
    rows : tuple of (str, tuple of str)
        A home or a member, and the centres that it wishes for, the dearest first; each once.
    findings : tuple of Finding
        Rows without an id or without a wish; at most `LISTED`.
    """

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    findings: tuple[Finding, ...] = ()


def read_wishes(path: Path, told: Table = WISHES) -> WishSheet:
    """Read a sheet of wishes: 编号/id, 意愿1/wish 1 to 意愿3/wish 3, ids of centres.

    Parameters
    ----------
    path : Path
    told : Table
        As the project describes it.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        No sheet has an id and a wish.
    """
    rows: dict[str, tuple[str, ...]] = {}
    said: list[Finding] = []
    good = False
    for table in read_table(path, table=told):
        roles, _ = roles_of(table.headers, told, file=table.file, sheet=table.sheet)
        if not {"id", "wish1"} <= set(roles):
            continue
        good = True
        columns = [table.cells[:, roles[n]].tolist() for n in ("id", *_ORDER) if n in roles]
        for row, *cells in zip(table.row.tolist(), *columns, strict=True):
            who, *wishes = (half_width(str(cell)).strip() for cell in cells)
            named = tuple(dict.fromkeys(filter(None, wishes)))
            if bool(who) != bool(named):
                place = {"file": table.file, "sheet": table.sheet, "row": int(row)}
                said.append(Finding.of("wish-row", place))
            elif who:
                # of one who stands twice the first row counts, for the sheet is read from the top
                rows.setdefault(who, named)
    if not good:
        raise SchemaError.of("not-wishes", name=path.name)
    return WishSheet(tuple(rows.items()), tuple(said[:LISTED]))

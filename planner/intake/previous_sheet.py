"""The plan that stands, as an office keeps it: a sheet that says which home has which centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from planner.errors import Finding, SchemaError, Severity
from planner.intake.identity import match_ids
from planner.intake.sheets.cell_values import clean_column, clean_ids
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.schema import PREVIOUS

__all__ = ["PreviousSheet", "match_centres", "read_previous_sheet"]

LISTED = 10
_LEVEL = "Numbers of the zones"


@dataclass(frozen=True, slots=True)
class PreviousSheet:
    """Who had which centre.

    Parameters
    ----------
    zone : dict of str to str
        Household or member id -> id of its centre, "" for none; both cleaned.
    places : dict of str to Finding
        Centre id -> where the sheet names it first, as a finding without text.
    findings : tuple of Finding
    """

    zone: dict[str, str]
    places: dict[str, Finding]
    findings: tuple[Finding, ...]


def read_previous_sheet(path: str | Path, *, encoding: str | None = None) -> PreviousSheet:
    """Read the plan that stands from a workbook or CSV, such as a roster that was edited by hand.

    Parameters
    ----------
    path : str or Path
        Any file that residents may come in.  Sheets without both columns, 编号/id and 中心户/centre,
        are left alone.
    encoding : str, optional
        Of a CSV.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        No sheet has both columns, or one home is given to two centres.
    """
    rows: list[tuple[str, str, Finding]] = []
    findings: list[Finding] = []
    read = 0
    for table in read_table(path, table=PREVIOUS, encoding=encoding):
        if any(_LEVEL in header for header in table.headers):
            continue  # of a roster: who looks after which zones, not who lives in them
        roles, chosen = roles_of(table.headers, PREVIOUS, file=table.file, sheet=table.sheet)
        if {"id", "zone"} <= set(roles):
            own, said = _rows(table, roles)
            rows += own
            findings += [*table.findings, *chosen, *said]
            read += 1
    name = Path(path).name
    if not read:
        raise SchemaError(
            f"{name} does not say which home has which centre",
            findings=[
                Finding(
                    "missing-column", Severity.STOP,
                    "no sheet has both a column 编号/id and a column 中心户/centre",
                    "没有同时含编号列和中心户列的工作表",
                    "give plan.gpkg of an earlier run, its roster.internal.xlsx, or a sheet with "
                    "these two columns",
                    "请提供以前的 plan.gpkg、roster.internal.xlsx，或含这两列的表格", file=name,
                )
            ], zh=f"{name} 没有写明每户属于哪个中心户",)  # fmt: skip
    zone: dict[str, str] = {}
    places: dict[str, Finding] = {}
    for home, centre, at in rows:
        zone.setdefault(home, centre)
        if centre:
            places.setdefault(centre, at)
    twice = [at for home, centre, at in rows if zone[home] != centre]
    if twice:
        raise SchemaError(
            f"{name} gives some homes to two centres",
            findings=twice,
            zh=f"{name} 中有的户对应两个中心户",
        )
    return PreviousSheet(zone, places, tuple(findings))


def _rows(
    table: SheetTable, roles: dict[str, int]
) -> tuple[list[tuple[str, str, Finding]], list[Finding]]:
    """Give home, centre and place of each row; the place is worded as the fault that it may be."""
    frame = table.frame
    columns: dict[str, list[str]] = {}
    said: list[Finding] = []
    for role, at in roles.items():
        cleaned, told = clean_column(frame.iloc[:, at], role, frame)
        ids, folded = clean_ids(cleaned, frame)
        columns[role] = ids.to_list()
        said += [*told, *folded]
    here = Finding(
        "two-centres", Severity.STOP, "this home has another centre in a row above",
        "该户在前面的行中已有另一中心户", "keep one of the two rows", "请保留其中一行",
        table.file, table.sheet, None, table.headers[roles["zone"]],
    )  # fmt: skip
    triples = zip(columns["id"], columns["zone"], table.row.tolist(), strict=True)
    return [(i, z, replace(here, row=row)) for i, z, row in triples if i], said


def match_centres(
    sheet: PreviousSheet, centres: Iterable[str], members: Iterable[str]
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Find the centres of a sheet among those of now.

    Parameters
    ----------
    sheet : PreviousSheet
    centres, members : iterable of str
        Ids of now.

    Returns
    -------
    dict of str to str
        As the sheet writes it -> id of now; absent for who is a member still, but no centre any more.
    tuple of Finding
        Zones that are dissolved, with the number of their homes.

    Raises
    ------
    SchemaError
        A zone is named after nobody known.
    """
    known = match_ids(sheet.places, centres)
    left = match_ids([z for z in sheet.places if z not in known], members)
    homes: dict[str, int] = defaultdict(int)
    for z in sheet.zone.values():
        homes[z] += 1
    unknown = [z for z in sheet.places if z not in known and z not in left]
    if unknown:
        raise SchemaError(
            f"{len(unknown)} zones of the plan that stands belong to nobody known",
            findings=[_at(sheet.places[z], homes[z]) for z in unknown[:LISTED]],
            zh=f"原方案中有 {len(unknown)} 个责任区的中心户不在现有名单中",
        )
    dissolved = tuple(
        Finding(
            "centre-resigned", Severity.WARN,
            f"{homes[z]} homes had a centre that is none any more: they are placed anew",
            f"{homes[z]}户原中心户已不再担任，将重新划入其他责任区",
            file=sheet.places[z].file, sheet=sheet.places[z].sheet,
        )
        for z in left
    )  # fmt: skip
    return known, dissolved


def _at(place: Finding, homes: int) -> Finding:
    return Finding(
        "unknown-zone", Severity.STOP,
        f"the centre named here, for {homes} rows, is neither a centre nor a member of the members' sheet",
        f"此处的中心户（共{homes}行）不在党员表中",
        "write the id that the members' sheet has, or leave the cell empty where a zone is dissolved",
        "请填写党员表中的编号；责任区已撤销的请留空", place.file, place.sheet, place.row, place.column,
    )  # fmt: skip

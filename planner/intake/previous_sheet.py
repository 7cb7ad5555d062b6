"""The plan that stands, as an office keeps it: a sheet that says which home has which centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from planner.errors import Finding, SchemaError
from planner.intake.identity import match_ids
from planner.intake.sheets.cell_values import clean_column, clean_ids
from planner.intake.sheets.exported import unusable
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.given import Given, one_source
from planner.model.schema import PREVIOUS, Table

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


def read_previous_sheet(
    path: str | Path | Given, *, encoding: str | None = None, told: Table = PREVIOUS
) -> PreviousSheet:
    """Read the plan that stands from a workbook or CSV, such as a roster that was edited by hand.

    Parameters
    ----------
    path : str or Path
        Any file that residents may come in.  Sheets without both columns, 编号/id and 中心户/centre,
        are left alone.
    encoding : str, optional
        Of a CSV.
    told : Table
        `planner.model.schema.PREVIOUS`, as the project describes it.

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
    for table in read_table(path, table=told, encoding=encoding):
        if any(_LEVEL in header for header in table.headers):
            continue  # of a roster: who looks after which zones, not who lives in them
        roles, chosen = roles_of(table.headers, told, file=table.file, sheet=table.sheet)
        if {"id", "zone"} <= set(roles):
            own, said = _rows(table, roles)
            rows += own
            findings += [*table.findings, *chosen, *said]
            read += 1
    name = one_source(path, "previous").name
    if not read:
        raise SchemaError.of(
            "previous-without-columns",
            {"findings": [Finding.of("missing-column/previous", {"file": name})]},
            name=name,
        )
    zone: dict[str, str] = {}
    places: dict[str, Finding] = {}
    for home, centre, at in rows:
        zone.setdefault(home, centre)
        if home and centre:
            places.setdefault(centre, at)
    twice = [at for home, centre, at in rows if home and zone[home] != centre]
    if twice:
        raise SchemaError.of("previous-two-centres", {"findings": twice}, name=name)
    findings += _halves(rows)
    kept = {home: centre for home, centre in zone.items() if home}
    return PreviousSheet(kept, places, tuple(findings))


def _halves(rows: Iterable[tuple[str, str, Finding]]) -> list[Finding]:
    """Tell of homes without a centre, and of centres without a home: a blank is no ditto."""
    there = list(rows)
    said: list[Finding] = []
    for key, lack in (
        ("previous-blank/centre", [at for home, centre, at in there if home and not centre]),
        ("previous-blank/home", [at for home, centre, at in there if centre and not home]),
    ):
        if lack:
            at = {"file": lack[0].file, "sheet": lack[0].sheet, "row": lack[0].row}
            said.append(Finding.of(key, at, n=len(lack)))
    return said


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
    here = Finding.of("two-centres", table.at(column=table.headers[roles["zone"]]))
    bad, broken = unusable(table, roles)
    rows = zip(columns["id"], columns["zone"], table.row.tolist(), strict=True)
    good = [values for at, values in enumerate(rows) if at not in bad]
    return [(i, z, replace(here, row=row)) for i, z, row in good if i or z], [*said, *broken]


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
    # A former centre who is a member still: the zone was dissolved, and nothing is wrong.
    left = match_ids([z for z in sheet.places if z not in known], members)
    homes: dict[str, int] = defaultdict(int)
    for z in sheet.zone.values():
        homes[z] += 1
    unknown = [z for z in sheet.places if z not in known and z not in left]
    if unknown:
        raise SchemaError.of(
            "previous-unknown-centres",
            {"findings": [_at(sheet.places[z], homes[z]) for z in unknown[:LISTED]]},
            n=len(unknown),
        )
    dissolved = tuple(
        Finding.of(
            "centre-resigned",
            {"file": sheet.places[z].file, "sheet": sheet.places[z].sheet},
            n=homes[z],
        )
        for z in left
    )
    return known, dissolved


def _at(place: Finding, homes: int) -> Finding:
    at = {name: getattr(place, name) for name in ("file", "sheet", "row", "column")}
    return Finding.of("unknown-zone", at, n=homes)

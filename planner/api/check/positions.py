"""Where each finding stands in the office's own sheet: its cell, and its column by the office's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from planner.errors import Finding
from planner.intake.sheets.headings import role_of
from planner.intake.sheets.read import SheetTable
from planner.render.books.marked import Spot
from planner.render.text.check_words import completed

__all__ = ["reading_order", "spots_of"]


def spots_of(findings: Iterable[Finding], tables: Sequence[SheetTable]) -> list[Spot]:
    """Find the cell of each finding, and name its column as the office does.

    Gives: in the order in which they were found.
    """
    by_place: dict[tuple[str, str], SheetTable] = {(t.file, t.sheet): t for t in tables}
    by_file: dict[str, SheetTable] = {}
    for t in tables:
        by_file.setdefault(t.file, t)
    spots: dict[Finding, Spot] = {}
    for given in findings:
        said = completed(given)
        t = by_place.get((said.file, said.sheet)) or (
            None if said.sheet else by_file.get(said.file)
        )
        if t is None:
            spots.setdefault(said, Spot(said, said.sheet, said.row))
            continue
        k = _position(said.column, t)
        if k is not None:
            said = replace(said, column=t.headers[k])
        if said.row is not None and not said.sheet:
            said = replace(said, sheet=t.sheet)
        whole = said.row is None and k is None and said.code != "missing-column"
        row = None if whole else (said.row or t.header_row)
        column = None if whole else t.places[k or 0] + 1 if t.places else 1
        spots.setdefault(said, Spot(said, t.sheet, row, column))
    return list(spots.values())


def _position(column: str, t: SheetTable) -> int | None:
    """Find a column by its header, or by the role that its header plays."""
    if not column:
        return None
    if column in t.headers:
        return t.headers.index(column)
    role = role_of(column) or column
    roles = t.roles or tuple(role_of(h) for h in t.headers)
    # an address may be spread over columns: the first that is there is marked
    wanted = (role, "compound", "road", "road_number", "building") if role == "address" else (role,)
    return next((roles.index(name) for name in wanted if name in roles), None)


def reading_order(spot: Spot) -> tuple[str, str, int, int, str, str]:
    """Sort spots by file, sheet, row and column."""
    f = spot.finding
    return f.file, spot.sheet, f.row or 0, spot.column or 0, f.code, f.what

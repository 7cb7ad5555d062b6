"""Columns that no plan is made from, looked at for their own sake: marks of care, numbers of citizens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from planner.api.people import about_care
from planner.errors import Finding, PlannerError
from planner.intake.idnumbers import examine_id_numbers
from planner.intake.sheets.flags import care_said
from planner.intake.sheets.read import read_table
from planner.intake.survey import Survey
from planner.model.given import Source
from planner.model.schema import HOUSEHOLDS, Table
from planner.privacy.marks import CARE_WORDS

__all__ = ["doubtful_care", "numbers_of_citizens"]


def doubtful_care(
    read: Iterable[tuple[Table, Sequence[Source], Survey]], named: Mapping[Source, str]
) -> Iterator[Finding]:
    """Name the cells under headings of care of households that somebody has to look at.

    Parameters
    ----------
    read : iterable of (Table, files, Survey)
        What was read of the files of each table.
    named : mapping of Path or Given to str
        What the files are called in messages.

    Returns
    -------
    iterator of Finding
        One a cell; its text is never told.
    """
    for table, paths, got in read:
        # most sheets have no such heading: they are not read once more
        marked = any(about_care(h, table) for t in got.tables for h in t.unread)
        if table.name == HOUSEHOLDS.name and marked:
            refused = {path for path, _ in got.refused}
            for path in paths:
                yield from () if path in refused else _of_file(path, named[path], table)


def _of_file(path: Source, name: str, table: Table) -> Iterator[Finding]:
    for sheet in read_table(path, table=None, name=name):
        for at, header in enumerate(sheet.headers):
            if not about_care(header, table):
                continue
            for row, cell in zip(sheet.row.tolist(), sheet.cells[:, at].tolist(), strict=True):
                if care_said(header, cell, CARE_WORDS)[1]:
                    place = {"file": sheet.file, "sheet": sheet.sheet, "row": int(row)}
                    yield Finding.of("care-unclear", {**place, "column": header})


def numbers_of_citizens(named: Mapping[Source, str]) -> list[Finding]:
    """Check the identity numbers of the files that are tables; what is not is refused elsewhere."""
    said: list[Finding] = []
    for path, name in named.items():
        with suppress(PlannerError):
            said += examine_id_numbers(path, name=name)
    return said

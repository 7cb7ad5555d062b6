"""Read every file as far as it goes: no fault of one hides those of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.errors import Finding, InputError, SchemaError, SheetError
from planner.intake.residents import Residents, read_residents
from planner.intake.sheets.gather import labels
from planner.intake.sheets.headings import role_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.given import Source, one_source
from planner.model.schema import Table

__all__ = ["Survey", "survey"]

_OF_PLACE = frozenset(
    {"address", "lon", "lat", "compound", "road", "road_number", "building", "community"}
)
_MISLEADING = frozenset({"no-address", "bad-coordinates"})
"""What is said of rows that lost the column by which they have a place."""


@dataclass(frozen=True, eq=False)
class Survey:
    """What could be read of the files of one table, and what could not.

    Parameters
    ----------
    residents : Residents or None
        None where a file must be mended before its rows mean anything.
    tables : tuple of SheetTable
        Of all files that are tables at all.
    refused : tuple of (Path or Given, InputError)
        Every refusal, several of one file where it has several faults.
    findings : tuple of Finding
        What else was noticed.
    """

    residents: Residents | None
    tables: tuple[SheetTable, ...] = ()
    refused: tuple[tuple[Source, InputError], ...] = ()
    findings: tuple[Finding, ...] = ()


def survey(
    paths: Iterable[Any], table: Table, *, names: Mapping[Source, str] | None = None
) -> Survey:
    """Read the files of one table; a column at fault is put aside and the rest is read on.

    Parameters
    ----------
    paths : iterable of paths or frames
    table : Table
        `planner.model.schema.HOUSEHOLDS` or `planner.model.schema.MEMBERS`.
    names : mapping of Path or Given to str, optional
        What the files are called in messages; see `planner.intake.sheets.gather.labels`.

    Returns
    -------
    Survey
        Nothing is raised for what is wrong with a file.
    """
    tables: list[SheetTable] = []
    refused: list[tuple[Source, InputError]] = []
    good: list[Source] = []
    files = [one_source(p, table.name) for p in paths]
    named = {**labels(files), **(names or {})}
    for path in files:
        if not (len(files) > 1 and path.name.startswith("~$")):
            try:
                tables += read_table(path, table=table, name=named[path])
            except InputError as error:
                refused.append((path, error))
                continue
        good.append(path)
    unread = bool(refused)
    residents, faults, ignored = _read_on(good, table, named)
    refused += faults
    findings = () if residents is None else residents.findings
    if faults:
        untrue = _MISLEADING if ignored & _OF_PLACE else frozenset()
        untrue |= {"missing-id"} if "id" in ignored else frozenset()
        # Read without a column, they serve for findings only: no plan may be made of them.
        findings = tuple(f for f in findings if f.code not in untrue)
        residents = None
    elif unread and residents is not None and not len(residents.kept):
        residents = None
    if residents is not None and "is_centre" in residents.kept:
        marked = residents.kept["is_centre"].any() or residents.held["is_centre"].any()
        first = tables[0].file if len(tables) == 1 else ""
        findings += () if marked else (Finding.of("no-centre-marked", {"file": first}),)
    return Survey(residents, tuple(tables), tuple(refused), findings)


def _read_on(
    good: Sequence[Source], table: Table, named: Mapping[Source, str]
) -> tuple[Residents | None, list[tuple[Source, InputError]], frozenset[str]]:
    """Read again and again, each time without what was at fault, until nothing new is; tell what was."""
    left, ignored = list(good), set[str]()
    faults: list[tuple[Source, InputError]] = []
    while left:
        try:
            read = read_residents(left, table, ignored=frozenset(ignored), names=named)
            return read, faults, frozenset(ignored)
        except SheetError as error:
            faults.append((_path(str(error), left, named), error))
            break
        except SchemaError as error:
            places = {f.file for f in error.findings}
            faults.append((next((p for p in left if named[p] in places), left[0]), error))
            if any(f.code == "missing-column" for f in error.findings):
                left = [p for p in left if named[p] not in places]
                continue
            new = {role_of(f.column, table) for f in error.findings} - ignored - {""}
            if not new:
                break
            # One coordinate without the other would only be told as bad.
            ignored |= new | ({"lon", "lat"} if new & {"lon", "lat"} else set())
    return None, faults, frozenset(ignored)


def _path(said: str, paths: Sequence[Source], named: Mapping[Source, str]) -> Source:
    return next((p for p in paths if named[p] in said), paths[0])

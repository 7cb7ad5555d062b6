"""From files to one frame: which sheets are meant, which column plays which role."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding, SchemaError, SheetError
from planner.intake.coordinates.recognise import split_pair
from planner.intake.idnumbers import is_id_number
from planner.intake.sheets.columns import is_inside
from planner.intake.sheets.committees import building_named, community_named
from planner.intake.sheets.exported import unusable_cell
from planner.intake.sheets.headings import is_register, role_of, roles_of
from planner.intake.sheets.notes import at_row
from planner.intake.sheets.other_sheets import without_others
from planner.intake.sheets.read import SheetTable, read_table
from planner.intake.sheets.required import is_complete, missing_columns
from planner.model.characters import simplified
from planner.model.given import Given, Source, digest_of, one_source
from planner.model.schema import HEADCOUNTS, HOUSEHOLDS, Table, header_key

__all__ = ["Gathered", "columns_of", "gather", "headings_of", "labels", "usable_rows"]

LEFT_OUT: Final = frozenset({"stairwell", "floor", "room"})
"""Where a date stands for what a clerk typed, such as 2-1, the cell is left out..."""
_REGISTERED: Final = re.compile(
    "(?:同|与|和)(?:户籍|户口)(?:所在)?(?:地址|住址|地)?(?:一致|相同|同)?|同左|同前|(?:户籍|地址)?一致|相同"
)
"""Where people live, told by a word: as the register says."""
HELD: Final = frozenset({"address", "building", "compound", "road", "road_number", "community"})
"""... and here the row is held: the home cannot be found."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """The sheets of several files.

    Parameters
    ----------
    tables : list of SheetTable
    sources : tuple of (str, str)
        Name and SHA-256 of each file.
    findings : list of Finding
    """

    tables: list[SheetTable]
    sources: tuple[tuple[str, str], ...]
    findings: list[Finding]


def labels(paths: Iterable[Any]) -> dict[Source, str]:
    """Give each file a name for messages: its bare name, with folders where two share that.

    Parameters
    ----------
    paths : iterable of paths, or of frames
    """
    files = list(dict.fromkeys(one_source(p, "table") for p in paths))
    own: dict[Source, str] = {}
    for path in files:
        if isinstance(path, Given):
            own[path] = path.name
            continue
        alike = [p for p in files if not isinstance(p, Given) and p.name == path.name and p != path]
        parts, n = path.parts, 1
        while n < len(parts) and any(p.parts[-n:] == parts[-n:] for p in alike):
            n += 1
        own[path] = "/".join(parts[-n:])
    return own


def gather(
    files: Sequence[Source],
    table: Table,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    names: Mapping[Source, str] | None = None,
) -> Gathered:
    """Read the sheets of all files that are meant, and refuse those that lack what is required.

    Parameters
    ----------
    files : sequence of Path or Given
    table : Table
        What they should be.
    sheet, encoding
        See `planner.intake.sheets.read.read_table`.
    names : mapping of Path or Given to str, optional
        From `labels`, where the files of several tables are told apart.

    Raises
    ------
    SheetError, SchemaError
        A file cannot be read, or a sheet lacks required columns.
    """
    named = {**labels(files), **(names or {})}
    tables: list[SheetTable] = []
    sources: dict[str, str] = {}
    said: list[Finding] = []
    for path in files:
        # A pattern takes the lock file of an open workbook along; named alone it is refused.
        if len(files) > 1 and path.name.startswith("~$"):
            said.append(Finding.of("lock-file", {"file": named[path]}))
            continue
        found = read_table(path, sheet=sheet, table=table, encoding=encoding, name=named[path])
        # By content: the same sheet under two names would count every home twice.
        digest = digest_of(path)
        if digest in sources:
            said.append(Finding.of("same-file", {"file": named[path]}))
            continue
        sources[digest] = named[path]
        fitting, told = _meant(found, table)
        tables += fitting
        said += told
    if not tables:
        raise _nothing_meant(files, named, table)
    return Gathered(tables, tuple((name, digest) for digest, name in sources.items()), said)


def _nothing_meant(
    files: Sequence[Source], named: Mapping[Source, str], table: Table
) -> SheetError:
    """Say that no sheet is left to read, and which there are where the project chose among them."""
    names = ", ".join(named[p] for p in files)
    if not (table.sheets or table.left_out):
        return SheetError.of("no-rows", names=names)
    there = [t.sheet for p in files for t in read_table(p, table=None, name=named[p]) if t.sheet]
    listed = "、".join(dict.fromkeys(there))
    return SheetError.of("no-sheet-chosen", names=names, listed=listed)


def _meant(found: Sequence[SheetTable], table: Table) -> tuple[list[SheetTable], list[Finding]]:
    """Choose the sheets that are such a table; a foreign sheet beside one that fits is skipped."""
    if not found:
        return [], []
    found, others = without_others(found, table)
    fitting = [t for t in found if is_complete(t, table)]
    lacking = [t for t in found if t not in fitting]
    # Two known columns and no address are residents, whom nobody may skip in silence.
    if not fitting or any(len(t.headers) > 1 for t in lacking):
        raise missing_columns(lacking, table)
    said = [*others, *(Finding.of("sheet-skipped", t.at()) for t in lacking)]
    for t in fitting:
        said += t.findings
        if t.unread:
            some = t.unread[:12]
            names = {"names": ", ".join(some), "names_zh": "、".join(some)}
            said.append(Finding.of("columns-unread", t.at(), n=len(t.unread), **names))
        heads = [h for h in t.unread if header_key(h) in HEADCOUNTS]
        if heads and table.name == HOUSEHOLDS.name:
            told = Finding.of("headcount-unread", t.at(column=heads[0]), header=heads[0])
            said.append(told)
    return fitting, said


def _of_household(headers: list[str], table: Table) -> list[str]:
    """In a register of people, take the number of the household and not that of the person for the id."""
    roles = [role_of(h, table) for h in headers]
    ids = [h for h, role in zip(headers, roles, strict=True) if role == "id"]
    if "relation" not in roles or not any("户" in simplified(h) for h in ids):
        return headers
    return ["" if h in ids and "户" not in simplified(h) else h for h in headers]


def columns_of(
    t: SheetTable, table: Table, ignored: Collection[str] = ()
) -> tuple[pd.DataFrame, list[Finding]]:
    """Give the columns of a sheet their role names; what is absent is empty.

    Parameters
    ----------
    t : SheetTable
    table : Table
        What it should be.
    ignored : collection of str
        Roles to be taken for absent.

    Returns
    -------
    DataFrame
        The roles of the table as text, ``file, sheet, row, fault`` (code and header of a cell that
        cannot be used, "" if none) and ``load_header``.
    list of Finding

    Raises
    ------
    SchemaError
        Two columns compete for one role, or ids are numbers that Excel does not keep.
    """
    headers = ["" if role_of(h, table) in ignored else h for h in t.headers]
    headers, said = _without_twins(t, _of_household(headers, table), table)
    roles, chosen = roles_of(headers, table, file=t.file, sheet=t.sheet)
    n = len(t.cells)
    names = [*dict.fromkeys(("id", *table.names))]
    columns: dict[str, Any] = {
        name: t.cells[:, roles[name]].copy() if name in roles else np.full(n, "", object)
        for name in names
    }
    role_at = {position: name for name, position in roles.items()}
    # Before anything is joined by ids: two of these may have become one number.
    longs = [r for (r, c), code in t.faults.items() if code == "long" and role_at.get(c) == "id"]
    if longs:
        at = [t.at(int(r), t.headers[roles["id"]]) for r in t.row[sorted(longs)]]
        faults = [Finding.of("long-number", place) for place in at]
        raise SchemaError.of("long-ids", {"findings": faults}, file=t.file, n=len(faults))
    persons = [r for r, text in enumerate(columns["id"]) if is_id_number(text.strip())]
    if persons:
        # Refused at the door: the gate would refuse them after the whole search.
        header, n = t.headers[roles["id"]], len(persons)
        fault = Finding.of("id-number-as-id", t.at(int(t.row[persons[0]]), header), n=n)
        raise SchemaError.of(
            "ids-are-id-numbers", {"findings": [fault]}, file=t.file, header=header
        )
    fault = np.full(n, "", object)
    for (r, c), code in t.faults.items():
        role = role_at.get(c)
        if code == "date" and role in LEFT_OUT:
            columns[role][r] = ""
        if (code in ("date", "long") and role in HELD) or (code in ("error", "formula") and role):
            fault[r] = f"{code}:{t.headers[c]}"
    header = t.headers[roles["load"]] if "load" in roles else ""
    if "coordinates" in roles:
        columns["lon"], told = _pairs(columns, t, t.headers[roles["coordinates"]])
        said += told
    said += _filled_in(columns, roles, t)
    frame = pd.DataFrame(columns, dtype=object)
    frame = frame.assign(file=t.file, sheet=t.sheet, row=t.row, fault=fault, load_header=header)
    return frame, [*said, *chosen, *_dates(t, role_at)]


def _filled_in(
    columns: Mapping[str, NDArray[Any]], roles: Mapping[str, int], t: SheetTable
) -> list[Finding]:
    """Take over what a sheet says elsewhere: the community in its name, the home in the register."""
    said: list[Finding] = []
    if "community" in columns and "community" not in roles and (own := community_named(t)):
        columns["community"][:] = own
        said.append(Finding.of("community-of-sheet", t.at(), community=own))
    said += _of_building(columns, roles, t)
    at = roles.get("address")
    register = [
        i for i, role in enumerate(t.roles) if role == "address" and is_register(t.headers[i])
    ]
    if at is not None and len(register) == 1 and register[0] != at:
        alike = np.array(
            [bool(_REGISTERED.fullmatch(text.strip())) for text in t.cells[:, at]], bool
        )
        if rows := np.flatnonzero(alike).tolist():
            columns["address"][rows] = t.cells[rows, register[0]]
            place = t.at(int(t.row[rows[0]]), t.headers[at])
            told = {"n": len(rows), "register": t.headers[register[0]]}
            said.append(Finding.of("address-of-register", place, **told))
    return said


def _of_building(
    columns: Mapping[str, NDArray[Any]], roles: Mapping[str, int], t: SheetTable
) -> list[Finding]:
    """Take over the building after which a sheet is called, where no column holds it, nor coordinates."""
    estate, building = building_named(t)
    if not building or "building" in roles or {"lon", "coordinates", "road_number"} & set(roles):
        return []
    # an address that names a building, or a street, says for itself where it is
    bare = [not text.strip() or is_inside(text) for text in columns["address"].tolist()]
    if not any(bare):
        return []
    columns["building"][bare] = building
    if estate and "compound" in columns and "compound" not in roles:
        columns["compound"][bare] = estate
    return [Finding.of("building-of-sheet", t.at(), building=estate + building)]


def usable_rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Leave out the rows of `columns_of` that have a fault: read as blank, each would be another thing."""
    bad = (frame["fault"] != "").to_numpy()
    said = [
        at_row(frame, i, unusable_cell(*str(frame["fault"].iloc[i]).split(":", 1)))
        for i in np.flatnonzero(bad)
    ]
    return frame[~bad].reset_index(drop=True), said


def headings_of(t: SheetTable, table: Table) -> dict[str, str]:
    """Give the heading under which each column of a table stands in a sheet; the first, where several do."""
    found: dict[str, str] = {}
    for header in t.headers:
        if role := role_of(header, table):
            found.setdefault(role, header)
    return found


def _pairs(
    columns: Mapping[str, NDArray[Any]], t: SheetTable, header: str
) -> tuple[NDArray[Any], list[Finding]]:
    """Let a pair in one cell stand where the two columns are empty, if that column holds pairs at all."""
    pairs = columns["coordinates"]
    given = pairs[pairs != ""]
    known = sum(split_pair(str(text)) is not None for text in given)
    empty = (columns["lon"] == "") & (columns["lat"] == "")
    # Most of them: a remark in a few cells does not spoil the column.
    if 2 * known > len(given):
        return np.where(empty, pairs, columns["lon"]), []
    told = Finding.of("no-pairs", t.at(column=header), header=header)
    return columns["lon"], [told] if len(given) else []


def _dates(t: SheetTable, role_at: Mapping[int, str]) -> list[Finding]:
    """Tell of dates where a clerk typed something like 2-1, once a column."""
    said = []
    for column in sorted({c for (_, c), code in t.faults.items() if code == "date"}):
        role = role_at.get(column)
        # Where the role is another, the row itself is held and told.
        if role not in LEFT_OUT and role != "id":
            continue
        rows = sorted(r for (r, c), code in t.faults.items() if c == column and code == "date")
        key = "date-cell/left" if role in LEFT_OUT else "date-cell/kept"
        place = t.at(int(t.row[rows[0]]), t.headers[column])
        said.append(Finding.of(key, place, n=len(rows)))
    return said


def _without_twins(
    t: SheetTable, headers: Sequence[str], table: Table
) -> tuple[list[str], list[Finding]]:
    """Leave out columns that say of every row what another one of their role says."""
    kept = list(headers)
    said: list[Finding] = []
    first: dict[str, int] = {}
    for i, header in enumerate(headers):
        role = role_of(header, table) if header else ""
        if not role:
            continue
        own = first.setdefault(role, i)
        if own != i and (t.cells[:, own] == t.cells[:, i]).all():
            kept[i] = ""
            twice = header_key(headers[own]) == header_key(header)
            key = "duplicate-header/one" if twice else "duplicate-header/two"
            place = t.at(column=header)
            said.append(Finding.of(key, place, header=header, own=headers[own]))
    return kept, said

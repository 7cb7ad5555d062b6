"""The office's own sheets come back with zone, centre and serving member filled in, to go on in Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from planner.api.people import people_in, sheets_of
from planner.api.plan import Plan
from planner.errors import InputError
from planner.files import safe_name, write_files
from planner.intake.residents import Residents
from planner.intake.sheets.formats.grids import copied_from, opened_once
from planner.intake.sheets.gather import labels
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.project import Project
from planner.model.tables import GAP_CAUSES
from planner.privacy.person import Person
from planner.render.books.filled import Fill, fill_rows, fill_workbook
from planner.render.books.marked import Grid

__all__ = ["fill"]

Rows = Mapping[str, Sequence[str | int]]
HOMES: Final = ("责任区", "中心户", "中心户姓名", "联系党员", "联系党员姓名", "覆盖空白")
MEMBERS: Final = ("责任区", "所属中心户", "中心户姓名", "联系户数")
"""Headings of what is filled in; 中心户 in a members' sheet is mostly the mark of who is one."""


def fill(
    plan: Plan, project: Project | str | Path, folder: str | Path, *, replacing: bool = False
) -> dict[str, Path]:
    """Write a copy of each sheet of a project with the zone, the centre and the member of each row.

    Parameters
    ----------
    plan : Plan
    project : Project or path
        The project that the plan was made from; its sheets are never changed.
    folder : str or Path
        Where the copies go; made if it is absent.
    replacing : bool
        Earlier copies there may go although they were edited.

    Returns
    -------
    dict of str to Path
        ``<name>.filled.xlsx`` for each sheet.  They hold what the sheets hold, people included, and are
        readable by their owner alone.

    Raises
    ------
    InputError
        The sheets have changed since the plan was made, cannot be read, or are frames and no files.
    OutputError
        A copy cannot be written.
    """
    task = Project.of(project)
    with opened_once():
        homes, members = sheets_of(task, plan)
        people = people_in(task, (homes, members))
        names = people.members
        files: dict[str, bytes] = {}
        for paths, residents, headings, rows in (
            (task.inputs.household_files, homes, HOMES, _home_rows(plan, names)),
            (task.inputs.member_files, members, MEMBERS, _member_rows(plan, names)),
        ):
            for path, label in labels(paths).items():
                if not isinstance(path, Path):
                    raise InputError.of("fill-frame", name=label)
                name = safe_name(f"{path.stem}.filled.xlsx", taken=files)
                files[name] = _copy(path, _fills(path, label, residents, headings, rows))
    return write_files(folder, files, private=list(files), replacing=replacing)


def _home_rows(plan: Plan, names: Mapping[str, Person]) -> Rows:
    """Give what is filled in for each household."""
    number = _numbers(plan)
    frame = plan.households
    found: dict[str, Sequence[str | int]] = {}
    columns = zip(
        *(frame[c].astype(str) for c in ("household_id", "zone", "member", "gap")), strict=True
    )
    for home, zone, member, gap in columns:
        cause = GAP_CAUSES.get(gap)
        why = "" if not gap else cause.title_zh if cause else gap
        who = (_name(names, zone), member, _name(names, member))
        found[home] = (number.get(zone, ""), zone, *who, why)
    return found


def _member_rows(plan: Plan, names: Mapping[str, Person]) -> Rows:
    number, frame = _numbers(plan), plan.members
    rows = zip(
        frame["member_id"].astype(str), frame["zone"].astype(str), frame["households"], strict=True
    )
    return {m: (number.get(z, ""), z, _name(names, z), int(n)) for m, z, n in rows}


def _numbers(plan: Plan) -> dict[str, int]:
    centres = plan.centres
    return {str(c): int(n) for c, n in zip(centres["centre_id"], centres["number"], strict=True)}


def _name(names: Mapping[str, Person], who: str) -> str:
    return names[who].name if who in names else ""


def _fills(
    path: Path, label: str, residents: Residents, headings: Sequence[str], rows: Rows
) -> list[Fill]:
    """Say what goes into each sheet of a file."""
    ids = {
        (str(sheet), int(row)): str(who)
        for frame in (residents.kept, residents.held)
        # by file too: row 7 of one sheet is another home than row 7 of the next
        for file, sheet, row, who in zip(
            *(frame[c] for c in ("file", "sheet", "row", "id")), strict=True
        )
        if file == label
    }
    fills = []
    for t in read_table(path, table=None, name=label):
        own = {row: who for (sheet, row), who in ids.items() if sheet == t.sheet}
        told = {row: rows[who] for row, who in own.items() if who in rows}
        if told:
            # a column that would be empty throughout is not added
            used = [at for at in range(len(headings)) if any(v[at] != "" for v in told.values())]
            columns = _places(t, [headings[at] for at in used])
            kept = {row: [values[at] for at in used] for row, values in told.items()}
            fills.append(Fill(t.sheet, t.header_row, columns, kept))
    return fills


def _places(t: SheetTable, headings: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Find the columns to fill: the office's own where they stand empty, else new ones on the right."""
    free = max(t.places, default=-1) + 2
    places: list[tuple[int, str]] = []
    for heading in headings:
        at = next((i for i, h in enumerate(t.headers) if h.strip() == heading), None)
        # What the office has written is never written over: its own column is filled only while it
        # is empty.
        if at is not None and not any(str(cell).strip() for cell in t.cells[:, at]):
            places.append((t.places[at] + 1, heading))
            continue
        places.append((free, heading if at is None else f"规划{heading}"))
        free += 1
    return tuple(places)


def _copy(path: Path, fills: Sequence[Fill]) -> bytes:
    raws, data = copied_from(path)
    if data is not None:
        try:
            return fill_workbook(data, fills, {g.sheet: g.strays for g in raws})
        except ValueError:
            pass  # what openpyxl cannot copy is laid out anew
    return fill_rows([Grid(g.sheet, g.grid, g.first, g.left) for g in raws], fills)

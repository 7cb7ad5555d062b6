"""From a proposal to the next command: a members' sheet with the new centres marked, and a project file.

The originals are never touched.  The copy has every column of the original, as text.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from planner.errors import PlannerError
from planner.intake.residents import Residents
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.gather import labels
from planner.intake.sheets.headings import role_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.caring import Care
from planner.model.project import Affinity, Inputs, Project, Siting
from planner.model.schema import MEMBERS, Table
from planner.render.books.look import new_book, put

__all__ = ["marked_members", "next_project"]

CENTRE: Final = "是否中心户"
ID: Final = "编号"
_PATHS: Final = {
    "inputs": {f.name for f in fields(Inputs) if any(w in str(f.type) for w in ("Path", "Source"))}
    | {"mentors"},
    "online": {"cache"},
    "mentors": {"sheet"},
    "levels": {"sheet"},
    **{
        name: {f.name for f in fields(kind) if "Path" in str(f.type)}
        for name, kind in (("care", Care), ("siting", Siting), ("affinity", Affinity))
    },
}
_SECTION: Final = re.compile(r"^\s*\[+\s*([A-Za-z_.]+)\s*\]+")
_VALUE: Final = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'"
_LINE: Final = re.compile(
    rf"^(\s*)([A-Za-z_]+)(\s*=\s*)({_VALUE}|\[\s*(?:(?:{_VALUE})\s*,?\s*)*\])(.*)$"
)
_DAY: Final = datetime(2000, 1, 1)


def marked_members(
    paths: str | Path | Iterable[str | Path], members: Residents, chosen: Collection[str]
) -> bytes:
    """Copy the members' sheets as one workbook in which the chosen, and nobody else, are marked as centres.

    `paths`: the files that `members` were read from: workbooks, CSVs or layers.
    `members`: from `planner.intake.residents.read_members`.
    Gives: an ``.xlsx``: the same columns and rows, titles kept, all cells as text. Rows without an id
    carry the one that they were given.
    """
    known = {
        (str(file), str(sheet), int(row)): str(name)
        for frame in (members.kept, members.held)
        for file, sheet, row, name in zip(
            *(frame[c] for c in ("file", "sheet", "row", "id")), strict=True
        )
    }
    given = labels([paths] if isinstance(paths, str | Path) else paths)
    tables = [t for path, file in given.items() for t in read_table(path, table=None, name=file)]
    taken: set[str] = set()
    told = members.told or MEMBERS
    with new_book("", _DAY, None) as (book, buffer):
        head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        for n, table in enumerate(tables, 1):
            if not any(role_of(header, told) for header in table.headers):
                continue
            sheet = book.add_worksheet(_sheet_name(table.sheet, n, taken))
            top = 0
            if table.title:
                sheet.write_string(0, 0, table.title[:2000])
                top = 1
            for at, (header, cells) in enumerate(_columns(table, told, known, set(chosen))):
                sheet.set_column(at, at, 16, text)
                sheet.write_string(top, at, header, head)
                for row, cell in enumerate(cells, top + 1):
                    put(sheet, row, at, cell, text)
            sheet.freeze_panes(top + 1, 0)
    return buffer.getvalue()


def _columns(
    table: SheetTable,
    told: Table,
    known: Mapping[tuple[str, str, int], str],
    chosen: Collection[str],
) -> Iterator[tuple[str, list[str]]]:
    """Give headers and cells, the mark of the centres set anew."""
    role = [role_of(header, told) for header in table.headers]
    own = table.cells[:, role.index("id")].tolist() if "id" in role else [""] * len(table.cells)
    rows = [known.get((table.file, table.sheet, int(row)), "") for row in table.row]
    # A row that repeats an earlier one was left out when it was read: it goes by its own id.
    ids = [made or half_width(str(cell)).strip() for made, cell in zip(rows, own, strict=True)]
    marks = ["是" if name in chosen else "否" for name in ids]
    if "id" not in role:
        yield ID, ids
    for at, header in enumerate(table.headers):
        if role[at] == "id":
            cells = table.cells[:, at].tolist()
            yield header, [str(c) if str(c).strip() else i for c, i in zip(cells, ids, strict=True)]
        elif role[at] == "is_centre":
            yield header, marks
        else:
            yield header, [str(cell) for cell in table.cells[:, at]]
    if "is_centre" not in role:
        yield CENTRE, marks


def _sheet_name(name: str, number: int, taken: set[str]) -> str:
    """Name a sheet as the office does; two of one name, of two files, are told apart by their number."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:24]
    plain = plain if plain else ("members" if number == 1 else f"members {number}")
    plain = f"{plain} {number}" if plain.casefold() in taken else plain
    taken.add(plain.casefold())
    return plain


def next_project(path: str | Path, folder: str | Path, members: str) -> str | None:
    """Rewrite a project file for another folder, with another members' sheet; its comments stay.

    Gives: None where the file is written in a way that cannot be rewritten line by line; what is
    returned was read back and names the same files.
    """
    file, to = Path(path), Path(folder)
    text = file.read_text("utf-8-sig")
    lines: list[str] = []
    section = ""
    for line in text.splitlines():
        if found := _SECTION.match(line):
            section = found[1]
        lines.append(_rebased(line, section, file.parent, to, members))
        if found and (more := _stated(section, file)):
            lines += [f"{name} = {_quoted(_relative(p, to))}" for name, p in more.items()]
    made = "\n".join(lines) + "\n"
    # Rewritten as text to keep the office's comments; read back to be sure that it says the same.
    return made if _same(file, made, to, members) else None


def _rebased(line: str, section: str, old: Path, new: Path, members: str) -> str:
    found = _LINE.match(line)
    if found is None:
        return line
    key = found[2]
    if key not in _PATHS.get(section, ()):
        return line
    value = tomllib.loads(f"v = {found[4]}")["v"]
    if (section, key) == ("inputs", "members"):
        made = _quoted(members)
    elif isinstance(value, list):
        made = f"[{', '.join(_quoted(_relative(old / str(v), new)) for v in value)}]"
    else:
        made = _quoted(_relative(old / str(value), new))
    return f"{found[1]}{key}{found[3]}{made}{found[5]}"


def _stated(section: str, file: Path) -> dict[str, Path]:
    """Give what a section leaves to the folder of the project file."""
    values: dict[str, Any] = tomllib.loads(file.read_text("utf-8-sig"))
    stated = values.get(section, {})
    if section == "inputs":
        default = {"accepted": "accepted.csv", "cache": ".planner"}
        return {k: file.parent / v for k, v in default.items() if k not in stated}
    if section == "online" and "cache" not in stated:
        return {"cache": file.parent / "geocode-cache.sqlite"}
    return {}


def _relative(target: Path, folder: Path) -> str:
    try:
        # relative, so that the folder can be carried to another machine
        return Path(os.path.relpath(target.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return target.resolve().as_posix()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _same(file: Path, made: str, folder: Path, members: str) -> bool:
    """Tell whether the new file says what the old one says, but for the members."""
    try:
        old = Project.read(file)
        new = Project.from_mapping(tomllib.loads(made), folder=folder, where=file.name)
    except (PlannerError, tomllib.TOMLDecodeError):
        return False
    # a project that lies in a file names files alone
    own = [p.resolve() for p in new.inputs.member_files if isinstance(p, Path)]
    if own != [(folder / members).resolve()]:
        return False
    return _resolved(old) == _resolved(new)


def _resolved(project: Project) -> Project:
    """Make every path of a project absolute, and forget the members' sheet."""
    inputs = {f.name: getattr(project.inputs, f.name) for f in fields(Inputs)}
    paths = {k: v.resolve() if isinstance(v, Path) else v for k, v in inputs.items()}
    paths["households"] = tuple(
        p.resolve() for p in project.inputs.household_files if isinstance(p, Path)
    )
    levels = tuple(
        replace(level, sheet=level.sheet and level.sheet.resolve()) for level in project.levels
    )
    cache = project.online_cache and project.online_cache.resolve()
    made = Inputs(**{**paths, "members": Path()})
    sections = {
        name: replace(
            one, **{k: p.resolve() for k in _PATHS[name] if (p := getattr(one, k)) is not None}
        )
        for name in ("care", "siting", "affinity")
        for one in (getattr(project, name),)
    }
    return replace(
        project,
        inputs=made,
        levels=levels,
        online_cache=cache,
        file=None,
        **sections,
    )

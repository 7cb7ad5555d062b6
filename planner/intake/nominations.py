"""What a members' sheet says beyond where people live: who may be chosen, how well they did, as what.

Read apart from the members themselves, so that a plan never holds it: scores, roles and strengths are
wanted where centres are chosen, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.errors import Finding
from planner.intake.residents import Residents
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.flags import marked
from planner.intake.sheets.gather import labels
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.given import sources_of
from planner.model.schema import MEMBERS, NOMINATIONS, Table, header_key

__all__ = ["Nominations", "read_nominations", "strengths_of"]

_JOINT: Final = Table("members", (*MEMBERS.columns, *NOMINATIONS.columns))
_NUMBER: Final = re.compile(r"(-?\d+(?:\.\d+)?)(?:分|点|points?|户|个|名)?", re.I)
_SEVERAL: Final = re.compile(r"[、,;/|\s]+")


@dataclass(frozen=True, eq=False)
class Nominations:
    """What the sheet says of each member.

    Parameters
    ----------
    frame : DataFrame
        In the order of the members that were kept: ``candidate`` (bool), ``score`` (points, NaN if none
        is stated), ``role, strengths`` (text, "" if none), ``mentor`` (bool), ``capacity`` (NaN if none).
    findings : tuple of Finding
        Cells that could not be read.
    """

    frame: pd.DataFrame
    findings: tuple[Finding, ...] = ()


def read_nominations(paths: Any, members: Residents) -> Nominations:
    """Read who may be chosen, with scores, roles and strengths.

    Parameters
    ----------
    paths : str or Path, or several
        The files that `members` were read from.
    members : Residents
        From `planner.intake.residents.read_members`, of this sheet.

    Returns
    -------
    Nominations
        Any mark but a no counts as a mark.  A number that cannot be read is left out, and told.

    Raises
    ------
    SheetError
        The file cannot be read.
    """
    said: list[Finding] = []
    cells: dict[tuple[str, str, int], Mapping[str, str]] = {}
    joint = _JOINT if members.told is None else replace(members.told, columns=_JOINT.columns)
    for path, file in labels(sources_of(paths, "members")).items():
        for table in read_table(path, table=joint, name=file):
            places = _places(table, joint)
            columns = {name: table.cells[:, k] for name, k in places.items()}
            for i, row in enumerate(table.row.tolist()):
                own = {name: str(values[i]) for name, values in columns.items()}
                cells[file, table.sheet, row] = own
            said += _unread(table, places)
    kept = members.kept
    at = zip(kept["file"], kept["sheet"], kept["row"].astype(int), strict=True)
    rows = [cells.get(place, {}) for place in at]

    def texts(name: str) -> list[str]:
        return [half_width(row.get(name, "")).strip() for row in rows]

    frame = pd.DataFrame(
        {
            "candidate": marked(texts("candidate")),
            "score": _numbers(texts("score")),
            "role": np.array(texts("role"), object),
            "strengths": np.array(["、".join(strengths_of(t)) for t in texts("strengths")], object),
            "mentor": marked(texts("mentor")),
            "capacity": _numbers(texts("capacity")),
        }
    )
    return Nominations(frame, tuple(said))


def strengths_of(text: str) -> tuple[str, ...]:
    """Split what somebody is good at: ``矛盾调解员、志愿服务员`` are two."""
    return tuple(dict.fromkeys(t for t in _SEVERAL.split(half_width(text)) if t))


def _places(table: SheetTable, joint: Table) -> dict[str, int]:
    """Find the column of each role; of several the one whose header stands first in the list."""
    keys = [header_key(header) for header in table.headers]
    keys = [key if key else "" for key in keys]
    last = [header_key(header.rsplit("/", 1)[-1]) for header in table.headers]
    stated = {joint.stated[key]: k for k, key in enumerate(keys) if key in joint.stated}
    found: dict[str, int] = {}
    for column in NOMINATIONS.columns:
        if column.name in stated:
            found[column.name] = stated[column.name]
            continue
        for name in map(header_key, column.headers):
            at = next((k for k, key in enumerate(keys) if name in (key, last[k])), None)
            if at is not None:
                found[column.name] = at
                break
    return found


def _number(text: str) -> float:
    match = _NUMBER.fullmatch(text.replace(" ", ""))
    return float(match[1]) if match else np.nan


def _numbers(texts: Iterable[str]) -> np.ndarray:
    return np.array([_number(text) for text in texts], float)


def _unread(table: SheetTable, places: Mapping[str, int]) -> list[Finding]:
    """Tell of numbers that are none, once a column."""
    said = []
    for name in ("score", "capacity"):
        if name not in places:
            continue
        texts = [half_width(str(v)).strip() for v in table.cells[:, places[name]]]
        wrong = [i for i, t in enumerate(texts) if t and not np.isfinite(_number(t))]
        if wrong:
            place = table.at(int(table.row[wrong[0]]), table.headers[places[name]])
            said.append(Finding.of("number-unclear", place, n=len(wrong)))
    return said

"""What a members' sheet says beyond where people live: who may be chosen, how well they did, as what.

Read apart from the members themselves, so that a plan never holds it: scores, roles and strengths are
wanted where centres are chosen, and nowhere else.  So is what became of objections to the published list;
what they say is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.errors import ConfigError, Finding, SchemaError
from planner.intake.residents import Residents
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.flags import marked
from planner.intake.sheets.gather import labels
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.given import Given, sources_of
from planner.model.schema import MEMBERS, NOMINATIONS, Column, Table, header_key
from planner.model.service_sheets import NOMINATED, OBJECTIONS
from planner.model.small_tables import folded

__all__ = [
    "WAYS",
    "Nominations",
    "Objection",
    "objection_rows",
    "read_nominations",
    "read_objections",
    "strengths_of",
]

WAYS: Final = {
    "self": ("自荐", "own application", ("自荐", "自我推荐", "self", "own")),
    "organisation": ("组织推荐", "by the organisation", ("组织", "单位", "支部", "党委", "organi")),
    "people": (
        "群众举荐",
        "by residents",
        ("群众", "举荐", "联荐", "居民", "people", "resident"),
    ),
}
"""How somebody is nominated: code -> Chinese, English, words that tell it; the first that fits counts."""
_OWN: Final = (*NOMINATIONS.columns, *NOMINATED)
_JOINT: Final = Table("members", (*MEMBERS.columns, *_OWN))
_UPHELD: Final = ("成立", "属实", "upheld", "yes", "是")
_DISMISSED: Final = ("不成立", "不属实", "未成立", "驳回", "dismissed", "not upheld", "no", "否")
_NUMBER: Final = re.compile(r"(-?\d+(?:\.\d+)?)(?:分|点|points?|户|个|名)?", re.I)
_SEVERAL: Final = re.compile(r"[、,;/|\s]+")


@dataclass(frozen=True, eq=False)
class Nominations:
    """What the sheet says of each member.

    Parameters
    ----------
    frame : DataFrame
        In the order of the members that were kept: ``candidate`` (bool), ``score`` (points, NaN if none
        is stated), ``role, strengths`` (text, "" if none), ``mentor`` (bool), ``capacity`` (NaN if none),
        ``way`` (a key of `WAYS`, "" if none, as written where no word fits)``, by, day`` (as written), and
        a column of points for each criterion that is asked for.
    findings : tuple of Finding
        Cells that could not be read.
    """

    frame: pd.DataFrame
    findings: tuple[Finding, ...] = ()


def read_nominations(
    paths: Any, members: Residents, criteria: Mapping[str, float] | None = None
) -> Nominations:
    """Read who may be chosen, with scores, roles and strengths.

    Parameters
    ----------
    paths : str or Path, or several
        The files that `members` were read from.
    members : Residents
        From `planner.intake.residents.read_members`, of this sheet.
    criteria : mapping of str to float, optional
        Headings of points and what each weighs; the score is their weighted mean, of who has all of them.

    Returns
    -------
    Nominations
        Any mark but a no counts as a mark, and so does a way of being nominated.  A number that cannot be
        read is left out, and told.

    Raises
    ------
    SheetError
        The file cannot be read.
    ConfigError
        No sheet has a column of some criterion.
    """
    said: list[Finding] = []
    weights = dict(criteria or {})
    asked = tuple(Column(f"criterion:{name}", f"{name}, {name}") for name in weights)
    found: set[str] = set()
    cells: dict[tuple[str, str, int], Mapping[str, str]] = {}
    columns_of = (*_JOINT.columns, *asked)
    joint = replace(_JOINT if members.told is None else members.told, columns=columns_of)
    for path, file in labels(sources_of(paths, "members")).items():
        for table in read_table(path, table=joint, name=file):
            places = _places(table, joint, (*_OWN, *asked))
            found |= set(places)
            columns = {name: table.cells[:, k] for name, k in places.items()}
            for i, row in enumerate(table.row.tolist()):
                own = {name: str(values[i]) for name, values in columns.items()}
                cells[file, table.sheet, row] = own
            said += _unread(table, places, asked)
    kept = members.kept
    at = zip(kept["file"], kept["sheet"], kept["row"].astype(int), strict=True)
    rows = [cells.get(place, {}) for place in at]

    def texts(name: str) -> list[str]:
        return [half_width(row.get(name, "")).strip() for row in rows]

    if missing := [c.headers[0] for c in asked if c.name not in found]:
        raise ConfigError.of("no-criterion", name=missing[0])
    ways = [_way(text) for text in texts("way")]
    points = {name: _numbers(texts(f"criterion:{name}")) for name in weights}
    score = _numbers(texts("score"))
    if points:
        # who lacks the points of one criterion has no score: a mean of the others would not be comparable
        score = np.average([*points.values()], axis=0, weights=[*weights.values()])
    frame = pd.DataFrame(
        {
            "candidate": marked(texts("candidate")) | np.array([w != "" for w in ways], bool),
            "score": score,
            "role": np.array(texts("role"), object),
            "strengths": np.array(["、".join(strengths_of(t)) for t in texts("strengths")], object),
            "mentor": marked(texts("mentor")),
            "capacity": _numbers(texts("capacity")),
            "way": np.array(ways, object),
            "by": np.array(texts("by"), object),
            "day": np.array(texts("day"), object),
            **points,
        }
    )
    return Nominations(frame, tuple(said))


def strengths_of(text: str) -> tuple[str, ...]:
    """Split what somebody is good at: ``矛盾调解员、志愿服务员`` are two."""
    return tuple(dict.fromkeys(t for t in _SEVERAL.split(half_width(text)) if t))


def _places(table: SheetTable, joint: Table, wanted: tuple[Column, ...]) -> dict[str, int]:
    """Find the column of each role; of several the one whose header stands first in the list."""
    keys = [header_key(header) for header in table.headers]
    keys = [key if key else "" for key in keys]
    last = [header_key(header.rsplit("/", 1)[-1]) for header in table.headers]
    stated = {joint.stated[key]: k for k, key in enumerate(keys) if key in joint.stated}
    found: dict[str, int] = {}
    for column in wanted:
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


def _unread(
    table: SheetTable, places: Mapping[str, int], asked: tuple[Column, ...]
) -> list[Finding]:
    """Tell of numbers that are none, once a column."""
    said = []
    for name in ("score", "capacity", *(c.name for c in asked)):
        if name not in places:
            continue
        texts = [half_width(str(v)).strip() for v in table.cells[:, places[name]]]
        wrong = [i for i, t in enumerate(texts) if t and not np.isfinite(_number(t))]
        if wrong:
            place = table.at(int(table.row[wrong[0]]), table.headers[places[name]])
            said.append(Finding.of("number-unclear", place, n=len(wrong)))
    return said


def _way(text: str) -> str:
    told = folded(text)
    if not told:
        return ""
    return next((c for c, (_, _, words) in WAYS.items() if any(w in told for w in words)), text)


def read_objections(path: Path, *, told: Table = OBJECTIONS) -> dict[str, str]:
    """Read what became of objections to the list that was published.

    Parameters
    ----------
    path : Path
        A sheet with 党员编号/member and 结论/result.
    told : Table
        As the project describes it.

    Returns
    -------
    dict of str to str
        Member -> ``upheld``, ``open`` or ``dismissed``; of several the one that weighs most.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        No sheet names a member.
    """
    order = ("dismissed", "open", "upheld")
    rows = objection_rows(path, told=told)
    if rows is None:
        raise SchemaError.of("not-objections", name=path.name)
    found: dict[str, str] = {}
    for one in rows:
        both = (found.get(one.member, order[0]), one.state)
        found[one.member] = max(both, key=order.index)
    return found


@dataclass(frozen=True, slots=True)
class Objection:
    """One row of a sheet of objections: against whom, and ``upheld``, ``open`` or ``dismissed``."""

    member: str
    state: str
    file: str
    sheet: str
    row: int


def objection_rows(
    path: Path | Given, *, told: Table = OBJECTIONS, concluded: bool = False
) -> tuple[Objection, ...] | None:
    """Read a sheet of objections row by row; None where no sheet of the file is one.

    `concluded`: a sheet without the column 结论/result is none.

    Raises `SheetError`: the file cannot be read.
    """
    found: list[Objection] = []
    good = False
    for table in read_table(path, table=told):
        roles, _ = roles_of(table.headers, told, file=table.file, sheet=table.sheet)
        if "member" not in roles or (concluded and "state" not in roles):
            continue
        good = True
        who = table.cells[:, roles["member"]].tolist()
        states = table.cells[:, roles["state"]].tolist() if "state" in roles else [""] * len(who)
        for name, text, row in zip(who, states, table.row.tolist(), strict=True):
            if member := str(name).strip():
                state = _concluded(str(text))
                found.append(Objection(member, state, table.file, table.sheet, int(row)))
    return tuple(found) if good else None


def _concluded(text: str) -> str:
    """Tell what became of an objection; what is not said is open."""
    said = folded(text)
    # 不成立 holds 成立: what is dismissed is looked for first
    if said and any(word in said for word in _DISMISSED):
        return "dismissed"
    return "upheld" if said and any(word in said for word in _UPHELD) else "open"

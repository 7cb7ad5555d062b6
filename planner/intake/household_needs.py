"""What households need of the service: a column of their own sheet, or a sheet of needs.

Read apart from the households, so that no plan holds it: what a home needs is the office's own knowledge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.errors import Finding, SchemaError
from planner.intake.service_log import state_of
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.gather import labels
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import read_table
from planner.model.given import sources_of
from planner.model.schema import HOUSEHOLDS, Table
from planner.model.service_sheets import NEEDS, NEEDS_COLUMN

__all__ = ["HouseholdNeeds", "read_household_needs"]

_SEVERAL: Final = re.compile(r"[、,;/|\n]+")
_NOTHING: Final = frozenset({"", "无", "否", "没有", "暂无", "none", "no", "-", "0"})


@dataclass(frozen=True)
class HouseholdNeeds:
    """What is asked for.

    Parameters
    ----------
    rows : tuple of (str, str)
        Household and one thing that it needs, as written; what is settled is left out.
    findings : tuple of Finding
        Rows that name no household or nothing.
    """

    rows: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...] = ()


def read_household_needs(
    households: Any, sheet: Path | None = None, *, told: Table = HOUSEHOLDS, needs: Table = NEEDS
) -> HouseholdNeeds:
    """Read what households need.

    Parameters
    ----------
    households : str or Path or frame, or several
        Their sheets, which may have a column 需求/needs.
    sheet : Path, optional
        A sheet of needs: 户编号/household, 需求/need, and 状态/state if known.
    told, needs : Table
        Both as the project describes them.

    Raises
    ------
    SheetError
        A file cannot be read.
    SchemaError
        The sheet of needs has no household or no need.
    """
    rows = list(_of_households(households, told))
    faults: list[Finding] = []
    if sheet is not None:
        more, faults = _of_sheet(sheet, needs)
        rows += more
    return HouseholdNeeds(tuple(dict.fromkeys(rows)), tuple(faults))


def _of_households(sources: Any, told: Table) -> Iterator[tuple[str, str]]:
    # a headcount or a load under such a heading would be no need: one column alone is looked for
    own = Table(told.name, (told["id"], NEEDS_COLUMN), told.given, told.sheets, told.left_out)
    for path, file in labels(sources_of(sources, "households")).items():
        for table in read_table(path, table=own, name=file):
            roles, _ = roles_of(table.headers, own, file=table.file, sheet=table.sheet)
            if {"id", "needs"} <= set(roles):
                ids, said = (table.cells[:, roles[n]].tolist() for n in ("id", "needs"))
                for home, text in zip(ids, said, strict=True):
                    yield from ((str(home).strip(), one) for one in _things(str(text)))


def _of_sheet(path: Path, needs: Table) -> tuple[list[tuple[str, str]], list[Finding]]:
    rows: list[tuple[str, str]] = []
    faults: list[Finding] = []
    good = False
    for table in read_table(path, table=needs):
        roles, _ = roles_of(table.headers, needs, file=table.file, sheet=table.sheet)
        if not {"household", "kind"} <= set(roles):
            continue
        good = True
        columns = {name: table.cells[:, k].tolist() for name, k in roles.items()}
        states = columns.get("state") or [""] * len(table.row)
        told = zip(table.row.tolist(), columns["household"], columns["kind"], states, strict=True)
        for row, home, text, state in told:
            home, things = str(home).strip(), _things(str(text))
            if bool(home) != bool(things):
                place = {"file": table.file, "sheet": table.sheet, "row": int(row)}
                faults.append(Finding.of("need-row", place))
            elif state_of(str(state)) != "solved":
                rows += [(home, one) for one in things]
    if not good:
        raise SchemaError.of("not-needs", name=path.name)
    return rows, faults


def _things(text: str) -> list[str]:
    parts = (part.strip() for part in _SEVERAL.split(half_width(text)))
    return [part for part in parts if part.casefold() not in _NOTHING]

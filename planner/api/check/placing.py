"""Everyone finds a place as in a plan, row by row, and whoever does not is told why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.demand.footing import footing_of
from planner.demand.ground import Ground, read_ground
from planner.demand.locate import locate
from planner.demand.trust import Trusted, trusted
from planner.errors import Finding, PlannerError, Severity
from planner.intake.fences.read import read_fences
from planner.intake.gazetteer.found import Cause
from planner.intake.online.consent import Online
from planner.intake.residents import Residents
from planner.intake.sheets.notes import at_row
from planner.model.project import Inputs
from planner.render.text.check_report import NOT_TRIED
from planner.render.text.check_words import refusals_of

__all__ = ["find_ground", "place_all"]

OLD_DAYS = 730  # streets older than two years are told of
# How the match says how much an address resembles a name.
_LIKENESS = re.compile(r"\(([01]\.\d+)\)")
_FINDING_OF = {
    Cause.AMBIGUOUS: "ambiguous",
    Cause.ELSEWHERE: "ambiguous/elsewhere",
    Cause.NUMBER: "no-number",
    Cause.NUMBERLESS: "no-number",
    Cause.LIKE: "resembles",
}
# Precisions that are not those of a building, in words.
_COARSE = {
    "compound": ("compound", "小区"),
    "interpolated": ("neighbours' numbers", "相邻门牌"),
    "street": ("street", "道路"),
}


def find_ground(
    ground: Any, inputs: Inputs | None, read: Sequence[Residents | None]
) -> tuple[Ground | None, list[Finding]]:
    """Read the streets; where they cannot be used that is a finding, and the sheets are checked alone."""
    streets = None if inputs is None else inputs.streets
    name = Path(ground).name if isinstance(ground, str | Path) else ""
    name = name or ("" if streets is None else streets.name)
    try:
        if ground is not None:
            stands, said = Ground.of(ground), []
        else:
            kept = [r.kept for r in read if r is not None]
            if inputs is None or not kept:
                return None, []
            stands = read_ground(inputs, kept[0])
            said = list(stands.findings)
        return stands, [*said, *_age(stands, name)]
    except PlannerError as error:
        table = None if inputs is None else inputs.buildings
        if table is not None and table.name in str(error):
            name = table.name
        return None, refusals_of(error, name)


def place_all(
    read: Sequence[Residents | None],
    ground: Ground | None,
    inputs: Inputs | None,
    datum: Mapping[str, str] | str | None,
    online: Online | None = None,
) -> tuple[list[pd.DataFrame], list[Finding]]:
    """Place everyone, as a plan would; one frame a table: ``file, sheet, row, held, precision``."""
    there = [r for r in read if r is not None]
    said: list[Finding] = []
    if ground is not None and there:
        declared = datum if datum is not None or inputs is None else inputs.datum
        checked: list[Trusted] = []
        for read_here in there:
            beside = checked[0] if checked else None
            checked.append(trusted(read_here, ground, datum=declared, strict=False, beside=beside))
            said += checked[-1].findings
        there = [seen.residents for seen in checked]
        doubted = any(f.code == "datum" for f in said)
        frames, found = _located(there, ground, inputs, online, doubted=doubted)
        said += found
    else:
        frames = [_unlocated(r) for r in there]
    said += _held(there)
    rows = iter(frames)
    return [_unlocated(None) if r is None else next(rows) for r in read], said


def _located(
    there: Sequence[Residents],
    ground: Ground,
    inputs: Inputs | None,
    online: Online | None,
    *,
    doubted: bool,
) -> tuple[list[pd.DataFrame], list[Finding]]:
    """Look everyone up; with the coordinates in doubt, homes far from any street are no surprise."""
    said: list[Finding] = []
    path = None if inputs is None else inputs.fences
    fences = None
    if path is not None:
        try:
            fences = read_fences(path, datum=inputs.fences_datum if inputs else None)
        except PlannerError as error:
            said += refusals_of(error, path.name)
    first, *more = there
    # a check of one sheet has nobody for the other: as many columns, no rows
    nobody = {"kept": first.kept.iloc[:0], "held": first.held.iloc[:0], "findings": ()}
    second = more[0] if more else replace(first, **nobody, repeated=0)
    try:
        located = locate(first, second, ground, fences, online=online)
    except PlannerError as error:
        files = list(dict.fromkeys(first.kept["file"]))
        if not doubted:
            said += refusals_of(error, str(files[0]) if len(files) == 1 else "")
        return [_unlocated(r) for r in there], said
    # what the readers have told stands in the report already
    known = len(first.findings) + len(second.findings) + len(ground.findings)
    said += [f for f in located.findings[known:] if f.code != "address-not-found"]
    said += footing_of(located.households, located.members, ground.network).findings
    frames = []
    for r, homes in zip(there, (located.households, located.members), strict=False):
        own = homes[homes["row"].notna()]
        # those were told of already, with the distance
        apart = own["code"].isin([Cause.APART, Cause.OUTSIDE])
        for i in np.flatnonzero(((own["cause"] != "") & ~apart).to_numpy()):
            said.append(_not_found(own.iloc[int(i)]))
        said += _imprecise(own)
        rows = own[["file", "sheet", "row", "precision"]].assign(held=own["cause"])
        frames.append(pd.concat([rows, _aside(r)], ignore_index=True))
    return frames, said


def _aside(r: Residents) -> pd.DataFrame:
    return r.held[["file", "sheet", "row"]].assign(precision="none", held=r.held["code"])


def _unlocated(r: Residents | None) -> pd.DataFrame:
    """Stand in where nothing was looked up: coordinates as given, addresses not tried."""
    if r is None:
        return pd.DataFrame(
            {n: [] for n in ("file", "sheet", "row", "precision", "held")}, dtype=object
        )
    given = np.isfinite(r.kept["lon"].to_numpy(float))
    rows = r.kept[["file", "sheet", "row"]].assign(
        precision=np.where(given, "given", NOT_TRIED), held=""
    )
    return pd.concat([rows, _aside(r)], ignore_index=True)


def _not_found(row: pd.Series) -> Finding:
    """Say why an address has no place; candidates are names on the map, no homes."""
    place = {name: row[name] for name in ("file", "sheet")} | {"row": int(row["row"])}
    said = Finding.of(_FINDING_OF.get(row["code"], "no-place"), {**place, "column": "address"})
    if row["told"] and said.code in ("ambiguous", "resembles"):
        told = _LIKENESS.sub(lambda m: f"({100 * float(m[1]):.0f} %)", str(row["told"]))
        return replace(
            said,
            what=f"{said.what}: {told}",
            what_zh=f"{said.what_zh}：{told}",
            remedy=f"{said.remedy}, or choose with planner review",
            remedy_zh=f"{said.remedy_zh}，或用 planner review 选定",
        )
    return said


def _imprecise(own: pd.DataFrame) -> list[Finding]:
    """Tell of homes that were placed, but not at their building."""
    placed = own[(own["cause"] == "") & own["precision"].isin(list(_COARSE))]
    words = {
        precision: Finding.of("imprecise", {"column": "address"}, what_by=en, what_by_zh=zh)
        for precision, (en, zh) in _COARSE.items()
    }
    return [at_row(placed, i, words[p]) for i, p in enumerate(placed["precision"])]


def _held(there: Sequence[Residents]) -> list[Finding]:
    """Give every held row a finding of its own, where the reader has told of none."""
    known = {
        (f.file, f.sheet, f.row) for r in there for f in r.findings if f.severity is Severity.HOLD
    }
    names = ("file", "sheet", "row", "code", "reason")
    return [
        Finding(
            code,
            Severity.HOLD,
            reason,
            "该行已搁置，列为覆盖空白",
            file=file,
            sheet=sheet,
            row=int(row),
            column="编号" if code == "duplicate-id" else "",
        )
        for r in there
        for file, sheet, row, code, reason in zip(
            *(r.held[n].to_list() for n in names), strict=True
        )
        if (file, sheet, row) not in known
    ]


def _age(stands: Ground, name: str) -> list[Finding]:
    """Tell of streets as they were years ago."""
    try:
        days = (date.today() - date.fromisoformat(stands.data_date[:10])).days
    except ValueError:
        return []  # no date is known
    if days < OLD_DAYS:
        return []
    return [Finding.of("old-streets", {"file": name}, day=stands.data_date)]

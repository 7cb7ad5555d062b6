"""Everyone finds a place as in a plan, row by row, and whoever does not is told why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from planner.demand.ground import Ground, read_ground
from planner.demand.locate import locate
from planner.demand.trust import trusted
from planner.errors import Finding, PlannerError, Severity
from planner.intake.fences.read import read_fences
from planner.intake.gazetteer.match import Cause
from planner.intake.online.consent import Online
from planner.intake.residents import Residents
from planner.model.project import Inputs
from planner.render.text.check_report import NOT_TRIED
from planner.render.text.check_words import refusals_of

__all__ = ["find_ground", "place_all"]

OLD_DAYS = 730
"""Streets older than two years are told of."""
_LIKENESS = re.compile(r"\(([01]\.\d+)\)")
"""How the match says how much an address resembles a name."""
_NO_PLACE = ("no-place", "the address was not found", "地址未找到")
_NO_NUMBER = ("no-number", "the street is known, the number is not", "道路已知，门牌未知")
_CAUSES = {
    Cause.AMBIGUOUS: ("ambiguous", "the address fits more than one place", "地址对应多个地点"),
    Cause.ELSEWHERE: (
        "ambiguous",
        "the address names another place than the one that is known here",
        "此处有同名地址，但原文写的是其他地区",
    ),
    Cause.NUMBER: _NO_NUMBER,
    Cause.NUMBERLESS: _NO_NUMBER,
    Cause.LIKE: (
        "resembles",
        "the address was not found, but resembles a known one",
        "地址未找到，但与已知名称相近",
    ),
}


def find_ground(
    ground: Ground | str | Path | None,
    inputs: Inputs | None,
    read: Sequence[Residents | None],
    findings: list[Finding],
) -> Ground | None:
    """Read the streets; where they cannot be used that is a finding, and the sheets are checked alone."""
    name = ""
    try:
        if ground is not None:
            name = "" if isinstance(ground, Ground) else Path(ground).name
            stands = Ground.of(ground)
            findings += _age(stands, ground, inputs)
            return stands
        if inputs is None:
            return None
        name = inputs.streets.name if inputs.streets is not None else ""
        kept = [r.kept for r in read if r is not None]
        stands = read_ground(inputs, kept[0]) if kept else None
        findings += () if stands is None else stands.findings
        findings += _age(stands, ground, inputs)
        return stands
    except PlannerError as error:
        table = None if inputs is None else inputs.buildings
        if table is not None and table.name in str(error):
            name = table.name
        findings += refusals_of(error, name)
        return None


def place_all(
    read: Sequence[Residents | None],
    ground: Ground | None,
    inputs: Inputs | None,
    datum: Mapping[str, str] | str | None,
    findings: list[Finding],
    online: Online | None = None,
) -> list[pd.DataFrame]:
    """Place everyone, as a plan would; one frame a table: ``file, sheet, row, held, precision``."""
    there = [r for r in read if r is not None]
    if ground is not None and there:
        declared = datum if datum is not None or inputs is None else inputs.datum
        checked = []
        for r in there:
            seen = trusted(r, ground, datum=declared, strict=False)
            findings += seen.residents.findings[len(r.findings) :]
            checked.append(seen.residents)
        there = checked
        frames = _located(there, ground, inputs, findings, online)
    else:
        frames = [_unlocated(r) for r in there]
    _say_held(there, findings)
    rows = iter(frames)
    return [_unlocated(None) if r is None else next(rows) for r in read]


def _located(
    there: Sequence[Residents],
    ground: Ground,
    inputs: Inputs | None,
    findings: list[Finding],
    online: Online | None,
) -> list[pd.DataFrame]:
    fences = None
    try:
        if inputs is not None and inputs.fences is not None:
            fences = read_fences(inputs.fences)
    except PlannerError as error:
        assert inputs is not None
        assert inputs.fences is not None
        findings += refusals_of(error, inputs.fences.name)
    first, *more = there
    second = more[0] if more else replace(
        first, kept=first.kept.iloc[:0], held=first.held.iloc[:0], findings=(), repeated=0
    )  # fmt: skip
    try:
        located = locate(first, second, ground, fences, online=online)
    except PlannerError as error:
        files = list(dict.fromkeys(first.kept["file"]))
        if not any(
            f.code == "datum" for f in findings
        ):  # then homes far from any street are no surprise
            findings += refusals_of(error, str(files[0]) if len(files) == 1 else "")
        return [_unlocated(r) for r in there]
    known = len(first.findings) + len(second.findings) + len(ground.findings)
    said = located.findings[known:]
    findings += [f for f in said if f.code != "address-not-found"]
    frames = []
    for r, homes in zip(there, (located.households, located.members), strict=False):
        own = homes[homes["row"].notna()]
        # told of already, with the distance
        apart = own["code"].isin([Cause.APART, Cause.OUTSIDE])
        for i in np.flatnonzero(((own["cause"] != "") & ~apart).to_numpy()):
            findings.append(_not_found(own.iloc[int(i)]))
        findings += _imprecise(own)
        rows = own[["file", "sheet", "row", "precision"]].assign(held=own["cause"])
        held = r.held[["file", "sheet", "row"]].assign(precision="none", held=r.held["code"])
        frames.append(pd.concat([rows, held], ignore_index=True))
    return frames


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
    held = r.held[["file", "sheet", "row"]].assign(precision="none", held=r.held["code"])
    return pd.concat([rows, held], ignore_index=True)


def _not_found(row: pd.Series) -> Finding:
    """Say why an address has no place; candidates are names on the map, no homes."""
    code, en, zh = _CAUSES.get(row["code"], _NO_PLACE)
    more = str(row["told"])
    remedy, remedy_zh = "correct the address, or give lon and lat", "请更正地址，或提供经纬度"
    if more and code in ("ambiguous", "resembles"):
        told = _LIKENESS.sub(lambda m: f"({100 * float(m[1]):.0f} %)", more)
        en, zh = f"{en}: {told}", f"{zh}：{told}"
        remedy = f"{remedy}, or choose with planner review"
        remedy_zh = f"{remedy_zh}，或用 planner review 选定"
    return Finding(
        code, Severity.HOLD, en, zh, remedy, remedy_zh,
        str(row["file"]), str(row["sheet"]), int(row["row"]), "address",
    )  # fmt: skip


def _imprecise(own: pd.DataFrame) -> list[Finding]:
    """Tell of homes that were placed, but not at their building."""
    words = {"compound": ("compound", "小区"), "interpolated": ("neighbours' numbers", "相邻门牌"),
             "street": ("street", "道路")}  # fmt: skip
    placed = own[(own["cause"] == "") & own["precision"].isin(list(words))]
    names = ("file", "sheet", "row", "precision")
    said = []
    for file, sheet, row, precision in zip(*(placed[n].to_list() for n in names), strict=True):
        en, zh = words[precision]
        said.append(
            Finding("imprecise", Severity.WARN, f"the home was placed by its {en} only",
                    f"仅按{zh}定位，未找到楼栋", "write building and number, or give lon and lat",
                    "请写明楼栋门牌，或提供经纬度", file, sheet, int(row), "address")
        )  # fmt: skip
    return said


def _say_held(there: Sequence[Residents], findings: list[Finding]) -> None:
    """Give every held row a finding of its own."""
    known = {(f.file, f.sheet, f.row) for f in findings if f.severity is Severity.HOLD}
    for r in there:
        names = ("file", "sheet", "row", "code", "reason")
        for file, sheet, row, code, reason in zip(
            *(r.held[n].to_list() for n in names), strict=True
        ):
            if (file, sheet, row) not in known:
                column = "编号" if code == "duplicate-id" else ""
                findings.append(
                    Finding(code, Severity.HOLD, reason, "该行已搁置，列为覆盖空白", "", "", file, sheet,
                            int(row), column)
                )  # fmt: skip


def _age(stands: Ground | None, ground: object, inputs: Inputs | None) -> list[Finding]:
    """Tell of streets as they were years ago."""
    if stands is None or not stands.data_date:
        return []
    try:
        days = (date.today() - date.fromisoformat(stands.data_date[:10])).days
    except ValueError:
        return []
    if days < OLD_DAYS:
        return []
    path = ground if isinstance(ground, str | Path) else inputs.streets if inputs else None
    return [
        Finding("old-streets", Severity.WARN, f"the streets are those of {stands.data_date}",
                f"路网数据日期为{stands.data_date}", "fetch a newer extract if the town has changed",
                "如城区有变化，请更新路网", Path(path).name if path else "")
    ]  # fmt: skip

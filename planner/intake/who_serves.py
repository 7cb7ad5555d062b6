"""Who of the members does not serve, and who, or whose zone, has fewer homes or more than the rule says.

Read apart from the members: an age, an illness and an absence are told nowhere but as a count of those who
are excused for it.  A centre stays a centre; whether it serves is its own affair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.errors import Finding
from planner.intake.residents import Residents
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.flags import is_marked
from planner.intake.sheets.gather import labels
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import read_table
from planner.model.given import sources_of
from planner.model.organisation import kind_of_centre
from planner.model.schema import MEMBERS, Column, Table

__all__ = ["EXCUSED", "Serving", "who_serves"]

EXCUSED: Final = {
    "excused-age": "age",
    "excused-ill": "ill",
    "excused-away": "away",
    "excused": "marked",
}
"""Codes of those who are set aside, as the ledger tells them; and what their finding is called."""
_COLUMNS: Final = (
    Column("age", "年龄, age, 周岁, 实足年龄, 年纪"),
    Column("ill", "因病, ill, 是否因病, 患病, 卧床, 行动不便"),
    Column("away", "外出, away, 是否外出, 长期外出, 流动党员, 在外"),
    Column("excused", "免予联系, excused, 不服务, 免联系, 是否免联系, 不参与联系"),
    Column("serves", "是否服务, serves, 是否联系, 参与联系, 能否联系"),
    Column("most", "最多联系户数, most homes, 联系户数上限, 户数上限, 可联系户数"),
    Column(
        "zone_high",
        "责任区户数上限, zone most, 责任区最多户数, 中心户户数上限, 责任区上限, zone_high",
    ),
    Column(
        "zone_low",
        "责任区户数下限, zone least, 责任区最少户数, 中心户户数下限, 责任区下限, zone_low",
    ),
    Column("kind", "中心户类型, centre kind, 中心户类别, 中心户性质, 主体类型"),
)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, eq=False)
class Serving:
    """The members who serve.

    Parameters
    ----------
    residents : Residents
        Those who do not are held, each with its code.
    most : mapping of str to float
        Member -> the most homes that it can look after, where its sheet says so.
    zones : mapping of str to pair of float
        Centre -> the fewest and the most homes of its zone, where its sheet says so, NaN for neither.
    kinds : mapping of str to str
        Centre that is no household -> a key of `planner.model.organisation.CENTRE_KINDS`.
    findings : tuple of Finding
        How many are excused, and why; numbers that are none.
    """

    residents: Residents
    most: Mapping[str, float]
    zones: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def who_serves(paths: Any, members: Residents, excused_age: float | None) -> Serving:
    """Set those aside who do not serve.

    Parameters
    ----------
    paths : str or Path or frame, or several
        The files that `members` were read from.
    members : Residents
    excused_age : float or None
        Whoever is so old or older is excused; nobody for age if None.

    Raises
    ------
    SheetError
        A file cannot be read.
    """
    cells = _cells(paths, members.told or MEMBERS)
    kept = members.kept
    at = zip(kept["file"], kept["sheet"], kept["row"].astype(int), strict=True)
    said = [cells.get(place, {}) for place in at]
    codes = np.array([_code(one, excused_age) for one in said], object)
    codes[kept["is_centre"].to_numpy(bool)] = ""
    numbers = [_number(one.get("most", "")) for one in said]
    unclear = sum(
        bool(one.get("most", "").strip()) and n is None
        for one, n in zip(said, numbers, strict=True)
    )
    aside = codes != ""
    held = kept[aside].assign(code=codes[aside], reason="does not serve 不参与联系")
    columns = [name for name in members.held.columns if name in held]
    all_held = (
        pd.concat([members.held, held[columns]], ignore_index=True) if aside.any() else members.held
    )
    most = {
        str(who): float(n)
        for who, n, out in zip(kept["id"], numbers, aside, strict=True)
        if n is not None and not out
    }
    findings = [
        Finding.of(f"member-excused/{why}", n=n)
        for code, why in EXCUSED.items()
        if (n := int((codes == code).sum()))
    ]
    counts = {"member-most": len(most), "member-most-unclear": unclear}
    findings += [Finding.of(code, n=n) for code, n in counts.items() if n]
    zones, told = _of_zones(kept, said)
    left = replace(members, kept=kept[~aside].reset_index(drop=True), held=all_held)
    kinds = {
        str(who): kind
        for who, centre, one in zip(kept["id"], kept["is_centre"], said, strict=True)
        if centre and (kind := kind_of_centre(one.get("kind", "")))
    }
    return Serving(left, most, zones, kinds, (*findings, *told))


def _of_zones(
    kept: pd.DataFrame, said: Sequence[Mapping[str, str]]
) -> tuple[dict[str, tuple[float, float]], list[Finding]]:
    """Read the limits that centres have of their own; a floor above its ceiling is none of both."""
    found: dict[str, tuple[float, float]] = {}
    unclear = 0
    for who, centre, one in zip(kept["id"], kept["is_centre"], said, strict=True):
        texts = [one.get(name, "") for name in ("zone_low", "zone_high")]
        if not centre or not any(text.strip() for text in texts):
            continue
        low, high = (_number(text) for text in texts)
        wrong = any(t.strip() and n is None for t, n in zip(texts, (low, high), strict=True))
        # nobody is a centre of nobody: a ceiling of 0 is a slip, as it is in the rules
        if wrong or high == 0 or (low is not None and high is not None and low > high):
            unclear += 1
            continue
        found[str(who)] = (np.nan if low is None else low, np.nan if high is None else high)
    counts = {"centre-own-limits": len(found), "centre-own-limits-unclear": unclear}
    return found, [Finding.of(code, n=n) for code, n in counts.items() if n]


def _cells(paths: Any, told: Table) -> dict[tuple[str, str, int], dict[str, str]]:
    own = Table(told.name, _COLUMNS, (), told.sheets, told.left_out)
    found: dict[tuple[str, str, int], dict[str, str]] = {}
    for path, file in labels(sources_of(paths, "members")).items():
        for table in read_table(
            path, table=replace(own, columns=(*told.columns, *_COLUMNS)), name=file
        ):
            roles, _ = roles_of(table.headers, own, file=table.file, sheet=table.sheet)
            columns = {name: table.cells[:, k].tolist() for name, k in roles.items()}
            for i, row in enumerate(table.row.tolist() if columns else ()):
                found[file, table.sheet, row] = {n: str(v[i]) for n, v in columns.items()}
    return found


def _code(said: Mapping[str, str], excused_age: float | None) -> str:
    """Say why somebody does not serve, "" for who does."""
    age = _number(said.get("age", ""))
    if excused_age is not None and age is not None and age >= excused_age:
        return "excused-age"
    for name, code in (("ill", "excused-ill"), ("away", "excused-away"), ("excused", "excused")):
        # any mark but a no: a clerk writes the illness, or the town
        if said.get(name, "").strip() and is_marked(said[name]) is not False:
            return code
    serves = said.get("serves", "")
    return "excused" if serves.strip() and is_marked(serves) is False else ""


def _number(text: str) -> float | None:
    found = _NUMBER.match(half_width(text).strip())
    return float(found[0]) if found else None

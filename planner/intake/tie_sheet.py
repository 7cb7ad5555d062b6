"""人文相亲: the office's sheet of who belongs together, and who is to be kept apart.

What two homes are to each other is nobody else's business: it is read here, becomes a price, and is kept
in no file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.errors import Finding, SchemaError, Severity
from planner.intake.identity import match_ids
from planner.intake.sheets.cell_values import clean_column, clean_ids, half_width
from planner.intake.sheets.exported import unusable
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.characters import simplified
from planner.model.given import Given, digest_of, one_source
from planner.model.schema import TIES, Table

__all__ = ["Match", "TieRow", "TieSheet", "kind_of_tie", "match_ties", "read_ties"]

_KINDS: Final = {
    "kin": ("kin", "kinship", "relative", "relatives", "family", "亲属", "亲戚", "亲人", "亲友", "家属",
            "直系亲属", "父母", "子女", "父子", "母子", "父女", "母女", "兄弟", "姐妹", "兄妹", "姐弟"),
    "workmates": ("workmates", "workmate", "colleague", "colleagues", "same old work unit", "old work unit",
                  "same work unit", "老单位", "原单位", "同单位", "同一老单位", "老同事", "同事", "工友",
                  "老工友"),
    "helper": ("helper", "helps", "existing helper", "contact", "帮扶", "结对", "结对帮扶", "帮扶人",
               "现联系人", "联系人", "现联系党员", "联系党员"),
    "next_door": ("next door", "neighbour", "neighbor", "neighbours", "neighbors", "邻居", "隔壁", "对门",
                  "近邻", "邻里"),
    "apart": ("apart", "keep apart", "avoid", "分开", "回避", "避开", "不同区", "分区"),
}  # fmt: skip
_KIND_OF: Final = {word: kind for kind, words in _KINDS.items() for word in words}
_METRES: Final = re.compile(r"\d+(?:\.\d+)?(?=米?$|m?$|metres?$|meters?$)", re.I)
LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class TieRow:
    """One row of the sheet.

    Parameters
    ----------
    a, b : str
        Ids as the sheet has them, cleaned.
    kind : str
        ``kin, workmates, helper, next_door`` or ``apart``.
    metres : float or None
        Price, if the row states one.
    place : Finding
        Where it stands, as a finding without text.
    """

    a: str
    b: str
    kind: str
    metres: float | None
    place: Finding


@dataclass(frozen=True, eq=False)
class TieSheet:
    """What the sheet says.

    Parameters
    ----------
    rows : tuple of TieRow
        Each pair once a kind of price: belonging together, being helped, being kept apart.
    findings : tuple of Finding
        Rows that are left out, and why.
    sources : tuple of (str, str)
        Bare file name and SHA-256 of its bytes.
    """

    rows: tuple[TieRow, ...]
    findings: tuple[Finding, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()


def kind_of_tie(text: str) -> str | None:
    """Tell what a cell of the column 关系/kind means; None if it is not known."""
    word = re.sub(r"\s+", " ", half_width(simplified(text))).strip().casefold().replace("_", " ")
    # People write 亲属关系 as well as 亲属.
    return _KIND_OF.get(word) or _KIND_OF.get(word.removesuffix("关系"))


def read_ties(
    path: str | Path | Given, *, encoding: str | None = None, told: Table = TIES
) -> TieSheet:
    """Read the sheet of ties: columns 甲/a, 乙/b, 关系/kind, and 折合米数/metres if there are prices.

    Parameters
    ----------
    path : str or Path
        Any file that residents may come in.  Sheets without the first three columns are left alone.
    encoding : str, optional
        Of a CSV.
    told : Table
        `planner.model.schema.TIES`, as the project describes it.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        No sheet has the three columns.
    """
    source = one_source(path, "ties")
    findings: list[Finding] = []
    rows: list[TieRow] = []
    read = 0
    for table in read_table(source, table=told, encoding=encoding):
        roles, chosen = roles_of(table.headers, told, file=table.file, sheet=table.sheet)
        if {"a", "b", "kind"} <= set(roles):
            read += 1
            own, said = _rows(table, roles)
            rows += own
            findings += [*(f for f in table.findings if f.column), *chosen, *said]
    name = source.name
    if not read:
        raise SchemaError.of(
            "not-ties", {"findings": [Finding.of("missing-column/ties", {"file": name})]}, name=name
        )
    digest = digest_of(source)
    kept, dropped = _once(rows)
    return TieSheet(kept, (*findings, *dropped), ((name, digest),))


def _rows(table: SheetTable, roles: dict[str, int]) -> tuple[list[TieRow], list[Finding]]:
    frame = table.frame
    said: list[Finding] = []
    ids: dict[str, list[str]] = {}
    for role in ("a", "b"):
        cleaned, repaired = clean_column(frame.iloc[:, roles[role]], "id", frame)
        folded, told = clean_ids(cleaned, frame)
        ids[role] = folded.to_list()
        said += [*repaired, *told]
    kinds = table.cells[:, roles["kind"]].tolist()
    prices = table.cells[:, roles["metres"]].tolist() if "metres" in roles else [""] * len(frame)
    made: list[TieRow] = []
    bad, broken = unusable(table, roles)
    said += broken
    rows = zip(ids["a"], ids["b"], kinds, prices, table.row.tolist(), strict=True)
    for k, (a, b, word, price, row) in enumerate(rows):
        if k in bad or not (a or b or word.strip()):
            continue
        at = Finding("", Severity.WARN, "", file=table.file, sheet=table.sheet, row=row)
        kind, metres = kind_of_tie(word), _metres(price)
        if fault := _fault(a, b, kind):
            said.append(_worded(at, fault[0], table.headers[roles[fault[1]]]))
            continue
        if metres is not None and math.isnan(metres):
            said.append(_worded(at, "tie-price", table.headers[roles["metres"]]))
            metres = None
        made.append(TieRow(a, b, kind or "", metres, at))
    return made, said


def _fault(a: str, b: str, kind: str | None) -> tuple[str, str] | None:
    """Say why a row is left out, and which column is at fault."""
    if not a or not b:
        return "tie-empty", "b" if a else "a"
    if kind is None:
        return "tie-kind", "kind"
    return ("tie-to-itself", "b") if a == b else None


def _metres(text: str) -> float | None:
    """Read a price: None where there is none, NaN where it is no number of metres."""
    plain = half_width(str(text)).strip()
    if not plain:
        return None
    found = _METRES.match(plain.replace(" ", ""))
    return float(found[0]) if found else math.nan


def _once(rows: list[TieRow]) -> tuple[tuple[TieRow, ...], list[Finding]]:
    """Keep each pair once; who is to be kept apart is not tied."""
    apart = {frozenset((r.a, r.b)) for r in rows if r.kind == "apart"}
    seen: set[tuple[frozenset[str], str]] = set()
    kept: list[TieRow] = []
    said: list[Finding] = []
    for row in rows:
        pair = frozenset((row.a, row.b))
        key = pair, _sort(row.kind)
        if row.kind != "apart" and pair in apart:
            said.append(_worded(row.place, "tie-and-apart"))
        elif key in seen:
            said.append(_worded(row.place, "tie-twice"))
        else:
            seen.add(key)
            kept.append(row)
    return tuple(kept), said


def _sort(kind: str) -> str:
    return kind if kind in ("helper", "apart") else "tie"


def _worded(place: Finding, code: str, column: str = "") -> Finding:
    at = {"file": place.file, "sheet": place.sheet, "row": place.row, "column": column}
    return Finding.of(code, at)


@dataclass(frozen=True, slots=True)
class Match:
    """One row whose ids were found.

    Parameters
    ----------
    a, b : (bool, int)
        Whether it is a member, and the position among the members or the households.
    kind : str
        ``kin, workmates, helper, next_door`` or ``apart``; with ``helper`` `a` is a household, `b` a member.
    metres : float or None
        Price, if stated.
    place : Finding
        Where the row stands, as a finding without text.
    """

    a: tuple[bool, int]
    b: tuple[bool, int]
    kind: str
    metres: float | None
    place: Finding


def match_ties(
    sheet: TieSheet, households: Iterable[str], members: Iterable[str]
) -> tuple[list[Match], tuple[Finding, ...]]:
    """Find the ids of a sheet among the households and members.

    An id that both have is a household's, but a member's where it stands for who helps.

    Parameters
    ----------
    sheet : TieSheet
        From `read_ties`.
    households, members : iterable of str
        Ids in order.

    Returns
    -------
    list of Match
        In the order of the sheet.
    tuple of Finding
        Rows whose ids nobody has, and helpers who are no members.
    """
    # Reversed, so that of an id that stands twice the first row counts.
    home_at = {i: k for k, i in reversed(list(enumerate(households)))}
    member_at = {i: k for k, i in reversed(list(enumerate(members)))}
    wanted = [i for row in sheet.rows for i in (row.a, row.b)]
    homes, people = match_ids(wanted, home_at), match_ids(wanted, member_at)

    def find(i: str, member_first: bool) -> tuple[bool, int] | None:
        first = (True, people, member_at), (False, homes, home_at)
        for is_member, known, at in first if member_first else first[::-1]:
            if i in known:
                return is_member, at[known[i]]
        return None

    found: list[Match] = []
    said: list[Finding] = []
    for row in sheet.rows:
        helped = row.kind == "helper"
        a, b = find(row.a, False), find(row.b, helped)
        if helped and a is not None and b is not None and not b[0]:
            # The sheet may name the member first.
            other = find(row.a, True)
            a, b = (b, other) if other is not None and other[0] else (a, b)
        kind = row.kind
        if a is None or b is None:
            said.append(_worded(row.place, "tie-unknown"))
            continue
        if a == b:
            said.append(_worded(row.place, "tie-to-itself"))
            continue
        if helped and (a[0] or not b[0]):
            said.append(_worded(row.place, "tie-helper"))
            kind = "kin"
        found.append(Match(a, b, kind, row.metres, row.place))
    return found, _shortened(said)


def _shortened(said: Sequence[Finding]) -> tuple[Finding, ...]:
    """List the first of many, and say how many more there are."""
    if len(said) <= LISTED:
        return tuple(said)
    place = {"file": said[0].file, "sheet": said[0].sheet}
    rest = Finding.of("tie-unknown/more", place, n=len(said) - LISTED)
    return (*said[:LISTED], rest)

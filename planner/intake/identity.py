"""Each row gets an id of its own: made where it is missing, held where it contradicts another."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.errors import Finding, SchemaError, Severity
from planner.intake.sheets.notes import at_row, file_of
from planner.intake.sheets.read import SheetTable
from planner.model.schema import Table

__all__ = ["identify", "match_ids", "ragged_rows", "unique_ids"]

# Fewer are slips, told row by row; more, and the column is no id at all.
CLASH_SHARE: Final = 0.01


def identify(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, int, list[Finding]]:
    """Give each row an id of its own; drop what is said twice; hold what contradicts itself.

    Parameters
    ----------
    frame : DataFrame
        Typed rows, with ``code`` and ``reason`` of those that cannot be used.
    table : Table

    Returns
    -------
    DataFrame, int, list of Finding
        The rows that are left, how many said the same as an earlier one, and what was noticed.

    Raises
    ------
    SchemaError
        More than one row in a hundred shares its id with a row that says something else.
    """
    # of relations nothing is left: see `planner.intake.persons`
    content = [c for c in table.names if c not in ("id", "relation")]
    # Before ids are made up: a row without an id may well say the same as its neighbour.
    said = pd.util.hash_pandas_object(frame[content].astype(str), index=False).to_numpy()
    blank = (frame["id"] == "").to_numpy()
    found: list[Finding] = []
    if blank.any():
        frame = frame.assign(id=_surrogates(frame, content, blank))
        found += _of_ids("missing-id", frame[blank], n=int(blank.sum()))
    same = pd.DataFrame({"id": frame["id"], "said": said}).duplicated().to_numpy() & ~blank
    ids = frame["id"].to_list()
    firsts = dict(zip(reversed(ids), reversed(range(len(ids))), strict=True)) if same.any() else {}
    for i in np.flatnonzero(same):
        row = frame["row"].iloc[firsts[ids[i]]]
        told = Finding.of("repeated-row", {"column": "编号"}, row=row)
        found.append(at_row(frame, i, told))
    frame = frame[~same].reset_index(drop=True)
    frame, zeros, told_zeros = _leading_zeros(frame, content)
    frame, clashes = _clashes(frame, table)
    lower = frame["id"].str.lower()
    cases = int((lower.duplicated(keep=False) & ~frame["id"].duplicated(keep=False)).sum())
    if cases:
        clashes += _of_ids("id-case", frame, n=cases)
    return frame, int(same.sum()) + zeros, [*found, *told_zeros, *clashes]


def _of_ids(key: str, rows: pd.DataFrame, n: int) -> list[Finding]:
    return [Finding.of(key, {"file": file_of(rows), "column": "编号"}, n=n)]


def _leading_zeros(
    frame: pd.DataFrame, content: Sequence[str]
) -> tuple[pd.DataFrame, int, list[Finding]]:
    """Take ids that differ in leading zeros alone for one where sheets say the same of them.

    One office keeps 007 as a text, another as the number 7.
    """
    bare = frame["id"].str.lstrip("0")
    digits = frame["id"].str.fullmatch(r"[0-9]+").to_numpy(bool)
    alike = bare.duplicated(keep=False).to_numpy() & ~frame["id"].duplicated(keep=False).to_numpy()
    rows = np.flatnonzero(alike & digits)
    if not len(rows):
        return frame, 0, []
    content_of = frame[content].astype(str)
    first: dict[tuple[str, ...], int] = {}
    again: list[int] = []
    found: list[Finding] = []
    for i in map(int, rows):
        other = first.setdefault((bare.iloc[i], *content_of.iloc[i]), i)
        # Within one sheet whoever typed 007 and 7 meant two homes.
        if frame["file"].iloc[i] == frame["file"].iloc[other] and (
            frame["sheet"].iloc[i] == frame["sheet"].iloc[other]
        ):
            continue
        again.append(i)
        at, zh = _row_words(frame, other, i)
        told = Finding.of("id-zeros/row", {"column": "编号"}, at=at, zh=zh)
        found.append(at_row(frame, i, told))
    different = len(rows) - 2 * len(again)
    if different > 0:
        found += _of_ids("id-zeros/ids", frame.iloc[rows], n=different)
    return frame.drop(index=frame.index[again]).reset_index(drop=True), len(again), found


def match_ids(wanted: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Join ids of two files: exactly, else by the number where leading zeros alone differ.

    Parameters
    ----------
    wanted, known : iterable of str
        Ids of the one file and of the other.

    Returns
    -------
    dict of str to str
        Wanted id -> known id; those without a partner are absent.  An id that fits several is only
        joined exactly.
    """
    there = dict.fromkeys(known)
    ours = dict.fromkeys(wanted)
    by_number: dict[str, list[str]] = {}
    for i in there:
        if i.isdecimal():
            by_number.setdefault(i.lstrip("0"), []).append(i)
    asked = Counter(i.lstrip("0") for i in ours if i.isdecimal())
    found: dict[str, str] = {}
    for i in ours:
        if i in there:
            found[i] = i
        elif i.isdecimal() and asked[i.lstrip("0")] == 1:
            fitting = by_number.get(i.lstrip("0"), [])
            if len(fitting) == 1:
                found[i] = fitting[0]
    return found


def _surrogates(frame: pd.DataFrame, content: Sequence[str], blank: np.ndarray) -> pd.Series:
    """Make ids from content, the same whatever the order of the rows."""
    ids, seen = frame["id"].copy(), dict[str, int]()
    columns = [frame.loc[blank, name].to_list() for name in content]
    for i, values in zip(frame.index[blank], zip(*columns, strict=True), strict=True):
        # By a sign that no sheet holds, so that ab, c and a, bc differ.
        line = "\x1f".join(map(str, values))
        made = "auto-" + hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()[:12]
        seen[made] = seen.get(made, 0) + 1
        ids.at[i] = made if seen[made] == 1 else f"{made}-{seen[made]}"
    return ids


def _clashes(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Hold rows that share an id and differ; refuse the file where that is common."""
    clash = frame["id"].duplicated(keep=False).to_numpy()
    if not clash.any():
        return frame, []
    stop = clash.sum() / len(frame) > CLASH_SHARE
    faults: list[Finding] = []
    reasons = frame["reason"].to_numpy(object).copy()
    for _, places in frame[clash].groupby("id", sort=False).indices.items():
        rows = np.flatnonzero(clash)[places]
        said = [_row_words(frame, i, rows[0]) for i in rows[:4]]
        text = " and ".join(words for words, _ in said)
        reasons[rows] = f"its id stands on different rows: {text}"
        zh = "、".join(zh for _, zh in said)
        place = {"column": "编号", "severity": Severity.STOP if stop else Severity.HOLD}
        told = Finding.of("duplicate-id", place, said=text, said_zh=zh)
        faults.append(at_row(frame, rows[0], told))
    if stop:
        files = ", ".join(dict.fromkeys(frame.loc[clash, "file"]))
        raise SchemaError.of(
            "ids-clash",
            {"findings": faults},
            files=files,
            n=len(faults),
            name=table.name,
            clashing=int(clash.sum()),
            rows=len(frame),
            name_zh=table.name_zh,
        )
    return frame.assign(code=frame["code"].mask(clash, "duplicate-id"), reason=reasons), faults


def _row_words(frame: pd.DataFrame, i: int, first: int) -> tuple[str, str]:
    """Name a row, in English and Chinese; with its file and sheet where they are not those of `first`."""
    at, other = frame.iloc[int(i)], frame.iloc[int(first)]
    if (at["file"], at["sheet"]) == (other["file"], other["sheet"]):
        return f"row {at['row']}", f"第{at['row']}行"
    place = f"{at['file']} {at['sheet']}".rstrip()
    return f"row {at['row']} of {place}", f"{place} 第{at['row']}行"


def unique_ids(held: pd.DataFrame, taken: set[str]) -> pd.DataFrame:
    """Tell held rows that share an id apart by their row."""
    ids: list[str] = []
    shared = set(held.loc[held["id"].duplicated(), "id"])
    for own, row in zip(held["id"], held["row"], strict=True):
        made, n = own, 1
        while made in taken or (n == 1 and own in shared):
            made = f"{own} (row {row})" if n == 1 else f"{own} (row {row}, {n})"
            n += 1
        taken.add(made)
        ids.append(made)
    return held.assign(id=ids)


def ragged_rows(t: SheetTable, columns: Sequence[str]) -> pd.DataFrame:
    """Set aside the rows of a sheet that have more fields than its header."""
    rows, why = list(t.ragged), "the row has more fields than the header: an unquoted comma?"
    place = {"id": [f"row {r}" for r in rows], "file": t.file, "sheet": t.sheet, "row": rows}
    return pd.DataFrame({**place, "code": "ragged-row", "reason": why}, columns=list(columns))

"""Each row gets an id of its own: made where it is missing, held where it contradicts another."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.errors import Finding, SchemaError, Severity
from planner.model.schema import Table

__all__ = ["finding_at", "identify", "match_ids", "unique_ids"]

CLASH_SHARE: Final = 0.01


def identify(
    frame: pd.DataFrame, table: Table, findings: list[Finding]
) -> tuple[pd.DataFrame, int]:
    """Give each row an id of its own; drop what is said twice; hold what contradicts itself.

    Parameters
    ----------
    frame : DataFrame
        Typed rows, with ``code`` and ``reason`` of those that cannot be used.
    table : Table
    findings : list of Finding
        Is added to.

    Returns
    -------
    DataFrame, int
        The rows that are left, and how many said the same as an earlier one.

    Raises
    ------
    SchemaError
        More than one row in a hundred shares its id with a row that says something else.
    """
    content = [c for c in table.names if c != "id"]
    said = pd.util.hash_pandas_object(frame[content].astype(str), index=False).to_numpy()
    blank = (frame["id"] == "").to_numpy()
    if blank.any():
        frame = frame.assign(id=_surrogates(frame, content, blank))
        what = f"{int(blank.sum())} row(s) have no id and were given one made from their content"
        files = pd.unique(frame.loc[blank, "file"])
        findings.append(
            Finding("missing-id", Severity.FIX, what, f"{int(blank.sum())}行缺少编号，已按内容生成",
                    file=str(files[0]) if len(files) == 1 else "", column="编号")
        )  # fmt: skip
    same = pd.DataFrame({"id": frame["id"], "said": said}).duplicated().to_numpy() & ~blank
    ids = frame["id"].to_list()
    firsts = dict(zip(reversed(ids), reversed(range(len(ids))), strict=True)) if same.any() else {}
    for i in np.flatnonzero(same):
        first = firsts[ids[i]]
        findings.append(finding_at(frame, i, "repeated-row", Severity.FIX,
                            f"the row says the same as row {frame['row'].iloc[first]} and was left out",
                            f"与第{frame['row'].iloc[first]}行重复，已忽略", "编号"))  # fmt: skip
    frame = frame[~same].reset_index(drop=True)
    frame, zeros = _leading_zeros(frame, content, findings)
    clash = frame["id"].duplicated(keep=False).to_numpy()
    if clash.any():
        frame = _clashes(frame, clash, table, findings)
    lower = frame["id"].str.lower()
    cases = int((lower.duplicated(keep=False) & ~frame["id"].duplicated(keep=False)).sum())
    if cases:
        what = f"{cases} ids differ from another one only in upper and lower case"
        files = pd.unique(frame["file"])
        findings.append(
            Finding("id-case", Severity.WARN, what, "有编号仅大小写不同",
                    file=str(files[0]) if len(files) == 1 else "", column="编号")
        )  # fmt: skip
    return frame, int(same.sum()) + zeros


def _leading_zeros(
    frame: pd.DataFrame, content: Sequence[str], findings: list[Finding]
) -> tuple[pd.DataFrame, int]:
    """Take ids that differ in leading zeros alone for one where sheets say the same of them.

    One office keeps 007 as a text, another as the number 7.
    """
    bare = frame["id"].str.lstrip("0")
    digits = frame["id"].str.fullmatch(r"[0-9]+").to_numpy(bool)
    alike = bare.duplicated(keep=False).to_numpy() & ~frame["id"].duplicated(keep=False).to_numpy()
    rows = np.flatnonzero(alike & digits)
    if not len(rows):
        return frame, 0
    said = frame[content].astype(str)
    first: dict[tuple[str, ...], int] = {}
    again: list[int] = []
    for i in rows:
        key = (bare.iloc[i], *said.iloc[i])
        other = first.setdefault(key, int(i))
        places = {(frame["file"].iloc[j], frame["sheet"].iloc[j]) for j in (i, other)}
        if len(places) == 1:
            continue
        again.append(int(i))
        at = _row_words(frame, other, int(i))
        what = (
            f"the id is that of {at} but for leading zeros, and so is the row, which was left out"
        )
        zh = f"编号与{_row_zh(frame, other, int(i))}仅前导零不同，已视为同一户"
        findings.append(finding_at(frame, i, "id-zeros", Severity.FIX, what, zh, "编号"))
    different = len(rows) - 2 * len(again)
    if different > 0:
        files = pd.unique(frame["file"].iloc[rows])
        what = f"{different} ids differ from another one only in leading zeros"
        findings.append(
            Finding("id-zeros", Severity.WARN, what, f"{different}个编号仅前导零不同",
                    file=str(files[0]) if len(files) == 1 else "", column="编号")
        )  # fmt: skip
    return frame.drop(index=frame.index[again]).reset_index(drop=True), len(again)


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
        line = "\x1f".join(map(str, values))
        made = "auto-" + hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()[:12]
        seen[made] = seen.get(made, 0) + 1
        ids.at[i] = made if seen[made] == 1 else f"{made}-{seen[made]}"
    return ids


def _clashes(
    frame: pd.DataFrame, clash: np.ndarray, table: Table, findings: list[Finding]
) -> pd.DataFrame:
    """Hold rows that share an id and differ; refuse the file where that is common."""
    share = clash.sum() / len(frame)
    severity = Severity.STOP if share > CLASH_SHARE else Severity.HOLD
    faults: list[Finding] = []
    reasons = frame["reason"].to_numpy(object).copy()
    for _, places in frame[clash].groupby("id", sort=False).indices.items():
        rows = np.flatnonzero(clash)[places]
        text = " and ".join(_row_words(frame, i, rows[0]) for i in rows[:4])
        zh = "、".join(_row_zh(frame, i, rows[0]) for i in rows[:4])
        for i in rows:
            reasons[i] = f"its id stands on different rows: {text}"
        faults.append(finding_at(frame, rows[0], "duplicate-id", severity,
                          f"one id stands on different homes: {text}", f"同一编号对应不同内容：{zh}", "编号",
                          "give each row an id of its own"))  # fmt: skip
    if severity is Severity.STOP:
        files = ", ".join(dict.fromkeys(frame.loc[clash, "file"]))
        raise SchemaError(
            f"{files}: {len(faults)} id(s) in the column 编号/id of {table.name} stand on different homes "
            f"({int(clash.sum())} of {len(frame)} rows)",
            findings=faults,
            remedy="give each home an id of its own, or leave the column out",
        )
    findings += faults
    code = frame["code"].mask(clash, "duplicate-id")
    return frame.assign(code=code, reason=reasons)


def _row_words(frame: pd.DataFrame, i: int, first: int) -> str:
    words = f"row {frame['row'].iloc[i]}"
    if (
        frame["file"].iloc[i] != frame["file"].iloc[first]
        or frame["sheet"].iloc[i] != frame["sheet"].iloc[first]
    ):
        words += f" of {frame['file'].iloc[i]} {frame['sheet'].iloc[i]}".rstrip()
    return words


def _row_zh(frame: pd.DataFrame, i: int, first: int) -> str:
    at, other = frame.iloc[int(i)], frame.iloc[int(first)]
    away = (at["file"], at["sheet"]) != (other["file"], other["sheet"])
    place = f"{at['file']} {at['sheet']} ".replace("  ", " ") if away else ""
    return f"{place}第{at['row']}行"


def finding_at(
    frame: pd.DataFrame,
    i: int | np.intp,
    code: str,
    severity: Severity,
    what: str,
    zh: str,
    column: str = "",
    remedy: str = "",
) -> Finding:
    """Make a finding about one row.

    Parameters
    ----------
    frame : DataFrame
        With ``file, sheet, row``.
    i : int
        Position in the frame.
    code, severity, what, zh, column, remedy
        See `Finding`.
    """
    at = frame.iloc[int(i)]
    return Finding(
        code, severity, what, zh, remedy, "", at["file"], at["sheet"], int(at["row"]), column
    )


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

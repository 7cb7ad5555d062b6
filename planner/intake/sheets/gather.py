"""From files to one frame: which sheets are meant, which column plays which role."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.errors import Finding, SchemaError, Severity, SheetError
from planner.intake.sheets.headers import role_of, roles_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.intake.sheets.required import is_complete, missing_columns
from planner.model.schema import Table, header_key

__all__ = ["columns_of", "gather", "labels"]

LEFT_OUT: Final = frozenset({"stairwell", "floor", "room"})
"""Where a date stands for what a clerk typed, such as 2-1, the cell is left out..."""
HELD: Final = frozenset({"address", "building"})
"""... and here the row is held: the home cannot be found."""


def labels(paths: Iterable[str | Path]) -> dict[Path, str]:
    """Give each file a name for messages: its bare name, with folders where two share that.

    Parameters
    ----------
    paths : iterable of paths
    """
    files = list(dict.fromkeys(Path(p) for p in paths))
    own: dict[Path, str] = {}
    for path in files:
        alike = [p for p in files if p.name == path.name and p != path]
        parts, n = path.parts, 1
        while n < len(parts) and any(p.parts[-n:] == parts[-n:] for p in alike):
            n += 1
        own[path] = "/".join(parts[-n:])
    return own


def gather(
    files: Sequence[Path],
    table: Table,
    *,
    sheet: str | None,
    findings: list[Finding],
    encoding: str | None = None,
    names: Mapping[Path, str] | None = None,
) -> tuple[list[SheetTable], list[tuple[str, str]]]:
    """Read the sheets of all files that are meant, and refuse those that lack what is required.

    Parameters
    ----------
    files : sequence of Path
    table : Table
        What they should be.
    sheet, encoding
        See `planner.intake.sheets.read.read_table`.
    findings : list of Finding
        Is added to.
    names : mapping of Path to str, optional
        From `labels`, where the files of several tables are told apart.

    Returns
    -------
    list of SheetTable, list of (str, str)
        The sheets; name and SHA-256 of each file.

    Raises
    ------
    SheetError, SchemaError
        A file cannot be read, or a sheet lacks required columns.
    """
    named = {**labels(files), **(names or {})}
    tables: list[SheetTable] = []
    sources: list[tuple[str, str]] = []
    for path in files:
        if len(files) > 1 and path.name.startswith("~$"):
            findings.append(
                Finding("lock-file", Severity.WARN, "a lock file of an open workbook was skipped",
                        "已跳过锁定文件", file=named[path])
            )  # fmt: skip
            continue
        found = read_table(path, sheet=sheet, table=table, encoding=encoding, name=named[path])
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest in {known for _, known in sources}:
            findings.append(
                Finding("same-file", Severity.WARN, "the file is word for word another one; it was skipped",
                        "与另一文件完全相同，已跳过", file=named[path])
            )  # fmt: skip
            continue
        sources.append((named[path], digest))
        tables += _meant(found, table, findings)
    if not tables:
        raise SheetError(
            f"no data rows in {', '.join(named[p] for p in files)}",
            remedy="name the residents' sheet",
        )
    return tables, sources


def _meant(found: Sequence[SheetTable], table: Table, findings: list[Finding]) -> list[SheetTable]:
    """Choose the sheets that are such a table; a foreign sheet beside one that fits is skipped."""
    lacking = [t for t in found if not is_complete(t, table)]
    fitting = [t for t in found if is_complete(t, table)]
    part = [t for t in lacking if t.headers]
    if not fitting or any(len(t.headers) > 1 for t in part):
        raise missing_columns(lacking, table)
    for t in lacking:
        findings.append(
            Finding("sheet-skipped", Severity.WARN, "the sheet has none of the columns and was not read",
                    "工作表无所需列，未读取", file=t.file, sheet=t.sheet)
        )  # fmt: skip
    for t in fitting:
        findings.extend(t.findings)
        if t.unread:
            what = f"{len(t.unread)} column(s) that no role needs were not read: {', '.join(t.unread[:12])}"
            findings.append(
                Finding("columns-unread", Severity.WARN, what, f"未读取无关列：{'、'.join(t.unread[:12])}",
                        file=t.file, sheet=t.sheet)
            )  # fmt: skip
    return fitting


def columns_of(
    t: SheetTable, table: Table, findings: list[Finding], ignored: Collection[str] = ()
) -> pd.DataFrame:
    """Give the columns of a sheet their role names; what is absent is empty.

    Parameters
    ----------
    t : SheetTable
    table : Table
        What it should be.
    findings : list of Finding
        Is added to.
    ignored : collection of str
        Roles to be taken for absent.

    Returns
    -------
    DataFrame
        The roles of the table as text, ``file, sheet, row, fault`` (code and header of a cell that
        cannot be used, "" if none) and ``load_header``.

    Raises
    ------
    SchemaError
        Two columns compete for one role, or ids are numbers that Excel does not keep.
    """
    headers = ["" if role_of(h, table) in ignored else h for h in t.headers]
    headers = _without_twins(t, headers, table, findings)
    roles = roles_of(headers, table, file=t.file, sheet=t.sheet)
    n = len(t.cells)
    names = [*dict.fromkeys(("id", *table.names))]
    columns: dict[str, Any] = {
        name: t.cells[:, roles[name]].copy() if name in roles else np.full(n, "", object)
        for name in names
    }
    role_at = {position: name for name, position in roles.items()}
    longs = [r for (r, c), code in t.faults.items() if code == "long" and role_at.get(c) == "id"]
    if longs:
        raise _long_ids(t, t.row[sorted(longs)], t.headers[roles["id"]])
    fault = np.full(n, "", object)
    for (r, c), code in t.faults.items():
        role = role_at.get(c)
        if code == "date" and role in LEFT_OUT:
            columns[role][r] = ""
        if (code == "date" and role in HELD) or (code in ("error", "formula") and role):
            fault[r] = f"{code}:{t.headers[c]}"
    findings += _dates(t, role_at)
    header = t.headers[roles["load"]] if "load" in roles else ""
    frame = pd.DataFrame(columns, dtype=object)
    return frame.assign(file=t.file, sheet=t.sheet, row=t.row, fault=fault, load_header=header)


def _dates(t: SheetTable, role_at: Mapping[int, str]) -> list[Finding]:
    """Tell of dates where a clerk typed something like 2-1, once a column."""
    said = []
    for column in sorted({c for (_, c), code in t.faults.items() if code == "date"}):
        role = role_at.get(column)
        if role not in LEFT_OUT and role != "id":
            continue
        rows = sorted(
            int(t.row[r]) for (r, c), code in t.faults.items() if c == column and code == "date"
        )
        done, zh = (
            ("they were left out", "已略去") if role in LEFT_OUT else ("they were kept", "已保留")
        )
        said.append(
            Finding("date-cell", Severity.WARN, f"{len(rows)} cell(s) hold a date, the first here; {done}",
                    f"{len(rows)}个单元格为日期，{zh}", "format the column as text and type it again",
                    "请将该列设为文本格式后重新填写", t.file, t.sheet, rows[0], t.headers[column])
        )  # fmt: skip
    return said


def _without_twins(
    t: SheetTable, headers: Sequence[str], table: Table, findings: list[Finding]
) -> list[str]:
    """Leave out columns that repeat another one, header and cells."""
    kept = list(headers)
    first: dict[str, int] = {}
    for i, header in enumerate(headers):
        if not header or not role_of(header, table):
            continue
        own = first.setdefault(header_key(header), i)
        if own != i and (t.cells[:, own] == t.cells[:, i]).all():
            kept[i] = ""
            findings.append(
                Finding("duplicate-header", Severity.WARN,
                        f"the column {header} stands there twice with the same values; one was read",
                        f"“{header}”列重复且内容相同，只读取一列", "take one of them out", "请删除其中一列",
                        t.file, t.sheet, column=header)
            )  # fmt: skip
    return kept


def _long_ids(t: SheetTable, rows: Iterable[int], header: str) -> SchemaError:
    findings = [
        Finding("long-number", Severity.STOP, "Excel keeps 15 digits: the last ones are wrong",
                "超过15位的数字已失真", "format the column as text and enter the ids again",
                "请将该列设为文本格式后重新录入", t.file, t.sheet, int(r), header)
        for r in rows
    ]  # fmt: skip
    what = f"{len(findings)} id(s) are numbers past 15 digits, which Excel does not keep"
    return SchemaError(f"{t.file}: {what}", findings=findings)

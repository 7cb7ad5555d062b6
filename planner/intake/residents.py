"""Residents' sheets become kept rows, held rows and findings; no row is ever lost.

``rows in = kept + held + repeated``: a repeated row says word for word what an earlier one says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.errors import InputError, SchemaError, SheetError
from planner.findings import Finding, Severity
from planner.intake.coordinates import Area, apply_area, read_coordinates
from planner.intake.headers import role_of, roles_of
from planner.intake.identity import finding_at, identify, unique_ids
from planner.intake.required import is_complete, missing_columns
from planner.intake.sheets import SheetTable, read_table
from planner.intake.twofold import is_twofold
from planner.intake.values import (
    Notes,
    clean_column,
    clean_ids,
    fill_same_as_above,
    read_flags,
    read_loads,
)
from planner.schema import BUILDINGS, HOUSEHOLDS, MEMBERS, Table

__all__ = ["Residents", "read_buildings", "read_households", "read_members", "read_residents"]

TEXTS = ("id", "address", "building", "stairwell", "floor", "room", "community")
HELD_COLUMNS = ("id", "file", "sheet", "row", "code", "reason")
_BLANK = frozenset(
    {
        "无",
        "/",
        "\\",
        "-",
        "--",
        "—",
        "——",
        "不详",
        "未知",
        "暂无",
        "none",
        "n/a",
        "无地址",
        "地址不详",
        "?",
    }
)
"""Words by which a clerk says that a place is not known; in names they are names."""
_COLUMN_OF = {
    "bad-coordinates": "lon",
    "bad-load": "load",
    "no-address": "address",
    "two-addresses": "address",
}
_SYNTHETIC = ("synthetic", "合成示例", "合成数据", "模拟数据")


@dataclass(frozen=True, eq=False)
class Residents:
    """Households or members as read.

    Parameters
    ----------
    kept : DataFrame
        ``id, address, building, stairwell, floor, community`` (text, "" if not given), ``lon, lat``
        (degrees, NaN if not given), ``load`` (households) or ``is_centre`` (members), ``file,
        sheet, row``.  Sorted by nothing: in the order of the files.
    held : DataFrame
        Rows set aside: ``id`` (made unique), ``file, sheet, row, code, reason``.
    findings : tuple of Finding
    sources : tuple of (str, str)
        Bare file name and SHA-256 of each file.
    repeated : int
        Rows that said the same as an earlier one.
    synthetic : bool
        Whether the sheets call themselves made up.
    """

    kept: pd.DataFrame
    held: pd.DataFrame
    findings: tuple[Finding, ...]
    sources: tuple[tuple[str, str], ...] = ()
    repeated: int = 0
    synthetic: bool = False

    @property
    def rows_read(self) -> int:
        """Rows in all files: kept, held and repeated."""
        return len(self.kept) + len(self.held) + self.repeated

    def within(self, area: Area) -> Residents:
        """Put right coordinates that fall into an area only with lon and lat swapped.

        Parameters
        ----------
        area : (min lon, min lat, max lon, max lat)
            Where the streets are, degrees.

        Returns
        -------
        Residents
            Itself where nothing is swapped.
        """
        said: list[Finding] = []
        kept = apply_area(self.kept, area, said)
        return self if not said else replace(self, kept=kept, findings=(*self.findings, *said))


def read_households(
    paths: str | Path | Iterable[str | Path], *, sheet: str | None = None, area: Area | None = None
) -> Residents:
    """Read the households to be served.

    Parameters
    ----------
    paths : path or iterable of paths
        Workbooks, CSVs or layers of points; see `planner.intake.sheets.read_table`.
    sheet : str, optional
        Read this sheet only.
    area : (min lon, min lat, max lon, max lat), optional
        Where the homes should lie; columns that lie there only when swapped are swapped.

    Returns
    -------
    Residents
        With ``load`` (1 unless stated).

    Raises
    ------
    SheetError
        A file is missing, damaged or without rows.
    SchemaError
        Columns are missing or ambiguous, coordinates are metres, or too many ids clash; all faults.
    """
    return read_residents(paths, HOUSEHOLDS, sheet=sheet, area=area)


def read_members(
    paths: str | Path | Iterable[str | Path], *, sheet: str | None = None, area: Area | None = None
) -> Residents:
    """Read the members who serve, with ``is_centre`` for those whose home is a zone's centre.

    Parameters, returns and errors are those of `read_households`.
    """
    return read_residents(paths, MEMBERS, sheet=sheet, area=area)


def read_buildings(path: str | Path) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Read the office's own building table (楼栋表).

    Parameters
    ----------
    path : str or Path
        Workbook, CSV or layer; see `planner.intake.sheets.read_table`.

    Returns
    -------
    table : DataFrame
        ``name`` (of the compound), ``building, address, community, lon, lat`` (degrees, as given);
        rows without a place are left out.
    findings : tuple of Finding
        What was repaired, and how many rows have no place.

    Raises
    ------
    SheetError, SchemaError
        As for `read_households`; coordinates are required.
    """
    findings: list[Finding] = []
    tables, _ = _tables([Path(path)], BUILDINGS, None, findings)
    frame = pd.concat([_roles(t, BUILDINGS) for t in tables], ignore_index=True)
    notes = Notes(frame, findings)
    texts = ("name", "building", "address", "community")
    cleaned = {name: clean_column(frame[name], name, notes) for name in texts}
    lon, lat, _ = read_coordinates(frame.assign(address=""), notes)
    placed = np.isfinite(lon)
    notes.once(
        "building-without-place", Severity.WARN, int((~placed).sum()),
        "the building has no coordinates and cannot be looked up", "楼栋无坐标，无法用于匹配", "lon",
    )  # fmt: skip
    if not placed.any():
        raise SchemaError(
            f"{Path(path).name}: no building has coordinates",
            remedy="give 经度/lon and 纬度/lat for each building",
        )
    table = pd.DataFrame({**cleaned, "lon": lon, "lat": lat})[placed].reset_index(drop=True)
    return table, tuple(findings)


def read_residents(
    paths: str | Path | Iterable[str | Path],
    table: Table,
    *,
    sheet: str | None = None,
    area: Area | None = None,
    ignored: frozenset[str] = frozenset(),
) -> Residents:
    """Read households or members; see `read_households`.

    Parameters
    ----------
    paths, sheet, area
        See `read_households`.
    table : Table
        `planner.schema.HOUSEHOLDS` or `planner.schema.MEMBERS`.
    ignored : frozenset of str
        Roles to be taken for absent, so that a column at fault does not hide further faults.
    """
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(p) for p in paths]
    if not files:
        raise InputError(f"no file of {table.name} was named", remedy="name at least one")
    findings: list[Finding] = []
    tables, sources = _tables(files, table, sheet, findings)
    frames = [_roles(t, table, ignored) for t in tables]
    frame = pd.concat(frames, ignore_index=True)
    held = [_ragged(t) for t in tables]
    held_rows = pd.concat([h for h in held if len(h)] or held[:1], ignore_index=True)
    notes = Notes(frame, findings)
    frame, numbers = _typed(frame, table, notes)
    frame = frame.assign(code=numbers[0], reason=numbers[1])
    frame, repeated = identify(frame, table, findings)
    if area is not None:
        frame = apply_area(frame, area, findings)
    kept, set_aside = _split(frame, table, findings)
    held_rows = unique_ids(pd.concat([set_aside, held_rows], ignore_index=True), set(kept["id"]))
    titles = " ".join(f"{t.title} {t.sheet}" for t in tables).lower()
    marked = any(word in titles for word in _SYNTHETIC)
    return Residents(kept, held_rows, tuple(findings), tuple(sources), repeated, marked)


def _tables(
    files: Sequence[Path], table: Table, sheet: str | None, findings: list[Finding]
) -> tuple[list[SheetTable], list[tuple[str, str]]]:
    """Read the sheets of all files that are meant, and refuse those that lack what is required."""
    tables: list[SheetTable] = []
    sources: list[tuple[str, str]] = []
    for path in files:
        if len(files) > 1 and path.name.startswith("~$"):
            findings.append(
                Finding("lock-file", Severity.WARN, "a lock file of an open workbook was skipped",
                "已跳过锁定文件",
                        file=path.name)
            )  # fmt: skip
            continue
        found = read_table(path, sheet=sheet, table=table)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest in {known for _, known in sources}:
            findings.append(
                Finding("same-file", Severity.WARN, "the file is word for word another one; it was skipped",
                        "与另一文件完全相同,已跳过", file=path.name)
            )  # fmt: skip
            continue
        sources.append((path.name, digest))
        tables += _meant(found, table, findings)
    if not tables:
        raise SheetError(
            f"no data rows in {', '.join(p.name for p in files)}",
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
                    "工作表无所需列,未读取", file=t.file, sheet=t.sheet)
        )  # fmt: skip
    for t in fitting:
        findings.extend(t.findings)
        if t.unread:
            what = f"{len(t.unread)} column(s) that no role needs were not read: {', '.join(t.unread[:12])}"
            findings.append(
                Finding("columns-unread", Severity.WARN, what, f"未读取无关列:{'、'.join(t.unread[:12])}",
                        file=t.file, sheet=t.sheet)
            )  # fmt: skip
    return fitting


def _roles(t: SheetTable, table: Table, ignored: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Give the columns of a sheet their role names; what is absent is empty."""
    headers = ["" if role_of(h, table) in ignored else h for h in t.headers]
    roles = roles_of(headers, table, file=t.file, sheet=t.sheet)
    n = len(t.cells)
    names = [c for c in table.names if c != "id"]
    columns: dict[str, Any] = {
        "id": t.cells[:, roles["id"]] if "id" in roles else np.full(n, "", object)
    }
    for name in names:
        columns[name] = t.cells[:, roles[name]] if name in roles else np.full(n, "", object)
    frame = pd.DataFrame(columns, dtype=object)
    fault = np.full(n, "", object)
    role_at = {position: name for name, position in roles.items()}
    longs = [r for (r, c), code in t.faults.items() if code == "long" and role_at.get(c) == "id"]
    if longs:
        rows = t.row[sorted(longs)]
        raise SchemaError(
            f"{t.file}: {len(longs)} id(s) are numbers past 15 digits, which Excel does not keep",
            findings=[
                Finding("long-number", Severity.STOP, "Excel keeps 15 digits: the last ones are wrong",
                        "超过15位的数字已失真", "format the column as text and enter the ids again",
                        "请将该列设为文本格式后重新录入", t.file, t.sheet, int(r), t.headers[roles["id"]])
                for r in rows
            ],
        )  # fmt: skip
    for (r, c), code in t.faults.items():
        if code != "long" and role_at.get(c) is not None:
            fault[r] = f"{code}:{t.headers[c]}"
    header = t.headers[roles["load"]] if "load" in roles else ""
    return frame.assign(file=t.file, sheet=t.sheet, row=t.row, fault=fault, load_header=header)


def _typed(
    frame: pd.DataFrame, table: Table, notes: Notes
) -> tuple[pd.DataFrame, tuple[np.ndarray, np.ndarray]]:
    """Clean every text, read numbers and flags; say which rows cannot be used and why."""
    frame = frame.copy()
    for name in TEXTS:
        frame[name] = clean_column(frame[name], name, notes)
    frame["id"] = clean_ids(frame["id"], notes)
    for name in ("address", "community", "building"):
        frame[name] = fill_same_as_above(frame[name], frame, name, notes)
    for name in TEXTS[1:]:
        frame[name] = frame[name].mask(frame[name].str.lower().isin(_BLANK), "")
    code = np.full(len(frame), "", object)
    reason = np.full(len(frame), "", object)
    _formula_faults(frame, code, reason)
    _twofold(frame, code, reason)
    lon, lat, bad = read_coordinates(frame, notes)
    frame["lon"], frame["lat"] = lon, lat
    if table is HOUSEHOLDS:
        frame["load"] = read_loads(frame, code, reason, notes)
    else:
        frame["is_centre"] = read_flags(frame["is_centre"], notes)
    nowhere = ~np.isfinite(lon) & (frame["address"] == "").to_numpy() & (code == "")
    placed = (frame["community"] != "").to_numpy() & (frame["building"] != "").to_numpy()
    nowhere &= ~placed
    code[nowhere] = np.where(bad[nowhere], "bad-coordinates", "no-address")
    reason[nowhere] = np.where(
        bad[nowhere], "the coordinates are not a place, and there is no address",
        "there is neither an address nor coordinates",
    )  # fmt: skip
    joined = (frame["community"] + frame["building"]).where(
        frame["address"] == "", frame["address"]
    )
    frame["address"] = joined.where(placed, frame["address"])
    return frame, (code, reason)


def _twofold(frame: pd.DataFrame, code: np.ndarray, reason: np.ndarray) -> None:
    at = [i for i, text in enumerate(frame["address"]) if code[i] == "" and is_twofold(text)]
    code[at], reason[at] = "two-addresses", "the cell holds more than one address"


def _formula_faults(frame: pd.DataFrame, code: np.ndarray, reason: np.ndarray) -> None:
    for i in np.flatnonzero(frame["fault"].to_numpy() != ""):
        kind, header = frame["fault"].iloc[i].split(":", 1)
        code[i] = "formula-error"
        reason[i] = (
            f"the cell under {header} holds a formula error"
            if kind == "error"
            else f"the formula under {header} has no stored value: open and save the file in Excel"
        )


def _split(
    frame: pd.DataFrame, table: Table, findings: list[Finding]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    aside = (frame["code"] != "").to_numpy()
    for i in np.flatnonzero(aside & (frame["code"] != "duplicate-id").to_numpy()):
        code, reason = frame["code"].iloc[i], frame["reason"].iloc[i]
        column = frame["fault"].iloc[i].partition(":")[2] or _COLUMN_OF.get(code, "")
        findings.append(
            finding_at(frame, i, code, Severity.HOLD, reason, "该行已搁置,列为覆盖空白", column)
        )
    last = "load" if table is HOUSEHOLDS else "is_centre"
    columns = [
        "id",
        "address",
        "building",
        "stairwell",
        "floor",
        "community",
        "lon",
        "lat",
        last,
        "file",
        "sheet",
        "row",
    ]
    kept = frame.loc[~aside, columns].reset_index(drop=True)
    return kept, frame.loc[aside, list(HELD_COLUMNS)].reset_index(drop=True)


def _ragged(t: SheetTable) -> pd.DataFrame:
    rows = list(t.ragged)
    return pd.DataFrame(
        {
            "id": [f"row {r}" for r in rows], "file": t.file, "sheet": t.sheet, "row": rows,
            "code": "ragged-row", "reason": "the row has more fields than the header: an unquoted comma?",
        },
        columns=list(HELD_COLUMNS),
    )  # fmt: skip

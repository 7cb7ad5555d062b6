"""Residents' sheets become kept rows, held rows and findings; no row is ever lost.

``rows in = kept + held + repeated``: a repeated row says word for word what an earlier one says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from planner.errors import Finding, InputError, SchemaError, Severity
from planner.intake.coordinates.pairs import Area, apply_area, read_coordinates
from planner.intake.identity import finding_at, identify, unique_ids
from planner.intake.sheets.cell_values import (
    Notes,
    clean_column,
    clean_ids,
    fill_same_as_above,
    read_flags,
    read_loads,
)
from planner.intake.sheets.columns import PARTS, addresses_of, on_road
from planner.intake.sheets.gather import columns_of, gather
from planner.intake.sheets.read import SheetTable
from planner.intake.twofold import is_twofold, without_contacts
from planner.model.schema import BUILDINGS, HOUSEHOLDS, MEMBERS, Table

__all__ = ["Residents", "read_buildings", "read_households", "read_members", "read_residents"]

TEXTS = ("id", "address", *PARTS, "building", "stairwell", "floor", "room", "community")
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
_DATE = (
    r"\d{1,2}月\d{1,2}日|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|(?:19|20)\d\d[-/年]\d{1,2}[-/月]\d{1,2}日?(?: 00:00:00)?"
)
"""What a spreadsheet makes of 3-1 when it is typed as a building."""
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
    paths: str | Path | Iterable[str | Path],
    *,
    sheet: str | None = None,
    area: Area | None = None,
    encoding: str | None = None,
) -> Residents:
    """Read the households to be served.

    Parameters
    ----------
    paths : path or iterable of paths
        Workbooks, CSVs or layers of points; see `planner.intake.sheets.read.read_table`.
    sheet : str, optional
        Read this sheet only.
    area : (min lon, min lat, max lon, max lat), optional
        Where the homes should lie; columns that lie there only when swapped are swapped.
    encoding : str, optional
        Of CSVs; found by itself if None.

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
    return read_residents(paths, HOUSEHOLDS, sheet=sheet, area=area, encoding=encoding)


def read_members(
    paths: str | Path | Iterable[str | Path],
    *,
    sheet: str | None = None,
    area: Area | None = None,
    encoding: str | None = None,
) -> Residents:
    """Read the members who serve, with ``is_centre`` for those whose home is a zone's centre.

    Parameters, returns and errors are those of `read_households`.
    """
    return read_residents(paths, MEMBERS, sheet=sheet, area=area, encoding=encoding)


def read_buildings(path: str | Path) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Read the office's own building table (楼栋表).

    Parameters
    ----------
    path : str or Path
        Workbook, CSV or layer; see `planner.intake.sheets.read.read_table`.

    Returns
    -------
    table : DataFrame
        ``name`` (of the compound), ``building, stairwell, address, community, lon, lat`` (degrees, as given);
        rows without a place are left out.
    findings : tuple of Finding
        What was repaired, and how many rows have no place.

    Raises
    ------
    SheetError, SchemaError
        As for `read_households`; coordinates are required.
    """
    findings: list[Finding] = []
    tables, _ = gather([Path(path)], BUILDINGS, sheet=None, findings=findings)
    frame = pd.concat([columns_of(t, BUILDINGS, findings) for t in tables], ignore_index=True)
    notes = Notes(frame, findings)
    texts = ("name", "building", "stairwell", "address", "community")
    read = (*texts, "road", "road_number")
    cleaned = {name: clean_column(frame[name], name, notes) for name in read}
    road, number = cleaned.pop("road"), cleaned.pop("road_number")
    cleaned["address"] = cleaned["address"].mask(
        (cleaned["address"] == "") & (number != ""), on_road(road, number)
    )
    lon, lat, _ = read_coordinates(frame.assign(address=""), notes)
    placed = np.isfinite(lon)
    notes.each(
        "building-without-place", Severity.WARN, np.flatnonzero(~placed),
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
    encoding: str | None = None,
    ignored: frozenset[str] = frozenset(),
    names: Mapping[Path, str] | None = None,
) -> Residents:
    """Read households or members; see `read_households`.

    Parameters
    ----------
    paths, sheet, area, encoding
        See `read_households`.
    table : Table
        `planner.model.schema.HOUSEHOLDS` or `planner.model.schema.MEMBERS`.
    ignored : frozenset of str
        Roles to be taken for absent, so that a column at fault does not hide further faults.
    names : mapping of Path to str, optional
        What the files are called in messages; see `planner.intake.sheets.gather.labels`.
    """
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(p) for p in paths]
    if not files:
        raise InputError(f"no file of {table.name} was named", remedy="name at least one")
    findings: list[Finding] = []
    tables, sources = gather(
        files, table, sheet=sheet, findings=findings, encoding=encoding, names=names
    )
    frames = [columns_of(t, table, findings, ignored) for t in tables]
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


def _typed(
    frame: pd.DataFrame, table: Table, notes: Notes
) -> tuple[pd.DataFrame, tuple[np.ndarray, np.ndarray]]:
    """Clean every text, read numbers and flags; say which rows cannot be used and why."""
    frame = frame.copy()
    for name in TEXTS:
        frame[name] = clean_column(frame[name], name, notes)
    frame["id"] = clean_ids(frame["id"], notes)
    frame["address"] = without_contacts(frame["address"], notes)
    for name in ("address", "community", *PARTS, "building"):
        frame[name] = fill_same_as_above(frame[name], frame, name, notes)
    for name in TEXTS[1:]:
        frame[name] = frame[name].mask(frame[name].str.lower().isin(_BLANK), "")
    code = np.full(len(frame), "", object)
    reason = np.full(len(frame), "", object)
    _cell_faults(frame, code, reason)
    _twofold(frame, code, reason)
    frame["address"] = addresses_of(frame)
    lon, lat, bad = read_coordinates(frame, notes)
    frame["lon"], frame["lat"] = lon, lat
    if table is HOUSEHOLDS:
        frame["load"] = read_loads(frame, code, reason, notes)
    else:
        frame["is_centre"] = read_flags(frame["is_centre"], notes)
    nowhere = ~np.isfinite(lon) & (frame["address"] == "").to_numpy() & (code == "")
    code[nowhere] = np.where(bad[nowhere], "bad-coordinates", "no-address")
    reason[nowhere] = np.where(
        bad[nowhere], "the coordinates are not a place, and there is no address",
        "there is neither an address nor coordinates",
    )  # fmt: skip
    return frame, (code, reason)


def _twofold(frame: pd.DataFrame, code: np.ndarray, reason: np.ndarray) -> None:
    at = [i for i, text in enumerate(frame["address"]) if code[i] == "" and is_twofold(text)]
    code[at], reason[at] = "two-addresses", "the cell holds more than one address"


def _cell_faults(frame: pd.DataFrame, code: np.ndarray, reason: np.ndarray) -> None:
    """Hold rows with a formula error, a formula without a value, or a date where an address stands."""
    words = {
        "error": ("formula-error", "the cell under {} holds a formula error"),
        "formula": (
            "formula-error",
            "the formula under {} has no stored value: open and save the file in Excel",
        ),
        "date": (
            "date-cell",
            "the cell under {} holds a date: the spreadsheet took a number for one",
        ),
    }
    for i in np.flatnonzero(frame["fault"].to_numpy() != ""):
        kind, header = frame["fault"].iloc[i].split(":", 1)
        code[i], reason[i] = words[kind][0], words[kind][1].format(header)
    for name in ("building", "address"):
        dated = frame[name].str.fullmatch(_DATE).to_numpy(bool) & (code == "")
        code[dated], reason[dated] = "date-cell", words["date"][1].format(name)
        frame["fault"] = frame["fault"].mask(dated, f"date:{name}")


def _split(
    frame: pd.DataFrame, table: Table, findings: list[Finding]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    aside = (frame["code"] != "").to_numpy()
    for i in np.flatnonzero(aside & (frame["code"] != "duplicate-id").to_numpy()):
        code, reason = frame["code"].iloc[i], frame["reason"].iloc[i]
        column = frame["fault"].iloc[i].partition(":")[2] or _COLUMN_OF.get(code, "")
        findings.append(
            finding_at(frame, i, code, Severity.HOLD, reason, "该行已搁置，列为覆盖空白", column)
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

"""Residents' sheets become kept rows, held rows and findings; no row is ever lost.

``rows in = kept + held + repeated``: a repeated row says word for word what an earlier one says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.errors import Finding, SchemaError, Severity
from planner.intake.centre_list import with_listed_centres
from planner.intake.coordinates.pairs import Area, apply_area, read_coordinates
from planner.intake.doubtful_homes import doubtful_homes
from planner.intake.identity import identify, ragged_rows, unique_ids
from planner.intake.persons import RowAt, one_row_a_home
from planner.intake.sheets.cell_values import (
    MOST_LOAD,
    clean_column,
    clean_ids,
    fill_same_as_above,
    read_loads,
)
from planner.intake.sheets.columns import PARTS, addresses_of, as_meant, on_road
from planner.intake.sheets.flags import read_flags
from planner.intake.sheets.gather import columns_of, gather, headings_of, usable_rows
from planner.intake.sheets.notes import at_row, each
from planner.intake.sheets.required import require_one_measure
from planner.intake.twofold import is_twofold, without_contacts, without_remarks
from planner.model.characters import simplified
from planner.model.given import Given, Source, one_source, sources_of
from planner.model.inputs import sheet_files
from planner.model.schema import BUILDINGS, HOUSEHOLDS, MEMBERS, Table

__all__ = [
    "HELD_COLUMNS",
    "KEPT_COLUMNS",
    "Residents",
    "read_buildings",
    "read_households",
    "read_members",
    "read_residents",
    "typed_residents",
]

TEXTS = ("id", "address", *PARTS, "building", "stairwell", "floor", "room", "community")
KEPT_COLUMNS = ("id", "address", "building", "stairwell", "floor", "community", "lon", "lat")
HELD_COLUMNS = ("id", "file", "sheet", "row", "code", "reason")
_MARKS = ("/", "\\", "-", "--", "—", "——", "?")
_BLANK = frozenset((*_MARKS, "无", "不详", "未知", "暂无", "none", "n/a", "无地址", "地址不详"))
"""Words by which a clerk says that a place is not known; in names they are names."""
_COLUMN_OF = {
    "bad-coordinates": "lon",
    "bad-load": "load",
    "no-address": "address",
    "two-addresses": "address",
}
_FAULTS = {
    "error": ("formula-error", "the cell under {} holds a formula error"),
    "formula": ("formula-error", "the formula under {} has no stored value: open and save the file in Excel"),
    "date": ("date-cell", "the cell under {} holds a date: the spreadsheet took a number for one"),
    "long": ("long-number", "the cell under {} holds a number past 15 digits, of which the last are lost"),
}  # fmt: skip
_WHY_ZH = {
    "no-address": "既没有地址也没有坐标",
    "bad-coordinates": "坐标不是有效位置，也没有地址",
    "two-addresses": "一格中有多个地址",
    "bad-load": "权重不是可用的数",
    "formula-error": "单元格是出错或没有结果的公式",
    "date-cell": "单元格被电子表格当成了日期",
    "long-number": "单元格是超过15位的数字，末几位已失真",
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
        Rows set aside: ``id`` (made unique), ``file, sheet, row, code, reason``, and of members
        ``is_centre``: a centre without a place is still one.
    findings : tuple of Finding
    sources, files : tuple of (str, str), tuple of Path or frame
        Bare file name and SHA-256 of each file, and where they lie.
    repeated, synthetic : int, bool
        Rows that said the same as an earlier one; whether the sheets call themselves made up.
    estates : frozenset of str
        What the sheets' own column of estates (小区) holds.
    told : Table or None
        What the sheets should be, for whoever reads more of them.
    headings : mapping of (str, str) to mapping of str to str
        File and sheet -> column -> its heading there.
    unread : frozenset of str
        Headings of the columns that no role needs.
    belonging : mapping of (file, sheet, row) to (file, sheet, row)
        Rows of people, counted as repeated -> that of their household.
    """

    kept: pd.DataFrame
    held: pd.DataFrame
    findings: tuple[Finding, ...]
    sources: tuple[tuple[str, str], ...] = ()
    files: tuple[Source, ...] = ()
    repeated: int = 0
    synthetic: bool = False
    estates: frozenset[str] = frozenset()
    told: Table | None = None
    headings: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    belonging: Mapping[RowAt, RowAt] = field(default_factory=dict)

    def __repr__(self) -> str:
        read = f"{len(self.kept)} kept, {len(self.held)} held, {self.repeated} repeated"
        return f"<Residents: {read}; {len(self.findings)} findings>"

    @property
    def rows_read(self) -> int:
        """Rows in all files: kept, held and repeated."""
        return len(self.kept) + len(self.held) + self.repeated

    def headed(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Name columns as the office's own sheets do."""
        made = []
        for told in findings:
            sheets = (h for at, h in self.headings.items() if at[0] == told.file)
            own = self.headings.get((told.file, told.sheet)) or next(sheets, {})
            # a pair in one cell stands under one heading
            other = "coordinates" if told.column in ("lon", "lat") else told.column
            made.append(replace(told, column=own.get(told.column, own.get(other, told.column))))
        return tuple(made)

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
        kept, said = apply_area(self.kept, area)
        said = [] if not said else [*self.headed(said)]
        return self if not said else replace(self, kept=kept, findings=(*self.findings, *said))


def read_households(
    paths: Any,
    *,
    sheet: str | None = None,
    area: Area | None = None,
    encoding: str | None = None,
) -> Residents:
    """Read the households to be served.

    Parameters
    ----------
    paths : path, DataFrame or GeoDataFrame, or several of these
        Workbooks, CSVs or layers of points (see `planner.intake.sheets.read.read_table`), folders of
        them, or patterns such as ``homes/*.xlsx``; or frames with the same columns: findings then name
        ``households`` and the row's label (by position, ``households.iloc``, where labels are no numbers).
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
    paths: Any,
    *,
    sheet: str | None = None,
    area: Area | None = None,
    encoding: str | None = None,
) -> Residents:
    """Read the members who serve, with ``is_centre`` for those whose home is a zone's centre.

    Parameters, returns and errors are those of `read_households`.
    """
    return read_residents(paths, MEMBERS, sheet=sheet, area=area, encoding=encoding)


def read_buildings(
    path: str | Path | Given, *, told: Table = BUILDINGS
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Read the office's own building table (楼栋表), any file that residents may come in.

    Gives ``name`` (of the compound), ``building, stairwell, address, community, lon, lat`` (degrees, as
    given), without the rows that have no place or an error, which are told; and what was repaired.
    Raises `SheetError`, `SchemaError`: as for `read_households`; coordinates are required.
    """
    source = one_source(path, "buildings")
    got = gather([source], told)
    read = [columns_of(t, told) for t in got.tables]
    frame = pd.concat([f for f, _ in read], ignore_index=True)
    findings = [*got.findings, *chain.from_iterable(said for _, said in read)]
    frame, said = usable_rows(frame)
    findings += said
    texts = ("name", "building", "stairwell", "address", "community")
    cleaned: dict[str, pd.Series] = {}
    for name in (*texts, "road", "road_number"):
        cleaned[name], said = clean_column(frame[name], name, frame)
        findings += said
    road, number = cleaned.pop("road"), cleaned.pop("road_number")
    cleaned["address"] = cleaned["address"].mask(
        (cleaned["address"] == "") & (number != ""), on_road(road, number)
    )
    # Without its address: a building is not looked up by that, so no finding may say so.
    lon, lat, _, said = read_coordinates(frame.assign(address=""))
    placed = np.isfinite(lon)
    bare = Finding.of("building-without-place", {"column": "lon"})
    findings += [*said, *each(frame, np.flatnonzero(~placed), bare)]
    if not placed.any():
        raise SchemaError.of("buildings-without-coordinates", name=source.name)
    table = pd.DataFrame({**cleaned, "lon": lon, "lat": lat})[placed].reset_index(drop=True)
    return table, tuple(findings)


def read_residents(
    paths: Any,
    table: Table,
    *,
    sheet: str | None = None,
    area: Area | None = None,
    encoding: str | None = None,
    ignored: frozenset[str] = frozenset(),
    names: Mapping[Source, str] | None = None,
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
    names : mapping of Path or Given to str, optional
        What the files are called in messages; see `planner.intake.sheets.gather.labels`.
    """
    files = sheet_files(sources_of(paths, table.name))
    got = gather(files, table, sheet=sheet, encoding=encoding, names=names)
    read = [columns_of(t, table, ignored) for t in got.tables]
    frames, again, listed = with_listed_centres(got.tables, [f for f, _ in read])
    frames, belonging, persons = one_row_a_home(frames)
    require_one_measure(got.tables, frames, table)
    frame = pd.concat(frames, ignore_index=True)
    findings = [*got.findings, *chain.from_iterable(said for _, said in read)]
    findings += [*listed, *persons]
    made = typed_residents(frame, table, area=area)
    findings += made.findings
    ragged = pd.concat([ragged_rows(t, HELD_COLUMNS) for t in got.tables], ignore_index=True)
    # Ragged rows have no id of their own.
    aside = unique_ids(pd.concat([made.held, ragged], ignore_index=True), set(made.kept["id"]))
    # Made-up towns say so in a title or a sheet name; what is planned of them is marked.
    titles = simplified(" ".join(f"{t.title} {t.sheet}" for t in got.tables)).lower()
    made = replace(
        made,
        held=aside,
        repeated=made.repeated + again + len(belonging),
        belonging=belonging,
        sources=got.sources,
        files=tuple(files),
        synthetic=any(word in titles for word in _SYNTHETIC),
        headings={(t.file, t.sheet): headings_of(t, table) for t in got.tables},
        unread=frozenset(h for t in got.tables for h in t.unread),
    )
    return replace(made, findings=made.headed(findings))


def typed_residents(frame: pd.DataFrame, table: Table, *, area: Area | None = None) -> Residents:
    """Make residents of rows whose columns have their names already.

    `frame`: from `planner.intake.sheets.gather.columns_of`; columns are named as there in findings.
    """
    frame, typed = _typed(frame, table)
    # After cleaning, so that two spellings of one id meet.
    frame, repeated, of_ids = identify(frame, table)
    findings = [*typed, *of_ids, *doubtful_homes(frame, table)]
    if area is not None:
        frame, swapped = apply_area(frame, area)
        findings += swapped
    kept, aside, held = _split(frame, table)
    # What the office itself calls an estate may be sent to a provider, other names may not.
    estates = frozenset(frame["compound"]) - {""}
    said = (*findings, *held)
    return Residents(kept, aside, said, repeated=repeated, estates=estates, told=table)


def _of_homes(table: Table) -> bool:
    return table.name == HOUSEHOLDS.name


def _typed(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Clean every text, read numbers and flags; say which rows cannot be used and why."""
    frame, said = _cleaned(frame)
    code, reason, frame["fault"] = _cell_faults(frame)
    # The cell as it was typed: what is put together from columns is never two addresses.
    twofold = (code == "") & np.array([is_twofold(text) for text in frame["address"]], bool)
    code[twofold], reason[twofold] = "two-addresses", "the cell holds more than one address"
    frame["address"], told = as_meant(addresses_of(frame), frame["file"], table)
    said += told
    frame["lon"], frame["lat"], bad, told = read_coordinates(frame)
    said += told
    if _of_homes(table):
        frame["load"], wrong, told = read_loads(frame)
        said += told
        # Of several faults of a row the first is told.
        wrong &= code == ""
        code[wrong], reason[wrong] = "bad-load", f"the load is not a number from 0 to {MOST_LOAD:g}"
    else:
        frame["is_centre"] = read_flags(frame["is_centre"], frame)
    nowhere = frame["lon"].isna().to_numpy() & (frame["address"] == "").to_numpy() & (code == "")
    code[nowhere] = np.where(bad[nowhere], "bad-coordinates", "no-address")
    reason[nowhere] = "there is neither an address nor coordinates"
    reason[nowhere & bad] = "the coordinates are not a place, and there is no address"
    return frame.assign(code=code, reason=reason), said


def _cleaned(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Clean every text column."""
    frame = frame.copy()
    said: list[Finding] = []
    for name in TEXTS:
        frame[name], told = clean_column(frame[name], name, frame)
        said += told
    frame["id"], told = clean_ids(frame["id"], frame)
    said += told
    for name, cut in (("address", without_contacts), ("community", without_remarks)):
        frame[name], told = cut(frame[name], frame)
        said += told
    for name in TEXTS[1:]:
        frame[name], told = fill_same_as_above(frame[name], name, frame)
        said += told
    # Not the id: whatever a clerk wrote there is what the row is called.
    for name in TEXTS[1:]:
        frame[name] = frame[name].mask(frame[name].map(simplified).str.lower().isin(_BLANK), "")
    return frame, said


def _cell_faults(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, pd.Series]:
    """Hold rows with a formula error, a formula without a value, or a date where an address stands.

    Returns code and reason of each row, and its fault with the header of the cell.
    """
    fault = frame["fault"]
    code, reason = np.full(len(frame), "", object), np.full(len(frame), "", object)
    for i in np.flatnonzero(fault != ""):
        kind, header = fault.iloc[i].split(":", 1)
        code[i], reason[i] = _FAULTS[kind][0], _FAULTS[kind][1].format(header)
    return code, reason, fault


def _split(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Set the rows aside that have a code; say of each why, unless its id has been told already."""
    aside = (frame["code"] != "").to_numpy()
    said: list[Finding] = []
    for i in np.flatnonzero(aside & (frame["code"] != "duplicate-id").to_numpy()):
        code = frame["code"].iloc[i]
        column = frame["fault"].iloc[i].partition(":")[2] or _COLUMN_OF.get(code, "")
        zh = f"{_WHY_ZH.get(code, '该行无法使用')}；已搁置，列为覆盖空白"
        told = Finding(code, Severity.HOLD, frame["reason"].iloc[i], zh, column=column)
        said.append(at_row(frame, i, told))
    last = "load" if _of_homes(table) else "is_centre"
    kept = frame.loc[~aside, [*KEPT_COLUMNS, last, "file", "sheet", "row"]]
    own = HELD_COLUMNS if _of_homes(table) else (*HELD_COLUMNS, "is_centre")
    held = frame.loc[aside, list(own)]
    return kept.reset_index(drop=True), held.reset_index(drop=True), said

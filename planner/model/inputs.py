"""What a run reads: the sections ``[inputs]``, ``[columns]`` and ``[sheets]`` of the project file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from glob import glob
from pathlib import Path
from typing import Any, Final

from planner.errors import ConfigError
from planner.model.given import Source, Sources, one_source, sources_of
from planner.model.rewrites import Rewrite, read_rewrites, rules_file
from planner.model.schema import (
    ALIASES,
    BUILDINGS,
    HOUSEHOLDS,
    LOG,
    MEMBERS,
    NOMINATIONS,
    PREVIOUS,
    TIES,
    Table,
)
from planner.model.section import made, read_section, refuse_unknown
from planner.model.service_sheets import NEEDS, OBJECTIONS, VENUES, WISHES

__all__ = ["DATUMS", "SHEETS", "Inputs", "read_inputs", "read_tables_told", "sheet_files"]

DATUMS: Final = ("wgs84", "gcj02", "bd09")
LEAVE_OUT: Final = "leave_out"
# The tables that a project file may describe, by the names that it has for them.
_TABLES: Final = {
    "households": HOUSEHOLDS,
    # Who is nominated stands in the members' sheet: offices keep one list of their people.
    "members": Table("members", (*MEMBERS.columns, *NOMINATIONS.columns)),
    "buildings": BUILDINGS,
    "ties": TIES,
    "aliases": ALIASES,
    # It is named on the command line, but its headings are the office's as much as the others.
    "previous": PREVIOUS,
    "log": LOG,
    "needs": NEEDS,
    "objections": OBJECTIONS,
    "venues": VENUES,
    "wishes": WISHES,
}
SHEETS: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv", ".gpkg", ".geojson")
_ONE: Final = (
    "streets", "fences", "buildings", "aliases", "ties", "links", "barriers", "accepted", "cache",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files that a run reads; none of them is ever changed.

    Wherever a path stands a DataFrame or GeoDataFrame may stand, and goes through the same door.

    Parameters
    ----------
    households : path, frame, or several of these
        Workbook, CSV or GeoPackage; several are read as one.
    members : path, frame, or several of these
        The same for those who serve.
    streets : Path or None
        OpenStreetMap extract (``.osm.pbf``, ``.osm``) or a line layer of one's own.
    fences : Path or None
        Polygons that no zone crosses; without them the column 社区/community is the fence, if the
        sheet has one.
    buildings : Path or None
        The office's building table, with coordinates (楼栋表).
    datum : str or None
        Datum of the sheets' lon/lat: ``wgs84, gcj02`` (Amap, Tencent) or ``bd09`` (Baidu).  What is stated
        wins over what the map says, with a warning; None is WGS-84, and the map must agree.
    buildings_datum : str
        The same of the building table.
    links, barriers : Path or None
        What the office draws on the streets: ways that the map lacks, such as a footbridge, and places where
        nobody gets through, such as a gate that is shut; layers, or sheets with two ends a row.
    fences_datum, streets_datum : str or None
        The same of the fences and of a line layer of one's own, whatever these files say of themselves;
        None where they are to be believed.
    aliases : Path or None
        Old and local names of streets and estates, and today's.
    ties : Path or None
        Who belongs together, and who is to be kept apart.
    accepted : Path or None
        Accepted answers of earlier reviews; ``accepted.csv`` beside the project file unless named.
    cache : Path or None
        Folder for the gazetteer, which is built once; ``.planner`` beside the project file unless
        named, None (``cache = false``) keeps nothing.  It never holds residents.
    columns : mapping of str to mapping of str to str
        Name of a table -> heading as the office writes it -> column of that table, "" for one that is not
        to be read.
    sheets : mapping of str to tuple of str
        Name of a table -> the sheets that alone are read, by name or pattern; ``leave_out`` -> those
        that are not read in any.
    bounds : tuple of float or None
        West, south, east, north in degrees: of an extract what lies elsewhere is not read.
    rewrites : tuple of Rewrite
        Rules of earlier reviews about how addresses are written; they lie beside `accepted`.
    detour_factor : float or None
        Only when there are no streets: walk = factor x straight line, and every output says so.
    """

    households: Sources
    members: Sources
    streets: Source | None = None
    fences: Source | None = None
    buildings: Source | None = None
    datum: str | None = None
    buildings_datum: str = "wgs84"
    detour_factor: float | None = None
    accepted: Path | None = None
    aliases: Source | None = None
    ties: Source | None = None
    links: Source | None = None
    barriers: Source | None = None
    cache: Path | None = None
    fences_datum: str | None = None
    streets_datum: str | None = None
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sheets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rewrites: tuple[Rewrite, ...] = ()
    bounds: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("households", "members"):
            found = sources_of(getattr(self, name), name)
            object.__setattr__(self, name, found[0] if len(found) == 1 else found)
        for name in _ONE:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, one_source(value, name))
        for name in ("datum", "buildings_datum", "fences_datum", "streets_datum"):
            if (getattr(self, name) or "wgs84") not in DATUMS:
                raise ConfigError.of(
                    "unknown-datum", name=name, value=getattr(self, name), names=", ".join(DATUMS)
                )
        if self.detour_factor is not None and not 1.0 <= self.detour_factor <= 5.0:
            raise ConfigError.of("detour-factor-range", detour_factor=self.detour_factor)

    @property
    def homes_datum(self) -> str:
        """What the sheets' lon/lat are read in."""
        return self.datum or "wgs84"

    @property
    def household_files(self) -> tuple[Source, ...]:
        """The files or frames of households, one or several."""
        return self.households if isinstance(self.households, tuple) else (self.households,)

    @property
    def member_files(self) -> tuple[Source, ...]:
        """The files or frames of members, one or several."""
        return self.members if isinstance(self.members, tuple) else (self.members,)

    def told(self, table: Table) -> Table:
        """Give a table as this office hands it in: its headings, and which sheets are meant."""
        return table.told(
            self.columns.get(table.name),
            self.sheets.get(table.name, ()),
            self.sheets.get(LEAVE_OUT, ()),
            self.rewrites,
        )


def read_inputs(
    values: Mapping[str, Any],
    columns: Mapping[str, Any],
    sheets: Mapping[str, Any],
    folder: Path,
    where: str,
) -> Inputs:
    """Read the three sections that say what is read.

    Parameters
    ----------
    values, columns, sheets : mapping
        The sections as TOML gives them.
    folder : Path
        Paths are relative to it.
    where : str
        Bare name of the file, for messages.

    Raises
    ------
    ConfigError
        A key is unknown or missing, a value is of another kind, or a path names nothing.
    """
    at = f"{where}, [inputs]"
    kept = dict(values)
    usual: dict[str, Any] = {"accepted": folder / "accepted.csv", "cache": folder / ".planner"}
    if kept.get("cache") is False:  # TOML has no null to say it with
        usual["cache"] = kept.pop("cache") or None
    elsewhere = ("columns", "sheets", "rewrites")
    for name in elsewhere:
        if name in kept:
            raise ConfigError.of("key-misplaced", at=at, name=name)
    refuse_unknown(kept, tuple(f.name for f in fields(Inputs) if f.name not in elsewhere), at)
    for name in ("households", "members"):
        if name not in kept:
            raise ConfigError.of("key-missing", at=at, name=name)
    # a mapping made in Python may hold frames, which no file of TOML can
    usual |= {name: kept.pop(name) for name, value in values.items() if not _of_toml(value)}
    for name in ("households", "members"):
        if name in kept:
            usual[name] = _files(kept.pop(name), folder, at, name)
    taken = usual | read_section(Inputs, kept, at, folder=folder)
    taken["rewrites"] = read_rewrites(rules_file(taken["accepted"]))
    return made(Inputs, taken | read_tables_told(columns, sheets, where), at)


def _of_toml(value: object) -> bool:
    parts = value if isinstance(value, list) else [value]
    return all(isinstance(part, str | int | float | Mapping) for part in parts)


def read_tables_told(
    columns: Mapping[str, Any], sheets: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """Read what a project says of headings and of sheets: ``columns`` and ``sheets`` of `Inputs`.

    Raises
    ------
    ConfigError
        A table or a column is unknown.
    """
    return {
        "columns": _columns(columns, f"{where}, [columns]"),
        "sheets": _sheets(sheets, f"{where}, [sheets]"),
    }


def _columns(values: Mapping[str, Any], where: str) -> dict[str, dict[str, str]]:
    """Read which heading is which column, table by table."""
    refuse_unknown(values, tuple(_TABLES), where)
    found: dict[str, dict[str, str]] = {}
    for name, given in values.items():
        table, at = _TABLES[name], f"{where}.{name}"
        if not isinstance(given, Mapping):
            raise _no_columns(at, table)
        own = found.setdefault(table.name, {})
        for heading, meant in given.items():
            column = table.column_named(meant) if isinstance(meant, str) and meant else meant
            if not isinstance(column, str):
                raise _no_columns(f"{at}, {heading}", table)
            own[str(heading)] = column
    return found


def _no_columns(at: str, table: Table) -> ConfigError:
    names = "、".join(c.headers[0] for c in table.columns)
    english = ", ".join(c.headers[1] for c in table.columns)
    return ConfigError.of("unknown-column", at=at, name=table.name, english=english, names=names)


def _sheets(values: Mapping[str, Any], where: str) -> dict[str, tuple[str, ...]]:
    """Read which sheets are meant, and which are left out."""
    refuse_unknown(values, (*_TABLES, LEAVE_OUT), where)
    found: dict[str, tuple[str, ...]] = {}
    for name, given in values.items():
        named = [given] if isinstance(given, str) else given
        if not isinstance(named, list) or not all(isinstance(n, str) and n.strip() for n in named):
            raise ConfigError.of("sheets-not-list", where=where, name=name, given=given)
        found[_TABLES[name].name if name in _TABLES else name] = tuple(n.strip() for n in named)
    return found


def _files(value: object, folder: Path, at: str, name: str) -> Path | tuple[Path, ...]:
    """Give the file that is named, or those of a list, a folder or a pattern such as ``homes/*.xlsx``."""
    named = value if isinstance(value, list) else [value]
    if not named or not all(isinstance(text, str) and text.strip() for text in named):
        raise ConfigError.of("path-not-text", where=f"{at}.{name}", name=name, value=value)
    paths = [folder / str(text) for text in named]
    found = made(sheet_files, {"paths": paths}, f"{at}.{name}")
    unique = tuple(path for path in found if isinstance(path, Path))
    return unique[0] if len(unique) == 1 else unique


def sheet_files(paths: Iterable[Source]) -> list[Source]:
    """Give the files that paths name: a file itself, those of a folder, or those that fit a pattern.

    Parameters
    ----------
    paths : iterable of Path or Given
        Such as ``homes.xlsx``, ``homes`` or ``homes/*.xlsx``; a file need not exist; a frame is itself.

    Returns
    -------
    list of Path or Given
        Each once.  What Excel and WPS put beside a workbook that is open (``~$homes.xlsx``) is no table.

    Raises
    ------
    ConfigError
        A folder or pattern has none.
    """
    files: list[Source] = []
    for path in paths:
        if not isinstance(path, Path):
            files.append(path)
            continue
        found = [path]
        if path.is_dir():
            found = [p for p in sorted(path.iterdir()) if p.suffix.lower() in SHEETS]
        elif any(mark in str(path) for mark in "*?[") and not path.exists():
            found = sorted(Path(p) for p in glob(str(path)))  # noqa: PTH207 - may be absolute
        if found != [path]:
            found = [p for p in found if not p.name.startswith("~$")]
        if not found:
            raise ConfigError.of("no-sheet-under", name=path.name)
        files += found
    return list(dict.fromkeys(files))

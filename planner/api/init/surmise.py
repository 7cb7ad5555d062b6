"""What each file of a folder seems to be, and why: nothing is decided that a person cannot see and change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from planner.errors import PlannerError
from planner.files import layer_names
from planner.intake.centre_list import is_centre_list
from planner.intake.sheets.flags import is_marked
from planner.intake.sheets.formats.grids import opened_once
from planner.intake.sheets.headings import is_register, role_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.intake.sheets.required import is_complete
from planner.model.characters import simplified
from planner.model.inputs import SHEETS
from planner.model.schema import (
    ALIASES,
    BUILDINGS,
    HOUSEHOLDS,
    LOG,
    MEMBERS,
    PREVIOUS,
    TIES,
    Table,
    is_personal,
)
from planner.plan.store.plans import is_plan

__all__ = ["KINDS", "Surmise", "surmise"]

KINDS: Final = {
    "households": ("居民户表", "households"),
    "members": ("党员表", "members"),
    "streets": ("路网", "streets"),
    "fences": ("社区边界", "fences"),
    "buildings": ("楼栋表", "building table"),
    "ties": ("人文相亲关系表", "ties"),
    "aliases": ("地名对照表", "old and new names"),
    "mentors": ("指导员名单", "mentors"),
    "log": ("走访记录", "service log"),
    "previous": ("原方案", "plan that stands"),
    "": ("未识别", "not known"),
}
"""What a file may be, in Chinese and English; the keys are those of the project file."""
_LAYERS: Final = (".gpkg", ".geojson", ".shp", ".kml", ".kmz", ".gml")
# What may be a layer is told by its shapes, though it can be read as a sheet.
_SHEETS: Final = tuple(ending for ending in SHEETS if ending not in _LAYERS)
_EXTRACTS: Final = (".osm", ".pbf", ".osm.gz", ".osm.bz2")
_OWN: Final = re.compile(
    r"^(?:accepted\.csv|.*\.sent\.csv|review\.xlsx|.*\.checked\.xlsx|~\$.*|\..*)$", re.I
)
"""What the planner itself writes, and what an open workbook leaves."""
_MEMBERS: Final = re.compile("党员|party ?member|^members?", re.I)
_MENTORS: Final = re.compile("指导员|mentor", re.I)
_BUILDINGS: Final = re.compile("楼栋|楼盘表|楼宇|buildings?", re.I)
_JOINED: Final = re.compile("入党|党龄|党支部|党内职务")
_ADDRESS: Final = re.compile(
    r"\d\s*(?:号|栋|幢|座|弄|单元|#|室)|[路街巷村里园苑]\d|\d+ \w+ (?:st|street|road|rd|ave)\b",
    re.I,
)
_DATE: Final = re.compile(r"\d年\d|月\d")
# A few hundred cells tell what a column holds; the first rows are often titles and examples.
SAMPLE: Final = 200
MOSTLY: Final = 0.6


@dataclass(frozen=True, slots=True)
class Surmise:
    """What a file, or a sheet of it, seems to be.

    Parameters
    ----------
    path : Path
    sheet : str
        "" for files without sheets.
    kind : str
        A key of `KINDS`.
    why_zh, why : str
        The reason, in Chinese and English.
    columns : tuple of (str, str)
        Heading as written, and the column that it was taken for.
    guessed : tuple of (str, str)
        Headings that are known by what stands below them, and the column.
    open : tuple of (str, tuple of str)
        A column, and the headings that compete for it: a person must choose.
    marks : int
        Rows, or of members those marked as centres.
    """

    path: Path
    sheet: str
    kind: str
    why_zh: str
    why: str
    columns: tuple[tuple[str, str], ...] = ()
    guessed: tuple[tuple[str, str], ...] = ()
    open: tuple[tuple[str, tuple[str, ...]], ...] = ()
    marks: int = 0


def surmise(folder: str | Path) -> list[Surmise]:
    """Look at the files of a folder.

    Parameters
    ----------
    folder : str or Path
        Its own files and those one folder below are looked at; nothing is changed.

    Returns
    -------
    list of Surmise
        By path; a workbook has one for each sheet that holds rows.
    """
    top = Path(folder)
    below = [p for p in sorted(top.iterdir()) if p.is_dir() and not p.name.startswith((".", "_"))]
    files = [p for place in (top, *below) for p in sorted(place.iterdir()) if p.is_file()]
    found: list[Surmise] = []
    with opened_once():
        for path in files:
            if not _OWN.match(path.name):
                found += _of_file(path)
    return found


def _of_file(path: Path) -> list[Surmise]:
    name = path.name.lower()
    if name.endswith(_EXTRACTS):
        return [Surmise(path, "", "streets", "OpenStreetMap 数据", "an OpenStreetMap extract")]
    try:
        if name.endswith(_SHEETS):
            return [_of_sheet(path, t) for t in read_table(path, table=None)]
        if name.endswith(_LAYERS):
            return _of_layers(path)
    except PlannerError as error:
        zh = error.zh or "无法读取，请用 planner check 查看原因"
        return [Surmise(path, "", "", zh.split("\n")[0], error.message.split("\n")[0])]
    return []


def _of_layers(path: Path) -> list[Surmise]:
    """Tell a map layer by its shapes: areas, lines, points."""
    if path.suffix.lower() == ".gpkg" and is_plan(path):
        why = "a plan that the planner wrote: --previous keeps homes with their centre"
        return [Surmise(path, "", "previous", "本软件生成的方案，可用于 --previous", why)]
    try:
        kinds = [kind or "" for _, kind in layer_names(path)]
    except Exception as error:  # noqa: BLE001 - GDAL raises many kinds; it is only looked at
        why = f"it cannot be opened ({type(error).__name__})"
        return [Surmise(path, "", "", "无法打开", why)]
    if any("Polygon" in k for k in kinds):
        return [Surmise(path, "", "fences", "图层为面", "its shapes are areas")]
    if any("Line" in k for k in kinds):
        return [Surmise(path, "", "streets", "图层为线", "its shapes are lines")]
    if path.suffix.lower() in (".gpkg", ".geojson"):
        return [_of_sheet(path, t) for t in read_table(path, table=None)]
    return [
        Surmise(
            path,
            "",
            "",
            "图层为点，请另存为表格或 GeoPackage",
            "points: save them as a sheet or GeoPackage",
        )
    ]


def _of_sheet(path: Path, t: SheetTable) -> Surmise:
    """Tell a sheet by its headings, then by its name and title."""
    called = simplified(f"{path.stem} {t.sheet} {t.title}")
    # The narrowest kinds first: a sheet of ties has ids too, and would pass for one of residents.
    if {"a", "b", "kind"} <= _roles(t, TIES):
        return _made(path, t, "ties", TIES, "含甲、乙、关系三列", "it has 甲, 乙 and 关系")
    if {"old", "name"} <= _roles(t, ALIASES) and not {"address", "lon"} & _roles(t, HOUSEHOLDS):
        return _made(path, t, "aliases", ALIASES, "含旧名、现名两列", "it has old and new names")
    guessed = _by_content(t)
    if not (is_complete(t, HOUSEHOLDS) or guessed or is_complete(t, BUILDINGS)):
        logged = _roles(t, LOG)
        if {"date", "kind"} <= logged and logged & {"household", "zone"}:
            zh, en = (
                "走访记录，可写入 [care] 的 log",
                "what was done and when: for log under [care]",
            )
            return _made(path, t, "log", LOG, zh, en)
        if {"id", "zone"} <= _roles(t, PREVIOUS):
            zh = "含编号和中心户，可用于 --previous"
            en = "ids and their centres: --previous keeps homes with them"
            return _made(path, t, "previous", PREVIOUS, zh, en)
        found = "、".join(t.headers[:8])
        zh = f"没有地址或坐标列；现有列：{found}"
        en = f"neither addresses nor coordinates; its columns: {found}"
        return Surmise(path, t.sheet, "", zh, en)
    return _of_people(path, t, called, guessed)


def _of_people(
    path: Path, t: SheetTable, called: str, guessed: tuple[tuple[str, str], ...]
) -> Surmise:
    if _MENTORS.search(called):
        return _made(path, t, "mentors", MEMBERS, "名称含“指导员”", "it is called mentors", guessed)
    marks = [
        list(t.cells[:, i]) for i, h in enumerate(t.headers) if role_of(h, MEMBERS) == "is_centre"
    ]
    flags = [is_marked(str(cell)) for column in marks for cell in column]
    # a column that is called so and holds other words is no mark of centres
    if flags and None not in flags:
        n = sum(flag is True for flag in flags)
        zh, en = f"含是否中心户列，{n}人为是", f"it marks {n} centre(s)"
        return _made(path, t, "members", MEMBERS, zh, en, guessed, n)
    located = {"lon", "lat"} <= _roles(t, BUILDINGS) and {"building", "name"} & _roles(t, BUILDINGS)
    # A table of buildings names nobody: with people in it, it is a sheet of homes.
    people = any(is_personal(h) for h in t.headers) or "room" in _roles(t, HOUSEHOLDS)
    if located and not people and (_BUILDINGS.search(called) or "id" not in _roles(t, HOUSEHOLDS)):
        zh, en = "楼栋与坐标，无住户信息", "buildings with coordinates, nobody in them"
        return _made(path, t, "buildings", BUILDINGS, zh, en)
    if is_centre_list(replace(t, file=path.name)):
        n = len(t.cells)
        zh, en = f"中心户名单，{n}人均为中心户", f"a list of centres: all {n} are"
        return _made(path, t, "members", MEMBERS, zh, en, guessed, n)
    if _MEMBERS.search(called) or any(_JOINED.search(simplified(h)) for h in t.headers):
        zh = "名称或列名涉及党员，但没有是否中心户列"
        en = "it is about party members, but no column says who is a centre"
        return _made(path, t, "members", MEMBERS, zh, en, guessed)
    rows = len(t.cells)
    return _made(
        path, t, "households", HOUSEHOLDS, f"{rows}行住址", f"{rows} rows of homes", guessed, rows
    )


def _roles(t: SheetTable, table: Table) -> set[str]:
    return {role_of(h, table) for h in t.headers} - {""}


def _made(
    path: Path,
    t: SheetTable,
    kind: str,
    table: Table,
    zh: str,
    en: str,
    guessed: tuple[tuple[str, str], ...] = (),
    marks: int = 0,
) -> Surmise:
    columns = [(h, role) for h in t.headers if (role := role_of(h, table))]
    rivals = {
        role: tuple(h for h, r in columns if r == role and not is_register(h))
        for role in dict.fromkeys(r for _, r in columns)
    }
    open_ = tuple((role, heads) for role, heads in rivals.items() if len(heads) > 1)
    return Surmise(path, t.sheet, kind, zh, en, tuple(columns), guessed, open_, marks)


def _by_content(t: SheetTable) -> tuple[tuple[str, str], ...]:
    """Find the column of addresses by what stands in it, where no heading is one."""
    if _roles(t, HOUSEHOLDS) & {"address", "compound", "road", "lon"}:
        return ()
    likely = [
        h
        for i, h in enumerate(t.headers)
        if h and not is_personal(h) and _share(map(str, t.cells[:SAMPLE, i])) >= MOSTLY
    ]
    # two columns that look alike are a question for a person
    return ((likely[0], "address"),) if len(likely) == 1 else ()


def _share(cells: Iterable[str]) -> float:
    """Give the share of filled cells that look like an address."""
    filled: Sequence[str] = [c for c in cells if c.strip()]
    looks = [
        bool(_ADDRESS.search(simplified(c))) and len(c) > 4 and not _DATE.search(c) for c in filled
    ]
    return sum(looks) / max(len(filled), 1)

"""The project file: ``planner.toml`` read into frozen, self-checking values."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from glob import glob
from importlib import resources
from pathlib import Path
from typing import Any, Self, TypeVar

from planner.errors import ConfigError
from planner.model.levels import Level, read_levels
from planner.model.rules import DEFAULT_PROFILE, RuleBook
from planner.model.section import made, read_section, refuse_unknown

__all__ = ["MOVE_PRICE_M", "TEMPLATE", "Affinity", "Inputs", "Project", "Search", "Siting"]

DATUMS = ("wgs84", "gcj02", "bd09")
MOVE_PRICE_M = 200.0
"""Metres that a home changing hands is charged for, unless the project says otherwise."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files that a run reads; none of them is ever changed.

    Parameters
    ----------
    households : Path or tuple of Path
        Workbook, CSV or GeoPackage; several are read as one.
    members : Path
        The same for those who serve.
    streets : Path or None
        OpenStreetMap extract (``.osm.pbf``, ``.osm``) or a line layer of one's own.
    fences : Path or None
        Polygons that no zone crosses; without them the column 社区/community is the fence, if the
        sheet has one.
    buildings : Path or None
        The office's building table, with coordinates (楼栋表).
    datum, buildings_datum : str
        Datum of the sheets' and of the building table's lon/lat: ``wgs84, gcj02`` (Amap, Tencent) or
        ``bd09`` (Baidu).
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
    detour_factor : float or None
        Only when there are no streets: walk = factor x straight line, and every output says so.
    """

    households: Path | tuple[Path, ...]
    members: Path
    streets: Path | None = None
    fences: Path | None = None
    buildings: Path | None = None
    datum: str = "wgs84"
    buildings_datum: str = "wgs84"
    detour_factor: float | None = None
    accepted: Path | None = None
    aliases: Path | None = None
    ties: Path | None = None
    cache: Path | None = None
    fences_datum: str | None = None
    streets_datum: str | None = None

    def __post_init__(self) -> None:
        for name in ("datum", "buildings_datum", "fences_datum", "streets_datum"):
            if (getattr(self, name) or "wgs84") not in DATUMS:
                raise ConfigError(
                    f"{name} = {getattr(self, name)!r} is not a datum",
                    remedy="one of: " + ", ".join(DATUMS),
                )
        if self.detour_factor is not None and not 1.0 <= self.detour_factor <= 5.0:
            raise ConfigError(
                f"detour_factor = {self.detour_factor:g} is not between 1 and 5",
                remedy="1.3 is usual for a town with ordinary streets",
            )

    @property
    def household_files(self) -> tuple[Path, ...]:
        """The files of households, one or several."""
        return self.households if isinstance(self.households, tuple) else (self.households,)


@dataclass(frozen=True, slots=True)
class Search:
    """When the search may stop, and what makes it repeatable.

    Parameters
    ----------
    gap : float
        Stop once the plan is proven within this share of the best possible.
    seconds : float
        Stop after this time, with the best plan so far.
    seed : int
        Same input, rules and seed: same plan.
    advice_seconds : float
        Where rules do not all hold, look so long for repairs that are worth proposing; 0 for none.
    """

    gap: float = 0.005
    seconds: float = 300.0
    seed: int = 0
    advice_seconds: float = 30.0

    def __post_init__(self) -> None:
        if not 0 <= self.gap < 1:
            raise ConfigError(f"gap = {self.gap:g} is not a share between 0 and 1")
        if self.seed < 0:
            raise ConfigError(f"seed = {self.seed} must be a whole number, 0 or more")
        if not self.seconds > 0:
            raise ConfigError(f"seconds = {self.seconds:g} must be above 0")
        if not self.advice_seconds >= 0:
            raise ConfigError(f"advice_seconds = {self.advice_seconds:g} is negative")


@dataclass(frozen=True, slots=True)
class Siting:
    """What a candidate is worth beside the walks to it, for `planner site`.

    Parameters
    ----------
    score_m : float
        One point of score is worth so many metres of walk to each home that the centre serves: homes
        walk up to `score_m` metres more for a centre that has one point more.
    strengths : tuple of str
        Strengths of which a centre should have at least one; none are asked for if empty.
    strength_m : float
        Metres of walk, to each home, that having one of them is worth.
    roles : tuple of str
        Only candidates with one of these roles; anyone if empty.
    seconds : float
        Longest search.
    """

    score_m: float = 1.0
    strengths: tuple[str, ...] = ()
    strength_m: float = 20.0
    roles: tuple[str, ...] = ()
    seconds: float = 60.0

    def __post_init__(self) -> None:
        for name in ("score_m", "strength_m", "seconds"):
            if not getattr(self, name) >= 0:
                raise ConfigError(f"{name} = {getattr(self, name):g} is negative")


@dataclass(frozen=True, slots=True)
class Affinity:
    """人文相亲: prices of ties and of homes that change hands; talents that each zone should have.

    Parameters
    ----------
    tie_m : float
        Metres of walking that it is worth to keep two homes that belong together in one zone, and a home
        with the member who helps it; for rows of the sheet of ties that state no price.
    apart_m : float
        The same for two homes that are to be kept apart.
    compound_m : float
        Price when two neighbouring stairwells of one compound come into two zones, for each home of
        the smaller one; 0 for none.
    talents : tuple of str
        Strengths (特长) of which each zone should have at least one member.
    talent_price : float
        Metres charged for each talent that a zone is without.
    move_price_m : float
        Metres of walking that one home changing hands must be worth, where there is a plan before.

    Raises
    ------
    ConfigError
        A price is negative, or a talent is no plain word.
    """

    tie_m: float = 200.0
    apart_m: float = 2000.0
    compound_m: float = 0.0
    talents: tuple[str, ...] = ()
    talent_price: float = 1000.0
    move_price_m: float = MOVE_PRICE_M

    def __post_init__(self) -> None:
        for name in ("tie_m", "apart_m", "compound_m", "talent_price", "move_price_m"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ConfigError(f"{name} = {value:g} must be 0 or more")
        object.__setattr__(self, "talents", tuple(talent.strip() for talent in self.talents))
        for talent in self.talents:
            if not talent or "," in talent:
                raise ConfigError(
                    f"talents: {talent!r} is no talent",
                    remedy='write each by itself: talents = ["矛盾调解员", "政策宣讲员"]',
                )
        if len(set(self.talents)) < len(self.talents):
            raise ConfigError("talents names one twice", remedy="drop one of the two")


@dataclass(frozen=True, slots=True)
class Project:
    """A whole run, as the project file states it.

    Parameters
    ----------
    inputs : Inputs
        What is read.
    rules : RuleBook
        What must hold.
    search : Search
        When to stop.
    title : str
        Heading of the map and the summary.
    smallest : int
        Counts of homes below this are not told to a meeting.
    online : mapping of str to value
        The section ``[online]``: a named provider, and how it is asked; empty: nothing is ever sent.
    online_cache : Path or None
        Where its answers are kept.
    siting : Siting
        What candidates are worth where centres are chosen.
    affinity : Affinity
        What ties and talents are worth.
    levels : tuple of Level
        Who looks after the centres, and who after those; lowest first.
    """

    inputs: Inputs
    rules: RuleBook = field(default_factory=RuleBook.profile)
    search: Search = field(default_factory=Search)
    title: str = ""
    smallest: int = 10
    online: Mapping[str, Any] = field(default_factory=dict)
    online_cache: Path | None = None
    siting: Siting = field(default_factory=Siting)
    affinity: Affinity = field(default_factory=Affinity)
    levels: tuple[Level, ...] = ()

    @classmethod
    def of(cls, source: Project | str | Path) -> Project:
        """Take a project, or read one."""
        return source if isinstance(source, Project) else cls.read(source)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a project file, or the ``planner.toml`` of a folder; the paths in it are relative to it.

        Raises
        ------
        ConfigError
            The file is missing or not TOML, a key is unknown, or a value is wrong.
        """
        file = Path(path)
        file = file / "planner.toml" if file.is_dir() else file
        try:
            values = tomllib.loads(file.read_text("utf-8-sig"))
        except FileNotFoundError:
            raise ConfigError(
                f"there is no project file {file.resolve()}",
                remedy="write one with: planner init",
                zh=f"找不到项目文件 {file.resolve()}",
                remedy_zh="可用 planner init 生成",
            ) from None
        except (IsADirectoryError, PermissionError):
            raise ConfigError(f"{file.resolve()} is not a readable file") from None
        except UnicodeDecodeError:
            raise ConfigError(
                f"{file.name} is not saved as UTF-8; Chinese editors often save as GB18030 (ANSI)",
                remedy="open it in the editor, choose save as, encoding UTF-8, and run again",
                zh=f"{file.name} 不是 UTF-8 编码（可能以 GB18030/ANSI 保存）",
                remedy_zh="请在编辑器中“另存为”，编码选择 UTF-8，然后重试",
            ) from None
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                f"{file.name} is not valid TOML: {error}",
                remedy="texts and paths stand in quotes; write \\\\ or / in Windows paths",
                zh=f"{file.name} 格式有误：{error}",
                remedy_zh="文字和路径须加引号；Windows 路径请写 \\\\ 或 /",
            ) from None
        return cls.from_mapping(values, folder=file.parent, where=file.name)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], *, folder: Path, where: str) -> Self:
        """Build a run from TOML values.

        Raises
        ------
        ConfigError
            A key is unknown, missing, or has a wrong value.
        """
        refuse_unknown(values, (*_SECTIONS, "levels"), where)
        given = {name: values.get(name, {}) for name in _SECTIONS}
        at = {name: f"{where}, [{name}]" for name in _SECTIONS}
        for name, section in given.items():
            if not isinstance(section, Mapping):
                raise ConfigError(f"{where}: {name} must be a section, written [{name}]")

        def section(name: str, kind: type[T]) -> T:
            return made(kind, read_section(kind, given[name], at[name]), at[name])

        inputs = dict(given["inputs"])
        mentors = {"sheet": inputs.pop("mentors")} if "mentors" in inputs else {}
        online = dict(given["online"])
        cache = folder / str(online.pop("cache", "geocode-cache.sqlite")) if online else None
        if online and "provider" not in online:
            raise ConfigError(
                f"{at['online']}: provider is missing",
                remedy="name one (amap, tianditu, baidu, nominatim), or drop the section",
            )
        rules = {"profile": DEFAULT_PROFILE, **given["rules"]}
        levels = values.get("levels", [])
        return cls(
            inputs=_inputs(inputs, folder, at["inputs"]),
            rules=RuleBook.from_mapping(rules, where=at["rules"]),
            search=section("search", Search),
            title=section("outputs", _Outputs).title,
            smallest=section("outputs", _Outputs).smallest,
            online=online,
            online_cache=cache,
            siting=section("siting", Siting),
            affinity=section("affinity", Affinity),
            levels=read_levels(levels, {**given["mentors"], **mentors}, folder, where),
        )


_SECTIONS = ("inputs", "rules", "search", "outputs", "online", "siting", "mentors", "affinity")


@dataclass(frozen=True, slots=True)
class _Outputs:
    title: str = ""
    smallest: int = 10

    def __post_init__(self) -> None:
        if self.smallest < 5:
            raise ConfigError(
                f"smallest = {self.smallest}: counts below 5 homes are never told",
                remedy="give 5 or more; 10 is usual",
            )


def _inputs(values: Mapping[str, Any], folder: Path, where: str) -> Inputs:
    kept = dict(values)
    usual: dict[str, Any] = {"accepted": folder / "accepted.csv", "cache": folder / ".planner"}
    if kept.get("cache") is False:
        usual["cache"] = kept.pop("cache") or None
    if "households" in kept:
        usual["households"] = _files(kept.pop("households"), folder, f"{where}.households")
    taken = usual | read_section(Inputs, kept, where, folder=folder)
    for name in ("households", "members"):
        if name not in taken:
            raise ConfigError(
                f"{where}: {name} is missing", remedy=f'add a line such as: {name} = "{name}.xlsx"'
            )
    return made(Inputs, taken, where)


_TABLES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv", ".gpkg", ".geojson")


def _files(value: object, folder: Path, where: str) -> Path | tuple[Path, ...]:
    """Give the file that is named, or those of a list, a folder or a pattern such as ``homes/*.xlsx``."""
    named = value if isinstance(value, list) else [value]
    if not named or not all(isinstance(text, str) and text.strip() for text in named):
        raise ConfigError(f"{where} must be a path in quotes, or a list of them, not {value!r}")
    files: list[Path] = []
    for text in map(str, named):
        path = folder / text
        found = [path]
        if path.is_dir():
            found = [p for p in sorted(path.iterdir()) if p.suffix.lower() in _TABLES]
        elif any(mark in text for mark in "*?[") and not path.exists():
            found = sorted(Path(p) for p in glob(str(path)))  # noqa: PTH207 - may be absolute
        # what Excel and WPS put beside a workbook that is open
        found = [p for p in found if not p.name.startswith("~$")]
        if not found:
            raise ConfigError(
                f"{where}: no table of households is found under {text}",
                remedy="name the files themselves, or put them into that folder",
                zh=f"{where}：{text} 下没有找到居民户表",
                remedy_zh="请直接写出文件名，或将表格放入该文件夹",
            )
        files += found
    unique = tuple(dict.fromkeys(files))
    return unique[0] if len(unique) == 1 else unique


TEMPLATE: str = resources.files("planner.model").joinpath("template.toml").read_text("utf-8")
"""A commented project file to fill in."""

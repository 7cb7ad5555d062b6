"""The project file: ``planner.toml`` read into frozen, self-checking values."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any, Self, TypeVar

from planner.errors import ConfigError
from planner.model.affinity import MOVE_PRICE_M, Affinity
from planner.model.caring import Care, Pace
from planner.model.inputs import SHEETS, Inputs, read_inputs
from planner.model.levels import Level, read_levels
from planner.model.organisation import Organisation
from planner.model.rules import DEFAULT_PROFILE, RuleBook
from planner.model.section import made, read_section, refuse_unknown
from planner.model.sharing import Share, read_shares

__all__ = [
    "MOVE_PRICE_M",
    "TEMPLATE",
    "Affinity",
    "Inputs",
    "Project",
    "Search",
    "Siting",
    "project_file",
]

T = TypeVar("T")


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
        if not 0 <= self.gap < 1:  # written so that NaN is refused too
            raise ConfigError.of("gap-not-share", gap=self.gap)
        if self.seed < 0:
            raise ConfigError.of("seed-negative", seed=self.seed)
        if not self.seconds > 0:
            raise ConfigError.of("seconds-not-positive", seconds=self.seconds)
        if not self.advice_seconds >= 0:
            raise ConfigError.of("advice-seconds-negative", advice_seconds=self.advice_seconds)


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
    criteria : mapping of str to float
        Headings of the members' sheet under which points are given, and what each weighs: the score is their
        weighted mean, in place of a column of scores.
    objections : Path or None
        A sheet of objections to the list that was published, see `planner.intake.nominations`.
    publish_names : bool
        Whether the list to be published names the chosen; their ids alone if not.
    """

    score_m: float = 1.0
    strengths: tuple[str, ...] = ()
    strength_m: float = 20.0
    roles: tuple[str, ...] = ()
    seconds: float = 60.0
    criteria: dict[str, float] = field(default_factory=dict)
    objections: Path | None = None
    publish_names: bool = False

    def __post_init__(self) -> None:
        for name in ("score_m", "strength_m", "seconds"):
            if not getattr(self, name) >= 0:
                raise ConfigError.of("siting-negative", name=name, value=getattr(self, name))
        for name, weight in self.criteria.items():
            if not 0 < weight < math.inf:
                raise ConfigError.of("criterion-weight", name=name, value=weight)


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
    pace : Pace
        How fast people walk, and which walks are told.
    care : Care
        What is said of households that need more.
    organisation : Organisation
        What stands above the centres.
    shares : tuple of Share
        How care households are shared out in each zone, and to which kind of member they are linked.
    file : Path or None
        The project file itself.

    Raises
    ------
    ConfigError
        Answers, or the gazetteer, are to be kept where an input lies.
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
    pace: Pace = field(default_factory=Pace)
    care: Care = field(default_factory=Care)
    shares: tuple[Share, ...] = ()
    organisation: Organisation = field(default_factory=Organisation)
    file: Path | None = None

    def __post_init__(self) -> None:
        kept = {
            "[online] cache": self.online_cache,
            "[inputs] cache": self.inputs.cache,
            "[inputs] accepted": self.inputs.accepted,
        }
        named = {path.absolute() for path in self.files}
        for where, path in kept.items():
            if path is None:
                continue
            # Accepted answers are a sheet; a cache under the name of one is a slip.
            sheet = where != "[inputs] accepted" and path.suffix.lower() in SHEETS
            if sheet or path.absolute() in named:
                raise ConfigError.of("cache-is-input", where=where, name=path.name)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the project names as an input, itself among them; none may be written to."""
        named = self.inputs
        paths = [self.file, *named.household_files, *named.member_files, named.streets]
        paths += [named.fences, named.buildings, named.aliases, named.ties]
        paths += [named.links, named.barriers, self.care.kinds, self.care.log]
        paths += [self.care.counts, self.care.classes, self.care.needs, self.care.need_kinds]
        paths += [self.care.duties, self.siting.objections, self.affinity.wishes, self.care.venues]
        paths += [level.sheet for level in self.levels]
        return tuple(path for path in paths if isinstance(path, Path))

    @classmethod
    def of(cls, source: Project | Mapping[str, Any] | str | Path) -> Project:
        """Take a project, read one, or make one of what a file would state.

        Raises
        ------
        ConfigError
            As for `read`, or it is none of these.
        """
        if isinstance(source, Project):
            return source
        if isinstance(source, Mapping):
            return cls.from_mapping(source, folder=Path(), where="project")
        if not isinstance(source, str | PathLike):
            raise ConfigError.of("no-project-kind", kind=type(source).__name__)
        return cls.read(Path(source))

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a project file, or the ``planner.toml`` of a folder; the paths in it are relative to it.

        Raises
        ------
        ConfigError
            The file is missing or not TOML, a key is unknown, or a value is wrong.
        """
        file = Path(path)
        file = project_file(file) or (file / "planner.toml" if file.is_dir() else file)
        try:
            values = tomllib.loads(file.read_text("utf-8-sig"))  # Notepad puts a mark in front
        except (FileNotFoundError, NotADirectoryError):
            raise _no_project(file) from None
        except (IsADirectoryError, PermissionError):
            raise ConfigError.of("project-unreadable", file=file.resolve()) from None
        except UnicodeDecodeError:
            raise ConfigError.of("project-not-utf8", name=file.name) from None
        except tomllib.TOMLDecodeError as error:
            raise ConfigError.of("project-not-toml", name=file.name, error=error) from None
        made = cls.from_mapping(values, folder=file.parent, where=file.name)
        return replace(made, file=file)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], *, folder: Path, where: str) -> Self:
        """Build a run from TOML values.

        Raises
        ------
        ConfigError
            A key is unknown, missing, or has a wrong value.
        """
        refuse_unknown(values, (*_SECTIONS, "levels", "shares"), where)
        given = {name: values.get(name, {}) for name in _SECTIONS}
        at = {name: f"{where}, [{name}]" for name in _SECTIONS}
        for name, section in given.items():
            if not isinstance(section, Mapping):
                raise ConfigError.of("not-section", where=where, name=name)

        def section(name: str, kind: type[T]) -> T:
            read = read_section(kind, given[name], at[name], folder=folder)
            return made(kind, read, at[name])

        inputs = dict(given["inputs"])
        mentors = {"sheet": inputs.pop("mentors")} if "mentors" in inputs else {}
        online = dict(given["online"])
        cache = folder / str(online.pop("cache", "geocode-cache.sqlite")) if online else None
        if online and "provider" not in online:
            raise ConfigError.of("online-without-provider", at=at["online"])
        # A project that gives numbers alone means them beside those of the default.
        rules = {"profile": DEFAULT_PROFILE, **given["rules"]}
        levels = values.get("levels", [])
        return cls(
            inputs=read_inputs(inputs, given["columns"], given["sheets"], folder, where),
            rules=RuleBook.from_mapping(rules, where=at["rules"]),
            search=section("search", Search),
            title=section("outputs", _Outputs).title,
            smallest=section("outputs", _Outputs).smallest,
            online=online,
            online_cache=cache,
            siting=section("siting", Siting),
            affinity=section("affinity", Affinity),
            pace=section("coverage", Pace),
            care=section("care", Care),
            organisation=section("organisation", Organisation),
            shares=read_shares(values.get("shares", []), where),
            levels=read_levels(levels, {**given["mentors"], **mentors}, folder, where),
        )


def _no_project(file: Path) -> ConfigError:
    """Say that there is no such file, and which project files are there."""
    there = file.parent if file.parent.is_dir() else Path()
    near = ", ".join(p.name for p in sorted(there.glob("*.toml"))[:5])
    return ConfigError(
        f"there is no project file {file.resolve()}",
        remedy=(
            f"there is {near}: name it; or " if near else "go to the folder of the project, or "
        )
        + "write one with: planner init",
        zh=f"找不到项目文件 {file.resolve()}",
        remedy_zh=(f"该文件夹中有 {near}，请改用它；" if near else "请先进入项目所在文件夹；")
        + "也可用 planner init 生成",
    )


def project_file(path: str | Path) -> Path | None:
    """Give the project file that a path names: itself, or the ``planner.toml`` of a folder; else None.

    Parameters
    ----------
    path : str or Path
        Anything that may be handed in, such as a sheet.
    """
    file = Path(path)
    if file.suffix.lower() == ".toml":
        return file
    return file / "planner.toml" if (file / "planner.toml").is_file() else None


_SECTIONS = (
    "inputs", "rules", "search", "outputs", "online", "siting", "mentors", "affinity", "coverage", "care",
    "columns", "sheets", "organisation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Outputs:
    title: str = ""
    smallest: int = 10

    def __post_init__(self) -> None:
        # Whatever a project wishes: fewer than five are single homes.
        if self.smallest < 5:
            raise ConfigError.of("smallest-too-small", smallest=self.smallest)


TEMPLATE: str = resources.files("planner.model").joinpath("template.toml").read_text("utf-8")
"""A commented project file to fill in."""

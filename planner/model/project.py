"""The project file: ``planner.toml`` read into frozen, self-checking values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from planner.errors import ConfigError
from planner.model.levels import Level, read_levels
from planner.model.rules import DEFAULT_PROFILE, RuleBook
from planner.model.ties_prices import Affinity, read_affinity

__all__ = ["TEMPLATE", "Affinity", "Inputs", "Project", "Search", "Siting"]


DATUMS = ("wgs84", "gcj02", "bd09")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files that a run reads; none of them is ever changed.

    Parameters
    ----------
    households, members : Path
        Workbook, CSV or GeoPackage.
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

    households: Path
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

    def __post_init__(self) -> None:
        for name in ("datum", "buildings_datum"):
            if getattr(self, name) not in DATUMS:
                raise ConfigError(
                    f"inputs.{name} = {getattr(self, name)!r} is not a datum",
                    remedy="one of: " + ", ".join(DATUMS),
                )
        if self.detour_factor is not None and not 1.0 <= self.detour_factor <= 5.0:
            raise ConfigError(
                f"inputs.detour_factor = {self.detour_factor:g} is not between 1 and 5",
                remedy="1.3 is usual for a town with ordinary streets",
            )


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
            raise ConfigError(f"search.gap = {self.gap:g} is not a share between 0 and 1")
        if not self.seconds > 0:
            raise ConfigError(f"search.seconds = {self.seconds:g} must be above 0")
        if not self.advice_seconds >= 0:
            raise ConfigError(f"search.advice_seconds = {self.advice_seconds:g} is negative")


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
                raise ConfigError(f"siting.{name} = {getattr(self, name):g} is negative")


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
    online: Mapping[str, Any] = field(default_factory=dict)
    online_cache: Path | None = None
    siting: Siting = field(default_factory=Siting)
    affinity: Affinity = field(default_factory=Affinity)
    levels: tuple[Level, ...] = ()

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a project file; the paths in it are relative to it.

        Raises
        ------
        ConfigError
            The file is missing or not TOML, a key is unknown, or a value is wrong.
        """
        file = Path(path)
        try:
            values = tomllib.loads(file.read_text("utf-8-sig"))
        except FileNotFoundError:
            raise ConfigError(
                f"there is no project file {file.resolve()}",
                remedy="write one with: planner init",
            ) from None
        except (IsADirectoryError, PermissionError):
            raise ConfigError(f"{file.resolve()} is not a readable file") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{file.name} is not valid TOML: {error}",
                remedy="texts and paths stand in quotes; write \\\\ or / in Windows paths",
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
        sections = (
            "inputs",
            "rules",
            "search",
            "outputs",
            "online",
            "siting",
            "mentors",
            "affinity",
        )
        _refuse_unknown(values, (*sections, "levels"), where)
        for name in sections:
            if not isinstance(values.get(name, {}), Mapping):
                raise ConfigError(f"{where}: {name} must be a section, written [{name}]")
        listed = values.get("levels", [])
        if not isinstance(listed, list):
            raise ConfigError(f"{where}: levels must be tables, each written [[levels]]")
        inputs = dict(values.get("inputs", {}))
        mentors = _inputs_path(inputs.pop("mentors", None), folder, f"{where}, [inputs].mentors")
        outputs = values.get("outputs", {})
        _refuse_unknown(outputs, ("title",), f"{where}, [outputs]")
        online = dict(values.get("online", {}))
        cache = folder / str(online.pop("cache", "geocode-cache.sqlite")) if online else None
        if online and "provider" not in online:
            raise ConfigError(
                f"{where}, [online]: provider is missing",
                remedy="name one (amap, tianditu, baidu, nominatim), or drop the section",
            )
        return cls(
            inputs=_inputs(inputs, folder, f"{where}, [inputs]"),
            rules=RuleBook.from_mapping(
                {"profile": DEFAULT_PROFILE, **values.get("rules", {})}, where=f"{where}, [rules]"
            ),
            search=_search(values.get("search", {}), f"{where}, [search]"),
            title=str(outputs.get("title", "")),
            online=online,
            online_cache=cache,
            siting=_siting(values.get("siting", {}), f"{where}, [siting]"),
            affinity=read_affinity(values.get("affinity", {}), f"{where}, [affinity]"),
            levels=read_levels(listed, values.get("mentors", {}), mentors, folder, where),
        )


def _refuse_unknown(values: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(
            f"{where}: unknown key {unknown[0]!r}", remedy="known keys: " + ", ".join(known)
        )


def _inputs(values: Mapping[str, Any], folder: Path, where: str) -> Inputs:
    names = tuple(f.name for f in fields(Inputs))
    _refuse_unknown(values, names, where)
    taken: dict[str, Any] = {"accepted": folder / "accepted.csv", "cache": folder / ".planner"}
    for name, value in values.items():
        if name == "cache" and value is False:
            taken[name] = None
        elif name == "detour_factor":
            taken[name] = _number(value, f"{where}.{name}")
        elif name in ("datum", "buildings_datum"):
            taken[name] = str(value)
        elif isinstance(value, str) and value.strip():
            taken[name] = folder / value
        else:
            raise ConfigError(f"{where}.{name} must be a path in quotes, not {value!r}")
    for name in ("households", "members"):
        if name not in taken:
            raise ConfigError(
                f"{where}: {name} is missing", remedy=f'add a line such as: {name} = "{name}.xlsx"'
            )
    return Inputs(**taken)


def _inputs_path(value: object, folder: Path, where: str) -> Path | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{where} must be a path in quotes, not {value!r}")
    return folder / value


def _siting(values: Mapping[str, Any], where: str) -> Siting:
    _refuse_unknown(values, tuple(f.name for f in fields(Siting)), where)
    taken: dict[str, Any] = {}
    for name, value in values.items():
        if name not in ("strengths", "roles"):
            taken[name] = _number(value, f"{where}.{name}")
        elif isinstance(value, list) and all(isinstance(v, str) for v in value):
            taken[name] = tuple(value)
        else:
            raise ConfigError(f'{where}.{name} must be a list such as ["a", "b"], not {value!r}')
    return Siting(**taken)


def _search(values: Mapping[str, Any], where: str) -> Search:
    _refuse_unknown(values, tuple(f.name for f in fields(Search)), where)
    taken: dict[str, Any] = {k: _number(v, f"{where}.{k}") for k, v in values.items()}
    if "seed" in taken:
        if not taken["seed"].is_integer() or taken["seed"] < 0:
            raise ConfigError(f"{where}.seed must be a whole number, 0 or more")
        taken["seed"] = int(taken["seed"])
    return Search(**taken)


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{where} must be a number, not {value!r}")
    return float(value)


TEMPLATE = (
    """\
# Responsibility zones: what to read, which rules hold, when to stop.
# 责任区规划：读取哪些文件、执行哪套规则、何时停止。
# Paths are relative to this file.  路径相对于本文件。  Run 运行: planner zone planner.toml --out out

[inputs]
# One row a household. Columns 列: 编号/id, 地址/address or 或 经度/lon + 纬度/lat,
# and if known 可选: 楼栋/building, 单元/stairwell, 楼层/floor, 社区/community.  (.xlsx .csv .gpkg)
households = "households.xlsx"
# One row a member. The same columns 同上, and 是否中心户/centre (是/否, yes/no).
members = "members.xlsx"
# OpenStreetMap extract (.osm.pbf, .osm) or your own line layer (.gpkg).  路网
streets = "town.osm.pbf"
# Polygons that no zone crosses (.gpkg, .geojson), with a name column 社区/community.  社区边界
# fences = "communities.gpkg"
# The office's building table, with coordinates.  楼栋表
# buildings = "buildings.xlsx"
# Answers of earlier reviews (planner review), and where the address index is kept.  复核结果、地址库缓存
# accepted = "accepted.csv"
# Old or local names and today's: columns 旧名/old, 现名/name.  曾用名、俗称对照表
# aliases = "aliases.csv"
# Who belongs together: columns 甲/a, 乙/b, 关系/kind (亲属 kin, 老单位 workmates, 帮扶 helper,
# 分开 apart).  人文相亲：亲属、老单位、现联系人、需分开的户
# ties = "ties.xlsx"
# cache = ".planner"
# What map the lon/lat come from: wgs84, gcj02 (Amap 高德, Tencent 腾讯), bd09 (Baidu 百度).  坐标基准
# datum = "wgs84"
# buildings_datum = "wgs84"
# Who guides the centres: 编号/id and an address or lon, lat (and 可联系数/capacity).  指导员名单，可选
# mentors = "mentors.xlsx"
# No street data at all: walk = factor x straight line. Every output will say so.  无路网时的绕行系数
# detour_factor = 1.3

[rules]
# planner rules lists the profiles.  用 planner rules 查看全部规则方案
profile = "{profile}"
# Single numbers can be overridden. hard = true means: rather no plan than one that breaks it.
# Otherwise the rule is elastic, and price_m is what breaking it by one costs, in metres.
# members_per_zone = {{ low = 5, high = 10, hard = false, price_m = 5000 }}
# households_per_member = {{ low = 15, high = 25 }}
# households_per_zone = {{ low = 75, high = 250 }}
# walk = {{ limit_m = 500, hard = false, price = 2 }}

# planner site chooses the centres among the members marked 候选户/candidate (all, if none is).  择优选户
# [siting]
# score_m = 1.0  # one point of 得分/score is worth so many metres of walk to each home  每分折合步行米数
# strengths = ["矛盾调解员"]  # a centre should have one of these  至少具备一项特长
# strength_m = 20.0  # and that is worth so many metres to each home  具备特长折合米数
# roles = []  # only candidates with one of these roles  限定角色

# What it is worth, in metres of walking, that those of ties.xlsx share a zone.  人文相亲折合米数
# [affinity]
# tie_m = 200  # a tie broken, where the sheet states no price  每对未能同区
# apart_m = 2000  # two in one zone who are to be kept apart  应分开而同区
# compound_m = 0  # stairwells side by side, of one compound, in two zones: a home  同小区相邻单元分开，每户
# talents = ["矛盾调解员"]  # each zone should have a member with each (特长/strengths)  每区至少一名
# talent_price = 1000  # and this is charged for each that is missing  每缺一项

# Centres each mentor guides; shared out evenly unless stated.  每名指导员联系的中心户数，默认均分
# [mentors]
# low = 13
# high = 14
# A further level, such as leaders of mentors: name, title, title_zh, from, sheet, low, high.  再上一级
# [[levels]]
# name = "leader"
# from = "mentor"
# sheet = "leaders.xlsx"

[search]
# Stop when proven within this share of the best possible plan, or after so many seconds.
gap = 0.005
seconds = 300
seed = 0

[outputs]
# title = "..."

# Addresses that the extract does not know can be asked of an online service. Only then is anything
# sent: building-level text, never rooms, names or ids. The key comes from the environment
# (PLANNER_AMAP_KEY, PLANNER_TIANDITU_KEY, PLANNER_BAIDU_KEY).  在线地理编码，默认关闭
# planner zone shows the number, the time and the cost first, and sends nothing before you agree (--yes agrees
# for a scheduled job, --offline never sends). What was sent is listed in geocode-cache.sent.csv.
# 先给出数量、用时和费用，同意后才发送；仅发送到楼栋，密钥只从环境变量读取。
# [online]
# provider = "amap"  # amap 高德, tianditu 天地图, baidu 百度, nominatim
# cache = "geocode-cache.sqlite"
# city = ""
# free_per_day = 5000  # what your key has free, see the provider's console 控制台中的免费额度
# price_per_1000 = 0.0  # beyond it 超出部分每千次单价
""".replace("{profile}", DEFAULT_PROFILE)
    .replace("{{", "{")
    .replace("}}", "}")
)

"""Every table as data: its columns, what they mean, how they may be headed, and who may see them.

The headers are those, Chinese and English, under which offices keep each column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Self

from planner.model.characters import simplified
from planner.model.rewrites import Rewrite

__all__ = [
    "ALIASES",
    "BUILDINGS",
    "DRAWN",
    "EVENTS",
    "HEADCOUNTS",
    "HOUSEHOLDS",
    "LOG",
    "MEMBERS",
    "NOMINATIONS",
    "PERSONAL_HEADERS",
    "PREVIOUS",
    "TIES",
    "Column",
    "Table",
    "header_key",
    "is_personal",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        As the code calls it.
    listed : str
        Headers under which files carry it, commas between; the first two, Chinese and English, are the
        product's own.
    """

    name: str
    listed: str

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers, one by one."""
        return tuple(self.listed.split(", "))


@dataclass(frozen=True)
class Table:
    """A table that offices hand in.

    Parameters
    ----------
    name : str
        For messages.
    columns : tuple of Column
    given : tuple of (str, str)
        What a project says of headings: header key (see `header_key`) and column name, "" for a column
        that is not to be read.  It comes before all that is known of headings.
    sheets, left_out : tuple of str
        Names or patterns (``*社区``) of the sheets that alone are read, all where there are none, and
        of those that are not.
    rewrites : tuple of Rewrite
        How this office writes its buildings; see `planner.model.rewrites`.
    """

    name: str
    columns: tuple[Column, ...]
    given: tuple[tuple[str, str], ...] = ()
    sheets: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()

    def __getitem__(self, name: str) -> Column:
        """Give a column by its name."""
        return next(c for c in self.columns if c.name == name)

    @property
    def name_zh(self) -> str:
        """The name in Chinese."""
        return _TABLES_ZH.get(self.name, "表")

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    @cached_property
    def roles(self) -> dict[str, str]:
        """Header key (see `header_key`) -> column name."""
        found: dict[str, str] = {}
        for column, header in ((c, h) for c in self.columns for h in c.headers):
            found.setdefault(header_key(header), column.name)
        return found

    @cached_property
    def stated(self) -> dict[str, str]:
        """Header key -> column name, as the project states it."""
        return dict(self.given)

    def column_named(self, text: str) -> str | None:
        """Give the column that a text means: its name, or the product's own heading in either language."""
        key = header_key(text)
        for column in self.columns:
            if key in (header_key(column.name), *map(header_key, column.headers[:2])):
                return column.name
        return None

    def means(self, sheet: str) -> bool:
        """Tell whether a sheet of this name is to be read."""
        name = sheet.strip()
        if any(name == p or fnmatchcase(name, p) for p in self.left_out):
            return False
        return not self.sheets or any(name == p or fnmatchcase(name, p) for p in self.sheets)

    def told(
        self,
        columns: Mapping[str, str] | None = None,
        sheets: tuple[str, ...] = (),
        left_out: tuple[str, ...] = (),
        rewrites: tuple[Rewrite, ...] = (),
    ) -> Self:
        """Give the table as a project describes it.

        Parameters
        ----------
        columns : mapping of str to str, optional
            Heading as the office writes it -> column name.
        sheets, left_out : tuple of str
            Sheets to be read, and not to be read.
        rewrites : tuple of Rewrite
            How the office writes its buildings.
        """
        given = tuple((header_key(h), name) for h, name in (columns or {}).items())
        return replace(self, given=given, sheets=sheets, left_out=left_out, rewrites=rewrites)


_TABLES_ZH = {
    "households": "居民户表",
    "members": "党员表",
    "buildings": "楼栋表",
    "ties": "关系表",
    "aliases": "地名对照表",
    "plan that stands": "原方案",
    "changes": "变动表",
    "log": "走访记录",
}
_BRACKETS = re.compile(r"[(\[{<【〔《「][^)\]}>】〕》」]*[)\]}>】〕》」]")
# Blanks and marks that clerks put into headers, among them those that nobody sees.
_FILLER = re.compile(r"[\s_*:;,.、。'\"“”\-\u200b-\u200f\u2060\ufeff]+")


@lru_cache(maxsize=4096)
def header_key(text: str) -> str:
    """Reduce a header to what is compared: ``地址(必填)`` and ``＊地 址：``, ``編號``, ``编号`` are one."""
    folded = simplified(unicodedata.normalize("NFKC", text))
    bare = _FILLER.sub("", _BRACKETS.sub("", folded)).casefold()
    return bare or _FILLER.sub("", folded).casefold()


# Headers of columns about the person: recognised in order to be left unread.
PERSONAL_HEADERS = (
    "姓名, 户主, 户主姓名, 党员姓名, 联系人, 身份证, 身份证号, 身份证号码, 公民身份号码, "
    "证件号, 证件号码, 电话, 联系电话, 手机, 手机号, 手机号码, 联系方式, 固定电话, 微信, 性别, "
    "民族, 出生日期, 出生年月, 年龄, 籍贯, 学历, 文化程度, 工作单位, 职业, 婚姻状况, 健康状况, "
    "入党时间, 入党日期, 备注, 低保, 残疾, 独居, 空巢, name, fullname, firstname, "
    "lastname, householder, idnumber, idcard, phone, telephone, mobile, email, wechat, sex, "
    "gender, ethnicity, birthdate, dateofbirth, age, education, employer, occupation, health, "
    "disability, remarks, notes"
)

_PERSONAL = frozenset(header_key(h) for h in PERSONAL_HEADERS.split(", "))
_PERSONAL_PARTS = ("姓名", "身份证", "电话", "手机", "证件号")


def is_personal(header: str) -> bool:
    """Tell whether a header names a column about the person, which no role needs."""
    key = header_key(header)
    return key in _PERSONAL or any(part in key for part in _PERSONAL_PARTS)


_ID = Column(
    "id",
    "编号, id, 户编号, 家庭编号, 居民户编号, 户号, 住户编号, 党员编号, 编码, household_id, "
    "member_id, no, number, identifier, uid, code",
)
_WHERE = (
    Column(
        "address",
        "地址, address, 住址, 家庭住址, 家庭地址, 居住地址, 现居住地址, 现住址, 现居住地, "
        "常住地址, 户籍地址, 详细地址, 住所, 居住地, 门牌地址, 通讯地址, 标准地址, 户籍所在地, "
        "street address, home address, residence, addr, full address, addr:full, 住户地址, "
        "居民地址, 房屋地址, 地址描述, 坐落, 房屋坐落, 现住地",
    ),
    # Compound, road and its number: where the address stands in several columns.
    Column(
        "compound",
        "小区, compound, 小区名称, 小区名, 所属小区, 所在小区, 住宅小区, 楼盘, 院落, estate, "
        "addr:place, addr:hamlet, addr:neighbourhood, 楼盘名称, 院落名称, 小区院落",
    ),
    Column(
        "road",
        "道路, road, 路名, 道路名称, 路街巷, 街路巷, 街巷, 路巷, 街巷名称, street, street name, "
        "addr:street, 街道名, 街路, 街, 所在道路, road name",
    ),
    Column(
        "road_number",
        "门牌, house number, 门牌号, 门牌号码, 路号, house no, street number, addr:housenumber, "
        "门牌编号, 号数",
    ),
    # No x and y of a plane: which of the two is east differs from office to office.
    Column(
        "lon",
        "经度, lon, longitude, lng, long, x, x坐标, 东经, point_x, 经度坐标, 坐标x, coord_x, "
        "lon_wgs84, wgs84经度",
    ),
    Column(
        "lat",
        "纬度, lat, latitude, y, y坐标, 北纬, point_y, 纬度坐标, 坐标y, coord_y, lat_wgs84, "
        "wgs84纬度",
    ),
    # Longitude and latitude as a pair in one cell; read where the two columns are empty.
    Column(
        "coordinates",
        "坐标, coordinates, 座标, 经纬度, 经纬度坐标, 坐标点, 地理坐标, 位置坐标, 坐标位置, gps坐标, gps, "
        "location, lonlat, lnglat, latlon, latlng, coords, coord, xy, point, geometry, geom, wkt, "
        "shape, 定位, 定位坐标",
    ),
    Column(
        "building",
        "楼栋, building, 楼号, 栋, 幢, 栋号, 幢号, 楼栋号, 楼幢, 楼, 楼栋名称, 楼宇, 楼幢号, 楼栋单元, "
        "楼栋单元号, 楼号单元号, 楼栋单元房号, 楼栋单元室, 楼号单元室, 楼栋房号, "
        "building_no, bldg, block, 楼房号, 楼座, 楼座号, 所在楼栋, addr:block, building number",
    ),
    Column(
        "stairwell",
        "单元, stairwell, 单元号, 单元编号, 楼道, 门洞, 梯, staircase, entrance, stair, "
        "单元名称, 所在单元, addr:unit",
    ),
    Column("floor", "楼层, floor, 层, 层数, 所在楼层, storey, level, addr:floor, 楼层号"),
    # Read only to order the floors of a building; kept nowhere.
    Column(
        "room",
        "房号, room, 室, 户室, 室号, 门号, 房间号, 房屋号, flat, apartment, apt, unit, door, "
        "addr:flats, 房间, 房室号",
    ),
    Column(
        "community",
        "社区, community, 所属社区, 村社区, 社区名称, 村居, 村, 网格, 所属网格, 网格名称, "
        "居委会, 社区网格, 村委会, committee, fence, grid, neighbourhood, neighborhood, 社区名, "
        "网格号, 网格编号, 网格编码, 网格名, 村名, 行政村, 村名称, 所在社区, 所在网格, 所属村居, "
        "addr:suburb",
    ),
)
_HEADCOUNTS = (
    "家庭人口, 家庭人数, 家庭成员数, 人口数, 人口, 人数, 常住人口, 常住人数, persons, people"
)
HEADCOUNTS = frozenset(map(header_key, _HEADCOUNTS.split(", ")))
"""Headers of how many live in a home: no measure of the work it makes, unless the project says so."""
_LOAD = Column(
    "load",
    "权重, load, 负荷, 工作量, 户数, 住户数, 总户数, 服务户数, 走访分钟, weight, minutes, households",
)
_IS_CENTRE = Column(
    "is_centre",
    "是否中心户, centre, 中心户, 党员中心户, 是否党员中心户, 是否为中心户, center, "
    "is_centre, is_center, central household",
)
_RELATION = Column("relation", "与户主关系, relation to householder, 户主关系, 家庭关系")
HOUSEHOLDS = Table("households", (_ID, *_WHERE, _LOAD, _RELATION))
MEMBERS = Table("members", (_ID, *_WHERE, _IS_CENTRE))
BUILDINGS = Table(
    "buildings",
    (
        # A building table heads its estates with 名称 alone, which in a sheet of people is a name.
        Column("name", "小区, compound, 小区名称, 名称, name, 楼盘, 院落"),
        *(c for c in _WHERE if c.name not in ("compound", "floor", "room")),
    ),
)
"""楼栋表: the office's own list of buildings with coordinates."""
PREVIOUS = Table(
    "plan that stands",
    (
        _ID,
        Column(
            "zone",
            "中心户, centre, 中心户编号, 所属中心户, 原中心户, 现中心户, 责任区中心户, 中心户id, "
            "center, centre_id, center_id, zone, zone_id, 责任区, 责任区编号",
        ),
    ),
)
"""The plan that stands, as an office keeps it in a sheet."""
ALIASES = Table(
    "aliases",
    (
        Column(
            "old", "旧名, old, 曾用名, 原名, 别名, 俗称, 旧路名, 旧称, alias, old name, former name"
        ),
        Column(
            "name",
            "现名, name, 标准名, 标准名称, 新名, 正式名称, 新路名, new, new name, official name",
        ),
    ),
)
"""Old and local names of streets and estates."""
NOMINATIONS = Table(
    "nominations",
    (
        Column(
            "candidate",
            "候选户, candidate, 候选, 是否候选, 是否候选户, 候选中心户, 候选人, 推荐人选, "
            "nominated, nominee, is candidate",
        ),
        Column(
            "score", "择优得分, score, 得分, 评分, 综合得分, 综合评分, 考评得分, 总分, 分数, points"
        ),
        Column("role", "角色, role, 职务, 党内职务, 身份, 党员身份, 身份类别, 人员类别, 岗位"),
        Column("strengths", "特长, strengths, strength, 专长, 服务特长, 个人特长, 技能, skills"),
        Column("mentor", "是否指导员, mentor, 指导员, 党建指导员, 是否导师, 导师, is mentor"),
        Column("capacity", "可联系数, capacity, 联系上限, 最多联系, 上限, 容量, most, maximum"),
    ),
)
"""What a members' sheet says beyond where people live; read apart from the members."""
TIES = Table(
    "ties",
    (
        Column(
            "a",
            "甲, a, 编号甲, 甲编号, 甲方, 甲方编号, 户编号, household, household_id, id a, first",
        ),
        Column(
            "b",
            "乙, b, 编号乙, 乙编号, 乙方, 乙方编号, 对方编号, 对方, other, other_id, id b, second",
        ),
        Column("kind", "关系, kind, 类型, 关系类型, 类别, relation, tie"),
        Column("metres", "折合米数, metres, 米数, 折合, meters, price_m, price"),
    ),
)
"""Who belongs together, and who is to be kept apart."""

DRAWN = Table(
    "drawn",
    (
        Column("name", "名称, name, 备注, 说明, note"),
        Column("lon", "起点经度, lon, 经度, 经度1, lon1, from_lon, lng, longitude"),
        Column("lat", "起点纬度, lat, 纬度, 纬度1, lat1, from_lat, latitude"),
        Column("to_lon", "终点经度, to_lon, 经度2, lon2, lng2"),
        Column("to_lat", "终点纬度, to_lat, 纬度2, lat2"),
    ),
)
"""Links and barriers that the office draws: where each begins, and where it ends (a gate ends nowhere)."""

EVENTS = Table(
    "changes",
    (
        Column("event", "事项, event, 变动事项, 变动类型, 变动, 类型, change, what"),
        _ID,
        Column("new_id", "新编号, new id, 分户编号, 新户编号, new_id"),
        *_WHERE,
        _LOAD,
        Column("target", "对象, target, 楼栋或责任区, 锁定对象, 划入对象, building or zone"),
        Column("centre", "中心户编号, centre id, 划入中心户, 中心户, centre, to centre"),
        Column("rule", "规则, rule, 规则名称, rule name"),
        Column("low", "下限, low, 最少, least, minimum, floor of"),
        Column("high", "上限, high, 最多, most, maximum, ceiling"),
    ),
    # the template explains itself on sheets of its own
    left_out=("示例*", "说明*", "examples*", "notes*"),
)
"""What happened since the plan that stands."""

LOG = Table(
    "log",
    (
        Column("date", "日期, date, 走访日期, 服务日期, 时间, day, 服务时间"),
        Column("kind", "类型, kind, 服务类型, 类别, 事项, 服务事项, what, service"),
        Column("household", "户编号, household, 编号, 户号, 住户编号, household_id, id"),
        Column("zone", "责任区, zone, 责任区编号, 中心户, 中心户编号, centre"),
        Column("member", "党员编号, member, 联系党员, 走访人编号, member_id, 走访人, 走访党员"),
        Column("minutes", "分钟, minutes, 用时, 时长, 服务分钟"),
        Column("people", "参与人数, people, 参与群众, 参加人数, 参与人次, 服务人次, 人次"),
        Column("state", "状态, state, 办理状态, 是否办结, 是否解决, 办结情况, 处理情况"),
    ),
)
"""走访记录: what was done, when, and where; its remarks are not read."""

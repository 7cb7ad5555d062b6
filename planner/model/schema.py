"""Every table as data: its columns, what they mean, how they may be headed, and who may see them.

The input tables carry the headers, Chinese and English, under which offices keep each column; the
plan's tables are those of `planner.model.tables.PlanTables`.  `check` reports all faults of a table at
once; `require` refuses it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from planner.errors import Finding, SchemaError, Severity

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ALIASES",
    "BUILDINGS",
    "CENTRES",
    "GAPS",
    "HOUSEHOLDS",
    "MEMBERS",
    "PERSONAL_HEADERS",
    "PLAN_HOUSEHOLDS",
    "PLAN_MEMBERS",
    "STANDING",
    "UNITS",
    "ZONES",
    "Column",
    "Table",
    "check",
    "header_key",
    "is_personal",
    "require",
]

Kind = Literal["text", "int", "float", "bool", "geometry"]
Privacy = Literal["public", "building", "door", "direct", "sensitive"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        As the code calls it.
    kind : {"text", "int", "float", "bool", "geometry"}
        What its values are.
    required : bool
        Whether the table is useless without it.
    unit : str
        ``m``, ``deg``, ``homes``...; empty for text.
    privacy : {"public", "building", "door", "direct", "sensitive"}
        How close to a person the values come, from harmless to most harmful.
    headers : tuple of str
        Headers under which files carry it; the first two, Chinese and English, are the product's own.
    doc : str
        Meaning.
    """

    name: str
    kind: Kind
    required: bool = False
    unit: str = ""
    privacy: Privacy = "public"
    headers: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its columns and its key.

    Parameters
    ----------
    name : str
        For messages.
    columns : tuple of Column
    key : str
        The column whose values are unique and never empty; "" if there is none.
    """

    name: str
    columns: tuple[Column, ...]
    key: str = ""

    def __getitem__(self, name: str) -> Column:
        """Give a column by its name."""
        return next(c for c in self.columns if c.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    @cached_property
    def roles(self) -> dict[str, str]:
        """Header key (see `header_key`) -> column name."""
        found: dict[str, str] = {}
        for column in self.columns:
            for header in column.headers:
                found.setdefault(header_key(header), column.name)
        return found


_BRACKETS = re.compile(r"[(\[{<【〔《「][^)\]}>】〕》」]*[)\]}>】〕》」]")
_FILLER = re.compile(r"[\s_*:;,.、。'\"“”\-\u200b-\u200f\u2060\ufeff]+")


@lru_cache(maxsize=4096)
def header_key(text: str) -> str:
    """Reduce a header to what is compared: ``地址(必填)``, ``地 址`` and ``＊地址：`` are one.

    Parameters
    ----------
    text : str
        Header as written.
    """
    folded = unicodedata.normalize("NFKC", text)
    bare = _FILLER.sub("", _BRACKETS.sub("", folded)).casefold()
    return bare or _FILLER.sub("", folded).casefold()


PERSONAL_HEADERS: tuple[str, ...] = (
    "姓名", "户主", "户主姓名", "党员姓名", "联系人", "身份证", "身份证号", "身份证号码",
    "公民身份号码", "证件号",
    "证件号码", "电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "固定电话", "微信",
    "性别", "民族",
    "出生日期", "出生年月", "年龄", "籍贯", "学历", "文化程度", "工作单位", "职业", "婚姻状况",
    "健康状况", "与户主关系",
    "入党时间", "入党日期", "备注", "低保", "残疾", "独居", "空巢", "name", "fullname",
    "firstname", "lastname",
    "householder", "idnumber", "idcard", "phone", "telephone", "mobile", "email", "wechat", "sex",
    "gender", "ethnicity", "birthdate", "dateofbirth", "age", "education", "employer", "occupation",
    "health", "disability", "remarks", "notes",
)  # fmt: skip
"""Headers of columns about the person: recognised in order to be left unread."""

_PERSONAL = frozenset(header_key(h) for h in PERSONAL_HEADERS)
_PERSONAL_PARTS = ("姓名", "身份证", "电话", "手机", "证件号")


def is_personal(header: str) -> bool:
    """Tell whether a header names a column about the person, which no role needs."""
    key = header_key(header)
    return key in _PERSONAL or any(part in key for part in _PERSONAL_PARTS)


_ID = Column(
    "id", "text", False, "", "direct",
    ("编号", "id", "户编号", "家庭编号", "居民户编号", "户号", "住户编号", "党员编号", "编码", "household_id",
     "member_id", "no", "number", "identifier", "uid", "code"),
    "Names the row in every list; a stable one is made where it is missing",
)  # fmt: skip
_WHERE = (
    Column(
        "address", "text", False, "", "door",
        ("地址", "address", "住址", "家庭住址", "家庭地址", "居住地址", "现居住地址", "现住址",
        "现居住地", "常住地址",
         "户籍地址", "详细地址", "住所", "居住地", "门牌地址", "通讯地址", "标准地址",
         "户籍所在地", "street address",
         "home address", "residence", "addr", "full address"),
        "Where the home is, as written; the building is looked up, the room is not",
    ),
    Column("compound", "text", False, "", "building",
           ("小区", "compound", "小区名称", "小区名", "所属小区", "所在小区", "住宅小区",
            "楼盘", "院落", "estate"),
           "Estate, where the address stands in several columns"),
    Column("road", "text", False, "", "public",
           ("道路", "road", "路名", "道路名称", "路街巷", "街路巷", "街巷",
            "路巷", "街巷名称", "street", "street name"),
           "Road, where the address stands in several columns"),
    Column("road_number", "text", False, "", "building",
           ("门牌", "house number", "门牌号", "门牌号码", "路号", "house no", "street number"),
           "Number on the road, where the address stands in several columns"),
    Column(
        "lon", "float", False, "deg", "door",
        ("经度", "lon", "longitude", "lng", "long", "x", "x坐标", "东经", "point_x", "经度坐标"),
        "Longitude, WGS-84",
    ),
    Column(
        "lat", "float", False, "deg", "door",
        ("纬度", "lat", "latitude", "y", "y坐标", "北纬", "point_y", "纬度坐标"),
        "Latitude, WGS-84",
    ),
    Column(
        "building", "text", False, "", "building",
        ("楼栋", "building", "楼号", "栋", "幢", "栋号", "幢号", "楼栋号", "楼幢", "楼",
        "楼栋名称", "楼宇", "楼幢号",
         "building_no", "bldg", "block"),
        "Building within the community or compound",
    ),
    Column(
        "stairwell", "text", False, "", "building",
        ("单元", "stairwell", "单元号", "单元编号", "楼道", "门洞", "梯", "staircase", "entrance", "stair"),
        "Stairwell of the building",
    ),
    Column("floor", "text", False, "", "door", ("楼层", "floor", "层", "层数", "所在楼层",
    "storey", "level"), "Floor"),
    Column(
        "room", "text", False, "", "door",
        ("房号", "room", "室", "户室", "室号", "门号", "房间号", "房屋号", "flat", "apartment", "apt",
         "unit", "door"),
        "Read only to order the floors of a building; kept nowhere",
    ),
    Column(
        "community", "text", False, "", "public",
        ("社区", "community", "所属社区", "村社区", "社区名称", "村居", "村", "网格", "所属网格",
        "网格名称", "居委会",
         "社区网格", "村委会", "committee", "fence", "grid", "neighbourhood", "neighborhood"),
        "Boundary that no zone crosses",
    ),
)  # fmt: skip
HOUSEHOLDS = Table(
    "households",
    (
        _ID,
        *_WHERE,
        Column(
            "load", "float", False, "homes or minutes", "door",
            ("权重", "load", "负荷", "工作量", "家庭人口", "家庭人数", "人口数", "人口", "人数",
            "常住人口", "常住人数", "家庭成员数",
            "户数", "weight", "minutes",
             "persons", "people", "households"),
            "How much serving the home takes: 1 unless stated",
        ),
    ),
    "id",
)  # fmt: skip
MEMBERS = Table(
    "members",
    (
        _ID,
        *_WHERE,
        Column(
            "is_centre", "bool", False, "", "public",
            ("是否中心户", "centre", "中心户", "党员中心户", "是否党员中心户", "是否为中心户",
            "center", "is_centre",
             "is_center", "central household"),
            "Whether the member's home is the centre of a zone",
        ),
    ),
    "id",
)  # fmt: skip
BUILDINGS = Table(
    "buildings",
    (
        Column("name", "text", False, "", "building", ("小区", "compound", "小区名称", "名称",
        "name", "楼盘", "院落"),
               "Compound or street that the building belongs to"),
        *(c for c in _WHERE if c.name not in ("compound", "floor", "room")),
    ),
)  # fmt: skip
"""楼栋表: the office's own list of buildings with coordinates."""
STANDING = Table(
    "plan that stands",
    (
        _ID,
        Column(
            "zone", "text", False, "", "direct",
            ("中心户", "centre", "中心户编号", "所属中心户", "原中心户", "现中心户", "责任区中心户",
             "中心户id", "center", "centre_id", "center_id", "zone", "zone_id", "责任区", "责任区编号"),
            "Id of the centre that the home has",
        ),
    ),
    "id",
)  # fmt: skip
"""The plan that stands, as an office keeps it in a sheet."""
ALIASES = Table(
    "aliases",
    (
        Column("old", "text", False, "", "public",
               ("旧名", "old", "曾用名", "原名", "别名", "俗称", "旧路名", "旧称",
                "alias", "old name", "former name"),
               "Name as some still write it"),
        Column("name", "text", False, "", "public",
               ("现名", "name", "标准名", "标准名称", "新名", "正式名称", "新路名",
                "new", "new name", "official name"),
               "Name of today, as the map or the building table has it"),
    ),
)  # fmt: skip
"""Old and local names of streets and estates."""


def _table(name: str, key: str, *columns: tuple[str, Kind, str, Privacy]) -> Table:
    made = tuple(Column(n, kind, True, unit, privacy) for n, kind, unit, privacy in columns)
    return Table(name, made, key)


UNITS = _table(
    "units", "unit_id",
    ("unit_id", "text", "", "building"), ("label", "text", "", "building"), ("fence", "text", "", "public"),
    ("households", "int", "homes", "building"), ("members", "int", "members", "building"),
    ("load", "float", "", "building"), ("zone", "text", "", "direct"), ("walk_m", "float", "m", "building"),
    ("access_m", "float", "m", "building"), ("moved", "int", "homes", "building"),
    ("geometry", "geometry", "deg", "building"),
)  # fmt: skip
PLAN_HOUSEHOLDS = _table(
    "households of the plan", "household_id",
    ("household_id", "text", "", "direct"), ("unit_id", "text", "", "building"), ("fence", "text",
    "", "public"),
    ("zone", "text", "", "direct"), ("walk_m", "float", "m", "door"), ("load", "float", "", "door"),
    ("precision", "text", "", "public"), ("confidence", "float", "", "public"),
    ("matched", "text", "", "building"), ("gap", "text", "", "door"), ("previous_zone", "text", "", "direct"),
    ("moved", "bool", "", "door"), ("member", "text", "", "direct"),
    ("member_walk_m", "float", "m", "door"), ("geometry", "geometry", "deg", "door"),
)  # fmt: skip
PLAN_MEMBERS = _table(
    "members of the plan", "member_id",
    ("member_id", "text", "", "direct"), ("unit_id", "text", "", "building"), ("fence", "text", "", "public"),
    ("zone", "text", "", "direct"), ("is_centre", "bool", "", "public"), ("precision", "text", "", "public"),
    ("matched", "text", "", "building"), ("households", "int", "homes", "building"),
)  # fmt: skip
CENTRES = _table(
    "centres", "centre_id",
    ("centre_id", "text", "", "direct"), ("number", "int", "", "public"), ("unit_id", "text", "", "building"),
    ("fence", "text", "", "public"), ("label", "text", "", "building"), ("households", "int",
    "homes", "public"),
    ("members", "int", "members", "public"), ("load", "float", "", "public"),
    ("walk_mean_m", "float", "m", "public"), ("walk_p90_m", "float", "m", "public"),
    ("walk_max_m", "float", "m", "public"), ("broken", "text", "", "public"),
    ("geometry", "geometry", "deg", "building"),
)  # fmt: skip
ZONES = _table(
    "zones", "centre_id",
    ("centre_id", "text", "", "direct"), ("number", "int", "", "public"), ("fence", "text", "", "public"),
    ("colour", "int", "", "public"), ("households", "int", "homes", "public"),
    ("members", "int", "members", "public"), ("gaps", "int", "homes", "public"),
    ("area_m2", "float", "m2", "public"), ("walk_mean_m", "float", "m", "public"),
    ("walk_max_m", "float", "m", "public"), ("broken", "text", "", "public"),
    ("geometry", "geometry", "deg", "public"),
)  # fmt: skip
GAPS = _table(
    "gaps", "household_id",
    ("household_id", "text", "", "direct"), ("unit_id", "text", "", "building"), ("fence", "text",
    "", "public"),
    ("zone", "text", "", "direct"), ("cause", "text", "", "door"), ("detail", "text", "", "door"),
    ("geometry", "geometry", "deg", "door"),
)  # fmt: skip

_RANGES = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0), "confidence": (0.0, 1.0)}


def check(frame: pd.DataFrame, table: Table) -> list[Finding]:
    """Report every fault of a table.

    Parameters
    ----------
    frame : DataFrame, n rows
        What claims to be such a table; further columns are allowed.
    table : Table
        What it should be.

    Returns
    -------
    list of Finding
        Missing columns, wrong kinds, null or repeated keys, degrees out of range; all of them.
    """
    faults: list[Finding] = []
    for column in table.columns:
        if column.name not in frame.columns:
            if column.required or column.name == table.key:
                faults.append(_stop("missing-column", table, column.name, "the column is missing"))
            continue
        values = frame[column.name]
        if len(values) and not _is_kind(values, column.kind):
            said = f"the column should hold {column.kind}, it holds {values.dtype}"
            faults.append(_stop("wrong-kind", table, column.name, said))
        elif column.name in _RANGES and column.kind == "float":
            faults += _range_faults(values, table, column.name)
    if table.key and table.key in frame.columns:
        faults += _key_faults(frame[table.key], table)
    return faults


def require(frame: pd.DataFrame, table: Table) -> None:
    """Refuse a table that has faults.

    Raises
    ------
    SchemaError
        With all faults.
    """
    faults = check(frame, table)
    if faults:
        raise SchemaError(f"the table {table.name!r} has {len(faults)} fault(s)", findings=faults)


def _stop(code: str, table: Table, column: str, what: str, row: int | None = None) -> Finding:
    return Finding(code, Severity.STOP, f"{table.name}: {what}", column=column, row=row)


def _is_kind(values: pd.Series, kind: Kind) -> bool:
    import pandas as pd

    types = pd.api.types
    if kind == "geometry":
        return values.dtype.name == "geometry"
    if kind == "bool":
        return types.is_bool_dtype(values)
    if kind == "int":
        return types.is_integer_dtype(values)
    if kind == "float":
        return types.is_numeric_dtype(values) and not types.is_bool_dtype(values)
    return types.is_string_dtype(values) or bool(values.map(lambda v: isinstance(v, str)).all())


def _range_faults(values: pd.Series, table: Table, name: str) -> list[Finding]:
    low, high = _RANGES[name]
    wrong = int(((values < low) | (values > high)).sum())
    if not wrong:
        return []
    said = f"{wrong} value(s) lie outside {low:g}..{high:g}"
    return [_stop("out-of-range", table, name, said)]


def _key_faults(values: pd.Series, table: Table) -> list[Finding]:
    faults: list[Finding] = []
    empty = values.isna() | (values.astype(str) == "")
    if empty.any():
        said = f"{int(empty.sum())} key(s) are empty"
        faults.append(_stop("null-key", table, table.key, said))
    again = values[~empty].duplicated()
    if again.any():
        said = f"{int(again.sum())} key(s) stand on more than one row"
        faults.append(_stop("duplicate-key", table, table.key, said))
    return faults

"""What makes a plan file at home in a GIS: spatial indexes, Chinese names, colours and labels.

Nothing of it is read back: the plan is what the tables say.  Indexes follow OGC 12-128r17, annex F.3: a GIS
that edits a layer keeps its index, by functions that SQLite alone does not have.  Styles are those of QGIS
(``layer_styles``), which takes the one that is marked as the default.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import numpy as np
import shapely

from planner.model.palette import ZONE_COLOURS, ink
from planner.plan.store.geopackage import quoted

__all__ = ["STYLES", "TITLES", "dress", "style_of"]


def _pairs(text: str) -> Mapping[str, str]:
    return MappingProxyType(dict(pair.split("=") for pair in text.split()))


TITLES: Final = _pairs(
    """
    units=需求单元 households=居民户 members=党员 centres=中心户 zones=责任区 gaps=覆盖空白
    fences=社区边界 water=水面 green=绿地 rails=铁路 streets=道路 buildings=建筑 ways=步行路段
    joins=单元接入点 helpers=现有联系人 cared=关爱户分担 wished=意愿 plan=方案说明
    """
)
"""What each table is called in Chinese."""
_ALIASES: Final = _pairs(
    """
    number=责任区号 centre_id=中心户编号 fence=社区 colour=颜色 households=户数 members=党员数
    gaps=空白户数 area_m2=面积（平方米） walk_mean_m=平均步行（米） walk_p90_m=九成步行（米）
    walk_max_m=最远步行（米） broken=未满足的规则 unit_id=单元编号 label=位置 building=楼栋
    load=工作量 zone=责任区（中心户编号） walk_m=步行（米） access_m=入户（米） moved=换手
    household_id=户编号 precision=定位精度 confidence=可信度 matched=匹配到 gap=空白原因
    previous_zone=原责任区 member=联系党员 member_walk_m=联系党员步行（米） member_id=党员编号
    is_centre=是否中心户 cause=原因 detail=说明 name=名称 highway=道路类型 walkable=可步行
    street=道路 length_m=长度（米）
    """
)
_INK: Final = "31,41,51,255"
_EXTENSIONS: Final = """
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30),
  styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME);
"""
_STYLED: Final = (
    "f_table_name, f_geometry_column, styleName, styleQML, useAsDefault, description, update_time"
)
_RTREE: Final = "http://www.geopackage.org/spec120/#extension_rtree"


def dress(db: sqlite3.Connection, frames: Iterable[tuple[str, Any]], stamp: str) -> None:
    """Give a plan file indexes, titles and styles; within the transaction that wrote its tables."""
    for statement in _EXTENSIONS.split(";\n"):
        if statement.strip():
            db.execute(statement)
    layers = [(name, frame) for name, frame in frames if isinstance(frame, gpd.GeoDataFrame)]
    indexed = bool(db.execute("SELECT 1 FROM pragma_module_list WHERE name = 'rtree'").fetchone())
    for name, frame in layers:
        if indexed:  # a SQLite without the module reads a file without indexes as well
            _index(db, name, frame)
        style = style_of(name, list(frame.columns))
        title = TITLES.get(name, name)
        row = (name, "geom", title, style, 1, title, stamp)
        db.execute(f"INSERT INTO layer_styles ({_STYLED}) VALUES (?,?,?,?,?,?,?)", row)  # noqa: S608
    listed = ("layer_styles", "attributes", "layer_styles", stamp)
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?,?,?,?)",
        listed,
    )
    titles = [(f"{zh} {name}", zh, name) for name, zh in TITLES.items()]
    db.executemany(
        "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?", titles
    )


def _index(db: sqlite3.Connection, name: str, frame: gpd.GeoDataFrame) -> None:
    """Index where each shape lies."""
    table, tree = quoted(name), f"rtree_{name}_geom"
    index = quoted(tree)
    db.execute(f"CREATE VIRTUAL TABLE {index} USING rtree(id, minx, maxx, miny, maxy)")
    bounds = shapely.bounds(frame.geometry.to_numpy())
    there = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    rows = np.column_stack([there + 1.0, bounds[there][:, [0, 2, 1, 3]]])
    db.executemany(
        f"INSERT INTO {index} VALUES (?,?,?,?,?)",  # noqa: S608 - quoted
        ((int(row[0]), *row[1:]) for row in rows.tolist()),
    )
    extension = (name, "geom", "gpkg_rtree_index", _RTREE, "write-only")
    db.execute("INSERT INTO gpkg_extensions VALUES (?,?,?,?,?)", extension)
    for trigger in _triggers(table, tree):
        db.execute(trigger)


def _triggers(table: str, tree: str) -> Iterable[str]:
    """Keep an index true while a GIS edits its layer."""
    index = quoted(tree)
    drawn = "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))"
    blank = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    box = ", ".join(f"ST_{end}(NEW.geom)" for end in ("MinX", "MaxX", "MinY", "MaxY"))
    put = f"INSERT OR REPLACE INTO {index} VALUES (NEW.fid, {box})"  # noqa: S608 - quoted
    drop = f"DELETE FROM {index} WHERE id = OLD.fid"  # noqa: S608 - quoted
    both = f"DELETE FROM {index} WHERE id IN (OLD.fid, NEW.fid)"  # noqa: S608 - quoted
    same, other = "OLD.fid = NEW.fid", "OLD.fid != NEW.fid"
    for name, event, when, does in (
        ("insert", "INSERT ON", drawn, put),
        ("update1", "UPDATE OF geom ON", f"{same} AND {drawn}", put),
        ("update2", "UPDATE OF geom ON", f"{same} AND {blank}", drop),
        ("update3", "UPDATE ON", f"{other} AND {drawn}", f"{drop}; {put}"),
        ("update4", "UPDATE ON", f"{other} AND {blank}", both),
        ("delete", "DELETE ON", "OLD.geom NOT NULL", drop),
    ):
        trigger = quoted(f"{tree}_{name}")
        yield f"CREATE TRIGGER {trigger} AFTER {event} {table} WHEN {when} BEGIN {does}; END"


@dataclass(frozen=True, slots=True)
class Style:
    """How a layer is drawn.

    Parameters
    ----------
    kind : {"fill", "line", "marker"}
    looks : tuple of mapping
        What the symbol of each category is made of.
    by : str
        Expression that gives the category of a feature, from 0; "" for one look alone.
    told : tuple of str
        What each category is called.
    label : str
        Expression that labels a feature; "" for none.
    """

    kind: str
    looks: tuple[Mapping[str, str], ...]
    by: str = ""
    told: tuple[str, ...] = ()
    label: str = ""
    size: int = 9


def _rgba(colour: str, alpha: int = 255) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + f",{alpha}"


def _fill(colour: str, line: str, alpha: int = 255, width: str = "0.2") -> Mapping[str, str]:
    return {
        "color": _rgba(colour, alpha), "outline_color": _rgba(line), "outline_width": width,
        "outline_style": "solid", "style": "solid",
    }  # fmt: skip


def _line(colour: str, width: str, style: str = "solid") -> Mapping[str, str]:
    return {"line_color": _rgba(colour), "line_width": width, "line_style": style}


def _marker(colour: str, size: str, name: str = "circle") -> Mapping[str, str]:
    return {"color": _rgba(colour), "outline_color": "255,255,255,255", "size": size, "name": name}


STYLES: Final[Mapping[str, Style]] = {
    "zones": Style(
        "fill",
        tuple(_fill(colour, ink(colour), 140, "0.4") for colour in ZONE_COLOURS),
        by=f'"colour" % {len(ZONE_COLOURS)}',
        told=("责任区",) * len(ZONE_COLOURS),
        label="\"number\" || '号'",
        size=11,
    ),
    "centres": Style(
        "marker", (_marker("#c0392b", "4", "star"),), label='"number" || \'号 \' || "label"'
    ),
    "units": Style("marker", (_marker("#5b6770", "1.6"),)),
    "households": Style(
        "marker",
        (_marker("#8a949c", "1"), _marker("#d35400", "1.8")),
        by="CASE WHEN \"gap\" = '' THEN 0 ELSE 1 END",
        told=("有责任区", "覆盖空白"),
    ),
    "gaps": Style("marker", (_marker("#d35400", "2.4", "cross2"),)),
    "fences": Style(
        "fill",
        ({**_fill("#ffffff", "#6c3483", 0, "0.5"), "outline_style": "dash"},),
        label='"fence"',
    ),
    "water": Style("fill", (_fill("#aad3df", "#8fbccb"),)),
    "green": Style("fill", (_fill("#cfe8c5", "#b4d5a6"),)),
    "rails": Style("line", (_line("#707070", "0.6", "dash"),)),
    "streets": Style("line", (_line("#b9b2a7", "0.5"),), label='"name"', size=7),
    "buildings": Style("fill", (_fill("#e5e0d8", "#cfc8bc"),)),
    "ways": Style("line", (_line("#9aa5ad", "0.2"),)),
}
"""How QGIS draws each layer."""
_CLASSES: Final = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}


def style_of(name: str, columns: Iterable[str]) -> str:
    """Write the style of a layer as QGIS keeps one: symbols, labels, names of the columns in Chinese."""
    style = STYLES.get(name, Style("marker", (_marker("#5b6770", "1.6"),)))
    symbols = "".join(_symbol(style.kind, nth, look) for nth, look in enumerate(style.looks))
    told = "".join(
        f'<category render="true" value="{nth}" symbol="{nth}" label={quoteattr(words)}/>'
        for nth, words in enumerate(style.told)
    )
    by = (
        f' type="categorizedSymbol" attr={quoteattr(style.by)}'
        if style.by
        else ' type="singleSymbol"'
    )
    names = "".join(
        f'<alias index="{nth}" field={quoteattr(c)} name={quoteattr(_ALIASES[c])}/>'
        for nth, c in enumerate(("fid", *(c for c in columns if c != "geometry")))
        if c in _ALIASES
    )
    return (
        '<qgis version="3.28.0" styleCategories="Symbology|Labeling|Fields" '
        f'labelsEnabled="{int(bool(style.label))}"><renderer-v2{by} forceraster="0" symbollevels="0" '
        f'enableorderby="0">{f"<categories>{told}</categories>" if told else ""}<symbols>{symbols}</symbols>'
        f"</renderer-v2>{_labels(style)}<aliases>{names}</aliases></qgis>"
    )


def _symbol(kind: str, nth: int, look: Mapping[str, str]) -> str:
    options = "".join(
        f'<Option type="QString" name="{key}" value={quoteattr(value)}/>'
        for key, value in look.items()
    )
    made = f'<layer class="{_CLASSES[kind]}" enabled="1" locked="0" pass="0">'
    return (
        f'<symbol type="{kind}" name="{nth}" alpha="1" clip_to_extent="1" force_rhr="0">{made}'
        f'<Option type="Map">{options}</Option></layer></symbol>'
    )


def _labels(style: Style) -> str:
    if not style.label:
        return ""
    text = (
        f'<text-style fieldName={quoteattr(style.label)} isExpression="1" fontSize="{style.size}" '
        f'fontSizeUnit="Point" fontFamily="Noto Sans CJK SC" textColor="{_INK}" textOpacity="1">'
    )
    edge = '<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" '
    return (
        f'<labeling type="simple"><settings calloutType="simple">{text}{edge}'
        'bufferColor="255,255,255,255"/></text-style></settings></labeling>'
    )

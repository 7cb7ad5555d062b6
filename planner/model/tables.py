"""Everything that a finished plan holds, as plain tables: what is drawn, told and stored.

Geometry is EPSG:4326.  Ids are text, exactly as given.  A zone is named by its centre's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from planner.errors import Finding
    from planner.model.problem import Certificate, Part, Problem
    from planner.model.rules import RuleBook

__all__ = ["BASE_LAYERS", "GAP_CAUSES", "GapCause", "PlanTables"]

BASE_LAYERS = ("fences", "water", "green", "rails", "streets", "buildings")


@dataclass(frozen=True, slots=True)
class GapCause:
    """Why a household is not served as the rules ask.

    Parameters
    ----------
    code : str
        Stable name in files.
    title, title_zh : str
        For people.
    remedy, remedy_zh : str
        What to do about it.
    """

    code: str
    title: str
    title_zh: str
    remedy: str = ""
    remedy_zh: str = ""


GAP_CAUSES: Mapping[str, GapCause] = MappingProxyType(
    {
        cause.code: cause
        for cause in (
            GapCause("address_not_found", "address not found", "地址未找到",
                     "correct the address, or give lon and lat", "请更正地址，或提供经纬度"),
            GapCause("no_walking_path", "no walking path to any centre", "无步行路径",
                     "look at the streets there", "请核对该处路网"),
            GapCause("beyond_walk_limit", "beyond the walk limit", "超出步行距离",
                     "add a centre nearer by", "请在附近增设中心户"),
            GapCause("zone_over_limit", "zone over its limit", "责任区超员",
                     "add a centre, or raise the limit", "请增设中心户，或放宽上限"),
            GapCause("beyond_hard_limit", "beyond the hard walk limit", "超出步行上限（硬性）",
                     "add a centre nearer by, or make the limit elastic", "请在附近增设中心户，或放宽上限"),
            GapCause("no_centre_in_fence", "no centre in this community", "本社区没有中心户",
                     "mark a member of this community as a centre", "请在本社区党员中指定中心户"),
            GapCause("outside_fences", "outside every community", "不在任何社区边界内",
                     "correct the coordinates, or extend the fences", "请核对坐标，或补全社区边界"),
            GapCause("refused_load", "its weight is no number that can be used", "权重无效",
                     "correct the weight in the sheet", "请更正表中的权重"),
            GapCause("behind_gate", "on the other side of a gate or wall", "被大门或围墙隔开",
                     "open the gate on the map, or add the passage", "请在路网中补充通道或开放大门"),
            GapCause("other_piece", "on streets that lead to no centre", "所在路段与中心户不连通",
                     "add the missing link, or a centre there", "请补全道路连接，或增设中心户"),
            GapCause("far_from_streets", "far from any street", "附近没有道路",
                     "correct the coordinates, or the streets", "请核对坐标，或换用覆盖该处的路网"),
            GapCause("outside_streets", "outside the ground of the streets", "位于路网范围外",
                     "correct the coordinates or the address", "请更正坐标或地址"),
        )
    }
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class PlanTables:
    """Everything that a finished plan holds.

    Parameters
    ----------
    units : GeoDataFrame
        Demand units, EPSG:4326 points, in the order of `problem`.  Columns: ``unit_id, label, building``
        (the same without the stairwell: units of one building have one, inside a fence)``, fence,
        households (int), members (int), load, zone`` (centre id, "" if unserved), ``walk_m`` (NaN if
        unserved), ``access_m, moved`` (households that changed hands, int).
    households : GeoDataFrame
        One row a household, EPSG:4326 points (empty where the address was not found).  Columns:
        ``household_id, unit_id`` ("" if none), ``fence, zone, walk_m, load, precision, confidence, matched,
        gap`` (cause code or ""), ``previous_zone`` ("" if none), ``moved`` (bool), ``member`` (id of the
        member who serves it, "" if none), ``member_walk_m`` (NaN if none).  Never a name, a phone or a
        room; ``matched`` is the place that the address was matched to, building level.
    members : DataFrame
        ``member_id, unit_id, fence, zone, is_centre (bool), precision, matched``,
        ``households`` (how many the member looks after, 0 for one who rests).
    centres : GeoDataFrame
        Points, in the order of `problem`'s centres: ``centre_id, number`` (1.. as drawn), ``unit_id,
        fence, label, households, members, load, walk_mean_m, walk_p90_m, walk_max_m, broken`` (names of
        broken rules, comma-joined).
    zones : GeoDataFrame
        Polygons or multipolygons without overlaps, one a centre, same order: ``centre_id, number,
        fence, colour (int, neighbours differ), households, members, gaps (int), area_m2, walk_mean_m,
        walk_max_m, broken``.
    gaps : GeoDataFrame
        One row an uncovered household: ``household_id, unit_id, fence, zone, cause, detail``; point or empty.
    base : mapping of str to GeoDataFrame
        Layers of `BASE_LAYERS` for drawing; ``fences`` has ``fence``; ``streets`` has ``name, highway,
        walkable``; ``buildings`` has ``name, street, number``; ``water, green, rails`` have ``name``.
    problem : Problem
        What was solved.
    certificate : Certificate
        Recomputed from the plan, with the proven bound.
    parts : sequence of Part
        What was proven of each independent part.
    rules : RuleBook
        The rule book.
    findings : sequence of Finding
        What was noticed in the input.
    provenance : mapping
        Plain JSON values: ``title, created, data_date, attribution, network`` (mode in words, such as
        "streets" or "straight x1.30"), ``seed, versions, inputs, seconds`` (stage -> s), ``stopped,
        previous`` (fingerprint or null), ``move_price_m, homes_moved`` (int or null), ``pieces,
        synthetic`` (bool).
    ways : GeoDataFrame or None
        Pieces of street on which the walks of `problem` run, EPSG:4326 lines: ``start, end`` (numbers of
        the crossings that a piece joins), ``length_m``.  None where walks do not follow streets.
    joins : DataFrame or None
        Where each unit joins them, in the order of `problem`: ``way`` (row of `ways`, -1 for none),
        ``along_m`` (from the start of that piece).
    helpers : DataFrame or None
        Households that a member looks after already: ``household_id, member_id, price_m`` (metres that
        it is worth to leave it so).  None where nobody does.
    """

    units: gpd.GeoDataFrame
    households: gpd.GeoDataFrame
    members: pd.DataFrame
    centres: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    gaps: gpd.GeoDataFrame
    base: Mapping[str, gpd.GeoDataFrame]
    problem: Problem
    certificate: Certificate
    parts: tuple[Part, ...]
    rules: RuleBook
    findings: tuple[Finding, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    ways: gpd.GeoDataFrame | None = None
    joins: pd.DataFrame | None = None
    helpers: pd.DataFrame | None = None

"""Tables about the service that offices hand in beside their people, as data: see `planner.model.schema`."""

from __future__ import annotations

from typing import Final

from planner.model.schema import Column, Table

__all__ = ["NEEDS", "NEEDS_COLUMN", "NOMINATED", "OBJECTIONS", "VENUES", "WISHES"]

NEEDS: Final = Table(
    "needs",
    (
        Column("household", "户编号, household, 编号, 户号, 住户编号, household_id, id"),
        Column("kind", "需求, need, 需求类型, 需求类别, 需求事项, 类型, 类别, needs, kind, what"),
        Column("state", "状态, state, 办理状态, 是否办结, 是否解决, 办结情况, 处理情况"),
    ),
)
"""居民需求: a row a thing that a household needs; its remarks are not read."""
NEEDS_COLUMN: Final = Column(
    "needs", "需求, needs, 服务需求, 居民需求, 家庭需求, 需求类型, 需求清单, need"
)
"""The same as a column of the households' sheet, several with 、 between them."""
NOMINATED: Final = (
    Column("way", "推荐方式, nomination, 提名方式, 推荐类型, 产生方式, 推荐途径, nominated how"),
    Column("by", "推荐单位, nominated by, 推荐人, 推荐组织, 举荐人, 提名人, 推荐支部"),
    Column("day", "推荐日期, nominated on, 提名日期, 推荐时间, 举荐日期"),
)
"""Of a members' sheet: how somebody was nominated, by whom, and when."""
OBJECTIONS: Final = Table(
    "objections",
    (
        Column("member", "党员编号, member, 编号, 人选编号, 被异议人, member_id, id"),
        Column("date", "日期, date, 异议日期, 受理日期, day"),
        Column("state", "结论, result, 处理结果, 核实结果, 是否成立, 状态, state"),
    ),
)
"""公示异议: a row an objection; what it says is not read."""
WISHES: Final = Table(
    "wishes",
    (
        Column("id", "编号, id, 户编号, 党员编号, 住户编号, household_id, member_id, who"),
        Column("wish1", "意愿1, wish 1, 第一意愿, 意愿一, 首选, 意愿, 意向中心户, wish, wish1"),
        Column("wish2", "意愿2, wish 2, 第二意愿, 意愿二, 次选, wish2"),
        Column("wish3", "意愿3, wish 3, 第三意愿, 意愿三, wish3"),
    ),
)
"""双向选择意愿: a row a home or a member, with the ids of the centres that it wishes for."""
VENUES: Final = Table(
    "venues",
    (
        Column("name", "名称, name, 阵地, 阵地名称, 场所, 场所名称, venue"),
        Column("lon", "经度, lon, lng, longitude, x"),
        Column("lat", "纬度, lat, latitude, y"),
        Column("hours", "开放时间, hours, 开放时段, 服务时间, 营业时间, opening hours"),
    ),
)
"""阵地: places of the service with their opening hours."""

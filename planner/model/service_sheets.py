"""Tables about the service that offices hand in beside their people, as data: see `planner.model.schema`."""

from __future__ import annotations

from typing import Final

from planner.model.schema import Column, Table

__all__ = ["NEEDS", "NEEDS_COLUMN"]

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

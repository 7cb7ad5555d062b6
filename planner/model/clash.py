"""Hard rules that cannot hold together: what is asked for, what there is, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import InfeasibleError
from planner.model.rules import rule_words

__all__ = ["RuleClash"]

Both = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class RuleClash:
    """The hard rule that cannot hold in one part of a problem, in numbers alone.

    It asks for `low` and `high` (None: free on that side), `per` so many in the part where limits are counted
    so; the part has `total`, and the best attempt misses by `missed` at `centre`.  `centre` and `unit` are
    positions in the problem; `units` and `centres` are the size of the part.
    """

    rule: str
    low: float | None
    high: float | None
    per: float | None
    total: float
    missed: float
    centre: int
    unit: int
    units: int
    centres: int

    def words(self, centre: Both, where: Both) -> Both:
        """Say it, Chinese and English, with names for the centre and for the part."""
        low = "no floor" if self.low is None else f"at least {self.low:g}"
        high = "no ceiling" if self.high is None else f"at most {self.high:g}"
        low_zh = "不设下限" if self.low is None else f"至少{self.low:g}"
        high_zh = "不设上限" if self.high is None else f"至多{self.high:g}"
        per = "" if self.per is None else f" for each of {self.per:g}"
        per_zh = "" if self.per is None else f"（按{self.per:g}个计）"
        rule_zh, rule = rule_words(self.rule)
        return (
            f"硬性规则无法同时满足：{where[0]}（{self.units}个单元、{self.centres}个中心户）的{rule_zh}要求"
            f"{low_zh}、{high_zh}{per_zh}，共有{self.total:g}，最佳方案在{centre[0]}处仍差{self.missed:g}",
            f"hard rules cannot hold together in {where[1]} ({self.units} units, {self.centres} centres): "
            f"{rule} must be {low} and {high}{per}, there are {self.total:g} in all, and the best "
            f"attempt misses by {self.missed:g} at {centre[1]}",
        )

    def error(
        self,
        centre: Both,
        where: Both,
        *,
        remedy: Both = ("", ""),
        certificate: object = None,
        proven: bool = True,
    ) -> InfeasibleError:
        """Make the refusal that tells of it."""
        zh, en = self.words(centre, where)
        return InfeasibleError(
            en,
            certificate=certificate,
            remedy=remedy[1],
            clash=self,
            proven=proven,
            zh=zh,
            remedy_zh=remedy[0],
        )

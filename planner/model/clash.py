"""Hard rules that cannot hold together: what is asked for, what there is, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import InfeasibleError
from planner.model.rules import rule_words

__all__ = ["RuleClash", "TieClash"]

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
        return _refusal(self, self.words(centre, where), remedy, certificate, proven)


_REASONS: dict[str, Both] = {
    "centres": (
        "两处（或与之相连的关系）分别住着两个中心户",
        "two centres live in the units that are tied together",
    ),
    "reach": (
        "没有中心户能同时联系两处：步行或社区边界不允许",
        "no centre may serve both: walks or fences forbid it",
    ),
    "apart": (
        "须分开的两处只有同一个中心户可去",
        "the two must be apart, and only one centre is left to both",
    ),
    "rules": ("与硬性规则冲突：{zh}", "it clashes with the hard rule on {en}"),
    "others": (
        "与其他必须满足的关系或责任区连通要求冲突",
        "it clashes with other ties that must hold, or with zones that hang together",
    ),
}


@dataclass(frozen=True, slots=True)
class TieClash:
    """The tie that must hold and cannot, in numbers alone.

    `a`, `b`: its two units, positions in the problem.
    `apart`: whether they are to be kept apart.
    `reason`: what it clashes with: centres, reach, apart, rules, others.
    `rules`: names of the hard rules without which it could hold.
    """

    a: int
    b: int
    apart: bool
    reason: str
    rules: tuple[str, ...] = ()

    def words(self, first: Both, second: Both) -> Both:
        """Say it, Chinese and English, with names for the two units."""
        zh, en = _REASONS[self.reason]
        named = [rule_words(name) for name in self.rules]
        zh = zh.format(zh="、".join(one for one, _ in named))
        en = en.format(en=", ".join(one for _, one in named))
        must_zh, must = ("分开", "apart") if self.apart else ("同区", "in one zone")
        return (
            f"必须满足的关系无法满足：{first[0]}与{second[0]}须{must_zh}，{zh}",
            f"a tie that must hold cannot: {first[1]} and {second[1]} must be {must}; {en}",
        )

    def error(
        self,
        first: Both,
        second: Both,
        *,
        remedy: Both = ("", ""),
        certificate: object = None,
        proven: bool = True,
    ) -> InfeasibleError:
        """Make the refusal that tells of it."""
        return _refusal(self, self.words(first, second), remedy, certificate, proven)


def _refusal(
    clash: object, words: Both, remedy: Both, certificate: object, proven: bool
) -> InfeasibleError:
    return InfeasibleError(
        words[1],
        certificate=certificate,
        remedy=remedy[1],
        clash=clash,
        proven=proven,
        zh=words[0],
        remedy_zh=remedy[0],
    )

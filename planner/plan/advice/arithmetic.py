"""District-wide arithmetic: what the counts alone say about a rule book, before anything is solved."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from planner.model.rules import Bound, RuleBook

__all__ = ["Clash", "Counts", "arithmetic", "counts_of", "fitting_of_fences", "fitting_rules"]

# A rule that is moved to where the counts are leaves each zone this much room to either side.
SLACK = 0.25


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is of everything, in a fence or in the whole district.

    `rooms`: the members, each counted for what it can take on, where some have ceilings of their own.
    `own_low`, `own_high`: homes of the zones of those centres that have limits of their own.
    """

    households: int
    members: int
    centres: int
    rooms: float | None = None
    own_low: tuple[float, ...] = ()
    own_high: tuple[float, ...] = ()

    def needed(self, rule: str, side: str, each: float) -> float:
        """Give what there may be at most, or must be at least, of what a rule counts."""
        if rule == "households_per_member":
            able = self.members if self.rooms is None else self.rooms
            return each * (able if side == "high" else min(able, self.members))
        own = self.own_high if side == "high" else self.own_low
        if rule == "members_per_zone":
            own = ()
        return each * (self.centres - len(own)) + sum(own)

    @property
    def owned(self) -> bool:
        """Whether anybody has limits of their own."""
        return bool(self.own_low or self.own_high) or self.rooms not in (None, self.members)


@dataclass(frozen=True, slots=True)
class Clash:
    """A rule that the counts alone rule out.

    `fence`: where; "" is the whole district.
    `side`: ``low`` or ``high``: the side that cannot hold everywhere.
    `have` and `need`: what is there, and what the rule asks for.
    """

    fence: str
    rule: str
    side: str
    have: float
    need: float
    what: str
    what_zh: str


def arithmetic(units: pd.DataFrame, centres: pd.DataFrame, rules: RuleBook) -> list[Clash]:
    """Hold the counts against the rule book: the district first, then each fence.

    `units`: ``fence, households, members``.
    `centres`: ``fence``.
    Gives: empty if nothing speaks against the rules so far.
    """
    found = list(_clashes("", counts_of(units, centres, rules), rules))
    names = sorted(set(units["fence"]) - {""})
    if not names:
        return found
    for name in names:
        counts = _counts(units[units["fence"] == name], centres[centres["fence"] == name])
        found += _clashes(str(name), counts, rules.in_fence(str(name)))
    return found


def counts_of(units: pd.DataFrame, centres: pd.DataFrame, rules: RuleBook) -> Counts:
    """Count the district, without the communities that have rules of their own."""
    own = list(rules.by_fence)
    mine, theirs = units[~units["fence"].isin(own)], centres[~centres["fence"].isin(own)]
    return _counts(mine, theirs)


def _counts(units: pd.DataFrame, centres: pd.DataFrame) -> Counts:
    own = {
        side: tuple(units[f"zone_{side}"].dropna()) if f"zone_{side}" in units else ()
        for side in ("low", "high")
    }
    rooms = round(float(units["room"].sum()), 6) if "room" in units else None
    homes, members = (int(units[name].sum()) for name in ("households", "members"))
    return Counts(homes, members, len(centres), rooms, own["low"], own["high"])


def _clashes(fence: str, n: Counts, rules: RuleBook) -> Iterator[Clash]:
    if n == Counts(0, 0, 0):  # every community has rules of its own
        return
    if n.centres == 0:
        what = f"there is no centre for {n.households} households"
        zh = f"没有中心户，{n.households}户无人联系"
        yield Clash(fence, "centres", "low", 0, 1, what, zh)
        return
    zones, people = (n.centres, "centres", "个中心户"), (n.members, "members", "名党员")
    for rule, have, (count, who, who_zh), (things, things_zh) in (
        ("members_per_zone", n.members, zones, ("members", "名党员")),
        ("households_per_zone", n.households, zones, ("households", "户")),
        ("households_per_member", n.households, people, ("households", "户")),
    ):
        # floors and ceilings are wrong by themselves: both may fail, where low is above high
        for side in ("high", "low"):
            each = getattr(getattr(rules, rule), side)
            if each is None:
                continue
            need = n.needed(rule, side, each)
            if not (have > need if side == "high" else have < need):
                continue
            values = {
                "have": have,
                "count": count,
                "each": each,
                "need": need,
                "off": have - need,
                "mean": have / count if count else math.inf,
                "few": math.floor(have / each) if each else 0,
                "enough": math.ceil(have / each) if each else 0,
            }
            what = _WORDS[side][0].format(**values, who=who, things=things)
            zh = _WORDS[side][1].format(**values, who=who_zh, things=things_zh)
            if n.owned and rule != "members_per_zone":
                what, zh = f"{what} (own limits counted)", f"{zh}（已计个别上下限）"
            yield Clash(fence, rule, side, have, need, what, zh)


_WORDS = {
    "high": (
        "{count:,} {who} can hold {need:,.0f} {things} at {each:g} each, {have:,} are there: "
        "{off:,.0f} too many; {enough:,} {who} would do, or {mean:.4g} each",
        "{count}{who}按每个{each:g}{things}最多容纳{need:.0f}{things}，现有{have}，"
        "多出{off:.0f}；需{enough}{who}，或每个{mean:.4g}{things}",
    ),
    "low": (
        "{count:,} {who} at {each:g} {things} each need {need:,.0f}, {have:,} are there: "
        "enough for {few:,} {who}, or {mean:.4g} each",
        "{count}{who}按每个至少{each:g}{things}共需{need:.0f}，现有{have}，"
        "只够{few}{who}，或每个{mean:.4g}{things}",
    ),
}


def fitting_of_fences(
    units: pd.DataFrame, centres: pd.DataFrame, rules: RuleBook
) -> dict[str, RuleBook]:
    """Give the nearest rules that the counts of each community allow, where its present ones do not.

    `units`, `centres`: as for `arithmetic`.
    Gives: by name; communities without a centre are left out, for no rule helps them.
    """
    found: dict[str, RuleBook] = {}
    for name in sorted(set(units["fence"]) - {""}):
        counts = _counts(units[units["fence"] == name], centres[centres["fence"] == name])
        own = rules.in_fence(str(name))
        fitting = fitting_rules(counts, own)
        if fitting is not own:
            found[str(name)] = fitting
    return found


def fitting_rules(counts: Counts, rules: RuleBook) -> RuleBook:
    """Move the bounds that the counts rule out to where the counts are, and no other.

    Gives: the same object if everything fits.
    """
    clashing = {(c.rule, c.side) for c in _clashes("", counts, rules)}
    if not clashing or counts.centres == 0:
        return rules
    # those with limits of their own keep them: the rest is what the others have
    others = max(counts.centres - len(counts.own_high), 1)
    left = max(counts.households - sum(counts.own_high), 0.0)
    able = counts.members if counts.rooms is None else counts.rooms
    ratio = {
        "members_per_zone": counts.members / counts.centres,
        "households_per_zone": left / others,
        "households_per_member": counts.households / max(able, 1),
    }
    moved = {}
    for name, mean in ratio.items():
        bound: Bound = getattr(rules, name)
        low, high = bound.low, bound.high
        if (name, "low") in clashing:
            low = math.floor((1 - SLACK) * mean)
        if (name, "high") in clashing:
            high = math.ceil((1 + SLACK) * mean)
        moved[name] = replace(bound, low=low, high=high)
    return replace(
        rules,
        **moved,
        name=f"{rules.name}-fitted",
        title=f"{rules.title} (moved to where the counts are)",
        title_zh=f"{rules.title_zh}（按实际数量调整）",
    )

"""District-wide arithmetic: what the counts alone say about a rule book, before anything is solved."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from planner.model.rules import Bound, RuleBook

__all__ = ["Clash", "Counts", "arithmetic", "fitting_rules"]

SLACK = 0.25
"""A rule that is moved to where the counts are leaves each zone this much room to either side."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is of everything, in a fence or in the whole district."""

    households: int
    members: int
    centres: int


@dataclass(frozen=True, slots=True)
class Clash:
    """A rule that the counts alone rule out.

    Parameters
    ----------
    fence : str
        Where; "" is the whole district.
    side : str
        ``low`` or ``high``: the side that cannot hold everywhere.
    have, need : float
        What is there, and what the rule asks for.
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

    Parameters
    ----------
    units : DataFrame
        ``fence, households, members``.
    centres : DataFrame
        ``fence``.

    Returns
    -------
    list of Clash
        Empty if nothing speaks against the rules so far.
    """
    whole = Counts(int(units["households"].sum()), int(units["members"].sum()), len(centres))
    found = list(_clashes("", whole, rules))
    names = sorted(set(units["fence"]) - {""})
    if not names:
        return found
    summed = units.groupby("fence")[["households", "members"]].sum()
    chosen = centres["fence"].value_counts()
    for name in names:
        homes, members = (int(v) for v in summed.loc[name])
        counts = Counts(homes, members, int(chosen.get(name, 0)))
        found += _clashes(str(name), counts, rules)
    return found


def _clashes(fence: str, n: Counts, rules: RuleBook) -> Iterator[Clash]:
    if n.centres == 0:
        yield Clash(
            fence, "centres", "low", 0, 1,
            f"there is no centre for {n.households} households",
            f"没有中心户，{n.households}户无人联系",
        )  # fmt: skip
        return
    zone, members, each = (
        rules.households_per_zone,
        rules.members_per_zone,
        rules.households_per_member,
    )
    people = (n.centres, "centres", "个中心户")
    yield from _sides(fence, "members_per_zone", members, n.members, people, ("members", "名党员"))
    yield from _sides(
        fence, "households_per_zone", zone, n.households, people, ("households", "户")
    )
    people = (n.members, "members", "名党员")
    yield from _sides(
        fence, "households_per_member", each, n.households, people, ("households", "户")
    )


def _sides(
    fence: str,
    rule: str,
    bound: Bound,
    have: int,
    holders: tuple[int, str, str],
    things: tuple[str, str],
) -> Iterator[Clash]:
    """Say what `holders` at the bound ask for, and what is there."""
    count, who, who_zh = holders
    what, what_zh = things
    if bound.high is not None and have > count * bound.high:
        most, enough = count * bound.high, math.ceil(have / bound.high) if bound.high else 0
        yield Clash(
            fence, rule, "high", have, most,
            f"{count:,} {who} can hold {most:,.0f} {what} at {bound.high:g} each, {have:,} are there: "
            f"{have - most:,.0f} too many; {enough:,} {who} would do, or {have / count:.4g} each",
            f"{count}{who_zh}按每个{bound.high:g}{what_zh}最多容纳{most:.0f}{what_zh}，现有{have}，"
            f"多出{have - most:.0f}；需{enough}{who_zh}，或每个{have / count:.4g}{what_zh}",
        )  # fmt: skip
    if bound.low is not None and have < count * bound.low:
        least, few = count * bound.low, math.floor(have / bound.low) if bound.low else 0
        yield Clash(
            fence, rule, "low", have, least,
            f"{count:,} {who} at {bound.low:g} {what} each need {least:,.0f}, {have:,} are there: "
            f"enough for {few:,} {who}, or {have / count:.4g} each",
            f"{count}{who_zh}按每个至少{bound.low:g}{what_zh}共需{least:.0f}，现有{have}，"
            f"只够{few}{who_zh}，或每个{have / count:.4g}{what_zh}",
        )  # fmt: skip


def fitting_rules(counts: Counts, rules: RuleBook) -> RuleBook:
    """Move the bounds that the counts rule out to where the counts are, and no other.

    Returns
    -------
    RuleBook
        The same object if everything fits.
    """
    clashing = {(c.rule, c.side) for c in _clashes("", counts, rules)}
    if not clashing or counts.centres == 0:
        return rules
    ratio = {
        "members_per_zone": counts.members / counts.centres,
        "households_per_zone": counts.households / counts.centres,
        "households_per_member": counts.households / max(counts.members, 1),
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

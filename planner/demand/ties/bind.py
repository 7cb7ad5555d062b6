"""人文相亲 meets the plan: ties by id become prices between units, talents and shares a rule of each zone.

What people are to each other ends here; from now on there are units, metres and counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.demand.ties.neighbours import in_rows, next_door
from planner.demand.ties.wishes import Wished, wish_shares, wished
from planner.errors import Finding, InfeasibleError
from planner.intake.nominations import read_nominations, strengths_of
from planner.intake.residents import Residents
from planner.intake.tie_sheet import Match, TieSheet, match_ties
from planner.intake.wish_sheet import WishSheet
from planner.model.arrays import Ints
from planner.model.duties import is_able
from planner.model.given import Source
from planner.model.problem import ZoneRule
from planner.model.project import Affinity
from planner.model.rules import rule_words
from planner.model.sharing import Share
from planner.model.small_tables import folded
from planner.model.ties import Helpers, Ties

__all__ = ["Bound", "Cared", "Strengths", "bind", "strengths_in"]

LISTED = 20
SURELY_M = 1e6  # of a helper who must stay: dearer than a place beyond any ceiling of the staffing
Strengths = Mapping[str, tuple[str, ...]]
"""Id of each member -> what the member is good at."""
Cared = tuple[str, Ints, Ints]
"""Rule of a share, positions of the households that count and of the members who are given them."""


@dataclass(frozen=True, eq=False)
class Bound:
    """Demand with its ties and talents.

    `demand`: its problem has `ties`, and a rule for each talent.
    `helpers`: households that a member looks after already.
    `wished`: who wishes for which centre.
    `must`: the rows of ties that must hold, by their two units.
    `cared`: of each share its rule, the households that count, and the members who are given them.
    """

    demand: Demand
    helpers: Helpers | None
    findings: tuple[Finding, ...]
    wished: Wished | None = None
    must: Mapping[tuple[int, int], str] = field(default_factory=dict)
    cared: tuple[Cared, ...] = ()


def strengths_in(paths: Source | Iterable[Source], members: Residents) -> Strengths:
    """Read what the members are good at: the column 特长/strengths of their sheet.

    Raises `SheetError`: the file cannot be read.
    """
    said = read_nominations(paths, members).frame["strengths"]
    ids = members.kept["id"].tolist()
    return {i: strengths_of(text) for i, text in zip(ids, said, strict=True) if text}


def bind(
    demand: Demand,
    located: Located,
    *,
    affinity: Affinity,
    sheet: TieSheet | None = None,
    strengths: Strengths | None = None,
    shares: Sequence[Share] = (),
    care: Sequence[Collection[str]] = (),
    wishes: WishSheet | None = None,
) -> Bound:
    """Put ties and talents into the problem.

    `located`: the residents, in the order of `Demand.household_unit` and `Demand.member_unit`.
    `strengths`: what each member is good at; needed where talents are asked for.
    `shares`: how care households are shared out; `care`: kinds of care of each household, in words of
    `Share.care`; needed where shares are asked for.
    `wishes`: for which centres homes and members wish.
    Gives: without a sheet, neighbours in a row and talents: the demand itself.
    """
    findings: list[Finding] = []
    rows: list[pd.DataFrame] = []
    must: dict[tuple[int, int], str] = {}
    helpers = None
    if sheet is not None:
        findings += sheet.findings
        homes, people = located.households["id"], located.members["id"]
        matches, said = match_ties(sheet, homes.tolist(), people.tolist())
        between, unkept = _between_units(matches, demand, affinity)
        must = _must_rows(between)
        rows.append(between.drop(columns="row"))
        findings += [*said, *unkept]
        helpers = _helpers(matches, affinity)
    if affinity.next_door > 0:
        beside, helpers = _beside(demand, located, affinity, helpers)
        rows.append(beside)
    if len(row := in_rows(demand, affinity)):
        rows.append(row)
    problem = demand.problem
    if rows:
        problem = problem.replace(ties=_summed(pd.concat(rows, ignore_index=True)))
    asked = None
    if wishes is not None:
        asked, said = _wished(wishes, demand, located)
        findings += said
        worth = affinity.wish_m * wish_shares(problem, asked)
        problem = problem.replace(penalty_m=problem.penalty_m + worth)
    talents, nobody = _talents(demand, located.members, affinity, strengths or {})
    shared, cared, idle = _shares(demand, located.members, shares, care, strengths or {})
    findings += [*nobody, *idle]
    if talents or shared:
        problem = problem.replace(rules=(*problem.rules, *talents, *shared))
    return Bound(
        replace(demand, problem=problem), helpers, tuple(findings), asked, must, tuple(cared)
    )


def _wished(
    sheet: WishSheet, demand: Demand, located: Located
) -> tuple[Wished, tuple[Finding, ...]]:
    homes, people = (
        frame["id"].astype(str).tolist() for frame in (located.households, located.members)
    )
    seats = demand.centres["centre_id"].astype(str)
    found, said = wished(sheet, homes, demand.household_unit, people, demand.member_unit, seats)
    return found, (*sheet.findings, *said)


def _between_units(
    matches: list[Match], demand: Demand, affinity: Affinity
) -> tuple[pd.DataFrame, list[Finding]]:
    """Give the units of each row, and its price; say which rows no plan can hold."""
    of = (demand.household_unit, demand.member_unit)
    ends = np.array([[of[a[0]][a[1]] for a in (m.a, m.b)] for m in matches], np.int64)
    ends = np.sort(ends.reshape(-1, 2), axis=1)
    apart = np.array([m.kind == "apart" for m in matches], bool)
    hard = np.array([m.kind in affinity.must and m.metres is None for m in matches], bool)
    price = [
        affinity.must_m
        if must
        else m.metres
        if m.metres is not None
        else affinity.apart_m
        if far
        else affinity.tie_m
        for m, far, must in zip(matches, apart, hard, strict=True)
    ]
    placed = (ends >= 0).all(axis=1)
    one = placed & (ends[:, 0] == ends[:, 1]) & apart
    fence = np.append(demand.problem.fence, -1)
    across = placed & ~apart & (fence[ends[:, 0]] != fence[ends[:, 1]])
    unkept = {"tie-unplaced": ~placed, "apart-one-unit": one, "tie-fences": across}
    never = {code: which & hard for code, which in unkept.items() if code != "tie-unplaced"}
    _refuse_never(
        [_said(code, [matches[i].place for i in np.flatnonzero(w)]) for code, w in never.items()]
    )
    said = [
        finding
        for code, which in unkept.items()
        for finding in _said(code, [matches[i].place for i in np.flatnonzero(which)])
    ]
    columns = {
        "a": ends[:, 0],
        "b": ends[:, 1],
        "price": np.array(price, float),
        "apart": apart,
        "people": 1,
        "hard": hard,
        "row": [f"{m.place.file} {m.place.row}" for m in matches],
    }
    return pd.DataFrame(columns).iloc[np.flatnonzero(placed)], said


def _refuse_never(said: Sequence[Sequence[Finding]]) -> None:
    """Refuse ties that must hold and are forbidden before anything is planned."""
    rows = [finding for some in said for finding in some]
    if not rows:
        return
    at = [f.file if f.row is None else f"{f.file} {f.row}" for f in rows]
    raise InfeasibleError.of(
        "must-never",
        n=len(rows),
        rows="; ".join(f"{where}: {f.what}" for where, f in zip(at, rows, strict=True)),
        rows_zh="；".join(f"{where}：{f.what_zh}" for where, f in zip(at, rows, strict=True)),
    )


def _must_rows(rows: pd.DataFrame) -> dict[tuple[int, int], str]:
    """Give where the ties that must hold stand, by their two units."""
    found: dict[tuple[int, int], str] = {}
    for a, b, row in rows.loc[rows["hard"], ["a", "b", "row"]].itertuples(index=False):
        found[a, b] = f"{found[a, b]}, {row}" if (a, b) in found else row
    return found


def _said(code: str, places: Sequence[Finding]) -> list[Finding]:
    """Tell of rows, the first ones each by itself."""
    listed = [
        Finding.of(code, {name: getattr(p, name) for name in ("file", "sheet", "row", "column")})
        for p in places[:LISTED]
    ]
    if more := len(places) - len(listed):
        what, zh = f"{more} more rows: {listed[0].what}", f"另有{more}行：{listed[0].what_zh}"
        listed.append(replace(listed[0], row=None, what=what, what_zh=zh))
    return listed


def _helpers(matches: list[Match], affinity: Affinity) -> Helpers:
    """List who looks after whom already; of several helpers of one home the first row's."""
    found: dict[int, tuple[int, float]] = {}
    for m in matches:
        if m.kind == "helper":
            must = "helper" in affinity.must and m.metres is None
            price = SURELY_M if must else affinity.tie_m if m.metres is None else m.metres
            # of several helpers the first row's, for the sheet is read from the top
            found.setdefault(m.a[1], (m.b[1], price))
    homes = sorted(found)
    return Helpers(homes, [found[h][0] for h in homes], [found[h][1] for h in homes])  # type: ignore[arg-type]


def _beside(
    demand: Demand, located: Located, affinity: Affinity, known: Helpers | None
) -> tuple[pd.DataFrame, Helpers]:
    """Tie each serving member to the homes next door, who then looks after them; a sheet's helper stays."""
    home, member = next_door(demand, located, affinity.next_door)
    must = "next_door" in affinity.must
    free = np.ones(len(home), bool) if known is None else ~np.isin(home, known.household)
    home, member = home[free], member[free]
    ends = np.sort(np.stack([demand.household_unit[home], demand.member_unit[member]], 1), axis=1)
    price = affinity.must_m if must else affinity.tie_m
    columns = {"a": ends[:, 0], "b": ends[:, 1], "price": price, "apart": False, "people": 1}
    worth = np.full(len(home), SURELY_M if must else affinity.tie_m)
    if known is not None:
        home, member = (
            np.concatenate(both) for both in ((known.household, home), (known.member, member))
        )
        worth = np.concatenate([known.price_m, worth])
    order = np.argsort(home, kind="stable")
    return pd.DataFrame({**columns, "hard": must}), Helpers(
        home[order], member[order], worth[order]
    )


def _summed(rows: pd.DataFrame) -> Ties:
    """Add up the rows between the same two units; those of people and of compounds apart."""
    keys = rows.assign(compound=rows["people"] == 0)
    grouped = keys.groupby(["a", "b", "apart", "compound"], sort=True)
    sums = {"price": ("price", "sum"), "people": ("people", "sum"), "hard": ("hard", "any")}
    total = grouped.agg(**sums).reset_index()
    columns: list[NDArray] = [
        total[c].to_numpy() for c in ("a", "b", "price", "apart", "people", "hard")
    ]
    return Ties(*columns)


def _talents(
    demand: Demand, members: pd.DataFrame, affinity: Affinity, strengths: Strengths
) -> tuple[list[ZoneRule], list[Finding]]:
    """Ask for one member with each talent in each zone; a talent that nobody has is only told of."""
    made: list[ZoneRule] = []
    nobody: list[Finding] = []
    for talent in affinity.talents:
        able = np.array([talent in strengths.get(i, ()) for i in members["id"]], bool)
        unit = demand.member_unit[able]
        amount = np.bincount(unit[unit >= 0], minlength=demand.problem.n_units).astype(float)
        if not amount.any():
            nobody.append(Finding.of("talent-nobody", {"column": "特长"}, talent=talent))
            continue
        made.append(
            ZoneRule(f"talent:{talent}", amount, 1.0, None, None, False, affinity.talent_price)
        )
    return made, nobody


def _shares(
    demand: Demand,
    members: pd.DataFrame,
    shares: Sequence[Share],
    care: Sequence[Collection[str]],
    strengths: Strengths,
) -> tuple[list[ZoneRule], list[Cared], list[Finding]]:
    """Count care households for each member of a kind; what nobody counts for is only told of."""
    made: list[ZoneRule] = []
    cared: list[Cared] = []
    idle: list[Finding] = []
    n = demand.problem.n_units
    for share in shares:
        words = tuple(map(folded, share.talents))
        able = np.array([is_able(strengths.get(i, ()), words) for i in members["id"]], bool)
        homes = np.array([bool(own) and _meant(own, share.care) for own in care], bool)
        amount, per = (
            np.bincount(unit[which & (unit >= 0)], minlength=n).astype(float)
            for unit, which in ((demand.household_unit, homes), (demand.member_unit, able))
        )
        if not amount.any() or not per.any():
            zh, en = rule_words(share.name)
            idle.append(Finding.of("share-nobody", {"column": "关爱对象"}, rule=f"{zh} {en}"))
            continue
        made.append(
            ZoneRule(share.name, amount, share.low, share.high, per, share.hard, share.price_m)
        )
        cared.append((share.name, np.flatnonzero(homes), np.flatnonzero(able)))
    return made, cared, idle


def _meant(own: Collection[str], asked: Collection[str]) -> bool:
    return not asked or any(folded(word) in folded(kind) for word in asked for kind in own)

"""Located homes and walks become demand units, centres and a `Problem`.

Text ids stay outside; from here on there are positions.  What stays together is decided here: the
homes of one stairwell, else of one building or plot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.entrances import DOOR_COLUMNS
from planner.demand.footing import SNAP_MAX_M, StreetPiece, footing
from planner.demand.reach import told_unreached, unreached
from planner.demand.units import group_units
from planner.errors import Finding
from planner.model.arrays import Floats, Ints32
from planner.model.problem import Problem, ZoneRule
from planner.model.rules import Bound, RuleBook
from planner.network import Network, Snaps

__all__ = ["Demand", "build_demand", "zone_rules"]


@dataclass(frozen=True, eq=False)
class Demand:
    """Demand units and centres, and the problem that they pose.

    Parameters
    ----------
    units : DataFrame
        ``unit_id, label, building`` (in words), ``place`` (key of the estate or street), ``fence, households,
        members, load, lon, lat, access_m, cause, nearest_m`` (see `planner.demand.reach.unreached`), in
        `problem`'s order.
    centres : DataFrame
        ``centre_id, unit_id, unit, fence, label, lon, lat``, in `problem`'s order; `unit` is a position.
    household_unit, member_unit : ndarray of int32
        Unit position of each household and member, -1 where it has none.
    snaps : Snaps
        Where each unit joins the walking network.
    findings : sequence of Finding
        What was cut, moved or left out on the way.
    pieces : tuple of StreetPiece
        The pieces of street on which somebody lives.
    """

    units: pd.DataFrame
    centres: pd.DataFrame
    household_unit: Ints32
    member_unit: Ints32
    snaps: Snaps
    problem: Problem
    findings: tuple[Finding, ...]
    pieces: tuple[StreetPiece, ...] = ()


def build_demand(
    households: pd.DataFrame, members: pd.DataFrame, network: Network, rules: RuleBook
) -> Demand:
    """Group homes into units, find their walks to the centres, and state the problem.

    `households` and `members`: ``id, lon, lat`` (degrees WGS-84, NaN where not located), ``fence`` and
    the columns of `planner.demand.entrances.DOOR_COLUMNS` (text, "" if unknown), and ``load``
    (households) or ``is_centre`` (members).
    Gives: the same whatever the order of the rows.
    """
    every = _people(households, members)
    people, said = _near_streets(every, network)
    unit_of, units, cut = group_units(people, rules.households_per_zone.high)
    centres = _centres(people, unit_of, units)
    stands = footing(units.assign(centre=np.isin(np.arange(len(units)), centres["unit"])), network)
    snaps, units = stands.snaps, units.assign(access_m=stands.snaps.access_m)
    if "most" in members:
        at = np.full(len(every), -1, np.int64)
        at[people["row"].to_numpy()] = unit_of
        units = units.assign(room=_rooms(members, at[len(households) :], units, rules))
    if "zone_high" in members:
        units = units.assign(**_own_limits(members, centres, len(units)))
    problem = _problem(units, centres, snaps, network, rules)
    position = np.full(len(every), -1, np.int32)
    position[people["row"].to_numpy()] = unit_of
    reached = unreached(units, problem, snaps, network)
    units = units.assign(cause=reached["cause"], nearest_m=reached["nearest_m"])
    homes, served = position[: len(households)], position[len(households) :]
    lost = (*_lost_centres(members, centres), *told_unreached(units, reached))
    findings = (*said, *stands.findings, *cut, *lost, *_no_fence(units, rules))
    return Demand(units, centres, homes, served, snaps, problem, findings, stands.pieces)


def zone_rules(units: pd.DataFrame, rules: RuleBook) -> tuple[ZoneRule, ...]:
    """State the rule book's bounds as sums over the units of a zone, by community where those differ.

    The floor of households per member is left to staffing, where some members may rest: for a zone it
    is already in the floor of households.

    `units`: with ``households`` and ``members``, and ``fence`` where communities have rules of their own.
    """
    if not rules.by_fence:
        return _stated(units, rules, "", None)
    code, names = pd.factorize(units["fence"], sort=True)
    numbers = {str(name): at for at, name in enumerate(names)}
    own = {name: numbers[name] for name in sorted(rules.by_fence) if name in numbers}
    rest = tuple(at for at in np.unique(code).tolist() if at not in own.values())
    found = _stated(units, rules, "", rest) if rest else ()
    for name, at in own.items():
        found += _stated(units, rules.by_fence[name], f"@{name}", (at,))
    return found


def _stated(
    units: pd.DataFrame, rules: RuleBook, where: str, fences: tuple[int, ...] | None
) -> tuple[ZoneRule, ...]:
    homes, people = units["households"].to_numpy(float), units["members"].to_numpy(float)
    each = rules.households_per_member
    # where some can take on fewer homes, or more, a member counts for what it can take on
    able = units["room"].to_numpy(float) if "room" in units else people
    zone, own = _zone_bound(units, rules)
    stated = {
        "households_per_zone": (homes, zone, None),
        "members_per_zone": (people, rules.members_per_zone, None),
        "households_per_member": (homes, replace(each, low=None), able),
    }
    return tuple(
        ZoneRule(
            f"{name}{where}",
            amount,
            bound.low,
            bound.high,
            per,
            bound.hard,
            bound.price_m,
            fences,
            own if name == "households_per_zone" else None,
        )
        for name, (amount, bound, per) in stated.items()
        if bound.low is not None or bound.high is not None
    )


def _own_limits(members: pd.DataFrame, centres: pd.DataFrame, n: int) -> dict[str, Floats]:
    """Give the limits that centres have of their own, at the units in which they live."""
    known = members.drop_duplicates("id").set_index("id").reindex(centres["centre_id"])
    found = {}
    for side in ("zone_low", "zone_high"):
        found[side] = np.full(n, np.nan)
        found[side][centres["unit"].to_numpy()] = known[side].to_numpy(float)
    return found


def _zone_bound(units: pd.DataFrame, rules: RuleBook) -> tuple[Bound, Floats | None]:
    """Give the homes of a zone, and by how much floor and ceiling of single centres differ."""
    zone = rules.households_per_zone
    if "zone_high" not in units:
        return zone, None
    low, high = (units[side].to_numpy(float) for side in ("zone_low", "zone_high"))
    if np.isnan(low).all() and np.isnan(high).all():
        return zone, None
    # where the book leaves a side free, all homes of the district are no limit for the others
    every = float(units["households"].sum())
    floor = 0.0 if zone.low is None else zone.low
    ceiling = max(every, floor) if zone.high is None else zone.high
    # who takes on fewer homes than the book's floor has no floor; who must have more, no ceiling below
    least = np.where(np.isnan(low), np.fmin(floor, high), low)
    most = np.where(np.isnan(high), np.fmax(ceiling, low), high)
    own = np.stack([np.nan_to_num(least - floor), np.nan_to_num(most - ceiling)])
    return replace(zone, low=floor, high=ceiling), own


def _no_fence(units: pd.DataFrame, rules: RuleBook) -> list[Finding]:
    """Say which communities have rules and are not there: a slip of the pen, as likely as not."""
    known = sorted(set(units["fence"].astype(str)) - {""})
    return [
        Finding.of("rules-no-fence", fence=name, known=", ".join(known) or "-")
        for name in sorted(rules.by_fence)
        if name not in known
    ]


def _rooms(
    members: pd.DataFrame, at: NDArray[np.int64], units: pd.DataFrame, rules: RuleBook
) -> Floats:
    """Count the members of each unit, each as its own ceiling is to that of the rule."""
    highs = [rules.in_fence(str(f)).households_per_member.high for f in members["fence"]]
    usual = np.array([np.nan if high is None else high for high in highs], float)
    share = members["most"].to_numpy(float) / usual
    weight = np.where(np.isnan(share), 1.0, share)
    placed = at >= 0
    return np.asarray(np.bincount(at[placed], weight[placed], len(units)), np.float64)


def _people(households: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Stack households and members: who lives at one place shares one unit."""
    columns = ["id", "lon", "lat", "fence", *DOOR_COLUMNS]
    homes = households[columns].assign(
        load=households["load"].to_numpy(float), home=1, member=0, centre=False
    )
    served = members[columns].assign(
        load=0.0, home=0, member=1, centre=members["is_centre"].to_numpy(bool)
    )
    people = pd.concat([homes, served], ignore_index=True)
    people["row"] = np.arange(len(people))
    return people


def _near_streets(
    people: pd.DataFrame, network: Network
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Leave out who has no place, or none near a street; say how many of the latter."""
    located = people[np.isfinite(people["lon"]) & np.isfinite(people["lat"])]
    spots, which = np.unique(located[["lon", "lat"]].to_numpy(), axis=0, return_inverse=True)
    snaps = network.snap(spots[:, 0], spots[:, 1], max_m=SNAP_MAX_M)
    near = (snaps.edge >= 0)[which.ravel()]
    far, crossing = int((~near).sum()), int(snaps.crosses[which.ravel()][near].sum())
    counts = {"far-from-streets": far, "access-crosses-barrier": crossing}
    said = tuple(Finding.of(code, n=n, most=SNAP_MAX_M) for code, n in counts.items() if n)
    return located[near], said


def _centres(people: pd.DataFrame, unit_of: Ints32, units: pd.DataFrame) -> pd.DataFrame:
    chosen = people["centre"].to_numpy(bool)
    table = pd.DataFrame(
        {"centre_id": people["id"].to_numpy()[chosen], "unit": unit_of[chosen].astype(np.int32)}
    )
    home = units.iloc[table["unit"].to_numpy()]
    for column in ("unit_id", "fence", "label", "lon", "lat"):
        table[column] = home[column].to_numpy()
    return table.sort_values(["fence", "centre_id"], kind="stable", ignore_index=True)


def _lost_centres(members: pd.DataFrame, centres: pd.DataFrame) -> list[Finding]:
    """Say which centres have no place, and so no zone."""
    lost = sorted(set(members.loc[members["is_centre"], "id"]) - set(centres["centre_id"]))
    return [Finding.of("centre-without-place", name=name) for name in lost]


def _problem(
    units: pd.DataFrame, centres: pd.DataFrame, snaps: Snaps, network: Network, rules: RuleBook
) -> Problem:
    fence, _ = pd.factorize(units["fence"], sort=True)
    home = centres["unit"].to_numpy(np.int32)
    unit, centre, walk_m = _pairs(fence, home, snaps, network, rules)
    load = units["load"].to_numpy(float)
    return Problem(
        load=load,
        households=units["households"].to_numpy(),
        home=home,
        pair_start=np.searchsorted(unit, np.arange(len(units) + 1)),
        pair_centre=centre,
        walk_m=walk_m,
        adjacency=network.adjacency(snaps, group=fence.astype(np.int32)),
        rules=zone_rules(units, rules),
        penalty_m=load[unit] * rules.walk.charge_m(walk_m),
        fence=fence.astype(np.int32),
    )


def _pairs(
    fence: NDArray[Any], home: Ints32, snaps: Snaps, network: Network, rules: RuleBook
) -> tuple[Ints32, Ints32, Floats]:
    """All pairs within reach and inside one fence, and each unit's nearest centre besides."""
    at = snaps.take(home)
    walks = network.walks(at, snaps, limit_m=rules.walk.reach)
    same = fence[walks.target] == fence[home][walks.source]
    unit, centre, walk_m = walks.target[same], walks.source[same], walks.walk_m[same]
    if not rules.walk.hard:
        # Beyond the reach nobody is listed, and an elastic limit still wants everybody served: each
        # gets its nearest centre, however far.
        far = np.setdiff1d(np.arange(len(fence)), unit)
        more = [
            _nearest_in_fence(f, fence, home, far, snaps, network) for f in np.unique(fence[far])
        ]
        unit = np.concatenate([unit, *(m[0] for m in more)])
        centre = np.concatenate([centre, *(m[1] for m in more)])
        walk_m = np.concatenate([walk_m, *(m[2] for m in more)])
    else:
        near = (walk_m <= rules.walk.limit_m) | (unit == home[centre])
        unit, centre, walk_m = unit[near], centre[near], walk_m[near]
    # the problem wants pairs by unit, then centre; the walks came by centre
    order = np.lexsort((centre, unit))
    return unit[order].astype(np.int32), centre[order].astype(np.int32), walk_m[order]


def _nearest_in_fence(
    name: int, fence: NDArray[Any], home: Ints32, far: NDArray[Any], snaps: Snaps, network: Network
) -> tuple[NDArray[Any], NDArray[Any], Floats]:
    """Give each far unit its nearest centre, however far: better a long walk than none."""
    units = far[fence[far] == name]
    own = np.flatnonzero(fence[home] == name)
    if not len(own):
        return units[:0], own[:0], np.zeros(0)
    source, walk_m = network.nearest(snaps.take(home[own]), snaps.take(units))
    ok = source >= 0
    return units[ok], own[source[ok]], walk_m[ok]

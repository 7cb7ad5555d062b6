"""What would mend each gap: a centre, a gate, a link, another limit; each tried before it is told.

Walks are measured with the change in place.  Where a new centre stands among zones that are there, the zones
around it are cut again, and an independent audit says what became of the gap, who changes hands, and what it
costs in walking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from planner.model.arrays import Floats, Ints
from planner.model.audit import audit
from planner.model.excerpt import beside_walks, excerpt, own_ceilings, with_centre
from planner.network import WalkingNetwork
from planner.network.distance import Mesh, flood
from planner.plan.care.onstreets import OnStreets
from planner.plan.frames import assignment_of
from planner.solve.stop import Clock
from planner.solve.zones.search import Stop, solve

__all__ = ["KINDS", "Mend", "mends"]

KINDS = ("address", "fence", "gate", "link", "centre", "person", "rule")
"""What a repair is, the cheapest first: a cell of a sheet, a border, a gate, a way, a member who becomes a
centre, a neighbour who would have to be won for it, and last a rule: it brings nobody nearer."""
FAR, FULL = "beyond_walk_limit", "zone_over_limit"
WALKED = frozenset(
    {FAR, FULL, "beyond_hard_limit", "no_centre_in_fence"}
    | {"other_piece", "behind_gate", "no_walking_path"}
)
APART = frozenset({"other_piece", "behind_gate", "no_walking_path"})
STEP_M = 50.0  # walk limits are told in such steps
LINK_M = 150.0  # a missing way that is longer is no repair but a road to be built
GATE_M = 1.0
MOST_LINKS = 8
MOST_CENTRES = 60
MOST_ZONES = 10
SEARCH_S, GAP = 4.0, 0.01


@dataclass(frozen=True, slots=True)
class Mend:
    """One change, and what it does.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    target : str
        What is changed: id of a member, ``lon,lat``, a limit.
    homes : tuple of int
        Households that it brings within the rules, by position.
    walk_m : float
        Their mean walk to a centre then; NaN where that is unknown.
    homes_moved : int or None
        Homes that change hands besides; None where nothing was cut again.
    walk_change_m : float or None
        What it adds to the walk of each home around.
    tried : str
        ``walked`` (walks measured with it), ``solved`` (zones around it cut again and audited), ``counted``
        (the plan held against it), or "".
    """

    kind: str
    target: str
    where: str
    homes: tuple[int, ...]
    walk_m: float = float("nan")
    homes_moved: int | None = None
    walk_change_m: float | None = None
    tried: str = ""


@dataclass(frozen=True, eq=False)
class _Gaps:
    """Uncovered households that have a unit: positions, units, causes."""

    home: Ints
    unit: Ints
    cause: Any

    def of(self, *causes: str) -> _Gaps:
        at = np.isin(self.cause, causes)
        return _Gaps(self.home[at], self.unit[at], self.cause[at])

    def in_units(self, units: Ints) -> tuple[int, ...]:
        return tuple(self.home[np.isin(self.unit, units)].tolist())

    def count(self, n_units: int) -> Ints:
        return np.bincount(self.unit, minlength=n_units)


def mends(ground: OnStreets, *, seconds: float = 20.0, seed: int = 0) -> list[Mend]:
    """Look for what would mend the gaps whose homes have a place.

    `seconds`: how long zones may be cut again, in all; centres beyond that are told by their walks alone.
    """
    cause = ground.plan.households["gap"].to_numpy(str)
    rows = np.flatnonzero(np.isin(cause, sorted(WALKED)) & (ground.home_unit >= 0))
    gaps = _Gaps(rows, ground.home_unit[rows], cause[rows])
    if not len(rows):
        return []
    found = [*_links(ground, gaps.of(*APART)), *_limits(ground, gaps)]
    clock = Clock(seconds)
    open_ = np.unique(gaps.unit)
    for kind, names in (("centre", _members(ground)), ("person", _neighbours(ground))):
        # Only where no member lives near enough is a neighbour asked.
        for unit, mended, walk in _chosen(ground, gaps, names, open_):
            homes = gaps.in_units(mended)
            mend = Mend(kind, names[unit], _where(ground, unit), homes, walk, tried="walked")
            if clock.left > 0:
                mend = _solved(ground, gaps, mend, unit, min(SEARCH_S, clock.left), seed) or mend
            if mend.homes:
                found.append(mend)
                open_ = np.setdiff1d(open_, ground.home_unit[list(mend.homes)])
    return found


def _where(ground: OnStreets, unit: int) -> str:
    units = ground.plan.units
    return str(units["fence"].iloc[unit])


def _limits(ground: OnStreets, gaps: _Gaps) -> Iterator[Mend]:
    """Give the least walk limit, and the least ceiling of a zone, under which homes are covered."""
    homes, plan = ground.plan.households, ground.plan
    far = gaps.of(FAR, "beyond_hard_limit")
    walk = homes["walk_m"].to_numpy(float)[far.home]
    hard = ~np.isfinite(walk)
    if hard.any():
        walk[hard] = _nearest_in_fence(ground, far.unit[hard])
    limit = np.ceil(walk / STEP_M) * STEP_M
    # A centre's own home is never beyond; whoever no walk leads to is no matter of limits.
    for new in np.unique(limit[np.isfinite(limit)]).tolist():
        own = limit <= new
        yield Mend(
            "rule",
            f"walk {new:g}",
            "",
            tuple(far.home[own].tolist()),
            float(walk[own].mean()),
            0 if not hard[own].any() else None,
            0.0 if not hard[own].any() else None,
            "counted",
        )
    full, zone = gaps.of(FULL), homes["zone"].to_numpy(str)
    size = dict(zip(plan.zones["centre_id"], plan.zones["households"], strict=True))
    for name in np.unique(zone[full.home]).tolist():
        own = full.home[zone[full.home] == name]
        walks = homes["walk_m"].to_numpy(float)[own]
        where = str(plan.zones.loc[plan.zones["centre_id"] == name, "fence"].iloc[0])
        total = f"households {int(size[name])}"
        yield Mend(
            "rule", total, where, tuple(own.tolist()), float(walks.mean()), 0, 0.0, "counted"
        )


def _nearest_in_fence(ground: OnStreets, units: Ints) -> Floats:
    """Give the walk to the nearest centre of the own fence; infinite where there is none."""
    fence, homes = ground.fence, ground.plan.problem.home.astype(np.int64)
    walk = np.full(len(units), np.inf)
    for name in np.unique(fence[units]).tolist():
        at, own = np.flatnonzero(fence[units] == name), np.unique(homes[fence[homes] == name])
        if len(own):
            walk[at] = ground.nearest_m(own, units[at])
    return walk


def _members(ground: OnStreets) -> dict[int, str]:
    """Give the units in which a member lives who is no centre, and who that is."""
    taken = set(ground.plan.problem.home.tolist())
    names: dict[int, str] = {}
    ids = ground.plan.members["member_id"].to_numpy(str)
    for at in np.argsort(ids, kind="stable").tolist():
        unit = int(ground.member_unit[at])
        if unit >= 0 and unit not in taken:
            names.setdefault(unit, str(ids[at]))
    return names


def _neighbours(ground: OnStreets) -> dict[int, str]:
    """Give the units in which anybody lives but a member, by the label of the door."""
    taken = {*ground.plan.problem.home.tolist(), *_members(ground)}
    units = ground.plan.units
    labels = np.where(units["label"] != "", units["label"], units["unit_id"])
    lived = np.flatnonzero(units["households"].to_numpy(np.int64) > 0).tolist()
    return {u: str(labels[u]) for u in lived if u not in taken}


def _chosen(
    ground: OnStreets, gaps: _Gaps, names: dict[int, str], lost: Ints
) -> Iterator[tuple[int, Ints, float]]:
    """Choose units whence most gaps are within the limit, one after another until none reaches any.

    Yields: unit, units that it reaches and nobody chosen before does, their mean walk.
    """
    plan, limit = ground.plan, ground.plan.rules.walk.limit_m
    free = np.array(sorted(names), np.int64)
    if not len(free) or not len(lost):
        return
    walks = ground.walks(free, lost, limit)
    from_, to, metres = walks.source.astype(np.int64), walks.target.astype(np.int64), walks.walk_m
    same = ground.fence[free[from_]] == ground.fence[lost[to]]
    from_, to, metres = from_[same], to[same], metres[same]
    weight = gaps.count(plan.problem.n_units)[lost].astype(float)
    open_ = np.ones(len(lost), bool)
    for _ in range(MOST_CENTRES):
        live = open_[to]
        gain = np.bincount(from_[live], weight[to[live]], minlength=len(free))
        if gain.max() <= 0:
            return
        # Of those that reach as many the one with the shortest walks.
        far = np.bincount(from_[live], (weight[to] * metres)[live], minlength=len(free))
        best = int(np.lexsort((far, -gain))[0])
        own = live & (from_ == best)
        walk = float(np.average(metres[own], weights=weight[to[own]]))
        yield int(free[best]), lost[to[own]], walk
        open_[to[own]] = False


def _solved(
    ground: OnStreets, gaps: _Gaps, mend: Mend, unit: int, seconds: float, seed: int
) -> Mend | None:
    """Cut the zones around a new centre again; None where its homes have no zone that could be cut.

    The result mends what the audit finds mended, which may be less than the walks promised.
    """
    plan, problem = ground.plan, ground.plan.problem
    assignment = assignment_of(plan)
    lost = np.unique(ground.home_unit[list(mend.homes)])
    if assignment[unit] < 0 or (assignment[lost] < 0).any():
        return None
    part = excerpt(problem, assignment, _around(ground, unit, lost, assignment))
    at = np.flatnonzero(part.units == unit)
    if not len(at):
        return None
    walk, rules = np.full(len(part.units), np.nan), plan.rules.walk
    measured = ground.walks(np.array([unit]), part.units, rules.reach)
    walk[measured.target] = measured.walk_m
    walk[ground.fence[part.units] != ground.fence[unit]] = np.nan
    if rules.hard:
        walk[walk > rules.limit_m] = np.nan
    beside = beside_walks(part.problem, rules)
    price = np.nan_to_num(part.problem.load * rules.charge_m(walk) + beside)
    tried = with_centre(part.problem, int(at[0]), walk, price)
    found = solve(tried, stop=Stop(gap=GAP, seconds=seconds), seed=seed)
    new = np.asarray(found.assignment, np.int64)
    now = audit(part.problem, part.assignment, -np.inf)
    then = audit(tried, new, found.bound_m)
    if then.unserved > now.unserved or then.disconnected:
        return replace(mend, tried="solved", homes=())
    moved = part.problem.households[new != part.assignment]
    held, zone = _held(ground, gaps, mend, part.units, tried, new)
    load = max(float(tried.load.sum()), 1.0)
    return replace(
        mend,
        homes=held,
        walk_m=round(zone, 1),
        homes_moved=int(moved.sum()),
        walk_change_m=round((then.cost_m - now.cost_m) / load, 1),
        tried="solved",
    )


def _held(
    ground: OnStreets, gaps: _Gaps, mend: Mend, units: Ints, tried: Any, new: Ints
) -> tuple[tuple[int, ...], float]:
    """Give the homes that are within walk limit and a zone that is not full, and their mean walk."""
    rules = ground.plan.rules
    walk = np.append(tried.walk_m, np.nan)[tried.pairs_of(new)]
    fence = str(ground.plan.units["fence"].iloc[int(units[0])]) if len(units) else ""
    high = rules.in_fence(fence).households_per_zone.high
    most = (np.inf if high is None else high) + own_ceilings(tried)
    size = np.bincount(new[new >= 0], tried.households[new >= 0], minlength=tried.n_centres)
    fits = size[new] <= most[new]
    good = units[(walk <= rules.walk.limit_m) & fits]
    homes = tuple(h for h in mend.homes if ground.home_unit[h] in set(good.tolist()))
    # Units that the same cut brings within the limit as well are no less mended.
    more = gaps.in_units(np.intersect1d(good, gaps.unit))
    every = tuple(sorted({*homes, *more}))
    at = np.searchsorted(units, ground.home_unit[list(every)]) if every else np.zeros(0, int)
    return every, float(walk[at].mean()) if every else float("nan")


def _around(ground: OnStreets, unit: int, lost: Ints, assignment: Ints) -> Ints:
    """Give the zones of the new centre and of the gaps, then those whose centres are nearest."""
    home = ground.plan.problem.home.astype(np.int64)
    zones = list(dict.fromkeys([int(assignment[unit]), *assignment[lost].tolist()]))
    near = ground.walks(np.array([unit]), home, 3.0 * ground.plan.rules.walk.limit_m)
    same = ground.fence[home[near.target]] == ground.fence[unit]
    order = near.target[same][np.argsort(near.walk_m[same], kind="stable")]
    zones += [c for c in order.tolist() if c not in zones][: max(MOST_ZONES - len(zones), 0)]
    return np.array(sorted(zones), np.int64)


def _links(ground: OnStreets, gaps: _Gaps) -> Iterator[Mend]:
    """Find where a gate, or a short way that is missing, would join homes to a centre of their fence."""
    network = ground.network
    if not len(gaps.home) or not isinstance(network, WalkingNetwork):
        return
    limit, home = ground.plan.rules.walk.limit_m, ground.plan.problem.home.astype(np.int64)
    piece = network.pieces_of(ground.snaps)
    for fence, own in sorted(
        {(int(ground.fence[u]), int(piece[u])) for u in gaps.unit.tolist() if piece[u] >= 0}
    ):
        units = np.unique(gaps.unit[(ground.fence[gaps.unit] == fence) & (piece[gaps.unit] == own)])
        centres = np.unique(home[ground.fence[home] == fence])
        if not len(centres):
            continue
        reach = flood(network.mesh, ground.snaps.take(centres)).metres
        best: tuple[tuple[int, ...], Floats, int, int, float] | None = None
        for here, there, length in _meetings(network, own, reach):
            walk = _from_node(network.mesh, here, ground, units) + length + reach[there]
            mended = gaps.in_units(units[walk <= limit])
            if mended and (best is None or len(mended) > len(best[0])):
                best = mended, walk[walk <= limit], here, there, length
        if best is not None:
            mended, walk, here, there, length = best
            ends = network.projection.to_lon_lat(network.node_xy[[here, there]])
            spots = [f"{lon:.6f},{lat:.6f}" for lon, lat in ends.tolist()]
            gate = length <= GATE_M
            target = spots[0] if gate else f"{spots[0]} - {spots[1]}"
            where = _where(ground, int(units[0]))
            kind = "gate" if gate else "link"
            yield Mend(kind, target, where, mended, float(walk.mean()), None, None, "walked")


def _meetings(
    network: WalkingNetwork, piece: int, reach: Floats
) -> Iterator[tuple[int, int, float]]:
    """Give the nearest pairs of a node of a piece and one from which a centre is reached."""
    inside = np.unique(network.edges[network.piece == piece])
    outside = np.flatnonzero(np.isfinite(reach))
    outside = np.setdiff1d(outside, inside)
    if not len(inside) or not len(outside):
        return
    away, at = KDTree(network.node_xy[outside]).query(
        network.node_xy[inside], distance_upper_bound=LINK_M
    )
    away, at = np.asarray(away), np.asarray(at)
    for k in np.argsort(away, kind="stable")[:MOST_LINKS].tolist():
        if np.isfinite(away[k]):
            yield int(inside[k]), int(outside[at[k]]), float(away[k])


def _from_node(mesh: Mesh, node: int, ground: OnStreets, units: Ints) -> Floats:
    """Give the walk from a crossing to some units."""
    snaps = ground.snaps.take(units)
    graph = mesh.with_sources(np.zeros(1, np.int64), np.array([node]), np.zeros(1))
    reach = dijkstra(graph, directed=True, indices=mesh.n_nodes)[: mesh.n_nodes] - 1.0
    a, b, to_a, to_b = mesh.doors(snaps)
    return np.minimum(reach[a] + to_a, reach[b] + to_b)

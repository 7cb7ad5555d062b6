"""What opening gates would bring: each alone, and the best sets of them, ways through several included.

A way through a gate leads to one side of it and on from the other.  Two gates in one way may bring what
neither does alone, so sets are no sums: every way through up to so many gates is followed, and what it gives
a home it gives where all its gates are open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.model.arrays import Floats
from planner.network import Snaps, WalkingNetwork
from planner.plan.care.adding.more import Candidates
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.shares import Needs
from planner.solve.cover import Gains, Pick, best_sets

__all__ = ["Gates", "gates_table"]

GATE_M = 20.0  # streets so near a gate may lead through it
OPENS_M = 60.0  # a gate that shortens nothing by as much is open already
SAME_M = 1e-6

_Ways = Mapping[tuple[int, ...], Floats]


@dataclass(frozen=True, eq=False)
class Gates:
    """Gates that could be opened, and the walks that each set of them would give.

    Parameters
    ----------
    ground : OnStreets
    asked : Candidates
        Homes that count, their walks today, and the limit; see `Candidates.centres`.
    name : ndarray of str, shape (n,)
    lon, lat : ndarray of float, shape (n,)
    sides : list of Snaps or None
        Both sides of each; None where no street leads there, or it is open already.
    detour_m : ndarray of float, shape (n,)
        Walk from one side to the other today, infinite for none, NaN without sides.
    """

    ground: OnStreets
    asked: Candidates
    name: np.ndarray
    lon: Floats
    lat: Floats
    sides: list[Snaps | None]
    detour_m: Floats

    @classmethod
    def of(cls, ground: OnStreets, gates: gpd.GeoDataFrame, limit_m: float) -> Gates:
        """Look at what the office would open: ``name``, and shapes, EPSG:4326, of which the middle counts."""
        points = shapely.centroid(gates.geometry.to_numpy())
        lon, lat = shapely.get_x(points), shapely.get_y(points)
        found = [_sides(ground, x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
        names = gates["name"].astype(str).to_numpy(object)
        spots = [f"{x:.6f},{y:.6f}" for x, y in zip(lon, lat, strict=True)]
        named = np.array([n or spot for n, spot in zip(names, spots, strict=True)], object)
        asked = Candidates.centres(ground, limit_m)
        sides = [None if pair is None else pair[0] for pair in found]
        detour = np.array([np.nan if pair is None else pair[1] for pair in found])
        return cls(ground, asked, named, lon, lat, sides, detour)

    @cached_property
    def alone(self) -> _Ways:
        """Walks with one gate open, see `ways`."""
        return self.ways(1)

    def ways(self, most: int) -> _Ways:
        """Give by the gates that a way needs, ascending, the walks of all units along it, shape (n_units,).

        Ways through up to `most` gates, infinite beyond twice the limit; a home walks the shortest of today's
        and those whose gates are all open.
        """
        usable = [g for g, sides in enumerate(self.sides) if sides is not None]
        if not usable or not most:
            return {}
        both = _joined([sides for sides in self.sides if sides is not None])
        ground, far = self.ground, 2 * self.asked.limit_m
        n, units = len(both), len(self.asked.now_m)
        across, out = np.full((n, n), np.inf), np.full((n, units), np.inf)
        found = ground.network.walks(both, both, limit_m=far)
        across[found.source, found.target] = found.walk_m
        found = ground.network.walks(both, ground.snaps, limit_m=far)
        out[found.source, found.target] = found.walk_m
        home = ground.plan.problem.home.astype(np.int64)
        made: dict[tuple[int, ...], Floats] = {}
        for fence in np.unique(ground.fence).tolist():
            sources = np.unique(home[ground.fence[home] == fence])
            if not len(sources):
                continue
            inward = ground.network.nearest(ground.snaps.take(sources), both)[1]
            own = np.flatnonzero(ground.fence == fence)
            for gates, exit_, metres in _followed(inward, across, far, most):
                key = tuple(sorted(usable[g] for g in gates))
                walk = made.setdefault(key, np.full(units, np.inf))
                walk[own] = np.minimum(walk[own], metres + out[exit_, own])
        return made

    def walk(self, gates: tuple[int, ...], ways: _Ways) -> Floats:
        """Give the walk of every unit where some gates are open."""
        walk, there = self.asked.now_m, set(gates)
        for needed, along in ways.items():
            if there.issuperset(needed):
                walk = np.minimum(walk, along)
        return walk

    def gains(self, model: str, ways: _Ways) -> Gains:
        """Say who gains what by which gates together; see `Candidates.gains`."""
        now, limit, weight = self.asked.now_m, self.asked.limit_m, self.asked.weight
        known: dict[tuple[int, ...], Floats] = {}
        customer, offer, gain, needs = [], [], [], []
        for gates in sorted(ways, key=lambda g: (len(g), g)):
            walk = ways[gates]
            if model == "cover":
                mine = np.where((walk <= limit) & (now > limit), weight, 0.0)
            else:
                mine = weight * np.maximum(np.minimum(now, 2 * limit) - walk, 0.0)
            lesser = [v for g, v in known.items() if set(g) < set(gates)]
            more = mine > np.max([np.zeros(len(now)), *lesser], axis=0) + SAME_M
            if more.any():
                known[gates] = mine
                at = np.flatnonzero(more)
                customer.append(at)
                offer.append(np.full(len(at), len(needs)))
                gain.append(mine[at])
                needs.append(gates)
        none = np.zeros(0, np.int64)
        who, what = (np.concatenate([none, *c]).astype(np.int64) for c in (customer, offer))
        return Gains(len(self.name), who, what, np.concatenate([np.zeros(0), *gain]), tuple(needs))

    def sets(self, model: str, most: int, *, seconds: float, seed: int) -> list[Pick]:
        """Choose the best sets of 1 up to `most` gates."""
        return best_sets(self.gains(model, self.ways(most)), most, seconds=seconds, seed=seed)


def _joined(parts: list[Snaps]) -> Snaps:
    """Put the sides of gates together, each at a place of its own, though two gates stand on one spot."""
    apart = [sides.home_xy + np.array([0.0, 1e-4 * nth]) for nth, sides in enumerate(parts)]
    return Snaps(
        np.concatenate([p.edge for p in parts]),
        np.concatenate([p.along_m for p in parts]),
        np.concatenate([p.access_m for p in parts]),
        np.concatenate([p.xy for p in parts]),
        np.concatenate(apart),
        np.concatenate([p.crosses for p in parts]),
    )


def _followed(
    inward: Floats, across: Floats, far: float, most: int
) -> Iterator[tuple[frozenset[int], int, float]]:
    """Follow every way through up to `most` gates: which, the side where it comes out, and its metres.

    `inward`: walk from the nearest centre to each side, two a gate in turn; `across`: between sides.
    """
    best: dict[int, list[tuple[frozenset[int], float]]] = {}
    front = [(frozenset[int](), -1, 0.0)]
    for _ in range(most):
        grown: list[tuple[frozenset[int], int, float]] = []
        for gates, at, metres in front:
            reach = inward if at < 0 else metres + across[at]
            for side in np.flatnonzero(reach <= far).tolist():
                gate, exit_ = side // 2, side ^ 1
                walk = float(reach[side])
                # Of use only where the other side is not as near without it, or with fewer gates.
                if gate in gates or walk >= inward[exit_] - SAME_M:
                    continue
                through = gates | {gate}
                known = best.setdefault(exit_, [])
                if any(s <= through and m <= walk + SAME_M for s, m in known):
                    continue
                known.append((through, walk))
                grown.append((through, exit_, walk))
        yield from grown
        front = grown


def gates_table(gates: Gates, needs: Needs) -> pd.DataFrame:
    """Tell what opening each gate would bring: homes within the limit of a centre of their fence, and metres.

    Gives: ``gate, lon, lat, homes, care, saved_m, detour_m`` (walk from one side to the other today, infinite
    for none, NaN where no street leads there or it is open already); most homes first.
    """
    asked, rows = gates.asked, []
    unit = gates.ground.home_unit
    far = 2 * asked.limit_m
    for g, name in enumerate(gates.name.tolist()):
        walk = gates.walk((g,), gates.alone)
        new = (walk <= asked.limit_m) & (asked.now_m > asked.limit_m)
        care = int((needs.care & np.append(new, False)[unit]).sum())
        saved = float((asked.weight * (np.minimum(asked.now_m, far) - np.minimum(walk, far))).sum())
        place = (round(float(gates.lon[g]), 6), round(float(gates.lat[g]), 6))
        told = (int(asked.weight[new].sum()), care, round(saved, 1), float(gates.detour_m[g]))
        rows.append((name, *place, *told))
    columns = ["gate", "lon", "lat", "homes", "care", "saved_m", "detour_m"]
    down = pd.DataFrame(rows, columns=columns).sort_values("gate", kind="stable")
    return down.sort_values(["homes", "saved_m"], ascending=False, kind="stable", ignore_index=True)


def _sides(ground: OnStreets, lon: float, lat: float) -> tuple[Snaps, float] | None:
    """Find the two streets at a gate that lie farthest apart on foot; None where one is near the other."""
    network = ground.network
    if not isinstance(network, WalkingNetwork):
        return None
    (home,) = network.projection.to_xy(np.array([lon]), np.array([lat])).reshape(-1, 2)
    point = shapely.Point(home)
    near = np.flatnonzero(shapely.dwithin(network.edge_lines, point, GATE_M))
    if len(near) < 2:
        return None
    lines = network.edge_lines[near]
    along = shapely.line_locate_point(lines, point)
    spots = shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
    # A place of its own for each: sides of one gate are no home that is met twice.
    at = np.column_stack([home[0] + np.arange(len(near)) * 1e-3, np.full(len(near), home[1])])
    access = shapely.distance(lines, point)
    along = np.minimum(along, network.length_m[near])
    sides = Snaps(near.astype(np.int32), along, access, spots, at, np.zeros(len(near), bool))
    found = network.walks(sides, sides, limit_m=None)
    apart = np.full((len(near), len(near)), np.inf)
    apart[found.source, found.target] = found.walk_m - access[found.source] - access[found.target]
    np.fill_diagonal(apart, 0.0)
    # Of pairs equally far apart the one with the shortest way through the gate.
    order = np.lexsort(((access[:, None] + access[None]).ravel(), -apart.ravel()))
    one, other = np.unravel_index(order[0], apart.shape)
    if apart[one, other] < OPENS_M:
        return None
    return sides.take([one, other]), float(apart[one, other])

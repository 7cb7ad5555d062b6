"""A finished plan put back on its streets: where each unit joins them, and walks beyond those it keeps.

A plan keeps its units' places and the walks between them and the centres of their fence.  Who else is near,
which ground is within five minutes, what a gate would open: that takes the network again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from planner.demand.footing import SNAP_MAX_M, footing
from planner.errors import InputError
from planner.model.arrays import AnyInts, Bools, Floats, Ints
from planner.model.tables import PlanTables
from planner.network import Network, Snaps, WalkingNetwork, Walks
from planner.network.isochrones import without_edges
from planner.network.relief import Relief, on_slopes
from planner.plan.frames import unit_positions

__all__ = ["OnStreets", "on_streets"]

SAME_M = 0.02  # a plan keeps legs to the centimetre
MOST_ELSEWHERE = 0.01
ON_STEPS_M = 0.5


@dataclass(frozen=True, eq=False)
class OnStreets:
    """A plan, and where its units join the streets.

    `snaps`: of the units, in the order of `PlanTables.units`.
    `relief`: what the street layer says of slopes and steps.
    """

    plan: PlanTables
    network: Network
    snaps: Snaps
    relief: Relief | None = None

    @cached_property
    def home_unit(self) -> Ints:
        """Unit of each household, -1 for none."""
        return unit_positions(self.plan, self.plan.households["unit_id"])

    @cached_property
    def member_unit(self) -> Ints:
        """Unit of each member, -1 for none."""
        return unit_positions(self.plan, self.plan.members["unit_id"])

    @cached_property
    def serving(self) -> Bools:
        """Members who look after somebody; those who rest reach nobody."""
        return self.plan.members["households"].to_numpy(float) > 0

    @cached_property
    def fence(self) -> Ints:
        """Fence of each unit, as a number."""
        return pd.factorize(self.plan.units["fence"], sort=True)[0].astype(np.int64)

    @property
    def centre_units(self) -> Ints:
        """Units in which the centres live, each once."""
        return np.unique(self.plan.problem.home.astype(np.int64))

    @property
    def serving_units(self) -> Ints:
        """Units in which serving members live, each once."""
        at = np.unique(self.member_unit[self.serving])
        return at[at >= 0]

    def nearest_m(self, sources: AnyInts, targets: AnyInts | None = None) -> Floats:
        """Give the walk from the nearest of some units to each unit, infinite where there is none."""
        to = self.snaps if targets is None else self.snaps.take(targets)
        return self.network.nearest(self.snaps.take(sources), to)[1]

    def walks(self, sources: AnyInts, targets: AnyInts, limit_m: float) -> Walks:
        """Give the walks between some units and others no longer than a limit, by positions in the two."""
        return self.network.walks(
            self.snaps.take(sources), self.snaps.take(targets), limit_m=limit_m
        )

    def without_steps(self) -> OnStreets:
        """Give the same where no flight of steps is a way; the same object where there is none."""
        network, streets = self.network, self.plan.base["streets"]
        if not isinstance(network, WalkingNetwork):
            return self
        flights = streets[streets["highway"] == "steps"].geometry.to_numpy()
        if (
            self.relief is not None
        ):  # of a layer of one's own the plan does not keep which are steps
            flights = np.concatenate([flights, self.relief.flights])
        if not len(flights):
            return self
        to_xy = network.projection.to_xy
        tree = shapely.STRtree(shapely.transform(flights, lambda c: to_xy(*c.T)))
        middle = shapely.line_interpolate_point(network.edge_lines, 0.5, normalized=True)
        on = tree.query(middle, predicate="dwithin", distance=ON_STEPS_M)[0]
        gone = np.zeros(len(network.edges), bool)
        gone[on] = True
        if not gone.any() or gone.all():
            return self
        level = without_edges(network, gone)
        # Only who joined a flight itself is joined anew: everybody else keeps the own door.
        place = np.cumsum(~gone) - 1
        edge = np.where(self.snaps.edge >= 0, place[self.snaps.edge], -1).astype(np.int32)
        lost = np.flatnonzero((self.snaps.edge >= 0) & gone[self.snaps.edge])
        snaps = replace(self.snaps, edge=edge)
        if len(lost):
            points = self.plan.units.geometry.to_numpy()[lost]
            near = level.snap(shapely.get_x(points), shapely.get_y(points), max_m=SNAP_MAX_M)
            snaps = snaps.replaced(lost, near)
        return replace(self, network=level, snaps=snaps)

    @cached_property
    def _sampled(self) -> tuple[Floats, Floats]:
        if not isinstance(self.network, WalkingNetwork) or self.relief is None:
            return np.ones(0), np.zeros(0)
        return self.relief.sampled(self.network)

    @property
    def slopes_known(self) -> float:
        """Share of the streets' length whose slope the street layer knows."""
        known, network = self._sampled[1], self.network
        if not known.any() or not isinstance(network, WalkingNetwork):
            return 0.0
        return float((known * network.length_m).sum() / network.length_m.sum())

    def on_slopes(self) -> OnStreets:
        """Give the same with walks in metres on the level that take as long; itself where none is steep."""
        factor, network = self._sampled[0], self.network
        if not isinstance(network, WalkingNetwork) or not (factor > 1.0).any():
            return self
        sloping, snaps = on_slopes(network, self.snaps, factor)
        return replace(self, network=sloping, snaps=snaps)


def on_streets(plan: PlanTables, network: Network, relief: Relief | None = None) -> OnStreets:
    """Join the units of a plan to the streets as they were when it was made.

    Raises
    ------
    InputError
        The streets are others than those of the plan.
    """
    units = plan.units
    points = units.geometry.to_numpy()
    people = pd.DataFrame(
        {
            "lon": shapely.get_x(points),
            "lat": shapely.get_y(points),
            "fence": units["fence"].to_numpy(object),
            "households": units["households"].to_numpy(np.int64),
            "centre": np.isin(np.arange(len(units)), plan.problem.home),
        }
    )
    snaps = footing(people, network).snaps
    kept = units["access_m"].to_numpy(float)
    # Legs tell: other streets, a gate opened since or another projection join homes elsewhere.
    apart = ~(np.abs(snaps.access_m - kept) <= SAME_M) & np.isfinite(kept)
    if apart.sum() > MOST_ELSEWHERE * len(units):
        raise InputError.of("other-streets", n=int(apart.sum()), total=len(units))
    return OnStreets(plan, network, snaps, relief)

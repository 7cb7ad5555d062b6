"""A made-up office on straight lines: located people and the problem that they pose, for tests of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from planner.demand.demand import Demand, build_demand
from planner.demand.entrances import DOOR_COLUMNS
from planner.demand.ground import Ground
from planner.demand.locate import Located
from planner.model.plane import LocalProjection
from planner.model.rules import Bound, RuleBook, WalkLimit
from planner.network.straight import StraightNetwork

PLANE = LocalProjection(117.0, 32.6)
TEXTS = ("fence", *DOOR_COLUMNS, "label", "matched", "cause", "detail", "precision")
RULES = RuleBook(
    members_per_zone=Bound(1, 6),
    households_per_member=Bound(2, 8),
    households_per_zone=Bound(4, 30),
    walk=WalkLimit(400),
)


def people(prefix: str, at: Iterable[tuple[float, float]], **columns: Any) -> pd.DataFrame:
    """Place one person at each point of the plane, metres; texts are "" unless given."""
    xy = np.array(list(at), float).reshape(-1, 2)
    lon, lat = PLANE.to_lon_lat(xy).T
    frame = pd.DataFrame(
        {"id": [f"{prefix}{i:02d}" for i in range(len(xy))], "lon": lon, "lat": lat}
    )
    return frame.assign(**dict.fromkeys(TEXTS, ""), confidence=1.0).assign(**columns)


def office(
    homes: pd.DataFrame, members: pd.DataFrame, rules: RuleBook = RULES
) -> tuple[Located, Demand, Ground]:
    """Locate people and state their problem; walks are straight lines times 1.3."""
    ground = Ground(StraightNetwork(PLANE, 1.3))
    homes = homes if "load" in homes else homes.assign(load=1.0)
    located = Located(homes, members, ())
    return located, build_demand(homes, members, ground.network, rules), ground


def street(n: int, step_m: float = 40.0, homes_each: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay `n` buildings along a street, a centre at either end, a member in every third one."""
    at = [(step_m * b, 0.0) for b in range(n)]
    floors = [str(f % homes_each + 1) for f in range(n * homes_each)]
    names = [str(b + 1) for b in range(n)]
    whose = np.repeat(names, homes_each)
    homes = people("H", [p for p in at for _ in range(homes_each)], floor=floors, building=whose)
    lives = sorted({0, n - 1, *range(1, n, 3)})
    own = [names[b] for b in lives]
    members = people(
        "M",
        [at[b] for b in lives],
        is_centre=[b in (0, n - 1) for b in lives],
        building=own,
    )
    return homes, members

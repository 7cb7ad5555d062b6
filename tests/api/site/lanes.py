"""A lane with homes and members, for the tests of siting: metres along it, no streets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from planner.api.site.proposal import Outcome
from planner.api.site.quarters import Quarter, choose, make_quarters
from planner.demand.demand import Demand, build_demand
from planner.demand.locate import Located
from planner.model.plane import LocalProjection
from planner.model.rules import Bound, RuleBook, WalkLimit
from planner.network import StraightNetwork

RULES = RuleBook(households_per_zone=Bound(None, 60), walk=WalkLimit(450.0))


class Lane(SimpleNamespace):
    """Demand, candidates, network and quarters of one lane."""

    demand: Demand
    table: pd.DataFrame
    network: StraightNetwork
    quarters: list[Quarter]
    located: Located


def lane(
    spots: list[float],
    fences: list[str],
    members: list[float],
    *,
    each: int = 10,
    rules: RuleBook = RULES,
    **table: Any,
) -> Lane:
    """Put homes at each spot of a lane, and members beside them; further columns of the candidates."""
    place = LocalProjection(117.0, 32.6)
    network = StraightNetwork(place, 1.0)

    def people(at: list[float], prefix: str, **more: object) -> pd.DataFrame:
        lon, lat = place.to_lon_lat(np.column_stack([at, np.zeros(len(at))])).T
        near = [fences[int(np.argmin(np.abs(np.array(spots) - x)))] for x in at]
        ids = [f"{prefix}{i}" for i in range(len(at))]
        frame = pd.DataFrame({"id": ids, "lon": lon, "lat": lat, "fence": near})
        blank = dict.fromkeys(("place", "building", "stairwell", "floor", "written", "label"), "")
        return frame.assign(**blank, **more)

    homes = people([x for x in spots for _ in range(each)], "H", load=1.0)
    folk = people(members, "M", is_centre=False)
    demand = build_demand(homes, folk, network, rules)
    given = {"id": folk["id"], "fence": folk["fence"], "unit": demand.member_unit, "label": ""}
    plain = {"merit_m": 0.0, "forced": False, "role": "", "score": np.nan, "strengths": ""}
    made = pd.DataFrame({**given, **plain, "was_centre": False, **table})
    quarters = make_quarters(demand, made, network, rules)
    located = Located(households=homes, members=folk, findings=())
    return Lane(demand=demand, table=made, network=network, quarters=quarters, located=located)


def outcomes(of: Lane, counts: list[int]) -> list[Outcome]:
    """Choose so many in each fence."""
    return [
        Outcome(q, choose(q, k, seconds=120.0, seed=0, gap=0.0) if k else None)
        for q, k in zip(of.quarters, counts, strict=True)
    ]

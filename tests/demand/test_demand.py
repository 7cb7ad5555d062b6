"""Located homes become units, walks and a problem, whatever the order of the rows."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString

from planner.demand.demand import build_demand
from planner.demand.entrances import DOOR_COLUMNS
from planner.model.rules import Bound, RuleBook, WalkLimit
from planner.network.graph import WalkingNetwork


@pytest.fixture(scope="module")
def lane() -> WalkingNetwork:
    """A straight lane of about one kilometre, with a vertex every 0.001 degrees."""
    line = LineString([(117 + 0.001 * i, 32.6) for i in range(12)])
    return WalkingNetwork.from_lines(gpd.GeoDataFrame(geometry=[line], crs="EPSG:4326"))


def residents(lon: list[float], prefix: str, **columns: object) -> pd.DataFrame:
    """Make one person at each longitude, 5 m beside the lane."""
    n = len(lon)
    frame = {"id": [f"{prefix}{i}" for i in range(n)], "lon": lon, "lat": [32.60005] * n}
    texts = dict.fromkeys(("fence", *DOOR_COLUMNS), "")
    return pd.DataFrame({**frame, **texts, **columns})


HOMES = residents([117.0, 117.0, 117.002, 117.004, 117.006, 117.009], "H", load=1.0)
MEMBERS = residents([117.0, 117.009, 117.004], "M", is_centre=[True, True, False])
RULES = RuleBook(members_per_zone=Bound(1, 2), households_per_zone=Bound(1, 4), walk=WalkLimit(300))


def test_walks_are_metres_along_the_lane_and_both_legs(lane: WalkingNetwork) -> None:
    """The home of a centre is at 0 m; the next building is its distance along the lane and two legs away."""
    made = build_demand(HOMES, MEMBERS, lane, RULES)
    problem = made.problem
    assert problem.n_units == 5
    assert problem.households.tolist() == [2, 1, 1, 1, 1]
    first = problem.pair_start[1] + np.searchsorted(
        problem.pair_centre[problem.pair_start[1] : problem.pair_start[2]], 0
    )
    assert problem.walk_m[problem.pair_start[0]] == 0
    assert problem.walk_m[first] == pytest.approx(187.7 + 2 * 5.5, abs=1.0)


def test_each_unit_keeps_its_nearest_centre_beyond_reach(lane: WalkingNetwork) -> None:
    """A long walk is better than none: the nearest centre stays a candidate, however far."""
    rules = RuleBook(walk=WalkLimit(limit_m=50, reach_m=60))
    made = build_demand(HOMES, MEMBERS, lane, rules)
    assert (np.diff(made.problem.pair_start) >= 1).all()
    assert made.problem.penalty_m.max() > 0
    hard = build_demand(HOMES, MEMBERS, lane, RuleBook(walk=WalkLimit(50, hard=True)))
    assert (np.diff(hard.problem.pair_start) == 0).any()


def test_a_walk_is_charged_from_the_limit_on_and_not_from_the_reach(lane: WalkingNetwork) -> None:
    """Each metre beyond the limit costs its price for each home; the reach only says who may serve."""
    for reach in (None, 700.0, 5000.0):
        rules = RuleBook(walk=WalkLimit(limit_m=300, price=3.0, reach_m=reach))
        problem = build_demand(HOMES, MEMBERS, lane, rules).problem
        beyond = np.maximum(problem.walk_m - 300.0, 0.0)
        assert problem.penalty_m == pytest.approx(3.0 * problem.load[problem.pair_unit] * beyond)
        assert ((problem.walk_m > 300) & (problem.walk_m < 700)).any()


def test_fences_are_never_crossed(lane: WalkingNetwork) -> None:
    """Pairs and adjacency stay inside a fence."""
    homes = HOMES.assign(fence=["A", "A", "A", "B", "B", "B"])
    members = MEMBERS.assign(fence=["A", "B", "B"])
    problem = build_demand(homes, members, lane, RULES).problem
    assert (
        problem.fence[problem.pair_unit] == problem.fence[problem.home[problem.pair_centre]]
    ).all()
    assert (problem.fence[problem.adjacency[:, 0]] == problem.fence[problem.adjacency[:, 1]]).all()


def test_row_order_does_not_matter(lane: WalkingNetwork) -> None:
    """Shuffled sheets give the same problem, and each household the same unit."""
    made = build_demand(HOMES, MEMBERS, lane, RULES)
    order = np.array([3, 0, 5, 1, 4, 2])
    turned = build_demand(
        HOMES.iloc[order].reset_index(drop=True),
        MEMBERS.iloc[::-1].reset_index(drop=True),
        lane,
        RULES,
    )
    assert made.problem.fingerprint() == turned.problem.fingerprint()
    assert (turned.household_unit == made.household_unit[order]).all()


def test_a_home_far_from_any_street_is_held_and_said(lane: WalkingNetwork) -> None:
    """It has no unit, so it becomes a gap; the rest is planned."""
    homes = HOMES.assign(lat=[32.60005] * 5 + [32.7])
    made = build_demand(homes, MEMBERS, lane, RULES)
    assert made.household_unit[-1] == -1
    assert "far-from-streets" in [f.code for f in made.findings]


def test_a_member_alone_makes_a_unit_without_households(lane: WalkingNetwork) -> None:
    """A member who lives where no household does still counts for the zone."""
    members = residents([117.0, 117.0075], "M", is_centre=[True, False])
    problem = build_demand(HOMES, members, lane, RULES).problem
    assert (problem.households == 0).sum() == 1

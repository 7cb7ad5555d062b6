"""Located homes become units, walks and a problem, whatever the order of the rows."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString

from planner.demand.demand import _lost_centres, _near_streets, build_demand, zone_rules
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


def test_walks_beyond_the_limit_are_charged_from_the_limit(lane: WalkingNetwork) -> None:
    """Load times price times the metres beyond the limit, not beyond the reach; nothing up to it."""
    rules = replace(RULES, walk=WalkLimit(300, price=3.0, reach_m=700))
    homes = HOMES.assign(load=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    problem = build_demand(homes, MEMBERS, lane, rules).problem
    beyond = np.maximum(problem.walk_m - 300, 0)
    assert (beyond > 0).any()
    assert (beyond == 0).any()
    assert problem.penalty_m == pytest.approx(3.0 * problem.load[problem.pair_unit] * beyond)
    assert problem.load.tolist() == [3.0, 3.0, 4.0, 5.0, 6.0]


def test_no_pair_is_longer_than_the_reach(lane: WalkingNetwork) -> None:
    """Within reach every centre of the fence is a candidate, beyond it only the nearest one."""
    problem = build_demand(
        HOMES, MEMBERS, lane, replace(RULES, walk=WalkLimit(300, reach_m=500))
    ).problem
    far = problem.walk_m > 500
    assert not far.any()
    own = problem.pair_centre[problem.pair_start[2] : problem.pair_start[3]]
    assert own.tolist() == [0, 1]
    near = build_demand(
        HOMES, MEMBERS, lane, replace(RULES, walk=WalkLimit(300, reach_m=310))
    ).problem
    assert (np.diff(near.pair_start) == 1).sum() >= 3


def test_a_hard_limit_keeps_the_homes_of_centres(lane: WalkingNetwork) -> None:
    """Pairs beyond a hard limit are gone, those at it stay, and a centre always serves its own home."""
    full = build_demand(HOMES, MEMBERS, lane, RULES).problem
    limit = float(np.sort(full.walk_m)[3])
    hard = build_demand(
        HOMES, MEMBERS, lane, replace(RULES, walk=WalkLimit(limit, hard=True))
    ).problem
    assert hard.walk_m.max() == limit
    assert (hard.walk_m <= limit).sum() == (full.walk_m <= limit).sum()
    assert (hard.penalty_m == 0).all()
    for c, home in enumerate(hard.home):
        assert c in hard.pair_centre[hard.pair_start[home] : hard.pair_start[home + 1]]


def test_rules_are_sums_over_units() -> None:
    """Homes and members of a zone; homes a member, without a floor; a rule without sides is none."""
    units = pd.DataFrame({"households": [3, 4], "members": [1, 0]})
    book = RuleBook(
        members_per_zone=Bound(None, None),
        households_per_zone=Bound(5, None, hard=True),
        households_per_member=Bound(2, 9, price_m=77.0),
    )
    zone, each = zone_rules(units, book)
    assert (zone.name, zone.low, zone.high, zone.hard) == ("households_per_zone", 5, None, True)
    assert zone.amount.tolist() == [3.0, 4.0]
    assert zone.per is None
    assert (each.name, each.low, each.high, each.price_m) == (
        "households_per_member",
        None,
        9,
        77.0,
    )
    assert each.per is not None
    assert each.per.tolist() == [1.0, 0.0]


def test_centres_are_in_the_order_of_fences_and_ids(lane: WalkingNetwork) -> None:
    """Whatever the order of the sheet; each lives in its own unit, whose place it has."""
    members = MEMBERS.assign(id=["B", "A", "C"], fence=["", "", ""])
    made = build_demand(HOMES, members, lane, RULES)
    assert made.centres["centre_id"].to_dict() == {0: "A", 1: "B"}
    at = made.units.iloc[made.centres["unit"]]
    for name in ("unit_id", "lon", "label"):
        assert made.centres[name].tolist() == at[name].tolist()
    assert made.problem.home.tolist() == made.centres["unit"].tolist()


def test_a_centre_without_a_place_is_named(lane: WalkingNetwork) -> None:
    """It has no zone, and a finding says which one; homes off the streets are counted."""
    members = MEMBERS.assign(lat=[32.60005, np.nan, 32.60005])
    made = build_demand(HOMES.assign(lat=[32.60005] * 4 + [32.7, 32.8]), members, lane, RULES)
    told = {f.code: f.what for f in made.findings}
    assert "M1" in told["centre-without-place"]
    assert told["far-from-streets"].startswith("2 homes")
    assert made.household_unit.tolist()[-2:] == [-1, -1]
    assert made.member_unit[1] == -1


def test_homes_are_no_members_and_members_no_homes(lane: WalkingNetwork) -> None:
    """Each is counted once, in its own column; only homes weigh."""
    made = build_demand(HOMES, MEMBERS, lane, RULES)
    assert made.units["households"].sum() == made.units["load"].sum() == len(HOMES)
    assert made.units["members"].sum() == len(MEMBERS)


def test_a_community_without_a_centre_has_no_pair(lane: WalkingNetwork) -> None:
    """Nobody of another community is taken for it, however near; the others are served as before."""
    homes = HOMES.assign(fence=["A", "A", "A", "B", "B", "B"])
    members = MEMBERS.assign(fence="A", lon=[117.0, 117.002, 117.002])
    made = build_demand(homes, members, lane, replace(RULES, walk=WalkLimit(50, reach_m=60)))
    alone = (made.units["fence"] == "B").to_numpy()
    count = np.diff(made.problem.pair_start)
    assert (count[alone] == 0).all()
    assert (count[~alone] >= 1).all()
    assert set(made.units.loc[alone, "cause"]) == {"no_centre_in_fence"}


def test_a_community_without_a_centre_takes_no_walk_from_the_next(lane: WalkingNetwork) -> None:
    """Where the first of two fences has no centre, far homes of the second keep their own walks."""
    homes = HOMES.assign(fence=["A", "A", "A", "B", "B", "B"])
    members = MEMBERS.assign(fence=["B", "B", "B"], is_centre=[False, True, False])
    rules = RuleBook(walk=WalkLimit(limit_m=50, reach_m=60))
    made = build_demand(homes, members, lane, rules)
    problem, fence = made.problem, made.units["fence"].to_numpy(str)
    assert len(problem.walk_m) == len(problem.pair_centre) == problem.pair_start[-1]
    lonely = np.flatnonzero(np.diff(problem.pair_start) == 0)
    assert set(fence[lonely]) == {"A"}
    homed = made.centres["lon"].to_numpy(float)[problem.pair_centre]
    apart = np.abs(homed - made.units["lon"].to_numpy(float)[problem.pair_unit])
    assert (np.argsort(problem.walk_m) == np.argsort(apart)).all()


def test_positions_are_those_of_the_units(lane: WalkingNetwork) -> None:
    """Each person stands in the unit that counts them; where all is well nothing is told."""
    made = build_demand(HOMES, MEMBERS, lane, RULES)
    for name, unit in (("households", made.household_unit), ("members", made.member_unit)):
        assert np.bincount(unit, minlength=len(made.units)).tolist() == made.units[name].tolist()
    assert made.units["lon"].to_numpy()[made.household_unit] == pytest.approx(HOMES["lon"])
    assert made.findings == ()


def test_who_is_far_and_who_crosses_a_barrier_is_counted() -> None:
    """Everybody at the spot, and not the spot; who is too far from any street crosses nothing."""
    people = residents([117.0, 117.0, 117.001, 117.002, 117.003], "H")
    edge, crosses = np.array([3, 4, -1, 5]), np.array([True, True, True, False])
    network: Any = SimpleNamespace(
        snap=lambda *at, **most: SimpleNamespace(edge=edge, crosses=crosses)
    )
    near, said = _near_streets(people, network)
    assert near["id"].tolist() == ["H0", "H1", "H2", "H4"]
    assert [f.code for f in said] == ["far-from-streets", "access-crosses-barrier"]
    assert said[1].what.startswith("3 ")


def test_lost_centres_are_told_in_order() -> None:
    """By id, so that the same sheets give the same report."""
    names = [f"M{i:02d}" for i in range(40)]
    members = pd.DataFrame({"id": names[::-1], "is_centre": True})
    lost = _lost_centres(members, pd.DataFrame({"centre_id": names[:1]}))
    assert [name in f.what for name, f in zip(names[1:], lost, strict=True)] == [True] * 39

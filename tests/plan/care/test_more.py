"""One more: what each closes alone is what happens when it is there; gates as when they are opened."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.model.caring import care_kinds
from planner.network import StraightNetwork, WalkingNetwork
from planner.plan.care.more import Candidates, gates_table, ranked, sets_table
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.shares import Needs
from tests.network.worlds import network
from tests.plan.care.town import PLANE, care_town, ground_of

LIMIT = 250.0


def needs_of(plan, **said: str) -> Needs:
    """Mark some households as needing care."""
    return Needs.of(
        plan.households["household_id"], {h: (w,) for h, w in said.items()}, care_kinds()
    )


def reached(ground: OnStreets, sources: np.ndarray, limit: float) -> int:
    """Count homes within the limit of some units, measured anew."""
    homes = ground.plan.units["households"].to_numpy()
    return int(homes[ground.nearest_m(sources) <= limit].sum())


def test_each_candidate_closes_what_it_would() -> None:
    """With it among the centres so many more homes are reached, and so many metres fewer are walked."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    asked = Candidates.centres(ground, LIMIT)
    table = ranked(ground, needs_of(plan, H001="独居"), asked)
    assert set(table["candidate"]) == {"M3", "M4", "M5", "M6", "M7", "M8"}
    assert table["homes"].is_monotonic_decreasing
    before, homes = reached(ground, ground.centre_units, LIMIT), plan.units["households"].to_numpy()
    now = np.minimum(ground.nearest_m(ground.centre_units), 2 * LIMIT)
    for row in table.itertuples():
        unit = ground.member_unit[plan.members["member_id"].tolist().index(row.candidate)]
        sources = np.append(ground.centre_units, unit)
        assert row.homes == reached(ground, sources, LIMIT) - before
        own = ground.nearest_m(np.array([unit]))
        assert row.within == homes[own <= LIMIT].sum()
        then = np.where(own <= LIMIT, np.minimum(now, own), now)
        assert row.saved_m == pytest.approx((homes * (now - then)).sum(), abs=0.06)
    # the home that needs care counts where it is closed
    unit = ground.home_unit[plan.households["household_id"].tolist().index("H001")]
    assert table["care"].max() == int(ground.nearest_m(ground.centre_units)[unit] > LIMIT)


def test_the_best_sets_are_the_best_of_all() -> None:
    """Two of six, tried all: homes brought within the limit, and the metres."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    asked = Candidates.centres(ground, LIMIT)
    table = sets_table(asked, 3, seconds=20.0, seed=0)
    assert table["proven"].all()
    for model in ("cover", "median"):
        gains = asked.gains(model)
        own = table[table["model"] == model]
        for row in own.itertuples():
            every = combinations(range(len(asked.unit)), row.number)
            best = max(gains.value(np.array(s)) for s in every)
            assert row.value == pytest.approx(best, abs=0.06)
            chosen = row.chosen.split(", ")
            assert len(chosen) <= row.number
        assert own["more"].is_monotonic_decreasing
        assert own["more"].sum() == pytest.approx(own["value"].iloc[-1], abs=0.2)


def test_a_member_is_sought_for_those_who_need_care() -> None:
    """Care households alone count where there are any; a neighbour in the hamlet closes them."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    needs = needs_of(plan, H077="大病", H079="独居老人", H001="残疾")
    asked = Candidates.members(ground, needs, LIMIT)
    assert asked.weight.sum() == 3
    assert not set(asked.unit) & set(ground.serving_units)
    best = ranked(ground, needs, asked).iloc[0]
    assert (best["homes"], best["care"]) == (2, 2)
    assert sets_table(asked, 1, seconds=5.0, seed=0)["value"].iloc[0] == 2
    every = Candidates.members(ground, needs_of(plan), LIMIT)
    assert every.weight.sum() == plan.units["households"].sum()


def test_a_gate_brings_what_the_open_street_brings() -> None:
    """The yard: opening its gate is as if nobody had shut it; a gate in the open street changes nothing."""
    plan, _ = care_town()
    ground, opened = ground_of(plan)
    places = [(117.004794, 32.604689), (117.0021, 32.6027), (117.1, 32.7)]
    spots = [shapely.Point(place) for place in places]
    gates = gpd.GeoDataFrame({"name": ["院门", "路口", "远处"]}, geometry=spots, crs=4326)
    table = gates_table(ground, needs_of(plan, H070="独居"), gates, 400.0)
    assert table["gate"].tolist()[0] == "院门"
    first = table.iloc[0]
    assert (first["homes"], first["care"]) == (10, 1)
    assert np.isinf(first["detour_m"])
    assert table["homes"].tolist()[1:] == [0, 0]
    assert table["saved_m"].tolist()[1:] == [0.0, 0.0]
    streets = opened.project.inputs.streets
    free = WalkingNetwork.from_lines(streets)
    points = plan.units.geometry.to_numpy()
    snaps = free.snap(shapely.get_x(points), shapely.get_y(points))
    open_ = OnStreets(plan, free, snaps)
    homes = plan.units["households"].to_numpy()
    now, then = (g.nearest_m(g.centre_units) for g in (ground, open_))
    assert first["homes"] == homes[(then <= 400) & (now > 400)].sum()
    saved = (homes * (np.minimum(now, 800.0) - np.minimum(then, 800.0))).sum()
    assert first["saved_m"] == pytest.approx(saved, abs=2.0)


def test_a_short_cut_through_a_wall_is_measured() -> None:
    """Two dead ends back to back, far apart on foot: homes at the end gain the way round."""
    lines = [[(0, 0), (0, 300)], [(0, 0), (500, 0)], [(500, 0), (500, 300)], [(0, 300), (240, 300)]]
    lines.append([(260, 300), (500, 300)])
    net = network(*lines)
    plan, _ = care_town()
    spots = PLANE.to_lon_lat(np.array([[490.0, 299.0], [230.0, 299.0]]))
    units = (
        plan.units.iloc[:2].set_geometry(shapely.points(spots), crs=4326).assign(households=[1, 3])
    )
    problem = plan.problem
    small = SimpleNamespace(
        units=units,
        households=plan.households.iloc[:1].assign(unit_id=units["unit_id"].iloc[1]),
        members=plan.members.iloc[:0],
        problem=SimpleNamespace(home=np.array([0]), n_units=2),
        base=plan.base,
    )
    assert problem.n_units > 2
    ground = OnStreets(small, net, net.snap(*spots.T))  # type: ignore[arg-type]
    where = PLANE.to_lon_lat(np.array([[250.0, 300.0]]))[0]
    gates = gpd.GeoDataFrame({"name": ["墙"]}, geometry=[shapely.Point(where)], crs=4326)
    none = Needs.of(["x"], {}, ())
    table = gates_table(ground, none, gates, 400.0)
    assert table["detour_m"].iloc[0] == pytest.approx(240 + 300 + 500 + 300 + 240)
    assert table["homes"].iloc[0] == 3
    assert table["saved_m"].iloc[0] == pytest.approx(3 * (800 - 262), abs=0.5)


def test_on_straight_lines_no_gate_opens_anything() -> None:
    """There is nothing to pass through."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    points = plan.units.geometry.to_numpy()
    straight = StraightNetwork(PLANE, 1.2)
    flat = replace(
        ground, network=straight, snaps=straight.snap(shapely.get_x(points), shapely.get_y(points))
    )
    gates = gpd.GeoDataFrame({"name": ["门"]}, geometry=[points[0]], crs=4326)
    assert gates_table(flat, needs_of(plan), gates, 400.0)["homes"].tolist() == [0]

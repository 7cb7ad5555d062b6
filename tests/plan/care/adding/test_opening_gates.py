"""Gates: each brings what the open street brings, and of sets the best of all, chains of gates too."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.network import StraightNetwork, WalkingNetwork
from planner.plan.care.adding.more import sets_table
from planner.plan.care.adding.opening_gates import Gates, gates_table
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.shares import Needs
from tests.network.worlds import network
from tests.plan.care.adding.test_more import needs_of
from tests.plan.care.town import PLANE, care_town, ground_of


def small_ground(net: WalkingNetwork, units: gpd.GeoDataFrame) -> OnStreets:
    """Put some units on streets; the first of them is the only centre."""
    plan, _ = care_town()
    lon, lat = units.geometry.x.to_numpy(), units.geometry.y.to_numpy()
    small = SimpleNamespace(
        units=units,
        households=plan.households.iloc[:1].assign(unit_id=units["unit_id"].iloc[1]),
        members=plan.members.iloc[:0],
        problem=SimpleNamespace(home=np.array([0]), n_units=len(units)),
        base=plan.base,
    )
    return OnStreets(small, net, net.snap(lon, lat))  # type: ignore[arg-type]


ROWS, COLUMNS, WIDE, HIGH, GAP = 4, 4, 120.0, 100.0, 20.0


def yards(
    seed: int,
) -> tuple[list[list[tuple[float, float]]], list[tuple[float, float]], np.ndarray]:
    """Make rows of streets between which most lanes have a shut gate: lines, gates, homes along the rows."""
    rng = np.random.default_rng(seed)
    lines, gates = [], []
    for j in range(ROWS):
        for i in range(COLUMNS - 1):
            if rng.random() < 0.8:
                lines.append([(i * WIDE, j * HIGH), ((i + 1) * WIDE, j * HIGH)])
    for j in range(ROWS - 1):
        for i in range(COLUMNS):
            x, y = i * WIDE, j * HIGH
            if rng.random() < 0.65:
                lines += [
                    [(x, y), (x, y + HIGH / 2 - GAP / 2)],
                    [(x, y + HIGH / 2 + GAP / 2), (x, y + HIGH)],
                ]
                gates.append((x, y + HIGH / 2))
            else:
                lines.append([(x, y), (x, y + HIGH)])
    rows = [line for line in lines if line[0][1] == line[1][1]]
    on = [rows[k] for k in rng.integers(0, len(rows), 40).tolist()]
    along = rng.random(40) * (WIDE - 20.0) + 10.0
    homes = [(line[0][0] + x, line[0][1] + 2.0) for line, x in zip(on, along.tolist(), strict=True)]
    return lines, gates, np.array(homes)


def opened(lines, gates, chosen) -> WalkingNetwork:
    """Give the streets with some gates open: drawn through."""
    ways = [
        [(gates[g][0], gates[g][1] - GAP / 2), (gates[g][0], gates[g][1] + GAP / 2)] for g in chosen
    ]
    return network(*lines, *ways)


@pytest.mark.parametrize("seed", range(3))
def test_every_set_is_as_the_streets_with_those_gates_open(seed: int) -> None:
    """Walks with each set of up to three gates open, measured anew; and the best set of so many is chosen."""
    plan, _ = care_town()
    lines, spots, homes = yards(seed)
    spots = spots[:6]
    rng = np.random.default_rng(seed)
    net = network(*lines)
    at = shapely.points(PLANE.to_lon_lat(homes))
    units = plan.units.iloc[: len(homes)].set_geometry(at, crs=4326)
    units = units.assign(households=rng.integers(1, 9, len(homes)), fence="甲")
    ground = small_ground(net, units)
    limit, weight = 220.0, units["households"].to_numpy(float)
    layer = gpd.GeoDataFrame(
        {"name": [f"门{g}" for g in range(len(spots))]},
        geometry=shapely.points(PLANE.to_lon_lat(np.array(spots))),
        crs=4326,
    )
    gates = Gates.of(ground, layer, limit)
    usable = {g for g, sides in enumerate(gates.sides) if sides is not None}
    ways, far = gates.ways(3), 2 * limit
    best = {"cover": [0.0] * 4, "median": [0.0] * 4}
    now = np.minimum(gates.asked.now_m, far)
    for k in (1, 2, 3):
        for chosen in combinations(range(len(spots)), k):
            open_ = opened(lines, spots, chosen)
            snaps = open_.snap(units.geometry.x.to_numpy(), units.geometry.y.to_numpy())
            walk = open_.nearest(snaps.take([0]), snaps)[1]
            # a gate between streets that are near each other on foot opens nothing, and is not counted
            if usable.issuperset(chosen):
                mine = np.minimum(gates.walk(chosen, ways), far)
                np.testing.assert_allclose(mine, np.minimum(walk, far), atol=0.01)
                new = (walk <= limit) & (gates.asked.now_m > limit)
                best["cover"][k] = max(best["cover"][k], float(weight[new].sum()))
                saved = float((weight * (now - np.minimum(walk, far))).sum())
                best["median"][k] = max(best["median"][k], saved)
    for model in ("cover", "median"):
        for k, pick in enumerate(gates.sets(model, 3, seconds=20.0, seed=0), 1):
            assert pick.value == pytest.approx(max(best[model][: k + 1]), abs=0.5)
            assert pick.bound == pytest.approx(pick.value, abs=1e-3)


def test_two_gates_in_one_way_bring_what_neither_does() -> None:
    """A court behind a court: alone no gate brings anybody home, both together all of the inner court."""
    plan, _ = care_town()
    lines = [[(0, 0), (0, 140)], [(0, 160), (0, 240)], [(0, 260), (0, 400)]]
    homes = [(1.0, 5.0), (1.0, 300.0), (1.0, 310.0)]
    at = shapely.points(PLANE.to_lon_lat(np.array(homes)))
    units = plan.units.iloc[:3].set_geometry(at, crs=4326).assign(households=[1, 4, 3], fence="甲")
    spots = shapely.points(PLANE.to_lon_lat(np.array([(0.0, 150.0), (0.0, 250.0)])))
    layer = gpd.GeoDataFrame({"name": ["外门", "内门"]}, geometry=spots, crs=4326)
    gates = Gates.of(small_ground(network(*lines), units), layer, 400.0)
    assert gates_table(gates, Needs.of(["x"], {}, ()))["homes"].tolist() == [0, 0]
    table = sets_table(gates, 3, seconds=5.0, seed=0)
    cover = table[table["model"] == "cover"]
    assert cover["value"].tolist() == [0.0, 7.0, 7.0]
    assert cover["chosen"].tolist() == ["", "外门, 内门", "外门, 内门"]
    assert cover["more"].tolist() == [0.0, 7.0, 0.0]
    assert cover["proven"].all()


def test_a_gate_brings_what_the_open_street_brings() -> None:
    """The yard: opening its gate is as if nobody had shut it; a gate in the open street changes nothing."""
    plan, _ = care_town()
    ground, opened = ground_of(plan)
    places = [(117.004794, 32.604689), (117.0021, 32.6027), (117.1, 32.7)]
    spots = [shapely.Point(place) for place in places]
    gates = gpd.GeoDataFrame({"name": ["院门", "路口", "远处"]}, geometry=spots, crs=4326)
    table = gates_table(Gates.of(ground, gates, 400.0), needs_of(plan, H070="独居"))
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
    ground = small_ground(net, units)
    where = PLANE.to_lon_lat(np.array([[250.0, 300.0]]))[0]
    gates = gpd.GeoDataFrame({"name": ["墙"]}, geometry=[shapely.Point(where)], crs=4326)
    none = Needs.of(["x"], {}, ())
    table = gates_table(Gates.of(ground, gates, 400.0), none)
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
    assert gates_table(Gates.of(flat, gates, 400.0), needs_of(plan))["homes"].tolist() == [0]
    picks = Gates.of(flat, gates, 400.0).sets("cover", 2, seconds=1.0, seed=0)
    assert [(p.sites, p.value, p.bound) for p in picks] == [((), 0.0, 0.0)] * 2

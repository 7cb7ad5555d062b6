"""Shares within so many minutes: equal to a brute-force search for every household."""

from __future__ import annotations

from dataclasses import replace

import networkx
import numpy as np
import pytest
import shapely

from planner.model.caring import Pace, care_kinds
from planner.network.relief import Relief, slower
from planner.plan.care.shares import SOURCES, Needs, bands, own_walks, shares, walks_to
from tests.plan.care.town import care_town, ground_of


def brute_force(ground, sources):
    """Walk from some units to every unit with networkx, by the doors of each."""
    graph, snaps, net = networkx.Graph(), ground.snaps, ground.network
    for (a, b), length in zip(net.edges.tolist(), net.length_m.tolist(), strict=True):
        if not graph.has_edge(a, b) or graph[a][b]["weight"] > length:
            graph.add_edge(a, b, weight=length)
    places = list(
        zip(snaps.edge.tolist(), snaps.along_m.tolist(), snaps.access_m.tolist(), strict=True)
    )
    for k, (e, along, access) in enumerate(places):
        a, b = net.edges[e].tolist()
        graph.add_edge(("u", k), a, weight=access + along)
        graph.add_edge(("u", k), b, weight=access + net.length_m[e] - along)
    for i, (e, x, leg) in enumerate(places):
        for j, (f, y, other) in enumerate(places[:i]):
            if e == f:
                same = (snaps.home_xy[i] == snaps.home_xy[j]).all()
                graph.add_edge(("u", i), ("u", j), weight=0.0 if same else leg + abs(x - y) + other)
    # no way leads through another home: its own legs cost more than the street
    best = np.full(len(places), np.inf)
    for s in sources:
        found = networkx.single_source_dijkstra_path_length(graph, ("u", int(s)), weight="weight")
        for k in range(len(places)):
            best[k] = min(best[k], found.get(("u", k), np.inf))
    return best


def test_every_household_is_as_far_as_a_brute_force_search_says() -> None:
    """Nearest centre and nearest serving member, for all; and the counts that follow."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    needs = Needs.of(plan.households["household_id"], {"H003": ("独居老人",)}, care_kinds())
    walks = walks_to(ground, needs, Pace())
    for name, units in (("centre", ground.centre_units), ("member", ground.serving_units)):
        true = np.append(brute_force(ground, units), np.inf)[ground.home_unit]
        np.testing.assert_allclose(walks[name], true, atol=1e-6)
    table = shares(walks, needs, Pace())
    for row in table.itertuples():
        slow = np.array([h == "H003" for h in plan.households["household_id"]])
        limit = np.where(slow, 48.0, 60.0) * row.minutes
        mine = slow if row.group == "care" else np.ones(len(slow), bool)
        assert row.households == ((walks[row.source] <= limit) & mine).sum()
        assert row.of == mine.sum()
    assert set(table["source"]) == set(SOURCES)


def test_bands_hold_the_homes_that_are_within_them() -> None:
    """Whose street lies within five minutes stands in the ground of the first two bands."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    layer = bands(ground, Pace()).to_crs(ground.network.projection.crs)
    assert (layer["from_min"] < layer["to_min"]).all()
    for source, units in (("centre", ground.centre_units), ("member", ground.serving_units)):
        own = layer[layer["source"] == source]
        street = ground.nearest_m(units) - ground.snaps.access_m
        ground_5 = shapely.union_all(own.geometry.to_numpy()[:2])
        inside = shapely.dwithin(shapely.points(ground.snaps.xy), ground_5, 1e-6)
        assert inside[street <= 300.0].all()
        assert not shapely.intersects(own.geometry.to_numpy()[2], shapely.points(1750.0, 200.0))
        overlap = shapely.intersection(own.geometry.to_numpy()[0], own.geometry.to_numpy()[1])
        assert overlap.area < 0.5


def steep(ground, grade: float):
    """Put a slope on every street of the ground."""
    lines = shapely.transform(ground.network.edge_lines, ground.network.projection.to_lon_lat)
    told = [f"{100 * grade:g}%"] * len(lines)
    return replace(ground, relief=Relief.of(lines, told, [False] * len(lines)))


def test_on_a_slope_everybody_is_farther() -> None:
    """Where every street climbs alike the way on the streets takes so much longer, the leg to it does not."""
    plan, _ = care_town()
    ground = steep(ground_of(plan)[0], 0.15)
    needs = Needs.of(plan.households["household_id"], {}, ())
    assert ground.slopes_known == pytest.approx(1.0)
    level, sloping = (walks_to(ground, needs, Pace(slopes=s)) for s in (False, True))
    factor = float(slower(np.array([0.15]))[0])
    legs = np.append(ground.snaps.access_m, np.nan)[ground.home_unit]
    for name, of in (("centre", plan.centres), ("own_centre", plan.centres)):
        assert len(of)
        near = np.isfinite(sloping[name]) & (level[name] > 0) & np.isfinite(level[name])
        assert near.sum() > 40
        # the leg of the centre is one of three, so the way between lies within bounds
        more = sloping[name][near] - level[name][near]
        way = level[name][near] - legs[near]
        assert (more <= (factor - 1) * way + 0.1).all()
        assert (more >= (factor - 1) * (way - ground.snaps.access_m.max()) - 0.1).all()
    assert np.isinf(sloping["own_centre"][np.isinf(level["own_centre"])]).all()
    told = [shares(walks, needs, Pace(slopes=s)) for s, walks in ((False, level), (True, sloping))]
    assert (told[1]["households"] <= told[0]["households"]).all()
    assert told[1]["households"].sum() < told[0]["households"].sum()
    for source, units in (("centre", ground.centre_units), ("member", ground.serving_units)):
        layers = [bands(ground, Pace(slopes=s)) for s in (False, True)]
        small, large = (
            shapely.union_all(b[b["source"] == source].geometry.to_numpy()[:1])
            for b in layers[::-1]
        )
        assert small.area < large.area
        assert len(units)


def test_without_known_slopes_nothing_changes() -> None:
    """The town's own layer says nothing of slopes: asked for, they change no walk."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    needs = Needs.of(plan.households["household_id"], {}, ())
    assert ground.slopes_known == 0.0
    for name, walk in walks_to(ground, needs, Pace(slopes=True)).items():
        np.testing.assert_array_equal(walk, walks_to(ground, needs, Pace())[name])


def test_a_plan_alone_knows_its_own_walks() -> None:
    """No streets are asked for; who has no centre or no place is beyond every band."""
    plan, _ = care_town()
    walks = own_walks(plan)
    assert set(walks) == {"own_centre", "own_member"}
    lost = (plan.households["zone"] == "").to_numpy()
    assert lost.sum() == 11
    assert np.isinf(walks["own_centre"][lost]).all()
    nobody = Needs.of(plan.households["household_id"], {}, ())
    table = shares(walks, nobody, Pace(minutes=(1000.0,)))
    care = table["group"] == "care"
    assert table.loc[~care, "share"].tolist() == pytest.approx([74 / 85, 74 / 85])
    assert table.loc[care, "share"].isna().all()

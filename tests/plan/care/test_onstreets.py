"""A plan put back on its streets: the same walks to the millimetre, and other streets refused."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.errors import InputError
from planner.network import WalkingNetwork
from planner.plan.care.onstreets import on_streets
from tests.network.worlds import grid
from tests.plan.care.town import PLANE, care_town, ground_of


def test_the_walks_are_those_of_the_plan() -> None:
    """Every pair that the plan keeps is measured again, to the last bit."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    problem = plan.problem
    found = ground.walks(problem.home, np.arange(problem.n_units), plan.rules.walk.reach)
    walk = {(t, s): m for s, t, m in zip(found.source, found.target, found.walk_m, strict=True)}
    again = [walk[u, c] for u, c in zip(problem.pair_unit, problem.pair_centre, strict=True)]
    np.testing.assert_array_equal(again, problem.walk_m)


def test_other_streets_are_refused() -> None:
    """A network on which homes join elsewhere is not that of the plan."""
    plan, _ = care_town()
    with pytest.raises(InputError, match="not the streets"):
        on_streets(plan, grid(3, 2, step=170.0))


def test_who_cannot_climb_walks_round_the_steps() -> None:
    """A flight of steps is no way; who lives on one joins the next street."""
    lines = [[(0, 0), (200, 0)], [(0, 0), (0, 100)], [(0, 100), (200, 100)], [(200, 0), (200, 100)]]
    shapes = [shapely.LineString(PLANE.to_lon_lat(np.array(line, float))) for line in lines]
    kinds = ["steps", "footway", "footway", "footway"]
    layer = gpd.GeoDataFrame(
        {"name": "", "highway": kinds, "walkable": True}, geometry=shapes, crs=4326
    )
    network = WalkingNetwork.from_lines(layer, projection=PLANE)
    plan, _ = care_town()
    spots = PLANE.to_lon_lat(np.array([[100.0, 1.0], [0.0, 50.0], [200.0, 50.0]]))
    units = plan.units.iloc[:3].set_geometry(shapely.points(spots), crs=4326)
    small = replace(plan, units=units, base={**plan.base, "streets": layer})
    ground, _ = ground_of(plan)
    ground = replace(ground, plan=small, network=network, snaps=network.snap(*spots.T))
    assert ground.nearest_m(np.array([1]))[2] == pytest.approx(50 + 200 + 50)
    level = ground.without_steps()
    assert level.nearest_m(np.array([1]))[2] == pytest.approx(300.0)
    flat = replace(ground, snaps=network.snap(*spots.T)).without_steps()
    assert (flat.snaps.edge < len(flat.network.edges)).all()
    assert flat.snaps.access_m[0] == pytest.approx(99.0)
    assert flat.snaps.access_m[1] == ground.snaps.access_m[1]
    assert ground_of(plan)[0].without_steps().network is ground_of(plan)[1].ground.network

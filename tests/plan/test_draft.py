"""A first plan's draft and terrain: tables with nobody served, walks and ground from the whole network."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.model.ties import Helpers
from planner.plan.draft import Survey, bearing_on
from planner.plan.ledger import ledger_of
from planner.solve.rezone import Previous
from planner.solve.zones.search import Stop, solve
from tests.office import PLANE, RULES, office, street


@pytest.fixture(scope="module")
def survey() -> Survey:
    """A street of nine buildings."""
    located, demand, ground = office(*street(9))
    return Survey(located, demand, ground, None, RULES)


def test_ids_places_and_blanks(survey: Survey) -> None:
    """Everybody and everything is there once, in the order of the problem; no zone, walk or member."""
    draft = survey.draft()
    assert draft.units["unit_id"].tolist() == survey.demand.units["unit_id"].tolist()
    assert draft.centres["number"].tolist() == [1, 2]
    assert set(draft.centres["centre_id"]) == {"M00", "M04"}
    assert draft.units["walk_m"].isna().all()
    assert not draft.households["moved"].any()
    assert draft.members["households"].sum() == 0
    assert set(draft.base) >= {"fences", "streets", "buildings"}
    assert draft.ways is None
    assert ledger_of(draft) is not None


def test_a_recut_knows_where_homes_were(survey: Survey) -> None:
    """The previous zone by the centre's id; the price is kept, and moved homes will be counted."""
    n = len(survey.located.households)
    zone = np.full(n + len(survey.located.members), -1, np.int32)
    zone[:3] = [0, 1, -1]
    draft = survey.draft(Previous(zone, np.ones(len(zone)), "", 150.0))
    assert draft.households["previous_zone"].tolist()[:3] == ["M00", "M04", ""]
    assert draft.provenance["move_price_m"] == 150.0
    assert draft.provenance["homes_moved"] == 0


def test_helpers_are_kept_by_id(survey: Survey) -> None:
    """Household, member and price; none makes no table."""
    draft = survey.draft(helpers=Helpers([2], [1], [99.0]))  # type: ignore[arg-type]
    assert draft.helpers is not None
    assert draft.helpers.to_numpy().tolist() == [["H02", "M01", 99.0]]
    assert survey.draft(helpers=Helpers([], [], [])).helpers is None  # type: ignore[arg-type]


def test_floors_are_heights(survey: Survey) -> None:
    """Read off the text; 0 where there is none."""
    assert survey.floors[:4].tolist() == [1.0, 2.0, 3.0, 4.0]


def test_walks_inside_a_zone_are_the_shortest_known(survey: Survey) -> None:
    """Straight where it is near, by way of the centre where that is all that is known, 0 at one door."""
    demand = survey.demand
    assignment = np.asarray(solve(demand.problem, stop=Stop(0.0, 5.0)).assignment, np.int64)
    walks = survey.walks(assignment)
    lon = demand.units["lon"].to_numpy()
    for c in range(2):
        units = np.flatnonzero(assignment == c)
        homes = np.intersect1d(units, demand.member_unit)
        found = walks.between(units, homes)
        x = PLANE.to_xy(lon, demand.units["lat"])[:, 0]
        straight = 1.3 * np.abs(x[units][:, None] - x[homes][None])
        assert found == pytest.approx(straight, abs=0.01)


def test_zones_stay_within_their_fences() -> None:
    """Fences cut what is drawn; two communities side by side never share ground."""
    homes, members = street(8)
    west = homes["building"].astype(int) <= 4
    located, demand, ground = office(
        homes.assign(fence=np.where(west, "甲", "乙")),
        members.assign(fence=np.where(members["building"].astype(int) <= 4, "甲", "乙")),
    )
    edge = PLANE.to_lon_lat(np.array([[140.0, 0.0]]))[0, 0]
    boxes = [
        shapely.box(edge - 0.01, 32.59, edge, 32.61),
        shapely.box(edge, 32.59, edge + 0.01, 32.61),
    ]
    fences = gpd.GeoDataFrame({"fence": ["甲", "乙"]}, geometry=boxes, crs="EPSG:4326")
    survey = Survey(located, demand, ground, fences, RULES)
    assignment = np.asarray(solve(demand.problem, stop=Stop(0.0, 5.0)).assignment, np.int64)
    shapes = survey.shapes(assignment, np.arange(2))
    walls = fences.to_crs(survey.plane.crs).set_index("fence").geometry
    for c, shape in enumerate(shapes):
        assert shape.difference(walls[demand.centres["fence"].iloc[c]]).area < 1e-3
    assert shapely.intersection(*shapes).area < 1e-3
    assert len(survey.shapes(assignment, np.array([1]))) == 1


def test_what_stands_is_not_drawn_again() -> None:
    """Zones that nothing happened to have the ground that they had; the others come out as ever."""
    homes, members = street(60)
    members = members.assign(is_centre=members["building"].isin(["2", "14", "26", "38", "50"]))
    located, demand, ground = office(homes, members)
    survey = Survey(located, demand, ground, None, RULES)
    assignment = np.asarray(solve(demand.problem, stop=Stop(0.5, 5.0)).assignment, np.int64)
    every = survey.shapes(assignment, np.arange(5))
    degrees = gpd.GeoSeries(every, crs=survey.plane.crs).to_crs("EPSG:4326").to_numpy()
    for still in ([True] * 3 + [False] * 2, [True] * 5, [False] * 5):
        # that they are not drawn is seen by another ground than a drawing would give
        other = shapely.buffer(degrees, -1e-5)
        standing = np.where(still, other, None)
        part = Survey(located, demand, ground, None, RULES, standing)
        made = part.shapes(assignment, np.arange(5))
        for c in range(5):
            apart = shapely.symmetric_difference(made[c], every[c]).area
            assert (apart > 100.0) if still[c] else (apart < 1.0)


def test_what_is_near_a_zone_bears_on_its_ground() -> None:
    """Homes and streets of others, as far as its own homes and streets reach, and a margin."""
    xy = np.array([[0.0, 0.0], [700.0, 0.0], [800.0, 0.0]])
    lines = np.array(
        [shapely.LineString([(0, 0), (450, 0)]), shapely.LineString([(760, 0), (800, 0)])]
    )
    homes, along = bearing_on(
        xy, np.array([0, 1, -1]), lines, np.array([0, 1]), np.array([True, False])
    )
    assert homes.tolist() == [True, True, False]
    assert along.tolist() == [True, False]
    homes, along = bearing_on(xy, np.array([0, 1, -1]), lines, np.array([0, 1]), np.zeros(2, bool))
    assert not homes.any()
    assert not along.any()

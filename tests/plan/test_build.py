"""One assembler for the first plan and for a changed one: what is told of both is told alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model import audit
from planner.model.measures import walk_summary
from planner.model.problem import Result
from planner.model.tables import PlanTables
from planner.model.ties import Helpers
from planner.plan.build import assemble
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes
from planner.plan.draft import Survey
from planner.plan.frames import assignment_of
from planner.plan.kept import Kept
from planner.render.text.words import tie_words
from planner.solve.zones.search import Stop, solve
from tests.office import RULES, office, street
from tests.plan.test_changes import some_move, written
from tests.plans import make_plan_tables, plans_equal


def first_plan(helpers: Helpers | None = None, n: int = 9) -> PlanTables:
    """Plan a street of buildings from people to tables."""
    return planned(*street(n), helpers)


def planned(
    homes: pd.DataFrame, members: pd.DataFrame, helpers: Helpers | None = None
) -> PlanTables:
    """Plan from people to tables."""
    located, demand, ground = office(homes, members)
    result = solve(demand.problem, stop=Stop(0.0, 5.0))
    survey = Survey(located, demand, ground, None, RULES)
    certificate = audit.check(demand.problem, result)
    return assemble(survey.draft(helpers=helpers), result, certificate, survey)


def again(tables: PlanTables, assignment: np.ndarray) -> PlanTables:
    """Assemble a plan again from itself for an assignment."""
    bound = tables.certificate.bound_m
    result = Result(assignment.astype(np.int32), bound, tables.parts, stopped="gap")
    return assemble(tables, result, audit.audit(tables.problem, assignment, bound), Kept(tables))


@pytest.fixture(scope="module")
def plan() -> PlanTables:
    """The street's plan."""
    return first_plan()


def test_the_same_assignment_gives_the_same_plan(plan: PlanTables) -> None:
    """A plan assembled from itself, nothing moved, is itself in every table and figure."""
    plans_equal(plan, again(plan, assignment_of(plan)))


def test_a_draft_serves_nobody() -> None:
    """Before anybody is served no zone has a name, a home or ground; ids and places are there."""
    located, demand, ground = office(*street(6))
    draft = Survey(located, demand, ground, None, RULES).draft()
    assert set(draft.units["zone"]) == set(draft.households["zone"]) == {""}
    assert draft.zones.geometry.is_empty.all()
    assert draft.certificate.unserved == len(draft.units) == 6
    assert draft.households["household_id"].tolist() == located.households["id"].tolist()
    assert draft.provenance["homes_moved"] is None


def test_every_home_is_told_of_once(plan: PlanTables) -> None:
    """Zones add up to the homes, figures of centres and zones agree, walks are those of the units."""
    assert plan.zones["households"].sum() == len(plan.households) == 36
    assert plan.zones["members"].sum() == len(plan.members)
    assert (plan.zones["households"] == plan.centres["households"]).all()
    own = plan.households.merge(plan.units[["unit_id", "zone", "walk_m"]], on="unit_id")
    assert (own["zone_x"] == own["zone_y"]).all()
    assert (own["walk_m_x"] == own["walk_m_y"]).all()
    assert plan.certificate.rules[-1].name == "walk_m"
    assert (plan.households["member"] != "").all()


def test_neighbours_on_a_stairwell_have_one_member(plan: PlanTables) -> None:
    """In the first plan, runs of floors are kept together: a member's homes of a building are neighbours."""
    located = street(9)[0]
    frame = plan.households.assign(floor=located["floor"].astype(int))
    for _, homes in frame.sort_values("floor").groupby("unit_id"):
        changes = (homes["member"] != homes["member"].shift()).sum()
        assert changes == homes["member"].nunique()


def test_a_helper_outlives_an_edit() -> None:
    """What the first plan knows of helpers, a changed plan knows too: the home, and the line that says so."""
    plain = first_plan()
    home = plain.households.iloc[0]
    inside = plain.members[plain.members["zone"] == home["zone"]]
    other = next(m for m in inside["member_id"] if m != home["member"])
    row = int(np.flatnonzero(plain.members["member_id"] == other)[0])
    plan = first_plan(Helpers([0], [row], [5000.0]))  # type: ignore[arg-type]
    assert plan.helpers is not None
    assert plan.households["member"].iloc[0] == other
    u, c = next(
        (u, c)
        for u, c in zip(plan.problem.pair_unit, plan.problem.pair_centre, strict=True)
        if u not in plan.problem.home and c != assignment_of(plan)[u]
        if not audit.audit(plan.problem, moved(plan, u, c), 0.0).disconnected
    )
    made = apply_changes(plan, read_changes(written(plan, [(u, c)])))
    assert made.households["member"].iloc[0] == other
    assert made.provenance["staffing"]["helpers_kept"] == 1
    assert tie_words(made) == tie_words(plan) != ()


def moved(plan: PlanTables, unit: int, centre: int) -> np.ndarray:
    """Give the assignment with one unit at another centre."""
    now = assignment_of(plan)
    now[unit] = centre
    return now


def test_moved_homes_are_counted_only_in_a_recut(plan: PlanTables) -> None:
    """`homes_moved` is a number where homes had a centre before, and nothing elsewhere."""
    assert plan.provenance["homes_moved"] is None
    recut = make_plan_tables()
    told = recut.provenance["homes_moved"]
    assert told == recut.households["moved"].sum() == recut.units["moved"].sum() > 0
    u, c = some_move(recut)
    made = again(recut, moved(recut, u, c))
    was = recut.households["previous_zone"]
    assert made.provenance["homes_moved"] == ((made.households["zone"] != was) & (was != "")).sum()


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
def test_there_and_back_again(picks: list[int]) -> None:
    """Units moved and moved back leave zones, gaps, walks and rules as they were; service may differ."""
    tables = make_plan_tables(nx=6, ny=4, nc=5)
    problem = tables.problem
    free = np.flatnonzero(~np.isin(problem.pair_unit, problem.home))
    now = assignment_of(tables)
    away = now.copy()
    for pick in picks:
        pair = free[pick % len(free)]
        away[problem.pair_unit[pair]] = problem.pair_centre[pair]
    back = again(again(tables, away), now)
    for name in ("zone", "walk_m", "gap", "moved"):
        pd.testing.assert_series_equal(
            pd.Series(back.households[name]), pd.Series(tables.households[name])
        )
    assert back.certificate.rules == tables.certificate.rules
    assert back.zones["households"].tolist() == tables.zones["households"].tolist()


def test_what_was_said_of_a_gap_stays(plan: PlanTables) -> None:
    """A home that was never found keeps its cause and what was said of it through any change."""
    tables = make_plan_tables()
    u, c = some_move(tables)
    made = again(tables, moved(tables, u, c))
    lost = tables.gaps[tables.gaps["cause"] == "address_not_found"]
    kept = made.gaps[made.gaps["cause"] == "address_not_found"]
    assert kept["detail"].tolist() == lost["detail"].tolist() != []
    assert (lost["detail"] != "").all()
    assert made.zones["gaps"].sum() == (made.gaps["zone"] != "").sum()


def test_who_has_no_place_is_in_no_zone() -> None:
    """Nor in that of another; a home that nobody may serve keeps the cause that was known before."""
    homes, members = street(9)
    homes.loc[35, ["lon", "lat", "cause"]] = np.nan, np.nan, "address_not_found"
    members.loc[1, ["lon", "lat"]] = np.nan
    alone = homes["building"] == "6"
    made = planned(homes.assign(fence=np.where(alone, "B", "")), members)
    for plan in (made, again(made, assignment_of(made))):
        nowhere = alone | (homes.index == 35)
        assert ((plan.households["zone"] == "") == nowhere).all()
        assert (plan.households["walk_m"].isna() == nowhere).all()
        assert set(plan.households.loc[alone, "gap"]) == {"no_centre_in_fence"}
        assert plan.households["gap"][35] == "address_not_found"
        assert (plan.members["zone"] == "").tolist() == [False, True, False, False, False]
        assert len(plan.gaps) == 5


def test_members_are_told_their_homes() -> None:
    """As many as the homes say; walks are told to the centimetre."""
    plan = planned(*street(9, step_m=41.2345))
    counts = plan.households["member"].value_counts()
    told = plan.members.set_index("member_id")["households"]
    assert told[told > 0].sort_index().to_dict() == counts.sort_index().to_dict()
    for table in (plan.units, plan.households):
        assert (table["walk_m"].round(2) == table["walk_m"]).all()


def test_walks_of_a_zone_are_those_of_its_homes() -> None:
    """Mean, ninth decile and longest, to the decimetre."""
    tables = make_plan_tables(nx=6, ny=4, nc=5)
    homes = tables.households.groupby("zone")["walk_m"]
    for row in tables.centres.to_dict("records"):
        walks = homes.get_group(row["centre_id"]).to_numpy()
        for name, figure in walk_summary(walks, np.ones(len(walks))).items():
            told = row[f"walk_{name}_m"]
            assert told == pytest.approx(figure, abs=0.0501)
            assert told == round(told, 1)


def test_zones_are_drawn_around_their_homes() -> None:
    """Each in degrees, with its own area in the plane, and in another colour than its neighbours."""
    tables = make_plan_tables(nx=6, ny=4, nc=5)
    zones = tables.zones.geometry
    flat = zones.to_crs(Kept(tables).plane.crs)
    for c, name in enumerate(tables.centres["centre_id"]):
        own = tables.units.geometry[tables.units["zone"] == name]
        assert zones[c].covers(own.union_all())
    area = tables.zones["area_m2"].to_numpy(float)
    assert area == pytest.approx(flat.area.to_numpy(), abs=0.06)
    assert (np.round(area, 1) == area).all()
    assert (np.round(area) != area).any()
    a, b = np.triu_indices(len(flat), 1)
    near = shapely.distance(flat.to_numpy()[a], flat.to_numpy()[b]) < 1.0
    colour = tables.zones["colour"].to_numpy()
    assert near.any()
    assert (colour[a][near] != colour[b][near]).all()


def test_a_gap_that_was_mended_is_none() -> None:
    """A home beyond the walk limit of one centre and within that of another is a gap with the first alone."""
    tables = make_plan_tables()
    problem, now, limit = tables.problem, assignment_of(tables), tables.rules.walk.limit_m
    own = np.append(problem.walk_m, np.inf)[problem.pairs_of(now)]
    far = (problem.walk_m > limit) & (own[problem.pair_unit] <= limit)
    unit, centre = (int(at[far][0]) for at in (problem.pair_unit, problem.pair_centre))
    away = again(tables, moved(tables, unit, centre))
    inside = (tables.households["unit_id"] == tables.units["unit_id"][unit]).to_numpy()
    assert set(away.households["gap"][inside]) == {"beyond_walk_limit"}
    assert (away.gaps["detail"][away.gaps["cause"] == "beyond_walk_limit"] != "").all()
    assert "beyond_walk_limit" not in set(again(away, now).households["gap"][inside])

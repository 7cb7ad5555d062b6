"""What nothing happened to is found by its people, walks and rules; anything else opens its part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from planner.demand.demand import Demand, build_demand
from planner.demand.locate import Located
from planner.model import audit
from planner.model.problem import Problem
from planner.model.tables import PlanTables
from planner.model.ties import Ties
from planner.plan.build import assemble
from planner.plan.draft import Survey
from planner.plan.frames import assignment_of
from planner.plan.kept import Kept
from planner.plan.undisturbed import Undisturbed, parts_of, undisturbed, with_shapes_of
from planner.solve.zones.search import Stop, solve
from tests.office import RULES, office, street
from tests.plans import make_plan_tables

Office = tuple[PlanTables, Located, Demand, Any]


@pytest.fixture(scope="module")
def known() -> Office:
    """Two streets, each a fence of its own, and their plan."""
    homes, members = street(9)
    far = [
        frame.assign(id="W" + frame["id"], lat=frame["lat"] + 0.05) for frame in (homes, members)
    ]
    both = [pd.concat(two, ignore_index=True) for two in zip((homes, members), far, strict=True)]
    located, demand, ground = office(*both)
    fenced = [
        frame.assign(fence=np.where(frame["id"].str.startswith("W"), "西", "东"))
        for frame in (located.households, located.members)
    ]
    located = replace(located, households=fenced[0], members=fenced[1])
    demand = build_demand(*fenced, ground.network, RULES)
    result = solve(demand.problem, stop=Stop(0.0, 5.0))
    survey = Survey(located, demand, ground, None, RULES)
    tables = assemble(survey.draft(), result, audit.check(demand.problem, result), survey)
    return tables, located, demand, ground


def closed(found: Undisturbed) -> np.ndarray:
    """Units of parts that nothing happened to."""
    return found.zone >= 0


def again(known: Office, homes: pd.DataFrame, members: pd.DataFrame, **rules: Any) -> Undisturbed:
    """Hold other people against the plan."""
    tables, located, _, ground = known
    demand = build_demand(homes, members, ground.network, replace(RULES, **rules))
    return undisturbed(tables, replace(located, households=homes, members=members), demand)


def west(known: Office, found: Undisturbed) -> np.ndarray:
    """Units of the second street; the order of fences is that of their names."""
    n = len(found.zone)
    return np.arange(n) >= n - int((known[0].units["fence"] == "西").sum())


def test_the_same_people_are_the_same(known: Office) -> None:
    """Whatever the order of the rows: zones, parts and prices are those of the plan."""
    tables, located, demand, _ = known
    found = undisturbed(tables, located, demand)
    assert closed(found).all()
    assert found.zone.tolist() == assignment_of(tables).tolist()
    assert found.parts == tuple(replace(p, seconds=0.0) for p in tables.parts)
    assert len(found.parts) == 2
    assert found.change_m.tolist() == tables.problem.change_m.tolist()
    turned = again(known, located.households.iloc[::-1], located.members.iloc[::-1])
    assert closed(turned).all()


def test_who_comes_or_goes_opens_one_street(known: Office) -> None:
    """The other one keeps its zones and what was proven of it."""
    _, located, _, _ = known
    homes, members = located.households, located.members
    first = homes["id"].iloc[0]
    joined = pd.concat([homes, homes.iloc[:1].assign(id="NEW")], ignore_index=True)
    heavier = homes.assign(load=np.where(homes["id"] == first, 9.0, homes["load"]))
    retired = members.assign(is_centre=members["is_centre"] & (members["id"] != "M00"))
    for changed in (
        (homes[homes["id"] != first].reset_index(drop=True), members),
        (joined, members),
        (heavier, members),
        (homes, members[members["id"] != "M01"].reset_index(drop=True)),
        (homes, retired),
    ):
        found = again(known, *changed)
        other = west(known, found)
        assert closed(found)[other].all()
        assert not closed(found)[~other].any()
        (part,) = found.parts
        assert set(part.unit) == set(np.flatnonzero(other))


def test_another_rule_opens_everything(known: Office) -> None:
    """No part is what it was."""
    _, located, _, _ = known
    bound = replace(RULES.households_per_zone, high=61.0)
    found = again(known, located.households, located.members, households_per_zone=bound)
    assert not closed(found).any()
    assert found.parts == ()
    # and still each unit knows where its people were
    assert (found.origin >= 0).all()


def test_neighbours_that_are_priced_now_open_nothing(known: Office) -> None:
    """A plan of a time when neighbours in a row cost nothing stands; another price opens their street."""
    tables, located, demand, _ = known
    edge = demand.problem.adjacency[:1]

    def tied(price_m: float, people: int) -> Problem:
        ties = Ties(edge[:, 0], edge[:, 1], [price_m], [False], [people])
        return demand.problem.replace(ties=ties)

    def still(new: Problem, before: PlanTables = tables) -> np.ndarray:
        return closed(undisturbed(before, located, replace(demand, problem=new)))

    assert still(tied(5.0, 0)).all()
    street = ~still(tied(5.0, 1))
    assert 0 < street.sum() < len(street)
    before = replace(tables, problem=tied(5.0, 0))
    assert still(tied(5.0, 0), before).all()
    assert (still(tied(7.0, 0), before) == ~street).all()
    # what was proven with them may not hold without
    assert (still(demand.problem, before) == ~street).all()


def test_a_part_can_be_opened(known: Office) -> None:
    """Something is to happen to a unit: its whole part is open, no other."""
    tables, located, demand, _ = known
    found = undisturbed(tables, located, demand)
    opened = found.opened([0])
    other = west(known, found)
    assert closed(opened).tolist() == other.tolist()
    assert len(opened.parts) == 1
    assert found.opened([]) is found


def test_a_plan_that_does_not_tell_its_parts_is_solved_again(known: Office) -> None:
    """As files of older versions that a meeting changed: no bound is made up."""
    tables, located, demand, _ = known
    bare = replace(tables, parts=tuple(replace(p, unit=(), prize=()) for p in tables.parts))
    assert not closed(undisturbed(bare, located, demand)).any()


def test_parts_of_another_assignment(known: Office) -> None:
    """Value and cost are made anew, the bound stays; together they are the whole."""
    tables, _, _, _ = known
    assignment = assignment_of(tables)
    same = parts_of(tables, assignment, "by hand")
    for was, now in zip(tables.parts, same, strict=True):
        assert now.value_m == pytest.approx(was.value_m)
        assert (now.bound_m, now.method) == (was.bound_m, "by hand")
    whole = audit.audit(tables.problem, assignment, 0.0)
    assert sum(p.value_m for p in same) == pytest.approx(whole.value_m)


def test_of_parts_that_name_no_units_only_the_whole_is_told(known: Office) -> None:
    """As files of older versions: no part of nothing, at no cost, within nothing of the best."""
    tables, _, _, _ = known
    bare = replace(tables, parts=tuple(replace(p, unit=(), prize=()) for p in tables.parts))
    (part,) = parts_of(bare, assignment_of(tables), "by hand")
    assert (part.units, part.centres) == (tables.problem.n_units, tables.problem.n_centres)
    assert part.value_m == pytest.approx(tables.certificate.value_m)
    assert part.bound_m == tables.certificate.bound_m


def test_zones_that_nothing_happened_to_keep_their_ground() -> None:
    """To the last byte; the others give way to them, and their area is of what is left."""
    before = make_plan_tables()
    zones: Any = before.zones
    # drawn anew, every zone would be a little larger than it was
    wider = zones.geometry.to_crs(Kept(before).plane.crs).buffer(20.0)
    now = replace(before, zones=zones.set_geometry(wider.to_crs(zones.crs)))
    ids = before.centres["centre_id"].to_numpy(object)
    still = np.arange(len(ids)) % 2 == 0
    made: Any = with_shapes_of(now, before, still, Kept(before).plane).zones
    stays = zones["centre_id"].isin(set(ids[still])).to_numpy()
    was = shapely.to_wkb(zones.geometry.to_numpy()[stays]).tolist()
    assert shapely.to_wkb(made.geometry.to_numpy()[stays]).tolist() == was
    assert (made["area_m2"][stays] == zones["area_m2"][stays]).all()
    flat = made.geometry.to_crs(Kept(before).plane.crs)
    ground = shapely.union_all(flat[stays].to_numpy())
    assert max(shapely.area(shapely.intersection(flat[~stays].to_numpy(), ground))) < 0.01
    np.testing.assert_allclose(made["area_m2"][~stays], flat[~stays].area, atol=0.1)
    assert with_shapes_of(now, before, still & False, Kept(before).plane) is now

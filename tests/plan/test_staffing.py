"""After a meeting: every home of a zone that changed has a member of it, and few get another one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.model import audit
from planner.model.tables import PlanTables
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes
from planner.plan.frames import assignment_of
from planner.plan.kept import Kept
from planner.plan.staffing import Roster, staffed
from planner.solve.zones.search import Stop
from tests.plan.test_changes import some_move, written
from tests.plans import make_plan_tables, unproven
from tests.walked import grid_network, make_walked_tables


def shared(tables: PlanTables, touched: np.ndarray) -> Roster:
    """Share the homes of some zones out by walks on the plan's own streets."""
    now = assignment_of(tables)
    return staffed(tables, now, Kept(tables).walks(now), touched)


def served(tables: PlanTables) -> PlanTables:
    """Give every home of a plan a member."""
    made = shared(tables, np.arange(len(tables.centres)))
    ids = np.append(tables.members["member_id"].to_numpy(object), "")
    return replace(
        tables,
        households=tables.households.assign(member=ids[made.member], member_walk_m=made.walk_m),
        members=tables.members.assign(households=made.households),
        provenance={**tables.provenance, "staffing": dict(made.figures)},
    )


@pytest.fixture(scope="module", params=["streets", "straight"])
def tables(request: pytest.FixtureRequest) -> PlanTables:
    """Give a plan whose walks follow streets, and one without any."""
    made = make_walked_tables() if request.param == "streets" else make_plan_tables()
    return served(unproven(made))


def audited(made: PlanTables) -> dict[str, Any]:
    """Hold who serves whom against the plan, from its tables alone; give the figures."""
    homes = made.households[made.households["zone"] != ""]
    members = made.members.set_index("member_id")
    staffed = set(members["zone"])
    alone = homes[homes["zone"].isin(staffed)]
    assert (alone["member"] != "").all()
    assert (members.loc[alone["member"], "zone"].to_numpy() == alone["zone"].to_numpy()).all()
    assert (made.households.loc[made.households["zone"] == "", "member"] == "").all()
    assert np.isfinite(alone["member_walk_m"]).all()
    counts = homes["member"].value_counts().reindex(members.index, fill_value=0)
    assert (counts == members["households"]).all()
    bound = made.rules.households_per_member
    return {
        "serving": int((counts > 0).sum()),
        "short": int(((counts > 0) & (counts < bound.low)).sum()),
        "over": int((counts > bound.high).sum()),
        "walk_mean_m": round(float(alone["member_walk_m"].mean()), 1),
    }


@pytest.mark.parametrize("complete", [False, True])
def test_no_home_is_left_without_a_member(tables: PlanTables, complete: bool) -> None:
    """After `apply` every home of a zone with members has one of them, and the figures say so."""
    u, c = some_move(tables, skip=4)
    assert audited(tables) == tables.provenance["staffing"]
    changes = read_changes(written(tables, [(u, c)]))
    made = apply_changes(tables, changes, complete=complete, stop=Stop(seconds=2))
    assert audited(made) == made.provenance["staffing"]
    own = audit.audit(tables.problem, assignment_of(made), tables.certificate.bound_m)
    assert made.certificate.value_m == own.value_m
    name = tables.units["unit_id"][u]
    there = made.households[made.households["unit_id"] == name]
    assert set(there["zone"]) == {tables.centres["centre_id"][c]}
    assert (there["member"] != "").all()


def test_only_zones_that_changed_are_shared_out_again(tables: PlanTables) -> None:
    """Elsewhere everyone keeps their member to the letter; inside, most do."""
    u, c = some_move(tables, skip=4)
    old = int(assignment_of(tables)[u])
    made = apply_changes(tables, read_changes(written(tables, [(u, c)])))
    ids = tables.centres["centre_id"]
    before, after = tables.households, made.households
    rest = ~after["zone"].isin([ids[old], ids[c]])
    for name in ("member", "member_walk_m"):
        assert before.loc[rest, name].equals(after.loc[rest, name])
    inside = ~rest & (before["unit_id"] != tables.units["unit_id"][u])
    assert (before.loc[inside, "member"] == after.loc[inside, "member"]).mean() > 0.6


def test_nothing_changed_changes_no_service(tables: PlanTables) -> None:
    """An empty file of changes leaves every home with whom it knows, and all zones again nearly none."""
    made = apply_changes(tables, read_changes(written(tables)))
    assert made.households["member"].equals(tables.households["member"])
    again = served(tables)
    same = again.households["member"] == tables.households["member"]
    assert same.mean() > 0.9


def test_walks_are_those_of_the_streets() -> None:
    """On a plan's own streets a walk is at least the shortest of all, and at most by way of the centre."""
    bare, network = make_walked_tables(), grid_network(12, 8)
    snaps = network.snap(bare.units.geometry.x.to_numpy(), bare.units.geometry.y.to_numpy())
    tables = served(replace(bare, units=bare.units.assign(access_m=snaps.access_m)))
    found = network.walks(snaps, snaps, limit_m=None)
    n = tables.problem.n_units
    shortest = np.zeros((n, n))
    shortest[found.target, found.source] = found.walk_m
    at = {u: i for i, u in enumerate(tables.units["unit_id"])}
    member = tables.members.set_index("member_id")["unit_id"].map(at)
    homes = tables.households[tables.households["member"] != ""]
    units = np.array([at[u] for u in homes["unit_id"]])
    whose = member[homes["member"]].to_numpy()
    own = tables.units["walk_m"].to_numpy(float)
    told = homes["member_walk_m"].to_numpy(float)
    apart = units != whose
    assert (told[~apart] == 0).all()
    assert (told[apart] >= shortest[units, whose][apart] - 0.02).all()
    assert (told <= own[units] + own[whose] + 0.02).all()
    assert np.isclose(told[apart], shortest[units, whose][apart], atol=0.02).mean() > 0.7


def test_a_zone_without_members_has_nobody(tables: PlanTables) -> None:
    """Where no member lives in a zone its homes have none, rather than one of elsewhere."""
    zone = tables.centres["centre_id"][3]
    bare = replace(tables, members=tables.members[tables.members["zone"] != zone])
    made = shared(bare, np.array([3]))
    ids = np.append(bare.members["member_id"].to_numpy(object), "")
    inside = (bare.households["zone"] == zone).to_numpy()
    assert (made.member[inside] == -1).all()
    assert np.isnan(made.walk_m[inside]).all()
    assert (ids[made.member[~inside]] == bare.households["member"].to_numpy()[~inside]).all()

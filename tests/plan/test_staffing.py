"""After a meeting: every home of a zone that changed has a member of it, and few get another one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.model import audit
from planner.model.rules import Bound
from planner.model.tables import PlanTables
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes
from planner.plan.frames import assignment_of
from planner.plan.kept import Kept
from planner.plan.staffing import KEEP_M, Roster, Walks, _figures, _UsedTo, staffed
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


def test_nobody_loses_more_homes_than_may_be(
    tables: PlanTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where habit is worth a metre it is given up; a limit is kept where floors and ceilings allow it."""
    monkeypatch.setattr("planner.plan.staffing.KEEP_M", 1.0)
    serving = tables.members[tables.members["households"] > 0]
    follower = {}
    for _, names in serving.groupby("zone")["member_id"]:
        follower |= dict(zip(names, np.roll(names.to_numpy(object), 1), strict=True))
    member = tables.households["member"].map(follower).fillna("")
    turned = replace(tables, households=tables.households.assign(member=member))
    now, every = assignment_of(tables), np.arange(len(tables.centres))

    def lost(most: int | None) -> tuple[int, Roster]:
        made = staffed(turned, now, Kept(tables).walks(now), every, None, most)
        names = np.append(tables.members["member_id"].to_numpy(object), "")[made.member]
        other = (member != "") & (names != member.to_numpy(object))
        return int(member[other].value_counts().max() if other.any() else 0), made

    most_free, free = lost(None)
    assert most_free > 3
    assert "most_lost" not in free.figures
    for most in (0, 3):
        found, made = lost(most)
        assert found <= most
        assert made.figures["most_lost"] == found
        for missed in ("short", "over"):
            assert made.figures[missed] <= free.figures[missed]


def test_the_order_of_rows_decides_nothing() -> None:
    """Homes as near to one member as to another are shared out by ids, however sheets are sorted."""
    made = unproven(make_plan_tables(nx=6, ny=4, nc=5))
    blank = replace(made, households=made.households.assign(member="", member_walk_m=np.nan))
    turned = replace(
        blank,
        households=blank.households.iloc[::-1].reset_index(drop=True),
        members=blank.members.iloc[::-1].reset_index(drop=True),
    )
    assert blank.members["unit_id"].duplicated().any()
    first, second = (
        served(tables).households.set_index("household_id")["member"] for tables in (blank, turned)
    )
    assert first.to_dict() == second.to_dict()


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
    assert (np.round(told, 2) == told).all(), "centimetres, as plans tell them"
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


def test_another_member_costs_what_the_own_one_is_worth() -> None:
    """Nothing to stay, the price to leave; whose member does not serve here is as dear to everyone."""
    used = _UsedTo(np.array([3, 5, -1]), np.array([200.0, 40.0, 0.0]))
    cost = used.surcharge(np.array([0, 1, 2]), np.array([3, 4]))
    assert cost.tolist() == [[0.0, 200.0], [0.0, 0.0], [0.0, 0.0]]


def test_homes_of_a_unit_are_shared_out_by_the_member_they_know() -> None:
    """One client for each unit, member and price; a member of elsewhere counts as none."""
    used = _UsedTo(np.array([3, 3, 8, -1, 3]), np.array([200.0, 200.0, 200.0, 0.0, 50.0]))
    rows = np.arange(5)
    first, client, load = used.clients(
        np.array([1, 1, 1, 1, 1]), rows, np.array([3, 4]), np.array([0, 0, 0, 0, 0])
    )
    assert sorted(load.tolist()) == [1, 2, 2]
    assert client[0] == client[1] != client[4]
    assert client[2] == client[3]
    assert (client[first] == np.arange(3)).all()


def test_habit_is_worth_so_many_metres(tables: PlanTables) -> None:
    """Each home that has a member, and no other."""
    was = np.where(np.arange(len(tables.households)) % 2 == 0, 0, -1)
    used = _UsedTo.of(replace(tables, helpers=None), was)
    assert KEEP_M == 200.0
    assert used.member.tolist() == was.tolist()
    assert used.price_m.tolist() == np.where(was >= 0, 200.0, 0.0).tolist()


def test_a_helper_counts_as_the_office_says(tables: PlanTables) -> None:
    """The home's helper in place of the member it has, at the helper's own price; kept ones are counted."""
    ids, known = tables.households["household_id"], tables.households["member"]
    a, b = np.flatnonzero(known != "")[[2, 5]]
    one = int(np.flatnonzero(tables.members["member_id"] == known[a])[0])
    said = {"household_id": ids[[a, b]], "member_id": [known[a]] * 2, "price_m": [5e3, 9.0]}
    helped = replace(tables, helpers=pd.DataFrame(said))
    used = _UsedTo.of(helped, np.full(len(ids), one + 1))
    assert used.member[[a, a + 1, b]].tolist() == [one, one + 1, one]
    assert used.price_m[[a, a + 1, b]].tolist() == [5e3, 200.0, 9.0]
    figures = shared(helped, np.zeros(0, np.int64)).figures
    kept = 1 + (known[b] == known[a])
    assert (figures["helpers"], figures["helpers_kept"]) == (2, kept)


def test_the_shorter_way_counts() -> None:
    """Direct or by way of the centre, whichever is known and shorter; nothing within one unit."""
    direct = np.array([[50.0, np.nan], [np.inf, 10.0], [70.0, 5.0]])
    walks = Walks(np.array([30.0, 40.0, np.nan]), lambda units, homes: direct)
    made = walks.between(np.array([0, 1, 2]), np.array([0, 1]))
    assert made[0].tolist() == [0.0, 70.0]
    assert made[1].tolist() == [70.0, 0.0]
    assert made[2].tolist() == [70.0, 5.0]


def test_figures_at_the_limits_of_a_member(tables: PlanTables) -> None:
    """Short below the floor, over above the ceiling; who rests is neither."""
    counts = shared(tables, np.arange(len(tables.centres))).households
    least, most = int(counts[counts > 0].min()), int(counts.max())
    for low, high, short, over in (
        (least, most, 0, 0),
        (least + 1, most, int((counts[counts > 0] <= least).sum()), 0),
        (least, most - 1, 0, int((counts >= most).sum())),
    ):
        rules = replace(tables.rules, households_per_member=Bound(low, high))
        free = replace(tables, rules=replace(tables.rules, households_per_member=Bound(None, None)))
        roster = staffed(
            replace(free, rules=rules),
            assignment_of(tables),
            _nobody(tables),
            np.zeros(0, np.int64),
        )
        assert roster.figures["serving"] == (counts > 0).sum()
        assert (roster.figures["short"], roster.figures["over"]) == (short, over)


def test_who_serves_too_few_or_too_many_is_counted(tables: PlanTables) -> None:
    """Of homes held one by one: at floor and ceiling all is well, and who holds none rests."""
    rules = replace(tables.rules, households_per_member=Bound(3, 5))
    held, walks = np.array([0, 1, 3, 5, 6, 7]), np.array([30.0, np.nan, 50.25])
    nobody = np.zeros(0, np.int64)
    told = _figures(replace(tables, rules=rules, helpers=None), nobody, walks, held)
    assert told == {"serving": 5, "short": 1, "over": 2, "walk_mean_m": 40.1}
    free = replace(tables.rules, households_per_member=Bound(None, None))
    told = _figures(replace(tables, rules=free, helpers=None), nobody, walks[1:2], held)
    assert told == {"serving": 5, "short": 0, "over": 0, "walk_mean_m": None}


def _nobody(tables: PlanTables) -> Walks:
    return Walks.of(tables.problem, assignment_of(tables), lambda units, homes: np.empty((0, 0)))

"""Centres that a meeting moves, adds and gives up: measured, proven, recorded and undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from planner.errors import InputError
from planner.model.problem import Part
from planner.model.proof.verify import verify
from planner.model.tables import PlanTables
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes
from planner.plan.eighths import Doors
from planner.plan.frames import assignment_of, unit_positions
from planner.plan.provenance import history_of, plan_fingerprint
from planner.plan.store import read_plan, store_plan
from planner.plan.store.past import restored
from planner.render.text.summary import summary_markdown
from tests.plan.streets import with_streets
from tests.plan.test_changes import WHEN, written
from tests.plans import make_plan_tables, plans_equal, unproven


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan with streets."""
    return unproven(with_streets(make_plan_tables()))


def ground(tables: PlanTables) -> float:
    """Add up what the zones cover."""
    return float(shapely.area(tables.zones.geometry.to_numpy()).sum())


def own_units(tables: PlanTables, centre: int) -> Any:
    """Units of a zone but the home of its centre, the last ones first."""
    mine = np.flatnonzero(assignment_of(tables) == centre)
    return mine[mine != tables.problem.home[centre]][::-1]


def seats(tables: PlanTables, *pairs: tuple[str, int]) -> list[dict[str, str]]:
    """Write centres as the page does; unit -1 for one that is given up."""
    names = [*tables.units["unit_id"], ""]
    return [{"centre": c, "unit": names[u]} for c, u in pairs]


def made(tables: PlanTables, moves: Any, *pairs: tuple[str, int], **more: Any) -> PlanTables:
    """Apply moves (unit, id of the centre) and centres, as a meeting that insists."""
    units, zones = tables.units["unit_id"], tables.units["zone"]
    told = [{"unit": units[u], "from": zones[u], "to": c} for u, c in moves]
    data = written(tables, moves=told, centres=seats(tables, *pairs), **{"insist": True, **more})
    return apply_changes(tables, read_changes(data), when=WHEN)


def test_a_centre_moves(tables: PlanTables) -> None:
    """Its walks are those from its new door; zone, number and colour stay; it is told, and can be undone."""
    name, unit = tables.centres["centre_id"][2], int(own_units(tables, 2)[0])
    after = made(tables, [], (name, unit))
    assert (after.units["zone"] == tables.units["zone"]).all()
    row = after.centres.iloc[2]
    assert (row["centre_id"], row["unit_id"]) == (name, tables.units["unit_id"][unit])
    assert row["label"] == tables.units["label"][unit]
    assert after.problem.home[2] == unit
    mine = after.problem.pair_centre == 2
    walks = Doors.of(tables).walks(unit)[after.problem.pair_unit[mine]]
    assert (after.problem.walk_m[mine] == walks).all()
    same = tables.problem.pair_centre != 2
    assert (after.problem.walk_m[~mine] == tables.problem.walk_m[same]).all()
    for column in ("number", "colour", "fence"):
        assert after.zones[column].tolist() == tables.zones[column].tolist()
    (entry,) = history_of(after)
    assert entry["centres"] == [
        {"centre": name, "from": tables.centres["unit_id"][2], "to": row["unit_id"]}
    ]
    assert plan_fingerprint(restored(after, 1)) == plan_fingerprint(tables)


def test_a_zone_is_split(tables: PlanTables) -> None:
    """A new zone has a number that none ever had, its own ground, and the homes that were moved."""
    part = own_units(tables, 4)[:4]
    after = made(tables, [(u, "C13") for u in part], ("C13", int(part[0])))
    zone = after.zones.iloc[-1]
    assert (zone["centre_id"], zone["number"]) == ("C13", tables.centres["number"].max() + 1)
    assert zone["households"] == tables.problem.households[part].sum()
    assert all(zone.geometry.covers(after.units.geometry[u]) for u in part)
    assert ground(after) == pytest.approx(ground(tables))
    assert zone["colour"] >= 0
    assert after.provenance["last_number"] == 13


def test_two_zones_become_one(tables: PlanTables) -> None:
    """The ground of the zone that is given up goes with its homes; its number is not used again."""
    units = np.flatnonzero(assignment_of(tables) == 3)
    names = tables.centres["centre_id"]
    ways = tables.problem.pair_centre[tables.problem.pair_unit == units[0]]
    stays = names[next(int(c) for c in ways if c != 3)]
    after = made(tables, [(u, stays) for u in units], (names[3], -1))
    assert names[3] not in set(after.centres["centre_id"])
    assert set(after.units["zone"].iloc[units]) == {stays}
    assert ground(after) == pytest.approx(ground(tables))
    member = after.members.loc[after.members["member_id"] == names[3], "is_centre"]
    assert not member.any()
    part = own_units(after, 0)[:2]
    third = made(after, [(u, "C99") for u in part], ("C99", int(part[0])))
    assert third.zones["number"].iloc[-1] == 13


def test_what_cannot_be_is_refused(tables: PlanTables) -> None:
    """Another centre's home, zone or community, nobody's zone, and homes left behind are each named."""
    name, home = tables.centres["centre_id"][2], tables.problem.home
    assignment, fence = assignment_of(tables), tables.problem.fence
    other = next(c for c in range(3, 12) if fence[home[c]] == fence[home[2]])
    elsewhere = int(np.flatnonzero((assignment != 2) & (fence == fence[home[2]]))[0])
    far = int(np.flatnonzero(fence != fence[home[2]])[0])
    for unit, words in (
        (int(home[other]), "another centre"),
        (elsewhere, "another zone"),
        (far, "another community"),
    ):
        with pytest.raises(InputError, match=words):
            made(tables, [], (name, unit))
    with pytest.raises(InputError, match="does not have"):
        made(tables, [], ("nobody", -1))
    with pytest.raises(InputError, match="go to nobody"):
        made(tables, [], (name, -1))
    with pytest.raises(InputError, match="no centre"):
        made(tables, [], ("1380013" + "8000", int(own_units(tables, 2)[0])))
    data = written(tables, centres=seats(tables, (name, 1), (name, 2)))
    with pytest.raises(InputError, match="twice"):
        read_changes(data)


def test_the_bound_is_proven_again(tables: PlanTables) -> None:
    """Communities without a change keep their proof; that of the others is made again, and holds."""
    problem = tables.problem
    parts = []
    for fence in (0, 1):
        units = np.flatnonzero(problem.fence == fence)
        centres = int((problem.fence[problem.home] == fence).sum())
        parts.append(
            Part(
                len(units),
                centres,
                9.0,
                5.0,
                9.0,
                0.0,
                "",
                0.0,
                tuple(units.tolist()),
                (0.0,) * len(units),
            )
        )
    proven = replace(
        tables, parts=tuple(parts), certificate=replace(tables.certificate, bound_m=10.0)
    )
    centre = int(np.flatnonzero(problem.fence[problem.home] == 1)[0])
    unit = int(own_units(tables, centre)[0])
    after = made(proven, [], (tables.centres["centre_id"][centre], unit))
    same, new = after.parts
    assert (same.bound_m, same.unit) == (5.0, parts[0].unit)
    assert new.bound_m > 1000  # short zones must pay
    assert after.certificate.bound_m <= 5.0 + new.bound_m + 1e-6
    told = verify(after.problem, assignment_of(after), after.certificate, {})
    assert told.proven_m >= new.bound_m
    assert unit_positions(after, after.centres["unit_id"])[centre] == unit


def test_limits_of_its_own_go_with_a_centre(tables: PlanTables) -> None:
    """What stands at its home stands at its new one; a new centre has none."""
    problem = tables.problem
    own = np.zeros((2, problem.n_units))
    own[:, problem.home] = np.arange(problem.n_centres) + 1.0
    rules = tuple(replace(r, own=own) for r in problem.rules)
    mine = replace(tables, problem=problem.replace(rules=rules))
    units = own_units(mine, 4)
    seat = (mine.centres["centre_id"][4], int(units[0]))
    after = made(mine, [(units[1], "C13")], seat, ("C13", int(units[1])))
    told = after.problem.rules[0].own
    assert told is not None
    assert told[0, after.problem.home].tolist() == [*range(1, 13), 0]


def test_plans_with_other_centres_are_stored(tables: PlanTables, tmp_path: Path) -> None:
    """A split, a merger and a move read back as written; a centre of whom no change tells is refused."""
    part = own_units(tables, 4)[:3]
    after = made(tables, [(u, "C13") for u in part], ("C13", int(part[0])))
    name, unit = after.centres["centre_id"][2], int(own_units(after, 2)[0])
    after = made(after, [], (name, unit))
    store_plan(after, tmp_path / "plan.gpkg")
    plans_equal(after, read_plan(tmp_path / "plan.gpkg"))
    history = [{**entry, "centres": []} for entry in history_of(after)]
    hidden = replace(after, provenance={**after.provenance, "history": history})
    store_plan(hidden, tmp_path / "hidden.gpkg")
    with pytest.raises(InputError, match="a centre is no member"):
        read_plan(tmp_path / "hidden.gpkg")


def test_mentors_stay_with_zones(tables: PlanTables) -> None:
    """A new zone has the mentor of the one that it is cut from; a moved centre is not measured."""
    mentors = np.array(["G1", "G2"], object)[np.arange(len(tables.zones)) % 2]
    zones = tables.zones.assign(mentor=mentors, mentor_walk_m=np.arange(12.0) * 10)
    figures = {"title": "mentor", "title_zh": "指导员", "people": 2, "serving": 2, "clients": 12}
    figures |= {"load_min": 6, "load_max": 6, "walk_mean_m": 55.0, "walk_max_m": 110.0}
    level = {"name": "mentor", "below": "centre", "low": None, "high": 6, **figures}
    level |= {"short": 0, "over": 0, "unreached": 0}
    guided = replace(tables, zones=zones, provenance={**tables.provenance, "levels": [level]})
    part = own_units(guided, 4)[:3]
    name, unit = guided.centres["centre_id"][2], int(own_units(guided, 2)[0])
    after = made(guided, [(u, "C13") for u in part], ("C13", int(part[0])), (name, unit))
    assert after.zones["mentor"].iloc[-1] == mentors[4]
    assert after.zones["mentor"].tolist()[:12] == mentors.tolist()
    assert np.isnan(after.zones["mentor_walk_m"].iloc[[2, 12]]).all()
    (told,) = after.provenance["levels"]
    assert (told["clients"], told["load_min"], told["load_max"], told["over"]) == (13, 6, 7, 1)
    assert "指导员" in summary_markdown(after)

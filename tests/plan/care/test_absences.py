"""Who is left when somebody is away: equal to taking that person out and looking again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from planner.model.caring import Pace, care_kinds
from planner.model.plane import LocalProjection
from planner.network import StraightNetwork
from planner.plan.care.absences import WORST, absences, care_table, helped, left_alone
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.shares import Needs
from tests.plan.care.town import care_town, ground_of
from tests.plans import make_plan_tables


def town(seed: int, *, every: int = 9):
    """A town on straight lines: every ninth home needs care; few serve, so that absences matter."""
    plan = make_plan_tables(nx=10, ny=8, nc=8, seed=seed)
    rng = np.random.default_rng(seed)
    rests = rng.random(len(plan.members)) < 0.55
    serve = np.where(
        rests & ~plan.members["is_centre"], 0, np.maximum(plan.members["households"], 1)
    )
    plan = replace(plan, members=plan.members.assign(households=serve))
    points = plan.units.geometry.to_numpy()
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    network = StraightNetwork(LocalProjection.around(lon, lat), 1.2)
    ids = plan.households["household_id"].tolist()
    needs = Needs.of(ids, dict.fromkeys(ids[::every], ("独居",)), care_kinds())
    return OnStreets(plan, network, network.snap(lon, lat)), needs


def without(ground: OnStreets, member: int, limit: float, *, centres: bool):
    """Homes within the limit of somebody, with one person taken out: measured anew."""
    plan = ground.plan
    gone = np.arange(len(plan.members)) == member
    if centres:
        stay = plan.members["is_centre"].to_numpy(bool) & ~gone
        units = np.unique(ground.member_unit[stay])
    else:
        serve = np.where(gone, 0, plan.members["households"])
        changed = replace(plan, members=plan.members.assign(households=serve))
        units = OnStreets(changed, ground.network, ground.snaps).serving_units
    return np.append(ground.nearest_m(units), np.inf)[ground.home_unit] <= limit


def test_three_hundred_absences_are_as_recomputed() -> None:
    """Each of three hundred drawn at random, over several towns and limits, of all and of care homes."""
    tried = left = 0
    for seed in (1, 2, 5, 6, 7):
        ground, needs = town(seed)
        rng, limit = np.random.default_rng(seed), (110.0, 150.0, 190.0)[seed % 3]
        told = helped(ground, needs, Pace(), limit)
        table = absences(ground, needs, told).set_index("member_id")
        ids = ground.plan.members["member_id"].tolist()
        before = {c: without(ground, -1, limit, centres=c) for c in (False, True)}
        assert ((told.helpers > 0) == before[False]).all()
        assert ((told.centres > 0) == before[True]).all()
        for name in rng.choice(table.index, 60):
            row, member = table.loc[name], ids.index(name)
            for centres, column in ((False, "left"), (True, "left_centre")):
                lost = before[centres] & ~without(ground, member, limit, centres=centres)
                assert row[column] == lost.sum()
                assert row[f"{column}_care"] == (lost & needs.care).sum()
                left += int(lost.sum())
            tried += 1
    assert tried == 300
    assert left > 300, "absences that leave nobody would prove nothing"


def test_the_worst_come_first() -> None:
    """By care households, then by homes; each person once, who rests is none of them."""
    ground, needs = town(1)
    table = absences(ground, needs, helped(ground, needs, Pace(), 110.0))
    keys = list(zip(table["left_care"], table["left"], strict=True))
    assert keys == sorted(keys, reverse=True)
    assert keys[0][0] > 0
    assert table["member_id"].is_unique
    assert ((table["clients"] > 0) | table["is_centre"]).all()


def test_whom_the_worst_absences_leave() -> None:
    """Door by door, as measured anew with that member out: other members, and other centres."""
    ground, needs = town(2)
    told = helped(ground, needs, Pace(), 110.0)
    table = absences(ground, needs, told)
    left = left_alone(ground, needs, told, table)
    ids = ground.plan.members["member_id"].tolist()
    assert 0 < left["member_id"].nunique() <= WORST
    before = {c: without(ground, -1, 110.0, centres=c) for c in (False, True)}
    for name, rows in left.groupby("member_id"):
        m = ids.index(name)
        lost = np.zeros(len(needs.care), bool)
        for centres in (False, True):
            lost |= before[centres] & ~without(ground, m, 110.0, centres=centres)
        assert rows["unit"].iloc[0] == ground.member_unit[m]
        assert rows["homes"].sum() == lost.sum()
        assert rows["care"].sum() == (lost & needs.care).sum()
        assert set(rows["unit"].iloc[1:]) == set(ground.home_unit[lost])


def test_the_second_helper_lives_in_another_building() -> None:
    """Against a plain search over all members of each care household."""
    ground, needs = town(2, every=25)
    told = helped(ground, needs, Pace(), 120.0)
    plan = ground.plan
    table = care_table(ground, needs, told, care_kinds())
    assert len(table) == needs.care.sum()
    serving = np.flatnonzero(ground.serving)
    house = plan.units["building"] + plan.units["fence"]
    rows = np.flatnonzero(needs.care & (ground.home_unit >= 0))
    for row in rows.tolist():
        walk = ground.walks(ground.member_unit[serving], ground.home_unit[[row]], 360.0)
        near = sorted(zip(walk.walk_m.tolist(), walk.source.tolist(), strict=True))
        if not near:
            assert told.first[row] == -1
            continue
        assert told.first_m[row] == near[0][0]
        first = house.iloc[ground.member_unit[told.first[row]]]
        away = [m for m, s in near if house.iloc[ground.member_unit[serving[s]]] != first]
        assert told.second_m[row] == pytest.approx(away[0] if away else np.inf)
        if away:
            assert house.iloc[ground.member_unit[told.second[row]]] != first
        assert told.helpers[row] == sum(m <= 120.0 for m, _ in near)


def test_who_has_nobody_is_told_how_far_the_nearest_is() -> None:
    """The hamlet: nobody within the limit, the nearest within three limits; beyond, nobody at all."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    needs = Needs.of(
        plan.households["household_id"], {"H076": ("大病",), "H900": ("残疾",)}, care_kinds()
    )
    table = care_table(ground, needs, helped(ground, needs, Pace(), 400.0), care_kinds())
    assert table["household_id"].tolist() == ["H076", "H900"]
    assert table["helpers"].tolist() == [0, 0]
    assert table["alone"].all()
    assert table["first"].tolist() == ["M8", ""]
    assert table["first_m"].iloc[0] == pytest.approx(845.0, abs=2)
    assert table["kinds_zh"].tolist() == ["大病", "残疾"]
    near = care_table(ground, needs, helped(ground, needs, Pace(), 200.0), care_kinds())
    assert near["first"].tolist() == ["", ""]
    assert near["first_m"].isna().all()


def test_who_cannot_climb_is_helped_on_the_level() -> None:
    """A flight of steps between a lone elder and the only helper: not for the elder, but for a neighbour."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    streets = plan.base["streets"].assign(highway="residential")
    middle = shapely.line_interpolate_point(ground.network.edge_lines, 0.5, normalized=True)
    assert len(middle)
    # the lane down to the hamlet, of 900 m, is a flight of steps
    longest = streets.to_crs(ground.network.projection.crs).length.to_numpy().argmax()
    steep = streets.assign(
        highway=np.where(np.arange(len(streets)) == longest, "steps", "residential")
    )
    changed = replace(plan, base={**plan.base, "streets": steep})
    ground = OnStreets(changed, ground.network, ground.snaps)
    said = {"H076": ("独居老人",), "H077": ("留守儿童",)}
    needs = Needs.of(plan.households["household_id"], said, care_kinds())
    told = helped(ground, needs, Pace(elders_climb=False), 900.0)
    rows = [plan.households["household_id"].tolist().index(h) for h in said]
    assert told.helpers[rows[1]] > 0
    assert told.helpers[rows[0]] == 0

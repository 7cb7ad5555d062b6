"""The visit plan: helpers, load, what is due in a week, and the rounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from planner.model.caring import Care, Pace, care_kinds
from planner.plan.care.shares import Needs
from planner.plan.care.visits import due_visits, helping, load_table, rounds, visit_table
from tests.plan.care.town import care_town, ground_of

KINDS = care_kinds()


def town(every: int = 4):
    """Give the town, where every fourth home needs care."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    ids = plan.households["household_id"].tolist()
    return ground, Needs.of(ids, dict.fromkeys(ids[::every], ("独居",)), KINDS)


def test_everybody_within_reach_has_two_helpers_in_two_buildings() -> None:
    """First and second differ in person and roof; walks are those of the streets."""
    ground, needs = town()
    told = helping(ground, needs, KINDS, Care())
    plan = ground.plan
    house = (
        plan.units["building"].where(plan.units["building"] != "", plan.units["unit_id"])
    ).to_numpy()
    assert (told.first >= 0).sum() > 15
    for home, one, other, metres in zip(
        told.home, told.first, told.second, told.first_m, strict=True
    ):
        if one < 0:
            continue
        assert ground.serving[one]
        walk = ground.walks(ground.member_unit[[one]], ground.home_unit[[home]], 2000.0)
        assert walk.walk_m[0] == pytest.approx(metres)
        if other >= 0:
            assert house[ground.member_unit[one]] != house[ground.member_unit[other]]
    table = visit_table(ground, needs, told, KINDS)
    assert len(table) == needs.care.sum()
    assert table["visits"].eq(4.0).all()


def test_hours_limit_whom_one_can_help() -> None:
    """With two hours a month one care household each; what is beyond is told, and with what it would fit."""
    ground, needs = town()
    care = Care(hours_a_month=2.0)
    told = helping(ground, needs, KINDS, care)
    assert told.room == 1
    load = load_table(ground, told, care)
    assert load["minutes"].sum() == (told.first >= 0).sum() * 120
    assert (load["over"] > 0).any()
    enough = replace(care, hours_a_month=told.needed * 2.0)
    fits = helping(ground, needs, KINDS, enough)
    assert not load_table(ground, fits, enough)["over"].any()
    scarce = replace(care, hours_a_month=told.needed * 2.0 - 2.0)
    assert load_table(ground, helping(ground, needs, KINDS, scarce), scarce)["over"].any()


def test_helpers_stay_where_they_can() -> None:
    """Whoever helped before helps again, unless the other way is much shorter."""
    ground, needs = town()
    told = helping(ground, needs, KINDS, Care())
    members = ground.plan.members["member_id"].to_numpy(str)
    ids = ground.plan.households["household_id"].to_numpy(str)[told.home]
    # everybody had the second nearest: those within the price keep it
    had = {h: (members[o], "") for h, o in zip(ids, told.second, strict=True) if o >= 0}
    again = helping(ground, needs, KINDS, Care(), had)
    kept = members[again.first] == [had.get(h, ("", ""))[0] for h in ids]
    near = told.second_m - told.first_m < 190.0
    assert near.sum() > 5
    assert kept[near].mean() > 0.9


def test_visits_of_a_month_are_spread_over_its_weeks() -> None:
    """Four visits are one a week; a quarter of the ordinary homes is visited in a month."""
    ground, needs = town()
    told = helping(ground, needs, KINDS, Care())
    weeks = [due_visits(ground, told, Care(), week) for week in (1, 2, 3, 4)]
    helped = told.home[told.first >= 0]
    for home, member, minutes in weeks:
        assert set(helped) <= set(home.tolist())
        mine = np.isin(home, helped)
        assert (minutes[mine] == 30).all()
        assert (minutes[~mine] == 10).all()
        assert (member >= 0).all()
    ordinary = sum((~np.isin(home, told.home)).sum() for home, _, _ in weeks)
    served = (
        (ground.plan.households["member"] != "").to_numpy() & ~needs.care & (ground.home_unit >= 0)
    )
    assert ordinary == pytest.approx(served.sum() / 4, abs=len(ground.plan.members) / 2)
    assert max(len(h) for h, _, _ in weeks) - min(len(h) for h, _, _ in weeks) <= 8


def test_a_round_begins_and_ends_at_home() -> None:
    """Every door that is due is in it once; its length is that of its walks."""
    ground, needs = town()
    told = helping(ground, needs, KINDS, Care())
    frame, ways = rounds(ground, told, Care(), Pace(), 1)
    home, member, minutes = due_visits(ground, told, Care(), 1)
    assert frame["visits"].sum() == len(home)
    assert set(ways) == set(member.tolist())
    names = ground.plan.members["member_id"].tolist()
    for row in frame.itertuples():
        m = names.index(row.member_id)
        turn, seat = ways[m], ground.member_unit[m]
        assert (turn[0], turn[-1]) == (seat, seat)
        due = set(ground.home_unit[home[member == m]].tolist())
        assert due - {seat} == set(turn[1:-1].tolist())
        assert len(set(turn[1:-1].tolist())) == len(turn) - 2
        walked = 0.0
        for a, b in pairwise(turn):
            walked += (
                0.0 if a == b else ground.walks(np.array([a]), np.array([b]), 5000.0).walk_m[0]
            )
        assert row.metres == pytest.approx(walked, abs=0.06)
        assert row.minutes == pytest.approx(minutes[member == m].sum() + walked / 60, abs=0.06)

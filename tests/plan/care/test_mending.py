"""Repairs: what is told of each is what happens when it is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.api.zone import run
from planner.plan.care.mending import KINDS, mends
from tests.plan.care.town import care_town, ground_of, write_care_town

SHUT = set(range(66, 76))
HAMLET = set(range(76, 84))


@pytest.fixture(scope="module")
def found():
    """What would mend the town."""
    plan, _ = care_town()
    return plan, mends(ground_of(plan)[0])


def test_opening_the_gate_does_what_is_told(found, tmp_path: Path) -> None:
    """The plan made without the gate has those homes within the limit, at the walk that was told."""
    _, told = found
    (gate,) = (m for m in told if m.kind == "gate")
    assert set(gate.homes) == SHUT
    project = write_care_town(tmp_path)
    project.write_text(project.read_text("utf-8").replace('barriers = "gates.csv"\n', ""), "utf-8")
    opened = run(project)
    homes = opened.households
    assert (homes["gap"].iloc[sorted(SHUT)] == "").all()
    assert homes["walk_m"].iloc[sorted(SHUT)].mean() == pytest.approx(gate.walk_m, abs=1.0)
    lon, lat = map(float, gate.target.split(","))
    assert (lon, lat) == pytest.approx((117.004794, 32.604689), abs=2e-6)


def test_a_new_centre_was_cut_again_and_audited(found, tmp_path: Path) -> None:
    """A plan with that member as a centre covers the homes that were told."""
    _, told = found
    best = max((m for m in told if m.kind == "centre"), key=lambda m: len(m.homes))
    assert best.tried == "solved"
    assert best.homes_moved > 0
    assert best.walk_change_m < 0
    project = write_care_town(tmp_path)
    lines = (tmp_path / "members.csv").read_text("utf-8").splitlines()
    lines = [s[:-1] + "是" if s.startswith(f"{best.target},") else s for s in lines]
    (tmp_path / "members.csv").write_text("\n".join(lines) + "\n", "utf-8")
    now = run(project)
    assert (now.households["gap"].iloc[list(best.homes)] == "").all()


def test_where_no_member_lives_a_neighbour_is_named(found) -> None:
    """The hamlet: one centre there would reach all eight."""
    _, told = found
    here = [m for m in told if m.kind == "person" and HAMLET & set(m.homes)]
    assert [set(m.homes) for m in here] == [HAMLET]
    assert here[0].walk_m < 40


def test_a_wider_limit_covers_whom_the_plan_says(found) -> None:
    """Each limit covers all homes whose walk is within it, and moves nobody."""
    plan, told = found
    walk = plan.households["walk_m"].to_numpy()
    gap = (plan.households["gap"] == "beyond_walk_limit").to_numpy()
    limits = [m for m in told if m.kind == "rule"]
    assert len(limits) >= 2
    for mend in limits:
        limit = float(mend.target.removeprefix("walk "))
        assert set(mend.homes) == set(np.flatnonzero(gap & (walk <= limit)).tolist())
        assert mend.homes_moved == 0


def test_a_full_zone_needs_a_higher_ceiling_or_a_centre() -> None:
    """Under a ceiling of 20 homes are left over; the ceiling told is the size of the zone."""
    plan, _ = care_town()
    rules = replace(
        plan.rules, households_per_zone=replace(plan.rules.households_per_zone, high=20)
    )
    gap = plan.households["gap"].to_numpy(object).copy()
    zone = plan.households["zone"].to_numpy(str)
    own = np.flatnonzero((zone == "M1") & (gap == ""))
    gap[own[:3]] = "zone_over_limit"
    crowded = replace(plan, rules=rules, households=plan.households.assign(gap=gap))
    told = mends(ground_of(crowded)[0], seconds=0.0)
    (ceiling,) = (m for m in told if m.target.startswith("households"))
    size = int(plan.zones.loc[plan.zones["centre_id"] == "M1", "households"].iloc[0])
    assert ceiling.target == f"households {size}"
    assert set(ceiling.homes) == set(own[:3].tolist())
    # without time to cut again, walks alone are told, and said to be
    assert {m.tried for m in told if m.kind in ("centre", "person")} == {"walked"}


def test_a_plan_without_gaps_needs_nothing() -> None:
    """Nothing to mend, nothing told; and kinds are those that have an order."""
    plan, _ = care_town()
    whole = replace(plan, households=plan.households.assign(gap=""))
    assert mends(ground_of(whole)[0]) == []
    assert {m.kind for m in mends(ground_of(plan)[0], seconds=0.0)} <= set(KINDS)

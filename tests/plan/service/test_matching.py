"""Needs against talents: the best of all matchings, next zones after the own, and why a need stays open."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.model.duties import NeedKind, is_able
from planner.plan.frames import assignment_of, centre_positions
from planner.plan.service.matching import BESIDE_M, Matched, match_needs
from tests.plan.care.town import care_town, ground_of

KINDS = (
    NeedKind("mend", "维修", "mend", ("维修",), ("维修",)),
    NeedKind("talk", "调解", "talk", ("调解",), ("调解",)),
    NeedKind("any", "其他", "other", (), ()),
)
NONE = 1e7


def best(
    rows: list[tuple[str, str]], strengths: dict[str, list[str]], reach: float, each: int
) -> float:
    """Try every matching: cost of the best one, an open need at a price above any walk."""
    plan, _ = care_town()
    ground = ground_of(care_town()[0])[0]
    homes = plan.households["household_id"].tolist()
    zone, own = assignment_of(plan), centre_positions(plan, plan.members["zone"])
    beside = {(c, c) for c in range(len(plan.centres))}
    for a, b in plan.problem.adjacency:
        beside |= {(zone[a], zone[b]), (zone[b], zone[a])}
    talents = {k.code: k.talents for k in KINDS}
    options = []
    for home, kind in rows:
        unit = ground.home_unit[homes.index(home)]
        open_ = [(-1, NONE)]
        for m, who in enumerate(plan.members["member_id"]):
            if unit < 0 or zone[unit] < 0 or own[m] < 0 or (own[m], zone[unit]) not in beside:
                continue
            walk = ground.walks(ground.member_unit[[m]], np.array([unit]), reach).walk_m
            if len(walk) and is_able(strengths.get(who, []), talents[kind]):
                open_.append((m, walk[0] + (0.0 if own[m] == zone[unit] else BESIDE_M)))
        options.append(open_)
    costs = [
        sum(cost for _, cost in plan_)
        for plan_ in itertools.product(*options)
        if max(np.bincount([m for m, _ in plan_ if m >= 0], minlength=1)) <= each
    ]
    return float(min(costs))


def value(found: Matched) -> float:
    """Cost of a matching."""
    needs = found.needs
    beside = found.met & (needs["member_zone"] != needs["number"]).to_numpy(bool)
    return float(needs["walk_m"].fillna(NONE).sum() + BESIDE_M * beside.sum())


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_matchings(seed: int) -> None:
    """As many as can be met, by the shortest walks together, nobody asked for more than was said."""
    plan, _ = care_town()
    rng = np.random.default_rng(seed)
    homes, people = plan.households["household_id"].tolist(), plan.members["member_id"].tolist()
    rows = sorted(
        {(str(rng.choice(homes)), str(rng.choice(["mend", "talk", "any"]))) for _ in range(4)}
    )
    strengths = {p: [w for w in ("水电维修", "调解员") if rng.random() < 0.3] for p in people}
    reach, each = float(rng.choice([300.0, 900.0])), int(rng.integers(1, 3))
    found = match_needs(ground_of(care_town()[0])[0], rows, KINDS, strengths, reach, each)
    assert value(found) == pytest.approx(best(rows, strengths, reach, each), abs=0.5)
    assert (
        found.needs["member_id"].replace("", np.nan).value_counts().max() <= each
        or not found.met.any()
    )


def test_why_a_need_stays_open() -> None:
    """No place, nobody with the talent, those who have it have enough; unknown homes are counted."""
    rows = [("H900", "any"), ("H001", "mend"), ("H001", "talk"), ("H002", "talk"), ("H777", "any")]
    found = match_needs(ground_of(care_town()[0])[0], rows, KINDS, {"M0": ["调解员"]}, 1500.0, 1)
    cause = {(r.household_id, r.kind): r.cause for r in found.needs.itertuples()}
    assert cause["H900", "any"] in ("no_place", "no_zone")
    assert cause["H001", "mend"] == "nobody"
    assert sorted([cause["H001", "talk"], cause["H002", "talk"]]) == ["", "busy"]
    assert found.lost == 1

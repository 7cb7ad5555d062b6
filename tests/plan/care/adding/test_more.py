"""One more: what each closes alone is what happens when it is there; sets are the best of all."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from planner.model.caring import care_kinds
from planner.plan.care.adding.more import Candidates, brought, ranked, sets_table
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.shares import Needs
from tests.plan.care.town import care_town, ground_of

LIMIT = 250.0


def needs_of(plan, **said: str) -> Needs:
    """Mark some households as needing care."""
    return Needs.of(
        plan.households["household_id"], {h: (w,) for h, w in said.items()}, care_kinds()
    )


def reached(ground: OnStreets, sources: np.ndarray, limit: float) -> int:
    """Count homes within the limit of some units, measured anew."""
    homes = ground.plan.units["households"].to_numpy()
    return int(homes[ground.nearest_m(sources) <= limit].sum())


def test_each_candidate_closes_what_it_would() -> None:
    """With it among the centres so many more homes are reached, and so many metres fewer are walked."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    asked = Candidates.centres(ground, LIMIT)
    table = ranked(ground, needs_of(plan, H001="独居"), asked)
    assert set(table["candidate"]) == {"M3", "M4", "M5", "M6", "M7", "M8"}
    assert table["homes"].is_monotonic_decreasing
    before, homes = reached(ground, ground.centre_units, LIMIT), plan.units["households"].to_numpy()
    now = np.minimum(ground.nearest_m(ground.centre_units), 2 * LIMIT)
    for row in table.itertuples():
        unit = ground.member_unit[plan.members["member_id"].tolist().index(row.candidate)]
        sources = np.append(ground.centre_units, unit)
        assert row.homes == reached(ground, sources, LIMIT) - before
        own = ground.nearest_m(np.array([unit]))
        assert row.within == homes[own <= LIMIT].sum()
        then = np.where(own <= LIMIT, np.minimum(now, own), now)
        assert row.saved_m == pytest.approx((homes * (now - then)).sum(), abs=0.06)
    # the home that needs care counts where it is closed
    unit = ground.home_unit[plan.households["household_id"].tolist().index("H001")]
    assert table["care"].max() == int(ground.nearest_m(ground.centre_units)[unit] > LIMIT)


def test_whom_a_candidate_brings_nearer() -> None:
    """Every door that walks less with it there, measured anew; who is new adds up to its homes."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    asked = Candidates.centres(ground, LIMIT)
    best = ranked(ground, needs_of(plan), asked).head(3)
    table = brought(asked, best)
    homes, now = plan.units["households"].to_numpy(), ground.nearest_m(ground.centre_units)
    for row in best.itertuples():
        own = table[table["rank"] == row.rank]
        unit = ground.member_unit[plan.members["member_id"].tolist().index(row.candidate)]
        assert own["unit"].iloc[0] == unit
        walk = ground.nearest_m(np.array([unit]))
        nearer = np.flatnonzero((walk <= LIMIT) & (walk < now) & (homes > 0))
        assert set(own["unit"]) == {*nearer.tolist(), unit}
        assert own.loc[own["new"], "homes"].sum() == row.homes
    assert not len(brought(asked, best.iloc[:0]))


def test_the_best_sets_are_the_best_of_all() -> None:
    """Two of six, tried all: homes brought within the limit, and the metres."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    asked = Candidates.centres(ground, LIMIT)
    table = sets_table(asked, 3, seconds=20.0, seed=0)
    assert table["proven"].all()
    for model in ("cover", "median"):
        gains = asked.gains(model)
        own = table[table["model"] == model]
        for row in own.itertuples():
            every = combinations(range(len(asked.unit)), row.number)
            best = max(gains.value(np.array(s)) for s in every)
            assert row.value == pytest.approx(best, abs=0.06)
            chosen = row.chosen.split(", ")
            assert len(chosen) <= row.number
        assert own["more"].is_monotonic_decreasing
        assert own["more"].sum() == pytest.approx(own["value"].iloc[-1], abs=0.2)


def test_a_member_is_sought_for_those_who_need_care() -> None:
    """Care households alone count where there are any; a neighbour in the hamlet closes them."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    needs = needs_of(plan, H077="大病", H079="独居老人", H001="残疾")
    asked = Candidates.members(ground, needs, LIMIT)
    assert asked.weight.sum() == 3
    assert not set(asked.unit) & set(ground.serving_units)
    best = ranked(ground, needs, asked).iloc[0]
    assert (best["homes"], best["care"]) == (2, 2)
    assert sets_table(asked, 1, seconds=5.0, seed=0)["value"].iloc[0] == 2
    every = Candidates.members(ground, needs_of(plan), LIMIT)
    assert every.weight.sum() == plan.units["households"].sum()

"""Advice on a plan whose rules cannot hold: repairs by name, and refusals that offer them."""

from __future__ import annotations

import numpy as np
import pytest

from planner.errors import InfeasibleError
from planner.model.project import Search
from planner.model.rules import Bound, RuleBook, WalkLimit
from planner.plan.advice.advise import Advice, Setting, advise, with_repairs
from planner.solve.zones.search import Stop, solve
from tests.office import office, street

CROWDED = RuleBook(
    members_per_zone=Bound(None, None),
    households_per_member=Bound(None, None),
    households_per_zone=Bound(4, 14),
    walk=WalkLimit(200, reach_m=400),
)


@pytest.fixture(scope="module")
def setting() -> Setting:
    """Nine buildings of four homes and two centres where three would do."""
    located, demand, ground = office(*street(9), CROWDED)
    return Setting(demand, located.members, ground.network, CROWDED)


def test_counts_are_told_before_solving(setting: Setting) -> None:
    """36 homes in two zones of 14 at most: the clash, and the nearest rule book that fits."""
    counted = Advice.of_counts(setting.demand, CROWDED)
    assert {(c.rule, c.side) for c in counted.clashes} == {("households_per_zone", "high")}
    assert counted.fitting is not None
    told = counted.to_mapping()
    assert told["repairs"] == []
    assert (
        told["fitting"]["households_per_zone"]["high"] == counted.fitting.households_per_zone.high
    )


def test_a_member_is_offered_as_a_centre(setting: Setting) -> None:
    """Repairs name members who are no centres, and keep what was counted."""
    counted = Advice.of_counts(setting.demand, CROWDED)
    result = solve(setting.demand.problem, stop=Stop(0.0, 5.0))
    made = advise(counted, setting, result, Search(advice_seconds=60))
    assert made.clashes == counted.clashes
    added = [r for r in made.repairs if r.kind == "add_centre"]
    assert added
    plain = set(setting.members.loc[~setting.members["is_centre"], "id"])
    assert {r.change["centre"] for r in added} <= plain
    assert all(r.broken_after < r.broken_before for r in made.repairs)
    assert made.to_mapping()["repairs"][0]["change"] == dict(made.repairs[0].change)


def test_walks_to_a_new_centre_are_those_of_the_problem(setting: Setting) -> None:
    """Straight times 1.3, priced beyond the limit; none where a hard limit or the reach ends."""
    around = np.arange(len(setting.demand.units))
    lon = setting.demand.units["lon"].to_numpy()
    home = int(lon.argmin())
    walk, price = setting.walks(home, around)
    away = np.argsort(lon)
    steps = np.arange(9) * 40.0 * 1.3
    near = steps <= 400
    assert walk[away][near] == pytest.approx(steps[near], abs=0.5)
    assert np.isnan(walk[away][~near]).all()
    load = setting.demand.problem.load
    assert price[away][near] == pytest.approx(
        (load[away] * 2 * np.maximum(walk[away] - 200, 0))[near]
    )
    hard = Setting(
        setting.demand, setting.members, setting.network,
        RuleBook(walk=WalkLimit(200, hard=True, reach_m=400)),
    )  # fmt: skip
    assert np.isfinite(hard.walks(home, around)[0]).sum() == (steps <= 200).sum()


def test_a_refusal_offers_what_would_mend_it(setting: Setting) -> None:
    """Hard rules that cannot hold: the error carries the clash, the repairs and the figures."""
    refused = InfeasibleError("cannot hold", remedy="plain")
    made = with_repairs(refused, setting, Search(advice_seconds=60))
    assert "cannot hold" in str(made)
    assert "14" in str(made)
    assert made.remedy != "plain"
    assert made.certificate is not None

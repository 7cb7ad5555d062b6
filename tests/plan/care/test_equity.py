"""Evenness in standard terms: by definition, by group, and of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.plan.care.equity import equity, equity_figures, gini
from tests.plan.care.town import care_town
from tests.plans import make_plan_tables


def by_definition(x, w):
    """Half the mean difference of two drawn at random, by the mean."""
    values = np.repeat(x, w)
    return np.abs(values[:, None] - values[None, :]).mean() / (2 * values.mean())


@pytest.mark.parametrize("seed", range(4))
def test_gini_is_its_definition(seed: int) -> None:
    """Weights stand for so many of the same; what is not finite is left out; order is no matter."""
    rng = np.random.default_rng(seed)
    x, w = rng.exponential(80, 60), rng.integers(1, 5, 60)
    assert gini(x, w.astype(float)) == pytest.approx(by_definition(x, w))
    assert gini(np.append(x, np.nan)) == pytest.approx(by_definition(x, np.ones(60, int)))
    assert gini(x[::-1]) == pytest.approx(gini(x))


def test_gini_at_its_ends() -> None:
    """Everybody the same, one has all, nobody has anything, nobody is there."""
    assert gini(np.full(9, 3.0)) == pytest.approx(0.0)
    assert gini(np.append(np.zeros(99), 1.0)) == pytest.approx(0.99)
    assert gini(np.zeros(4)) == 0.0
    assert np.isnan(gini(np.zeros(0)))


def test_each_group_is_counted_from_its_own_homes() -> None:
    """Mean, median, worst tenth and Gini of every zone, fence and of all, against plain NumPy."""
    plan = make_plan_tables()
    table = equity(plan)
    homes = plan.households[plan.households["zone"] != ""]
    assert table["level"].tolist() == ["all", "fence", "fence", *["zone"] * 12]
    for row in table.itertuples():
        column = {"all": None, "fence": "fence", "zone": "zone"}[row.level]
        own = homes if column is None else homes[homes[column] == row.name]
        walk = np.sort(own["walk_m"].to_numpy())
        assert row.households == len(walk)
        assert row.walk_mean_m == pytest.approx(walk.mean(), abs=0.051)
        assert row.walk_median_m == pytest.approx(np.median(walk), abs=0.051)
        worst = walk[-max(1, round(0.1 * len(walk))) :]
        assert row.walk_worst_m == pytest.approx(worst.mean(), abs=0.051)
        assert row.walk_gini == pytest.approx(
            by_definition(walk, np.ones(len(walk), int)), abs=1e-4
        )


def test_loads_are_those_of_who_serves() -> None:
    """Minutes of the homes that each looks after; who rests is no part of the comparison."""
    plan, _ = care_town()
    load = plan.households["household_id"].map(lambda h: 3.0 if h in ("H000", "H001") else 1.0)
    heavy = replace(plan, households=plan.households.assign(load=load.to_numpy()))
    row = equity(heavy).iloc[0]
    served = heavy.households[heavy.households["member"] != ""]
    sums = served.groupby("member")["load"].sum().to_numpy()
    assert row["members"] == len(sums)
    assert row["load_mean"] == pytest.approx(sums.mean(), abs=0.006)
    assert row["load_gini"] == pytest.approx(by_definition(sums, np.ones(len(sums), int)), abs=1e-4)


def test_between_zones_is_the_gini_of_their_means() -> None:
    """Each counted by its homes; of one fence there is no difference."""
    plan = make_plan_tables()
    told, table = equity_figures(plan), equity(plan)
    zones = table[table["level"] == "zone"]
    assert told["walk_m"]["between_zones"] == pytest.approx(
        by_definition(zones["walk_mean_m"].to_numpy(), zones["households"].to_numpy()), abs=1e-4
    )
    assert 0 < told["walk_m"]["between_fences"] < told["walk_m"]["between_zones"]
    alone, _ = care_town()
    assert equity_figures(alone)["walk_m"]["between_fences"] == 0.0
    nobody = replace(alone, households=alone.households.assign(zone="", member=""))
    assert equity_figures(nobody)["walk_m"]["mean"] is None

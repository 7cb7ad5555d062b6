"""The sums of each community."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.api.site.communities import fence_table
from planner.model.rules import Bound, RuleBook, WalkLimit
from tests.api.site.lanes import lane, outcomes

ROW = [0.0, 100.0, 200.0]


def test_each_fence_is_summed_up() -> None:
    """Homes, members, today's centres and the proposal side by side."""
    of = lane([*ROW, 9000.0], ["A", "A", "A", "B"], ROW)
    today = of.demand.member_unit[[0]]
    table = fence_table(outcomes(of, [1, 0]), of.demand, of.network, today).set_index("fence")
    a, b = table.loc["A"], table.loc["B"]
    assert (a["households"], a["members"], a["candidates"], a["centres"]) == (30, 3, 3, 1)
    assert (a["least"], a["most"], a["centres_before"], a["misfit"]) == (1, 3, 1, 0.0)
    assert a["walk_before_m"] == pytest.approx(100.0, abs=0.2)
    assert a["walk_m"] == pytest.approx(66.7, abs=0.1)
    assert a["bound_m"] <= a["value_m"] + 1e-6
    assert a["optimality_gap"] <= 0.01
    assert (b["households"], b["centres"], b["candidates"]) == (10, 0, 0)
    assert pd.isna(b["walk_m"])
    assert pd.isna(b["walk_before_m"])


def test_homes_over_and_short_are_a_misfit() -> None:
    """Thirty homes in one zone of at most twenty: ten over; in three of at least fifteen: fifteen short."""
    rules = RuleBook(households_per_zone=Bound(15, 20), walk=WalkLimit(450.0))
    of = lane(ROW, ["A"] * 3, ROW, rules=rules)
    none = np.zeros(0, np.int64)
    for count, misfit in ((1, 10.0), (3, 15.0)):
        table = fence_table(outcomes(of, [count]), of.demand, of.network, none)
        assert table["misfit"].tolist() == [misfit]
        assert pd.isna(table["walk_before_m"][0])


def test_today_is_shared_out_within_the_rules() -> None:
    """Two centres at one end, ceilings of twenty: one of the homes' places is shared between them."""
    rules = RuleBook(households_per_zone=Bound(None, 20), walk=WalkLimit(450.0))
    of = lane([0.0, 10.0, 300.0], ["A"] * 3, [0.0, 10.0, 300.0], rules=rules)
    table = fence_table(outcomes(of, [2]), of.demand, of.network, of.demand.member_unit[[0, 1]])
    assert table["walk_before_m"][0] == pytest.approx(290 / 3, abs=0.5)

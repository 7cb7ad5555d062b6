"""The sums of each community."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.api.site.communities import beyond_rules, fence_table
from planner.api.site.counts import fewest
from planner.api.site.proposal import chosen_table, uncovered_table
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


def test_members_count_wherever_they_live() -> None:
    """Two members where nobody is to be served: counted in the community, and in the nearest zone."""
    of = lane([0.0, 100.0, 900.0], ["A"] * 3, [0.0, 900.0, 400.0, 480.0, 520.0])
    found = outcomes(of, [2])
    none = np.zeros(0, np.int64)
    assert fence_table(found, of.demand, of.network, none)["members"].tolist() == [5]
    shown = chosen_table(found, of.table, of.demand)
    assert shown["members"].sum() == 5
    assert shown["households"].sum() == 30


def test_a_member_without_homes_costs_nothing_and_asks_for_nothing() -> None:
    """To suffice is to reach the homes: who lives far off without any is no reason for one more."""
    of = lane([0.0, 100.0], ["A"] * 2, [0.0, 800.0])
    (quarter,) = of.quarters
    assert len(quarter.units) == 3
    assert fewest(quarter) == (1, True)
    assert not len(uncovered_table(outcomes(of, [1]), of.table, of.demand))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "30 homes, 30 a zone; the rules ask for 2 to 3, fewer were asked for in all"),
        (2, "30 homes, 15 a zone; the least that the rules ask for"),
        (3, "30 homes, 10 a zone; the most that the rules allow"),
    ],
)
def test_each_number_has_its_reason(count: int, said: str) -> None:
    """Fewer than, least, most: by the rules of ten to twenty homes a zone."""
    rules = RuleBook(households_per_zone=Bound(10, 20), walk=WalkLimit(450.0))
    of = lane(ROW, ["A"] * 3, ROW, rules=rules)
    table = fence_table(outcomes(of, [count]), of.demand, of.network, np.zeros(0, np.int64))
    assert table["why"].tolist() == [said]
    assert table["why_zh"].tolist()[0].startswith("30户")


def test_reasons_beside_the_rules() -> None:
    """More than the rules allow, all of them forced, between the two, and nobody there."""
    loose = RuleBook(households_per_zone=Bound(6, 40), walk=WalkLimit(450.0))
    tight = RuleBook(households_per_zone=Bound(30, 40), walk=WalkLimit(450.0))
    none = np.zeros(0, np.int64)

    def why(count: int, rules: RuleBook, **more: object) -> str:
        of = lane(ROW, ["A"] * 3, ROW, rules=rules, **more)
        return fence_table(outcomes(of, [count]), of.demand, of.network, none)["why"][0]

    assert why(2, tight).endswith("the rules ask for 1 to 1, more were asked for in all")
    assert why(2, loose).endswith("one more would save less here than elsewhere")
    assert why(2, loose, forced=[True, False, True]).endswith("all of them asked for by name")
    of = lane([0.0, 9000.0], ["A", "B"], [0.0])
    table = fence_table(outcomes(of, [1, 0]), of.demand, of.network, none)
    assert table["why"].tolist()[1] == "no candidate lives here"


@pytest.mark.parametrize(
    ("counts", "code", "said"),
    [
        ([1, 1], "siting-fewer-than-rules", "2 centres are fewer than the rules ask for, 4"),
        ([4, 4], "siting-more-than-rules", "8 centres are more than the rules allow, 6"),
        ([2, 3], "", ""),
        ([1, 3], "", ""),
    ],
)
def test_more_or_fewer_than_the_rules_is_a_finding(counts: list[int], code: str, said: str) -> None:
    """Told in both languages, with what each community gets and what is asked for there."""
    rules = RuleBook(households_per_zone=Bound(13, 20), walk=WalkLimit(450.0))
    spots = [0.0, 10.0, 20.0, 30.0, 5000.0, 5010.0, 5020.0, 5030.0]
    of = lane(spots, ["A"] * 4 + ["B"] * 4, spots, rules=rules)
    assert [(q.least, q.most) for q in of.quarters] == [(2, 3), (2, 3)]
    found = beyond_rules(of.quarters, counts)
    assert [f.code for f in found] == ([code] if code else [])
    if found:
        assert found[0].what.startswith(said)
        assert f"A {counts[0]} (2-3), B {counts[1]} (2-3)" in found[0].what
        assert "规则" in found[0].what_zh
        assert found[0].remedy_zh

"""The tables of a proposal: reasons, the others, and what stays open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from planner.api.site.proposal import (
    Swaps,
    _why,
    chosen_table,
    left_table,
    mean_walk,
    one_more,
    one_more_table,
    swaps,
    uncovered_table,
)
from planner.model.rules import WalkLimit
from tests.api.site.lanes import RULES, lane, outcomes

ROW = [0.0, 100.0, 200.0]


def test_a_swap_costs_what_the_homes_walk_more() -> None:
    """Three places in a row: to move the centre from the middle to an end costs 100/3 m a home."""
    (quarter,) = lane(ROW, ["A"] * 3, ROW).quarters
    middle = int(np.flatnonzero(quarter.candidates == 1)[0])
    found = swaps(quarter, np.full(3, middle), np.array([0.0, 5.0, 7.0]))
    assert found.instead_m == pytest.approx([100 / 3, 0.0, 100 / 3], abs=1e-3)
    assert found.walk_m == pytest.approx(found.instead_m)
    assert found.merit_m.tolist() == [-5.0, 0.0, 2.0]
    assert (found.centre == middle).all()


def test_a_swap_with_who_has_no_path_is_infinite() -> None:
    """Some of the homes cannot walk to the other candidate."""
    (quarter,) = lane(ROW, ["A"] * 3, ROW).quarters
    walk, cost = quarter.walk_m.copy(), quarter.cost_m.copy()
    walk[0, 2] = cost[0, 2] = np.inf
    object.__setattr__(quarter, "walk_m", walk)
    object.__setattr__(quarter, "cost_m", cost)
    found = swaps(quarter, np.full(3, 1), np.zeros(3))
    assert np.isinf(found.instead_m[2])
    assert np.isfinite(found.instead_m[0])


def test_the_chosen_with_their_reasons() -> None:
    """The middle of three is chosen; its runner-up costs 33 m a home."""
    of = lane(ROW, ["A"] * 3, ROW, role=["", "网格员", ""], was_centre=[True, False, False])
    table = chosen_table(outcomes(of, [1]), of.table, of.demand)
    (row,) = table.to_dict("records")
    assert (row["candidate_id"], row["role"], row["was_centre"]) == ("M1", "网格员", False)
    assert (row["households"], row["members"], row["within_reach"], row["beyond"]) == (30, 3, 30, 0)
    assert row["walk_mean_m"] == pytest.approx(66.7, abs=0.1)
    assert row["walk_max_m"] == pytest.approx(100.0, abs=0.1)
    assert row["runner_up"] == "M0"
    assert row["instead_m"] == pytest.approx(33.3, abs=0.1)
    assert row["why"] == "with M0 each home would walk +33 m, merit +0 m"
    assert "次优M0" in row["why_zh"]


def test_a_forced_one_alone_says_so() -> None:
    """Asked for by name, and nobody else lives in the zone."""
    of = lane([0.0, 600.0], ["A"] * 2, [600.0], forced=[True])
    (row,) = chosen_table(outcomes(of, [1]), of.table, of.demand).to_dict("records")
    assert row["why"] == "asked for by name; no other candidate lives in its zone"
    assert row["why_zh"] == "指定入选；责任区内没有其他候选户"
    assert (row["runner_up"], row["beyond"], row["within_reach"]) == ("", 10, 10)
    assert np.isnan(row["instead_m"])


def test_the_others_with_what_they_would_cost() -> None:
    """Candidates not chosen by cost, then those never looked at, with their cause."""
    of = lane([0.0, 100.0, 250.0], ["A"] * 3, [0.0, 100.0, 250.0])
    aside = of.table.iloc[[0, 1]].assign(id=["X1", "X0"], cause=["role", "forbidden"])
    table = left_table(outcomes(of, [1]), of.table, aside)
    assert table["candidate_id"].to_dict() == {0: "M0", 1: "M2", 2: "X0", 3: "X1"}
    assert table["instead_m"].tolist()[:2] == pytest.approx([33.3, 50.0], abs=0.11)
    assert table["centre_id"].tolist() == ["M1", "M1", "", ""]
    assert table["walk_m"].tolist()[:2] == pytest.approx([100.0, 150.0], abs=0.2)
    assert table["why"].tolist()[0] == "instead of M1: +33 m a home"
    assert table["why"].tolist()[2:] == ["forbidden", "not of the roles asked for"]
    assert table["why_zh"].tolist()[2:] == ["指定不选", "角色不在限定范围内"]


def test_what_stays_open_and_why() -> None:
    """Beyond the limit of every candidate, beyond that of its centre, and no candidate at all."""
    of = lane([0.0, 800.0, 1500.0, 9000.0], ["A", "A", "A", "B"], [0.0, 800.0])
    table = uncovered_table(outcomes(of, [1, 0]), of.table, of.demand)
    cause = dict(zip(table["fence"] + table["households"].astype(str), table["cause"], strict=True))
    assert sorted(table["cause"]) == ["beyond_every", "beyond_this", "no_candidate"]
    assert cause["B10"] == "no_candidate"
    shown = table.set_index("cause")
    assert shown.loc["beyond_every", "walk_m"] == pytest.approx(700.0, abs=1.0)
    assert shown.loc["beyond_this", "centre_id"] == "M1"
    assert shown.loc["no_candidate", "why"] == "the community has no candidate"
    assert np.isnan(shown.loc["no_candidate", "walk_m"])


def test_at_the_limit_is_within_it() -> None:
    """A home at 450 m is not open, one a little farther is."""
    of = lane([0.0, 449.9], ["A"] * 2, [0.0])
    assert not len(uncovered_table(outcomes(of, [1]), of.table, of.demand))
    of = lane([0.0, 451.0], ["A"] * 2, [0.0])
    assert len(uncovered_table(outcomes(of, [1]), of.table, of.demand)) == 1


def test_the_mean_over_nobody_is_nothing() -> None:
    """No homes, no walk."""
    assert mean_walk(np.array([3.0]), np.array([0.0])) == 0.0
    assert mean_walk(np.array([1.0, 4.0]), np.array([2.0, 1.0])) == 2.0


def test_the_runner_up_is_the_cheapest_other() -> None:
    """Its metres are told, not those of a third; rows are numbered as they stand."""
    spots = [0.0, 100.0, 250.0, 5000.0]
    of = lane(spots, ["B", "B", "B", "A"], spots)
    table = chosen_table(outcomes(of, [1, 1]), of.table, of.demand)
    assert table["candidate_id"].to_dict() == {0: "M3", 1: "M1"}
    assert table["runner_up"].tolist() == ["", "M0"]
    assert table["instead_m"].tolist()[1] == pytest.approx(100 / 3, abs=0.1)


@pytest.mark.parametrize("each", [1, 10])
def test_the_longest_walk_is_that_of_a_home(each: int) -> None:
    """A single home counts; a member who lives farther, where nobody is served, does not."""
    of = lane([0.0, 100.0], ["A"] * 2, [0.0, 300.0], each=each)
    (row,) = chosen_table(outcomes(of, [1]), of.table, of.demand).to_dict("records")
    assert (row["candidate_id"], row["households"], row["members"]) == ("M0", 2 * each, 2)
    assert row["walk_max_m"] == pytest.approx(100.0, abs=0.1)


def test_a_home_at_the_very_limit_is_within_reach() -> None:
    """As it is covered."""
    of = lane([0.0, 400.0], ["A"] * 2, [0.0])
    walk = float(of.quarters[0].walk_m.max())
    rules = replace(RULES, walk=WalkLimit(walk))
    at = lane([0.0, 400.0], ["A"] * 2, [0.0], rules=rules)
    (row,) = chosen_table(outcomes(at, [1]), at.table, at.demand).to_dict("records")
    assert (row["within_reach"], row["beyond"]) == (20, 0)
    assert not len(uncovered_table(outcomes(at, [1]), at.table, at.demand))
    other = lane([0.0, 400.0, 1000.0], ["A"] * 3, [0.0, 1000.0], rules=rules, forced=[False, True])
    told = uncovered_table(outcomes(other, [1]), other.table, other.demand)
    assert set(told["cause"]) == {"beyond_this"}, "M0 would have them all within the limit"


def test_a_fence_where_nobody_can_be_chosen_lists_nobody() -> None:
    """Neither among the chosen nor among the others; the other fence is told as ever."""
    of = lane([0.0, 100.0, 9000.0], ["A", "A", "B"], [0.0, 100.0])
    found = outcomes(of, [1, 0])
    chosen = chosen_table(found, of.table, of.demand)
    left = left_table(found, of.table, of.table.iloc[:0].assign(cause=""))
    assert sorted([*chosen["candidate_id"], *left["candidate_id"]]) == ["M0", "M1"]


def test_only_homes_stay_open_a_single_one_too() -> None:
    """A member beyond the limit, where nobody is to be served, is no gap."""
    of = lane([0.0, 500.4], ["A"] * 2, [0.0, -600.0], each=1, forced=[True, False])
    open_ = uncovered_table(outcomes(of, [1]), of.table, of.demand)
    assert open_["households"].tolist() == [1]
    assert open_["walk_m"].tolist() == pytest.approx([500.4], abs=0.11)


def test_the_chosen_come_by_their_ids() -> None:
    """Whatever the order of the sheet; walks are told to the decimetre."""
    of = lane([0.0, 100.4, 3000.0], ["A"] * 3, [0.0, 3000.0])
    table = of.table.assign(id=["Z", "A"])
    chosen = chosen_table(outcomes(of, [2]), table, of.demand)
    assert chosen["candidate_id"].to_dict() == {0: "A", 1: "Z"}
    assert chosen["walk_max_m"].tolist() == pytest.approx([0.0, 100.4], abs=0.11)


def test_every_home_of_a_zone_counts_in_a_swap() -> None:
    """Five places in a row, from the middle to the end: 200 m more for three, 200 m less for one."""
    spots = [0.0, 100.0, 200.0, 300.0, 400.0]
    (quarter,) = lane(spots, ["A"] * 5, spots).quarters
    found = swaps(quarter, np.full(5, 2), np.zeros(5))
    assert found.walk_m[4] == pytest.approx(80.0, abs=0.1)
    assert found.instead_m[4] == pytest.approx(80.0, abs=0.1)
    walk = quarter.walk_m.copy()
    walk[0, [2, 4]] = np.inf
    lost = swaps(replace(quarter, walk_m=walk, cost_m=10.0 * walk), np.full(5, 2), np.zeros(5))
    assert lost.instead_m[4] == lost.walk_m[4] == np.inf, "a home without a path to either"


def test_the_runner_up_need_not_be_the_first() -> None:
    """It is the one that costs least; the other is listed with its walk to the decimetre."""
    spots = [0.0, 150.4, 250.0]
    of = lane(spots, ["A"] * 3, spots)
    (row,) = chosen_table(outcomes(of, [1]), of.table, of.demand).to_dict("records")
    assert (row["candidate_id"], row["runner_up"]) == ("M1", "M2")
    left = left_table(outcomes(of, [1]), of.table, of.table.iloc[:0].assign(cause=""))
    assert left["walk_m"].tolist() == pytest.approx([99.6, 150.4], abs=0.11)


def test_why_a_runner_up_without_a_path_is_none() -> None:
    """The reason names it and says that some homes cannot walk there."""
    away = Swaps(np.zeros(1, np.int64), np.array([np.inf]), np.array([np.inf]), np.zeros(1))
    zh, en = _why(np.array(["M7"]), away, 0)
    assert "M7" in zh
    assert en == "from M7 some of the homes have no path"


def test_what_one_more_would_change() -> None:
    """With the middle of three chosen an end saves its own homes their walk; the first by name is told."""
    of = lane(ROW, ["A"] * 3, ROW)
    found = one_more_table(outcomes(of, [1]), of.table)
    (row,) = found.to_dict("records")
    homes = of.quarters[0].households[0]
    assert (row["fence"], row["candidate_id"]) == ("A", "M0")
    assert row["saved_m"] == pytest.approx(100.0 * homes, abs=homes)
    assert row["within"] == 0
    scored = pd.DataFrame({"outcome": ["chosen", "left", "left"], "points": [0.3, -0.4, -2.0]})
    told = one_more(found, scored)
    assert told["one_point"] == 1
    assert told["one_more"] == [row]
    assert one_more(found, scored.assign(points=np.nan))["one_point"] is None
    everyone = one_more_table(outcomes(of, [3]), of.table)
    assert len(everyone) == 0

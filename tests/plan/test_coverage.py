"""Coverage gaps: each uncovered household once, with the first cause that applies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.problem import Problem
from planner.model.tables import GAP_CAUSES
from planner.plan.coverage import coverage_gaps

WALK_M = [0.0, 300.0, 700.0, 0.0]


def problem() -> Problem:
    """Units 0-2 for centre 0, unit 3 for centre 1, unit 4 for nobody."""
    return Problem(
        load=np.ones(5),
        households=[2, 2, 2, 2, 2],
        home=[0, 3],
        pair_start=[0, 1, 2, 3, 4, 4],
        pair_centre=[0, 0, 0, 1],
        walk_m=WALK_M,
        adjacency=[(0, 1), (1, 2)],
    )


def gaps(unit: list[int], most: float | None = None, **changes: Any) -> pd.DataFrame:
    """Gaps of households in some units."""
    given_: dict[str, Any] = {
        "ids": [f"h{i:02}" for i in range(len(unit))],
        "causes": ["" if u >= 0 else "address_not_found" for u in unit],
    } | changes
    return coverage_gaps(
        np.array(given_["ids"], str),
        np.array(unit, np.int32),
        np.array(given_["causes"], str),
        problem(),
        np.array([0, 0, 0, 1, -1], np.int32),
        limit_m=given_.get("limit_m", 500.0),
        most=most,
    )


def test_each_cause() -> None:
    """Not found, no path and too far are told apart, in the order of the households."""
    found = gaps([2, 0, -1, 4, 3, 1])
    assert found["household"].tolist() == [0, 2, 3]
    assert found["cause"].tolist() == ["beyond_walk_limit", "address_not_found", "no_walking_path"]
    assert "700 m" in found["detail"].iloc[0]


def test_a_known_cause_stands() -> None:
    """What the earlier stages found out is not overwritten, though the plan gives a later cause."""
    found = gaps([2, -1], causes=["no_walking_path", "no_walking_path"])
    assert found["cause"].tolist() == ["no_walking_path", "no_walking_path"]


def test_the_farthest_are_over() -> None:
    """A zone of five that may hold three leaves its two farthest out, the lower id first."""
    found = gaps([1, 0, 1, 0, 1], most=3, ids=["z", "a", "c", "b", "d"])
    assert found["household"].tolist() == [2, 4]
    assert set(found["cause"]) == {"zone_over_limit"}


def test_nobody_is_counted_twice() -> None:
    """Households beyond the walk limit fill the excess of their zone first."""
    found = gaps([0, 0, 1, 2], most=3)
    assert found["cause"].tolist() == ["beyond_walk_limit"]
    found = gaps([0, 0, 1, 2], most=2)
    assert found["household"].tolist() == [2, 3]
    assert found["cause"].tolist() == ["zone_over_limit", "beyond_walk_limit"]


def test_nothing_is_uncovered() -> None:
    """A plan without gaps gives an empty table with the same columns."""
    found = gaps([0, 1, 3], most=2)
    assert found.empty
    assert found.columns.tolist() == ["household", "cause", "detail"]
    assert gaps([]).empty


@given(
    st.lists(st.integers(-1, 4), max_size=14),
    st.sampled_from([None, 1.0, 3.0, 4.5]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=80, deadline=None)
def test_gaps_and_covered_add_up(unit: list[int], most: float | None, random: Any) -> None:
    """Listed once each, causes known, nobody over the limit left; and the row order is no matter."""
    ids = [f"h{i:02}" for i in range(len(unit))]
    found = gaps(unit, most, ids=ids)
    assert found["household"].is_unique
    assert set(found["cause"]) <= set(GAP_CAUSES)
    covered = np.setdiff1d(np.arange(len(unit)), found["household"])
    zone = np.array([0, 0, 0, 1, -1, -1])[np.array(unit, int)][covered]
    assert (zone >= 0).all()
    assert most is None or (np.bincount(zone, minlength=2) <= most).all()
    over = found[found["cause"] == "zone_over_limit"]
    if most is not None and len(over):
        held = np.array([0, 0, 0, 1, -1, -1])[np.array(unit, int)]
        full = held[over["household"]]
        assert (np.bincount(zone, minlength=2)[full] == int(most)).all()
    order = list(range(len(unit)))
    random.shuffle(order)
    again = gaps([unit[i] for i in order], most, ids=[ids[i] for i in order])
    named = {ids[order[h]]: c for h, c in zip(again["household"], again["cause"], strict=True)}
    assert named == {ids[h]: c for h, c in zip(found["household"], found["cause"], strict=True)}


def test_at_the_very_limit_all_is_well() -> None:
    """A walk of just the limit, and a zone of just its ceiling, are no gaps; a metre or a home more are."""
    assert gaps([1, 2], limit_m=700.0).empty
    assert gaps([1, 2], limit_m=699.9)["household"].tolist() == [1]
    assert gaps([0, 1, 1], most=3).empty
    assert gaps([0, 1, 1, 1], most=3)["household"].tolist() == [1]


def test_homes_without_a_unit_fill_no_zone() -> None:
    """Who has no place counts neither for the ceiling nor for the walk of any zone."""
    found = gaps([0, 1, 1, -1, -1], most=3)
    assert found["household"].tolist() == [3, 4]
    assert found["detail"].tolist() == ["", ""]


def test_details_tell_metres_and_homes() -> None:
    """Whole metres for a walk, homes of the zone for a ceiling, nothing where nothing connects."""
    found = gaps([2, 4, 0, 1, 1], most=3)
    told = dict(zip(found["cause"], found["detail"], strict=True))
    assert told["beyond_walk_limit"] == "700 m > 500 m"
    assert told["no_walking_path"] == ""
    assert gaps([0, 0, 1, 1], most=3)["detail"].tolist() == ["4 > 3 households 户"]


def test_the_first_pair_counts_like_any_other() -> None:
    """A home whose walk is the first of all pairs, and too long, is a gap."""
    far = Problem(
        load=np.ones(1), households=[1], home=[0], pair_start=[0, 1], pair_centre=[0], walk_m=[900.0],
        adjacency=np.zeros((0, 2), int),
    )  # fmt: skip
    found = coverage_gaps(["h"], [0], [""], far, np.array([0]), limit_m=500.0, most=None)
    assert found["cause"].tolist() == ["beyond_walk_limit"]


def test_at_a_limit_all_is_well() -> None:
    """A walk as long as the limit, and a zone as full as it may be, are no gaps; a step more is one."""
    assert gaps([2], limit_m=700.0).empty
    assert gaps([2], limit_m=699.9)["cause"].tolist() == ["beyond_walk_limit"]
    assert gaps([0, 1, 0], most=3).empty
    assert gaps([0, 1, 0, 1], most=3)["household"].tolist() == [1]


def test_whoever_is_left_out_makes_room() -> None:
    """Of five in a zone for three, one beyond the limit counts as left over already."""
    found = gaps([2, 1, 1, 0, 0], most=3)
    assert found["cause"].tolist() == ["beyond_walk_limit", "zone_over_limit"]
    assert found["household"].tolist() == [0, 1]
    assert found["detail"].iloc[1] == "5 > 3 households 户"


def test_a_home_without_a_unit_is_in_no_zone() -> None:
    """Whatever zone comes first or last: nothing connects it, and it fills no zone."""
    found = gaps([-1, 3], causes=["", ""], most=1)
    assert found["household"].tolist() == [0]
    assert found["cause"].tolist() == ["no_walking_path"]

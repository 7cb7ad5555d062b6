"""What the counts alone rule out is said before anything is solved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.rules import Bound, RuleBook
from planner.plan.advice.arithmetic import (
    Counts,
    arithmetic,
    counts_of,
    fitting_of_fences,
    fitting_rules,
)


def counted(households: int, members: int, centres: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One fence with these counts."""
    units = pd.DataFrame({"fence": ["A"], "households": [households], "members": [members]})
    return units, pd.DataFrame({"fence": ["A"] * centres})


def test_the_published_figures_do_not_fit_the_rule() -> None:
    """5,600 members at 15 households need 84,000 homes; there are 35,000: it is said before solving."""
    clashes = arithmetic(*counted(35_000, 5_600, 586), RuleBook.profile())
    district = [c for c in clashes if c.fence == "" and c.rule == "households_per_member"]
    assert [(c.side, c.have, c.need) for c in district] == [("low", 35_000, 84_000)]
    assert "84,000" in district[0].what
    assert "6.25" in district[0].what
    assert "84000" in district[0].what_zh


@given(st.integers(1, 40_000), st.integers(1, 6_000), st.integers(1, 600))
def test_fitting_rules_fit(households: int, members: int, centres: int) -> None:
    """The nearest rule book has no clash of counts, and moves only what clashed."""
    counts, rules = Counts(households, members, centres), RuleBook.profile()
    fitted = fitting_rules(counts, rules)
    units, homes = counted(households, members, centres)
    assert not arithmetic(units, homes, fitted)
    clashing = {c.rule for c in arithmetic(units, homes, rules)}
    for name in ("members_per_zone", "households_per_member", "households_per_zone"):
        if name not in clashing:
            assert getattr(fitted, name) == getattr(rules, name)


def test_a_fence_without_a_centre_is_named() -> None:
    """Households of a fence in which no centre lives are counted, not forgotten."""
    units, _ = counted(50, 5, 0)
    found = arithmetic(units, pd.DataFrame({"fence": []}), RuleBook.profile())
    assert {c.fence for c in found} == {"", "A"}
    assert all(c.rule == "centres" for c in found)


@pytest.mark.parametrize(
    ("households", "members", "rule", "side", "need"),
    [
        (751, 30, "households_per_zone", "high", 750),
        (224, 14, "households_per_zone", "low", 225),
        (500, 31, "members_per_zone", "high", 30),
        (224, 14, "members_per_zone", "low", 15),
        (526, 21, "households_per_member", "high", 525),
        (299, 20, "households_per_member", "low", 300),
    ],
)
def test_one_too_many_and_one_too_few(
    households: int, members: int, rule: str, side: str, need: float
) -> None:
    """Three centres: at the bound the counts fit, one beyond it they clash, with the number needed."""
    rules = RuleBook(
        members_per_zone=Bound(5, 10),
        households_per_zone=Bound(75, 250),
        households_per_member=Bound(15, 25),
    )
    found = {
        (c.rule, c.side): c for c in arithmetic(*counted(households, members, 3), rules) if c.fence
    }
    assert found[rule, side].need == need
    assert str(round(need)) in found[rule, side].what.replace(",", "")
    assert str(round(need)) in found[rule, side].what_zh


def test_each_fence_is_counted_by_itself() -> None:
    """Two fences that fit together may each clash by themselves."""
    units = pd.DataFrame({"fence": ["A", "B"], "households": [280, 20], "members": [7, 7]})
    found = arithmetic(
        units, pd.DataFrame({"fence": ["A", "B"]}), RuleBook(households_per_zone=Bound(75, 250))
    )
    assert {(c.fence, c.side) for c in found if c.rule == "households_per_zone"} == {
        ("A", "high"),
        ("B", "low"),
    }


def test_rules_that_fit_are_left_alone() -> None:
    """Nothing is moved without need, nor where there is no centre at all."""
    rules = RuleBook.profile()
    assert fitting_rules(Counts(450, 24, 3), rules) is rules
    assert fitting_rules(Counts(450, 24, 0), rules) is rules
    fitted = fitting_rules(Counts(35_000, 5_600, 586), rules)
    assert fitted.name == f"{rules.name}-fitted"
    assert fitted.households_per_member.low == 4  # three quarters of 6.25, whole homes


def test_each_community_is_offered_rules_that_its_counts_allow() -> None:
    """A village with few homes and an estate with many clash in different ways; what fits is left alone."""
    units = pd.DataFrame(
        {
            "fence": ["村", "村", "楼", "楼", "街"],
            "households": [10, 10, 300, 300, 100],
            "members": [6, 6, 8, 8, 8],
        }
    )
    centres = pd.DataFrame({"fence": ["村", "楼", "街"]})
    rules = RuleBook(households_per_zone=Bound(60, 250))
    found = fitting_of_fences(units, centres, rules)
    assert set(found) == {"村", "楼"}
    assert found["村"].households_per_zone.low == 15
    assert found["楼"].households_per_zone.high == 750
    # under what is offered nothing clashes any more, neither there nor elsewhere
    own = replace(rules, by_fence=found)
    assert fitting_of_fences(units, centres, own) == {}
    assert not [c for c in arithmetic(units, centres, own) if c.fence]


def test_a_community_without_a_centre_is_offered_none() -> None:
    """No limit helps it."""
    units = pd.DataFrame({"fence": ["村"], "households": [9], "members": [2]})
    centres = pd.DataFrame({"fence": pd.Series([], dtype=object)})
    assert fitting_of_fences(units, centres, RuleBook(households_per_zone=Bound(60, 250))) == {}


def test_limits_of_single_centres_and_members_count() -> None:
    """A frail centre with 40 homes at most, members who take on half: what they leave is too much."""
    units, centres = counted(450, 24, 3)
    rules = RuleBook(households_per_zone=Bound(60, 160), households_per_member=Bound(15, 25))
    assert not arithmetic(units, centres, rules)
    blank = np.full(len(units), np.nan)
    frail = units.assign(zone_low=blank, zone_high=np.r_[40.0, blank[1:]])
    clashes = arithmetic(frail, centres, rules)
    assert {(c.rule, c.side, c.need) for c in clashes} == {("households_per_zone", "high", 360.0)}
    assert all("own limits counted" in c.what and "个别上下限" in c.what_zh for c in clashes)
    fitted = fitting_rules(counts_of(frail, centres, rules), rules)
    assert (
        fitted.households_per_zone.high == 257
    )  # the others have 205 on average, and a quarter more
    assert not arithmetic(frail, centres, fitted)
    half = units.assign(room=np.r_[12.0, np.zeros(len(units) - 1)])
    assert {(c.rule, c.need) for c in arithmetic(half, centres, rules)} == {
        ("households_per_member", 300.0)
    }

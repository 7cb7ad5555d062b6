"""Wishes of a finished plan: whose are met, nine plans at nine prices, committee members for gaps."""

from __future__ import annotations

import numpy as np

from planner.demand.ties.wishes import Wished, wished
from planner.intake.wish_sheet import WishSheet
from planner.plan.frames import assignment_of
from planner.plan.service.two_way import PRICES_M, committee_fill, trade_off, wish_table
from tests.plan.care.town import care_town, ground_of


def some_wishes(n: int = 20) -> Wished:
    """Homes of the small town wish for a centre that is not their own."""
    plan, _ = care_town()
    ground = ground_of(plan)[0]
    centres = plan.centres["centre_id"].tolist()
    homes = plan.households[plan.households["zone"] != ""]
    rows = tuple(
        (str(h), tuple(c for c in centres if c != z)[: 1 + k % 2])
        for k, (h, z) in enumerate(zip(homes["household_id"][:n], homes["zone"][:n], strict=True))
    )
    found, said = wished(
        WishSheet(rows),
        plan.households["household_id"].astype(str).tolist(),
        ground.home_unit,
        plan.members["member_id"].astype(str).tolist(),
        ground.member_unit,
        centres,
    )
    assert not said
    return found


def test_the_curve_of_wishes_and_metres() -> None:
    """At least eight points; a dearer wish is met more often, and costs no fewer metres; each is proven."""
    plan, _ = care_town()
    curve = trade_off(plan, some_wishes(), gap=0.0, seconds=200.0)
    assert len(curve) == len(PRICES_M) >= 8
    third = 1 / 3
    met = curve["first"] + (1 - third) * curve["second"] + third * curve["third"]
    assert (np.diff(met) >= -1e-9).all()
    assert met.iloc[-1] > met.iloc[0]
    assert (np.diff(curve["more_m"]) >= -1).all()
    assert (curve["gap"] < 1e-6).all()
    assert (curve[["first", "second", "third", "unmet"]].sum(axis=1) == 20).all()


def test_whose_wish_is_met() -> None:
    """Unmet ones come first; ids and centres by name."""
    plan, _ = care_town()
    table = wish_table(plan, some_wishes())
    assert (table["met"] == 0).all()
    assert set(table["kind"]) == {"home"}
    assert (table["zone"] != table["wish1"]).all()
    assert table["id"].is_monotonic_increasing


def test_gaps_are_filled_by_the_committee() -> None:
    """Each home without a zone gets the nearest; without a path, or a place, whoever has fewest."""
    plan, _ = care_town()
    ground = ground_of(plan)[0]
    filled = committee_fill(ground, ["M4", "M5"])
    lost = plan.households[plan.households["zone"] == ""]
    assert filled["household_id"].tolist() == lost["household_id"].tolist()
    assert set(filled["member_id"]) <= {"M4", "M5"}
    assert filled.loc[filled["household_id"] == "H900", "walk_m"].isna().all()
    assert (committee_fill(ground, [])["member_id"] == "").all()
    assert (assignment_of(plan) >= -1).all()

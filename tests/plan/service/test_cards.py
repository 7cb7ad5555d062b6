"""The card of each centre: duties with who helps, what the log tells of them, needs, talents, mentor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from planner.model.duties import duties, need_kinds
from planner.plan.service.cards import card_tables
from planner.plan.service.matching import match_needs
from planner.plan.service.periods import Period
from tests.plan.care.town import care_town, ground_of

DUTIES, KINDS = duties(), need_kinds()
STRENGTHS = {"M0": ("矛盾调解员", "志愿服务员"), "M3": ("志愿服务员",)}


def test_the_cards_of_a_town() -> None:
    """Each centre has each duty once; able are those of its zone with the talent; counts add up."""
    plan, _ = care_town()
    plan = replace(plan, zones=plan.zones.assign(mentor=["Z1", "", "Z2"]))
    rows = pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-03-01", "2025-03-02", "2024-03-02", "2025-04-01"]),
            "count": ["mediation", "visit", "mediation", "activity"],
            "household": ["", "H001", "", ""],
            "zone": ["M0", "", "M0", "nowhere"],
        }
    )
    matched = match_needs(
        ground_of(care_town()[0])[0], [("H001", "company")], KINDS, STRENGTHS, 2000.0, 3
    )
    asked = tuple(replace(d, a_month=2.0) if d.code == "estate" else d for d in DUTIES)
    found = card_tables(
        plan, asked, KINDS, STRENGTHS, matched, (rows, Period(date(2025, 1, 1), date(2025, 12, 31)))
    )
    table = found.duties
    assert len(table) == len(plan.centres) * len(DUTIES)
    assert table["done"].sum() == 2
    of = table.set_index(["zone", "duty"])
    assert of.loc[("M0", "estate"), ["able", "who", "done", "asked"]].tolist() == [1, "M0", 1, 24.0]
    assert np.isnan(of.loc[("M0", "policy"), "asked"])
    assert set(found.members["member_id"]) == set(plan.members["member_id"])
    assert found.members.groupby("number")["centre"].sum().eq(1).all()
    assert found.members["needs"].sum() == matched.met.sum() == 1
    cards = found.cards
    assert cards["number"].is_monotonic_increasing
    assert cards.loc[cards["part"] == "mentor", "said"].tolist() == ["Z1", "Z2"]
    assert cards.loc[cards["part"] == "need", "said"].tolist() == ["1/1"]
    talents = cards[cards["part"] == "talent"]
    assert talents["count"].sum() == 3


def test_without_a_log_nothing_is_counted() -> None:
    """What was done is not known, and is told as such."""
    plan, _ = care_town()
    matched = match_needs(ground_of(care_town()[0])[0], [], KINDS, {}, 400.0, 3)
    found = card_tables(plan, DUTIES, KINDS, {}, matched)
    assert found.duties["done"].isna().all()
    assert (found.duties["able"] == 0).all()

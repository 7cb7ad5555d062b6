"""Gaps matched with repairs: each home is told the cheapest, and what is known where there is none."""

from __future__ import annotations

import numpy as np

from planner.plan.care.mending import Mend
from planner.plan.care.told import mend_words, mended
from tests.plan.care.town import care_town


def test_each_home_is_told_the_cheapest() -> None:
    """A gate before a centre before a rule; of two centres the one that moves fewer; of rules the least."""
    plan, _ = care_town()
    found = [
        Mend("rule", "walk 1200", "", (2, 5, 76), 900.0, 0, 0.0, "counted"),
        Mend("rule", "walk 450", "", (5,), 440.0, 0, 0.0, "counted"),
        Mend("centre", "M7", "", (2, 5), 200.0, 30, 1.0, "solved"),
        Mend("centre", "M4", "", (2,), 210.0, 3, 9.0, "solved"),
        Mend("gate", "117.0,32.6", "", (66,), 300.0, None, None, "walked"),
    ]
    told = mended(plan, found)
    assert told.repairs["kind"].tolist() == ["gate", "centre", "centre", "rule", "rule"]
    assert told.repairs["target"].tolist() == ["117.0,32.6", "M4", "M7", "walk 450", "walk 1200"]
    assert told.repairs["cheapest_for"].tolist() == [1, 1, 1, 0, 1]
    gaps = told.gaps.set_index("household_id")
    assert gaps.loc[["H002", "H005", "H066", "H076"], "repair"].tolist() == [2, 3, 1, 5]
    assert gaps.loc["H076", "then_m"] == 900.0
    assert gaps.loc["H900", "repair"] == 0
    assert gaps.loc["H900", "remedy_zh"] == "请更正地址，或提供经纬度"
    assert np.isnan(gaps.loc["H900", "then_m"])
    assert len(gaps) == len(plan.gaps)


def test_repairs_are_worded_in_both_languages() -> None:
    """Each kind, and both rules."""
    made = [
        mend_words(Mend(kind, target, "", ()))
        for kind, target in [
            ("address", "甲路1号"),
            ("fence", "甲社区"),
            ("gate", "117.0,32.6"),
            ("link", "117.0,32.6 - 117.1,32.6"),
            ("centre", "M1"),
            ("person", "甲楼"),
            ("rule", "walk 450"),
            ("rule", "households 61"),
        ]
    ]
    assert all(zh != en for zh, en in made)
    assert made[6] == ("将步行上限放宽到450米", "raise the walk limit to 450 m")
    assert made[7][1] == "raise the households of a zone to 61"


def test_no_repair_at_all() -> None:
    """Every gap is there still, with the remedy of its cause."""
    plan, _ = care_town()
    told = mended(plan, [])
    assert len(told.gaps) == 30
    assert not len(told.repairs)
    assert (told.gaps["remedy"] != "").all()

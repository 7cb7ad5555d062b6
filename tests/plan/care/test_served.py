"""A log held against the plan: counts by zone, member and month, and who was not visited."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.caring import Care, care_kinds
from planner.plan.care.served import served
from planner.plan.care.shares import Needs
from planner.plan.care.visits import helping
from tests.plan.care.town import care_town, ground_of

KINDS = ["visit", "patrol", "other"]


def held(rows: list[tuple[str, str, str, str, str, float]], *, unseen_days: int = 30):
    """Count a log of so many rows; H000, H040 and H077 need care."""
    plan, _ = care_town()
    ground, _ = ground_of(plan)
    said = dict.fromkeys(("H000", "H040", "H077"), ("独居",))
    needs = Needs.of(plan.households["household_id"], said, care_kinds())
    told = helping(ground, needs, care_kinds(), Care())
    columns = ["day", "kind", "household", "zone", "member", "minutes"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.astype({"day": "datetime64[ns]", "minutes": float})
    return plan, served(plan, frame, told, KINDS, unseen_days)


def test_services_are_counted_by_zone_and_month() -> None:
    """By household, by number and by centre; months without any are told; what is unknown is counted."""
    plan, told = held(
        [
            ("2026-04-03", "visit", "H000", "", "", 20.0),
            ("2026-04-09", "visit", "H000", "", "M5", 30.0),
            ("2026-06-01", "patrol", "", "1", "", 60.0),
            ("2026-06-02", "patrol", "", "M2", "", np.nan),
            ("2026-06-02", "visit", "H999", "", "", 5.0),
        ]
    )
    zone = plan.households["zone"].iloc[0]
    counts = told.counts.set_index(["month", "zone"])
    assert counts.loc[("2026-04", zone), "visit"] == 2
    assert counts.loc[("2026-04", zone), "minutes"] == 50.0
    assert counts.loc[("2026-06", "M2"), "patrol"] == 1
    assert told.counts[["visit", "patrol", "other"]].to_numpy().sum() == 4
    assert set(told.counts["month"]) == {"2026-04", "2026-06"}
    assert len(told.counts) == 2 * len(plan.centres)
    assert told.unknown == 1
    assert told.counts.drop_duplicates("zone")["needed"].sum() == 12.0
    # the member who is named, else who looks after that home
    usual = plan.households["member"].iloc[0]
    people = told.members.set_index("member_id")["services"]
    assert people["M5"] == 1
    assert people[usual] == 1


def test_services_are_counted_by_door() -> None:
    """Visits where the home is, patrols where the centre lives; what no plan knows nowhere."""
    plan, told = held(
        [
            ("2026-04-03", "visit", "H000", "", "", 20.0),
            ("2026-04-09", "visit", "H000", "", "M5", 30.0),
            ("2026-06-02", "patrol", "", "M2", "", np.nan),
            ("2026-06-02", "visit", "H999", "", "", 5.0),
        ]
    )
    units = plan.units["unit_id"].tolist()
    of = {units[row.unit]: row.services for row in told.places.itertuples()}
    home = plan.households.set_index("household_id")["unit_id"]["H000"]
    seat = plan.members.set_index("member_id")["unit_id"]["M2"]
    assert of == {home: 2, seat: 1}


def test_who_was_not_visited_is_listed_longest_first() -> None:
    """Never comes before long ago; days are counted from the last of the log."""
    _, told = held(
        [
            ("2026-01-01", "visit", "H000", "", "", 20.0),
            ("2026-05-25", "visit", "H040", "", "", 20.0),
            ("2026-06-01", "patrol", "", "1", "", 60.0),
        ]
    )
    assert told.unseen["household_id"].tolist() == ["H077", "H000"]
    assert told.unseen["last"].tolist() == ["", "2026-01-01"]
    assert told.unseen["days"].iloc[1] == 151
    assert told.zones["days"].min() == 0
    assert told.zones["days"].isna().sum() <= 1


def test_an_empty_log_counts_nothing() -> None:
    """Everybody who needs care is unseen, no month is told."""
    plan, told = held([])
    assert not len(told.counts)
    assert not len(told.members)
    assert len(told.unseen) == 3
    assert len(told.zones) == len(plan.centres)

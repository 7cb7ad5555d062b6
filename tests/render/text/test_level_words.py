"""Levels above the centres, as roster, summary and map tell of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from planner.model.tables import PlanTables
from planner.render.text.level_words import (
    level_columns,
    level_numbers,
    level_sheets,
    level_words,
    plan_levels,
)
from tests.plans import make_plan_tables

LEVEL: dict[str, Any] = {
    "name": "mentor", "title": "mentor", "title_zh": "指导员", "below": "centre", "clients": 12, "people": 4,
    "serving": 3, "low": 3, "high": 5, "load_min": 3, "load_max": 5, "walk_mean_m": 210.4,
    "walk_max_m": 420.0, "short": 0, "over": 0, "unreached": 0,
}  # fmt: skip
ABOVE: dict[str, Any] = LEVEL | {
    "name": "leader", "title": "leader", "title_zh": "组长", "below": "mentor", "clients": 3, "serving": 1,
    "load_min": 3, "load_max": 3, "over": 1, "short": 2,
}  # fmt: skip


@pytest.fixture
def tables() -> PlanTables:
    """Give a plan with two levels."""
    made = make_plan_tables()
    n = len(made.zones)
    zones = made.zones.assign(
        mentor=[f"Z{k % 3}" for k in range(n)],
        mentor_walk_m=[100.0 * (k + 1) for k in range(n)],
        leader=["L1"] * n,
        leader_walk_m=[50.0] * n,
    )
    return replace(made, zones=zones, provenance={"levels": [LEVEL, ABOVE]})


def test_a_sentence_a_level(tables: PlanTables) -> None:
    """Who looks after how many of whom, and what is off."""
    first, second = level_words(tables)
    assert first[0] == "指导员：3 名联系 12 名中心户，每名 3–5 名，平均步行 210 米，最远 420 米"
    assert first[1] == "mentors: 3 for 12 centres, 3–5 each, mean walk 210 m, farthest 420 m"
    assert second[0].startswith("组长：1 名联系 3 名指导员，每名 3 名")
    assert second[0].endswith("1 名超出上限，2 名低于下限")
    assert second[1].endswith("1 above the limit, 2 below the limit")


def test_a_level_without_its_column_is_no_level(tables: PlanTables) -> None:
    """An older plan may tell of one that its zones do not have."""
    bare = replace(tables, zones=tables.zones.drop(columns="leader"))
    assert [level["name"] for level in plan_levels(bare)] == ["mentor"]
    assert plan_levels(replace(tables, provenance={})) == []


def test_people_are_numbered_in_the_order_of_their_ids(tables: PlanTables) -> None:
    """On a page for a meeting the number stands for the person."""
    numbers = level_numbers(tables, "mentor")
    assert numbers == [k % 3 + 1 for k in range(len(tables.zones))]


def test_sheets_count_again(tables: PlanTables) -> None:
    """What each sheet says of a person adds up to the zones."""
    mentors, leaders = list(level_sheets(tables))
    assert mentors.name == "指导员 mentors"
    assert mentors.frame["households"].sum() == tables.zones["households"].sum()
    assert mentors.frame["zones"].sum() == len(tables.zones)
    one = tables.zones[tables.zones["mentor"] == "Z0"]
    row = mentors.frame.iloc[0]
    assert row["walk_mean_m"] == pytest.approx(one["mentor_walk_m"].mean())
    assert row["walk_max_m"] == one["mentor_walk_m"].max()
    assert row["which"] == "、".join(str(n) for n in sorted(one["number"]))
    assert leaders.frame["count"].tolist() == [3]
    assert leaders.frame["zones"].tolist() == [len(tables.zones)]


def test_columns_of_the_centres(tables: PlanTables) -> None:
    """Each centre with who looks after it; the walk only where the level stands above centres."""
    cells, columns = level_columns(tables)
    assert [c.source for c in columns] == ["mentor", "mentor_walk_m", "leader"]
    by_centre = dict(zip(tables.zones["centre_id"], tables.zones["mentor"], strict=True))
    assert list(cells["mentor"]) == [by_centre[c] for c in tables.centres["centre_id"]]


def test_walks_that_are_unknown(tables: PlanTables) -> None:
    """No path is no number, not nought."""
    zones = tables.zones.assign(mentor_walk_m=float("nan"))
    frame: pd.DataFrame = next(iter(level_sheets(replace(tables, zones=zones)))).frame
    assert frame["walk_mean_m"].isna().all()
    assert frame["walk_max_m"].isna().all()

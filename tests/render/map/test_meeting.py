"""What a meeting's page holds: blocks, sums of blocks, and few counts besides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.model.tables import PlanTables
from planner.privacy.audience import Audience
from planner.render.map.meeting import (
    label_point,
    meeting_payload,
    plan_words,
    taken_names,
    taken_shapes,
)
from planner.render.text.shown import Told
from tests.plans import make_plan_tables

INTERNAL = Audience.INTERNAL.terms


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def told(tables: PlanTables) -> dict[str, Any]:
    """Give what a meeting is told."""
    return meeting_payload(tables)


def test_no_unit_has_a_count_of_its_own(told: dict[str, Any]) -> None:
    """Place, zone, block, building, labels, and whether its homes change hands: that is all."""
    known = {"x", "y", "zone", "block", "building", "moved", "label", "name"}
    assert set(told["units"]) == known
    assert set(told["units"]["moved"]) <= {0, -1}
    assert set(told["blocks"]) == {"homes", "walk"}


def test_zones_add_up_from_their_blocks(told: dict[str, Any]) -> None:
    """Homes of a zone are those of its blocks, and its walks lie within theirs."""
    zone_of = dict(zip(told["units"]["block"], told["units"]["zone"], strict=True))
    for z, zone in enumerate(told["zones"]):
        inside = [b for b, of in zone_of.items() if of == z]
        assert zone["homes"] == sum(max(told["blocks"]["homes"][b], 0) for b in inside)
        walks = [told["blocks"]["walk"][b] for b in inside]
        assert min(walks) <= zone["mean"] <= max(walks)
        assert zone["max"] >= max(walks) - 1


def test_members_below_the_threshold_are_few(told: dict[str, Any]) -> None:
    """Also where a rule is about them; its worst case would be one."""
    assert all(zone["members"] == -1 or zone["members"] >= 10 for zone in told["zones"])
    worst = {rule["name"]: rule["worst"] for rule in told["rules"]}
    assert worst["members_per_zone"] is None
    assert worst["households_per_member"] is None
    assert worst["households_per_zone"] in {zone["homes"] for zone in told["zones"]}


def test_the_office_sees_the_truth(tables: PlanTables) -> None:
    """Its map tells each unit, exactly."""
    told = meeting_payload(tables, told=Told(tables, INTERNAL))
    assert told["blocks"]["homes"] == tables.units["households"].tolist()
    assert [z["homes"] for z in told["zones"]] == tables.zones["households"].tolist()
    assert [z["members"] for z in told["zones"]] == tables.zones["members"].tolist()
    assert told["units"]["moved"] == tables.units["moved"].tolist()
    assert sum(gap[2] for gap in told["gaps"]) == (tables.gaps["unit_id"] != "").sum()


def test_shapes_and_labels_are_taken_out(tables: PlanTables) -> None:
    """The page carries them packed; what stays is plain JSON."""
    payload = meeting_payload(tables)
    shapes, names = taken_shapes(payload), taken_names(payload)
    assert len(shapes["zones"]) == len(tables.zones)
    assert len(names["units"]["label"]) == len(tables.units)
    assert len(shapes["buildings"]) == len(names["base"]["buildings"])
    assert "label" not in payload["units"]
    json.dumps([payload, shapes, names], allow_nan=False)


def test_what_was_known_already_is_not_worked_out_again(tables: PlanTables) -> None:
    """With blocks given the payload is the same."""
    known = Told(tables, Audience.MEETING.terms)
    assert meeting_payload(tables, told=known) == meeting_payload(tables)


def test_words_of_the_plan(tables: PlanTables) -> None:
    """Title, rule book and proof, in both languages; another title where one is given."""
    words = plan_words(tables, None)
    assert words["title"] == tables.provenance["title"]
    assert plan_words(tables, "另一个")["title"] == "另一个"
    assert len(words["proof"]) == len(words["rule_book"]) == 2
    assert words["synthetic"] is True


def test_few_homes_that_change_hands(tables: PlanTables) -> None:
    """Said as fewer than the threshold, without their share."""
    moved = np.zeros(len(tables.units), np.int64)
    moved[3] = 4
    few = replace(
        tables,
        units=tables.units.assign(moved=moved),
        provenance=dict(tables.provenance) | {"homes_moved": 4},
    )
    told = meeting_payload(few)
    assert told["figures"]["homes_moved"] == -1
    assert told["meta"]["moved"] == ("少于 10 户变更中心户", "fewer than 10 homes change hands")
    assert meeting_payload(replace(tables, provenance={}))["meta"]["moved"] is None


def test_a_label_lies_inside_its_zone(tables: PlanTables) -> None:
    """In the middle of the largest circle; nowhere for a zone without ground."""
    import shapely

    from planner.render.map.encoding import Grid

    grid = Grid([117.0, 32.6, 117.1, 32.7])
    shape = shapely.box(117.02, 32.62, 117.024, 32.622)
    x, y, r = label_point(shape, grid) or (0, 0, 0)
    assert shape.contains(shapely.Point((grid.origin[0] + x) / 1e6, (grid.origin[1] + y) / 1e6))
    assert 900 < r < 1100
    assert label_point(shapely.Polygon(), grid) is None


def test_gaps_stand_where_they_are(tables: PlanTables) -> None:
    """A mark for each unit and cause; a single gap is few, and no total tells that it is one."""
    told = meeting_payload(tables)
    assert all(count == -1 or count >= 10 for _, _, count in told["gaps"])
    totals = list(told["figures"]["gaps"].values())
    assert not [totals[c] for c in {gap[1] for gap in told["gaps"]} if 0 < totals[c] < 10]


def test_how_even_it_is_stands_in_the_page_as_in_the_summary(tables: PlanTables) -> None:
    """The same sentence; and none where a tenth of the homes are fewer than may be told."""
    told = Told(tables, Audience.MEETING.terms)
    words = meeting_payload(tables, told=told)["meta"]["equity"]
    assert words == told.equity()
    assert "基尼系数" in words[0]
    assert "Gini" in words[1]
    homes = tables.households.assign(zone=["x"] * 99 + [""] * (len(tables.households) - 99))
    assert Told(replace(tables, households=homes), Audience.MEETING.terms).equity() is None

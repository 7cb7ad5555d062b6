"""A plan as an audience may know it: every count of map and summary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.problem import RuleOutcome
from planner.plan.ledger import ledger_lines
from planner.privacy.audience import Audience
from planner.render.text.figures import summary
from planner.render.text.shown import Told, meeting_terms, plan_blocks
from tests.plans import make_plan_tables

MEETING, INTERNAL = Audience.MEETING.terms, Audience.INTERNAL.terms


def test_the_office_is_told_the_figures() -> None:
    """As the tables have them."""
    tables = make_plan_tables()
    told, figures = Told(tables, INTERNAL).figures(), summary(tables)
    assert told == {name: figures[name] for name in told}


def test_totals_are_told_and_counts_of_places_are_not() -> None:
    """Who has no address is counted at no place, and is told; who is marked on the map is few or rounded."""
    tables = make_plan_tables()
    told, figures = Told(tables, MEETING).figures(), summary(tables)
    assert (told["households"], told["located"]) == (figures["households"], figures["located"])
    marked = set(tables.gaps.loc[tables.gaps["unit_id"] != "", "cause"])
    for cause, count in told["gaps"].items():
        if cause in marked:
            assert count < 0 or count >= 10
        else:
            assert count == figures["gaps"][cause]


def test_the_ledger_hides_few_homes_beyond_the_limit() -> None:
    """Homes of places are rounded or few; its other lines are as the office has them."""
    tables = make_plan_tables()
    exact = {line.code: line for line in ledger_lines(tables)}
    for line in Told(tables, MEETING).ledger():
        if line.code == "without-zone":
            told = Told(tables, MEETING).figures()["zoneless"]
            assert line.en == f"placed but in no zone: {told} homes"
            assert told != exact[line.code].lost > 10
        elif line.code != "beyond-limit" or not exact[line.code].lost:
            assert line == exact[line.code]
        else:
            assert line.lost
            assert line.zh != exact[line.code].zh or exact[line.code].lost >= 10
    assert Told(tables, INTERNAL).ledger() == list(exact.values())


def test_a_plan_of_few_homes_tells_hardly_anything() -> None:
    """Not even its walks: they are those of its blocks."""
    tables = make_plan_tables()
    few = replace(tables, households=tables.households.iloc[:7])
    told = Told(few, MEETING).figures()
    assert (told["households"], told["located"]) == (-1, -2)


def test_zones_in_their_order() -> None:
    """Counts rounded or few, walks within those of the plan."""
    tables = make_plan_tables()
    rows = Told(tables, MEETING).zones
    assert len(rows) == len(tables.zones)
    for row, (_, z) in zip(rows, tables.zones.iterrows(), strict=True):
        assert abs(row["homes"] - z["households"]) <= 40
        assert row["members"] == -1 or abs(row["members"] - z["members"]) <= 1
        assert row["mean"] <= row["p90"] + 1e-9 <= row["max"] + 1e-9
    exact = Told(tables, INTERNAL).zones
    assert [r["homes"] for r in exact] == tables.zones["households"].tolist()
    assert [r["max"] for r in exact] == tables.zones["walk_max_m"].tolist()


@pytest.mark.parametrize("name", ["members_per_zone", "households_per_member", "load_per_zone"])
def test_rules_about_few_have_no_worst_case(name: str) -> None:
    """Only whether they hold, and in how many zones not."""
    told = Told(make_plan_tables(), MEETING)
    assert told.rule(RuleOutcome(name, 1, 9, 3, 7, 2)) == (None, 2)


def test_homes_beyond_the_limit() -> None:
    """Few are few; the farthest walk is told."""
    told = Told(make_plan_tables(), MEETING)
    assert told.rule(RuleOutcome("walk_m", None, 500, 0.0, 812.4, 4)) in ((812, -1), (812, -2))
    assert Told(make_plan_tables(), INTERNAL).rule(
        RuleOutcome("walk_m", None, 500, 0.0, 812.4, 4)
    ) == (812.4, 4)


def test_walks_of_blocks() -> None:
    """One a block, none where it has no centre."""
    tables = make_plan_tables()
    told = Told(tables, MEETING)
    walks = told.block_walks()
    assert np.isnan(walks).tolist() == (told.blocks.zone < 0).tolist()
    assert plan_blocks(tables, MEETING).of.tolist() == told.blocks.of.tolist()


@pytest.mark.parametrize(("asked", "given"), [(None, 10), (25, 25), (5, 5), (2, 5)])
def test_the_threshold_of_a_project(asked: int | None, given: int) -> None:
    """As it asks, never below five."""
    tables = make_plan_tables(provenance={} if asked is None else {"smallest": asked})
    assert meeting_terms(tables).smallest == given
    blocks = Told(tables, meeting_terms(tables)).blocks
    assert not ((blocks.homes > 0) & (blocks.homes < given)).any()


def test_a_meeting_does_not_learn_of_a_home_that_left() -> None:
    """How few came and went is not said; that a register was cut short is."""
    tables = make_plan_tables()
    tables = replace(
        tables, provenance={**tables.provenance, "since": {"new": 2, "gone": 1, "before": 9}}
    )
    line = next(line for line in Told(tables, MEETING).ledger() if line.code == "since")
    assert line.en == "since the plan before: <10 homes are new, <10 are gone"
    assert line.lost == 1
    exact = next(line for line in Told(tables, INTERNAL).ledger() if line.code == "since")
    assert exact.zh == "与原方案相比：新增2户，减少1户"

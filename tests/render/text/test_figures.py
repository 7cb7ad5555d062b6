"""The figures of a plan are recounted from its tables, and its record is strict JSON."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from planner.model.tables import GAP_CAUSES
from planner.render.text.figures import summary, summary_json
from tests.plans import make_plan_tables, without_gaps

KEYS = (
    "households",
    "located",
    "zones",
    "unassigned",
    "cost_m",
    "penalty_m",
    "bound_m",
    "optimality_gap",
    "zones_connected",
    "rules",
    "gaps",
    "walk_m",
    "homes_moved",
    "seconds",
    "versions",
    "seed",
)


def test_summary_has_its_keys_in_order() -> None:
    """The agreed keys come first, in their order, each rule with its four."""
    figures = summary(make_plan_tables())
    assert tuple(figures)[: len(KEYS)] == KEYS
    assert all(set(rule) == {"name", "limit", "worst", "broken"} for rule in figures["rules"])
    assert set(figures["walk_m"]) == {"mean", "p90", "max"}


def test_summary_recounts_the_tables() -> None:
    """Each count is that of the tables, each length that of the certificate."""
    tables = make_plan_tables()
    figures = summary(tables)
    homes = tables.households
    assert figures["households"] == len(homes)
    assert figures["located"] == len(homes) - 2
    assert figures["unassigned"] == int((homes["zone"] == "").sum()) > 0
    assert sum(figures["gaps"].values()) == len(tables.gaps)
    c = tables.certificate
    assert figures["optimality_gap"] == pytest.approx((c.value_m - c.bound_m) / c.cost_m)
    walk = homes.loc[homes["zone"] != "", "walk_m"]
    assert figures["walk_m"]["mean"] == pytest.approx(walk.mean(), abs=0.01)
    assert figures["homes_moved"] == int(homes["moved"].sum())
    assert sum(figures["moved_by_zone"].values()) == figures["homes_moved"]


def test_every_cause_is_there_even_when_none_has_it() -> None:
    """A cause without a gap counts zero; a first plan has null, not zero, homes moved."""
    figures = summary(without_gaps(make_plan_tables(moved=False)))
    assert figures["gaps"] == dict.fromkeys(GAP_CAUSES, 0)
    assert figures["homes_moved"] is None


def test_json_is_strict() -> None:
    """What is no number becomes null: any JSON reader takes it."""
    tables = make_plan_tables()
    broken = replace(tables, certificate=replace(tables.certificate, bound_m=-math.inf))
    assert json.loads(summary_json(broken))["bound_m"] is None
    assert json.loads(summary_json(tables)) == json.loads(summary_json(make_plan_tables()))

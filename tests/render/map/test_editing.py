"""What the page edits with: the blocks' own numbers, and nothing that they do not tell."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.model.audit import audit
from planner.model.tables import PlanTables
from planner.plan.provenance import plan_fingerprint
from planner.privacy.audience import Audience
from planner.privacy.blocks import Blocks
from planner.render.map.editing import FEWER_CANDIDATES, MOST_CANDIDATES, edit_payload, packed
from planner.render.text.shown import Told
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def blocks(tables: PlanTables) -> Blocks:
    """Give its blocks."""
    return Told(tables, Audience.MEETING.terms).blocks


@pytest.fixture(scope="module")
def told(tables: PlanTables, blocks: Blocks) -> dict[str, Any]:
    """Give what the page edits with."""
    return edit_payload(tables, blocks)


def pairs_of(told: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Give block, centre and position of each pair."""
    pairs, found, at = told["pairs"], [], 0
    for b, count in enumerate(pairs["count"]):
        for k in range(at, at + count):
            found.append((b, pairs["centre"][k], k))
        at += count
    return found


def test_sums_are_those_of_the_audit(blocks: Blocks, told: dict[str, Any]) -> None:
    """Walk, penalty and change of the plan as it stands, to the centimetre."""
    used = [k for b, c, k in pairs_of(told) if told["zone"][b] == c]
    found = audit(blocks.problem, blocks.zone, 0.0)
    pairs = told["pairs"]
    assert sum(pairs["cost"][k] for k in used) == pytest.approx(found.cost_m * 100, abs=1)
    assert sum(pairs["change"][k] for k in used) == pytest.approx(found.change_m * 100, abs=1)
    left = sum(n for n, z in zip(told["left"], told["zone"], strict=True) if z < 0)
    rules = sum(v.excess * 1000 for v in found.violations)
    penalty = sum(pairs["penalty"][k] for k in used) / 100 + told["unserved"] * left + rules
    assert penalty == pytest.approx(found.penalty_m, abs=1)


def test_each_block_brings_its_own_centre_and_the_nearest(told: dict[str, Any]) -> None:
    """That of a centre's own home, too: the centre may move elsewhere; as many as a page bears."""
    for b, zone in enumerate(told["zone"]):
        own = [c for block, c, _ in pairs_of(told) if block == b]
        assert zone < 0 or zone in own
        assert len(own) <= MOST_CANDIDATES + 1
        assert len(own) > 1
    assert FEWER_CANDIDATES < MOST_CANDIDATES


def test_borders_of_blocks(tables: PlanTables, blocks: Blocks, told: dict[str, Any]) -> None:
    """Two blocks touch where two of their units do; edges are coded as steps."""
    first = np.cumsum(told["edges"][0])
    edges = {(int(a), int(a + d)) for a, d in zip(first, told["edges"][1], strict=True)}
    true = {tuple(sorted(e)) for e in blocks.of[tables.problem.adjacency].tolist()}
    assert edges == {e for e in true if e[0] != e[1]}


def test_it_names_the_plan_and_its_units(tables: PlanTables, told: dict[str, Any]) -> None:
    """What is exported fits this plan alone; locks and notes of its history are there."""
    assert told["plan"] == plan_fingerprint(tables)
    assert told["units"] == tables.units["unit_id"].tolist()
    entry = {"locks": [told["units"][4]], "notes": [{"lon": 1.0, "lat": 2.0, "text": "x"}]}
    later = replace(tables, provenance=tables.provenance | {"history": [entry]})
    again = edit_payload(later, Told(later, Audience.MEETING.terms).blocks)
    assert again["locks"] == [4]
    assert again["notes"] == entry["notes"]
    assert again["plan"] != told["plan"]


def test_the_office_edits_by_unit(tables: PlanTables) -> None:
    """All rules and all numbers of the plan itself."""
    told = edit_payload(tables, Told(tables, Audience.INTERNAL.terms).blocks)
    assert told["homes"] == tables.units["households"].tolist()
    assert [r["name"] for r in told["rules"]] == [r.name for r in tables.problem.rules]


def test_packing_is_the_same_twice_and_unpacks() -> None:
    """No time stamp in it; half characters do no harm."""
    value = {"甲": [1, 2.5, None], "x": "\ud800"}
    assert packed(value) == packed(value)
    text = gzip.decompress(base64.b64decode(packed(value))).decode()
    assert json.loads(text) == {"甲": [1, 2.5, None], "x": "?"}
    with pytest.raises(ValueError, match="Out of range"):
        packed(float("nan"))

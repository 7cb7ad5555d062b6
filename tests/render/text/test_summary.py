"""The summaries say what the plan says, in full and in words."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from planner.model.tables import GAP_CAUSES
from planner.render.text.summary import summary, summary_json, summary_markdown
from planner.render.text.words import limit_text, network_words, proof_words
from tests.plans import HOSTILE, make_plan_tables, without_gaps

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


def test_markdown_tells_the_plan() -> None:
    """The page holds the title, both languages, the proof, each cause, each zone and the data date."""
    text = summary_markdown(make_plan_tables())
    for part in (
        "示例街道",
        "SYNTHETIC",
        "proven within",
        "覆盖空白",
        "beyond the walk limit",
        "change hands",
        "ODbL",
    ):
        assert part in text
    assert text.count("\n| 1") >= 1
    assert "2026-04-02" in text


def test_markdown_is_inert() -> None:
    """Texts of the input can neither open a tag, a link, a code span nor a table cell."""
    text = summary_markdown(make_plan_tables(hostile=True))
    assert "<" not in text.replace("&lt;", "")
    assert not any(
        payload in text for payload in HOSTILE if "<" in payload or "[" in payload or "`" in payload
    )
    assert "\u2028" not in text
    table = [line for line in text.splitlines() if line.startswith("| ")]
    zones = [line for line in table if line.split("|")[1].strip().isdigit()]
    assert len({line.replace("\\|", "").count("|") for line in zones}) == 1


def test_markdown_names_no_household() -> None:
    """No household or member but the centres' homes is on the page."""
    tables = make_plan_tables()
    text = summary_markdown(tables)
    assert not any(h in text for h in tables.households["household_id"])


def test_network_stamp() -> None:
    """A plan whose walks are straight lines says so; one on streets has no stamp."""
    text = summary_markdown(make_plan_tables(provenance={"network": "straight x1.30"}))
    assert "straight lines" in text
    assert network_words("streets") is None
    assert "1.30" in network_words("straight x1.30")[1]


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (996.0, "within 0.4 %"),
        (1000.0, "best possible plan"),
        (-math.inf, "not yet proven"),
        (995.99, "within 0.41 %"),
    ],
)
def test_the_proof_is_never_flattered(bound: float, words: str) -> None:
    """The distance is rounded up; without a bound nothing is claimed."""
    c = replace(
        make_plan_tables().certificate, cost_m=1000.0, penalty_m=0.0, change_m=0.0, bound_m=bound
    )
    assert words in proof_words(c)[1]


def test_the_gap_of_the_whole_stands_beside_that_of_the_walks() -> None:
    """Where broken rules cost nine times the walks, both shares are told, in both languages; else one."""
    c = make_plan_tables().certificate
    broken = replace(c, cost_m=1000.0, penalty_m=9000.0, change_m=0.0, bound_m=9500.0, ties=None)
    chinese, english = proof_words(broken)
    assert "within 50 %" in english
    assert "5 % with what broken rules cost" in english
    assert "50%" in chinese
    assert "5%" in chinese
    assert broken.gap_objective == pytest.approx(0.05)
    kept = replace(broken, penalty_m=0.0, bound_m=950.0)
    assert "broken" not in proof_words(kept)[1]
    assert summary(make_plan_tables())["gap_objective"] == c.gap_objective
    assert replace(kept, cost_m=0.0, bound_m=0.0).gap_objective == 0.0
    assert replace(kept, bound_m=2000.0).gap_objective == 0.0


def test_limits_in_words() -> None:
    """Each kind of limit reads as people write it."""
    rules = make_plan_tables().certificate.rules
    assert [limit_text(r) for r in rules] == ["5-10", "15-25", "75-250", "<= 500"]
    assert limit_text(replace(rules[0], low=None, high=None)) == "free"
    assert limit_text(replace(rules[0], high=None)) == ">= 5"

"""What is said of rules, proofs and walks, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.model.certificate import Violation
from planner.model.problem import RuleOutcome
from planner.render.text.figures import summary
from planner.render.text.words import (
    broken_rules,
    counted_words,
    limit_text,
    moved_words,
    network_words,
    number,
    proof_words,
    rule_words,
    tie_words,
)
from tests.plans import make_plan_tables


@pytest.mark.parametrize(
    "name",
    ["households_per_zone", "members_per_zone", "households_per_member", "load_per_zone", "walk_m"],
)
def test_each_rule_has_a_name_in_both_languages(name: str) -> None:
    """No underscore, no name of the code."""
    zh, en = rule_words(name)
    assert "_" not in zh + en
    assert any("\u4e00" <= c <= "\u9fff" for c in zh)
    assert en.isascii()


def test_rules_of_others() -> None:
    """A talent is named in both; an unknown rule is its own name."""
    assert rule_words("talent:调解") == (
        "每个责任区“调解”人数",
        "members of a zone with the strength 调解",
    )
    assert rule_words("new_rule") == ("new_rule", "new rule")


def test_broken_rules_of_each_zone() -> None:
    """Taken from the certificate, each rule once, sorted by its name; nothing where all hold."""
    tables = make_plan_tables()
    broken = tuple(
        Violation(rule, 1, 9, 8, 1) for rule in ("walk_m", "households_per_zone", "walk_m")
    )
    told = broken_rules(replace(tables, certificate=replace(tables.certificate, violations=broken)))
    ids = tables.centres["centre_id"].tolist()
    assert list(told) == ids
    assert told[ids[1]] == [rule_words("households_per_zone"), rule_words("walk_m")]
    assert not any(told[c] for c in ids if c != ids[1])


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(75, 250, "75-250"), (None, 500, "<= 500"), (5, None, ">= 5"), (None, None, "free"), (0, 2.5, "0-2.5")],
)  # fmt: skip
def test_limits(low: float | None, high: float | None, text: str) -> None:
    """As they stand in the rule table."""
    assert limit_text(RuleOutcome("x", low, high, None, None, 0)) == text


def test_what_breaches_are_counted_in() -> None:
    """Homes for the walk, zones for all else."""
    assert counted_words(RuleOutcome("walk_m", None, 500, None, None, 1))[1] == "households"
    assert counted_words(RuleOutcome("load_per_zone", 1, 2, None, None, 1))[1] == "zones"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234.5, 0, "1,234"), (0, 0, "0"), (1234.56, 1, "1,234.6"), (float("inf"), 0, "-"),
     (float("nan"), 2, "-")],
)  # fmt: skip
def test_numbers(value: float, digits: int, text: str) -> None:
    """Thousands apart, a dash where there is none."""
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("cost", "bound", "said"),
    [
        (100.0, 100.0, "proven to be the best possible plan"),
        (100.0, 99.0, "proven within 1 % of the best possible plan"),
        (100.0, 98.999, "proven within 1.01 % of the best possible plan"),
        (100.0, 0.0, "not yet proven how near the best possible plan this is"),
    ],
)
def test_a_proof_is_never_flattered(cost: float, bound: float, said: str) -> None:
    """Gaps are rounded up."""
    found = make_plan_tables().certificate
    found = replace(found, cost_m=cost, penalty_m=0.0, change_m=0.0, bound_m=bound, ties=None)
    assert proof_words(found)[1] == said


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("", None),
        ("streets", None),
        ("straight x1.30", "walks are straight lines x 1.30, not streets"),
        ("straight", "walks do not follow streets: straight"),
        ("other", "walks do not follow streets: other"),
    ],
)
def test_the_stamp_of_walks_without_streets(mode: str, said: str | None) -> None:
    """Said wherever a walk is told; nothing where walks follow streets."""
    factor = {"detour_factor": 1.3} if "x" in mode else {}
    words = network_words({"network": mode, **factor})
    assert (words and words[1]) == said


def test_homes_that_change_hands() -> None:
    """How many and their share; nothing where there was no plan before."""
    tables = replace(make_plan_tables(), provenance={"homes_moved": 3})
    zh, en = moved_words(tables) or ("", "")
    assert zh.startswith("3 户变更中心户")
    assert en == f"3 homes change hands ({300 / len(tables.households):.1f} %)"
    assert moved_words(replace(tables, provenance={})) is None


def test_ties_are_told_as_sums() -> None:
    """Nothing where there are none; helpers from the staffing."""
    tables = make_plan_tables()
    assert tie_words(replace(tables, provenance={})) == ()
    staffing: dict[str, Any] = {"staffing": {"helpers": 7, "helpers_kept": 5}}
    said = tie_words(replace(tables, provenance=staffing))
    assert said == (("原联系人不变：5/7 户", "homes that keep the member who helps them: 5 of 7"),)


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

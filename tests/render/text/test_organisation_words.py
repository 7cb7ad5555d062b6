"""What stands above the centres: in a line, in rows, and what single centres are."""

from __future__ import annotations

from dataclasses import replace

from planner.render.text.organisation_words import (
    centre_kind,
    organisation_rows,
    organisation_words,
)
from tests.plan.care.town import care_town


def test_in_both_languages() -> None:
    """Tiers, communities, branches and centres that are no household."""
    plan, _ = care_town()
    fence = str(plan.centres["fence"].iloc[0])
    told = {
        "tiers": ["区委", "街道党工委"],
        "communities": {fence: "东社区党总支"},
        "branches": {"东里支部": fence},
    }
    note = plan.provenance | {
        "organisation": told,
        "centre_kinds": {"M0": "shop", "M1": "property"},
    }
    plan = replace(plan, provenance=note)
    assert organisation_words(plan) == (
        "区委 › 街道党工委 › 社区党组织1个 › 小区支部1个 › 中心户3个（其中商户1个、物业1个）",
        "区委 › 街道党工委 › 1 community organisations › 1 estate branches › "
        "3 centres (1 shop, 1 property office)",
    )
    rows = organisation_rows(plan)
    assert rows["name"].tolist() == ["区委", "街道党工委", "东社区党总支", "东里支部"]
    assert rows["centres"].tolist() == [3, 3, 3, 0]
    assert centre_kind(plan, "M0") == ("商户", "shop")
    assert centre_kind(plan, "M2") is None


def test_where_nothing_is_stated() -> None:
    """Nothing is said."""
    plan, _ = care_town()
    assert organisation_words(plan) is None
    assert organisation_rows(plan).empty

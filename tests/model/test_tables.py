"""The causes of gaps: stable codes, both languages, and what to do."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from planner.model.tables import BASE_LAYERS, GAP_CAUSES


def test_causes_are_told_in_their_order() -> None:
    """Plan files and sheets carry the codes: none may change its name or go away."""
    assert list(GAP_CAUSES) == [
        "address_not_found", "no_walking_path", "beyond_walk_limit", "zone_over_limit",
        "beyond_hard_limit", "no_centre_in_fence", "outside_fences", "refused_load",
        "behind_gate", "other_piece", "far_from_streets", "outside_streets",
    ]  # fmt: skip
    assert all(cause.code == code for code, cause in GAP_CAUSES.items())
    assert isinstance(GAP_CAUSES, MappingProxyType)


@pytest.mark.parametrize("code", GAP_CAUSES)
def test_each_cause_speaks_both_languages(code: str) -> None:
    """Each has words and a remedy, English without Chinese and the other way round."""
    cause = GAP_CAUSES[code]
    assert cause.title.isascii()
    assert cause.remedy.isascii()
    assert cause.title
    assert cause.remedy
    assert any("\u4e00" <= c <= "\u9fff" for c in cause.title_zh)
    assert any("\u4e00" <= c <= "\u9fff" for c in cause.remedy_zh)


def test_layers_are_drawn_in_their_order() -> None:
    """Buildings above streets above water above fences."""
    assert BASE_LAYERS == ("fences", "water", "green", "rails", "streets", "buildings")

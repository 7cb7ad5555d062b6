"""Tiers above the centres, and centres that are no household."""

from __future__ import annotations

import pytest

from planner.errors import ConfigError
from planner.model.organisation import CENTRE_KINDS, Organisation, kind_of_centre


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("商户", "shop"),
        ("便民超市", "shop"),
        ("小区物業", "property"),
        ("共建单位", "unit"),
        ("Shop", "shop"),
        ("居民户", ""),
        ("", ""),
        ("别的", ""),
    ],
)
def test_what_a_centre_is(text: str, kind: str) -> None:
    """By the first word that fits; a household where none does."""
    assert kind_of_centre(text) == kind
    assert kind == "" or kind in CENTRE_KINDS


def test_each_organisation_once() -> None:
    """With a name; nothing stated is nothing."""
    assert not Organisation()
    assert Organisation(tiers=("区委",))
    with pytest.raises(ConfigError, match="no name"):
        Organisation(tiers=("区委", " "))
    with pytest.raises(ConfigError, match="twice"):
        Organisation(tiers=("区委",), communities={"东": "区委"})

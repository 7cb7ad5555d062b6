"""What may be asked of a re-cut."""

from __future__ import annotations

from typing import Any

import pytest

from planner.errors import ConfigError
from planner.solve.keeping import Keeping


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_m": -1.0},
        {"budget": -1},
        {"budget": 3, "fewest": True},
        {"zone_budget": -1},
        {"budget": 1, "zone_budget": 1},
        {"member_budget": -1},
        {"budget": 1, "member_budget": 1},
    ],
)
def test_a_wish_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    """In both languages."""
    with pytest.raises(ConfigError) as raised:
        Keeping(**wrong)
    assert raised.value.zh


def test_nothing_and_everything_may_change() -> None:
    """A budget of no home is a wish."""
    assert Keeping(budget=0).budget == 0
    assert Keeping(price_m=0.0).price_m == 0.0

"""The section [affinity]: prices, talents, kinds that must hold."""

from __future__ import annotations

import math

import pytest

from planner.errors import ConfigError
from planner.model.affinity import MOVE_PRICE_M, TIE_KINDS, Affinity


@pytest.mark.parametrize("name", ["tie_m", "talent_price", "must_m", "wish_m", "move_price_m"])
@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_a_price_is_a_number_of_metres(name: str, value: float) -> None:
    """Neither below nought nor endless."""
    with pytest.raises(ConfigError, match=name):
        Affinity(**{name: value})


def test_kinds_that_must_hold_are_kinds() -> None:
    """And what is not said is as before."""
    assert Affinity(must=TIE_KINDS).must == TIE_KINDS
    assert Affinity().move_price_m == MOVE_PRICE_M
    with pytest.raises(ConfigError, match="friends"):
        Affinity(must=("friends",))

"""Ties as prices between units: what breaks them, what cannot be a tie, and who is helped already."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import numpy as np
import pytest

from planner.model.ties import Helpers, Ties


def made(**changes: Any) -> Ties:
    """Make two ties and one apart, one of the ties inside a single unit."""
    given: dict[str, Any] = {
        "a": [0, 1, 2], "b": [1, 1, 3], "price_m": [200.0, 300.0, 50.0],
        "apart": [False, False, True], "people": [1, 2, 3],
    }  # fmt: skip
    return Ties(**given | changes)


@pytest.mark.parametrize(
    ("assignment", "broken", "cost_m"),
    [
        ([0, 0, 0, 0], [False, False, True], 50.0),
        ([0, 1, 0, 1], [True, False, False], 200.0),
        ([0, 1, 1, 1], [True, False, True], 250.0),
        ([0, -1, -1, -1], [True, True, False], 200.0),
        ([-1, -1, 0, 0], [True, True, True], 250.0),
    ],
)
def test_what_breaks_a_tie(assignment: list[int], broken: list[bool], cost_m: float) -> None:
    """Two zones break a tie, one zone breaks an apart; a unit without a centre is with nobody."""
    assert made().broken(assignment).tolist() == broken
    assert made().cost_m(assignment) == cost_m


def test_what_no_plan_can_change_costs_nothing() -> None:
    """Both people in one unit: the price is taken as 0, and ties of that kind alone are not priced."""
    assert made().price_m.tolist() == [200.0, 0.0, 50.0]
    assert made().priced
    assert not made(a=[1, 1, 3]).priced
    assert not made(price_m=[0.0, 300.0, 0.0]).priced
    assert made(price_m=[0.0, 0.0, 0.5]).priced


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"b": [1, 1]}, "b differs in length"),
        ({"price_m": [1.0]}, "price_m differs in length"),
        ({"apart": [True]}, "apart differs in length"),
        ({"people": []}, "people differs in length"),
        ({"a": [[0, 1, 2]]}, "a differs in length"),
        ({"a": [2, 1, 2]}, "no greater than b"),
        ({"a": [-1, 1, 2]}, "must be units"),
        ({"price_m": [np.inf, 1, 1]}, "finite"),
        ({"price_m": [np.nan, 1, 1]}, "finite"),
        ({"price_m": [-1.0, 1, 1]}, "not negative"),
    ],
)
def test_what_is_no_tie_is_refused(changes: dict[str, Any], says: str) -> None:
    """Lengths, positions and prices must fit together; the refusal says which does not."""
    with pytest.raises(ValueError, match=f"^not ties: .*{says}"):
        made(**changes)


def test_columns_are_frozen_and_in_order() -> None:
    """Files and digests rely on the order; nobody changes a tie behind a problem's back."""
    mine = np.array([0, 1, 2])
    ties = made(a=mine)
    mine[0] = 9
    assert ties.a.tolist() == [0, 1, 2]
    assert len(ties) == 3
    assert [column.dtype.name for column in ties.arrays] == [
        "int32",
        "int32",
        "float64",
        "bool",
        "int64",
    ]
    assert ties.arrays[2] is ties.price_m
    assert not any(column.flags.writeable for column in ties.arrays)
    for value in (ties, Helpers([0], [0], [1.0])):
        assert value == value
        assert value != type(value)(**{f.name: getattr(value, f.name) for f in fields(value)})
        with pytest.raises(FrozenInstanceError):
            value.price_m = np.zeros(3)  # type: ignore[misc]


def test_none_at_all() -> None:
    """No ties are ties too: nothing is broken, nothing costs."""
    none = Ties([], [], [], [], [])
    assert (len(none), none.priced, none.cost_m([0, 1])) == (0, False, 0.0)


def test_helpers_that_stay() -> None:
    """Counted are homes that stay with the member who looks after them already."""
    helpers = Helpers([0, 2, 3], [5, 6, 7], [100.0, 100.0, 50.0])
    assert len(helpers) == 3
    assert helpers.kept([5, 6, 6, -1]) == 2
    assert helpers.kept([-1, 5, 5, 6]) == 0
    assert (helpers.price_m.dtype, helpers.price_m.flags.writeable) == (np.float64, False)

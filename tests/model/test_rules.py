"""The rule book refuses what cannot be meant, and names the key."""

from __future__ import annotations

import numpy as np
import pytest

from planner.errors import ConfigError
from planner.model.rules import DEFAULT_PROFILE, Bound, RuleBook, WalkLimit, profile_names


def test_default_profile_is_one_plus_five_plus_fifteen() -> None:
    """By the letter: 5-10 members of 15-25 households make zones of 75-250."""
    book = RuleBook.profile()
    assert book.name == DEFAULT_PROFILE
    assert (book.members_per_zone.low, book.members_per_zone.high) == (5, 10)
    assert (book.households_per_zone.low, book.households_per_zone.high) == (75, 250)
    assert book.walk.limit_m == 500
    assert book.walk.reach == 1500


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_survives_a_round_trip(name: str) -> None:
    """A profile written out and read back is the same."""
    book = RuleBook.profile(name)
    assert RuleBook.from_mapping(book.to_mapping()) == book
    assert book.title
    assert book.title_zh
    assert book.source


def test_there_are_variants() -> None:
    """Other districts publish other numbers."""
    assert len(profile_names()) >= 4


def test_single_numbers_override_a_profile() -> None:
    """Overriding the members re-derives the households of a zone that follow from them."""
    book = RuleBook.from_mapping({"profile": DEFAULT_PROFILE, "members_per_zone": {"high": 8}})
    assert book.members_per_zone == Bound(5, 8, False, 5000)
    assert book.households_per_zone.high == 200


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"members_per_zone": {"low": 10, "high": 5}}, "members_per_zone"),
        ({"households_per_zone": {"high": 0}}, "households_per_zone"),
        ({"households_per_zone": {"low": -1}}, "households_per_zone"),
        ({"households_per_zone": {"high": "many"}}, "households_per_zone.high"),
        ({"households_per_zone": 5}, "households_per_zone"),
        ({"walk": {"limit_m": 0}}, "walk.limit_m"),
        ({"walk": {"limit_m": float("nan")}}, "walk.limit_m"),
        ({"walk": {"speed": 3}}, "speed"),
        ({"walk": {"hard": 1}}, "walk.hard"),
        ({"colour": "red"}, "colour"),
        ({"profile": "no-such"}, "no-such"),
    ],
)
def test_wrong_numbers_are_refused_by_name(values: dict[str, object], named: str) -> None:
    """Each refusal names the key, and says what to do or what is known."""
    with pytest.raises(ConfigError, match=named) as caught:
        RuleBook.from_mapping(values)
    assert caught.value.exit_code == 2


def test_reach_is_never_below_the_limit() -> None:
    """A pair within the walk limit is always in the model."""
    with pytest.raises(ConfigError, match="reach"):
        WalkLimit(limit_m=500, reach_m=400)


def test_a_walk_costs_what_lies_beyond_the_limit() -> None:
    """Nothing up to the limit, then the price for each metre, whatever the reach; unknown stays unknown."""
    for reach in (None, 300.0, 9000.0):
        walk = WalkLimit(limit_m=300.0, price=2.5, reach_m=reach)
        charged = walk.charge_m(np.array([0.0, 300.0, 301.0, 1000.0, np.nan, np.inf]))
        assert charged.tolist()[:4] == [0.0, 0.0, 2.5, 1750.0]
        assert np.isnan(charged[4])
        assert charged[5] == np.inf

"""Misspelt streets: near ones are candidates at a price, digits are never corrected."""

from __future__ import annotations

import pytest

from planner.intake.gazetteer.western.spelling import StreetSpeller

KEYS = ["mannerheimintie", "bulevardi", "hollis ct blvd", "91 st", "93 st", "elm", "main st"]


def near(name: str) -> dict[str, float]:
    """Give the streets near one name."""
    return dict(StreetSpeller.of(KEYS).near([name]).get(name, []))


@pytest.mark.parametrize(
    ("name", "key", "cost"),
    [
        ("manerheimintie", "mannerheimintie", 1.0),
        ("mannerheimnitie", "mannerheimintie", 1.0),
        ("bulevarid", "bulevardi", 1.0),
        ("hollis ct", "hollis ct blvd", 0.6),
        ("mannerheimint", "mannerheimintie", 0.6),
        ("main", "main st", 0.6),
        ("main street", "main st", 0.0),
    ],
)
def test_what_each_slip_costs(name: str, key: str, cost: float) -> None:
    """A letter, two that changed places, a type that is missing, a name cut short, a word spelt out."""
    assert near(name)[key] == pytest.approx(cost)


@pytest.mark.parametrize(
    ("name", "key"), [("91st st", "93 st"), ("92 st", "91 st"), ("oak", "elm")]
)
def test_another_street_is_no_slip(name: str, key: str) -> None:
    """Other digits, or too many letters for so short a name."""
    assert key not in near(name)


def test_cheapest_first_and_all_names_at_once() -> None:
    """Each name has its own list, sorted by cost; one that is near nothing has none."""
    found = StreetSpeller.of(KEYS).near(["bulevarid", "qqqqqqqqqq", "bulevarid"])
    assert set(found) == {"bulevarid"}
    assert [cost for _, cost in found["bulevarid"]] == sorted(c for _, c in found["bulevarid"])


def test_an_ending_that_many_streets_have_may_be_cut_to_a_letter() -> None:
    """Where four streets end with katu, people write k."""
    speller = StreetSpeller.of(
        [f"{name}katu" for name in ("iso", "pursi", "laiva", "meri", "vuori")]
    )
    assert dict(speller.near(["vuorik"])["vuorik"])["vuorikatu"] == pytest.approx(0.3)

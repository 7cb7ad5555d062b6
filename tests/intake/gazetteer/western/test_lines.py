"""Western lines: which words are the street, and which the number."""

from __future__ import annotations

import pytest

from planner.intake.gazetteer.western.lines import exact_readings, loose_readings, read_line

STREETS = {"main st", "221 st", "hollis ct blvd", "hollis ct"}


@pytest.mark.parametrize(
    ("text", "street", "numbers"),
    [
        ("12 Main Street", "main st", ("12",)),
        ("Main Street 12", "main st", ("12",)),
        ("Main St. 12 B", "main st", ("12b", "12")),
        ("12 B Main Street", "main st", ("12b", "12")),
        ("Main Street 12 B 5", "main st", ("12b", "12")),
        ("89-15 221st Street", "221 st", ("89-15", "89")),
        ("89 15 Main Street", "main st", ("89-15", "15")),
        ("8915 Main Street", "main st", ("8915", "89-15")),
        ("12, Main Street", "main st", ("12",)),
        ("Main Street", "main st", ()),
        ("Apt 5, Main Street", "main st", ()),
    ],
)
def test_number_and_street(text: str, street: str, numbers: tuple[str, ...]) -> None:
    """Before or behind, with a letter, as block and house; a flat is no number of the street."""
    found = exact_readings(read_line(text), STREETS)
    assert (found[0].street, found[0].numbers) == (street, numbers)


def test_the_longest_name_is_read() -> None:
    """Hollis Court Boulevard is not Hollis Court with a word left over."""
    found = exact_readings(read_line("12 Hollis Court Boulevard"), STREETS)
    assert {r.street for r in found} == {"hollis ct blvd"}


def test_a_word_that_is_left_over_is_told() -> None:
    """Behind a street, or before it, without a break: the name may go on."""
    dangling = exact_readings(read_line("12 Main Street North"), STREETS)[0]
    assert dangling.dangling
    assert not exact_readings(read_line("12 Main Street, Hollis"), STREETS)[0].dangling


def test_a_postcode_is_no_number() -> None:
    """Five digits behind a comma are a postcode."""
    assert exact_readings(read_line("Main Street, 11423"), STREETS)[0].numbers == ()


def test_unknown_streets_are_read_beside_numbers() -> None:
    """Every run of words beside a number may be a street; without a number the first words may."""
    assert ("mian st", ("12",)) in {
        (r.street, r.numbers) for r in loose_readings(read_line("12 Mian Street"))
    }
    assert {r.numbers for r in loose_readings(read_line("Mian Street"))} == {()}
    assert loose_readings(read_line("")) == []

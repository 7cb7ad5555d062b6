"""Spellings of one street, or of one number, become equal; different ones stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.gazetteer.western.streets import (
    is_number,
    number_key,
    number_span,
    street_key,
    street_stem,
)


@pytest.mark.parametrize(
    "names",
    [
        ("Hollis Court Boulevard", "HOLLIS CT. BLVD", "hollis court blvd."),
        ("221st Street", "221 St", "221ST ST", "２２１ｓｔ Street"),
        ("Saint Marks Place", "St. Marks Pl", "ST MARK'S PLACE".replace("'S", "S")),
        ("First Avenue", "1st Ave"),
        ("Straße des 17. Juni", "Strasse des 17 Juni"),
        ("Hämeentie", "HAMEENTIE", "Ha\u0308meentie"),
        ("North Conduit Avenue", "N Conduit Av"),
        ("Rue de l’Église", "rue de l'Eglise"),
    ],
)
def test_spellings_of_one_street(names: tuple[str, ...]) -> None:
    """Case, abbreviation, ordinals, diacritics and apostrophes make no other street."""
    assert len({street_key(name) for name in names}) == 1


def test_different_streets_stay_apart() -> None:
    """Type, direction and digits tell streets apart."""
    names = [
        "93rd Avenue",
        "93rd Road",
        "93rd Street",
        "93rd Drive",
        "92nd Road",
        "East 93rd Road",
        "成府路",
        "中关村东路",
    ]
    assert len({street_key(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("number", "key", "span"),
    [
        ("89-05", "89-5", (89, 5)), ("89–5", "89-5", (89, 5)), ("12 B", "12b", (12,)), ("012", "12", (12,)),
        ("１２", "12", (12,)), ("5号", "5", (5,)),
        ("28號院", "28", (28,)), ("4-6", "4-6", (4, 6)), ("", "", ()),
    ],
)  # fmt: skip
def test_numbers(number: str, key: str, span: tuple[int, ...]) -> None:
    """Zeros, dashes, blanks, width and unit words make no other number."""
    assert number_key(number) == key
    assert number_span(key) == span


def test_ordinals_are_no_house_numbers() -> None:
    """2nd is a street's name, 2b a house."""
    assert [is_number(w) for w in ("2nd", "2b", "89-15", "12", "b2", "11th")] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]


def test_stems() -> None:
    """A street without its type word."""
    assert street_stem("hollis ct blvd") == "hollis ct"
    assert street_stem("mannerheimintie") == ""


@given(st.text(max_size=40))
def test_keys_are_stable(text: str) -> None:
    """A key is its own key."""
    assert street_key(street_key(text)) == street_key(text)
    assert number_key(number_key(text)) == number_key(text)

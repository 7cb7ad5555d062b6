"""The word lists: what may stand in them, and what must not stand twice."""

from __future__ import annotations

import pytest

from planner.intake.address.grammar.lexicon import (
    ASSIST,
    BARE_CITIES,
    BARE_COUNTIES,
    HOME_SUFFIXES,
    NEITHER_SUFFIXES,
    PROVINCES,
    SEPARATORS,
    SUFFIXES,
    TRADE_SUFFIXES,
    words,
)


def test_words_are_split_at_blanks() -> None:
    """Line ends and several blanks part words too."""
    assert words(" 路  街\n巷 ") == ("路", "街", "巷")
    assert words("") == ()


def test_provinces_have_their_spellings_longest_first() -> None:
    """Each province is known with and without its title."""
    assert PROVINCES["广西"] == ("广西壮族自治区", "广西自治区", "广西省", "广西")
    assert len(PROVINCES) == 30
    for short, spellings in PROVINCES.items():
        assert short in spellings
        assert all(name.startswith(short) for name in spellings)


def test_a_name_is_a_city_or_a_county() -> None:
    """No name stands in both lists, and none carries its title."""
    assert not BARE_CITIES & BARE_COUNTIES
    assert all(not name.endswith(("市", "区")) for name in BARE_CITIES | BARE_COUNTIES)
    assert {"淮南", "北京", "上海"} <= BARE_CITIES


@pytest.mark.parametrize("text", [HOME_SUFFIXES, TRADE_SUFFIXES, NEITHER_SUFFIXES, ASSIST])
def test_no_word_stands_twice(text: str) -> None:
    """A list names each word once."""
    found = words(text)
    assert len(set(found)) == len(found)


def test_an_estate_is_no_shop() -> None:
    """No ending betrays both a home and a shop but 公寓, which can be either."""
    assert set(words(HOME_SUFFIXES)) & set(words(TRADE_SUFFIXES)) == {"公寓"}


def test_separators_are_single_characters_without_a_meaning() -> None:
    """No letter, digit or Chinese character parts an address."""
    assert all(len(c) == 1 and not c.isalnum() for c in SEPARATORS)
    assert set(SUFFIXES) == {"city", "dist", "dev", "town", "comm", "road", "sroad", "poi", "spoi"}

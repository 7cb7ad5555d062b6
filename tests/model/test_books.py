"""Rule books in words: each in both languages, each price in the unit of its rule, unknown sources said."""

from __future__ import annotations

import re

import pytest

from planner.model.books import book_lines, compared_books
from planner.model.rules import RuleBook, profile_names

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", profile_names())
def test_every_book_is_told_in_both_languages(name: str) -> None:
    """The Chinese has Chinese letters, the English none; the last line is the source."""
    lines = book_lines(RuleBook.profile(name))
    assert all(HAN.search(zh) and not HAN.search(en) for zh, en in lines)
    assert lines[-1][1].startswith("source: place: ")
    # no title is invented: where there is none it says so
    assert "title of the document: not known" in lines[-1][1]


def test_prices_and_hard_rules_are_told() -> None:
    """A hard rule must hold, an elastic one has a price, a free one neither."""
    base = {"profile": "one-plus-ten", "walk": {"hard": True}, "members_per_zone": {"hard": True}}
    lines = dict(book_lines(RuleBook.from_mapping(base)))
    said = "; ".join(lines.values())
    assert "members in a zone: 8 to 12, must hold" in said
    assert "households per member: 8 to 10; may be broken, 1000 m for each home" in said
    assert "500 m at most, farther homes are left out" in said
    free = "; ".join(en for _, en in book_lines(RuleBook.profile("grid-300-500")))
    assert "members in a zone: free" in free


def test_books_are_compared_rule_by_rule() -> None:
    """What differs is known; a book beside itself differs in nothing."""
    one, two = (RuleBook.profile(n) for n in ("one-plus-ten", "bagongshan-1-5-15"))
    rows = {row.name[1]: row for row in compared_books([one, two])}
    assert rows["members in a zone"].differs
    assert not rows["walk to the centre (m)"].differs
    assert rows["place"].values[1][1].startswith("Bagongshan")
    assert not any(row.differs for row in compared_books([one, one]))


def test_what_a_book_asks_besides_stands_beside_nothing() -> None:
    """A book that asks more is told beside one that does not."""
    books = [RuleBook.profile(n) for n in ("one-plus-ten-plus-n", "one-plus-ten")]
    row = next(r for r in compared_books(books) if r.name[1] == "asked besides")
    assert "ties" in row.values[0][1]
    assert row.values[1] == ("无", "nothing")

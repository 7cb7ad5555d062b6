"""Ids of two files are joined exactly, or by their number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planner.intake.identity import match_ids

IDS = st.lists(st.text("0123456789A", min_size=1, max_size=4), max_size=12)


def test_leading_zeros_join_where_that_is_clear() -> None:
    """C-ID-ZERO: 7 is 007, unless 7 stands there too, or 07 does."""
    assert match_ids(["7", "8", "A7"], ["007", "08", "A07"]) == {"7": "007", "8": "08"}
    assert match_ids(["7"], ["7", "007"]) == {"7": "7"}
    assert match_ids(["7"], ["07", "007"]) == {}
    assert match_ids(["7", "07"], ["007"]) == {}


@given(wanted=IDS, known=IDS)
def test_joins_are_sound(wanted: list[str], known: list[str]) -> None:
    """Equal ids always join, each known id at most once, and only to the same number."""
    found = match_ids(wanted, known)
    assert all(found[i] == i for i in set(wanted) & set(known))
    assert set(found) <= set(wanted)
    assert set(found.values()) <= set(known)
    assert all(a == b or a.lstrip("0") == b.lstrip("0") for a, b in found.items())
    loose = [b for a, b in found.items() if a != b]
    assert len(loose) == len(set(loose))

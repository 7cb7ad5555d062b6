"""Titles of sheets that Excel takes, whatever a project calls its levels."""

from __future__ import annotations

import pytest

from planner.render.books.look import sheet_title


@pytest.mark.parametrize(
    "wanted",
    ["网格长/楼长", "a\\b", "[x]", "a:b?*", "\x01", "'quoted'", "长" * 80, "", "History", "  "],
)
def test_any_text_becomes_a_title(wanted: str) -> None:
    """No forbidden letter, at most 31, none taken, no quotes at its ends."""
    made = sheet_title(wanted, [])
    assert 0 < len(made) <= 31
    assert not set(made) & set("[]:*?/\\\x01")
    assert made.strip("'") == made
    assert made.casefold() != "history"
    assert sheet_title(wanted, [made.upper()]).casefold() != made.casefold()

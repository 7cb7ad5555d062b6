"""A count that is rounded for its reader says so, as the exact one stands on the office's screen."""

from __future__ import annotations

from planner.render.text.summary import summary_markdown
from planner.render.text.words import moved_words
from tests.plans import make_plan_tables


def test_homes_that_change_hands() -> None:
    """Rounded, they are told as about so many; none is none."""
    tables = make_plan_tables()
    zh, en = moved_words(tables, 49, 10) or ("", "")
    assert zh.startswith("约 49 户")
    assert en.startswith("about 49 homes")
    assert (moved_words(tables, 0, 10) or ("", ""))[1].startswith("0 homes")


def test_the_summary_says_that_counts_are_rounded() -> None:
    """Before the first of them that may differ from the screen."""
    text = summary_markdown(make_plan_tables())
    assert 0 < text.index("partial counts of homes are rounded") < text.index("homes change hands")

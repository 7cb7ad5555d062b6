"""Shares of care households: their names, their words, and what cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest

from planner.errors import ConfigError
from planner.model.rules import is_of_care, rule_words
from planner.model.sharing import Share, read_shares


@pytest.mark.parametrize(
    ("share", "name", "zh", "en"),
    [
        (Share(high=3), "care_per_member", "每名党员联系关爱户数", "care households per member"),
        (
            Share(("独居老人",), ("志愿", "护理"), 2, 3),
            "care_per_member:志愿|护理/独居老人",
            "每名“志愿、护理”党员联系独居老人户数",
            "独居老人 households per member with the strength 志愿、护理",
        ),
    ],
)
def test_names_and_words(share: Share, name: str, zh: str, en: str) -> None:
    """What is counted for whom stands in the name, and is said in both languages."""
    assert share.name == name
    assert rule_words(name) == (zh, en)
    assert is_of_care(name)
    assert not is_of_care("households_per_member")


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ({"low": 1}, "tables"),
        ([{}], "low or high"),
        ([{"low": 3, "high": 2}], "above"),
        ([{"high": -1}], "negative"),
        ([{"high": 2, "care": ["a/b"]}], "a/b"),
        ([{"high": 2, "most": 3}], "most"),
        ([{"high": 2}, {"low": 1}], "same"),
    ],
)
def test_what_cannot_be_meant(listed: Any, said: str) -> None:
    """Each is refused with the section and the fault."""
    with pytest.raises(ConfigError, match=said):
        read_shares(listed, "planner.toml")


def test_as_a_project_file_has_them() -> None:
    """Numbers, words and marks."""
    (one,) = read_shares([{"low": 2, "high": 3, "hard": True, "care": ["低保"]}], "planner.toml")
    assert one == Share(("低保",), (), 2.0, 3.0, True)
    assert read_shares([], "planner.toml") == ()

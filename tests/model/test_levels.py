"""Levels above the centres: what a project file may say of them, and a filled level counted again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import ConfigError, PlannerError
from planner.model.levels import CENTRES, Level, audit_level, read_levels

HERE = Path("here")


def levels(listed: object = (), **mentors: object) -> tuple[Level, ...]:
    """Read levels as a project file states them."""
    listed = list(listed) if isinstance(listed, tuple) else listed
    return read_levels(listed, mentors, HERE, "planner.toml")


def test_mentors_come_first() -> None:
    """Mentors are the lowest level, listed ones follow from below; sheets are beside the file."""
    found = levels(({"name": "leader", "from": "mentor", "sheet": "l.xlsx"},), low=8, high=20)
    assert [(v.name, v.below) for v in found] == [("mentor", CENTRES), ("leader", "mentor")]
    assert (found[0].low, found[0].high, found[0].title_zh) == (8, 20, "指导员")
    assert found[1].sheet == HERE / "l.xlsx"
    assert (found[1].title, found[1].title_zh) == ("leader", "leader")
    assert levels() == ()


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("mentor", "must be tables"),
        (({"low": 1},), "name is missing"),
        (({"name": "a", "pay": 3},), "unknown key 'pay'"),
        (({"name": "a", "below": "centre"},), "unknown key 'below'"),
        (({"name": "a"}, {"name": "a", "from": "a"}), "two levels are called 'a'"),
        (({"name": "a", "from": "b"},), "no level before it"),
        (({"name": "zone"},), "cannot be the name"),
        (({"name": "指导员"},), "cannot be the name"),
        (({"name": "a", "low": 3, "high": 2},), "low = 3 is above high = 2"),
        (({"name": "a", "low": -1},), "0 or more"),
        (({"name": "a", "high": 0},), "lets nobody have anyone"),
    ],
)
def test_what_cannot_be_a_level_is_refused(listed: Any, says: str) -> None:
    """The key or the number that is wrong is named."""
    with pytest.raises(ConfigError, match=says):
        levels(listed)


def audited(given: list[int], walk: list[float], **limits: Any) -> dict[str, Any]:
    """Count a level of three people again."""
    stated = {"low": 2, "high": 3, "ceiling": [np.nan] * 3} | limits
    found = audit_level(Level(), given, walk, 3, **stated)
    return {name: getattr(found, name) for name in found.__slots__}


def test_a_level_is_counted_from_who_has_whom() -> None:
    """Loads, walks and limits come from the assignment alone; who has nobody is not short."""
    found = audited([0, 0, 0, 0, 1], [10.0, 20.0, 30.0, np.nan, 40.06])
    assert (found["clients"], found["people"], found["serving"]) == (5, 3, 2)
    assert (found["load_min"], found["load_max"]) == (1, 4)
    assert (found["short"], found["over"], found["unreached"]) == (1, 1, 1)
    assert (found["walk_mean_m"], found["walk_max_m"]) == (25.0, 40.1)
    assert (found["name"], found["title_zh"], found["below"]) == ("mentor", "指导员", CENTRES)


def test_own_ceilings_outweigh_the_level_s() -> None:
    """Who may have one is neither short with one, nor allowed two."""
    one = audited([0, 1, 1], [1.0] * 3, ceiling=[1, np.nan, np.nan])
    assert (one["short"], one["over"]) == (0, 0)
    assert audited([0, 0, 1, 1], [1.0] * 4, ceiling=[1, np.nan, np.nan])["over"] == 1
    free = audited([0, 0, 0, 0, 1], [1.0] * 5, low=None, high=None)
    assert (free["short"], free["over"]) == (0, 0)


def test_nobody_to_look_after() -> None:
    """No clients: nobody serves, and no walk is known."""
    none = audited([], [])
    assert (none["serving"], none["load_min"], none["load_max"]) == (0, 0, 0)
    assert (none["walk_mean_m"], none["walk_max_m"]) == (None, None)


@pytest.mark.parametrize("given", [[-1], [3]])
def test_somebody_who_is_not_there(given: list[int]) -> None:
    """A client with nobody, or with a stranger, is no filled level."""
    with pytest.raises(PlannerError, match="no mentor who exists"):
        audited(given, [1.0])

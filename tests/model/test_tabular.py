"""Tables by ids become a problem of positions; what makes none is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.errors import InputError
from planner.model.problem import Problem, ZoneRule
from planner.model.tabular import MOST_WITHOUT, places_of

UNITS = pd.DataFrame(
    {
        "unit": ["a", "b", "c"],
        "households": [3, 4, 5],
        "members": [1, 0, 2],
        "fence": ["x", "x", "y"],
    }
)
CENTRES = pd.DataFrame({"centre": ["p", "q"], "unit": ["a", "c"]})
PAIRS = pd.DataFrame(
    {
        "unit": ["c", "b", "a"],
        "centre": ["q", "p", "p"],
        "walk_m": [0.0, 40.0, 0.0],
        "penalty_m": [0, 7, 0],
    }
)


def test_ids_become_positions() -> None:
    """In the order of the rows, whatever the order of the pairs; what is not stated is as usual."""
    made = Problem.from_frames(UNITS, PAIRS, CENTRES)
    assert made.home.tolist() == [0, 2]
    assert made.pair_start.tolist() == [0, 1, 2, 3]
    assert made.pair_centre.tolist() == [0, 0, 1]
    assert made.walk_m.tolist() == [0.0, 40.0, 0.0]
    assert made.penalty_m.tolist() == [0, 7, 0]
    assert made.load.tolist() == [3, 4, 5]
    assert made.fence.tolist() == [0, 0, 1]
    assert made.adjacency.tolist() == [[0, 1]]  # neighbours inside a fence alone
    plain = Problem.from_frames(
        UNITS.to_dict("list"), PAIRS.sample(frac=1, random_state=1), CENTRES.to_dict("list")
    )
    assert plain.fingerprint() == made.fingerprint()


def test_neighbours_and_rules() -> None:
    """Each pair once, whichever way round; rules by their names add up columns."""
    near = {"unit": ["b", "a", "b"], "neighbour": ["a", "b", "b"]}
    rules = {
        "households_per_zone": (2, 9),
        "households_per_member": (None, 25),
        "members_per_zone": (1, None),
    }
    made = Problem.from_frames(UNITS, PAIRS, CENTRES, adjacency=near, rules=rules)
    assert made.adjacency.tolist() == [[0, 1]]
    zone, member, members = made.rules
    assert (zone.low, zone.high, zone.per) == (2, 9, None)
    assert member.per is not None
    assert member.per.tolist() == [1, 0, 2]
    assert members.amount.tolist() == [1, 0, 2]
    own = ZoneRule("own", [1, 1, 1], None, 2, hard=True)
    assert Problem.from_frames(UNITS, PAIRS, CENTRES, rules=[own]).rules == (own,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units": UNITS.drop(columns="households")}, "households"),
        ({"pairs": PAIRS.drop(columns="walk_m")}, "walk_m"),
        ({"pairs": PAIRS.replace("b", "z")}, "1 values"),
        ({"pairs": pd.concat([PAIRS, PAIRS])}, "3 rows repeat"),
        ({"units": UNITS.replace("b", "a")}, "repeat"),
        ({"centres": CENTRES.replace("c", "z")}, "centres"),
        ({"centres": CENTRES.replace("c", "a")}, "no problem"),
        ({"pairs": PAIRS.assign(walk_m=-1.0)}, "negative"),
        ({"pairs": PAIRS.assign(walk_m="far")}, "numbers alone"),
        ({"rules": {"cats_per_zone": (1, 2)}}, "cats"),
        ({"adjacency": {"unit": ["a"]}}, "neighbour"),
    ],
)
def test_what_makes_no_problem_is_told(change: dict[str, Any], words: str) -> None:
    """By table and column, in both languages; never the ids themselves."""
    given = {"units": UNITS, "pairs": PAIRS, "centres": CENTRES} | change
    with pytest.raises(InputError, match=words) as raised:
        Problem.from_frames(**given)
    assert raised.value.zh


def test_many_units_need_their_neighbours() -> None:
    """Nobody lays out millions of pairs unasked."""
    places = places_of({"unit": np.arange(MOST_WITHOUT + 1)}, "unit", "units")
    with pytest.raises(InputError, match="adjacency"):
        places.neighbours(None, {"unit": []})

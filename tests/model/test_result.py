"""What a search found cannot be changed, and comes back whole from a pickle."""

from __future__ import annotations

import copy
import pickle

import pytest

from planner.model.result import Part, Result

PART = Part(2, 1, 10.0, 9.0, 8.0, 0.125, "exact", 0.5, unit=[0, 1], prize=[3.0, 4.0])  # type: ignore[arg-type]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))])
def test_a_result_is_frozen_and_stays_so(again) -> None:
    """Lists become tuples, the assignment an array that nobody writes to."""
    made = Result([0, -1], 9.0, [PART], [(0.1, 12.0, 9.0)])  # type: ignore[arg-type]
    for result in (made, again(made)):
        assert result.assignment.tolist() == [0, -1]
        assert not result.assignment.flags.writeable
        assert result.parts == (PART,)
        assert result.curve == ((0.1, 12.0, 9.0),)
        assert result.parts[0].unit == (0, 1)

"""Who works on which part, and with how much time."""

from __future__ import annotations

import numpy as np
import pytest

from planner.errors import InfeasibleError
from planner.solve.stop import Clock
from planner.solve.zones.parts import split
from planner.solve.zones.search import Stop, solve
from planner.solve.zones.start import must_serve, nearest_plan
from planner.solve.zones.together.desk import Desk
from planner.solve.zones.track import Track
from tests.benchmarks.communities import joined
from tests.solve.towns import street


@pytest.fixture
def desk() -> Desk:
    """Three streets, each with its nearest centres."""
    problem = joined([street(n, 2) for n in (12, 20, 28)])
    parts = split(problem)
    made = Desk(parts, problem.n_units, Clock(100.0), None, 0)
    for one in parts.instances:
        one = must_serve(one)
        made.open(Track(one, nearest_plan(one), 0.0, made.clock))
    made._line_up()
    return made


def test_the_smallest_is_given_out_first(desk: Desk) -> None:
    """Each with a share of what is left; the last with all of it; then there is none."""
    seconds = []
    for number in (2, 1, 0):
        assert desk.take() == number
        seconds.append(desk.tracks[number].clock.seconds)
    assert seconds == sorted(seconds)
    assert seconds[-1] == pytest.approx(100.0, abs=1.0)
    assert desk.take() is None


def test_what_comes_back_is_given_out_again(desk: Desk) -> None:
    """And counts as done once."""
    number = desk.take()
    assert number is not None
    desk.give_back(number)
    assert desk.take() == number
    desk.end(number)
    assert desk.done == 1
    assert desk.take() == number - 1


def test_where_one_is_hopeless_no_more_are_given_out(desk: Desk) -> None:
    """The error is known; what is under way is finished all the same."""
    number = desk.take()
    assert number is not None
    desk.tracks[number].bound(np.inf)
    desk.end(number)
    assert desk.take() is None


def test_the_first_that_is_hopeless_is_told() -> None:
    """Of two clashes that of the smaller part, as where parts are worked on in turn."""
    tight = {"hard": True, "low": 300.0, "high": 301.0}
    problem = joined([street(20, 2, **tight), street(12, 2, **tight), street(16, 2, **tight)])
    with pytest.raises(InfeasibleError, match="fence 1"):
        solve(problem, stop=Stop(0.0, 60.0))

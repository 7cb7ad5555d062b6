"""When to stop: settings are checked, clocks run down and are shared out."""

from __future__ import annotations

import dataclasses
import math
import time

import pytest

from planner.errors import ConfigError
from planner.solve.stop import Clock, Progress, Stop, stand_still


@pytest.mark.parametrize(
    "wrong",
    [
        {"gap": -0.1}, {"gap": float("nan")}, {"gap": math.inf}, {"gap": "0.1"}, {"gap": True},
        {"seconds": -1}, {"seconds": "long"}, {"seconds": float("nan")}, {"seconds": None},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(wrong: dict[str, object]) -> None:
    """The error names the setting that is wrong."""
    with pytest.raises(ConfigError, match=f"stop.{next(iter(wrong))}"):
        Stop(**wrong)  # type: ignore[arg-type]


def test_the_edges_are_allowed() -> None:
    """A proven optimum, no time at all, and all the time there is can be asked for."""
    assert Stop(0, 0).gap == 0
    assert Stop(seconds=math.inf).seconds == math.inf
    assert (Stop().gap, Stop().seconds) == (0.005, 120.0)


def test_a_stop_rule_does_not_change() -> None:
    """Rules and reports are values."""
    for value in (Stop(), Progress(1.0, 2.0, 1.5, 0, 3)):
        field = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field, 0.0)


def test_a_clock_runs_down_to_nothing() -> None:
    """Time spent and time left make up what was allowed, and nothing is ever below 0."""
    clock = Clock(1000.0)
    spent, left = clock.spent, clock.left
    assert spent >= 0
    assert spent + left <= 1000.0 + 1e-6
    assert clock.left <= left
    over = Clock(5.0, began=time.perf_counter() - 6.0)
    assert over.spent >= 6.0
    assert over.left == 0.0


def test_a_share_is_of_what_is_left() -> None:
    """A share begins now and ends before the whole does."""
    clock = Clock(100.0, began=time.perf_counter() - 60.0)
    half = clock.share(0.5)
    assert 19.0 < half.seconds <= 20.0
    assert half.left <= clock.left
    assert Clock(0.0).share(0.5).left == 0.0
    assert Clock(math.inf).share(0.5).left == math.inf


def test_what_is_not_counted_is_time_left() -> None:
    """Ten seconds of compiling are given back to every clock that runs, and to none that begins later."""
    running = Clock(100.0, began=time.perf_counter() - 60.0)
    stand_still(10.0)
    assert running.left == pytest.approx(50.0, abs=1.0)
    assert Clock(100.0).spent == pytest.approx(0.0, abs=1.0)

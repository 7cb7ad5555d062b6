"""Side by side: in the order of the work, all of it or an error, stopped by Ctrl-C."""

from __future__ import annotations

import _thread
import threading
import time

import pytest

from planner.solve import crew as room
from planner.solve.crew import Crew


@pytest.fixture(params=[1, 4])
def hands(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """As many processors as asked for, whatever the machine has."""
    monkeypatch.setattr(room.os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    return int(request.param)


def test_what_comes_out_is_in_the_order_of_the_work(hands: int) -> None:
    """However long each piece takes."""

    def work(i: int) -> int:
        time.sleep(0.001 * (5 - i))
        return i * i

    assert Crew(hands).all(work, range(5)) == [0, 1, 4, 9, 16]
    assert Crew(hands).all(work, []) == []


def test_no_more_hands_than_allowed(hands: int) -> None:
    """As many at a time as asked for, or as there are processors."""
    now, most, lock = 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1

    Crew(hands).all(work, range(12))
    assert 1 <= most <= hands


def test_an_error_comes_out(hands: int) -> None:
    """The first piece that failed, as it failed."""

    def work(i: int) -> int:
        if i >= 2:
            raise ValueError(f"piece {i}")
        return i

    with pytest.raises(ValueError, match="piece 2"):
        Crew(hands).all(work, range(5))


def test_ctrl_c_stops_the_others() -> None:
    """The interrupt comes out after those at work were told to stop; what waits is not begun."""
    crew, begun = Crew(2), []
    crew._hands = 2

    def work(i: int) -> None:
        begun.append(i)
        if i == 0:
            _thread.interrupt_main()
        crew.halt.wait(5.0)

    with pytest.raises(KeyboardInterrupt):
        crew.all(work, range(50))
    assert crew.halt.is_set()
    assert len(begun) < 50


def test_where_the_system_does_not_tell_processors_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows and macOS know nothing of affinity; a machine that tells nothing has one."""
    monkeypatch.delattr(room.os, "sched_getaffinity", raising=False)
    for told, wanted in ((3, 3), (64, 8), (None, 1)):
        monkeypatch.setattr(room.os, "cpu_count", lambda told=told: told)
        assert Crew(8)._hands == wanted

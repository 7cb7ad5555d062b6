"""Processes that work beside this one: begun, killed, ended."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest

from planner.files import begin_beside
from planner.model.problem import Problem, Result
from planner.solve.crew import limited
from planner.solve.zones.search import Progress, Stop, solve
from planner.solve.zones.together import company as room
from planner.solve.zones.together import desk
from planner.solve.zones.together.company import helped
from planner.solve.zones.together.hands import Hands
from tests.benchmarks.communities import joined
from tests.solve.towns import street

Begin = Callable[[str], "subprocess.Popen[bytes]"]
SPEAKS = (
    "import sys; h = b'[{\"ready\": true}, []]'; sys.stdout.buffer.write(b'%d\\n' % len(h) + h); "
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin processes however little there is to do, on two processors whatever the machine has."""
    monkeypatch.setattr(desk, "WORTH_S", 0.0)
    monkeypatch.setattr(desk, "LEFT_S", 0.0)
    monkeypatch.setattr(desk, "cores", lambda: 2)
    monkeypatch.setattr(room, "first_run", lambda: False)
    monkeypatch.setattr(Hands, "begin", lambda self, parts: None)


@pytest.fixture(scope="module")
def streets() -> Problem:
    """Five streets that share nothing."""
    return joined([street(n, 3) for n in (20, 24, 28, 32, 36)])


@pytest.fixture(scope="module")
def alone(streets: Problem) -> Result:
    """What one process finds."""
    return solve(streets, stop=Stop(0.0, 60.0), seed=1)


def found(result: Result) -> list[object]:
    """Give all of a result that does not tell of time."""
    parts = [(p.value_m, p.bound_m, p.method, p.unit, p.prize) for p in result.parts]
    return [result.assignment.tobytes(), result.bound_m, result.stopped, parts]


def begun(code: str, into: list[subprocess.Popen[bytes]]) -> Begin:
    """Begin a program of one line in place of a worker."""

    def begin(_: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-S", "-c", code]
        pipe = subprocess.PIPE
        into.append(subprocess.Popen(command, stdin=pipe, stdout=pipe))
        return into[-1]

    return begin


def test_two_processes_find_what_one_does(streets: Problem, alone: Result) -> None:
    """Plan, bound, prizes and method of each part, to the last bit; the other one did some of it."""
    mine: list[str] = []
    others: list[subprocess.Popen[bytes]] = []
    ready = threading.Event()

    def begin(module: str) -> subprocess.Popen[bytes]:
        others.append(begin_beside(module))
        return others[-1]

    def wait(p: Progress) -> None:
        # this process waits in its first part until the other one has begun
        if others and not ready.is_set():
            ready.wait(20.0)
        mine.append(threading.current_thread().name)

    class Slow(room.Company):
        def _done(self, process: subprocess.Popen[bytes], number: int) -> bool:
            done = super()._done(process, number)
            ready.set()
            return done

    with pytest.MonkeyPatch.context() as patched, helped(begin):
        patched.setattr(desk, "Company", Slow)
        result = solve(streets, stop=Stop(0.0, 60.0), seed=1, progress=wait)
    assert ready.is_set()
    assert found(result) == found(alone)
    assert set(mine) == {threading.main_thread().name}
    assert len(others) == 1
    assert others[0].poll() is not None


@pytest.mark.parametrize("code", ["", SPEAKS, SPEAKS + "sys.stdin.buffer.readline()"])
def test_a_process_that_dies_takes_nothing_along(
    streets: Problem, alone: Result, code: str
) -> None:
    """Before it speaks, before it is given a part, and with one: what it had is done here."""
    others: list[subprocess.Popen[bytes]] = []
    with helped(begun(code or "pass", others)):
        result = solve(streets, stop=Stop(0.0, 60.0), seed=1)
    assert len(others) == 1
    assert found(result) == found(alone)


def test_where_no_process_can_be_begun(streets: Problem, alone: Result) -> None:
    """Nor where it is asked for one processor alone."""

    def refused(_: str) -> subprocess.Popen[bytes]:
        raise OSError("no more processes")

    with helped(refused):
        assert found(solve(streets, stop=Stop(0.0, 60.0), seed=1)) == found(alone)


def test_on_one_processor_nobody_is_begun(
    streets: Problem, alone: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker of a batch shares the machine with others."""
    from planner.solve import crew

    monkeypatch.setattr(desk, "cores", crew.cores)
    others: list[subprocess.Popen[bytes]] = []
    with helped(begun("pass", others)), limited(1):
        assert found(solve(streets, stop=Stop(0.0, 60.0), seed=1)) == found(alone)
    assert others == []


def test_ctrl_c_ends_them(streets: Problem) -> None:
    """A process that never answers is ended with the search; the plan is there."""
    others: list[subprocess.Popen[bytes]] = []

    def press(p: Progress) -> None:
        if others:
            raise KeyboardInterrupt

    with helped(begun(SPEAKS + "sys.stdout.flush(); import time; time.sleep(60)", others)):
        result = solve(streets, stop=Stop(0.0, 60.0), seed=1, progress=press)
    assert result.stopped == "interrupt"
    assert np.isfinite(result.bound_m)
    assert (result.assignment >= 0).all()
    assert [p.poll() is not None for p in others] == [True]

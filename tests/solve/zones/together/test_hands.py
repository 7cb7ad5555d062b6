"""Threads that work beside this one: what they find, what they lay down, and when nobody is begun."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from planner.errors import InfeasibleError
from planner.model.problem import Problem, Result
from planner.solve.crew import limited
from planner.solve.zones.improve import improve
from planner.solve.zones.search import Progress, Stop, solve
from planner.solve.zones.together import desk, hands
from planner.solve.zones.track import Track
from tests.benchmarks.communities import joined
from tests.solve.towns import street
from tests.solve.zones.together.test_company import found

MAIN = threading.main_thread()


@pytest.fixture(scope="module")
def streets() -> Problem:
    """Five streets that share nothing."""
    return joined([street(n, 3) for n in (20, 24, 28, 32, 36)])


@pytest.fixture(scope="module")
def alone(streets: Problem) -> Result:
    """What one thread finds."""
    with limited(1):
        return solve(streets, stop=Stop(0.0, 60.0), seed=1)


class Helper:
    """The other thread, and this one, which begins no part before the other has begun its first."""

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        self.threads: list[threading.Thread] = []
        self.begun = threading.Event()
        patched.setattr(hands, "cores", lambda: 2)
        patched.setattr(hands, "first_run", lambda: False)
        patched.setattr(hands, "improve", self.improve)
        patched.setattr(desk, "improve", self.wait)

    def improve(self, track: Track, *, seed: int) -> None:
        """What the other thread does with a part."""
        self.threads.append(threading.current_thread())
        self.begun.set()
        self.work(track, seed)

    def work(self, track: Track, seed: int) -> None:
        """Bring it to a proof."""
        improve(track, seed=seed)

    def wait(self, track: Track, *, seed: int) -> None:
        """What this thread does with one."""
        assert self.begun.wait(20.0)
        improve(track, seed=seed)


def test_two_threads_find_what_one_does(
    streets: Problem, alone: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plan, bound, prizes and method of each part, to the last bit; this thread alone tells of it."""
    helper, told = Helper(monkeypatch), set[threading.Thread]()

    def tell(_: Progress) -> None:
        told.add(threading.current_thread())

    assert found(solve(streets, stop=Stop(0.0, 60.0), seed=1, progress=tell)) == found(alone)
    assert told == {MAIN}
    assert len(set(helper.threads)) == 1
    assert MAIN not in helper.threads
    assert not helper.threads[0].is_alive()


def test_what_one_cannot_do_is_done_here(
    streets: Problem, alone: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that fails takes nothing along."""

    class Failing(Helper):
        def work(self, track: Track, seed: int) -> None:
            raise RuntimeError("no more")

    helper = Failing(monkeypatch)
    assert found(solve(streets, stop=Stop(0.0, 60.0), seed=1)) == found(alone)
    assert len(helper.threads) == 1


def test_hard_rules_that_clash_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds it out."""
    Helper(monkeypatch)
    crowded = joined([street(n, 2, hard=True, low=1.0, high=20.0) for n in (12, 20, 28)])
    with pytest.raises(InfeasibleError):
        solve(crowded, stop=Stop(0.0, 60.0), seed=1)


@pytest.mark.parametrize("patient", [True, False])
def test_ctrl_c_has_it_laid_down(
    streets: Problem, monkeypatch: pytest.MonkeyPatch, patient: bool
) -> None:
    """A part's clock has run out then; one that is not laid down in time comes as it stands."""
    go = threading.Event()

    class Long(Helper):
        def work(self, track: Track, seed: int) -> None:
            del seed
            until = (lambda: track.clock.left <= 0) if patient else go.is_set
            while not until():
                go.wait(0.01)

    helper = Long(monkeypatch)
    monkeypatch.setattr(hands, "PATIENCE_S", 20.0 if patient else 0.05)

    def press(_: Progress) -> None:
        if helper.begun.is_set():
            raise KeyboardInterrupt

    result = solve(streets, stop=Stop(0.0, 60.0), seed=1, progress=press)
    assert helper.threads[0].is_alive() != patient
    go.set()
    assert result.stopped == "interrupt"
    assert np.isfinite(result.bound_m)
    assert (result.assignment >= 0).all()


def test_on_one_processor_nobody_is_begun(streets: Problem, alone: Result) -> None:
    """A worker of a batch shares the machine with others."""
    before = threading.active_count()
    seen: list[int] = []
    with limited(1):
        told = solve(
            streets,
            stop=Stop(0.0, 60.0),
            seed=1,
            progress=lambda _: seen.append(threading.active_count()),
        )
    assert found(told) == found(alone)
    assert max(seen) == before

"""Compilation: the same numbers as plain Python, other threads run meanwhile, a missing cache is no error."""

from __future__ import annotations

import threading
from typing import Any

import numba
import numpy as np
import pytest

from planner.solve import compiled as room
from planner.solve.compiled import compiled


def add_up(values: Any) -> float:
    """Add up without numpy."""
    total = 0.0
    for value in values:
        total += value
    return total


def test_compiled_functions_do_what_plain_ones_do() -> None:
    """The machine code gives the same sum, on any array."""
    fast = compiled(add_up)
    for values in (np.zeros(0), np.arange(5.0), np.arange(7, dtype=np.int32)):
        assert fast(values) == add_up(values)


def test_threads_run_side_by_side() -> None:
    """Compiled code lets go of the interpreter's lock, so that two cores can be used."""
    assert compiled(add_up).targetoptions["nogil"] is True


def test_where_nothing_can_be_kept_it_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only package and no user cache: numba refuses to cache, the function works all the same."""
    asked = []

    def njit(**options: object) -> Any:
        asked.append(options.get("cache", False))
        if options.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(room, "numba", type("Numba", (), {"njit": staticmethod(njit)}))
    assert compiled(add_up) is add_up
    assert asked == [True, False]
    assert numba.njit is not njit


def test_a_compiled_function_can_be_called_from_many_threads() -> None:
    """The same function, compiled on first use by several threads at once, gives each its sum."""
    fast, found = compiled(add_up), []
    threads = [
        threading.Thread(target=lambda n=n: found.append((n, fast(np.ones(n))))) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(n, float(n)) for n in range(4)]

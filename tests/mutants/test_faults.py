"""Faults are changes of meaning, one at a time, and a fault is put in without touching the file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from planner.errors import Finding
from tests.mutants.faults import faults_of
from tests.mutants.trial import PROJECT, mirrored


def changed(source: str) -> set[str]:
    """Give the module as each fault leaves it."""
    return {ast.unparse(fault.tree) for fault in faults_of(source)}


@pytest.mark.parametrize(
    ("source", "others"),
    [
        ("a < b", {"pass", "a <= b", "a >= b"}),
        ("x = a + 1", {"x = a - 1", "x = a + 0"}),
        ("x = a and (not b)", {"x = a or not b", "x = a and b"}),
        ("x = min(a, key=f)", {"x = max(a, key=f)"}),
        ("x = a.all()", {"x = a.any()"}),
        ("x = f(b, reverse=True)", {"x = f(b, reverse=False)"}),
        ("x = 2.5", {"x = 5.0"}),
        ("x = a if b else c", {"x = a if not b else c"}),
        ("x = x.sort(y)", {"pass"}),
        ("a.b = c", {"pass"}),
        ("x = [a for a in b if a]", {"x = [a for a in b]"}),
    ],
)
def test_one_change_at_a_time(source: str, others: set[str]) -> None:
    """Each operator, number, condition and statement by itself."""
    assert changed(source) == others


def test_defaults_and_returns_are_changed() -> None:
    """What a function takes unless told, and what it gives."""
    source = "def f(a, b=True):\n    return a"
    assert changed(source) == {
        "def f(a, b=False):\n    return a",
        "def f(a, b=True):\n    return None",
    }


def test_sorted_may_sort_nothing() -> None:
    """It takes the same words and gives a list as it comes."""
    (fault,) = faults_of("x = sorted([2, 1], reverse=True)[:]")[:1]
    scope: dict[str, object] = {}
    exec(compile(fault.tree, "x", "exec"), scope)
    assert scope["x"] == [2, 1]


@pytest.mark.parametrize(
    "source",
    [
        '"""Text."""',
        "__all__ = [1]",
        "import a",
        "assert a == 1",
        "@f(eq=False)\nclass A:\n    x: int",
        "def f(a: Literal[1]) -> Literal[2]:\n    ...",
        "if TYPE_CHECKING:\n    a = 1",
        "x = f'{a:>5}'",
    ],
)
def test_what_says_nothing_is_left_alone(source: str) -> None:
    """No test can see words, types and flags of declarations."""
    assert not faults_of(source)


def test_faults_alike_are_numbered() -> None:
    """So that one of two on a line can be named."""
    assert [f.change for f in faults_of("x = a + b + c")] == ["+ becomes -", "+ becomes - (2)"]


def test_tests_stand_where_the_module_stands() -> None:
    """All files of its name; and it is this tree that is tried."""

    def names(module: str) -> list[str]:
        return [path.name for path in mirrored(PROJECT / "planner" / module)]

    assert names("demand/units.py") == ["test_units.py"]
    assert names("demand/demand.py") == ["test_demand.py", "test_demand_respelling.py"]
    assert Path(Finding.of.__code__.co_filename).is_relative_to(PROJECT)

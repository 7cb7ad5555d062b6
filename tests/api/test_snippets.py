"""Snippets as users of the Python data stack would write them: each works, or helps."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.errors import PlannerError
from planner.plan.frames import assignment_of
from tests.api.snippets import SNIPPETS, world


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Lay the files, and make the plan that snippets begin with."""
    folder = tmp_path_factory.mktemp("snippets")
    made = world(folder)
    plan = planner.make_plan(made["points"], made["workers"], made["streets"])
    plan.save(folder / "out")
    return {**made, "plan": plan, "plan_zone": assignment_of(plan)}


def test_there_are_eighty() -> None:
    """The table is as long as it claims, and no snippet stands twice."""
    assert len({snippet for snippet, _ in SNIPPETS}) == len(SNIPPETS) >= 80


@pytest.mark.parametrize(("snippet", "holds"), SNIPPETS, ids=[s for s, _ in SNIPPETS])
def test_it_works_or_helps(
    names: dict[str, Any], snippet: str, holds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is beside the snippet is true of its value, or is the error that it raises."""
    monkeypatch.chdir(tmp_path)
    kind, _, words = holds.partition(": ")
    if not hasattr(planner, kind):
        assert eval(holds, {**names, "it": eval(snippet, dict(names))})
        return
    with pytest.raises(getattr(planner, kind)) as raised:
        eval(snippet, dict(names))
    error = raised.value
    assert isinstance(error, PlannerError)
    assert words in str(error)
    assert error.zh  # whoever reads Chinese is helped as well


def test_snippets_are_expressions() -> None:
    """Each is one expression, as typed into a cell."""
    for snippet, _ in SNIPPETS:
        ast.parse(snippet, mode="eval")

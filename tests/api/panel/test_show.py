"""The panel is asked for by path or in memory; without its extra that is said."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.api.panel.show import panel
from planner.api.panel.trial import Wanted
from planner.errors import MissingExtraError
from planner.model.project import Project
from tests.api.small import write_small_office


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Twelve homes, three members, two of them centres."""
    return write_small_office(tmp_path)


def test_without_the_widget_its_extra_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel needs anywidget; all that it does can be had without."""
    real = builtins.__import__

    def without(name: str, *args: Any) -> Any:
        if name == "planner.api.panel.widget":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match="anywidget"):
        panel(file)


def test_it_is_part_of_the_face(file: Path) -> None:
    """`planner.panel` takes a path, a project, a plan or its folder."""
    pytest.importorskip("anywidget")
    shown = planner.panel(file)
    assert shown.plan is None
    plan = shown.solve(Wanted())
    assert plan is not None
    assert planner.panel(Project.read(file), plan).plan is plan

"""An answer ends alike in every command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planner.cli.answers import answered


class Two:
    """An answer of two lines."""

    def figures(self) -> dict[str, Any]:
        """Give one figure."""
        return {"homes": 12}

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """Give the lines."""
        return (("十二户", "12 homes"), ("[b]没有[/b]", "[b]none[/b]"))


@pytest.mark.parametrize(("language", "first"), [("zh", "十二户"), ("en", "12 homes")])
def test_lines_then_files(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    first: str,
) -> None:
    """One language, nothing taken for markup, files last."""
    monkeypatch.setenv("PLANNER_LANG", language)
    answered(Two(), {"a": Path("a.xlsx")}, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[-1]) == (first, "a.xlsx")
    assert lines[1].startswith("[b]")


def test_values_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """Figures and files, and nothing else."""
    answered(Two(), {"a": Path("a.xlsx")}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"homes": 12, "files": {"a": "a.xlsx"}}

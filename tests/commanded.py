"""The command line, run in the process of a test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from planner.cli import main


def planner(monkeypatch: pytest.MonkeyPatch, *words: str | Path | int) -> int:
    """Run the command line in this process, and give its exit code."""
    monkeypatch.setattr(sys, "argv", ["planner", *map(str, words)])
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0

"""A terminal that has no Chinese letters is told all the same, and nothing fails in telling."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk", "utf-8"])
@pytest.mark.parametrize(
    "words", [["rules"], ["--lang", "zh", "rules"], ["--lang", "both", "map", "none"]]
)
def test_whatever_letters_a_terminal_has(encoding: str, words: list[str]) -> None:
    """Numbers stand for letters that it has not; the exit code is that of what was asked."""
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
    command = [sys.executable, "-m", "planner", *words]
    run = subprocess.run(command, capture_output=True, env=env, check=False)
    assert run.returncode == (2 if "map" in words else 0), run.stderr
    assert b"internal error" not in run.stderr
    assert run.stdout or run.stderr

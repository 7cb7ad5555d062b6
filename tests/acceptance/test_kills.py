"""Commands killed at random moments; two hundred of each are tried by `python -m tests.benchmarks.kills`."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from planner.files.folder import locked
from tests.benchmarks.kills import Trial, Verb

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL is a POSIX signal")


def test_a_few_moments_of_two_commands() -> None:
    """The plan is the old one or the new one, and the next run goes on at once."""
    words = ["--moments", "2", "--only", "rezone", "undo"]
    said = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.kills", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert said.returncode == 0, said.stderr + said.stdout
    rows = [line.split("|")[1:3] for line in said.stdout.splitlines()[2:]]
    assert rows == [[" rezone ", " 2 "], [" undo ", " 2 "]]
    assert all(line.endswith("| 0 |") for line in said.stdout.splitlines()[2:])


@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        ({"a.json": b"{}", "b.csv": b"old\n"}, "old"),
        ({"a.json": b"[]", "b.csv": b"new\n"}, "new"),
        ({"a.json": b"[]", "b.csv": b"old\n"}, "between"),
        ({"a.json": b"{", "b.csv": b"old\n"}, "torn: JSONDecodeError"),
        ({"b.csv": b"old\n"}, "lost"),
        ({"a.json": b"{}", "b.csv": b"ol"}, "another"),
    ],
)
def test_what_is_left_is_judged(tmp_path: Path, left: dict[str, bytes], verdict: str) -> None:
    """Each fault by its name, so that a count of none means something."""
    assert judged(tmp_path, left) == verdict


def test_a_lock_that_stays_is_told(tmp_path: Path) -> None:
    """A run that nobody can go past."""
    with locked(tmp_path, name=".planner.lock-run"):
        assert judged(tmp_path, {"a.json": b"{}", "b.csv": b"old\n"}) == "locked: OutputError"


def judged(folder: Path, left: dict[str, bytes]) -> str:
    """Give the verdict on what a killed command has left."""
    trial = Trial.__new__(Trial)
    trial.verb, trial.chance = Verb("x", (), "x", ""), random.Random(0)
    trial.old, trial.new = (
        {"a.json": hashlib.sha256(one).hexdigest(), "b.csv": hashlib.sha256(other).hexdigest()}
        for one, other in ((b"{}", b"old\n"), (b"[]", b"new\n"))
    )
    for name, data in left.items():
        (folder / name).write_bytes(data)
    return trial.verdict(folder)

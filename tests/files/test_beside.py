"""A child takes its code from where the program is installed, not from where the user stands."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from planner.files import run_beside
from planner.files.beside import search_path

CHILD = "planner.intake.address.parallel"
BAIT = ("resource", "json", "gc", "numpy", "sitecustomize", "usercustomize", "planner", "runpy")


@pytest.fixture
def baited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder in which every module that a child might look for would leave a mark."""
    for name in BAIT:
        code = f"open({str(tmp_path / 'RAN')!r}, 'a').write({name!r})\nraise SystemExit(3)\n"
        (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("way", ["stands there", "on the path", "PYTHONPATH", "PYTHONSTARTUP"])
def test_nothing_of_the_working_folder_runs(
    baited: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Neither the folder itself nor what the environment says of it is searched."""
    if way == "on the path":
        monkeypatch.setattr(sys, "path", ["", str(baited), *sys.path])
    if way.startswith("PYTHON"):
        monkeypatch.setenv(way, str(baited if way == "PYTHONPATH" else baited / "json.py"))
    child = run_beside(CHILD, data=json.dumps([["安乐路1号", []]]).encode(), seconds=60)
    assert child.returncode == 0, child.stderr
    assert json.loads(child.stdout)[0]
    assert not (baited / "RAN").exists()


def test_the_old_way_runs_it(baited: Path) -> None:
    """A child that is begun in the usual way runs what lies there: the bait is one."""
    import subprocess

    command = [sys.executable, "-m", CHILD]
    child = subprocess.run(command, input=b"[]", capture_output=True, check=False)
    assert child.returncode == 3
    assert (baited / "RAN").exists()


def test_the_search_path_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Relative entries would be read from where the child stands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", ".", "lib", str(tmp_path), *sys.path])
    assert all(Path(entry).is_absolute() for entry in search_path())
    assert str(tmp_path) not in search_path()

"""The command line, run as a person would run it."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

from planner.cli import app
from planner.model.project import Project
from planner.model.rules import profile_names
from tests.conftest import Cli


def planner(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, in a process of its own."""
    command = [sys.executable, "-m", "planner.cli", *words]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_teaches_the_first_steps(tmp_path: Path) -> None:
    """The first page names the demo, one's own data, re-zoning and the exit codes."""
    said = planner("--help", cwd=tmp_path).stdout
    for words in ("planner demo", "planner init", "planner rezone", "Exit codes", "责任区"):
        assert words in said


def test_init_writes_a_project_and_never_overwrites(cli: Cli, tmp_path: Path) -> None:
    """The file is valid as written; a second call refuses, and leaves the first one's work alone."""
    assert cli("init").returncode == 0
    path = tmp_path / "planner.toml"
    assert Project.read(path).search.seed == 0
    path.write_text(path.read_text("utf-8") + "# mine\n", "utf-8")
    again = cli("init")
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert path.read_text("utf-8").endswith("# mine\n")


def test_rules_lists_every_profile(cli: Cli) -> None:
    """Each named profile is shown."""
    said = cli("rules")
    assert said.returncode == 0
    shown = said.stdout.replace("\n", "")
    assert all(name[:12] in shown for name in profile_names())


def test_an_unknown_town_is_refused_with_the_known_ones(cli: Cli, tmp_path: Path) -> None:
    """The message names what there is."""
    said = cli("demo", "--town", "atlantis")
    assert said.returncode == 2
    assert "helsinki" in said.stderr
    assert not any(tmp_path.iterdir())


def test_an_output_that_cannot_be_written_is_exit_code_four(cli: Cli, tmp_path: Path) -> None:
    """A file stands where the folder should be: nothing is written over it."""
    (tmp_path / "out").write_text("mine", "utf-8")
    said = cli("demo", "--town", "bagongshan", "--out", "out")
    assert said.returncode == 4
    assert "Traceback" not in said.stderr
    assert (tmp_path / "out").read_text("utf-8") == "mine"


def test_check_of_a_single_sheet(cli: Cli, tmp_path: Path) -> None:
    """A sheet is checked without a project; a project file takes no second list of members."""
    (tmp_path / "a.csv").write_text("编号,地址\n1,甲路1号\n2,\n", "utf-8")
    (tmp_path / "m.csv").write_text("编号,地址,是否中心户\n1,甲路1号,是\n", "utf-8")
    said = cli("check", "a.csv", "--members", "m.csv", "--out", "out")
    assert said.returncode == 0, said.stderr
    assert "a.csv" in said.stdout
    assert "m.csv" in said.stdout
    names = {"check.json", "check.md", "a.checked.xlsx", "m.checked.xlsx"}
    assert {p.name for p in (tmp_path / "out").iterdir()} == names
    (tmp_path / "planner.toml").write_text(
        "[inputs]\nhouseholds='a.csv'\nmembers='m.csv'\n", "utf-8"
    )
    said = cli("check", "planner.toml", "--members", "m.csv")
    assert said.returncode == 2
    assert "--members" in said.stderr


def test_each_command_that_reports_has_json() -> None:
    """For scripts; what only draws or lays out a first file has nothing to report."""
    silent = {"demo", "init", "map"}
    for command in app.registered_commands:
        name = command.name or str(getattr(command.callback, "__name__", ""))
        options = inspect.signature(command.callback).parameters if command.callback else {}
        assert ("as_json" in options) == (name not in silent), name

"""The project file is read whole or refused with the key that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import ConfigError
from planner.model.project import TEMPLATE, Project, Search
from planner.model.rules import RuleBook


def write(folder: Path, text: str) -> Path:
    """Write a project file."""
    path = folder / "planner.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_template_is_a_valid_project(tmp_path: Path) -> None:
    """What `planner init` writes can be read, and its paths are relative to the file."""
    project = Project.read(write(tmp_path, TEMPLATE))
    assert project.rules == RuleBook.profile()
    assert project.inputs.households == tmp_path / "households.xlsx"
    assert project.search == Search(0.005, 300, 0)


def test_the_comments_of_the_template_are_true(tmp_path: Path) -> None:
    """Every commented line of the template is valid once its mark is removed."""
    keys = (
        "fences",
        "buildings",
        "datum",
        "detour",
        "members_per",
        "households_per",
        "walk",
        "title",
    )
    lines = [
        line[2:] if line.startswith("# ") and line[2:].startswith(keys) else line
        for line in TEMPLATE.splitlines()
    ]
    project = Project.read(write(tmp_path, "\n".join(lines)))
    assert project.inputs.detour_factor == 1.3
    assert project.rules == RuleBook.profile()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[inputs]\nmembers = 'm.xlsx'", "households is missing"),
        ("[inputs]\nhouseholds = 3\nmembers = 'm.xlsx'", "households must be a path"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\nroads = 'r'", "roads"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\ndetour_factor = 0.5", "detour_factor"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[search]\ngap = 2", "gap"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[search]\nseconds = 0", "seconds"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[search]\nseed = 1.5", "seed"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[search]\nseed = inf", "seed"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[search]\nseed = -1", "seed"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[rules]\nprofile = 'x'", "profile"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\ndatum = 'mars'", "mars"),
        ("inputs = 3", "inputs must be a section"),
        ("[inputs", "not valid TOML"),
    ],
)
def test_wrong_files_are_refused(tmp_path: Path, text: str, named: str) -> None:
    """Each refusal says which key; the exit code is that of bad input."""
    with pytest.raises(ConfigError, match=named) as caught:
        Project.read(write(tmp_path, text))
    assert caught.value.exit_code == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A project file that is not there is named whole, with the way to make one."""
    with pytest.raises(ConfigError, match="planner init"):
        Project.read(tmp_path / "none.toml")

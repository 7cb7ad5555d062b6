"""The project file is read whole or refused with the key that is wrong."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from planner.errors import ConfigError
from planner.model.project import TEMPLATE, Affinity, Inputs, Project, Search, Siting
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
    lines, own = [], False
    for line in TEMPLATE.splitlines():
        own = line.startswith("# [rules.by_fence") or (own and line.startswith("# "))
        bare = line.startswith("# ") and line[2:].startswith(keys) and not own
        lines.append(line[2:] if bare else line)
    project = Project.read(write(tmp_path, "\n".join(lines)))
    assert project.inputs.detour_factor == 1.3
    assert project.rules == RuleBook.profile()


def test_the_rules_by_community_of_the_template_are_true(tmp_path: Path) -> None:
    """Its commented lines give two communities limits of their own."""
    lines = TEMPLATE.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("# [rules.by_fence"))
    last = first
    while lines[last].startswith("# "):
        lines[last] = lines[last][2:]
        last += 1
    project = Project.read(write(tmp_path, "\n".join(lines)))
    assert last - first == 4
    assert project.rules != RuleBook.profile()


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
        (
            "[inputs]\nhouseholds = 'h'\nmembers = 'm'\nstreets = ' '",
            "streets must be a path in quotes",
        ),
        (
            "[inputs]\nhouseholds = 'h'\nmembers = 'm'\ndetour_factor = '2'",
            "must be a number, not '2'",
        ),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[search]\ngap = nan", "gap must be a number"),
        (
            "[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[search]\nadvice_seconds = -1",
            "advice_seconds",
        ),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[siting]\nroles = 'x'", "list such as"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[siting]\nscore_m = -1", "siting.*score_m"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[outputs]\nname = 'x'", "unknown key 'name'"),
        ("[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[online]\ncity = 'x'", "provider is missing"),
        (
            "[inputs]\nhouseholds = 'h'\nmembers = 'm'\n[affinity]\nmove_price_m = -5",
            "move_price_m",
        ),
        ("levels = 3\n[inputs]\nhouseholds = 'h'\nmembers = 'm'", "levels must be tables"),
        ("inputs = 3", "inputs must be a section"),
        ("[inputs", "not valid TOML"),
    ],
)
def test_wrong_files_are_refused(tmp_path: Path, text: str, named: str) -> None:
    """Each refusal says which key; the exit code is that of bad input."""
    with pytest.raises(ConfigError, match=named) as caught:
        Project.read(write(tmp_path, text))
    assert caught.value.exit_code == 2


def test_prices_are_checked() -> None:
    """A price is a number of 0 or more, a talent a plain word; file, section and key are named."""

    def read(values: dict[str, object]) -> Affinity:
        sections = {"inputs": {"households": "h", "members": "m"}, "affinity": values}
        return Project.from_mapping(sections, folder=Path(), where="planner.toml").affinity

    assert read({"tie_m": 50, "talents": [" a "]}) == Affinity(tie_m=50.0, talents=("a",))
    for values in ({"tie_m": -1}, {"tie": 3}, {"talents": "a"}, {"talents": ["a,b"]}, {"talents": [" "]},
                   {"talents": ["a", "a"]}, {"apart_m": True}, {"compound_m": float("nan")}):  # fmt: skip
        with pytest.raises(
            ConfigError, match=r"planner.toml, \[affinity\].*(tie|talents|part_m|und_m)"
        ):
            read(values)


def test_what_is_not_stated_lies_beside_the_file(tmp_path: Path) -> None:
    """Answers and the address index are kept beside the project file; ``cache = false`` keeps none."""
    least = "[inputs]\nhouseholds = 'h'\nmembers = 'm'\n"
    inputs = Project.read(write(tmp_path, least)).inputs
    assert (inputs.accepted, inputs.cache) == (tmp_path / "accepted.csv", tmp_path / ".planner")
    inputs = Project.read(write(tmp_path, least + "cache = false\naccepted = 'a.csv'")).inputs
    assert (inputs.accepted, inputs.cache) == (tmp_path / "a.csv", None)
    with pytest.raises(ConfigError, match="cache must be a path"):
        Project.read(write(tmp_path, least + "cache = true"))


def test_every_key_of_the_sections_is_in_the_template() -> None:
    """Whoever reads the template knows all that can be said."""
    for kind in (Inputs, Search, Siting, Affinity):
        for field in fields(kind):
            if field.name == "rewrites":
                continue  # kept in a file of its own
            if field.name in ("columns", "sheets"):
                assert f"# [{field.name}]" in TEMPLATE
            elif (kind, field.name) not in ((Siting, "seconds"), (Search, "advice_seconds")):
                assert f"{field.name} = " in TEMPLATE, field.name


def test_a_folder_stands_for_its_project_file(tmp_path: Path) -> None:
    """Folder or file: the same project; a folder without one says which file is missing."""
    with pytest.raises(ConfigError, match=r"planner\.toml"):
        Project.read(tmp_path)
    file = write(tmp_path, "[inputs]\nhouseholds = 'h'\nmembers = 'm'\n")
    assert Project.read(tmp_path) == Project.read(file) == Project.of(file)


def test_a_project_file_in_the_encoding_of_a_chinese_editor(tmp_path: Path) -> None:
    """The remedy is to save it as UTF-8, and says nothing of quotes."""
    path = tmp_path / "planner.toml"
    path.write_bytes('[outputs]\ntitle = "八公山"\n'.encode("gb18030"))
    with pytest.raises(ConfigError, match="UTF-8") as caught:
        Project.read(path)
    assert "quotes" not in caught.value.remedy
    assert "UTF-8" in caught.value.remedy_zh


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A project file that is not there is named whole, with the way to make one."""
    with pytest.raises(ConfigError, match="planner init"):
        Project.read(tmp_path / "none.toml")

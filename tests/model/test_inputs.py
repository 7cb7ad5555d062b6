"""What a run reads: files, folders and patterns; headings and sheets as the project describes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import ConfigError
from planner.intake.residents import read_households
from planner.model.inputs import Inputs, sheet_files
from planner.model.project import TEMPLATE, Project
from planner.model.schema import BUILDINGS, HOUSEHOLDS, MEMBERS


def write(folder: Path, text: str) -> Path:
    """Write a project file."""
    path = folder / "planner.toml"
    path.write_text(text, "utf-8")
    return path


def described(folder: Path, text: str) -> Inputs:
    """Give the inputs of a project that describes its tables so."""
    return Project.read(
        write(folder, f"[inputs]\nhouseholds = 'h'\nmembers = 'm'\n{text}\n")
    ).inputs


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("'one.xlsx'", ["one.xlsx"]),
        ("['b.csv', 'a.csv']", ["b.csv", "a.csv"]),
        ("'homes'", ["a.csv", "b.xlsx"]),
        ("'homes/*.csv'", ["a.csv"]),
        ("['homes/*.csv', 'homes', 'c.csv']", ["a.csv", "b.xlsx", "c.csv"]),
    ],
)
def test_households_stand_in_one_file_or_several(
    tmp_path: Path, value: str, names: list[str]
) -> None:
    """A file, a list, a folder or a pattern; what an open workbook leaves beside it is no table."""
    homes = tmp_path / "homes"
    homes.mkdir()
    for name in ("a.csv", "b.xlsx", "~$b.xlsx", "notes.txt"):
        (homes / name).write_text("", "utf-8")
    file = write(tmp_path, f"[inputs]\nhouseholds = {value}\nmembers = 'm'\n")
    inputs = Project.read(file).inputs
    assert [p.name for p in inputs.household_files] == names


@pytest.mark.parametrize("value", ["[]", "['']", "[1]", "'empty'", "'*.xlsx'"])
def test_no_households_at_all_are_refused(tmp_path: Path, value: str) -> None:
    """An empty list, folder or pattern is told, with the key."""
    (tmp_path / "empty").mkdir()
    file = write(tmp_path, f"[inputs]\nhouseholds = {value}\nmembers = 'm'\n")
    with pytest.raises(ConfigError, match=r"\[inputs\]\.households"):
        Project.read(file)


def test_the_same_rule_holds_for_whoever_names_files(tmp_path: Path) -> None:
    """From Python too: a folder is its sheets, a pattern what fits it, a file itself, there or not."""
    (tmp_path / "b.csv").write_text("编号,地址\nB,幸福路2号\n", "utf-8")
    (tmp_path / "a.csv").write_text("编号,地址\nA,幸福路1号\n", "utf-8")
    for given in (tmp_path, str(tmp_path / "*.csv"), [tmp_path / "a.csv", tmp_path]):
        assert read_households(given).kept["id"].tolist() == ["A", "B"]
    assert sheet_files([tmp_path / "none.csv"]) == [tmp_path / "none.csv"]
    with pytest.raises(ConfigError, match="no sheet is found"):
        read_households(tmp_path / "*.xlsx")


def test_headings_as_the_project_describes_them(tmp_path: Path) -> None:
    """Any heading is any column of ours, by either of its own headings or its name; "" leaves it unread."""
    inputs = described(
        tmp_path,
        """[columns]
households = { "住哪儿" = "地址", "人口" = "load", "老楼号" = "" }
[columns.members]
"评语" = "特长"
""",
    )
    homes = inputs.told(HOUSEHOLDS)
    assert homes.stated == {"住哪儿": "address", "人口": "load", "老楼号": ""}
    assert inputs.told(MEMBERS).stated == {"评语": "strengths"}
    assert inputs.told(BUILDINGS) == BUILDINGS
    assert homes.columns is HOUSEHOLDS.columns


def test_sheets_as_the_project_chooses_them(tmp_path: Path) -> None:
    """By name or pattern, for one table; what is left out is left out everywhere."""
    inputs = described(
        tmp_path, '[sheets]\nhouseholds = ["*社区", "城中村"]\nleave_out = ["汇总*"]'
    )
    homes, members = inputs.told(HOUSEHOLDS), inputs.told(MEMBERS)
    names = ["甲社区", "城中村 ", "说明", "汇总社区"]
    assert [homes.means(n) for n in names] == [True, True, False, False]
    assert [members.means(n) for n in names] == [True, True, True, False]
    assert described(tmp_path, '[sheets]\nmembers = "党员"').told(MEMBERS).sheets == ("党员",)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[columns]\nhomes = { "a" = "地址" }', "homes"),
        ('[columns]\nhouseholds = "地址"', r"\[columns\].households"),
        ('[columns]\nhouseholds = { "a" = "住处在哪" }', "households, a"),
        ('[columns]\nhouseholds = { "a" = 3 }', "households, a"),
        ('[columns]\nhouseholds = { "a" = "特长" }', "households, a"),
        ("[sheets]\nhouseholds = [1]", r"\[sheets\].households"),
        ("[sheets]\nhouseholds = ['']", r"\[sheets\].households"),
        ("[sheets]\nelsewhere = ['a']", "elsewhere"),
        ("columns = { households = { a = '地址' } }", r"\[columns\]"),
    ],
)
def test_wrong_descriptions_are_refused(tmp_path: Path, text: str, named: str) -> None:
    """With the place in the project file and what may stand there, in both languages."""
    with pytest.raises(ConfigError, match=named) as caught:
        described(tmp_path, text)
    assert caught.value.remedy


def test_what_the_template_says_of_them_is_true(tmp_path: Path) -> None:
    """Its commented sections can be used as they stand."""
    lines = TEMPLATE.splitlines()
    at = lines.index("# [columns]")
    lines[at : at + 7] = [
        line[2:] if " = " in line or line.startswith("# [") else line for line in lines[at : at + 7]
    ]
    inputs = Project.read(write(tmp_path, "\n".join(lines))).inputs
    assert inputs.told(HOUSEHOLDS).stated["家庭人口"] == "load"
    assert inputs.told(HOUSEHOLDS).sheets == ("*社区",)

"""The command about rule books: a list, one in words that can be pasted, several beside each other."""

from __future__ import annotations

import json
import tomllib

import pytest

from planner.model.rules import RuleBook, profile_names
from tests.conftest import Cli


def test_every_profile_is_listed(cli: Cli) -> None:
    """As a table for people, and whole for a program."""
    said = cli("rules")
    assert said.returncode == 0
    for name in profile_names():
        assert name in said.stdout
    books = json.loads(cli("rules", "--json").stdout)
    assert [book["name"] for book in books] == list(profile_names())


def test_a_profile_in_full_can_be_pasted(cli: Cli) -> None:
    """What is told of one is a section of a project file, and uncommented it is the same book."""
    name = profile_names()[0]
    assert json.loads(cli("rules", name, "--json").stdout)["name"] == name
    text = cli("rules", name).stdout
    lines = [line for line in text[text.index("[rules]") :].splitlines() if line.strip()]
    values = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines))["rules"]
    book = RuleBook.profile(name).to_mapping()
    assert values.pop("profile") == name
    assert values == {key: book[key] for key in values}
    assert "walk" in values


def test_one_is_told_in_words(cli: Cli) -> None:
    """With its price, whom it excuses, and its source; what is not known of that is said."""
    said = cli("--lang", "both", "rules", "members-5-15-households-5-20").stdout
    for words in (
        "5 to 15",
        "5 至 15",
        "70 and over",
        "70 周岁",
        "title of the document: not known",
    ):
        assert words in said
    assert "文件名称：不详" in said
    assert (
        "中心户联系5至15名党员"
        in cli("--lang", "zh", "rules", "members-5-15-households-5-20").stdout
    )


def test_two_are_compared(cli: Cli) -> None:
    """What differs is marked, and what does not is not."""
    said = cli("--lang", "en", "rules", "--compare", "one-plus-ten", "bagongshan-1-5-15")
    assert said.returncode == 0
    assert "* members in a zone" in said.stdout
    assert "* walk" not in said.stdout
    told = json.loads(cli("rules", "--compare", "one-plus-ten", "grid-300-500", "--json").stdout)
    assert [book["name"] for book in told] == ["one-plus-ten", "grid-300-500"]


@pytest.mark.parametrize("words", [("one-plus-ten", "grid-300-500"), ("--compare", "one-plus-ten")])
def test_two_are_needed_to_compare(cli: Cli, words: tuple[str, ...]) -> None:
    """Two without the option, or one with it, is a question."""
    said = cli("rules", *words)
    assert said.returncode == 2
    assert "--compare" in said.stderr

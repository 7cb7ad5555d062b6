"""Help is given in both languages: of each command, and of each of its options."""

from __future__ import annotations

import re

import pytest
import typer

from planner.cli import app

CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]{2,}")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_help_has_both_languages(name: str) -> None:
    """What a clerk reads before a command is run."""
    command = COMMANDS[name]
    texts = {"": command.help or ""}
    texts |= {p.name: p.help or "" for p in command.params if hasattr(p, "help")}
    lacking = [
        at for at, text in texts.items() if not (CHINESE.search(text) and ENGLISH.search(text))
    ]
    assert not lacking


@pytest.mark.parametrize(
    ("name", "options"), [("map", ("audience", "project", "basemap", "earlier"))]
)
def test_what_is_private_is_told_as_fully(name: str, options: tuple[str, ...]) -> None:
    """Who sees what, what names are taken from, what is requested: not only named in Chinese."""
    told = {p.name: p.help for p in COMMANDS[name].params}
    for option in options:
        assert len(CHINESE.findall(told[option])) >= 12, option

"""The catalogue of findings: every entry speaks both languages, is used, and is filled in."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import planner
from planner.errors import Finding, Severity

ROOT = Path(planner.__file__).parent
WORDS = tomllib.loads((ROOT / "findings.toml").read_text("utf-8"))
PLACE = {"file": "s.gpkg"}
SOURCE = "\n".join(path.read_text("utf-8") for path in ROOT.rglob("*.py"))


class Anything(dict[str, float]):
    """A number for whatever the words leave open."""

    def __missing__(self, key: str) -> float:
        """Give one."""
        return 7.0


@pytest.mark.parametrize("key", sorted(WORDS))
def test_an_entry_speaks_both_languages(key: str) -> None:
    """What is said in English is said in Chinese, a remedy that is worded in Chinese in English too."""
    words = WORDS[key]
    Severity(words["severity"])
    assert set(words) <= {"severity", "what", "what_zh", "remedy", "remedy_zh"}
    assert words["what"]
    assert re.search("[\u3400-\u9fff{]", words["what_zh"])
    assert "remedy" in words or "remedy_zh" not in words
    for text in words.values():
        assert "{" not in text.format_map(Anything())


def test_every_entry_is_used() -> None:
    """No entry outlives the place that told of it, and none is asked for that is not there."""
    stems = {key.partition("/")[0] for key in WORDS}
    unused = {k for k in WORDS if f'"{k}"' not in SOURCE and not _composed(k)}
    assert not unused
    asked = set(re.findall(r'Finding\.of\(\s*"([^"]+)"', SOURCE))
    assert asked <= set(WORDS)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", stem) for stem in stems)


def _composed(key: str) -> bool:
    stem, _, variant = key.partition("/")
    return f'f"{stem}/{{' in SOURCE and f'"{variant}"' in SOURCE


def test_a_finding_of_the_catalogue() -> None:
    """The code is the name before the slash; a place and another severity are taken as given."""
    place = {"file": "a.xlsx", "row": 7, "severity": Severity.HOLD}
    made = Finding.of("outside/found", place, away="3.0 km", km=3.0)
    assert (made.code, made.severity, made.row) == ("outside", Severity.HOLD, 7)
    assert "3.0 km" in made.what
    assert "3.0公里" in made.what_zh
    assert Finding.of("tie-fences").severity is Severity.WARN


def test_what_is_counted_is_told_with_its_count() -> None:
    """Nothing is said of nothing; else in both languages, at its place."""
    assert Finding.counted({"trunk-walked": 0, "gates-shut": 0}) == ()
    said = Finding.counted({"streets-left-out": 1, "streets-joined": 0, "streets-apart": 3}, PLACE)
    assert [f.code for f in said] == ["streets-left-out", "streets-apart"]
    assert [f.what.split()[0] for f in said] == ["1", "lines"]
    assert all(n in f.what_zh and n in f.what for n, f in zip("13", said, strict=True))
    assert {f.file for f in said} == {"s.gpkg"}


def test_words_are_given_what_they_leave_open() -> None:
    """A call that names its entry gives each value that the words ask for, and no other."""
    checked = 0
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not _names_entry(node):
                continue
            if any(k.arg is None for k in node.keywords):
                continue  # values that another function gathered
            key = ast.literal_eval(node.args[0])
            given = {str(k.arg) for k in node.keywords}
            assert given == _open(key), f"{path.name}:{node.lineno} {key}"
            checked += 1
    assert checked > 50


def _names_entry(node: ast.Call) -> bool:
    named = isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "Finding.of"
    return named and isinstance(node.args[0], ast.Constant)


def _open(key: str) -> set[str]:
    texts = [text for name, text in WORDS[key].items() if name != "severity"]
    return {str(name) for text in texts for _, name, _, _ in Formatter().parse(text) if name}

"""The catalogues of findings and errors: every entry speaks both languages, is used, and is filled in."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import planner
from planner.errors import Finding, OutputError, SchemaError, Severity

ROOT = Path(planner.__file__).parent
WORDS = tomllib.loads((ROOT / "findings.toml").read_text("utf-8"))
ERRORS = tomllib.loads((ROOT / "errors.toml").read_text("utf-8"))
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


@pytest.mark.parametrize("key", sorted(ERRORS))
def test_an_error_speaks_both_languages(key: str) -> None:
    """What is wrong and what to do, each in both."""
    words = ERRORS[key]
    assert {"what", "what_zh"} <= set(words) <= {"what", "what_zh", "remedy", "remedy_zh"}
    assert re.search("[\u3400-\u9fff{]", words["what_zh"])
    assert ("remedy" in words) == ("remedy_zh" in words)
    assert f'Error.of("{key}"' in re.sub(r"\(\s+", "(", SOURCE)


def test_an_error_of_the_catalogue() -> None:
    """It is of the class that was asked, with its words, and what that class takes beside them."""
    told = Finding.of("tie-fences")
    error = SchemaError.of("ids-are-id-numbers", {"findings": [told]}, file="a.xlsx", header="编号")
    assert isinstance(error, SchemaError)
    assert error.findings == (told,)
    assert "the column 编号 holds" in error.message
    assert error.zh == "a.xlsx：“编号”列为身份证号"
    other = OutputError.of("cannot-write", path="p", reason="full", free="1 MB")
    assert other.remedy
    assert other.remedy_zh


@pytest.mark.parametrize(
    ("what", "words", "most"), [("Finding", WORDS, 50), ("Error", ERRORS, 200)]
)
def test_words_are_given_what_they_leave_open(
    what: str, words: dict[str, dict[str, str]], most: int
) -> None:
    """A call that names its entry gives each value that the words ask for, and no other."""
    checked = 0
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not _names_entry(node, what):
                continue
            if any(k.arg is None for k in node.keywords):
                continue  # values that another function gathered
            key = ast.literal_eval(node.args[0])
            given = {str(k.arg) for k in node.keywords}
            assert given == _open(words[key]), f"{path.name}:{node.lineno} {key}"
            checked += 1
    assert checked > most


def _names_entry(node: ast.Call, what: str) -> bool:
    named = isinstance(node.func, ast.Attribute) and ast.unparse(node.func).endswith(f"{what}.of")
    return named and bool(node.args) and isinstance(node.args[0], ast.Constant)


def _open(words: dict[str, str]) -> set[str]:
    texts = [text for name, text in words.items() if name != "severity"]
    return {str(name) for text in texts for _, name, _, _ in Formatter().parse(text) if name}

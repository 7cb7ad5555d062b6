"""The catalogue of findings: every entry speaks both languages, is used, and is filled in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import planner
from planner.errors import Finding, Severity

ROOT = Path(planner.__file__).parent
WORDS = tomllib.loads((ROOT / "findings.toml").read_text("utf-8"))
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

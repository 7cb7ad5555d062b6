"""What the documents name exists: modules, files, commands."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from tests.conftest import FIRST

PROJECT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    p
    for p in (*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"))
    if p.name != "CHANGELOG.md"
)
NAMED = re.compile(r"`(planner(?:\.\w+)+)`")
PATHS = re.compile(r"`((?:planner|tests|docs|data|notebooks)/[\w./*-]+)`")
LINKS = re.compile(r"\]\((?!https?:)([^)#]+)")
COMMANDS = re.compile(r"python -m (tests(?:\.\w+)+)")


def exists(name: str) -> bool:
    """Tell whether a dotted name can be imported, or is an attribute of what can."""
    parts = name.split(".")
    for k in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:k]))
        except ModuleNotFoundError:
            continue
        for part in parts[k:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_what_a_page_names_exists(page: Path) -> None:
    """Dotted names can be imported, paths and links lead somewhere, modules of commands are there."""
    text = page.read_text("utf-8")
    lost = [name for name in NAMED.findall(text) if not name.endswith(".toml") and not exists(name)]
    lost += [path for path in PATHS.findall(text) if not list(PROJECT.glob(path.rstrip("/")))]
    lost += [link for link in LINKS.findall(text) if not (page.parent / link).exists()]
    for module in COMMANDS.findall(text):
        file = PROJECT / (module.replace(".", "/") + ".py")
        package = file.with_suffix("") / "__main__.py"
        lost += [] if file.exists() or package.exists() else [module]
    assert not lost


def test_the_glossary_has_one_word_for_one_thing() -> None:
    """No term stands twice, and every row names its Chinese word and its place in the code."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (PROJECT / "docs" / "glossary.md").read_text("utf-8").splitlines()
        if line.startswith("| ") and not line.startswith(("| English", "|---"))
    ]
    terms = [row[0] for row in rows]
    assert len(rows) > 30
    assert len(set(terms)) == len(terms)
    for term, chinese, place, meaning in rows:
        assert re.search("[\u4e00-\u9fff]", chinese), term
        assert NAMED.search(place), term
        assert meaning, term


def test_files_that_begin_are_there() -> None:
    """The slow files that workers begin with are files of the tests, each named once."""
    assert len(set(FIRST)) == len(FIRST)
    assert [name for name in FIRST if not (PROJECT / "tests" / name).is_file()] == []

"""The examples in docstrings run, and say what they show."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import planner

ROOT = Path(planner.__file__).parent
SHOWN = [
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    for path in sorted(ROOT.rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


@pytest.mark.parametrize("module", SHOWN)
def test_examples_run(module: str) -> None:
    """None of them fails."""
    ran = doctest.testmod(importlib.import_module(module), extraglobs={"planner": planner})
    assert not ran.failed


def test_most_examples_are_run() -> None:
    """Those of the face that need no files are run, not skipped."""
    parser = doctest.DocTestParser()
    texts = [(ROOT.parent / (m.replace(".", "/") + ".py")).read_text("utf-8") for m in SHOWN]
    examples = [e for text in texts for e in parser.get_examples(text)]
    run = [e for e in examples if not e.options.get(doctest.SKIP)]
    assert len(run) >= 15

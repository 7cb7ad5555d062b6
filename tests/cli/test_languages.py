"""What the commands print is in the reader's language: Chinese stands where `say` chooses, or nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import planner.cli

ROOT = Path(planner.cli.__file__).parent
CHINESE = re.compile("[\u3400-\u9fff]")
CHOOSING = {"say", "Option", "Argument", "Typer", "encode"}
"""Calls that hold both languages, or show nothing: one is shown, or both are in a help text."""
KEPT = {"zh", "remedy_zh"}
PAIRS = {"STAGE_WORDS", "SEVERITY_SAID"}
"""Tables of pairs, from which `say` chooses."""


def loose(tree: ast.AST) -> Iterator[ast.Constant]:
    """Give the Chinese texts that would be shown whatever the language."""
    if isinstance(tree, ast.Call):
        name = getattr(tree.func, "attr", getattr(tree.func, "id", ""))
        if name in CHOOSING:
            return
        for word in tree.keywords:
            if word.arg not in KEPT:
                yield from loose(word.value)
        for part in (tree.func, *tree.args):
            yield from loose(part)
        return
    if isinstance(tree, ast.Assign | ast.AnnAssign):
        targets = tree.targets if isinstance(tree, ast.Assign) else [tree.target]
        if any(getattr(t, "id", "") in PAIRS | {"zh", "told_zh"} for t in targets):
            return
    if isinstance(tree, ast.Constant):
        if isinstance(tree.value, str) and CHINESE.search(tree.value):
            yield tree
        return
    body = getattr(tree, "body", None)
    told = isinstance(tree, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(tree)
    for child in ast.iter_child_nodes(tree):
        if not (told and body and child is body[0]):
            yield from loose(child)


def test_a_loose_text_is_seen() -> None:
    """The rule fails on what it forbids, and lets through what chooses."""
    assert list(loose(ast.parse("print('未发送')")))
    assert list(loose(ast.parse("x = f'{n} 户'")))
    assert not list(loose(ast.parse("say('未发送', 'nothing was sent')")))
    assert not list(loose(ast.parse("raise E('no', zh='没有')")))
    assert not list(loose(ast.parse("def f():\n    'Help 帮助'")))


def test_no_command_prints_two_languages_at_once() -> None:
    """Every text in Chinese is one of a pair; names that end in `_zh` hold such halves."""
    wrong = []
    for path in sorted(ROOT.glob("*.py")):
        source = path.read_text("utf-8")
        lines = source.splitlines()
        for text in loose(ast.parse(source)):
            line = lines[text.lineno - 1]
            if not re.search(r"\w_zh\b.*=|=.*\bif\b.*_zh", line):
                wrong.append(f"{path.name}:{text.lineno} {text.value[:40]}")
    assert not wrong, "\n".join(wrong)

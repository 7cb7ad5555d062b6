"""Whoever reads only one language is told everything: each place that raises an error words it in both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import planner
from planner.errors import (
    ConfigError,
    Finding,
    InfeasibleError,
    MissingExtraError,
    PlannerError,
    SchemaError,
    Severity,
)

ROOT = Path(planner.__file__).parent
ERRORS = {
    "PlannerError", "ConfigError", "InputError", "SheetError", "SchemaError", "DatumError", "NetworkError",
    "InfeasibleError", "OutputError", "PrivacyError",
}  # fmt: skip
CHINESE = re.compile("[\u3400-\u9fff]{6,}|[\uff0c\uff1b\u3002]")
CODE = re.compile(
    r"\b(?:households_per_zone|members_per_zone|households_per_member|load_per_zone|walk_m)\b"
)


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Give every call that makes an error, and where it stands."""
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text("utf-8")
        if not any(f"{name}(" in text for name in ERRORS):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ERRORS:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def texts(node: ast.AST | None) -> str:
    """Give what stands in quotes below a node."""
    found = ast.walk(node) if node is not None else ()
    return " ".join(
        n.value for n in found if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )


@pytest.mark.parametrize(
    ("where", "call"), list(raised()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_an_error_is_worded_in_both_languages(where: str, call: ast.Call) -> None:
    """A message has Chinese words, a remedy has a Chinese one; the English holds no Chinese sentence."""
    words = {k.arg: k.value for k in call.keywords}
    assert "zh" in words, f"{where} has no Chinese"
    assert ("remedy" in words) == ("remedy_zh" in words), f"{where}: the remedy speaks one language"
    english = texts(call.args[0]) if call.args else ""
    assert not CHINESE.search(english + texts(words.get("remedy"))), where
    literal = isinstance(words["zh"], ast.Constant | ast.JoinedStr)
    assert (
        not literal
        or re.search("[\u3400-\u9fff]", texts(words["zh"]))
        or "{" in ast.unparse(words["zh"])
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_error_speaks_one_language(language: str) -> None:
    """Message, findings and remedy alike."""
    fault = Finding(
        "a", Severity.STOP, "wrong", "有误", "mend it", "请更正", "a.xlsx", "表", 3, "地址"
    )
    made = (
        PlannerError("what", remedy="do", zh="什么", remedy_zh="怎么办"),
        ConfigError("what", remedy="do", zh="什么", remedy_zh="怎么办"),
        SchemaError("what", findings=[fault] * 30, remedy="do", zh="什么", remedy_zh="怎么办"),
        InfeasibleError("what", remedy="do", zh="什么", remedy_zh="怎么办"),
    )
    for error in made:
        told = error.told([language])
        assert ("what" in told, "什么" in told) == (language == "en", language == "zh")
        assert ("do" in told.splitlines()[-1]) == (language == "en")
    told = made[2].told([language])
    assert ("第3行" in told, "row 3" in told) == (language == "zh", language == "en")
    assert ("另有10条" in told, "10 more" in told) == (language == "zh", language == "en")
    assert "尚未安装" in MissingExtraError("x", "y").told(["zh"])
    both = made[0].told(["zh", "en"])
    assert "what" in both
    assert "什么" in both


def test_no_error_speaks_in_words_of_code() -> None:
    """Rules are named in words, but where a key of the project file is meant."""
    wrong = [
        where
        for where, call in raised()
        if not where.startswith("model/rules.py") and CODE.search(ast.unparse(call))
    ]
    assert not wrong

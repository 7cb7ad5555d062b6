"""Errors and findings: what they say, in which language, in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import errors
from planner.errors import (
    ConfigError,
    Finding,
    InfeasibleError,
    MissingExtraError,
    OutputError,
    PlannerError,
    SchemaError,
    Severity,
    by_kind,
    without_numbers,
)

FINDINGS = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from(["a", "b", "c"]),
        severity=st.sampled_from(list(Severity)),
        what=st.just("x"),
        row=st.none() | st.integers(1, 9),
    ),
    max_size=30,
)


@given(FINDINGS)
def test_no_finding_is_lost_among_its_kind(findings: list[Finding]) -> None:
    """Each finding is counted once; the gravest kinds come first, and of those the most frequent."""
    kinds = by_kind(findings)
    assert sum(kind.count for kind in kinds) == len(findings)
    assert len({(k.first.severity, k.first.code) for k in kinds}) == len(kinds)
    rank = list(Severity)
    order = [(rank.index(k.first.severity), -k.count) for k in kinds]
    assert order == sorted(order)
    for kind in kinds:
        assert kind.examples[0] is kind.first
        assert len(kind.examples) == min(kind.count, kind.MOST)
        rows = [f.row is not None for f in kind.examples]
        assert rows == sorted(rows), "what concerns a whole file comes first"


def test_what_is_true_of_one_file_is_not_told_of_another() -> None:
    """Findings of one kind that say different things are told apart."""
    said = [
        Finding("c", Severity.STOP, f"{n} cells", file=file) for n, file in ((3, "a"), (7, "b"))
    ]
    (kind,) = by_kind([*said, Finding("c", Severity.STOP, "3 cells", file="c")])
    assert [[f.file for f in alike] for alike in kind.alike] == [["a", "c"], ["b"]]


def test_an_error_speaks_the_readers_language() -> None:
    """Chinese, English, or both; what has no Chinese stays English."""
    error = ConfigError("no", remedy="do", zh="不", remedy_zh="做")
    assert error.told(["en"]) == "no\n  -> do"
    assert error.told(["zh"]) == "不\n  -> 做"
    assert error.told(["zh", "en"]) == "不\n  -> 做\nno\n  -> do"
    assert ConfigError("no").told(["zh"]) == "no"
    assert ConfigError("no", zh="不").told(["zh"]) == "不"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("ConfigError", 2), ("InputError", 2), ("SheetError", 2), ("SchemaError", 2), ("DatumError", 2),
     ("NetworkError", 2), ("InfeasibleError", 3), ("OutputError", 4), ("PrivacyError", 5)],
)  # fmt: skip
def test_each_class_has_its_exit_code(kind: str, code: int) -> None:
    """The codes of the table in the docstring, which scheduled jobs rely on."""
    error = getattr(errors, kind)("x")
    assert isinstance(error, PlannerError)
    assert error.exit_code == code


def test_builtin_classes_catch_them_too() -> None:
    """Whoever catches ValueError, OSError or ImportError catches what is one."""
    assert isinstance(ConfigError("x"), ValueError)
    assert isinstance(OutputError("x"), OSError)
    assert isinstance(MissingExtraError("httpx", "online"), ImportError)
    assert "zone-planner[online]" in MissingExtraError("httpx", "online").remedy
    assert InfeasibleError("x", certificate=3).certificate == 3


def test_all_faults_are_told_up_to_twenty() -> None:
    """The text shows twenty, the error holds all."""
    faults = [Finding("x", Severity.STOP, f"fault {n}") for n in range(23)]
    error = SchemaError("wrong", findings=faults, remedy="mend")
    assert len(error.findings) == 23
    assert "fault 19" in str(error)
    assert "fault 20" not in str(error)
    assert "and 3 more" in str(error)
    assert str(error).endswith("-> mend")


def test_a_place_names_file_sheet_row_and_column() -> None:
    """As a clerk would say it, and never with a phone number that a file is named by."""
    said = Finding("c", Severity.HOLD, "w", "", "do", "", "13912345678.xlsx", "居民户", 417, "地址")
    assert said.where == "***.xlsx, sheet 居民户, row 417, column 地址"
    assert str(said) == f"[hold] {said.where}: w -> do"


@pytest.mark.parametrize("text", ["13912345678", "+86 139-1234-5678", "34040119500101001X"])
def test_numbers_of_people_are_hidden(text: str) -> None:
    """Mobile phones and citizens' numbers never reach a message; other numbers do."""
    assert without_numbers(f"a {text} b") == "a *** b"
    assert without_numbers("117.0201234567890, row 13912") == "117.0201234567890, row 13912"

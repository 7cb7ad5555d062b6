"""What an office means by what it writes: rules reach the estates that they name, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.model.rewrites import Rewrite, read_rewrites, rewrites_bytes, rewritten, rules_file

RULE = Rewrite("向阳花园", "N楼", "N号楼")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("向阳花园3楼2单元501", "向阳花园3号楼2单元501"),
        ("某市某路5号向阳花园12楼301室", "某市某路5号向阳花园12号楼301室"),
        ("向阳花园小区三楼501", "向阳花园小区三号楼501"),
        ("向阳花园 3楼", "向阳花园 3号楼"),
        ("向阳花园3号楼5楼501", "向阳花园3号楼5楼501"),
        ("朝阳花园3楼501", "朝阳花园3楼501"),
        ("向阳花园3楼层", "向阳花园3楼层"),
        ("", ""),
    ],
)
def test_a_rule_reaches_what_it_names(written: str, meant: str) -> None:
    """The number right behind the estate; floors behind a building, and other estates, stay."""
    assert rewritten([written], [RULE]) == [meant]


def test_marks_of_other_kinds() -> None:
    """Whatever stands before and behind the number is taken as written, never as a pattern."""
    rules = [Rewrite("甲苑", "第N排", "N栋"), Rewrite("乙苑", "N(东)", "东N号楼")]
    assert rewritten(["甲苑第3排1号", "乙苑5(东)201", "乙苑5东"], rules) == [
        "甲苑3栋1号", "乙苑东5号楼201", "乙苑5东",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [("", "N楼", "N号楼"), ("甲", "楼", "N号楼"), ("甲", "N楼", "N楼"), ("甲", "NN楼", "N号楼")],
)
def test_rules_that_cannot_be_used(rule: tuple[str, str, str]) -> None:
    """No estate, no number, no change."""
    assert not Rewrite(*rule).sound


def test_they_are_kept_beside_the_answers(tmp_path: Path) -> None:
    """Written and read back, each once; no file is no rule, a damaged line is left out."""
    path = rules_file(tmp_path / "accepted.csv")
    assert path.name == "accepted-rules.csv"
    assert read_rewrites(path) == ()
    own = Rewrite("=甲", "N#", "N号楼")
    path.write_bytes(rewrites_bytes([RULE, own, RULE]))
    assert read_rewrites(path) == (RULE, own)
    assert b"\r\n'=" in path.read_bytes()
    path.write_text("小区,写法,实为\n甲,N楼\n", "utf-8")
    assert read_rewrites(path) == ()

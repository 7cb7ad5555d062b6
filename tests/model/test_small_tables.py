"""Small tables of kinds: read, refused, and their words folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.model.serving import class_of, count_of, service_counts, visit_classes
from planner.model.small_tables import folded, small_table, words_of


@dataclass(frozen=True)
class One:
    """A kind."""

    code: str
    days: int


def one(row: Mapping[str, str]) -> One:
    """Make a kind of a row."""
    return One(row["code"].strip(), int(row["days"]))


def read(path: Path) -> tuple[One, ...]:
    """Read a table."""
    return small_table(
        "care_kinds.csv", path, one, lambda name: InputError.of("bad-visit-classes", name=name)
    )


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    """In its order; the mark that Excel puts in front is none of the first heading."""
    path = tmp_path / "t.csv"
    path.write_text("code,days\nb,7\na,30\n", "utf-8-sig")
    assert read(path) == (One("b", 7), One("a", 30))


@pytest.mark.parametrize(
    "text",
    ["", "code,days\n", "code,days\na,1\na,2\n", "code\na\n", "code,days\na\n", "code,days\na,x\n"],
)
def test_a_table_that_is_none(tmp_path: Path, text: str) -> None:
    """Empty, a code twice, a column or a cell that is not there, no number: refused by name."""
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"t\.csv"):
        read(path)


def test_words_are_folded() -> None:
    """Traditional characters, capitals and blanks make no other word."""
    assert words_of(" 調解 |Mediation||") == ("调解", "mediation")
    assert folded(" 每週 ") == folded("每周")


def test_a_log_in_traditional_characters_counts_alike() -> None:
    """A kind and a class are found by either writing."""
    counts = service_counts()
    assert count_of("調解糾紛", *counts) == count_of("调解纠纷", *counts) != ""
    classes = visit_classes()
    assert class_of("每週", 0.0, classes) == class_of("每周", 0.0, classes)

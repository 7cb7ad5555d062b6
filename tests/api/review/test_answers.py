"""A filled-in review workbook is read whole, or refused with every fault."""

from __future__ import annotations

import io
import math
from pathlib import Path

import openpyxl
import pytest

from planner.api.review.answers import read_choices
from planner.errors import SchemaError
from planner.render.books.review_book import CHOICE, KEY, Line, Option, review_bytes

OPTIONS = (
    Option("甲路1号", "building", 0.0, 117.0, 32.6),
    Option("甲路", "street", 40.0, 117.1, 32.7),
)
LINES = tuple(
    Line(f"key{i}", f"甲路{i}号", "甲社区", i, "homes.xlsx 3", "不明", "unclear", OPTIONS)
    for i in (1, 2, 3)
)
AREA = (116.0, 32.0, 118.0, 33.0)


def filled(path: Path, *choices: object, **cells: object) -> Path:
    """Write a review of three lines with these choices; `cells` overwrite others in the first line."""
    book = openpyxl.load_workbook(io.BytesIO(review_bytes(LINES)))
    sheet = book.worksheets[0]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row, choice in enumerate(choices, 2):
        sheet.cell(row, at[CHOICE]).value = choice  # type: ignore[assignment]
    for name, value in cells.items():
        sheet.cell(2, at[{"key": KEY}.get(name, name)]).value = value  # type: ignore[assignment]
    book.save(path)
    return path


def test_each_way_of_choosing(tmp_path: Path) -> None:
    """A number takes a candidate, 无 rules all of them out, coordinates are a place of one's own."""
    one, none, own = read_choices(filled(tmp_path / "r.xlsx", 2, "无", "117.25，32.5"), AREA)[0]
    assert (one.key, one.text, one.community) == ("key1", "甲路1号", "甲社区")
    assert (one.lon, one.lat, one.precision, one.label) == (117.1, 32.7, "street", "甲路")
    assert none.precision == "none"
    assert math.isnan(none.lon)
    assert (own.lon, own.lat, own.precision) == (117.25, 32.5, "building")


def test_a_line_without_a_choice_is_left(tmp_path: Path) -> None:
    """Counted, and no fault; numbers may come back as text or with a decimal."""
    chosen, left = read_choices(filled(tmp_path / "r.xlsx", None, "1.0", " NONE "), None)
    assert [c.key for c in chosen] == ["key2", "key3"]
    assert left == 1


def test_every_fault_is_told(tmp_path: Path) -> None:
    """With its row, and nothing is taken from the lines that are right."""
    book = filled(tmp_path / "r.xlsx", "1", "9", "maybe")
    with pytest.raises(SchemaError) as refused:
        read_choices(book, AREA)
    assert [(f.row, f.column, f.code) for f in refused.value.findings] == [
        (3, CHOICE, "bad-choice"),
        (4, CHOICE, "bad-choice"),
    ]
    assert "candidate 9" in refused.value.findings[0].what


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        ("120.5,32.6", "outside the area"),
        ("32.6,117.0", "out of range"),
        ("181,10", "out of range"),
    ],
)
def test_places_that_cannot_be(tmp_path: Path, choice: str, why: str) -> None:
    """Beyond the streets, exchanged, or nowhere on earth."""
    with pytest.raises(SchemaError) as refused:
        read_choices(filled(tmp_path / "r.xlsx", choice), AREA)
    assert why in refused.value.findings[0].what


def test_a_key_that_was_deleted(tmp_path: Path) -> None:
    """A choice without a key is a fault of the column of keys; a line without both is blank."""
    with pytest.raises(SchemaError) as refused:
        read_choices(filled(tmp_path / "r.xlsx", "1", key=None), AREA)
    assert refused.value.findings[0].column == KEY
    assert read_choices(filled(tmp_path / "s.xlsx", None, "1", key=None), AREA)[1] == 1


def test_a_typed_over_precision_is_a_building(tmp_path: Path) -> None:
    """The office may have written there; without coordinates a candidate is none."""
    (taken, *_), _ = read_choices(
        filled(tmp_path / "r.xlsx", 1, **{"精度1 precision 1": "roughly"}), AREA
    )
    assert taken.precision == "building"
    with pytest.raises(SchemaError):
        read_choices(filled(tmp_path / "s.xlsx", 1, **{"经度1 lon 1": ""}), AREA)


def test_another_workbook_is_none(tmp_path: Path) -> None:
    """Told what is missing."""
    book = openpyxl.Workbook()
    book.active.append(["编号", "地址"])  # type: ignore[union-attr]
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(SchemaError, match="not a review workbook"):
        read_choices(tmp_path / "x.xlsx", None)

"""Cells become clean text, ids and loads: repaired once, told once, nothing else changed."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.sheets.cell_values import (
    MOST_LOAD,
    clean_column,
    clean_ids,
    fill_same_as_above,
    half_width,
    read_loads,
)


def rows(n: int, sheet: str = "") -> pd.DataFrame:
    """Give the places of n rows."""
    return pd.DataFrame({"file": "a.csv", "sheet": sheet, "row": range(2, n + 2)})


def cleaned(*texts: str, name: str = "address") -> tuple[list[str], list[str]]:
    """Clean a column: its texts and the codes of what was repaired."""
    values, said = clean_column(pd.Series(list(texts), dtype=object), name, rows(len(texts)))
    return values.to_list(), [f.code for f in said]


@pytest.mark.parametrize(
    ("text", "clean", "code"),
    [
        ("\u200b甲路1号", "甲路1号", "control-characters"),
        ("甲\ufeff路", "甲路", "control-characters"),
        ("甲\x07路", "甲路", "control-characters"),
        ("\ud800甲", "甲", "control-characters"),
        (" 甲路 ", "甲路", "stray-blanks"),
        ("甲  路", "甲 路", "stray-blanks"),
        ("甲\u3000路", "甲 路", "stray-blanks"),
        ("甲\n路", "甲 路", "stray-blanks"),
        ("甲路１２号Ｂ", "甲路12号B", "full-width"),
    ],
)
def test_a_repair_is_named(text: str, clean: str, code: str) -> None:
    """Each kind by its code, with its row."""
    assert cleaned(text) == ([clean], [code])


def test_names_keep_their_characters() -> None:
    """Rare characters, compatibility ideographs and punctuation are what a name is written with."""
    kept = ["𠮷祥里", "㐂路", "羅（東）", "A-1", "①号", "ﬁ"]
    assert cleaned(*kept) == (kept, [])
    assert cleaned("ＩＤ１", name="id") == (["ＩＤ１"], [])
    assert cleaned("㈠社区", name="community")[0] == ["(一)社区"]


@given(st.lists(st.text(max_size=12), max_size=6))
def test_cleaning_twice_is_cleaning_once(texts: list[str]) -> None:
    """What comes out needs no repair, and a row that needed none is as it was."""
    once, said = cleaned(*texts)
    again, quiet = cleaned(*once)
    assert (again, quiet) == (once, [])
    if not said:
        assert once == texts


@given(st.lists(st.from_regex(r"[0-9A-Z\-]{1,8}", fullmatch=True), max_size=6))
def test_plain_ids_are_kept_exactly(ids: list[str]) -> None:
    """Zeros in front, dashes and letters are part of an id."""
    values, said = clean_ids(pd.Series(ids, dtype=object), rows(len(ids)))
    assert values.to_list() == ids
    assert not said


def test_ids_of_other_programs() -> None:
    """Full width is folded and told once; nothing else of an id is touched here."""
    values, said = clean_ids(pd.Series(["12", "007", "Ｈ１", "1.50", "-3"]), rows(5))
    assert values.to_list() == ["12", "007", "H1", "1.50", "-3"]
    assert [(f.code, f.what[0]) for f in said] == [("id-width", "1")]


def test_the_same_as_above() -> None:
    """同上 takes the value above it in the same sheet, through several rows, and never of another sheet."""
    places = pd.concat([rows(3, "一"), rows(2, "二")], ignore_index=True)
    values, said = fill_same_as_above(
        pd.Series(["甲", "同上", "〃", "ditto", "乙"]), "address", places
    )
    assert values.to_list() == ["甲", "甲", "甲", "", "乙"]
    assert [f.row for f in said] == [3, 4, 2]
    untouched = pd.Series(["甲", "乙"])
    assert fill_same_as_above(untouched, "address", rows(2))[0] is untouched


LOADS = [
    ("", 1.0), ("3", 3.0), ("2.5", 2.5), ("0", 0.0), ("3人", 3.0), ("三", 3.0), ("十", 10.0), ("十二", 12.0),
    ("二十五口人", 25.0), ("１２", 12.0), ("1,000", 1000.0), ("30 分钟", 30.0), ("两", 2.0),
    ("-1", None), ("1001", None), ("约3", None), ("inf", None), ("1e9", None), ("三四", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "load"), LOADS)
def test_loads(text: str, load: float | None) -> None:
    """Numbers in words and with units are read; what is none is marked and counts as 1."""
    frame = rows(1).assign(load=text, load_header="工作量")
    values, bad, _ = read_loads(frame)
    if text == "三四":  # digits one by one
        load = 34.0
    assert bad.tolist() == [load is None]
    assert values.tolist() == [1.0 if load is None else load]


def test_half_a_person_is_no_load() -> None:
    """Where people are counted a fraction is a fault; minutes may have one."""
    for header, wrong in (("家庭人口", True), ("户数", True), ("minutes", False)):
        frame = rows(2).assign(load=["2.5", "2"], load_header=header)
        assert read_loads(frame)[1].tolist() == [wrong, False]


@given(st.floats(allow_nan=True) | st.text(max_size=6).map(str))
def test_a_load_is_always_usable(value: float | str) -> None:
    """Whatever stands in a cell, the load is a number from 0 to the limit."""
    frame = rows(1).assign(load=str(value), load_header="load")
    (load,), _, _ = read_loads(frame)
    assert math.isfinite(load)
    assert 0 <= load <= MOST_LOAD


def test_no_loads_at_all() -> None:
    """A sheet without the column counts each home once."""
    values, bad, said = read_loads(rows(3).assign(load="", load_header=""))
    assert values.tolist() == [1.0] * 3
    assert not bad.any()
    assert not said
    assert np.issubdtype(values.dtype, np.floating)
    assert half_width("ＡＢ１") == "AB1"

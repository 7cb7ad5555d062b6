"""The report of a check: terminal, Markdown, notebook and JSON say the same, and nothing runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planner.errors import Finding, Severity
from planner.render.text.check_report import (
    NOT_TRIED,
    html,
    json_bytes,
    markdown,
    plain,
    summary_lines,
)
from tests.plans import HOSTILE

FILE: dict[str, Any] = {
    "file": "a.xlsx", "table": "households", "rows": 10, "placed": 7, "held": 2, "repeated": 1,
    "encoding": "", "separator": "", "columns": {"住址": "address"}, "refused": False,
}  # fmt: skip
FIGURES: dict[str, Any] = {
    "exit_code": 0,
    "counts": {"rows": 10, "placed": 7, "held": 2, "repeated": 1, "hold": 2},
    "files": [FILE],
}
FIX = Finding("fixed", Severity.FIX, "mended", "已修", file="a.xlsx", row=3, column="住址")
STOP = Finding("wrong", Severity.STOP, "no good", "不行", "mend it", "请改", file="a.xlsx", row=9)


def test_the_gravest_comes_first() -> None:
    """Wherever findings are listed, whatever order they came in."""
    for text in (
        plain(FIGURES, [FIX, STOP], 9),
        markdown(FIGURES, [FIX, STOP]),
        html(FIGURES, [FIX, STOP], 9),
    ):
        assert text.index("no good") < text.index("mended")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"exit_code": 2}, "must be mended"),
        ({}, "held row(s) will be gaps"),
        ({"counts": {**FIGURES["counts"], "hold": 0}}, "zones can be planned"),
    ],
)
def test_the_last_word(change: dict[str, Any], said: str) -> None:
    """Whether zones can be planned."""
    figures = FIGURES | change
    assert said in plain(figures, [], 9).splitlines()[-1]
    assert said in markdown(figures, [])
    assert said in html(figures, [], 9)


def test_only_the_first_are_shown() -> None:
    """Findings of one kind are one line with its count and three places; a page counts the rest."""
    many = [STOP] * 5
    assert "×5" in plain(FIGURES, many, 2)
    assert "... (+2)" in plain(FIGURES, many, 2)
    assert "3 more" in html(FIGURES, many, 2)
    assert "more" not in html(FIGURES, many, 5).partition("<tbody>")[2]
    assert html(FIGURES, many, 2).count("<tr>") == 3
    assert markdown(FIGURES, many).count("no good") == 5


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_inert(text: str) -> None:
    """What looks like markup, code or a formula is shown, not run."""
    finding = Finding(
        "x", Severity.WARN, text, text, text, text, file=text, sheet=text, column=text
    )
    page = html(FIGURES | {"files": [FILE | {"file": text}]}, [finding], 9)
    assert "$" not in page
    assert "`" not in page
    for mark in ("<img", "<script", "<svg", "<b>bold", "<!--"):
        assert mark not in page
        assert mark not in markdown(FIGURES, [finding])
    assert "\u2028" not in plain(FIGURES, [finding], 9)


def test_a_phone_is_in_no_report() -> None:
    """Numbers that give a person away are masked wherever they slipped in."""
    finding = Finding("x", Severity.WARN, "call 13800138000", "电话13800138000", file="a.xlsx")
    for text in (
        plain(FIGURES, [finding], 9),
        markdown(FIGURES, [finding]),
        html(FIGURES, [finding], 9),
        json_bytes(FIGURES, [finding]).decode(),
    ):
        assert "13800138000" not in text


def test_a_file_that_was_refused_is_not_counted() -> None:
    """Its numbers would look as if it had been read."""
    figures = FIGURES | {"files": [FILE | {"refused": True}]}
    assert "not used until corrected" in plain(figures, [], 9)
    assert "| 10 |" not in markdown(figures, [])
    assert dict(summary_lines(figures, "a.xlsx"))["居民户 households"].startswith("not used")


def test_addresses_that_were_not_looked_up() -> None:
    """Without streets the report says how many."""
    figures = FIGURES | {"placed_by": {NOT_TRIED: 4}}
    assert "10 rows = 3 placed + 4 not looked up" in plain(figures, [], 9)


def test_the_head_of_a_marked_copy_is_of_its_own_file() -> None:
    """Counts, columns and encoding of that file alone."""
    other = FILE | {"file": "b.csv", "encoding": "gb18030", "separator": ","}
    lines = dict(summary_lines(FIGURES | {"files": [FILE, other]}, "b.csv"))
    assert lines["编码 encoding"] == "gb18030, ,"
    assert "住址 = " in lines["列 columns"]
    assert "编码 encoding" not in dict(summary_lines(FIGURES, "a.xlsx"))


def test_json_holds_every_finding() -> None:
    """For a program: all of it, as data."""
    told = json.loads(json_bytes(FIGURES, [FIX, STOP]))
    assert [f["code"] for f in told["findings"]] == ["fixed", "wrong"]
    assert told["counts"] == FIGURES["counts"]


def test_numbers_of_each_file_are_told() -> None:
    """Of a kind that two files have with other numbers and remedies, both are said."""
    said = [
        Finding(
            "datum",
            Severity.STOP,
            f"{n} coordinates",
            f"{n}组坐标",
            f"set {datum}",
            f"写明 {datum}",
            file,
        )
        for n, datum, file in ((240, "gcj02", "h.csv"), (24, "bd09", "m.csv"))
    ]
    text = plain(FIGURES, said, 2)
    assert "240 coordinates" in text
    assert "m.csv: 24组坐标 24 coordinates" in text
    assert "set gcj02" in text
    assert "set bd09" in text

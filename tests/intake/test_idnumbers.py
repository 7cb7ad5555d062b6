"""Identity numbers: what is wrong with one is told, the number never."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import SchemaError, Severity
from planner.intake.idnumbers import examine_id_numbers, fault_of, is_id_number
from planner.intake.residents import read_households

GOOD = "999999200001010018"


def checked(body: str) -> str:
    """Give a number with its check digit, written from the standard (ISO 7064, MOD 11-2)."""
    value = 0
    for digit in body:
        value = (value + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - value) % 11]


@given(st.from_regex(r"[1-9][0-9]{16}", fullmatch=True), st.integers(0, 16), st.integers(1, 9))
def test_any_wrong_digit_is_seen(body: str, at: int, by: int) -> None:
    """A right number has no fault; one wrong digit always has."""
    number = checked(body)
    assert fault_of(number) == ("", "")
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert fault_of(wrong)[0] == "an identity number whose check digit does not fit"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""), ("   ", ""), ("123456789012345", "15 digits"), ("12345", "5 characters"),
        ("99999920000101001A", "no digits"), ("9999992000010１００1a", "no digits"),
        (checked("99999920000101002")[:-1].lower() + "x", ""), ("'" + checked("99999920000101001"), ""),
    ],
)  # fmt: skip
def test_each_fault_has_its_words(text: str, said: str) -> None:
    """Old, short and unreadable numbers are told apart, in both languages."""
    what, zh = fault_of(text)
    if said:
        assert said in what
        assert zh
    assert text.strip() == "" or text.strip() not in what + zh


def test_a_lower_case_x_is_told() -> None:
    """The standard wants a capital."""
    body = next(b for i in range(99) if (b := f"999999200001010{i:02d}") and checked(b)[-1] == "X")
    assert fault_of(checked(body)) == ("", "")
    assert "lower-case" in fault_of(body + "x")[0]


def test_a_sheet_is_examined_by_row_and_column(tmp_path: Path) -> None:
    """Each finding names the cell; numbers that Excel has cut are told as such; none is repeated."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    wrong = checked("99999920000101001")[:-1] + "Q"
    sheet.append(["编号", "公民身份号码(18位)", "地址"])
    for value in (checked("99999920000101001"), wrong, 999999200001010018, None):
        sheet.append(["1", value, wrong])
    book.save(tmp_path / "a.xlsx")
    said = examine_id_numbers(tmp_path / "a.xlsx", name="名册")
    assert [(f.file, f.row, f.code, f.severity) for f in said] == [
        ("名册", 3, "id-number", Severity.WARN), ("名册", 4, "id-number", Severity.WARN),
    ]  # fmt: skip
    assert {f.column for f in said} == {"公民身份号码(18位)"}
    assert "lost the last digits" in said[1].what
    assert not any(wrong in str(f) or "2000" in f.what for f in said)


def test_an_id_number_by_its_form() -> None:
    """A day of birth and the right last character; other long numbers are none."""
    assert is_id_number("999999199003078030")
    assert is_id_number(checked("99999919851231001").lower())
    for other in (
        "340405001122330011",
        checked("99999919900231803"),
        "H0001",
        "",
        "1101011990030780",
    ):
        assert not is_id_number(other)


def test_ids_that_are_citizens_numbers_stop_at_the_door(tmp_path: Path) -> None:
    """Rather than at the gate, after the whole search; the column is named, no number is."""
    (tmp_path / "h.csv").write_text("户号,地址\n999999199003078030,甲路1号\nH2,甲路2号\n", "utf-8")
    with pytest.raises(SchemaError) as caught:
        read_households(tmp_path / "h.csv")
    assert [(f.code, f.row, f.column) for f in caught.value.findings] == [
        ("id-number-as-id", 2, "户号")
    ]
    assert "9999991990" not in str(caught.value)

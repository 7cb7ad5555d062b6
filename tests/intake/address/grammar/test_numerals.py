"""Chinese numerals are read as they are counted and as they are spelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.address.grammar.numerals import CHINESE_DIGITS, canonical_number, to_int

DIGITS = "零一二三四五六七八九"


def counted(n: int) -> str:
    """Count a number below ten thousand in Chinese."""
    out, gap = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit:
            out += ("零" if gap and out else "") + DIGITS[digit] + word
        gap = not digit
    return out


@given(st.integers(1, 9999))
def test_counted_and_spelt_numbers_are_one(n: int) -> None:
    """一百零三 and 一零三 are 103, and so is 103 itself."""
    spelt = "".join(DIGITS[int(c)] for c in str(n))
    assert to_int(counted(n)) == to_int(spelt) == n
    assert canonical_number(counted(n)) == canonical_number(spelt) == str(n)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("廿三", 23), ("卅", 30), ("十", 10), ("两百", 200), ("幺零二", 102), ("〇八", 8), ("壹拾贰", 12),
     ("叁佰", 300), ("兩", 2), ("一百二", 102)],
)  # fmt: skip
def test_numerals_of_ledgers(numeral: str, value: int) -> None:
    """Financial and spoken numerals, which no library reads all of."""
    assert to_int(numeral) == value


@pytest.mark.parametrize("text", ["", "三A", "3", "一" * 13, "号"])
def test_what_is_no_numeral(text: str) -> None:
    """Other characters, and more digits than any number has, give nothing."""
    assert to_int(text) is None


@pytest.mark.parametrize(
    ("text", "counted_only", "spelt"),
    [
        ("五一小区", True, "五一小区"),
        ("五一小区", False, "51小区"),
        ("三期", True, "3期"),
        ("纬三路", True, "纬3路"),
        ("阳光三区", True, "阳光3区"),
        ("阳光小区三", True, "阳光小区3"),
        ("007", False, "7"),
        ("b012", False, "B12"),
        ("0", False, "0"),
    ],
)
def test_only_what_counts_is_read(text: str, *, counted_only: bool, spelt: str) -> None:
    """A numeral inside of a name stays; leading zeros go."""
    assert canonical_number(text, counted_only=counted_only) == spelt


@given(st.text(st.sampled_from(CHINESE_DIGITS + "0129路区b-"), max_size=12), st.booleans())
def test_spelling_settles(text: str, counted_only: bool) -> None:
    """Spelling what is spelt changes nothing."""
    once = canonical_number(text, counted_only=counted_only)
    assert canonical_number(once, counted_only=counted_only) == once

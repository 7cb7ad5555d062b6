"""Where the numbers of a line stand, and which unit word each has."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.address.grammar.numbers import UNIT_WORDS, find_numbers


def said(text: str) -> list[tuple[str, str]]:
    """Give the numbers of a line with their units, whole chains left out."""
    return [(text[n.start : n.end], n.unit) for n in find_numbers(text) if not n.whole]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3栋2单元501室", [("3栋", "bld"), ("2单元", "cell"), ("501室", "room")]),
        ("十二号楼", [("十二号楼", "bld")]),
        ("幸福路12号", [("12号", "hao")]),
        ("669弄14号", [("669弄", "nong"), ("14号", "hao")]),
        ("669弄12支弄5号", [("669弄", "nong"), ("12支弄", "sublane"), ("5号", "hao")]),
        ("3-2-501", [("3", "bare"), ("2", "bare"), ("501", "bare")]),
        ("2楼 1门 102室", [("2楼", "bld"), ("1门", "cell"), ("102室", "room")]),
        ("2楼1单元", [("2楼", "bld"), ("1单元", "cell")]),
        ("2楼102", [("2楼", "flr"), ("102", "bare")]),
        ("八楼79号门", [("八楼", "flr"), ("79号门", "gate")]),
        ("东单元", [("东单元", "cell")]),
        ("第3期", [("第3期", "zone")]),
        ("三元里", []),
        ("A股公司", []),
        ("4S店", []),
        ("60米", [("60米", "far")]),
        ("8 2 501", [("8", "bare"), ("2", "bare"), ("501", "bare")]),
    ],
)
def test_numbers_and_their_units(text: str, numbers: list[tuple[str, str]]) -> None:
    """A numeral counts only where a unit word or a dash says so."""
    assert said(text) == numbers


@pytest.mark.parametrize(
    "text",
    ["17-19号", "12、14号", "12/14号", "144至148号", "144到148号", "12号至16号", "12号、14号"],
)
def test_two_numbers_of_one_door_are_read_whole_too(text: str) -> None:
    """A range, and two numbers at one door, are found in pieces and as one."""
    whole = [n for n in find_numbers(text) if n.whole]
    assert [(n.start, n.end, n.unit, n.even) for n in whole] == [(0, len(text), "hao", True)]


def test_a_chain_knows_its_neighbours() -> None:
    """Each element of `3-2-501` knows that a dash follows, and how the chain ends."""
    first, second, last = find_numbers("3-2-501室")
    assert (first.dashed, second.dashed, last.dashed) == (True, True, False)
    assert {n.tail for n in (first, second, last)} == {"room"}
    assert first.deep


def test_what_follows_at_once_is_noted() -> None:
    """A building behind a number fronts it, a stairwell or a room is led to."""
    number, _ = find_numbers("11号A栋")
    assert number.fronts
    assert not number.leads
    building, _ = find_numbers("11栋2单元")
    assert building.leads


@given(st.text(st.sampled_from("0123456789一二十ABab号栋单元楼室-、 路区东第"), max_size=30))
def test_numbers_lie_in_the_line_and_ascend(text: str) -> None:
    """Pieces are in range, in order, and carry a unit that is known; digits are counted right."""
    found = find_numbers(text)
    assert all(0 <= n.start < n.end <= len(text) for n in found)
    assert [n.start for n in found if not n.whole] == sorted(n.start for n in found if not n.whole)
    assert {n.unit for n in found} <= {*UNIT_WORDS, "bare"}


def test_unit_words_are_expressions() -> None:
    """Each unit has words, and each is a regular expression that takes no empty word."""
    for words in UNIT_WORDS.values():
        assert not re.compile(words).fullmatch("")

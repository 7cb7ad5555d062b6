"""What holds for any text at all: no exception, honest spans, stable spellings, linear time."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.address.canonical import canonical_field
from planner.intake.address.fold import fold
from planner.intake.address.grammar.lexicon import words
from planner.intake.address.grammar.numerals import canonical_number, to_int
from planner.intake.address.parse import FIELDS, parse_address

WORDS = words(
    "安徽省 淮南市 台州 路桥 深圳 南山 八公山区 山王镇 土坝孜街道 建井社区 下郢村 幸福路 "
    "中山大道 阳光小区 光明大厦 东区 二期 7街 2-7街 5梯 3组 60米 号门 12-15号 1105-1106室 "
    "12号 3栋 十二幢 B座 2单元 5楼 501 501室 - — / ( ) （ ） ， ０１２ 一 号 栋 单元 路 区 "
    "市 对面 与 电联 "
    "附3号 3#  A 12F 13800000000 Main St Apt \u200b \ud800 \x00 \u202e 𠮷 ① Ⅳ"
)
lines = st.one_of(
    st.lists(st.sampled_from([*WORDS, " ", "\u3000", "\u200b"]), max_size=14).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=60),
)


@settings(max_examples=250, deadline=None)
@given(lines)
def test_any_text_is_read_honestly(text: str) -> None:
    """Spans are in range, disjoint, and cut out just the fields; nothing is lost or invented."""
    found = parse_address(text)
    taken: list[tuple[int, int]] = sorted(found.spans.values())
    assert all(0 <= start < end <= len(text) for start, end in taken)
    assert all(a[1] <= b[0] for a, b in pairwise(taken))
    for name in FIELDS[:-1]:
        span = found.spans.get(name)
        assert getattr(found, name) == (text[slice(*span)] if span else "")
    assert all(piece in text for piece in found.remainder.split(" ") if piece.strip())
    assert parse_address(text) == found


@settings(max_examples=150, deadline=None)
@given(lines)
def test_spelling_twice_changes_nothing(text: str) -> None:
    """Folding, numerals and canonical fields are idempotent, and folding keeps the length."""
    once = fold(text)
    assert fold(once) == once
    assert len(once) == len(text)
    assert canonical_number(canonical_number(once)) == canonical_number(once)
    for name in FIELDS:
        spelt = canonical_field(name, text)
        assert canonical_field(name, spelt) == spelt


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 99), st.integers(1, 6), st.integers(101, 3304))
def test_width_numerals_and_units_do_not_matter(block: int, stair: int, room: int) -> None:
    """Width, dash or unit words, and leading zeros never change the identity of a home."""
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    plain = parse_address(f"阳光小区{block}-{stair}-{room}")
    others = [
        f"阳光小区{block}-{stair}-{room}".translate(wide),
        f"阳光小区{block}栋{stair}单元{room}室",
        f"阳光小区{block:02}幢{stair:02}单元{room}",
        f"阳光小区{block}号楼 {stair} 单元 {room} 室",
    ]
    for other in map(parse_address, others):
        assert other.building_key == plain.building_key == f"||阳光小区||{block}"
        assert other.canonical("stairwell") == str(stair)
        assert other.canonical("room") == str(room)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零三", 103),
        ("五零一", 501),
        ("廿三", 23),
        ("一千二百", 1200),
        ("叁", 3),
        ("两", 2),
        ("一二零三", 1203),
    ],
)
def test_chinese_numerals(text: str, value: int) -> None:
    """Counted and spelt numerals are read."""
    assert to_int(text) == value


def test_what_is_no_numeral_is_none() -> None:
    """Other characters and overlong runs are refused, not misread."""
    assert to_int("") is None
    assert to_int("三A") is None
    assert to_int("一" * 13) is None


@pytest.mark.parametrize(
    "piece",
    [
        "幸福路12号",
        "1-",
        "路",
        "村",
        "小区",
        "一",
        "A",
        " ",
        "号楼",
        "\ud800",
        "12 ",
        "大道3号大街",
    ],
)
def test_long_lines_take_no_longer_than_they_should(piece: str) -> None:
    """10 kB of anything is read in a moment."""
    text = (piece * 10_000)[:10_000]
    began = time.process_time()
    found = parse_address(text)
    assert time.process_time() - began < 1.0
    assert found.remainder or not text.strip()

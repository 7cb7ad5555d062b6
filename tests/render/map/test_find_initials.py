"""Characters are found by the first letter of their reading."""

from __future__ import annotations

import pytest

from planner.render.map.find import SEVERAL, first_letters


@pytest.mark.parametrize(
    ("name", "letters"),
    [("幸福路", "xfl"), ("八公山区", "bgsq"), ("淮南", "hn"), ("安徽", "ah"), ("泉山湖", "qsh"),
     ("阿坝", "ab"), ("座", "z"), ("圳", "z"), ("鄞", "y"), ("齄", "z")],
)  # fmt: skip
def test_names_of_places(name: str, letters: str) -> None:
    """Common characters by their order in GB 2312, rarer ones by the table."""
    known = first_letters([name])
    assert "".join(known[c][0] for c in name) == letters


def test_characters_that_are_read_in_two_ways() -> None:
    """Both letters are kept, the likelier first."""
    known = first_letters(["重庆厦门长街"])
    assert known["重"] == "zc"
    assert set(known["厦"]) == set("sx")
    assert known["长"][0] in "cz"
    assert set(known["长"]) == {"c", "z"}
    assert all(len(letter) == 1 for letter in SEVERAL.values())


def test_what_has_no_reading_is_left_out() -> None:
    """Latin letters, digits, signs, and characters beyond GB 2312."""
    assert first_letters(["abc 12，。", "龘", "", "𠀀"]) == {}
    assert first_letters([]) == {}


def test_every_character_of_the_standard_has_a_letter() -> None:
    """6,763 characters, each a letter that begins a reading; i, u and v begin none."""
    rows = [bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    chars = [text for raw in rows if (text := raw.decode("gb2312", "ignore"))]
    assert len(chars) == 6763
    known = first_letters(["".join(chars)])
    assert len(known) == 6763
    assert not {letter for letters in known.values() for letter in letters} & set("iuv")


def test_its_order_is_its_own() -> None:
    """Equal texts in another order, equal letters in the same order."""
    assert list(first_letters(["路福幸"]).items()) == list(first_letters(["幸", "福路"]).items())

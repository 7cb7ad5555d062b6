"""Name endings: found where they end a name, and weighed by what stands before."""

from __future__ import annotations

import pytest

from planner.intake.address.grammar.endings import (
    NO_ENDING,
    admin_options,
    crossing_cost,
    find_endings,
    is_torn,
    place_class,
    place_options,
)
from planner.intake.address.grammar.labels import Kind


@pytest.mark.parametrize(
    ("text", "at", "kind", "word"),
    [
        ("八公山区", 4, "dist", "区"),
        ("幸福路", 3, "road", "路"),
        ("中山大道", 4, "road", "大道"),
        ("土坝孜街道", 5, "town", "街道"),
        ("建井社区", 4, "comm", "社区"),
        ("阳光小区", 4, "poi", "小区"),
        ("经济开发区", 5, "dev", "开发区"),
        ("建设路西段", 5, "sroad", "西段"),
    ],
)
def test_endings_are_found_with_their_kind(text: str, at: int, kind: str, word: str) -> None:
    """The longest ending of each kind counts."""
    assert find_endings(text)[at][kind] == word


@pytest.mark.parametrize(
    ("text", "at", "kind"),
    [
        ("阳光小区", 4, "dist"),  # 小区 is no district
        ("农贸超市", 4, "city"),
        ("街道口", 2, "road"),  # 街 before 道
        ("市政府", 1, "city"),
        ("幸福路小学", 3, "road"),
        ("淮南铁路", 4, "road"),
    ],
)
def test_parts_of_other_words_are_no_endings(text: str, at: int, kind: str) -> None:
    """What stands around may make another word of it."""
    assert kind not in find_endings(text).get(at, {})


def test_a_known_city_keeps_its_title() -> None:
    """超市 is a shop, but 白城市 is a city although 城市 is a word."""
    assert find_endings("白城市").get(3, {}).get("city") == "市"
    assert "city" not in find_endings("大城市").get(3, {})


def test_names_have_likely_lengths() -> None:
    """A district of three characters is likelier than one of nine."""
    short = dict(admin_options("八公山区", {"dist": "区"}, inside=False))
    long = dict(admin_options("某某某某某某某某区", {"dist": "区"}, inside=False))
    assert short[Kind.DIST] > long[Kind.DIST]


def test_a_bare_direction_is_part_of_a_longer_name() -> None:
    """南大街 behind other words is the end of a longer name; a road can always be a branch."""
    free = dict(admin_options("南大街", {"road": "大街"}, inside=False))
    inside = dict(admin_options("南大街", {"road": "大街"}, inside=True))
    assert inside[Kind.ROAD] == free[Kind.ROAD] - 4.0
    assert inside[Kind.SROAD] == free[Kind.SROAD]


def test_a_known_city_outweighs_an_unknown_one() -> None:
    """淮南市 is a city for certain, 某南市 rather not."""
    known = dict(admin_options("淮南市", {"city": "市"}, inside=False))
    other = dict(admin_options("某南市", {"city": "市"}, inside=False))
    assert known[Kind.CITY] > other[Kind.CITY] + 2


def test_torn_names_and_crossings_cost() -> None:
    """A name does not begin with the ending of the one before, nor run over a town's without paying."""
    endings = find_endings("山王镇幸福路")
    assert is_torn(endings, 2)
    assert not is_torn(endings, 0)
    assert crossing_cost({"town": "镇"}) > crossing_cost({"poi": "园"})
    assert crossing_cost({"poi": "花园"}) == 0.8


@pytest.mark.parametrize(
    ("text", "ending", "sort"),
    [
        ("阳光小区", "小区", (Kind.HOME, 2)),
        ("光明大厦", "大厦", (Kind.TRADE, 2)),
        ("钢铁厂", "厂", (Kind.PLACE, 1)),
        ("无名", None, NO_ENDING),
    ],
)
def test_sorts_of_places(text: str, ending: str | None, sort: tuple[Kind, int]) -> None:
    """Homes, shops, and what is neither."""
    assert place_class(text, ending, len(text)) == sort


def test_a_name_with_an_ending_outweighs_one_without() -> None:
    """An ending, and a number behind it, make a place likelier."""
    ended = dict(place_options(4, (Kind.HOME, 2), closed=True))
    bare = dict(place_options(4, NO_ENDING, closed=True))
    open_ = dict(place_options(4, NO_ENDING, closed=False))
    assert ended[Kind.HOME] > bare[Kind.PLACE] > max(open_.values())
    assert place_options(1, NO_ENDING, closed=True) == ((Kind.OTHER, -1.5),)

"""Counties, towns and villages that the list of divisions knows, with and without their endings."""

from __future__ import annotations

import pytest

from planner.intake.address.grammar.endings import find_endings
from planner.intake.address.grammar.known import bare_names, known_names
from planner.intake.address.grammar.labels import Kind


def spans(text: str) -> dict[tuple[str, Kind], float]:
    """Give the known names of a line with their best scores."""
    endings = find_endings(text)
    found: dict[tuple[str, Kind], float] = {}
    for start, options in known_names(text, {0, *endings}, endings).items():
        for end, kind, score in options:
            key = (text[start:end], kind)
            found[key] = max(score, found.get(key, -9.0))
    return found


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("安徽淮南八公山区", "安徽", Kind.PROV),
        ("安徽省淮南市", "安徽省", Kind.PROV),
        ("安徽淮南八公山区", "淮南", Kind.CITY),
        ("淮南市八公山区", "八公山区", Kind.DIST),
        ("淮南八公山幸福路", "八公山", Kind.DIST),
        ("淮南市八公山区山王镇", "山王镇", Kind.TOWN),
        ("淮南市八公山区山王幸福路", "山王", Kind.TOWN),
        ("义乌稠城", "义乌", Kind.DIST),
    ],
)
def test_names_of_the_list_are_found(text: str, name: str, kind: Kind) -> None:
    """Full and short names, where the city above them is named or is the only one."""
    assert (name, kind) in spans(text)


def test_a_town_counts_only_under_its_city() -> None:
    """山王 is a word like others where 淮南 is not named."""
    assert ("山王", Kind.TOWN) not in spans("杭州市西湖区山王幸福路")
    assert ("山王", Kind.TOWN) not in spans("山王幸福路")


def test_the_head_of_a_longer_name_is_no_place() -> None:
    """杭州大厦 begins with a city and is none; 山王老市场 is no town."""
    assert spans("杭州大厦")["杭州", Kind.CITY] < spans("杭州西湖区")["杭州", Kind.CITY]
    assert ("山王", Kind.TOWN) not in spans("淮南市八公山区山王中学")


def test_full_names_outweigh_short_ones() -> None:
    """A title makes a name certain."""
    full = spans("淮南市八公山区")["八公山区", Kind.DIST]
    assert full > spans("淮南八公山")["八公山", Kind.DIST]


def test_a_place_before_a_road_may_lack_its_ending() -> None:
    """山王|幸福街: two or three characters before a road are likely a place of their own."""
    text = "山王幸福街"
    endings = find_endings(text)
    found = bare_names(text, {0}, endings)
    assert {(text[0:end], kind) for end, kind, _ in found[0]} == {
        ("山王", Kind.TOWN), ("山王", Kind.COMM),
    }  # fmt: skip
    assert bare_names("幸福街", {0}, find_endings("幸福街")) == {}
    assert bare_names("科技园区中路", {0}, find_endings("科技园区中路")) == {}

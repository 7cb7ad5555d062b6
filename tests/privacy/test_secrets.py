"""The strings of the register are found wherever they stand by themselves."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import PrivacyError
from planner.privacy import Secrets, released
from planner.privacy.person import People
from planner.render.map.page import map_page
from tests.plans import make_plan_tables
from tests.privacy.hiding import MEETING, SECRETS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("王芳", True), ("x 王芳。", True), ("王芳街", False), ("新王芳", False), ("户主欧阳甲乙家", True), ("JM00017", True),
        ("户JM00017张", True), ("JM000171", False), ("AJM00017", False), ("Anna Virtanen", True), ("Anna Virtanens", False),
    ],
)  # fmt: skip
def test_where_a_secret_counts(text: str, found: bool) -> None:
    """Latin words as wholes, Chinese names of two characters apart, longer ones anywhere."""
    assert bool(SECRETS.found_in(text)) == found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("赵钱孙李周吴郑王ab01", min_size=3, max_size=9), min_size=1, max_size=30),
    st.text("赵钱孙李周吴郑王ab01 ,.", max_size=300),
)
def test_the_search_agrees_with_a_plain_one(secrets: list[str], text: str) -> None:
    """Each place at which a secret stands by itself is found, and no other."""

    def apart(at: int, word: str) -> bool:
        before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 1]
        latin = "ab01"
        return not (
            (word[0] in latin and before and before in latin)
            or (word[-1] in latin and after and after in latin)
        )

    known = {s for s in secrets if s}
    plain = {
        (at, s) for s in known for at in range(len(text)) if text.startswith(s, at) and apart(at, s)
    }
    found = Secrets({"x": frozenset(known)}).found_in(text)
    assert sorted(at for _, at in found) == sorted(at for at, _ in plain)


@pytest.mark.parametrize("text", ["欧 阳 甲 乙", "户主　欧阳　甲乙", "| 王　芳 |"])
def test_blanks_inside_a_name(text: str) -> None:
    """Names are found that are spread to the width of a column."""
    with pytest.raises(PrivacyError, match="name"):
        released(text.encode(), "a.md", MEETING, SECRETS)
    assert released("社区 王 府".encode(), "a.md", MEETING, SECRETS)


def test_a_village_is_no_resident() -> None:
    """A name that stands in the labels of many buildings is that of a place; once or twice, it is a leak."""
    tables = make_plan_tables()
    label = [f"王新庄{i}号" for i in range(len(tables.units))]
    people = People({}, {}, {"a name": frozenset({"王新庄"})})
    assert map_page(replace(tables, units=tables.units.assign(label=label)), people=people)
    label[2:] = tables.units["label"].tolist()[2:]
    with pytest.raises(PrivacyError, match="a name, 2 time"):
        map_page(replace(tables, units=tables.units.assign(label=label)), people=people)


def test_names_of_streets_are_no_residents() -> None:
    """A resident who is called like a street does not stop the map; one in a building's label does."""
    tables = make_plan_tables()
    street = next(str(n) for n in tables.base["streets"]["name"] if len(str(n)) > 2)
    assert map_page(tables, people=People({}, {}, {"a name": frozenset({street[:-1]})}))
    label = str(tables.units["label"].iloc[0])
    with pytest.raises(PrivacyError, match=r"a name, 1 time.*units\.label"):
        map_page(tables, people=People({}, {}, {"a name": frozenset({label})}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("王芳家", 1), ("联系王芳", 1), ("3栋王芳", 1), ("王芳的电话", 1), ("访王芳、李明", 1), ("王芳同志", 1), ("101室王芳", 1),
        ("王芳", 1), ("王芳菲", 0), ("小王芳菲路", 0), ("大王芳草地", 0), ("国王芳名", 0),
    ],
)  # fmt: skip
def test_two_characters_touched_by_others(text: str, found: int) -> None:
    """A short name is found where what touches it leaves it a word, not inside a longer one."""
    secrets = Secrets({"a resident's name": frozenset({"王芳"})})
    assert len(secrets.found_in(text)) == found

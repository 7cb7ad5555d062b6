"""A section is read by the fields of a dataclass; what is wrong is named by file, section and key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import ConfigError
from planner.model.section import made, read_section, refuse_unknown


@dataclass(frozen=True)
class Sample:
    """One field of each kind."""

    number: float = 0.0
    maybe: float | None = None
    count: int = 0
    limit: int | None = None
    hard: bool = False
    word: str = ""
    words: tuple[str, ...] = ()
    path: Path | None = None


GOOD: dict[str, Any] = {
    "number": 2,
    "maybe": 1.5,
    "count": 3,
    "limit": 4,
    "hard": True,
    "word": "a",
    "words": ["a", "b"],
    "path": "x.csv",
}
WORDS = {
    "number": ("a number", float),
    "maybe": ("a number", float),
    "count": ("a whole number", int),
    "limit": ("a whole number", int),
    "hard": ("true or false", bool),
    "word": ("a text in quotes", str),
    "words": ("a list such as", tuple),
    "path": ("a path in quotes", Path),
}


def test_good_values_come_as_their_kind() -> None:
    """Whole numbers serve as numbers, lists become tuples, paths stand in the folder."""
    found = made(Sample, read_section(Sample, GOOD, "f", folder=Path("base")), "f")
    assert found == Sample(2.0, 1.5, 3, 4, True, "a", ("a", "b"), Path("base/x.csv"))
    assert isinstance(found.number, float)


@pytest.mark.parametrize("key", list(WORDS))
@given(
    value=st.one_of(
        st.none(), st.booleans(), st.text(max_size=3), st.floats(), st.lists(st.integers())
    )
)
def test_any_other_kind_is_refused_by_name(key: str, value: object) -> None:
    """A value is either taken as what was asked for, or its key and what belongs there are named."""
    words, asked = WORDS[key]
    try:
        found = read_section(Sample, {key: value}, "f.toml, [s]")[key]
    except ConfigError as error:
        assert error.message.startswith(f"f.toml, [s].{key} must be {words}")  # noqa: PT017
        return
    assert isinstance(found, asked)
    assert found == found, "nan is no number"


def test_unknown_keys_and_other_things_than_sections() -> None:
    """The first unknown key is named with those that are known."""
    with pytest.raises(ConfigError, match=r"f: unknown key 'a'") as caught:
        refuse_unknown({"b": 1, "a": 2, "known": 3}, ("known",), "f")
    assert caught.value.remedy == "known keys: known"
    with pytest.raises(ConfigError, match="must be a section"):
        read_section(Sample, 3, "f")


def test_a_value_that_refuses_itself_is_placed() -> None:
    """What the value says stays; file and section stand before it."""

    def refuses(**_: object) -> None:
        raise ConfigError("a = 1 is wrong", remedy="write 2")

    with pytest.raises(ConfigError, match=r"^f.toml, \[s\]: a = 1 is wrong") as caught:
        made(refuses, {}, "f.toml, [s]")
    assert caught.value.remedy == "write 2"

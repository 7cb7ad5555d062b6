"""People are held in memory and shown nowhere."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from planner.privacy.person import People, Person


def test_neither_shows_itself() -> None:
    """In a traceback or a notebook no name stands."""
    person = Person(name="欧阳甲乙", phone="13800138000", room="502", care=("独居",))
    people = People(
        {"H1": person}, {"M1": person, "M2": person}, {"a name": frozenset({"欧阳甲乙"})}
    )
    assert repr(people) == "<People: 1 households, 2 members>"
    for shown in (repr(person), str(person), str(people)):
        assert "欧阳" not in shown
        assert "138" not in shown


def test_it_keeps_what_must_not_show() -> None:
    """The strings by what they are; nothing where nothing is known."""
    private = {"a name": frozenset({"x"})}
    assert People({}, {}, private).secrets() == private
    assert not People().secrets()
    with pytest.raises(FrozenInstanceError):
        People().private = {}  # type: ignore[misc]

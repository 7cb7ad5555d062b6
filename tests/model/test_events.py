"""Kinds of events by whatever word, and events as plain values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.model.events import KINDS, Event, kind_of_event
from planner.model.schema import EVENTS


def test_every_word_names_one_kind() -> None:
    """Chinese, English, what else people write, and the two languages of the template's list."""
    seen: dict[str, str] = {}
    for kind in KINDS:
        for word in (kind.code, kind.zh, kind.en, *kind.words, f"{kind.zh} / {kind.en}"):
            assert kind_of_event(word) == kind
            assert kind_of_event(f" {word.upper()} ") == kind
            assert seen.setdefault(word, kind.code) == kind.code
    assert kind_of_event("请假条") is None
    assert kind_of_event("") is None


def test_what_a_kind_needs_is_a_column() -> None:
    """The template could not be filled in otherwise."""
    needed = {name for kind in KINDS for name in kind.needs}
    assert needed <= set(EVENTS.names)
    assert all(kind.means and kind.means_zh for kind in KINDS)


def test_an_event_comes_back_from_plain_values() -> None:
    """A plan keeps its events; blanks are left out."""
    event = Event("rule", rule="households_per_zone", low=0.0, high=120.0, file="c.xlsx", row=7)
    plain = event.to_mapping()
    told = {"kind": "rule", "rule": "households_per_zone", "low": 0.0, "high": 120.0}
    assert plain == {**told, "file": "c.xlsx", "row": 7}
    assert Event.from_mapping(plain) == event
    bare = replace(event, rule="", low=None, high=None)
    assert Event.from_mapping(bare.to_mapping()) == bare
    with pytest.raises(TypeError):
        Event.from_mapping({"kind": "rule", "name": "somebody"})

"""A changes file is read strictly: types, keys, lengths, repeats, and nothing private."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.plan.changefile import FORMAT, Changes, Move, Note, holds_private, read_changes

GOOD: dict[str, Any] = {
    "format": FORMAT,
    "plan": "0" * 64,
    "created": "2026-05-18T09:00:00Z",
    "moves": [{"unit": "U1", "from": "A", "to": "B"}],
    "locks": ["U2"],
    "notes": [{"lon": 117, "lat": 32.6, "text": "门已封"}],
}


def test_a_good_file_is_taken_word_for_word() -> None:
    """Moves, locks and notes come out as they were written; what may be missing is empty."""
    made = read_changes(json.dumps(GOOD).encode("utf-8-sig"))
    assert made == Changes(
        FORMAT,
        "0" * 64,
        GOOD["created"],
        (Move("U1", "A", "B"),),
        ("U2",),
        (Note(117.0, 32.6, "门已封"),),
    )


@pytest.mark.parametrize("missing", ["format", "plan", "created", "moves", "locks", "notes"])
def test_a_missing_key_is_named(missing: str) -> None:
    """Each key that must be there is asked for by name."""
    with pytest.raises(InputError, match=missing):
        read_changes(json.dumps({k: v for k, v in GOOD.items() if k != missing}).encode())


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("138" + "00138000", True),
        ("tel 138-0013-" + "8000", True),
        ("１３８" + "００１３８０００", True),
        ("340403" + "19900101" + "123X", True),
        ("2026-05-18", False),
        ("11 238", False),
        ("9138" + "001380001", False),
    ],
)
def test_private_numbers_are_seen(text: str, private: bool) -> None:
    """Phones and citizens' ids, in full width too; dates, counts and longer numbers are none."""
    assert holds_private(text) is private


HOSTILE = [
    b"",
    b"\xff\xfe\x00",
    b"[]",
    b"null",
    b"[" * 100_000,
    b'{"format": NaN}',
    b'{"format": "planner-changes-2"}',
]


@pytest.mark.parametrize("data", HOSTILE)
def test_hostile_files_are_refused(data: bytes) -> None:
    """Whatever is no changes file ends in one clear refusal."""
    with pytest.raises(InputError):
        read_changes(data)


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"moves": {}},
        {"moves": [[]]},
        {"moves": [{"unit": 1, "from": "", "to": ""}]},
        {"moves": [{"unit": "a", "from": "", "to": "", "x": 1}]},
        {"moves": [{"unit": "a", "from": "", "to": ""}] * 2},
        {"locks": ["a", "a"]},
        {"locks": ["a" * 201]},
        {"created": "yesterday"},
        {"plan": "A" * 64},
        {"notes": [{"lon": 1e999, "lat": 0, "text": ""}]},
        {"notes": [{"lon": True, "lat": 0, "text": ""}]},
        {"notes": [{"lon": 200, "lat": 0, "text": ""}]},
        {"notes": [{"lon": 0, "lat": 0, "text": "x" * 301}]},
        {"notes": [{"lon": 0, "lat": 0, "text": "call 138" + "00138000"}]},
        {"notes": [{"lon": 0, "lat": 0, "text": ""}] * 1001},
    ],
)
def test_strange_values_are_refused(change: dict[str, Any]) -> None:
    """Types, keys, lengths, repeats and private numbers are checked, and no text is repeated."""
    with pytest.raises(InputError) as caught:
        read_changes(json.dumps({**GOOD, **change}).encode())
    assert "13800138000" not in str(caught.value)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=8))
@settings(max_examples=60, deadline=None)
def test_any_value_in_any_place(value: Any) -> None:
    """Whatever stands in any place of the file, the reader refuses it or gives Changes."""
    base = {"format": FORMAT, "plan": "0" * 64, "created": "2026-05-18T09:00:00Z", "moves": []}
    for key in ("format", "plan", "created", "moves", "locks", "unlocked", "notes"):
        data = json.dumps({**base, "locks": [], "notes": [], key: value}).encode()
        with contextlib.suppress(InputError):
            assert isinstance(read_changes(data), Changes)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    """The size is checked before anything is parsed; a missing file is named."""
    path = tmp_path / "changes.json"
    with path.open("wb") as file:
        file.truncate(40_000_000)
    with pytest.raises(InputError, match="MB"):
        read_changes(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_changes(tmp_path / "none.json")

"""Lines in Latin script: number first or last, flats and floors taken out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.address.latin import read_latin
from planner.intake.address.parse import parse_address


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("Mannerheimintie 12 B 4", {"road": "Mannerheimintie", "road_number": "12", "stairwell": "B",
                                    "room": "4"}),
        ("Mannerheimintie 12 B", {"road": "Mannerheimintie", "road_number": "12", "stairwell": "B"}),
        ("89-15 Hollis Court Blvd", {"road": "Hollis Court Blvd", "road_number": "89-15"}),
        ("12 Main St, Apt 4B, Hollis", {"road": "Main St", "road_number": "12", "room": "Apt 4B",
                                        "remainder": "Hollis"}),
        ("218-03 97th Avenue", {"road": "97th Avenue", "road_number": "218-03"}),
        ("Bulevardi 5, 33100 Tampere", {"road": "Bulevardi", "road_number": "5",
                                        "remainder": "33100 Tampere"}),
        ("12 Main St 3rd floor", {"road": "Main St", "road_number": "12", "floor": "3rd floor"}),
        ("12 Main St Bldg 3", {"road": "Main St", "road_number": "12", "building": "Bldg 3"}),
        ("Somewhere", {"remainder": "Somewhere"}),
    ],
)  # fmt: skip
def test_lines_are_taken_apart(line: str, fields: dict[str, str]) -> None:
    """Each part is named; what is no street stays as it is written."""
    found = parse_address(line)
    said = {name: getattr(found, name) for name in fields}
    assert said == fields
    assert set(found.spans) == set(fields) - {"remainder"}


@pytest.mark.parametrize("line", ["", "12", "3-2-501", "幸福路12号", "Main Street 幸福路", "a 1"])
def test_other_lines_are_left_to_others(line: str) -> None:
    """Chinese lines and bare numbers are not of this kind."""
    assert read_latin(line) is None


@given(st.text(st.sampled_from("abZ é12-/,.# "), max_size=40))
def test_pieces_are_disjoint(line: str) -> None:
    """Whatever the line, its pieces ascend and lie within it."""
    pieces = read_latin(line) or []
    ends = [0]
    for piece in pieces:
        assert ends[-1] <= piece.start < piece.end <= len(line)
        ends.append(piece.end)

"""Sheets about the service: the headings under which offices keep them."""

from __future__ import annotations

import pytest

from planner.model.schema import header_key
from planner.model.service_sheets import NEEDS, NEEDS_COLUMN


@pytest.mark.parametrize(
    ("heading", "name"),
    [("户编号", "household"), ("需求类型", "kind"), ("需求", "kind"), ("办理状态", "state")],
)
def test_headings_of_needs(heading: str, name: str) -> None:
    """Each is known by itself, and both languages of the product's own too."""
    assert NEEDS.roles[header_key(heading)] == name
    assert NEEDS.column_named(heading) == name or heading not in NEEDS[name].headers[:2]


def test_a_column_of_needs_is_none_of_the_households_own() -> None:
    """Else it would be read as something else."""
    from planner.model.schema import HOUSEHOLDS

    known = {header_key(h) for c in HOUSEHOLDS.columns for h in c.headers}
    assert not known & {header_key(h) for h in NEEDS_COLUMN.headers}

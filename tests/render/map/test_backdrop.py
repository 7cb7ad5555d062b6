"""What lies beneath a plan: cut to its surroundings, named, in classes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.render.map.backdrop import base_lines, building_rings, widened
from planner.render.map.encoding import Grid
from tests.plans import make_plan_tables

TABLES = make_plan_tables()
GRID = Grid(widened([117.02, 32.62, 117.033, 32.628], 0.008))


def test_layers_and_names() -> None:
    """Each layer as lists of steps; streets name their position among the names, or -1."""
    base = base_lines(TABLES, GRID)
    assert set(base) == {"water", "green", "rails", "fences", "streets"}
    assert len(base["fences"]) == len(TABLES.base["fences"])
    names, classes = base["streets"]["names"], base["streets"]["classes"]
    assert names == sorted(set(names))
    assert len(classes) == 3
    assert all(-1 <= at < len(names) for rank in classes for at, _ in rank)
    assert sum(map(len, classes)) >= len(TABLES.base["streets"])


@pytest.mark.parametrize(
    ("kind", "rank"),
    [
        ("motorway_link", 2),
        ("primary", 2),
        ("residential", 1),
        ("footway", 0),
        ("steps", 0),
        ("", 0),
    ],
)
def test_classes_of_streets(kind: str, rank: int) -> None:
    """Roads, streets, paths."""
    base = dict(TABLES.base)
    base["streets"] = base["streets"].assign(highway=kind)
    classes = base_lines(replace(TABLES, base=base), GRID)["streets"]["classes"]
    assert [bool(c) for c in classes] == [k == rank for k in range(3)]


def test_buildings_with_their_labels() -> None:
    """The number comes before the name, and each ring has a label or ""."""
    told = building_rings(TABLES, GRID)["buildings"]
    assert len(told["rings"]) == len(told["labels"]) > 0
    assert all(isinstance(label, str) for label in told["labels"])


def test_what_lies_far_away_is_left_out() -> None:
    """Nothing beyond the bounds is carried."""
    far = Grid([10.0, 50.0, 10.1, 50.1])
    base = base_lines(TABLES, far)
    assert base["streets"] == {"names": [], "classes": [[], [], []]}
    assert base["fences"] == base["water"] == []
    assert building_rings(TABLES, far)["buildings"]["rings"] == []


def test_widening() -> None:
    """Half as much in latitude."""
    assert widened([1.0, 2.0, 3.0, 4.0], 0.2) == pytest.approx([0.8, 1.9, 3.2, 4.1])

"""What is said of streets that were read otherwise than they were drawn."""

from __future__ import annotations

from planner.errors import Severity
from planner.network.told import told_of_extract, told_of_lines


def test_nothing_is_said_of_nothing():
    """Streets that were read as drawn need no word."""
    assert told_of_extract({}, 0) == ()
    assert told_of_extract({"trunk_ways_walked": 0, "deleted_objects": 0}, 0) == ()
    assert told_of_lines("s", 0, 0, 0) == ()


def test_each_is_told_with_its_count():
    """In both languages, with what to do where something can be done."""
    said = told_of_extract({"trunk_ways_walked": 3, "deleted_objects": 5}, 4)
    assert [f.code for f in said] == ["trunk-walked", "gates-shut", "streets-deleted"]
    assert [f.what.split()[0] for f in said] == ["3", "4", "5"]
    assert all(n in f.what_zh for n, f in zip("345", said, strict=True))
    lines = told_of_lines("s.gpkg", 1, 2, 3)
    assert [f.code for f in lines] == ["streets-left-out", "streets-joined", "streets-apart"]
    assert {f.file for f in lines} == {"s.gpkg"}
    assert all(f.remedy and f.remedy_zh for f in (*said, *lines) if f.severity is Severity.WARN)

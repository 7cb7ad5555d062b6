"""Outlines are mended only where that is sure."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import SchemaError, Severity
from planner.intake.fences.outlines import LayerNotes, mended, sound

NEAR = st.floats(0, 0.01)
RING = st.lists(st.tuples(NEAR, NEAR), min_size=3, max_size=9)


@given(ring=RING)
@settings(max_examples=150, deadline=None)
def test_any_ring_is_valid_afterwards_or_refused(ring: list[tuple[float, float]]) -> None:
    """Whatever is drawn, a valid polygon comes out, or a refusal that names the feature."""
    notes = LayerNotes("f", "l", ["甲"])
    shapes = np.array([shapely.Polygon([(116.8 + x, 32.6 + y) for x, y in ring])], object)
    try:
        made, _ = mended(*sound(shapes, notes), notes)
    except SchemaError as error:
        refused = error.findings
    else:
        refused, shapes = (), made
    assert all("feature 1 (甲)" in f.what for f in refused)
    if refused:
        return
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).all()


def test_every_fault_is_told_at_once() -> None:
    """A layer with several faults is refused with all of them."""
    shapes = np.array([shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)]), None], object)
    notes = LayerNotes("f", "l")
    with pytest.raises(SchemaError) as caught:
        sound(shapes, notes)
    assert len(caught.value.findings) == 2
    assert {f.severity for f in notes.said} == {Severity.STOP, Severity.HOLD}

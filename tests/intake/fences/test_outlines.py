"""Outlines are mended only where that is sure."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import SchemaError, Severity
from planner.intake.fences.outlines import Layer, mended, sound

NEAR = st.floats(0, 0.01)
RING = st.lists(st.tuples(NEAR, NEAR), min_size=3, max_size=9)


@given(ring=RING)
@settings(max_examples=60, deadline=None)
def test_any_ring_is_valid_afterwards_or_refused(ring: list[tuple[float, float]]) -> None:
    """Whatever is drawn, a valid polygon comes out, or a refusal that names the feature."""
    layer = Layer("f", "l", ["甲"])
    shapes = np.array([shapely.Polygon([(116.8 + x, 32.6 + y) for x, y in ring])], object)
    try:
        kept, there, _ = sound(shapes, layer)
        made, _ = mended(kept, there, layer)
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
    with pytest.raises(SchemaError) as caught:
        sound(shapes, Layer("f", "l"))
    assert [f.code for f in caught.value.findings] == ["not-a-polygon"] * 2
    _, there, said = sound(np.array([shapely.box(0, 0, 1, 1), None], object), Layer("f", "l"))
    assert there.tolist() == [0]
    assert [(f.code, f.severity) for f in said] == [("no-geometry", Severity.HOLD)]

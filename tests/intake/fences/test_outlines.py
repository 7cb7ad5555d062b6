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
        made, _, _ = mended(kept, there, layer)
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


M = 1 / 111_195


@pytest.mark.parametrize(
    ("width_m", "long_m", "words"),
    [(0.4, 320.0, "127.9 m2 and is 0.4 m wide"), (0.01, 20.0, "0.2 m2"), (5.0, 5.0, "25.0 m2")],
)
def test_a_sliver_is_left_out_with_its_true_area(width_m: float, long_m: float, words: str) -> None:
    """Beside good fences it stops nothing; alone it is refused, for then there is no land at all."""
    east = M / np.cos(np.radians(32.6))
    sliver = shapely.box(116.8, 32.6, 116.8 + width_m * east, 32.6 + long_m * M)
    good = shapely.box(116.81, 32.6, 116.82, 32.61)
    layer = Layer("f", "l", ["甲", "乙"])
    shapes, there, said = mended(np.array([good, sliver], object), np.array([0, 1]), layer)
    assert there.tolist() == [0]
    assert shapes.tolist() == [good]
    (told,) = said
    assert (told.code, told.severity) == ("no-area", Severity.HOLD)
    assert words in told.what
    assert "feature 2 (乙)" in told.what
    with pytest.raises(SchemaError, match="cannot be used"):
        mended(np.array([sliver], object), np.array([0]), layer)

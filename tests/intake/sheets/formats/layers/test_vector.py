"""The pieces from which every layer is made."""

from __future__ import annotations

import struct

import numpy as np
import shapely

from planner.intake.sheets.formats.layers.vector import (
    VectorLayer,
    plain_value,
    read_as,
    shapes_of,
    unscrambled,
)


def test_open_rings_are_closed_and_told() -> None:
    """A ring whose end is not its beginning; others are left alone."""
    whole = shapely.to_wkb(shapely.box(0, 0, 1, 1))
    ring = struct.pack("<BIII8d", 1, 3, 1, 4, 0, 0, 1, 0, 1, 1, 0.5, 0.9)
    shapes, closed = shapes_of(np.array([whole, ring, None], object))
    assert closed == (1,)
    assert [s is None for s in shapes] == [False, False, True]
    assert shapes[1].exterior.is_ring


def test_plain_values() -> None:
    """Lists become one text; bytes say nothing."""
    assert plain_value(["a", "b"]) == "a、b"
    assert plain_value(b"x") is None
    assert [plain_value(v) for v in (None, "甲", 3, 2.5, True)] == [None, "甲", 3, 2.5, True]


def test_what_was_garbled_is_put_right_and_told() -> None:
    """Text that a program took for Western; a layer of accents, or of plain Chinese, stays."""
    wrong = "东社区".encode("gb18030").decode("latin-1")
    layer = unscrambled(
        VectorLayer("a", (wrong, "n"), [["西社区".encode("gb18030").decode("latin-1"), 1]]),
        "f.gpkg",
    )
    assert (layer.headers, layer.rows) == (("东社区", "n"), [["西社区", 1]])
    assert [(f.code, f.file, f.sheet) for f in layer.findings] == [("garbled", "f.gpkg", "a")]
    for text in ("Töölö", "Fußgängerzone", "东社区"):
        same = VectorLayer("a", ("n",), [[text]])
        assert unscrambled(same, "f") is same


def test_the_encoding_by_its_usual_name() -> None:
    """Big5, not the name of its extension."""
    assert read_as("big5hkscs", "a", "").what == "read as BIG5 text"

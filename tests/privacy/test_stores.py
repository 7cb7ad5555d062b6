"""Databases are read to the last byte, and positions to their last digit."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import PrivacyError
from planner.privacy.stores import database_parts, finest_step
from tests.privacy.hiding import between_rows, database


def layer(*shapes: shapely.Geometry, envelope: int = 0) -> bytes:
    """Give a GeoPackage's bare bones: one layer, blobs with an envelope of a kind."""
    sizes = (0, 32, 48, 48, 64)
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT)")
        db.execute("INSERT INTO gpkg_geometry_columns VALUES ('a \"b', 'geom')")
        db.execute('CREATE TABLE "a ""b" (geom BLOB)')
        for shape in shapes:
            head = b"GP\x00" + bytes([1 | envelope << 1]) + b"\x00" * (4 + sizes[envelope])
            db.execute('INSERT INTO "a ""b" VALUES (?)', (head + shapely.to_wkb(shape),))
        db.commit()
        return db.serialize()


def test_schema_rows_and_what_lies_between() -> None:
    """Each table is a part, blobs and numbers are text, deleted rows are in the last part."""
    data = database(("CREATE TABLE t (a, b)", ()), ("INSERT INTO t VALUES (?, x'e78e8b')", ("7",)))
    parts = dict(database_parts(data))
    assert list(parts) == ["schema", "table t", "free space"]
    assert parts["table t"] == "7\t王"
    assert "CREATE TABLE t" in parts["schema"]
    assert "deleted" in dict(database_parts(between_rows("deleted")))["free space"]


@pytest.mark.parametrize("data", [b"SQLite format 3\x00" + b"\x07" * 5000, b"no database"])
def test_what_is_no_database_is_refused(data: bytes) -> None:
    """Nobody can say what is in it."""
    with pytest.raises(PrivacyError, match="cannot be read"):
        list(database_parts(data))


@given(
    st.lists(st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=1, max_size=6),
    st.sampled_from([1, 2, 5, 200]),
    st.integers(0, 4),
)
def test_the_step_divides_every_position(
    points: list[tuple[int, int]], step: int, envelope: int
) -> None:
    """In a database and in GeoJSON, whatever envelope the blobs carry."""
    shapes = [shapely.Point(x * step * 1e-6, y * step * 1e-6) for x, y in points]
    lines = {"a": [{"coordinates": [list(p.coords[0]) for p in shapes], "n": 0.1234567}]}
    found = {
        finest_step(layer(*shapes, envelope=envelope)),
        finest_step(json.dumps(lines).encode()),
    }
    assert len(found) == 1
    (only,) = found
    assert only == 0 == sum(map(abs, sum(points, ()))) or only is not None
    assert only is not None
    assert only % step == 0


def test_positions_finer_than_a_step() -> None:
    """Zero where a position lies between the steps; None where there is none."""
    assert finest_step(layer(shapely.Point(117.0000005, 32.0))) == 0
    assert finest_step(layer()) is None
    assert finest_step(database(("CREATE TABLE t (a)", ()))) is None
    assert finest_step(b'{"a": [1, 2]}') is None
    assert finest_step(b"not json") is None

"""Frames go into a GeoPackage and come out equal; what is none is refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.plan.store.geopackage import (
    begin,
    open_package,
    quoted,
    read_frame,
    timestamp,
    write_frame,
)

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


def there_and_back(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Write one frame to a new package and read it."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        begin(db)
        name, rows, columns = write_frame(db, 'odd "name"', frame, timestamp("2026-05-18"))
        db.execute("COMMIT")
    assert rows == len(frame)
    with closing(open_package(path)) as db:
        return read_frame(db, name, json.loads(columns))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            TEXT, st.integers(-(2**53), 2**53), st.floats(allow_infinity=False), st.booleans()
        )
    )
)
def test_values_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    """Texts, whole numbers, metres, NaN and yes or no, to the bit."""
    frame = pd.DataFrame(rows, columns=["text", "n", "m", 'select "x"; --'])
    frame = frame.astype({"text": object, "n": "int64", "m": "float64", 'select "x"; --': bool})
    again = there_and_back(frame, tmp_path_factory.getbasetemp() / "values.gpkg")
    pd.testing.assert_frame_equal(again, frame)


def test_shapes_come_back(tmp_path: Path) -> None:
    """Points, empty ones too, and polygons keep every coordinate."""
    shapes = [shapely.Point(117.1, 32.6), shapely.Point(), shapely.box(0, 0, 1, 1 / 3)]
    frame = gpd.GeoDataFrame({"a": [1, 2, 3]}, geometry=shapes, crs="EPSG:4326")
    again = there_and_back(frame, tmp_path / "a.gpkg")
    assert (
        shapely.to_wkb(again.geometry.to_numpy()).tolist()
        == shapely.to_wkb(np.array(shapes)).tolist()
    )
    assert again.crs == frame.crs


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    """A text that no file can hold is mended, not refused in the last minute of a run."""
    again = there_and_back(pd.DataFrame({"t": ["a\ud800b"]}, dtype=object), tmp_path / "a.gpkg")
    assert again["t"].tolist() == ["a?b"]


@pytest.mark.parametrize(
    ("day", "stamp"),
    [
        ("2026-05-18", "2026-05-18"),
        ("2026-05-18T10:00", "2026-05-18"),
        ("", "2000-01-01"),
        (None, "2000-01-01"),
        ("yesterday", "2000-01-01"),
    ],
)
def test_layers_are_stamped_with_the_day_of_the_plan(day: str | None, stamp: str) -> None:
    """Never with the clock."""
    assert timestamp(day) == f"{stamp}T00:00:00.000Z"


def test_names_cannot_leave_their_quotes() -> None:
    """A quote inside a name is doubled."""
    assert quoted('a"; DROP TABLE x; --') == '"a""; DROP TABLE x; --"'


def test_another_database_is_no_package(tmp_path: Path) -> None:
    """A plain SQLite file is refused with what to give instead."""
    path = tmp_path / "x.gpkg"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (a)")
    with pytest.raises(InputError, match="no GeoPackage") as caught:
        open_package(path)
    assert "plan.gpkg" in caught.value.remedy

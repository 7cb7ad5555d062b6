"""Whatever is edited in a plan file is told by its table, or is provably nothing to it."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from planner.errors import InputError
from planner.model.tables import PlanTables
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes
from planner.plan.store.plans import plan_bytes, read_bytes
from planner.plan.store.seal import SEAL, edited
from tests.gis import opened
from tests.plan.test_changes import some_move, written
from tests.plans import make_plan_tables, unproven

EDITS = 500
PRAGMAS = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"


@pytest.fixture(scope="module")
def data() -> bytes:
    """A plan file with two changes in its history."""
    tables = unproven(make_plan_tables(nx=6, ny=4, nc=5))
    for skip in (0, 1):
        tables = apply_changes(tables, read_changes(written(tables, [some_move(tables, skip)])))
    # once there and back: only then it is the same to the last byte from then on
    return plan_bytes(read_bytes(plan_bytes(tables), Path("plan.gpkg")))


def loaded(data: bytes) -> PlanTables | None:
    """Read a file as every command does; None where it is refused."""
    try:
        return read_bytes(data, Path("plan.gpkg"))
    except InputError:
        return None


def other(value: Any, chance: random.Random) -> Any:
    """Give another value than that of a cell, mostly of its own kind and near it."""
    if value is None or chance.random() < 0.15:
        return chance.choice([7, 0.5, "x", b"x", None])
    if isinstance(value, int):
        return value + chance.choice([-1, 1])
    if isinstance(value, float):
        return chance.choice([value + 0.01, value * (1 + 1e-12), -value - 1])
    at = chance.randrange(len(value)) if value else 0
    if isinstance(value, bytes):
        return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]
    return value[:at] + chance.choice("0x甲") + value[at + 1 :]


def cells(path: Path) -> list[tuple[str, str]]:
    """List every column of every table, those of the GeoPackage itself included."""
    with closing(opened(path)) as db:
        # an index, and how a GIS draws a layer, are no part of a plan
        sql = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'rtree%'"
            " AND name NOT IN ('layer_styles', 'gpkg_extensions', 'sqlite_sequence')"
        )
        names = [r[0] for r in db.execute(sql)]
        return [(n, r[1]) for n in names for r in db.execute(f'PRAGMA table_info("{n}")')]


def edit(path: Path, table: str, column: str, chance: random.Random) -> bool:
    """Change one cell by SQL; give whether there was one to change."""
    with closing(opened(path)) as db:
        db.isolation_level = None
        db.executescript(PRAGMAS)
        count = db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        if not count:
            return False
        some = f'SELECT rowid, "{column}" FROM "{table}" LIMIT 1 OFFSET {chance.randrange(count)}'
        row, value = db.execute(some).fetchone()
        sql = f'UPDATE OR IGNORE "{table}" SET "{column}" = ? WHERE rowid = ?'
        try:
            db.execute(sql, (other(value, chance), row))
        except sqlite3.Error:
            return False
        (now,) = db.execute(
            f'SELECT "{column}" FROM "{table}" WHERE rowid = ?', (row,)
        ).fetchone() or (None,)
        return now != value or type(now) is not type(value)


def test_single_cells_that_were_edited(data: bytes, tmp_path: Path) -> None:
    """Five hundred edits by SQL, over every column: each is told, or is nothing to the plan."""
    path, chance = tmp_path / "plan.gpkg", random.Random(16)
    path.write_bytes(data)
    columns = cells(path)
    assert {"past", SEAL, "planner_manifest", "gpkg_contents", "pairs"} <= {t for t, _ in columns}
    told, harmless = set[str](), Counter[tuple[str, str]]()
    # each column in turn, then at random
    tries = chain(columns, iter(lambda: chance.choice(columns), None))
    for _ in range(EDITS):
        while True:
            table, column = next(tries)
            path.write_bytes(data)
            if edit(path, table, column, chance):
                break
        if edited(path):
            told.add(table)
            continue
        harmless[table, column] += 1
        # to read it takes long, and no reader looks into a column at the third time that did not before
        if harmless[table, column] < 3:
            plan = loaded(path.read_bytes())
            assert plan is None or plan_bytes(plan) == data, f"{table}.{column}"
    # what is nothing to a plan is how a GIS lists its layers, and the numbers of the rows of digests
    assert {table for table, _ in harmless} <= {
        "gpkg_contents",
        "gpkg_geometry_columns",
        "gpkg_spatial_ref_sys",
        SEAL,
    }
    assert {"past", "households", "plan", "pairs"} <= told


def test_a_file_as_it_was_written(data: bytes, tmp_path: Path) -> None:
    """Nothing is told of it; nor of tables that a GIS adds; without digests that is known."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(data)
    assert edited(path) == ()
    with closing(opened(path)) as db:
        db.execute("CREATE TABLE own_styles (id INTEGER PRIMARY KEY)")
        db.commit()
    assert edited(path) == ()
    with closing(opened(path)) as db:
        db.execute(f"DROP TABLE {SEAL}")
        db.commit()
    assert edited(path) is None


def test_rows_and_tables_that_are_gone(data: bytes, tmp_path: Path) -> None:
    """A row, a table, a column's name; bytes where there was text."""
    for sql, table in (
        ("DELETE FROM gaps WHERE fid = 1", "gaps"),
        ("DROP TABLE past", "past"),
        ("ALTER TABLE members RENAME COLUMN fence TO other", "members"),
        ("UPDATE units SET label = X'ff' WHERE fid = 1", "units"),
        ("UPDATE units SET label = CAST(X'ff' AS TEXT) WHERE fid = 1", "units"),
    ):
        path = tmp_path / "plan.gpkg"
        path.write_bytes(data)
        with closing(opened(path)) as db:
            db.execute(sql)
            db.commit()
        assert edited(path) == (table,)

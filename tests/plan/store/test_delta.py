"""A file told by what differs from another comes back cell by cell, and what has shifted costs little."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.plan.store.delta import database_of, decoded, encoded, tables_in
from planner.plan.store.plans import plan_bytes, read_bytes, read_database
from tests.plans import make_plan_tables, plans_equal

LEAST, MOST = -(2**63), 2**63 - 1
FLOATS = st.floats(allow_nan=False)
CELLS = st.one_of(
    st.none(), st.integers(LEAST, MOST), FLOATS, st.text(max_size=5), st.binary(max_size=5)
)
IDS = st.integers(0, 10**6).map(lambda n: f"U{n:07d}") | st.just("")
LONG = st.text(st.characters(codec="utf-8"), min_size=0, max_size=40).map(lambda t: t * 60)
COLUMNS = st.sampled_from((st.integers(LEAST, MOST), st.integers(0, 3), FLOATS, CELLS, IDS, LONG))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    """A column, and one that was made of it by taking out, putting in and changing some."""
    kind = draw(COLUMNS)
    base = draw(st.lists(kind, max_size=40))
    now = list(base)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(now)))
        now[at : at + draw(st.integers(0, 3))] = draw(st.lists(draw(COLUMNS), max_size=3))
    return base, now


def same(one: Any, other: Any) -> bool:
    """Tell whether two columns are equal in value and kind: 1, 1.0 and -0.0 are three things."""
    return [(type(v), repr(v)) for v in one] == [(type(v), repr(v)) for v in other]


@settings(max_examples=300, deadline=None)
@given(pairs())
def test_every_cell_comes_back(pair: tuple[list[Any], list[Any]]) -> None:
    """Whatever kinds of cells there are, and however they were mixed."""
    base, now = pair
    told = encoded({"t": {"c": now}, "new": {"c": now}}, {"t": {"c": base}, "gone": {"c": base}})
    made = decoded(told, {"t": {"c": base}, "gone": {"c": base}})
    assert list(made) == ["t", "new"]
    assert same(made["t"]["c"], now)
    assert same(made["new"]["c"], now)


def test_what_has_shifted_costs_little() -> None:
    """A unit comes in at the front: each number behind it is another, and yet next to nothing is told."""
    base = {
        "unit_id": [f"U{i:05d}" for i in range(1, 3001)],
        "unit": [i // 7 for i in range(3000)],
        "walk_m": [(i * 7919 % 10007) / 8 for i in range(3000)],
        "label": [f"{i * 7919 % 10007}号楼" for i in range(3000)],
    }
    now = {
        "unit_id": [f"U{i:05d}" for i in range(1, 3002)],
        "unit": [0, *(i // 7 + 1 for i in range(3000))],
        "walk_m": [33.25, *base["walk_m"]],
        "label": ["新楼", *base["label"]],
    }
    told = encoded({"t": now}, {"t": base})
    assert len(told) < 500 < len(encoded({"t": now}, {})) / 50
    assert dict(decoded(told, {"t": base})["t"]) == now


def test_a_plan_file_comes_back(tmp_path: Path) -> None:
    """Its tables, read again, are the plan."""
    one = plan_bytes(make_plan_tables())
    other = make_plan_tables(moved=False)
    now, base = tables_in(plan_bytes(other)), tables_in(one)
    made = decoded(encoded(now, base), base)
    found = read_database(database_of(made), tmp_path / "plan.gpkg")
    plans_equal(found, read_bytes(plan_bytes(other), tmp_path / "plan.gpkg"))


@pytest.mark.parametrize("kind", ["i", "f", "t", "", "s05U"])
def test_a_stretch_that_is_nowhere_is_refused(kind: str) -> None:
    """A file from elsewhere may say anything: no cell is made up, and no memory is filled."""
    cells: dict[str, list[Any]] = {
        "i": [1] * 20, "f": [1.5] * 20, "t": ["x" * 2000], "": [None] * 20, "s05U": ["U00001"] * 20,
    }  # fmt: skip
    base = {"t": {"c": cells[kind]}}
    move = (0).to_bytes(8, "little") + (10**6).to_bytes(8, "little") + (7).to_bytes(8, "little")
    for n, moves, own in ((7, move, b""), (1 << 40, move, b""), (6, move, b""), (3, b"1", b"")):
        told = [kind, n, moves, [] if kind == "" else own]
        with pytest.raises((ValueError, TypeError)):
            decoded(msgspec.msgpack.encode({"t": {"c": told}}), base)


def test_a_database_is_taken_apart_and_put_together() -> None:
    """Without its rows' numbers, which say nothing."""
    data = plan_bytes(make_plan_tables())
    tables = tables_in(data)
    assert "fid" not in tables["units"]
    with closing(database_of(tables)) as db, closing(sqlite3.connect(":memory:")) as old:
        old.deserialize(data)
        sql = "SELECT fid, unit_id, walk_m FROM units ORDER BY fid"
        assert db.execute(sql).fetchall() == old.execute(sql).fetchall()

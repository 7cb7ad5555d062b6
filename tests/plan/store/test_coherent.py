"""A plan file whose parts contradict each other is refused, and none ends in an internal error."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.api.plan import Plan
from planner.errors import InputError
from planner.plan.store import read_plan, store_plan
from planner.plan.store.coherent import require_coherent
from tests.attack.plan_files import FIGURES, LIES, MUTANTS, contradict, load_and_use, mutate
from tests.gis import opened
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store a small plan."""
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    store_plan(make_plan_tables(nx=6, ny=3, nc=4), path)
    return path


def test_a_plan_as_it_was_written_is_coherent(plan: Path) -> None:
    """What the program writes it takes back, and does everything with it."""
    assert load_and_use(plan, Plan.load(plan), plan.parent / "out")


def test_each_contradiction_is_refused(plan: Path, tmp_path: Path) -> None:
    """Tables that are whole but tell different things, and figures that the plan does not come to."""
    told = []
    for name, path in contradict(plan, tmp_path):
        with pytest.raises(InputError, match="cannot be read as a plan"):
            read_plan(path)
        told.append(name)
    assert len(told) == len(LIES) + len(FIGURES)


def test_a_plan_that_tells_small_counts_is_refused(plan: Path, tmp_path: Path) -> None:
    """The threshold of a meeting cannot be lowered in the file."""
    tables = read_plan(plan)
    for smallest in (0, 1, 4):
        note = {**tables.provenance, "smallest": smallest}
        with pytest.raises(ValueError, match="below five"):
            require_coherent(replace(tables, provenance=note))
    require_coherent(replace(tables, provenance={**tables.provenance, "smallest": 5}))


def test_what_is_remembered_of_the_service_fits(plan: Path) -> None:
    """Venues of other units, or notes of another kind, are refused; what a run writes is not."""
    tables = read_plan(plan)
    n = len(tables.units)
    venue = {"name": "合成站", "hours": "", "lon": 117.0, "lat": 32.6}
    good = {"listed": [venue], "of": [0] * n, "walk_m": [1.0] * (n - 1) + [None]}
    fine = {"venues": good, "centre_kinds": {"C1": "shop"}, "wishes": {"wishes": 3}}
    fine |= {"organisation": {"tiers": ["甲"], "communities": {"东": "乙"}, "branches": {}}}
    require_coherent(replace(tables, provenance=tables.provenance | fine))
    wrong = (
        ("venues", good | {"of": [1] * n}), ("venues", good | {"of": [0]}), ("venues", [1]),
        ("venues", good | {"listed": [{"name": "甲"}]}), ("centre_kinds", {"C1": 3}),
        ("organisation", {"tiers": "甲"}), ("wishes", {"wishes": "many"}),
    )  # fmt: skip
    for name, value in wrong:
        with pytest.raises(ValueError, match=name):
            require_coherent(replace(tables, provenance=tables.provenance | {name: value}))


def test_a_missing_column_is_no_text(plan: Path, tmp_path: Path) -> None:
    """SQLite takes a quoted name that it does not know for a text; the reader does not."""
    path = tmp_path / "a.gpkg"
    path.write_bytes(plan.read_bytes())
    with closing(opened(path)) as db:
        db.execute("ALTER TABLE streets RENAME COLUMN name TO other")
        db.commit()
    with pytest.raises(InputError, match="has no column name"):
        read_plan(path)


@pytest.mark.parametrize("seed", range(0, 3 * len(MUTANTS), 3))
def test_mutants_are_refused_or_harmless(plan: Path, tmp_path: Path, seed: int) -> None:
    """Whatever is done to a file, it is refused by name or used without an internal error."""
    path = tmp_path / "mutant.gpkg"
    mutate(plan, path, seed)
    load_and_use(path, Plan.load(plan), tmp_path / "out")


def test_an_older_file_without_later_columns(plan: Path, tmp_path: Path) -> None:
    """Plans of the first versions, which know no buildings, are read."""
    path = tmp_path / "old.gpkg"
    path.write_bytes(plan.read_bytes())
    with closing(opened(path)) as db:
        (told,) = db.execute(
            "SELECT columns FROM planner_manifest WHERE table_name='units'"
        ).fetchone()
        kinds: dict[str, Any] = json.loads(told)
        for column in ("building", "building_id"):
            del kinds[column]
            db.execute(f"ALTER TABLE units DROP COLUMN {column}")
        db.execute(
            "UPDATE planner_manifest SET columns = ? WHERE table_name='units'", (json.dumps(kinds),)
        )
        db.commit()
    assert len(read_plan(path).units) == 36
